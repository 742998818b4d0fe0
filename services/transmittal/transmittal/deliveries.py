"""What people do with what comes back (decision 34): a delivery is registered, counted by two, and only then opened and let in, file by file.

A file is let in whole or refused whole; every row of it has an outcome, and what it tells is published once, however often it comes.
"""

import datetime as dt
import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid5

from chassis import database
from chassis.doors import Refused
from chassis.transaction import Access, Cause, Transaction, to_json
from contracts.doors.papers import DeliveryShown
from contracts.envelope import NAMESPACE
from contracts.fixed_file import read
from contracts.vocabulary import JST

from transmittal.desk import lawful, to_jsonb
from transmittal.returns import LAYOUTS, Kind, Ours, accepted, notice
from transmittal.store import QUERIES


async def every(transaction: Transaction, access: Access) -> list[DeliveryShown]:
    """Every delivery: what its cover announces, who counted the same, what was let in and became of it."""
    rows = await transaction.fetch(QUERIES["deliveries"])
    await transaction.record_search(access, "transmittal.deliveries", ("delivery",))
    read = ("cover", "files", "outcomes")
    return [
        DeliveryShown(
            delivery=row["number"], **{k: json.loads(v) if k in read else v for k, v in row.items() if k != "number"}
        )
        for row in rows
    ]


async def register(transaction: Transaction, access: Access, number: str, cover: Mapping[Any, int]) -> None:
    """A delivery came, and its cover sheet (送付書) announces so many rows by kind of file."""
    await transaction.fetch(QUERIES["lock_delivery"], number)
    if await transaction.fetch(QUERIES["delivery"], number):
        raise Refused("delivery_known", "この送付番号は既に登録されています。", status=409)
    await transaction.fetch(QUERIES["register_delivery"], number, to_jsonb(cover), access.account)
    await transaction.record_search(access, "transmittal.delivery", ("cover",), "register")


async def count(transaction: Transaction, access: Access, number: str, counts: Mapping[Any, int]) -> dict[str, int]:
    """What somebody counted; what differs from the cover sheet, counted less announced."""
    cover = await _cover(transaction, number)
    await transaction.fetch(QUERIES["lock_delivery"], number)
    await transaction.fetch(QUERIES["count_delivery"], number, to_jsonb(counts), access.account)
    await transaction.record_search(access, "transmittal.delivery-count", ("cover",), "update")
    return {
        kind: counts.get(kind, 0) - cover.get(kind, 0)
        for kind in sorted({*cover, *counts})
        if counts.get(kind, 0) != cover.get(kind, 0)
    }


async def let_in(transaction: Transaction, access: Access, number: str, kind: Kind, content: bytes) -> dict[str, int]:
    """Let a file of a counted delivery in; rows by outcome. `contracts.fixed_file.Refused` names what is wrong with it, and nothing is kept."""
    cover = await _cover(transaction, number)
    await transaction.fetch(QUERIES["lock_delivery"], number)
    file = read(LAYOUTS[kind], content)
    accepted(file, kind, number, transaction.settings.municipality, cover.get(kind, 0))
    sha256 = hashlib.sha256(content).hexdigest()
    async with lawful():
        await transaction.fetch(QUERIES["open_file"], number, kind, sha256, len(file.rows), access.account)
    found = await _told(transaction, kind, file.rows, dt.datetime.combine(file.header["made_on"], dt.time(12), JST))
    rows = [(row["line"], *one) for row, one in zip(file.rows, found, strict=True)]
    await transaction.fetch(QUERIES["keep_rows"], number, kind, *database.columns(rows, 4))
    persons = sorted({one[1] for one in found if one[1] is not None})
    await transaction.record_access(persons, access, "transmittal.delivery-import", ("notice",), "register")
    if not persons:
        await transaction.record_search(access, "transmittal.delivery-import", ("notice",), "register")
    return dict(Counter(outcome for outcome, _, _ in found))


async def _cover(transaction: Transaction, number: str) -> dict[str, int]:
    rows = await transaction.fetch(QUERIES["delivery"], number)
    if not rows:
        raise Refused("no_such_delivery", "この送付番号は登録されていません。", status=404)
    cover: dict[str, int] = json.loads(rows[0]["cover"])
    return cover


async def _told(
    transaction: Transaction, kind: Kind, rows: Sequence[Mapping[str, Any]], made_at: dt.datetime
) -> list[tuple[str, int | None, str | None]]:
    """(outcome, person, event) of each row; what is news is said."""
    ours = await _ours(transaction, rows)
    numbers = sorted({f"{row['basic_pension_number']:010d}" for row in rows if row["basic_pension_number"]})
    owners = {r["basic_pension_number"]: r["addressee"] for r in await transaction.fetch(QUERIES["numbered"], numbers)}
    found: list[tuple[str, int | None, str | None]] = []
    news: dict[str, tuple[int, Any]] = {}
    for row in rows:
        own = ours.get((row.get("batch", 0), row.get("batch_line", 0)))
        who = own.addressee if own is not None else owners.get(f"{row['basic_pension_number']:010d}")
        if who is None or (row.get("batch") and own is None):
            found.append(("nobody", None, None))
            continue
        data = notice(kind, row, own)
        if data is None:
            found.append(("for_a_person", who, None))
            continue
        # The same word about the same person is the same event, in whatever delivery it comes.
        event_id = str(uuid5(NAMESPACE, f"return|{who}|{type(data).__name__}|{to_json(data).decode()}"))
        twice = event_id in news
        news.setdefault(event_id, (who, data))
        via_us = own is not None or kind == "memberships"
        found.append(("twice" if twice else "told" if via_us else "not_via_us", who, event_id))
    known = {str(r["event_id"]) for r in await transaction.fetch(QUERIES["told_before"], list(news))}
    for event_id, (who, data) in news.items():
        if event_id not in known:
            transaction.emit(
                "pension-service-notices", str(who), event_id, type(data).__name__, to_json(data), Cause(made_at)
            )
    return [("twice", who, event) if event in known else (outcome, who, event) for outcome, who, event in found]


async def _ours(transaction: Transaction, rows: Sequence[Mapping[str, Any]]) -> dict[tuple[int, int], Ours]:
    places = sorted({(row["batch"], row["batch_line"]) for row in rows if row.get("batch")})
    answered = await transaction.fetch(QUERIES["placed"], *database.columns(places, 2))
    return {(r["batch"], r["line"]): Ours(r["addressee"], r["filing"]) for r in answered}
