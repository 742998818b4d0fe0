"""Clients of Kafka: how they learn of topics, how they ask for records, and one that could not start."""

import asyncio
from types import SimpleNamespace
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.consumer.fetcher import Fetcher
from aiokafka.consumer.subscription_state import SubscriptionState
from chassis.consumer import GATHER_BYTES, GATHER_MS, QUIET_MS, Consumer, _fetches, meet


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


def reader(*comes: dict[str, list[bytes]]) -> tuple[Consumer, AIOKafkaConsumer, list[tuple[int, int]]]:
    """A consumer of ours, a client to which this comes one after the other, and how it was fetching before each."""
    consumer = Consumer.__new__(Consumer)
    consumer.gather_bytes = GATHER_BYTES
    live = SimpleNamespace(_fetcher=SimpleNamespace(_fetch_min_bytes=GATHER_BYTES, _fetch_max_wait_ms=GATHER_MS))
    left, fetched = list(comes), []

    async def getmany(**_: Any) -> dict[str, list[bytes]]:
        fetched.append((live._fetcher._fetch_min_bytes, live._fetcher._fetch_max_wait_ms))
        return left.pop(0)

    live.getmany = getmany
    return consumer, live, fetched


async def test_where_nothing_comes_the_broker_is_asked_seldom_and_hands_over_the_next_at_once() -> None:
    some: dict[str, list[bytes]] = {"residents": [b"1"]}
    consumer, live, fetched = reader(some, {}, {}, some, some)
    busy, quiet = (GATHER_BYTES, GATHER_MS), (1, QUIET_MS)
    for _ in range(3):
        assert await consumer._next(live, live.getmany, timeout_ms=QUIET_MS) == some
    assert fetched == [busy, busy, quiet, quiet, busy]


async def test_the_library_still_reads_there_how_to_fetch() -> None:
    """aiokafka has no way to say it; what we write must be what its next request says."""
    place = TopicPartition("residents", 0)
    known = SubscriptionState()
    known.assign_from_user([place])
    known.subscription.assignment.state_value(place).reset_to(0)
    leader = SimpleNamespace(leader_for_partition=lambda _: 1)
    client = SimpleNamespace(_loop=None, _metadata_max_age_ms=1, cluster=leader)
    live = SimpleNamespace(_fetcher=Fetcher(client, known))
    await live._fetcher.close()
    _fetches(live, at_least=7, at_most_ms=9)
    [(_, request)], *_ = live._fetcher._get_actions_per_node(known.subscription.assignment)
    assert (request._min_bytes, request._max_wait_ms) == (7, 9)
