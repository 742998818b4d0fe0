"""Clients of Kafka: one that owns nothing learns of all the topics that it is asked about together; one that could not start fetches nothing."""

import asyncio
from types import SimpleNamespace

from aiokafka import AIOKafkaConsumer, TopicPartition
from chassis.consumer import Consumer, meet


class Library:
    """What aiokafka does: a topic that is asked for is known with the next answer of the broker, whichever else was asked for by then."""

    def __init__(self) -> None:
        self.topics: set[str] = set()
        self.answers = 0
        self._asked: set[str] = set()

    def partitions_for_topic(self, topic: str) -> set[int] | None:
        return {0, 1} if topic in self.topics else None

    async def end_offsets(self, places: list[TopicPartition]) -> dict[TopicPartition, int]:
        self._asked |= {place.topic for place in places}
        await asyncio.sleep(0)
        if self._asked:
            self.topics, self._asked, self.answers = self.topics | self._asked, set(), self.answers + 1
        return dict.fromkeys(places, 0)


PLACES = [TopicPartition(topic, part) for topic in ("residents", "incomes", "residents-late") for part in (0, 1)]


async def test_all_are_known_with_one_answer_and_not_asked_again() -> None:
    library = Library()
    await meet(library, PLACES)
    assert (library.topics, library.answers) == ({place.topic for place in PLACES}, 1)
    await meet(library, PLACES)
    assert library.answers == 1


async def test_the_stand_in_learns_one_at_a_time_when_asked_one_at_a_time() -> None:
    library = Library()
    for place in PLACES[::2]:
        await meet(library, [place])
    assert library.answers == 3


async def test_a_client_that_could_not_start_fetches_nothing() -> None:
    """FastStream keeps it; the watch must go on to the next attempt."""
    consumer = Consumer.__new__(Consumer)
    client = AIOKafkaConsumer(bootstrap_servers="127.0.0.1:1")
    consumer.subscriber = SimpleNamespace(consumer=client)
    assert consumer._fetching() is None
    await client.stop()
    consumer.subscriber.consumer = None
    assert consumer._fetching() is None
