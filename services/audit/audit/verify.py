"""How is the whole log checked against its head and against Kafka, while the service goes on?

Reads PostgreSQL in one snapshot and trusts nothing in it: what `check.py` says of every row is the result.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

import asyncpg
from chassis import sealing
from chassis.sealing import Sealer
from cryptography.exceptions import InvalidTag

from audit.broker import Broker
from audit.check import BoxClosed, Head, LeafRow, Partition, RecordRow, Report, Walk, compare_ends, compare_stretch
from audit.content import place
from audit.handlers import SERVICE
from audit.store import QUERIES, KeyRing, WrongKeyFile

STRETCH = 500
"""Leaves and boxes in memory at once; a box may have a megabyte."""
TELL_EVERY = 200 * STRETCH

Progress = Callable[[str], None]


class NoKeyFile(Exception):
    """Without the service's key no box can be opened; none is made up."""


async def verify(database_url: str, kafka: str | None, key_file: Path, prefix: str, progress: Progress) -> Report:
    """Check the log by itself and, with `kafka`, that it holds what the topics hold."""
    boxes = _Boxes(_sealer(key_file))
    if kafka is None:
        return await _verify(database_url, None, boxes, progress)
    async with Broker(kafka, prefix) as broker:
        return await _verify(database_url, broker, boxes, progress)


def _sealer(key_file: Path) -> Sealer:
    if not key_file.exists():
        raise NoKeyFile(f"the key file {key_file} of audit is not there")
    return sealing.load(key_file)


async def _verify(database_url: str, broker: Broker | None, boxes: "_Boxes", progress: Progress) -> Report:
    before = await broker.bounds(SERVICE.topics) if broker is not None else {}
    connection = await asyncpg.connect(
        database_url, server_settings={"application_name": "kokunen audit verify", "jit": "off"}
    )
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            walk = Walk(boxes.open)
            head = Head(*await connection.fetchrow(QUERIES["head_as_read"]))
            async for leaves, records in _stretches(connection):
                await boxes.fetch_keys(connection, records)
                walk.take(leaves, records)
                if walk.report.leaves % TELL_EVERY == 0:
                    progress(f"{walk.report.leaves:,} of {head.size:,} leaves")
            report = walk.end(head)
            if broker is not None:
                report.compared = 0
                compare_ends(report, walk.partitions, before, await broker.bounds(SERVICE.topics))
                await _compare(connection, broker, boxes, report, _common(walk.partitions, before), progress)
            return report
    finally:
        await connection.close()


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
