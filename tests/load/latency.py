"""How long does it take from the publishing of a change to the derived event in a consumer's hands, at a quiet rate?"""

import asyncio
import statistics
import time
from collections.abc import Sequence

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from cli import stack
from cli.catalogue import TOPICS_OF

from tests.load import feed, process, whole
from tests.load.feed import Line

PER_SECOND = 1000
SECONDS = 10
WARM_SECONDS = 2
PREFIX = "latency_"


async def at_quiet_rate(given: stack.Stack, changes: Sequence[Line]) -> dict[str, float]:
    """One change a resident, so that each has its own answer; measured in this process, from before `send` to receipt."""
    chosen = list({line.key: line for line in reversed(changes)}.values())[: PER_SECOND * (SECONDS + WARM_SECONDS)]
    if len(chosen) < 3 * WARM_SECONDS * PER_SECOND:
        raise RuntimeError("too few residents for the latency; raise --events")
    await feed.create(given.kafka, PREFIX, [*TOPICS_OF["registry-sync"], *whole.REGISTRY_OUT])
    received: dict[bytes, float] = {}
    first_answer = asyncio.Event()
    consumer = AIOKafkaConsumer(bootstrap_servers=given.kafka, auto_offset_reset="earliest", fetch_max_wait_ms=50)
    producer = AIOKafkaProducer(bootstrap_servers=given.kafka, acks="all", enable_idempotence=True)
    async with process.service(given, "registry-sync", PREFIX) as measured, consumer, producer:
        await process.migrated(given, measured)
        consumer.assign(feed.partitions(PREFIX, ["residents"]))
        receiving = asyncio.create_task(_receive(consumer, received, len(chosen), first_answer))
        # The group join takes seconds and is no latency of an event: begin when the first answer is here.
        first, *others = chosen
        await producer.send(PREFIX + first.topic, first.value, key=first.key)
        await first_answer.wait()
        sent, rate = await feed.publish_evenly(producer, PREFIX, others, PER_SECOND)
        await asyncio.wait_for(receiving, 60)
    await process.wipe(given, "registry-sync")
    delays = feed.delays(sent, received, others[WARM_SECONDS * PER_SECOND :])
    hundredths = statistics.quantiles(delays, n=100)
    return {
        "latency_p50_ms": hundredths[49],
        "latency_p99_ms": hundredths[98],
        "latency_max_ms": delays[-1],
        "latency_rate_per_s": rate,
    }


async def _receive(
    consumer: AIOKafkaConsumer, received: dict[bytes, float], expected: int, first_answer: asyncio.Event
) -> None:
    while len(received) < expected:
        for records in (await consumer.getmany(timeout_ms=100)).values():
            now = time.perf_counter()
            for record in records:
                received.setdefault(record.key, now)
                first_answer.set()
