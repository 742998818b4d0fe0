"""How does a batch of records become leaves of the log?

A record is *delivered* (nothing written; Kafka gives it again), *sequenced* (it has an index in an open transaction; a
crash rolls index, leaf, record and head back together and Kafka gives it again) or *final* (committed; a repeat of its
place adds nothing).
"""

import contextlib
import datetime as dt
import secrets
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import asyncpg
from chassis import database, erasure, faults, telemetry
from chassis.accounting import Place, close_partitions, open_partitions
from chassis.batch import Record
from chassis.sealing import Sealer
from chassis.settings import Settings
from chassis.transaction import Transaction
from contracts.decoder import Refusal, decode
from contracts.envelope import Event
from cryptography.exceptions import InvalidTag

from audit.content import Accessed, accessed, commitment, content, place, salted, subject
from audit.log_check import Leaf, leaf_hash
from audit.merkle import Frontier, completed, open_tiles

QUERIES = database.queries("audit")
KEYS_IN_MEMORY = 10_000
"""Unwrapped keys kept: about 30 MB. Unwrapping one again costs some 10 µs, so more would buy little."""


NO_KEY = 0
"""Instead of the number of a key: it was thrown away when the box was closed."""


class WrongKeyFile(OSError):
    """A subject's key does not unwrap: another key file than the one that sealed it, or a changed row."""


class Entry(NamedTuple):
    """A record on its way into the log."""

    topic: str
    part: int
    offs: int
    key_id: int
    box: bytes
    body: bytes
    leaf_hash: bytes
    access: Accessed | None


class KeyRing:
    """Unwraps subjects' keys, and remembers the last of them.

    By subject and wrapped key, not by id: after a crash of the database a rolled-back id may be given to another subject.
    """

    def __init__(self, sealer: Sealer) -> None:
        self._sealer = sealer
        self.unwrap = lru_cache(KEYS_IN_MEMORY)(self._unwrap)

    def _unwrap(self, of: str, wrapped: bytes) -> Sealer:
        try:
            return Sealer(self._sealer.open(wrapped, _key_place(of)))
        except InvalidTag:
            raise WrongKeyFile("a subject's key does not unwrap") from None

    def new(self, of: str) -> bytes:
        """A new key for a subject, wrapped."""
        return self._sealer.seal(secrets.token_bytes(32), _key_place(of))


def _key_place(of: str) -> str:
    return f"subject_key/{of}"


