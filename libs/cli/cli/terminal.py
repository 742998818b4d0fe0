"""`kokunen terminal`: who used the pension service's portable terminal (可搬型照会用窓口装置), and does its own log say the same?"""

import asyncio
import datetime as dt
import json
from collections import defaultdict
from pathlib import Path
from typing import Annotated, Any

import asyncpg
import typer
from chassis.transaction import Access
from contracts.vocabulary import JST
from contracts.wording import TRANSCRIPTIONS
from eligibility import store
from eligibility.facts import persons_of
from eligibility.transcription import (
    Reconciled,
    Transcription,
    Unreadable,
    Use,
    log_of_the_pension_service,
    reconciled,
    transcriptions,
)
from rich.table import Table

from cli.access import AsJson, asks, business_day, day_or, opened, recorded
from cli.local import say
from cli.screen import out

app = typer.Typer(help="The register of use of the portable terminal (可搬型照会用窓口装置).", no_args_is_help=True)


async def _used(connection: asyncpg.Connection, first: dt.date, last: dt.date) -> list[Transcription]:
    """The uses of these days."""
    rows = await connection.fetch(store.QUERIES["transcriptions"])
    facts = store.read_facts(rows)
    return [one for one in transcriptions(facts) if first <= one.used_at.astimezone(JST).date() <= last]


@app.command()
@asks
def register(
    access: Access,
    since: Annotated[str | None, typer.Option("--from", help="YYYY-MM-DD: first day.")] = None,
    until: Annotated[str | None, typer.Option("--to", help="YYYY-MM-DD: last day.")] = None,
    as_json: AsJson = False,
) -> None:
    """Who used it, about whom, when and what for, and whether a second person checked what was written down. Leaves access records."""

    async def read() -> list[dict[str, Any]]:
        async with opened("eligibility") as (own, connection):
            last = day_or(until, await business_day(connection))
            found = await _used(connection, day_or(since, last - dt.timedelta(days=30)), last)
            await recorded(
                own, connection, [one.addressee for one in found], access, "terminal-register", ("transcription",)
            )
            return [
                {
                    "transcription": one.number, "person": one.addressee, "used_by": one.used_by,
                    "used_at": one.used_at.astimezone(JST).isoformat(timespec="minutes"), "office": one.office,
                    "purpose": one.purpose, "case": one.case, "items": len(one.items), "state": one.state,
                }
                for one in found
            ]  # fmt: skip

    found = asyncio.run(read())
    if as_json:
        print(json.dumps(found))
        return
    table = Table(
        "使用日時",
        "使用者",
        "宛名番号",
        "目的",
        "事案",
        "転記番号",
        "件数",
        "点検",
        title="可搬型照会用窓口装置 使用記録簿",
    )
    for one in found:
        table.add_row(
            one["used_at"], one["used_by"], str(one["person"]), one["purpose"], one["case"], one["transcription"],
            str(one["items"]), TRANSCRIPTIONS[one["state"]][0],
        )  # fmt: skip
    out.print(table if found else "使用の記録はありません。")


@app.command()
@asks
def reconcile(
    access: Access,
    log: Annotated[Path, typer.Argument(help="The pension service's log as CSV: user,used_at,basic_pension_number.")],
    since: Annotated[str, typer.Option("--from", help="YYYY-MM-DD: first day.")],
    until: Annotated[str, typer.Option("--to", help="YYYY-MM-DD: last day.")],
    as_json: AsJson = False,
) -> None:
    """Compare our register with the pension service's own log, use by use. Exit status 1 where they differ."""

    async def read(theirs: list[Use]) -> Reconciled:
        async with opened("eligibility") as (own, connection):
            first, last = day_or(since, dt.date.min), day_or(until, dt.date.max)
            used = await _used(connection, first, last)
            numbers = await _numbers(connection, sorted({one.addressee for one in used}))
            await recorded(
                own, connection, [one.addressee for one in used], access, "terminal-reconcile", ("transcription",)
            )
            ours = [Use(one.used_by, one.used_at, numbers[one.addressee]) for one in used]
            return reconciled(ours, [use for use in theirs if first <= use.at.astimezone(JST).date() <= last])

    try:
        found = asyncio.run(read(log_of_the_pension_service(log.read_text("utf-8"))))
    except Unreadable as error:
        say(f"日本年金機構の記録を読めません。 The log can't be read: {error}")
        raise typer.Exit(1) from None
    lists = {"こちらにない": found.missing_here, "日本年金機構にない": found.missing_there}
    if as_json:
        print(
            json.dumps(
                {"both": found.both, "missing_here": len(found.missing_here), "missing_there": len(found.missing_there)}
            )
        )
    else:
        table = Table("", "使用者", "日時", title=f"使用記録の突合: 一致 {found.both} 件")
        for where, uses in lists.items():
            for use in uses:
                table.add_row(where, use.used_by, use.at.isoformat(timespec="minutes"))
        out.print(table)
    if not found.agree:
        raise typer.Exit(1)


async def _numbers(connection: asyncpg.Connection, persons: list[int]) -> dict[int, str]:
    """Basic pension numbers; empty where we know none."""
    known = persons_of(await store.facts_around(connection, persons))
    return defaultdict(str, {n: who.basic_pension_number or "" for n, who in known.items()})
