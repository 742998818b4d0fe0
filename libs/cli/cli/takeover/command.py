"""`kokunen takeover check | load | compare`: the extract of the package that was used before."""

import asyncio
import csv
import io
import json
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from chassis import files, settings
from chassis.set_aside import WAITING
from chassis.transaction import Access, stands
from contracts.vocabulary import Month
from eligibility.store import QUERIES
from rich.table import Table

from cli import local, publish, settle, stack
from cli.access import asks_for, at_work, opened, recorded
from cli.local import say
from cli.screen import out
from cli.takeover import comparison
from cli.takeover.comparison import Difference
from cli.takeover.extract import (
    TABLES,
    TOPIC,
    Counted,
    Manifest,
    Months,
    NotAnExtract,
    Period,
    check,
    compared_of,
    events_of,
    manifest,
)

app = typer.Typer(
    help="From the package that was used before (移行): an extract, its events, what it derived.", no_args_is_help=True
)
SHOWN = 50
SECONDS = 3_600.0
"""That a large extract may take."""
Folder = Annotated[
    Path,
    typer.Argument(help="extract.json and one CSV for each table (docs/takeover.md).", exists=True, file_okay=False),
]
_TAKEN = f"""
select count(*) as taken, count(*) filter (where a.event_id is not null) as waiting
from unnest($1::uuid[]) as given (id) join inbox as i on i.id = given.id
left join ({WAITING}) as a on a.event_id = i.id
"""  # noqa: S608


@app.command(name="check")
def check_command(folder: Folder) -> None:
    """Is the extract whole, and would each row be taken? Offline. Exit status 1 when not."""
    if _shown(folder, *_checked(folder)):
        raise typer.Exit(1)


@app.command()
@asks_for("operations")
def load(
    access: Access,
    folder: Folder,
    report: Annotated[Path, typer.Option(dir_okay=False, help="Where what was loaded is written, table by table.")],
) -> None:
    """Publish a whole extract, wait until it is worked off, and count what took effect. Loaded once more, nothing happens twice."""
    given, counted = _checked(folder)
    if _shown(folder, given, counted):
        say("Nothing was loaded.")
        raise typer.Exit(1)
    loaded = asyncio.run(_load(access, folder, given))
    tables = {
        name: {"rows": one.rows, "sha256": one.sha256, "totals": dict(one.totals)} | loaded.get(name, {})
        for name, one in counted.items()
    }
    files.write(report, json.dumps({"extract": given.model_dump(mode="json"), "loaded": tables}, indent=2).encode())
    lost = [name for name, one in loaded.items() if one["took_effect"] + one["waiting"] != counted[name].rows]
    for name, one in loaded.items():
        print(
            f"{name}: {counted[name].rows:,} rows, {one['took_effect']:,} took effect, {one['waiting']:,} wait (kokunen set-aside list)"
        )
    if lost:
        say(f"Not every row of {', '.join(lost)} took effect: load once more, and ask `kokunen settle` what is left.")
        raise typer.Exit(1)


@app.command()
@asks_for("operations")
def compare(
    access: Access,
    folder: Folder,
    into: Annotated[
        Path, typer.Option(dir_okay=False, help="Where the list of differences is written (CSV); it is personal data.")
    ],
) -> None:
    """What the package had derived beside what we say: a line for each person and field that differs. Exit status 1 when any does."""
    given, counted = _checked(folder)
    if _shown(folder, given, counted):
        say("Nothing was compared.")
        raise typer.Exit(1)
    compared = {name for name in counted if not TABLES[name].is_event}
    if not compared:
        say("The extract holds nothing to compare: insured_periods.csv, exempt_months.csv.")
        raise typer.Exit(1)
    found, persons = asyncio.run(_compare(access, folder, compared))
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\r\n")
    lines.writerow(("宛名番号", "項目", given.system, "kokunen"))
    lines.writerows(found)
    files.write(into, text.getvalue().encode("utf-8-sig"))
    kinds = Counter(one.field.split()[0] for one in found)
    table = Table("", "相違", "人", title=f"{given.system}（{given.taken_at:%Y-%m-%d}）との突合、{persons:,}人")
    for kind, count in sorted(kinds.items()):
        table.add_row(kind, f"{count:,}", f"{len({one.addressee for one in found if one.field.startswith(kind)}):,}")
    out.print(table)
    print(f"{len(found):,} differences of {len({one.addressee for one in found}):,} persons: {into}")
    if found:
        raise typer.Exit(1)


