"""What is to go to the pension service and has not gone, how old is it, and how far is each batch?"""

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import asyncpg
from chassis.transaction import Transaction
from contracts.vocabulary import JST

from transmittal.due import REPORT_DAYS, Content, Kind
from transmittal.store import QUERIES

DueState = Literal["pending", "pulled", "sealed"]
BatchState = Literal[
    "sealed", "checked", "decided", "written", "permitted", "confirmed", "dispatched", "differs", "closed", "void"
]


@dataclass(frozen=True)
class Due:
    """One attempt that has not left the house."""

    addressee: int
    item: str
    attempt: int
    mark: str
    state: DueState
    kind: Kind
    received_on: dt.date
    due_on: dt.date | None
    """The last day for a report; None = the law names none (送付)."""
    age: int
    """Days since it was received."""
    overdue: bool
    reason: str | None
    batch: int | None


@dataclass(frozen=True)
class BatchLine:
    """A batch with its newest issue."""

    number: int
    issue: int
    sealed_on: dt.date
    items: int
    state: BatchState
    content_sha256: str


async def read(transaction: Transaction) -> list[Due]:
    """Everything that has not left, the most urgent first."""
    return _due(await transaction.fetch(QUERIES["due"]), await _today(transaction.connection))


async def figures(connection: asyncpg.Connection) -> tuple[dict[str, int], int]:
    """How many stand where; `overdue` counts those past their day besides. And the days until the next is due by law."""
    today = await _today(connection)
    found = _due(await connection.fetch(QUERIES["due"]), today)
    counted = Counter(one.state for one in found)
    states: tuple[DueState, ...] = ("pending", "pulled", "sealed")
    left = min([REPORT_DAYS, *((one.due_on - today).days for one in found if one.due_on is not None)])
    return {**{state: counted[state] for state in states}, "overdue": sum(one.overdue for one in found)}, left


async def media_overdue(connection: asyncpg.Connection) -> int:
    """Media that are out and should be back."""
    count: int = await connection.fetchval(QUERIES["media_overdue"], await _today(connection))
    return count


async def loop_days(connection: asyncpg.Connection) -> dict[str, int]:
    """Days from reception to the pension service's answer (B08), of the last 90 days: median and nine tenths; empty without any."""
    row = await connection.fetchrow(QUERIES["loop_days"])
    return {name: row[name] for name in ("p50", "p90") if row[name] is not None}


async def batches(transaction: Transaction) -> list[BatchLine]:
    """Every batch, oldest first."""
    return [
        BatchLine(row["batch"], row["number"], row["sealed_on"], row["items"], state_of(row), row["content_sha256"])
        for row in await transaction.fetch(QUERIES["batches"])
    ]


def state_of(row: Mapping[str, Any]) -> BatchState:
    """How far an issue is."""
    if row["voided_at"] is not None:
        return "void"
    if row["closed_at"] is not None:
        return "closed"
    if row["dispatched_at"] is not None:
        return "dispatched" if row["agreed"] is None else "differs"
    steps: tuple[BatchState, ...] = ("confirmed", "permitted", "written", "decided", "checked")
    return next((step for step in steps if row[f"{step}_at"] is not None), "sealed")


async def _today(connection: asyncpg.Connection) -> dt.date:
    day: dt.date | None = await connection.fetchval("select business_day from clock")
    return day or dt.datetime.now(JST).date()


def _due(rows: list[asyncpg.Record], today: dt.date) -> list[Due]:
    found = []
    for row in rows:
        content = Content.model_validate_json(row["content"])
        found.append(
            Due(
                row["addressee"], row["item"], row["number"], row["mark"], "pulled" if row["pulled"] else row["state"],
                content.kind, content.received_on, content.due_on, (today - content.received_on).days,
                content.due_on is not None and content.due_on < today, row["reason"], row["batch"],
            )
        )  # fmt: skip
    return sorted(found, key=lambda one: (one.due_on or dt.date.max, one.received_on, one.addressee, one.item))
