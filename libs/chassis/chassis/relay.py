"""How does the outbox reach Kafka? One leader per service publishes in order and deletes exactly what was acknowledged.

Killed between send and delete, it sends again: same id, same bytes, and every consumer drops the repeat.
"""

import asyncio
import logging
from collections import Counter, defaultdict
from collections.abc import Sequence

import asyncpg
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from aiokafka.partitioner import murmur2

from chassis import database, faults, telemetry, wire
from chassis.settings import Settings

log = logging.getLogger(__name__)

CHUNK = 2000
"""Events in flight at once: bounds memory and how much a crash sends twice."""
IDLE_SECONDS, LONGEST_IDLE_SECONDS = 0.01, 0.1
"""Between two looks where nothing waited: the longer it was quiet, the rarer."""
RETRY_SECONDS = 1.0


def producer(settings: Settings) -> AIOKafkaProducer:
    """A producer that loses nothing and reorders nothing: idempotent, acknowledged by all replicas."""
    return AIOKafkaProducer(
        **wire.kafka(settings.kafka),
        acks="all",
        enable_idempotence=True,
        linger_ms=2,
        max_batch_size=128 * 1024,
        compression_type="zstd",
        max_request_size=1_000_000,
    )


def partition_of(key: bytes, partitions: int) -> int:
    """Where Kafka's default partitioner puts a key; ours and everyone else's."""
    return int(murmur2(key) & 0x7FFFFFFF) % partitions


class Relay:
    """Publishes a service's outbox while it leads."""

    def __init__(self, settings: Settings, pool: asyncpg.Pool, written: asyncio.Event) -> None:
        """`written` is set when something was put into the outbox here; what others put there is seen at the next look."""
        self.settings, self.pool, self.written = settings, pool, written
        self.queries = database.queries("chassis")

    async def run(self, stopping: asyncio.Event) -> None:
        """Lead or wait to lead, until stopped. A broken environment is tried again; nothing is skipped."""
        while not stopping.is_set():
            try:
                await self._lead(stopping)
            except (KafkaError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                log.warning("the relay lost its surroundings (%s) and begins again", type(error).__name__)
                await pause(stopping, RETRY_SECONDS)

    async def _lead(self, stopping: asyncio.Event) -> None:
        # A session of its own: the lock ends with it, also when this process dies.
        connection = await asyncpg.connect(
            self.settings.database, server_settings={"application_name": "kokunen-relay"}
        )
        try:
            while not await connection.fetchval(self.queries["lead"]):
                if await pause(stopping, RETRY_SECONDS):
                    return
            log.info("this relay leads")
            async with producer(self.settings) as sender:
                idle = IDLE_SECONDS
                while not stopping.is_set():
                    self.written.clear()
                    if await self._publish(connection, sender):
                        idle = IDLE_SECONDS
                    else:
                        await first_of(idle, stopping, self.written)
                        idle = min(idle * 1.5, LONGEST_IDLE_SECONDS)
        finally:
            await connection.close()

    async def _publish(self, connection: asyncpg.Connection, sender: AIOKafkaProducer) -> int:
        rows = await connection.fetch(self.queries["unsent"], CHUNK)
        if not rows:
            return 0
        topics = Counter(row["topic"] for row in rows)
        partitions = {topic: len(await sender.partitions_for(topic)) for topic in topics}
        places: dict[tuple[str, int], list[asyncpg.Record]] = defaultdict(list)
        for row in rows:
            places[row["topic"], partition_of(row["key"].encode(), partitions[row["topic"]])].append(row)
        await asyncio.gather(*(_send(sender, *place, group) for place, group in places.items()))
        faults.point("relay_sent")
        await connection.execute(self.queries["sent"], [row["seq"] for row in rows])
        faults.point("relay_deleted")
        telemetry.published(self.settings.service, rows)
        for topic, sent in topics.items():
            telemetry.PUBLISHED.labels(topic.removeprefix(self.settings.prefix)).inc(sent)
        return len(rows)


async def _send(sender: AIOKafkaProducer, topic: str, partition: int, rows: Sequence[asyncpg.Record]) -> None:
    """Publish events of one partition in order, in as few batches as they fit in; returns when all are acknowledged.

    Batches are built here because `send`, once an event, costs four times as much.
    """
    batch = sender.create_batch()
    pending = []
    for row in rows:
        headers = [("content-type", b"application/cloudevents+json")]
        if row["traceparent"]:
            headers.append(("traceparent", row["traceparent"].encode()))
        event = {"key": row["key"].encode(), "value": row["value"], "timestamp": None, "headers": headers}
        if batch.append(**event) is None:
            pending.append(await sender.send_batch(batch, topic, partition=partition))
            batch = sender.create_batch()
            batch.append(**event)
    pending.append(await sender.send_batch(batch, topic, partition=partition))
    await asyncio.gather(*pending)


async def first_of(seconds: float, *events: asyncio.Event) -> asyncio.Event | None:
    """The first of these that is set, or none within so many seconds."""
    waits = [asyncio.create_task(event.wait()) for event in events]
    try:
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
    return next((event for event in events if event.is_set()), None)


async def pause(stopping: asyncio.Event, seconds: float) -> bool:
    """Wait; True when stopped meanwhile."""
    try:
        await asyncio.wait_for(stopping.wait(), seconds)
    except TimeoutError:
        return False
    return True
