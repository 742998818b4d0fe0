"""SQL in, changes out."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import asyncpg
from chassis import database
from chassis.transaction import Transaction, to_json
from contracts.events.registry import ResidentChanged

from registry_sync.residence import Change

QUERIES = database.queries("registry_sync")


async def remember_and_recall(
    transaction: Transaction, changes: Sequence[Change], residents: Sequence[int]
) -> dict[int, list[Change]]:
    """Keep new changes and answer with every change of these residents."""
    rows: list[tuple[Any, ...]] = [
        (c.id, c.addressee, c.recorded_at, c.version, c.supersedes, None if c.data is None else to_json(c.data))
        for c in changes
    ]
    given = {change.id: change for change in changes}  # not decoded a second time
    known: dict[int, list[Change]] = defaultdict(list)
    for row in await transaction.fetch(QUERIES["remember_and_recall"], *database.columns(rows, 6), residents):
        known[row["addressee"]].append(given.get(str(row["event_id"])) or _change(row))
    return known


async def hold(transaction: Transaction, looked_at: Sequence[int], waiting: Mapping[int, dt.date]) -> None:
    """Of the residents looked at, these have an annulment that waits until a day; the others wait no more."""
    rows = sorted(waiting.items())
    await transaction.fetch(QUERIES["hold"], looked_at, *database.columns(rows, 2))


def _change(row: asyncpg.Record) -> Change:
    data = row["data"]
    return Change(
        str(row["event_id"]),
        row["addressee"],
        row["recorded_at"],
        row["version"],
        str(row["supersedes"]) if row["supersedes"] else None,
        None if data is None else ResidentChanged.model_validate_json(data),
    )
