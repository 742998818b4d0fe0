"""How is the whole log checked against its head and against Kafka, while the service goes on?

Reads PostgreSQL in one snapshot and trusts nothing in it: what `check.py` says of every row is the result.
"""

import asyncio
import base64
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import asyncpg
from chassis import database, sealing
from chassis.sealing import Sealer
from chassis.settings import Settings
from cryptography.exceptions import InvalidTag

from audit.broker import Broker
from audit.check import (
    BoxClosed,
    CheckpointRow,
    Head,
    LeafRow,
    Partition,
    RecordRow,
    Report,
    Walk,
    compare_ends,
    compare_stretch,
)
from audit.content import SALT, parts, place
from audit.handlers import SERVICE
from audit.log_check import Policy, leaf_of, policy_of
from audit.merkle import Tile, completed_by
from audit.signer import POLICY, folder_beside, newest
from audit.store import QUERIES, KeyRing, WrongKeyFile

STRETCH = 500
"""Leaves and boxes in memory at once; a box may have a megabyte."""
TELL_EVERY = 200 * STRETCH
CATCH_UP_SECONDS = 30.0
"""So long what Kafka held when the check began may be on its way into the log. After that the log lacks it."""

Progress = Callable[[str], None]


class NoKeyFile(Exception):
    """Without the service's key no box can be opened; none is made up."""


async def verify(database_url: str, kafka: str | None, key_file: Path, prefix: str, progress: Progress) -> Report:
    """Check the log by itself and, with `kafka`, that it holds what the topics hold."""
    boxes = _Boxes(_sealer(key_file))
    policy = _policy(newest(folder_beside(key_file, prefix)) / POLICY)
    if kafka is None:
        return await _verify(database_url, None, boxes, policy, progress)
    async with Broker(kafka, prefix) as broker:
        return await _verify(database_url, broker, boxes, policy, progress)


def _policy(file: Path) -> Policy | None:
    return policy_of(file.read_text("utf-8")) if file.exists() else None


def _sealer(key_file: Path) -> Sealer:
    if not key_file.exists():
        raise NoKeyFile(f"the key file {key_file} of audit is not there")
    return sealing.load(key_file)


async def _verify(
    database_url: str, broker: Broker | None, boxes: "_Boxes", policy: Policy | None, progress: Progress
) -> Report:
    before = await broker.bounds(SERVICE.topics) if broker is not None else {}
    connection = await asyncpg.connect(
        database_url, server_settings=database.SESSION | {"application_name": "kokunen audit verify"}
    )
    try:
        await _caught_up(connection, before, progress)
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            walk = Walk(boxes.open, policy)
            head = Head(*await connection.fetchrow(QUERIES["head_as_read"]))
            async for leaves, records in _stretches(connection):
                await boxes.fetch_keys(connection, records)
                read, after = walk.report.leaves, walk.report.leaves + len(leaves)
                wanted = completed_by(read, after)
                tiles = await connection.fetch(QUERIES["stretch_tiles"], [w[0] for w in wanted], [w[1] for w in wanted])
                signed = await connection.fetch(QUERIES["stretch_checkpoints"], read, after)
                walk.take(
                    leaves,
                    records,
                    {(row["level"], row["number"]): Tile(*row) for row in tiles},
                    [CheckpointRow(*row) for row in signed],
                )
                if walk.report.leaves % TELL_EVERY == 0:
                    progress(f"{walk.report.leaves:,} of {head.size:,} leaves")
            report = walk.end(head, *await connection.fetchrow(QUERIES["counts"]))
            if broker is not None:
                report.compared = 0
                compare_ends(report, walk.partitions, before, await broker.bounds(SERVICE.topics))
                await _compare(connection, broker, boxes, report, _common(walk.partitions, before), progress)
            return report
    finally:
        await connection.close()


async def _caught_up(
    connection: asyncpg.Connection, kafka: Mapping[Partition, tuple[int, int]], progress: Progress
) -> None:
    """Wait until the service has taken what Kafka (first offset, end) holds, or for long enough."""
    deadline = time.monotonic() + CATCH_UP_SECONDS
    told = False
    while True:
        rows = await connection.fetch("select topic, part, next_offset from ledger_head")
        stands = {(row["topic"], row["part"]): row["next_offset"] for row in rows}
        behind = sum(max(end - max(stands.get(place, first), first), 0) for place, (first, end) in kafka.items())
        if not behind or time.monotonic() > deadline:
            return
        if not told:
            progress(f"{behind:,} records are on their way into the log")
            told = True
        await asyncio.sleep(0.1)


async def _stretches(
    connection: asyncpg.Connection,
) -> AsyncIterator[tuple[Sequence[LeafRow], Sequence[RecordRow]]]:
    """Leaves in order with the records up to the last of them; after the last leaf, all records that are left.

    Two cursors and no join: duplicate or stray indexes, which a join on them would hide, come out as they are.
    """
    leaf_cursor = await connection.cursor(QUERIES["leaves"])
    record_cursor = await connection.cursor(QUERIES["records"])
    waiting: list[RecordRow] = []
    more = True
    while True:
        leaves = [LeafRow(*row) for row in await leaf_cursor.fetch(STRETCH)]
        while more and (not waiting or not leaves or waiting[-1].idx <= leaves[-1].idx):
            fetched = [RecordRow(*row) for row in await record_cursor.fetch(STRETCH)]
            more = bool(fetched)
            waiting += fetched
            if not leaves:
                break
        ready = [row for row in waiting if not leaves or row.idx <= leaves[-1].idx]
        waiting = waiting[len(ready) :]
        if not leaves and not ready:
            return
        yield leaves, ready


