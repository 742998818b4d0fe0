"""How does a town, or one file of events, get onto the topics? In recorded order, and settled before each sealing day.

A town is published by everybody who publishes: the tax system among them sends again what is newly wanted (`cli.tax_office`).
"""

import asyncio
import datetime as dt
import heapq
import json
import time
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import asyncpg
from aiokafka import AIOKafkaProducer
from chassis import database, sealing, settings, wire
from chassis.transaction import Access, Transaction
from contracts.topics import INCOMING, TOPICS
from rich.progress import Progress, TextColumn, TimeElapsedColumn
from tax_income.tax_file import Verdict, judge
from transmittal.sealing_day import is_sealing_day

from cli.access import opened
from cli.broker import prefix
from cli.local import say
from cli.settle import Watch
from cli.stack import Stack
from cli.tax_office import ASSESSMENTS, TaxOffice, tax_office

TRACED = 50
"""Every so-manieth event is traced; its trace id is its event id without the dashes."""
IN_FLIGHT = 2000
SHORTEST_PAUSE = 0.002


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
    order = -1 if topic == "calendar" else 0
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


_HELD = """
select distinct on (addressee, tax_year) addressee, tax_year, convert_from(data, 'UTF8')::json -> 'record' ->> 'total_income_yen' as yen
from assessment order by addressee, tax_year, version desc
"""


async def judged(given: Stack, path: Path) -> Verdict:
    """May a whole file of assessments be published? Held against what tax-income has of the years before."""
    connection = await asyncpg.connect(given.databases["tax-income"], server_settings=database.SESSION)
    try:
        known = await connection.fetchval("select to_regclass('assessment') is not null")
        rows = await connection.fetch(_HELD) if known else []
    finally:
        await connection.close()
    held = {(row["addressee"], row["tax_year"]): int(row["yen"]) for row in rows if row["yen"] is not None}
    with path.open("rb") as file:
        lines = (line.rstrip(b"\n") for line in file)
        return judge(lines, settings.municipality(), held)


async def _on_record(despite: Access) -> None:
    async with opened("tax-income") as (own, connection), connection.transaction():
        transaction = Transaction(own, connection, sealing.load(own.key_file))
        await transaction.record_search(despite, "tax-file.despite", ("file",))
        await transaction.send()


async def publish(
    given: Stack,
    path: Path,
    topic: str | None,
    rate: float | None,
    *,
    quiet: bool = False,
    despite: Access | None = None,
) -> dict[str, int]:
    """Publish a town folder, or a JSONL file to one topic; returns the number of events by topic.

    A file of assessments is judged as a whole first; whoever publishes it whatever the verdict is on record for it, with the reason.
    """
    if topic == ASSESSMENTS:
        verdict = await judged(given, path)
        if not verdict.good and despite is not None:
            await _on_record(despite)
        elif not verdict.good:
            raise PublishError("\n".join(["The file was not published; nothing of it was sent:", *verdict.findings]))
    if topic is None:
        lines = town(path)
    elif topic in TOPICS:
        lines = _lines(path, topic)
    else:
        raise PublishError(f"{topic} is no topic of the catalogue.")
    producer = AIOKafkaProducer(
        **wire.kafka(given.kafka), acks="all", enable_idempotence=True, linger_ms=2, compression_type="zstd"
    )
    async with Watch(given) as watch, producer, tax_office(given) as office:
        with Progress(TextColumn("{task.description}"), TimeElapsedColumn(), disable=quiet, transient=True) as progress:
            sent = await _publish(watch, producer, office, lines, rate, progress, by_day=topic is None)
        if topic is None:
            await settle_with(watch, producer, office)
        return sent


async def settle_with(watch: Watch, producer: AIOKafkaProducer, office: TaxOffice, at_most: float = 600) -> None:
    """Wait until everything is worked off, and nothing is wanted any more that the tax system once sent."""
    await watch.settle(at_most)
    while await office.answer(producer):
        await watch.settle(at_most)


async def _publish(
    watch: Watch,
    producer: AIOKafkaProducer,
    office: TaxOffice,
    lines: Iterable[Line],
    rate: float | None,
    progress: Progress,
    *,
    by_day: bool,
) -> dict[str, int]:
    sent: Counter[str] = Counter()
    pending: list[asyncio.Future[object]] = []
    task = progress.add_task("publishing", total=None)
    started = time.monotonic()
    yesterday: dt.date | None = None
    for total, line in enumerate(lines, 1):
        event = json.loads(line.value)
        if by_day and line.topic == "calendar":
            await asyncio.gather(*pending)
            pending.clear()
            today = dt.date.fromisoformat(event["data"]["day"])
            if is_sealing_day(today):
                await settle_with(watch, producer, office)
            elif yesterday is not None:
                await watch.day_reached(yesterday)
            yesterday = today
            told = f"business day {today}, {total:,} events published"
            progress.update(task, description=told)
            if today.day == 1 and today.month % 3 == 1 and not (progress.console.is_terminal or progress.disable):
                say(told)  # a file or another program can't be shown a moving line
        pending.append(await _send(producer, line, event))
        sent[line.topic] += 1
        if line.topic == ASSESSMENTS:
            office.remember(line.value)
        if len(pending) >= IN_FLIGHT:
            await asyncio.gather(*pending)
            pending.clear()
        if rate and (ahead := total / rate - (time.monotonic() - started)) > SHORTEST_PAUSE:
            await asyncio.sleep(ahead)
    await asyncio.gather(*pending)
    return dict(sent)


async def _send(producer: AIOKafkaProducer, line: Line, event: dict[str, object]) -> asyncio.Future[object]:
    headers = [("content-type", b"application/cloudevents+json")]
    identity = uuid.UUID(str(event["id"]))
    if identity.int % TRACED == 0:
        headers.append(("traceparent", f"00-{identity.hex}-{identity.hex[:16]}-01".encode()))
    sent: asyncio.Future[object] = await producer.send(
        prefix() + line.topic, line.value, key=str(event["subject"]).encode(), headers=headers
    )
    return sent
