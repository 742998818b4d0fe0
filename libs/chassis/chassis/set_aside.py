"""What may people do with a record that was set aside? Look at it under control, or give it up: two of them.

Trying it again is `Later.redrive` and `Later.read_again`.
"""

import datetime as dt
from dataclasses import dataclass
from uuid import uuid5

import asyncpg
from contracts.envelope import NAMESPACE
from contracts.events.operations import SetAsideReleased

from chassis.sealing import Sealer
from chassis.settings import Settings
from chassis.transaction import Access, Cause, Transaction, to_json

WAITING = "select distinct event_id from public.set_aside where event_id is not null and state <> 'applied' and reason <> 'id_reused'"
"""Events that are in the inbox and took no effect: they wait, or were given up."""


class NotPossible(Exception):
    """The record can't be shown or released; one sentence with what to do."""


@dataclass(frozen=True)
class Aside:
    """A record set aside. `body` is personal data."""

    place: str
    subject: int
    reason: str
    field: str | None
    rule: str | None
    body: bytes


async def look(settings: Settings, pool: asyncpg.Pool, sealer: Sealer, record: int, access: Access) -> Aside:
    """The record with its content. The access record is committed before anything is returned (promise 7)."""
    async with pool.acquire() as connection, connection.transaction():
        transaction = Transaction(settings, connection, sealer)
        row = await _open(transaction, record)
        if row["subject"] is None:
            raise NotPossible(
                f"Record {settings.service}/{record} names no resident, so that no access record could be kept of "
                "showing it. Read it at its source."
            )
        await transaction.record_access([row["subject"]], access, "set-aside", ("record",))
        await transaction.send()
    place = f"{row['topic']}/{row['part']}/{row['offs']}"
    return Aside(place, row["subject"], row["reason"], row["field"], row["rule"], sealer.open(row["body"], place))


async def release(
    settings: Settings, pool: asyncpg.Pool, sealer: Sealer, record: int, account: str, reason: str
) -> tuple[bool, int | None]:
    """Give a record up for good: the first call asks, the second, by another account, decides.

    Answers whether it is decided, and the resident whose later records may now be tried again.
    """
    async with pool.acquire() as connection, connection.transaction():
        transaction = Transaction(settings, connection, sealer)
        row = await _open(transaction, record)
        if row["release_asked_by"] is None:
            await transaction.query("ask_release", record, account, reason)
            return False, row["subject"]
        if row["release_asked_by"] == account:
            raise NotPossible(f"{account} asked for this release; another person must confirm it.")
        if row["release_reason"] != reason:
            raise NotPossible(
                f"{row['release_asked_by']} asked for this release with the reason {row['release_reason']}; "
                "confirm it with the same one."
            )
        data = SetAsideReleased(
            service=settings.service,
            topic=row["topic"],
            partition=row["part"],
            offset=row["offs"],
            event=str(row["event_id"]) if row["event_id"] else None,
            released_by=row["release_asked_by"],
            confirmed_by=account,
            reason=reason,
        )
        place = f"{row['topic']}/{row['part']}/{row['offs']}"
        event_id = str(uuid5(NAMESPACE, f"{settings.service}|released|{place}"))
        now = Cause(dt.datetime.now(dt.UTC))
        transaction.emit(f"{settings.service}.set-aside", place, event_id, "SetAsideReleased", to_json(data), now)
        await transaction.query("settle_set_aside", [record], "released")
        if row["subject"] is not None:
            await transaction.query("lock_residents", [row["subject"]])
            await transaction.query("wait_on", row["subject"])
        await transaction.send()
    return True, row["subject"]


async def _open(transaction: Transaction, record: int) -> asyncpg.Record:
    rows = await transaction.query("open_record", record)
    if not rows:
        raise NotPossible(
            f"{transaction.settings.service} has no open record {record}; `kokunen set-aside list` shows them."
        )
    return rows[0]
