"""What every command of `kokunen transmittal` is made with: a step on record, and registers that a person reads."""

import datetime as dt
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any, TypeVar

import asyncpg
import typer
from chassis.transaction import Access, Transaction
from contracts.vocabulary import JST
from rich.table import Table
from transmittal.store import QUERIES

from cli.access import act_at, opened
from cli.local import say
from cli.screen import out

Number = Annotated[int, typer.Argument(help="Number of the batch (進達番号).")]
Until = Annotated[str | None, typer.Option("--until", help="YYYY-MM-DD: the last day; without it, no end.")]
T = TypeVar("T")


def act(access: Access, step: Callable[[Transaction], Awaitable[T]]) -> T:
    """One step at transmittal's desk."""
    return act_at("transmittal", access, step)


def day_after(text: str | None) -> dt.datetime | None:
    """The moment after the last day; None = no end."""
    if text is None:
        return None
    try:
        return dt.datetime.combine(dt.date.fromisoformat(text) + dt.timedelta(days=1), dt.time(), JST)
    except ValueError:
        raise typer.BadParameter("a day is written YYYY-MM-DD") from None


async def rows(query: str, *arguments: Any) -> list[dict[str, Any]]:
    async with opened("transmittal") as (_, connection):
        rows: list[asyncpg.Record] = await connection.fetch(QUERIES[query], *arguments)
        return [{k: v for k, v in row.items() if not isinstance(v, bytes)} for row in rows]


def print_rows(rows: list[dict[str, Any]], as_json: bool, title: str, nothing: str) -> None:
    """Rows as they are: a register that a person reads."""
    if as_json:
        print(json.dumps(rows, default=str, ensure_ascii=False))
        return
    table = Table(*(rows[0] if rows else ()), title=title)
    for row in rows:
        table.add_row(*("" if v is None else moment(v) for v in row.values()))
    out.print(table if rows else nothing)


def moment(value: Any) -> str:
    return value.astimezone(JST).strftime("%Y-%m-%d %H:%M") if isinstance(value, dt.datetime) else str(value)


def counts_in(file: Path) -> dict[str, int]:
    """Whole numbers by name, from a JSON file."""
    counts = json.loads(file.read_text("utf-8"))
    if not isinstance(counts, dict) or not all(type(count) is int and count >= 0 for count in counts.values()):
        say(f"{file.name}: a JSON object of whole numbers by kind")
        raise typer.Exit(1)
    return counts
