"""`kokunen set-aside`: what could not be used, what waits behind it, how is it tried again, and who may give it up?"""

import asyncio
import csv
import datetime as dt
import json
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

import asyncpg
import typer
from chassis import database, sealing, set_aside
from chassis.later import Later
from chassis.settings import Settings
from chassis.transaction import Access
from contracts.decoder import Refusal
from contracts.topics import TOPICS
from contracts.vocabulary import JST
from rich.table import Table

from cli import stack
from cli.access import ACCOUNT, Account, asks
from cli.catalogue import DECODING, TOPICS_OF
from cli.screen import out
from cli.services import environment_settings

app = typer.Typer(no_args_is_help=True)

_LIST = """
select id, topic, part, offs, subject, event_id, disposition, reason, field, rule, parks, release_on, at
from set_aside where state = 'open' order by id
"""
_OF_A_SENDER = """
select at, topic, part, offs, event_id, disposition, reason, field, rule, state
from set_aside where topic = $1 and at >= $2 order by part, offs
"""
_PARKED = (
    "select distinct subject from set_aside where state = 'open' and parks and subject is not null order by subject"
)

Record = Annotated[str, typer.Argument(help="SERVICE/NUMBER, as the list names it.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


async def listing() -> list[dict[str, Any]]:
    """Every open record of every service: place, reason, field, rule; never content."""
    given = stack.read()
    rows = []
    for service in given.within_reach(DECODING):
        connection = await asyncpg.connect(given.databases[service], server_settings=database.SESSION)
        try:
            for row in await connection.fetch(_LIST):
                entry = {name: value for name, value in row.items() if value is not None}
                rows.append({"service": service, **{n: v if isinstance(v, int) else str(v) for n, v in entry.items()}})
        finally:
            await connection.close()
    return rows


@app.command(name="list")
def list_command(as_json: AsJson = False) -> None:
    """Open records of every service, oldest first."""
    rows = asyncio.run(listing())
    if as_json:
        print(json.dumps(rows))
        return
    table = Table("record", "place", "resident", "what", "reason", "field", "rule")
    for row in rows:
        place = f"{row['topic']}/{row['part']}@{row['offs']}"
        what = "parked" if row["parks"] else row["disposition"]
        table.add_row(
            f"{row['service']}/{row['id']}", place, str(row.get("subject", "")), what,
            row["reason"], row.get("field", ""), row.get("rule", ""),
        )  # fmt: skip
    out.print(table if rows else "Nothing is set aside.")


@app.command()
def report(
    topic: Annotated[str, typer.Option(help="What the sender sends, such as tax-assessments.")],
    since: Annotated[dt.datetime, typer.Option(formats=["%Y-%m-%d"], help="From the beginning of this day (JST).")],
) -> None:
    """For a sender: what of theirs was set aside or held, as CSV. Place, event id, field, rule and what became of it; no resident, no content."""
    if topic not in TOPICS:
        raise typer.BadParameter(f"{topic} is no topic; there are {', '.join(sorted(TOPICS))}.", param_hint="--topic")
    rows = asyncio.run(told_back(topic, since.replace(tzinfo=JST)))
    table = csv.writer(sys.stdout, lineterminator="\n")
    table.writerow(
        ("at", "service", "topic", "partition", "offset", "event", "what", "reason", "field", "rule", "became")
    )
    table.writerows(rows)


async def told_back(topic: str, since: dt.datetime) -> list[tuple[str, ...]]:
    """Of each service that reads the topic: what it could not use, in order of place."""
    given, found = stack.read(), []
    for service in given.within_reach(DECODING):
        if topic not in TOPICS_OF[service]:
            continue
        connection = await asyncpg.connect(given.databases[service], server_settings=database.SESSION)
        try:
            for row in await connection.fetch(_OF_A_SENDER, topic, since):
                at, *rest = row.values()
                cells = ("" if cell is None else str(cell) for cell in rest)
                found.append((at.astimezone(JST).isoformat(timespec="seconds"), service, *cells))
        finally:
            await connection.close()
    return found


@app.command()
def redrive(
    service: Annotated[str | None, typer.Option(help="One service; all of them without it.")] = None,
    resident: Annotated[int | None, typer.Option(help="One resident; everyone parked without it.")] = None,
) -> None:
    """Try parked residents' records again, each resident's in their order; who fails again stays parked.

    Without --resident also what was no event when it came: these contracts may know it.
    """
    names = [service] if service else stack.read().within_reach(DECODING)
    if service is not None and service not in DECODING:
        raise typer.BadParameter(f"{service} is not one of {', '.join(DECODING)}")
    applied, failed = asyncio.run(_redrive(names, resident))
    print(f"{applied} records took effect, {failed} residents are still parked.")
    if failed:
        raise typer.Exit(1)


@app.command()
@asks
def show(access: Access, record: Record) -> None:
    """A record with its content, which is personal data. Leaves an access record."""
    service, number = _named(record)

    async def look() -> set_aside.Aside:
        async with _opened(service) as (own, pool):
            return await set_aside.look(own, pool, sealing.load(own.key_file), number, access)

    found = asyncio.run(look())
    print(f"{found.place} of resident {found.subject}: {Refusal(found.reason, found.field, found.rule)}")
    try:
        print(json.dumps(json.loads(found.body), ensure_ascii=False, indent=2))
    except ValueError:
        print(found.body)


@app.command()
def release(
    record: Record,
    reason: Annotated[str, typer.Option(help="A code or a ticket's number; no free text.")],
    account: Account = ACCOUNT,
) -> None:
    """Give a record up for good: one account asks, a second one confirms; then what waited behind it is tried again."""
    service, number = _named(record)
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}", reason):
        raise typer.BadParameter("a reason is a code or a ticket's number of up to 64 of A-Z, a-z, 0-9, _ . -")

    async def decide() -> tuple[bool, int | None]:
        async with _opened(service) as (own, pool):
            return await set_aside.release(own, pool, sealing.load(own.key_file), number, account, reason)

    decided, resident = asyncio.run(decide())
    if not decided:
        print(f"{account} asks to release {record}. Another account must confirm it with the same command.")
        return
    print(f"{record} is released: it will never take effect in {service}.")
    if resident is not None:
        redrive(service, resident)


def _named(record: str) -> tuple[str, int]:
    service, _, number = record.partition("/")
    if service not in DECODING or not number.isdecimal():
        raise typer.BadParameter(
            f"{record} is no record as `kokunen set-aside list` names them, such as eligibility/17"
        )
    return service, int(number)


@asynccontextmanager
async def _opened(service: str) -> AsyncIterator[tuple[Settings, asyncpg.Pool]]:
    own = environment_settings(stack.read(), service)
    pool = await database.connect(own.database, connections=2)
    try:
        yield own, pool
    finally:
        await pool.close()


async def _redrive(names: list[str], resident: int | None) -> tuple[int, int]:
    applied = failed = 0
    for name in names:
        async with _opened(name) as (own, pool):
            batches = Later(DECODING[name], own, pool, sealing.load(own.key_file))
            if resident is None:
                applied += await batches.read_again()
            parked = [row["subject"] for row in await pool.fetch(_PARKED)]
            for subject in parked if resident is None else [r for r in parked if r == resident]:
                try:
                    applied += await batches.redrive(subject)
                except Exception as error:  # whatever our code raises: it is named, and the resident stays parked
                    failed += 1
                    print(f"{name}: resident {subject} fails again with {type(error).__name__}.")
    return applied, failed
