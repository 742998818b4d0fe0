"""SQL in, changes out."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import asyncpg
from chassis import database
from chassis.transaction import Transaction, to_json
from contracts.events.registry import NonResidentRecorded, ResidentChanged

from registry_sync.folding import kana_key
from registry_sync.merging import Merge
from registry_sync.register import IdentityData, Known, newest
from registry_sync.residence import Change

QUERIES = database.queries("registry_sync")
_KINDS: dict[str, type[ResidentChanged] | type[NonResidentRecorded]] = {
    "ResidentChanged": ResidentChanged,
    "NonResidentRecorded": NonResidentRecorded,
}


def circle_of(facts: Iterable[Any]) -> tuple[list[int], ...]:
    """Argument of the circle query: the numbers into which others are newly merged."""
    return (sorted({fact.into for fact in facts if isinstance(fact, Merge) and fact.into is not None}),)


async def remember_and_recall(transaction: Transaction, facts: Sequence[Any], numbers: Sequence[int]) -> Known:
    """Keep new facts and answer with everything known of these numbers."""
    given = {fact.id: fact for fact in facts}  # not decoded a second time
    changes: list[tuple[Any, ...]] = []
    keys: list[tuple[Any, ...]] = []
    merges: list[tuple[Any, ...]] = []
    for fact in facts:
        if isinstance(fact, Change):
            data = fact.data
            kind = "NonResidentRecorded" if type(data) is NonResidentRecorded else "ResidentChanged"
            changes.append(
                (
                    fact.id,
                    fact.addressee,
                    fact.recorded_at,
                    fact.version,
                    fact.supersedes,
                    kind,
                    None if data is None else to_json(data),
                )
            )
            keys.append(_keys(data))
        elif isinstance(fact, Merge):
            merges.append((fact.id, fact.addressee, fact.into, fact.supersedes, fact.recorded_at))
    notices = newest(fact for fact in facts if isinstance(fact, IdentityData))
    told: list[tuple[Any, ...]] = [(n.addressee, n.version, n.held) for n in notices.values()]
    rows = await transaction.fetch(
        QUERIES["remember_and_recall"],
        *database.columns(changes, 7),
        *database.columns(merges, 5),
        *database.columns(told, 3),
        numbers,
        *database.columns(keys, 3),
    )
    known: dict[int, list[Change]] = defaultdict(list)
    joined: list[Merge] = []
    identity: list[IdentityData] = [*notices.values()]
    for row in rows:
        match row["what"]:
            case "merge":
                joined.append(given.get(str(row["event_id"])) or _merge(row))
            case "identity_data":
                identity.append(IdentityData("", row["addressee"], row["version"], row["kind"]))
            case _:
                known[row["addressee"]].append(given.get(str(row["event_id"])) or _change(row))
    counting = newest(identity)
    for notice in notices.values():
        if counting[notice.addressee] is not notice:
            transaction.dispositions[notice.id] = "stale"
    return Known(known, joined, counting)


async def everything(transaction: Transaction, numbers: Sequence[int]) -> Known:
    """Everything known of these numbers, of those they were merged into and of those merged into them; for whoever only reads."""
    linked = [row["addressee"] for row in await transaction.fetch(QUERIES["circle"], list(numbers), [])]
    changes: dict[int, list[Change]] = defaultdict(list)
    merges: list[Merge] = []
    for row in await transaction.fetch(QUERIES["recall"], linked):
        if row["what"] == "merge":
            merges.append(_merge(row))
        else:
            changes[row["addressee"]].append(_change(row))
    return Known(changes, merges)


def _keys(data: ResidentChanged | NonResidentRecorded | None) -> tuple[dt.date | None, str | None, int | None]:
    """By which a record is found: birth date, reading, household. An annulment is not looked for."""
    if data is None:
        return None, None, None
    household = data.record.household if type(data) is ResidentChanged else None
    return data.record.birth_date, kana_key(data.record.name_kana), household


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
        _id(row["supersedes"]),
        None if data is None else _KINDS[row["kind"]].model_validate_json(data),
    )


def _merge(row: asyncpg.Record) -> Merge:
    return Merge(str(row["event_id"]), row["addressee"], row["into_number"], _id(row["supersedes"]), row["recorded_at"])


def _id(event_id: object) -> str | None:
    return str(event_id) if event_id else None


async def erase(transaction: Transaction, person: int) -> dict[str, int]:
    """Delete everything of a person; rows by table."""
    return dict((await transaction.fetch(QUERIES["erase"], person))[0])
