"""Do the records of a batch, some megabytes, go when it is done? Python looks for what keeps itself only rarely."""

import asyncio
import gc
import weakref
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from aiokafka import ConsumerRecord
from chassis import settings
from chassis.batch import Record
from chassis.consumer import Consumer, _undecoded
from faststream.kafka.message import KafkaAckableMessage


def polled() -> KafkaAckableMessage:
    record = ConsumerRecord("residents", 0, 7, 0, 0, b"1", b"{}", None, 1, 2, ())
    return KafkaAckableMessage(raw_message=(record,), body=b"", consumer=Client())


class Client:
    """What a batch asks of the Kafka client."""

    async def commit(self, ends: Any) -> None:
        pass

    def seek(self, place: Any, offset: int) -> None:
        pass

    def assignment(self) -> set[Any]:
        return set()


async def takes(records: Sequence[Record]) -> None:
    pass


async def fails(records: Sequence[Record]) -> None:
    raise ConnectionError


async def batch_of(process: Callable[[Sequence[Record]], Any]) -> tuple[KafkaAckableMessage, weakref.ref[Any]]:
    """A message that somebody keeps beyond its batch, and its record."""
    given = settings.read("audit", {"KOKUNEN_KAFKA": "localhost:1", "KOKUNEN_DATABASE_AUDIT": "postgresql:///audit"})
    consumer = Consumer(given, ["residents"], process)
    message = polled()
    message.set_decoder(_undecoded)
    record = weakref.ref(message.raw_message[0])
    assert await message.decode() is message
    await consumer._on_batch(message)
    return message, record


@pytest.mark.parametrize("process", [takes, fails])
def test_whoever_keeps_the_message_does_not_keep_its_records(process: Callable[[Sequence[Record]], Any]) -> None:
    _message, record = asyncio.run(batch_of(process))
    assert record() is None


def test_the_message_does_not_keep_itself() -> None:
    gc.disable()
    try:
        message, _ = asyncio.run(batch_of(takes))
        known = weakref.ref(message)
        del message, _
        assert known() is None
    finally:
        gc.enable()


def test_a_message_whose_batch_is_not_done_keeps_both() -> None:
    """What the two tests above would see without the work of `_on_batch`."""
    gc.disable()
    try:
        message = polled()
        message.set_decoder(_undecoded)
        asyncio.run(message.decode())
        known, record = weakref.ref(message), weakref.ref(message.raw_message[0])
        del message
        assert known() is not None
        assert record() is not None
    finally:
        gc.enable()