class Archive:
    """Takes records of every topic, as bytes, into the log."""

    def __init__(self, settings: Settings, pool: asyncpg.Pool, sealer: Sealer) -> None:
        self.settings, self.pool, self.sealer = settings, pool, sealer
        self.ring = KeyRing(sealer)
        self.last_statements = 0

    async def process(self, records: Sequence[Record]) -> None:
        """Give every record its leaf, once. Raises when that was not possible; then nothing was written."""
        given = {(r.topic, r.partition, r.offset): r for r in records}
        async with self.pool.acquire() as connection:
            async with connection.transaction():
                transaction = Transaction(self.settings, connection, self.sealer)
                known = await self._take(transaction, given)
                faults.point("before_commit")
            faults.point("after_commit")
        self.last_statements = transaction.statements
        for at in given:
            telemetry.RECORDS.labels(at[0], "duplicate" if at in known else "applied").inc()

    async def _take(self, transaction: Transaction, given: dict[Place, Record]) -> set[Place]:
        heads = await open_partitions(transaction, given)
        faults.point("opened")
        places = sorted(given)
        known = {tuple(row) for row in await transaction.fetch(QUERIES["known"], *database.columns(places, 3))}
        fresh = [given[at] for at in places if at not in known]
        if fresh:
            await self._append(transaction, await self._seal(transaction, fresh))
            if orders := _erasures(fresh):
                await erasure.carry_out(transaction, self._destroy, orders)
                await transaction.send()
        await close_partitions(transaction, heads, {at: "duplicate" if at in known else "applied" for at in places})
        return known

    async def _destroy(self, transaction: Transaction, person: int) -> dict[str, int]:
        """Destroy the key of everything archived of a person; leaves and tree stay as they are."""
        self.ring.unwrap.cache_clear()
        return dict((await transaction.fetch(QUERIES["destroy"], person))[0])

    async def _seal(self, transaction: Transaction, records: Sequence[Record]) -> list[Entry]:
        subjects = [subject(record.topic, record.key) for record in records]
        keys, erased = await self._keys(transaction, set(subjects))
        entries = []
        for record, of in zip(records, subjects, strict=True):
            key_id, sealer = keys[of]
            if of in erased and not _said_after(record, erased[of]):
                key_id, sealer = NO_KEY, Sealer(secrets.token_bytes(32))
            at = record.topic, record.partition, record.offset
            plain = salted(content(record.key, record.value))
            access = accessed(record.topic, record.value)
            counted = (access.record.service, access.record.counter) if access is not None else ()
            body = Leaf(*at, commitment(plain), *counted).encode()
            entries.append(Entry(*at, key_id, sealer.seal(plain, place(*at)), body, leaf_hash(body), access))
        return entries

    async def _keys(
        self, transaction: Transaction, subjects: set[str]
    ) -> tuple[dict[str, tuple[int, Sealer]], dict[str, dt.datetime]]:
        """The keys of subjects, and who of them was erased when."""
        found = await transaction.fetch(QUERIES["keys"], sorted(subjects))
        erased = {row["subject"]: row["erased_at"] for row in found if row["erased_at"] is not None}
        rows = [row for row in found if row["erased_at"] is None]
        new = sorted(subjects - {row["subject"] for row in rows})
        if new:
            await transaction.fetch(QUERIES["make_keys"], new, [self.ring.new(of) for of in new])
            made = await transaction.fetch(QUERIES["keys"], new)
            rows += [row for row in made if row["erased_at"] is None]
        return {row["subject"]: (row["id"], self.ring.unwrap(row["subject"], row["wrapped"])) for row in rows}, erased

    async def _append(self, transaction: Transaction, entries: Sequence[Entry]) -> None:
        """Last and short: all other processes wait while this one holds the head."""
        head = (await transaction.fetch(QUERIES["head"]))[0]
        frontier = Frontier(head["size"], head["edge"])
        new = [entry.leaf_hash for entry in entries]
        frontier.extend(new)
        opened = await self._open_entries(transaction, open_tiles(head["size"], frontier.size))
        tiles = completed(head["size"], opened, new)
        topics, parts, offsets, key_ids, boxes, bodies, hashes, accesses = database.columns(list(entries), 8)
        await transaction.fetch(
            QUERIES["append"],
            list(range(head["size"], frontier.size)),
            hashes,
            bodies,
            topics,
            parts,
            offsets,
            key_ids,
            boxes,
            frontier.size,
            frontier.edge,
            frontier.root(),
            *database.columns(tiles, 4),
        )
        found = [(index, one) for index, one in enumerate(accesses, head["size"]) if one is not None]
        if found:
            await transaction.fetch(QUERIES["add_accesses"], *_columns(found))
        faults.point("sequenced")

    async def _open_entries(self, transaction: Transaction, wanted: dict[int, int]) -> dict[int, list[bytes]]:
        """The entries that the tiles which are completed now have already; `wanted` = their first entries, by level."""
        if not wanted:
            return {}
        higher = {level: first for level, first in wanted.items() if level}
        rows = await transaction.fetch(QUERIES["open_entries"], wanted[0], list(higher), list(higher.values()))
        entries: dict[int, list[bytes]] = {}
        for row in rows:
            entries.setdefault(row["level"], []).append(row["hash"])
        return entries


def _erasures(records: Sequence[Record]) -> list[Event[Any]]:
    """The events of erasures among these records. What is no event is archived like everything else, and orders nothing."""
    found = []
    for record in records:
        if record.topic == "erasures":
            with contextlib.suppress(Refusal):
                found.append(decode(record.topic, record.value))
    return found


def _said_after(record: Record, erased_at: dt.datetime) -> bool:
    """Whether a record about somebody who was erased is of a later time: the person came to the ward again. What can't be read is not."""
    try:
        return decode(record.topic, record.value).time > erased_at
    except Refusal:
        return False


def _columns(found: Sequence[tuple[int, Accessed]]) -> list[list[Any]]:
    """Access records with their indexes, as arrays; then index and number of everybody they are about."""
    rows = [
        (
            index, one.at, one.service, one.counter, one.account, one.terminal, one.purpose, one.case, one.action, one.what,
            " ".join(one.fields), one.count, one.result,
        )
        for index, (one, _) in found
    ]  # fmt: skip
    about = [(index, person) for index, (_, persons) in found for person in persons]
    return [*database.columns(rows, 13), *database.columns(about, 2)]
