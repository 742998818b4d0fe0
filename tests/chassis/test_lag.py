"""How many records wait for a member? What the broker says, less what it has taken, whatever becomes of the batch in hand."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import IllegalStateError, KafkaTimeoutError
from chassis import settings, telemetry
from chassis.consumer import Consumer

GIVEN = {"KOKUNEN_KAFKA": "localhost:1", "KOKUNEN_DATABASE_AUDIT": "postgresql:///audit", "KOKUNEN_PREFIX": "p_"}
FIRST, SECOND = TopicPartition("p_filings", 0), TopicPartition("p_filings", 1)


class Client:
    """A Kafka client that owns partitions, has given records up to some offsets, and knows where the partitions end."""

    def __init__(self, given: dict[TopicPartition, int], ends: dict[TopicPartition, int]) -> None:
        self.given, self.ends = given, ends
        self.sought: dict[TopicPartition, int] = {}
        self._fetcher: object | None = object()

    def assignment(self) -> set[TopicPartition]:
        return set(self.given)

    async def end_offsets(self, places: Any) -> dict[TopicPartition, int]:
        return {place: self.ends[place] for place in places}

    async def position(self, place: TopicPartition) -> int:
        if place not in self.given:
            raise IllegalStateError(place)
        return self.given[place]

    def seek(self, place: TopicPartition, offset: int) -> None:
        self.given[place] = offset

    def pause(self, *places: TopicPartition) -> None: ...

    async def commit(self, offsets: Any) -> None: ...


def member(client: Client, process: Any = None) -> Consumer:
    consumer = Consumer(settings.read("audit", GIVEN), ["filings", "transmittals"], process)
    consumer.subscriber.consumer = client  # type: ignore[assignment]
    return consumer


def waiting(consumer: Consumer) -> list[float]:
    asyncio.run(consumer.measure())
    return [telemetry.LAG.labels(topic)._value.get() for topic in consumer.topics]


def test_all_partitions_of_a_topic_are_counted_together() -> None:
    assert waiting(member(Client({FIRST: 5, SECOND: 0}, {FIRST: 7, SECOND: 40}))) == [42, 0]


def test_what_went_to_another_member_waits_for_that_one() -> None:
    client = Client({FIRST: 5, SECOND: 0}, {FIRST: 7, SECOND: 40})
    consumer = member(client)
    waiting(consumer)
    client.given = {}
    assert waiting(consumer) == [0, 0]


def test_a_partition_that_goes_while_we_ask_leaves_the_figures_for_the_next_time() -> None:
    class Losing(Client):
        async def end_offsets(self, places: Any) -> dict[TopicPartition, int]:
            ends = await super().end_offsets(places)
            self.given = {}
            return ends

    telemetry.LAG.labels("filings").set(3)
    assert waiting(member(Losing({FIRST: 0}, {FIRST: 9})))[0] == 3


@pytest.mark.parametrize("fails", [False, True])
def test_a_batch_in_hand_waits_until_it_is_taken(fails: bool) -> None:
    client = Client({FIRST: 5, SECOND: 0}, {FIRST: 10, SECOND: 0})
    seen = []

    async def process(records: Any) -> None:
        await consumer.measure()
        seen.append(telemetry.LAG.labels("filings")._value.get())
        if fails:
            raise OSError

    async def batch() -> None:
        client.given[FIRST] = 8
        raw = tuple(
            SimpleNamespace(topic="p_filings", partition=0, offset=at, key=b"", value=b"", headers=())
            for at in (5, 6, 7)
        )
        message: Any = SimpleNamespace(raw_message=raw, consumer=client, clear_cache=lambda: None)
        await consumer._on_batch(message)

    consumer = member(client, process)
    asyncio.run(batch())
    assert seen == [5]
    assert waiting(consumer)[0] == (5 if fails else 2)
    assert telemetry.BATCH_FAILING._value.get() == fails
    consumer.leave_out({SECOND})
    assert telemetry.BATCH_FAILING._value.get() == 0, "what failed here may be another member's now"


def test_a_client_that_is_only_being_started_is_no_answer() -> None:
    client = Client({}, {FIRST: 0})
    client._fetcher = None
    with pytest.raises(ConnectionError):
        asyncio.run(member(client).measure())


def test_a_broker_that_gives_an_error_is_no_answer() -> None:
    class Silent(Client):
        async def end_offsets(self, places: Any) -> dict[TopicPartition, int]:
            raise KafkaTimeoutError

    with pytest.raises(ConnectionError):
        asyncio.run(member(Silent({FIRST: 0}, {})).measure())


def test_no_client_is_no_answer() -> None:
    consumer = member(Client({}, {}))
    consumer.subscriber.consumer = None
    with pytest.raises(ConnectionError):
        asyncio.run(consumer.measure())
