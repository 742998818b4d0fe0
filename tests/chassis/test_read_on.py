"""The database stands before what the client reads: it is read from there, and what Kafka has no more is a gap, once that was tried."""

import asyncio
from collections.abc import Iterator, Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka import TopicPartition
from chassis import accounting, settings, telemetry
from chassis.accounting import Behind, nothing_before, open_partitions
from chassis.batch import Record
from chassis.consumer import Consumer

GIVEN = {"KOKUNEN_KAFKA": "localhost:1", "KOKUNEN_DATABASE_AUDIT": "postgresql:///audit", "KOKUNEN_PREFIX": "p_"}
STANDS = {("residents", 0): 3, ("residents", 1): 5}


@pytest.fixture(autouse=True)
def _as_begun() -> Iterator[None]:
    nothing_before.clear()
    yield
    nothing_before.clear()


class Ledger:
    """The two questions that are asked of the database."""

    async def query(self, name: str, *columns: Sequence[Any]) -> list[dict[str, Any]]:
        if name == "stands":
            return [{"topic": t, "part": p, "next_offset": at} for (t, p), at in STANDS.items()]
        assert name == "open_partitions"
        return [
            {"topic": t, "part": p, "next_offset": (at := STANDS.get((t, p), begin)), "run_from": at, "disposition": ""}
            for t, p, begin in zip(*columns, strict=True)
        ]


class Client:
    """A Kafka client that was given three partitions."""

    def __init__(self) -> None:
        self.at: dict[tuple[str, int], int] = {}
        self.committed: list[Any] = []

    def assignment(self) -> set[TopicPartition]:
        return {TopicPartition("p_residents", part) for part in range(3)}

    def seek(self, place: TopicPartition, offset: int) -> None:
        self.at[place.topic, place.partition] = offset

    async def commit(self, offsets: Any) -> None:
        self.committed.append(offsets)


async def opens(records: Sequence[Record]) -> None:
    await open_partitions(Ledger(), [(r.topic, r.partition, r.offset) for r in records])  # type: ignore[arg-type]


def member() -> Consumer:
    consumer = Consumer(settings.read("audit", GIVEN), ["residents"], opens)
    consumer.subscriber.consumer = SimpleNamespace(pause=lambda *places: None)  # type: ignore[assignment]
    return consumer


async def polls(consumer: Consumer, client: Client, *places: tuple[int, int]) -> None:
    """These records (partition, offset) come together."""
    raw = tuple(
        SimpleNamespace(topic="p_residents", partition=part, offset=at, key=b"", value=b"", headers=())
        for part, at in places
    )
    message: Any = SimpleNamespace(raw_message=raw, consumer=client, clear_cache=lambda: None)
    await consumer._on_batch(message)


def test_everything_is_read_from_where_the_database_stands() -> None:
    async def check() -> None:
        consumer, client = member(), Client()
        before = telemetry.READ_AGAIN._value.get()
        await polls(consumer, client, (0, 7), (0, 8))
        assert telemetry.READ_AGAIN._value.get() == before + 1
        assert client.at == {("p_residents", 0): 3, ("p_residents", 1): 5, ("p_residents", 2): 0}
        assert (client.committed, nothing_before) == ([], {})
        await polls(consumer, client, (0, 3), (0, 4))
        assert client.committed == [{TopicPartition("p_residents", 0): 5}]

    asyncio.run(check())


def test_what_does_not_come_when_it_is_sought_is_gone() -> None:
    async def check() -> None:
        consumer, client = member(), Client()
        await polls(consumer, client, (0, 7))
        await polls(consumer, client, (0, 7))
        assert nothing_before == {("residents", 0): 7}
        assert client.at["p_residents", 0] == 7
        assert client.committed == []
        await polls(consumer, client, (0, 7))
        assert len(client.committed) == 1

    asyncio.run(check())


def test_a_partition_that_was_given_away_meanwhile_is_sought_again() -> None:
    """Whoever has it again reads from where the group stands, not from where we sought."""

    async def check() -> None:
        consumer, client = member(), Client()
        await polls(consumer, client, (0, 7))
        consumer.leave_out(client.assignment())
        await polls(consumer, client, (0, 7))
        assert nothing_before == {}
        assert client.at["p_residents", 0] == 3

    asyncio.run(check())


def test_one_that_came_is_sought_again_when_it_is_behind_again() -> None:
    async def check() -> None:
        consumer, client = member(), Client()
        await polls(consumer, client, (0, 7))
        await polls(consumer, client, (0, 3))
        await polls(consumer, client, (0, 7))
        assert nothing_before == {}
        assert client.at["p_residents", 0] == 3

    asyncio.run(check())


@pytest.mark.parametrize(
    ("first", "behind"),
    [((0, 3), False), ((0, 2), False), ((0, 4), True), ((2, 0), False), ((2, 1), True)],
    ids=["the next", "a repeat", "one left out", "the first of all", "a first one left out"],
)
def test_only_what_follows_or_is_known_is_taken(first: tuple[int, int], behind: bool) -> None:
    records = [Record("residents", *first, None, None)]
    if not behind:
        asyncio.run(opens(records))
        return
    with pytest.raises(Behind) as found:
        asyncio.run(opens(records))
    assert list(found.value.partitions) == [("residents", first[0])]
    assert found.value.stands == STANDS
    accounting.nothing_before["residents", first[0]] = first[1]
    asyncio.run(opens(records))


def test_a_client_that_commits_nothing_for_ever_makes_room_for_another(monkeypatch: pytest.MonkeyPatch) -> None:
    class Hangs(Client):
        async def commit(self, offsets: Any) -> None:
            await asyncio.Event().wait()

    async def check() -> None:
        consumer = member()
        await polls(consumer, Client(), (0, 3))
        assert not consumer._unreadable.is_set()
        await polls(consumer, Hangs(), (0, 3))
        assert consumer._unreadable.is_set()
        assert not consumer.in_process

    monkeypatch.setattr("chassis.consumer.HANGS_SECONDS", 0.01)
    asyncio.run(check())
