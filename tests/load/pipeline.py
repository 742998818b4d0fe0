"""What do all services manage together, and how long does one change take through them? Part of `make bench`.

A ward's register, notices and filings, then its taxes, are published to the running services; the clock runs until everybody is at rest. Then new
residents move in at a quiet rate, and each is followed from before its `send` to what eligibility says of it, in a consumer's hands.
"""

import asyncio
import json
import statistics
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from chassis import database
from chassis.consumer import QUIET_MS
from cli import broker, local, rebuild, services, settle, stack

if not __package__:
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.load import feed, loads, process, whole
from tests.load.feed import Line

PERSONS = 8_000
PER_SECOND, SECONDS, WARM_SECONDS = 500, 20, 4
IDLE_SECONDS = 20
FIRST_NEW = 3_000_000_001
"""Beyond every number of the town."""
Figures = dict[str, float]


async def measure(given: stack.Stack, folder: Path) -> Figures:
    """Upstream events a second through all services, delays in milliseconds, memory in MiB."""
    ward = feed.town(PERSONS, folder, seed=3)
    await broker.create_topics(given.kafka)
    watched = loads.Watched(given, services.up(given))
    try:
        async with settle.Watch(given) as watch:
            await loads.publish(given, [ward["calendar"][-1]])
            await watched.rested(watch)
            began = time.perf_counter()
            sent = await loads.publish(
                given, [*ward["resident-changes"], *ward["pension-service-notices"], *ward["filings"]]
            )
            await watched.rested(watch)
            sent += await loads.publish(given, ward["tax-assessments"])
            await watched.rested(watch)
            figures = {"pipeline_per_s": sent / (time.perf_counter() - began), "pipeline_events": float(sent)}
            day = str(json.loads(ward["calendar"][-1].value)["data"]["day"])
            async with _used(given, watched) as loaded:
                figures |= await _delays(given, day)
            figures |= {f"load_percent_{name}": share for name, share in loaded.items()}
            await watched.rested(watch)
            await asyncio.sleep(3 * QUIET_MS / 1000)  # until every client has noticed that nothing comes
            async with _used(given, watched) as quiet:
                await asyncio.sleep(IDLE_SECONDS)
            figures |= {f"idle_percent_{name}": share for name, share in quiet.items()}
            figures |= await _sizes(given, sent + PER_SECOND * (SECONDS + WARM_SECONDS))
            figures |= await _rebuilt(given)
    finally:
        services.down()
    return figures | {f"pipeline_mib_{name}": peak / 2**20 for name, peak in watched.peak.items()}


@asynccontextmanager
async def _used(given: stack.Stack, watched: loads.Watched) -> AsyncIterator[Figures]:
    """Percent of a core that each process uses meanwhile, known at the end."""

    def seconds() -> dict[str, float]:
        spent = {service: process.cpu(one) for service, one in watched.processes.items()}
        spent["postgres"] = sum(process.cpu(one) for one in process.postgres())
        spent["measuring"] = time.process_time()
        return spent | ({"kafka": process.cpu(given.broker.process)} if given.broker.process else {})

    shares: Figures = {}
    before, began = seconds(), time.perf_counter()
    yield shares
    took = time.perf_counter() - began
    shares.update({name: 100 * (spent - before[name]) / took for name, spent in seconds().items()})


async def _rebuilt(given: stack.Stack) -> Figures:
    """Events a second that a rebuild takes while nothing else happens; what it finds equals what is there."""
    figures = {}
    for service in ("registry-sync", "tax-income", "eligibility"):
        done = await rebuild.rebuild(given, service, switch=False, quiet=True)
        if not done.equal:
            raise RuntimeError(f"{service} differs from what follows from the log")
        figures[f"rebuild_per_s_{service}"] = done.taken / done.seconds
    return figures


async def _sizes(given: stack.Stack, events: int) -> Figures:
    """Bytes on disc for each upstream event: each service's database (without the outbox, which was only passed through), and the topics of one broker."""
    size = "select pg_database_size(current_database()) - pg_total_relation_size('outbox')"
    figures = {}
    for service, url in given.databases.items():
        connection = await asyncpg.connect(url, server_settings=database.SESSION)
        try:
            figures[f"pipeline_bytes_{service}"] = float(await connection.fetchval(size)) / events
        finally:
            await connection.close()
    topics = sum(file.stat().st_size for file in (local.home() / "kafka" / "data").glob("*/*.log"))
    return figures | {"pipeline_bytes_kafka": topics / events}


def _new_residents(count: int, told_on: str) -> list[Line]:
    """Who moves in at an age at which eligibility has something to say, each with another number."""
    shifted: list[Line] = []
    for line in loads.register(count * 3, told_on):
        event = json.loads(line.value)
        if not "1970" < event["data"]["record"]["birth_date"] < "2001":
            continue
        event["subject"] = str(int(event["subject"]) - loads.FIRST_PERSON + FIRST_NEW)
        event["data"]["record"]["household"] += 10**8
        shifted.append(Line(line.topic, event["subject"].encode(), json.dumps(event, ensure_ascii=False).encode()))
    return shifted[:count]


async def _delays(given: stack.Stack, day: str) -> Figures:
    lines = _new_residents(PER_SECOND * (SECONDS + WARM_SECONDS), day)
    received: dict[bytes, float] = {}
    consumer = AIOKafkaConsumer(
        bootstrap_servers=given.kafka, auto_offset_reset="latest", fetch_max_wait_ms=20, fetch_min_bytes=64 * 1024
    )
    producer = AIOKafkaProducer(bootstrap_servers=given.kafka, acks="all", enable_idempotence=True, linger_ms=5)
    async with consumer, producer:
        consumer.assign(feed.partitions("", whole.ELIGIBILITY_OUT))
        await consumer.seek_to_end()
        receiving = asyncio.create_task(_receive(consumer, received, len(lines)))
        sent, rate = await feed.publish_evenly(producer, "", lines, PER_SECOND)
        try:
            await asyncio.wait_for(receiving, 60)
        except TimeoutError:
            missed = [line.key.decode() for line in lines if line.key not in received]
            raise RuntimeError(f"eligibility said nothing of {len(missed):,} residents, such as {missed[0]}") from None
    hundredths = statistics.quantiles(feed.delays(sent, received, lines[WARM_SECONDS * PER_SECOND :]), n=100)
    return {
        "pipeline_p50_ms": hundredths[49],
        "pipeline_p99_ms": hundredths[98],
        "pipeline_rate_per_s": rate,
    }


async def _receive(consumer: AIOKafkaConsumer, received: dict[bytes, float], expected: int) -> None:
    while len(received) < expected:
        for records in (await consumer.getmany(timeout_ms=100)).values():
            now = time.perf_counter()
            for record in records:
                if record.key and int(record.key) >= FIRST_NEW:
                    received.setdefault(record.key, now)


if __name__ == "__main__":
    import uvloop

    with process.own_stack("bench-pipeline") as here:
        for name, figure in uvloop.run(measure(here, local.home() / "town")).items():
            print(f"{name}: {figure:,.1f}")
