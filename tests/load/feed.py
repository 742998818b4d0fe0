"""What is fed to the measured services, and how does it get onto topics of their own?"""

import asyncio
import datetime as dt
import json
import time
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from cli.town import write_town
from contracts.envelope import Event
from contracts.events.income import PersonConcerned
from contracts.topics import TOPICS, dataschema
from contracts.vocabulary import Model


class Line(NamedTuple):
    """One event before it is published."""

    topic: str
    key: bytes
    value: bytes


def town(persons: int, folder: Path, seed: int = 1) -> dict[str, list[Line]]:
    """The events of a synthetic ward by topic, in the order of delivery: two years, so many residents change again."""
    write_town(persons, seed, folder)
    return {file.stem: _lines(file) for file in sorted(folder.glob("*.jsonl"))}


def _lines(file: Path) -> list[Line]:
    values = file.read_bytes().splitlines()
    return [Line(file.stem, str(json.loads(value)["subject"]).encode(), value) for value in values]


def line(topic: str, subject: int | str, data: Model, recorded: str, **attributes: Any) -> Line:
    """One event of the load, recorded at noon."""
    kind = type(data)
    event = Event[kind](  # type: ignore[valid-type]
        id=str(uuid.uuid4()),
        type=kind.__name__,
        source="toshima/load",
        subject=str(subject),
        time=dt.datetime.combine(dt.date.fromisoformat(recorded), dt.time(3), dt.UTC),
        dataschema=dataschema(kind),
        municipality="131164",
        data=data,
        **attributes,
    )
    return Line(topic, str(subject).encode(), event.encode())


def concerned(persons: Sequence[int]) -> list[Line]:
    """Each of them is an insured person."""
    said = PersonConcerned(grounds=("insured",))
    return [line("persons-concerned", person, said, "2025-04-01", sequence=1) for person in persons]


async def create(kafka: str, prefix: str, topics: Sequence[str]) -> None:
    """Topics of the catalogue under a prefix of their own, so that every run begins with offset 0."""
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await admin.start()
    try:
        answer = await admin.create_topics(
            [NewTopic(prefix + name, TOPICS[name].partitions, 1) for name in sorted(set(topics))]
        )
        failed = [error for error in answer.topic_errors if error[1] != 0]
        if failed:
            raise RuntimeError(f"topics could not be created: {failed}")
    finally:
        await admin.close()


async def publish(kafka: str, prefix: str, lines: Sequence[Line]) -> None:
    """Put events on their topics; returns when all are acknowledged."""
    async with AIOKafkaProducer(
        bootstrap_servers=kafka, acks="all", enable_idempotence=True, linger_ms=5, compression_type="zstd"
    ) as producer:
        for start in range(0, len(lines), 5000):
            chunk = lines[start : start + 5000]
            await asyncio.gather(*[await producer.send(prefix + t, value, key=key) for t, key, value in chunk])


async def publish_evenly(
    producer: AIOKafkaProducer, prefix: str, lines: Sequence[Line], per_second: int
) -> tuple[dict[bytes, float], float]:
    """Put so many events a second on their topics: when each key went, and how many a second they were in fact."""
    sent: dict[bytes, float] = {}
    began = time.perf_counter()
    for position, (topic, key, value) in enumerate(lines):
        ahead = began + position / per_second - time.perf_counter()
        if ahead > 0.001:
            await asyncio.sleep(ahead)
        sent[key] = time.perf_counter()
        await producer.send(prefix + topic, value, key=key)
    return sent, len(lines) / (time.perf_counter() - began)


def delays(sent: Mapping[bytes, float], received: Mapping[bytes, float], lines: Sequence[Line]) -> list[float]:
    """Milliseconds from sending to receipt, of each of these lines, the shortest first."""
    return sorted((received[line.key] - sent[line.key]) * 1000 for line in lines)


def partitions(prefix: str, topics: Sequence[str]) -> list[TopicPartition]:
    return [TopicPartition(prefix + name, part) for name in topics for part in range(TOPICS[name].partitions)]


async def everything(kafka: str, prefix: str, topics: Sequence[str]) -> list[Line]:
    """All events now on these topics, to be published again under another prefix."""
    found: list[Line] = []
    async with AIOKafkaConsumer(bootstrap_servers=kafka, auto_offset_reset="earliest") as consumer:
        places = partitions(prefix, topics)
        total = sum((await consumer.end_offsets(places)).values())
        consumer.assign(places)
        while len(found) < total:
            for place, records in (await consumer.getmany(timeout_ms=1000)).items():
                found += [Line(place.topic.removeprefix(prefix), record.key, record.value) for record in records]
    return found
