"""What does the same step do the usual way, and what would it do with nothing around it?

Same records, same pydantic models, same statement on the same table, same fold, same event published. Only what surrounds
them differs. The strict decoder is replaced by pydantic's own `model_validate_json`, in favour of both.
"""

import asyncio
import datetime as dt
import os
import re
import tempfile
import time
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

import asyncpg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from chassis import database, sealing
from chassis.settings import Settings
from chassis.transaction import Transaction
from cli import local, services, stack
from contracts.envelope import Event, derived_id
from contracts.events.registry import ResidentUpdated
from contracts.topics import dataschema
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.message import KafkaMessage
from registry_sync import store
from registry_sync.handlers import HANDLERS, Fact
from registry_sync.register import Known, residents

from tests.load import feed, process
from tests.load.feed import Line

QUIX = local.REPOSITORY / ".local" / "quix"
"""An environment with Quix Streams: `make bench` makes it."""
BATCH = 500
HEAD = 0.15
OMITTED = "inbox, accounting, ordering locks, set-aside, said, outbox and relay, strict decoder"
Measurement = Callable[[stack.Stack, Settings, str, int], Coroutine[Any, Any, float]]


async def once(given: stack.Stack, measure: Measurement, prefix: str, changes: Sequence[Line]) -> float:
    """Events taken in a second, on topics and an empty table of its own."""
    settings = services.environment_settings(given, "registry-sync")
    await feed.create(given.kafka, prefix, ["resident-changes", "residents"])
    await feed.publish(given.kafka, prefix, changes)
    rate = await measure(given, settings, prefix, len(changes))
    await process.wipe(given, "registry-sync")
    return rate


_TYPE = re.compile(rb'"type":"([A-Za-z]+)"')
_HANDLERS = {kind.__name__.encode(): (Event[kind], handler) for kind, handler in HANDLERS.items()}  # type: ignore[valid-type]


def read(value: bytes) -> Fact:
    """pydantic's validation and the service's own handler."""
    found = _TYPE.search(value)
    if found is None:
        raise ValueError("an event of the load has no type")
    model, handler = _HANDLERS[found[1]]
    fact: Fact = handler(model.model_validate_json(value))
    return fact


def derive(facts: Sequence[Fact], known: Known, municipality: str) -> list[tuple[bytes, bytes]]:
    """The service's own fold, and its answers as keys and events."""
    latest = {fact.addressee: fact.id for fact in facts}
    return [
        (
            str(number).encode(),
            Event[ResidentUpdated](
                id=derived_id("registry-sync", str(number), "residents|resident", len(known.changes[number])),
                type="ResidentUpdated",
                source="kokunen/registry-sync",
                subject=str(number),
                time=known.changes[number][-1].recorded_at,
                dataschema=dataschema(ResidentUpdated),
                municipality=municipality,
                cause=latest[number],
                correlation=latest[number],
                sequence=len(known.changes[number]),
                data=said,
            ).encode(),
        )
        for number, said in residents(latest, known, dt.date.max).items()
    ]


class Clock:
    """Rate of the events taken in after the first 15 %, counted when their outcome is acknowledged."""

    def __init__(self, total: int) -> None:
        self.total, self.taken = total, 0
        self.began: tuple[float, int] | None = None
        self.rate = 0.0
        self.done = asyncio.Event()

    def hit(self, taken: int) -> None:
        self.taken += taken
        if self.began is None and self.taken >= HEAD * self.total:
            self.began = time.perf_counter(), self.taken
        if self.taken >= self.total and self.began is not None and not self.done.is_set():
            self.rate = (self.taken - self.began[1]) / (time.perf_counter() - self.began[0])
            self.done.set()


async def per_message(given: stack.Stack, settings: Settings, prefix: str, total: int) -> float:
    """FastStream as its documentation shows it: a handler per message, acknowledged after it returned."""
    sealer, clock = sealing.load(settings.key_file), Clock(total)
    broker = KafkaBroker(given.kafka, logger=None, acks="all", enable_idempotence=True)

    async def raw(message: KafkaMessage) -> bytes:
        return bytes(message.body)

    async with asyncpg.create_pool(settings.database, min_size=1, max_size=4, server_settings=database.SESSION) as pool:

        @broker.subscriber(
            prefix + "resident-changes",
            group_id=prefix + "usual",
            ack_policy=AckPolicy.NACK_ON_ERROR,
            auto_offset_reset="earliest",
            decoder=raw,
        )
        async def handle(body: bytes) -> None:
            fact = read(body)
            async with pool.acquire() as connection:
                transaction = Transaction(settings, connection, sealer)
                known = await store.remember_and_recall(transaction, [fact], [fact.addressee])
            for key, event in derive([fact], known, settings.municipality):
                await broker.publish(event, prefix + "residents", key=key)
            clock.hit(1)

        async with broker:
            await broker.start()
            await asyncio.wait_for(clock.done.wait(), 120)
    return clock.rate


async def quix(given: stack.Stack, settings: Settings, prefix: str, total: int) -> float:
    """A Quix Streams application, exactly once by Kafka's transactions (`quix_step.py`), as a process of its own."""
    command = [str(QUIX / "bin" / "python"), str(Path(__file__).with_name("quix_step.py"))]
    pure = [local.REPOSITORY / "libs" / "contracts", local.REPOSITORY / "services" / "registry-sync"]
    with tempfile.TemporaryDirectory() as folder:
        child = await asyncio.create_subprocess_exec(
            *command,
            given.kafka,
            prefix,
            str(total),
            folder,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, pure))},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        said, complaint = await child.communicate()
    if child.returncode != 0:
        raise RuntimeError(f"the Quix Streams application ended with {child.returncode}: {complaint.decode()[-2000:]}")
    return float(said)


async def bare(given: stack.Stack, settings: Settings, prefix: str, total: int) -> float:
    """getmany(500), one bulk statement, send; acknowledgements of a batch are awaited while the next one is worked on."""
    sealer, clock = sealing.load(settings.key_file), Clock(total)
    connection = await asyncpg.connect(settings.database, server_settings=database.SESSION)
    consumer = AIOKafkaConsumer(
        prefix + "resident-changes",
        bootstrap_servers=given.kafka,
        group_id=prefix + "bare",
        auto_offset_reset="earliest",
        enable_auto_commit=False,
    )
    producer = AIOKafkaProducer(
        bootstrap_servers=given.kafka,
        acks="all",
        enable_idempotence=True,
        linger_ms=2,
        max_batch_size=128 * 1024,
        compression_type="zstd",
    )
    pending: list[asyncio.Future[Any]] = []
    ends: dict[Any, int] = {}
    taken = 0
    async with consumer, producer:
        give_up = time.monotonic() + 120
        while not clock.done.is_set():
            if time.monotonic() > give_up:
                raise RuntimeError(f"the bare path took {clock.taken:,} of {total:,} records in 120 s")
            polled = await consumer.getmany(timeout_ms=50, max_records=BATCH)
            facts = [read(record.value) for records in polled.values() for record in records]
            sent: list[asyncio.Future[Any]] = []
            if facts:
                transaction = Transaction(settings, connection, sealer)
                known = await store.remember_and_recall(transaction, facts, sorted({fact.addressee for fact in facts}))
                for key, event in derive(facts, known, settings.municipality):
                    sent.append(await producer.send(prefix + "residents", event, key=key))
            if pending:
                await asyncio.gather(*pending)
                await consumer.commit(ends)
                clock.hit(taken)
            pending, taken = sent, len(facts)
            ends = {place: records[-1].offset + 1 for place, records in polled.items()}
    await connection.close()
    return clock.rate
