"""Who stands in for the tax system? What it sent about somebody, it sends again when that person's incomes are wanted.

tax-income lets in the incomes of the persons concerned and of nobody else (decision 23); of everybody else it forgot what it was sent.
"""

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from chassis import wire

from cli.broker import partitions, prefix
from cli.stack import Stack

ASSESSMENTS = "tax-assessments"


class TaxOffice:
    """Remembers what was sent, and follows the wishes of tax-income."""

    def __init__(self, consumer: AIOKafkaConsumer, sent: Iterable[bytes] = ()) -> None:
        self._consumer = consumer
        self._sent: dict[str, list[bytes]] = defaultdict(list)
        for value in sent:
            self.remember(value)

    def remember(self, value: bytes) -> None:
        """An assessment was sent. What nobody can read is about nobody."""
        try:
            subject = json.loads(value)["subject"]
        except (ValueError, KeyError, TypeError):
            return
        self._sent[str(subject)].append(value)

    async def answer(self, producer: AIOKafkaProducer) -> int:
        """Send again what was sent of everyone who was wanted since the last time; the number of events."""
        again = [(who, value) for who in await self._newly_wanted() for value in self._sent.get(who, ())]
        pending = [await producer.send(prefix() + ASSESSMENTS, value, key=who.encode()) for who, value in again]
        await asyncio.gather(*pending)
        return len(again)

    async def _newly_wanted(self) -> list[str]:
        found: dict[str, None] = {}
        ends = await self._consumer.end_offsets(self._consumer.assignment())
        while any([await self._consumer.position(place) < end for place, end in ends.items()]):
            for records in (await self._consumer.getmany(timeout_ms=200)).values():
                for record in records:
                    event: dict[str, Any] = json.loads(record.value)
                    if event["type"] == "IncomesWanted" and not event["data"].get("withdrawn"):
                        found[event["subject"]] = None
        return list(found)


@asynccontextmanager
async def tax_office(given: Stack, sent: Iterable[bytes] = ()) -> AsyncIterator[TaxOffice]:
    """A tax office that begins with the first wish on the topic."""
    consumer = AIOKafkaConsumer(
        **wire.kafka(given.kafka),
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        fetch_max_wait_ms=20,  # we ask when something is there, and wait for nothing else
    )
    await consumer.start()
    try:
        consumer.assign(partitions(["income-needs"]))
        yield TaxOffice(consumer, sent)
    finally:
        await consumer.stop()


def assessments(lines: Iterable[tuple[str, bytes]]) -> Iterator[bytes]:
    """The values of a town's lines that are assessments."""
    return (value for topic, value in lines if topic == ASSESSMENTS)
