"""How does the outbox reach Kafka? One leader per service publishes in order and deletes exactly what was acknowledged.

Killed between send and delete, it sends again: same id, same bytes, and every consumer drops the repeat.
"""

import asyncio
import logging

import asyncpg
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from chassis import database, faults, telemetry
from chassis.settings import Settings

log = logging.getLogger(__name__)

CHUNK = 2000
"""Events in flight at once: bounds memory and how much a crash sends twice."""
IDLE_SECONDS = 0.01
RETRY_SECONDS = 1.0


def producer(settings: Settings) -> AIOKafkaProducer:
    """A producer that loses nothing and reorders nothing: idempotent, acknowledged by all replicas."""
    return AIOKafkaProducer(
        bootstrap_servers=settings.kafka,
        acks="all",
        enable_idempotence=True,
        linger_ms=2,
        max_batch_size=128 * 1024,
        compression_type="zstd",
        max_request_size=1_000_000,
    )


class Relay:
    """Publishes a service's outbox while it leads."""

    def __init__(self, settings: Settings, pool: asyncpg.Pool) -> None:
        self.settings, self.pool = settings, pool
        self.queries = database.queries("chassis")

    async def run(self, stopping: asyncio.Event) -> None:
        """Lead or wait to lead, until stopped. A broken environment is tried again; nothing is skipped."""
        while not stopping.is_set():
            try:
                await self._lead(stopping)
            except (KafkaError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                log.warning("the relay lost its surroundings (%s) and begins again", type(error).__name__)
                await _pause(stopping, RETRY_SECONDS)

    async def _lead(self, stopping: asyncio.Event) -> None:
        # A session of its own: the lock ends with it, also when this process dies.
        connection = await asyncpg.connect(
            self.settings.database, server_settings={"application_name": "kokunen-relay"}
        )
        try:
            while not await connection.fetchval(self.queries["lead"]):
                if await _pause(stopping, RETRY_SECONDS):
                    return
            log.info("this relay leads")
            async with producer(self.settings) as sender:
                while not stopping.is_set():
                    if not await self._publish(connection, sender):
                        await _pause(stopping, IDLE_SECONDS)
        finally:
            await connection.close()

    async def _publish(self, connection: asyncpg.Connection, sender: AIOKafkaProducer) -> int:
        rows = await connection.fetch(self.queries["unsent"], CHUNK)
        if not rows:
            return 0
        pending = []
        for row in rows:
            parent = row["traceparent"]
            headers = [("content-type", b"application/cloudevents+json")]
            if parent:
                headers.append(("traceparent", parent.encode()))
            pending.append(await sender.send(row["topic"], row["value"], key=row["key"].encode(), headers=headers))
        await asyncio.gather(*pending)
        faults.point("relay_sent")
        await connection.execute(self.queries["sent"], [row["seq"] for row in rows])
        faults.point("relay_deleted")
        for row in rows:
            telemetry.PUBLISHED.labels(row["topic"].removeprefix(self.settings.prefix)).inc()
        return len(rows)


async def _pause(stopping: asyncio.Event, seconds: float) -> bool:
    """Wait; True when stopped meanwhile."""
    try:
        await asyncio.wait_for(stopping.wait(), seconds)
    except TimeoutError:
        return False
    return True