def _common(
    log: dict[Partition, tuple[int, int]], kafka: dict[Partition, tuple[int, int]]
) -> dict[Partition, tuple[int, int]]:
    """The stretch of each partition that both have."""
    return {
        partition: (max(log[partition][0], kafka[partition][0]), min(log[partition][1], kafka[partition][1]))
        for partition in sorted(log.keys() & kafka.keys())
    }


async def _compare(
    connection: asyncpg.Connection,
    broker: Broker,
    boxes: "_Boxes",
    report: Report,
    stretches: dict[Partition, tuple[int, int]],
    progress: Progress,
) -> None:
    wanted = sum(max(end - first, 0) for first, end in stretches.values())
    read, told = 0, 0
    async for partition, first, end, theirs in broker.read(stretches):
        rows = [RecordRow(*row) for row in await connection.fetch(QUERIES["stretch"], *partition, first, end - 1)]
        await boxes.fetch_keys(connection, rows)
        compare_stretch(report, partition, [(row, boxes.content_or_none(row)) for row in rows], theirs)
        read += end - first
        if read - told >= TELL_EVERY:
            progress(f"{read:,} of {wanted:,} records compared with Kafka")
            told = read


class NoRecord(Exception):
    """There is no such record, or it can't be read any more; one sentence."""


class Evidence(NamedTuple):
    """A record as `log_check.py inclusion` takes it, and whose it is."""

    subject: str
    document: dict[str, Any]


async def evidence(settings: Settings, connection: asyncpg.Connection, at: str) -> Evidence:
    """The bytes of one record, its salt and its index. NoRecord when the log has none there, or its subject was erased."""
    topic, *numbers = at.split("/")
    if len(numbers) != 2 or not all(number.isdecimal() for number in numbers):
        raise NoRecord("a place is TOPIC/PARTITION/OFFSET")
    found = await connection.fetchrow(QUERIES["record_at"], topic, *map(int, numbers))
    if found is None:
        raise NoRecord(f"the log has no record {at}")
    row = RecordRow(*found)
    boxes = _Boxes(_sealer(settings.key_file))
    keys = await connection.fetch(QUERIES["keys_by_id"], [row.key_id])
    await boxes.fetch_keys(connection, [row])
    plain = boxes.content_or_none(row)
    if plain is None or not keys:
        raise NoRecord(f"the record {at} can't be read: its subject was erased, or the box is closed")
    leaf = leaf_of(await connection.fetchval(QUERIES["body_at"], row.idx))
    salt, kept = (base64.b64encode(part).decode() for part in (plain[:SALT], plain[SALT:]))
    document = leaf._asdict() | {"index": row.idx, "salt": salt, "content": kept}
    del document["commitment"]
    return Evidence(keys[0]["subject"], document)


class Archived(NamedTuple):
    """A record as it was on its topic, its transport's headers left out; `value` of somebody erased can't be read any more."""

    part: int
    offs: int
    key: bytes | None
    value: bytes | None
    erased: bool


async def archived(settings: Settings, connection: asyncpg.Connection, topic: str) -> AsyncIterator[list[Archived]]:
    """Every record of a topic that is archived, some hundreds at a time, in the order of each partition. NoRecord where a box does not open."""
    boxes = _Boxes(_sealer(settings.key_file))
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        cursor = await connection.cursor(QUERIES["records_of"], topic)
        while rows := await cursor.fetch(STRETCH):
            records = [RecordRow(*row) for row in rows]
            await boxes.fetch_keys(connection, records)
            yield [_archived(boxes, record) for record in records]


def _archived(boxes: "_Boxes", record: RecordRow) -> Archived:
    try:
        plain = boxes.open(record)
    except BoxClosed as closed:
        raise NoRecord(f"{place(record.topic, record.part, record.offs)}: {closed}") from None
    if plain is None:
        return Archived(record.part, record.offs, None, None, erased=True)
    return Archived(record.part, record.offs, *parts(plain[SALT:]), erased=False)


class _Boxes:
    """Opens the boxes of a stretch with the keys fetched for it."""

    def __init__(self, sealer: Sealer) -> None:
        self._ring = KeyRing(sealer)
        self._keys: dict[int, Sealer | None] = {}

    async def fetch_keys(self, connection: asyncpg.Connection, records: Sequence[RecordRow]) -> None:
        """Their keys; one that does not unwrap is kept as None."""
        self._keys = {}
        for row in await connection.fetch(QUERIES["keys_by_id"], list({record.key_id for record in records})):
            try:
                self._keys[row["id"]] = self._ring.unwrap(row["subject"], row["wrapped"])
            except WrongKeyFile:
                self._keys[row["id"]] = None

    def open(self, record: RecordRow) -> bytes | None:
        if record.key_id not in self._keys:
            return None
        sealer = self._keys[record.key_id]
        if sealer is None:
            raise BoxClosed("its subject's key does not unwrap: it was changed, or the key file is another")
        try:
            return sealer.open(record.box, place(record.topic, record.part, record.offs))
        except (InvalidTag, ValueError):
            raise BoxClosed("the box was changed or moved") from None

    def content_or_none(self, record: RecordRow) -> bytes | None:
        """For the comparison with Kafka; a closed box has been named already."""
        try:
            return self.open(record)
        except BoxClosed:
            return None
