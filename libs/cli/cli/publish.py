"""How does a town, or one file of events, get onto the topics? In recorded order, and settled before each sealing day."""

import asyncio
import datetime as dt
import heapq
import json
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from aiokafka import AIOKafkaProducer
from contracts.topics import INCOMING, TOPICS
from rich.progress import Progress, TextColumn, TimeElapsedColumn
from transmittal.sealing_day import is_sealing_day

from cli.broker import prefix
from cli.settle import Watch
from cli.stack import Stack

TRACED = 50
"""Every so-manieth event is traced; its trace id is its event id without the dashes."""
IN_FLIGHT = 2000


class Line(NamedTuple):
    """One event of a file with the moment of its delivery: the latest `time` so far in that file."""

    delivered: str
    order: int
    topic: str
    value: bytes


class PublishError(Exception):
    """The path can't be published; the message says why."""


def _lines(path: Path, topic: str) -> Iterator[Line]:
    latest = ""
    order = [t.name for t in (*INCOMING[::-1],)].index(topic) if topic in {t.name for t in INCOMING} else 99
    with path.open("rb") as file:
        for number, raw in enumerate(file, 1):
            value = raw.rstrip(b"\n")
            try:
                moment = dt.datetime.fromisoformat(json.loads(value)["time"]).astimezone(dt.UTC).isoformat()
            except (ValueError, KeyError, TypeError):
                raise PublishError(f"{path.name}, line {number}: no event with a time") from None
            latest = max(latest, moment)
            yield Line(latest, order, topic, value)


def town(folder: Path) -> Iterator[Line]:
    """The events of a town folder in the order of delivery; the calendar's day comes before what happens on it."""
    files = [(folder / f"{topic.name}.jsonl", topic.name) for topic in INCOMING]
    present = [_lines(path, topic) for path, topic in files if path.exists()]
    if not present:
        raise PublishError(f"{folder} holds no file of an incoming topic, such as resident-changes.jsonl.")
    return heapq.merge(*present, key=lambda line: (line.delivered, line.order))


async def publish(
    given: Stack, path: Path, topic: str | None, rate: float | None, *, quiet: bool = False
) -> dict[str, int]:
    """Publish a town folder, or a JSONL file to one topic; returns the number of events by topic."""
    if path.is_dir():
        lines = town(path)
    elif topic is None or topic not in TOPICS:
        raise PublishError("A single file needs --topic with a topic of the catalogue.")
    else:
        lines = _lines(path, topic)
    sent: dict[str, int] = {}
    producer = AIOKafkaProducer(
        bootstrap_servers=given.kafka, acks="all", enable_idempotence=True, linger_ms=2, compression_type="zstd"
    )
    pending: list[asyncio.Future[object]] = []
    async with Watch(given) as watch, producer:
        with Progress(TextColumn("{task.description}"), TimeElapsedColumn(), disable=quiet, transient=True) as progress:
            task = progress.add_task("publishing", total=None)
            started, total, previous = time.monotonic(), 0, None
            for line in lines:
                event = json.loads(line.value)
                if line.topic == "calendar" and path.is_dir():
                    await asyncio.gather(*pending)
                    pending.clear()
                    day = dt.date.fromisoformat(event["data"]["day"])
                    if is_sealing_day(day):
                        await watch.settle(600)
                    elif previous is not None:
                        await watch.day_reached(previous)
                    previous = day
                    progress.update(task, description=f"business day {day}, {total:,} events published")
                pending.append(await _send(producer, line, event))
                total += 1
                sent[line.topic] = sent.get(line.topic, 0) + 1
                if len(pending) >= IN_FLIGHT:
                    await asyncio.gather(*pending)
                    pending.clear()
                if rate:
                    ahead = total / rate - (time.monotonic() - started)
                    if ahead > 0.002:
                        await asyncio.sleep(ahead)
            await asyncio.gather(*pending)
    return sent


async def _send(producer: AIOKafkaProducer, line: Line, event: dict[str, object]) -> asyncio.Future[object]:
    headers = [("content-type", b"application/cloudevents+json")]
    identity = uuid.UUID(str(event["id"]))
    if identity.int % TRACED == 0:
        headers.append(("traceparent", f"00-{identity.hex}-{identity.hex[:16]}-01".encode()))
    return await producer.send(prefix() + line.topic, line.value, key=str(event["subject"]).encode(), headers=headers)