def _checked(folder: Path) -> tuple[Manifest, dict[str, Counted]]:
    try:
        given = manifest(folder)
        if given.municipality != settings.municipality():
            raise NotAnExtract(f"The extract is of {given.municipality}, and this is {settings.municipality()}.")
    except NotAnExtract as reason:
        say(str(reason))
        raise typer.Exit(1) from None
    return given, check(folder, given)


def _shown(folder: Path, given: Manifest, counted: Mapping[str, Counted]) -> int:
    """Table by table; returns how many findings there are."""
    table = Table(
        "table",
        "rows",
        "control totals",
        "sha256",
        "wrong",
        title=f"{folder.name}: {given.system}, {given.taken_at:%Y-%m-%d %H:%M}",
    )
    findings = []
    for name, one in counted.items():
        totals = "  ".join(f"{column} {total:,}" for column, total in one.totals.items())
        table.add_row(name, f"{one.rows:,}", totals, one.sha256[:16], f"{len(one.findings):,}" if one.findings else "")
        findings += one.findings
    out.print(table)
    for finding in findings[:SHOWN]:
        print(finding)
    if len(findings) > SHOWN:
        print(f"... and {len(findings) - SHOWN:,} more")
    return len(findings)


async def _load(access: Access, folder: Path, given: Manifest) -> dict[str, dict[str, int]]:
    loaded = {}
    async with opened("eligibility") as (own, connection):
        async with at_work(own, connection, access) as transaction:
            await transaction.record_search(access, "takeover.load", ("extract",), "register")
        for name in given.tables:
            if not TABLES[name].is_event:
                continue
            values = list(events_of(folder, name, given, Counted()))
            await _published(values)
            row = await connection.fetchrow(_TAKEN, [json.loads(value)["id"] for value in values])
            loaded[name] = {"took_effect": row["taken"] - row["waiting"], "waiting": row["waiting"]}
    return loaded


async def _published(values: Sequence[bytes]) -> None:
    """As a file of one topic, and worked off."""
    with tempfile.NamedTemporaryFile(dir=local.home(), suffix=".jsonl") as file:
        file.writelines(value + b"\n" for value in values)
        file.flush()
        await publish.publish(stack.read(), Path(file.name), TOPIC, None)
    async with settle.Watch(stack.read()) as watch:
        await watch.settle(SECONDS)


async def _compare(access: Access, folder: Path, compared: set[str]) -> tuple[list[Difference], int]:
    found: list[Difference] = []
    persons: set[int] = set()
    async with opened("eligibility") as (own, connection):
        if "insured_periods" in compared:
            theirs: list[Any] = list(compared_of(folder, "insured_periods", Counted()))
            ours = [_period(row) for row in await connection.fetch(QUERIES["every_period"])]
            persons |= {one.addressee for one in (*theirs, *ours)}
            found += comparison.periods(theirs, ours)
        if "exempt_months" in compared:
            theirs = list(compared_of(folder, "exempt_months", Counted()))
            rows = await connection.fetch(QUERIES["every_exempt_month"])
            said = [_months(row) for row in rows if stands("MonthsExempted", row["value"])]
            persons |= {one.addressee for one in (*theirs, *said)}
            found += comparison.exempt_months(theirs, said)
        await recorded(own, connection, persons, access, "takeover.compare", ("insured_period", "exempt_months"))
    return found, len(persons)


def _period(row: Mapping[str, Any]) -> Period:
    category = row["category"]
    return Period.model_validate(dict(row) | {"category": int(category) if category in ("1", "2", "3") else category})


def _months(row: Mapping[str, Any]) -> Months:
    said = json.loads(row["value"])
    last = said.get("last_month")
    return Months(
        addressee=row["subject"],
        exemption=said["exemption"],
        first_month=Month.parse(said["first_month"]),
        last_month=Month.parse(last) if last else None,
    )
