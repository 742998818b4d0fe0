"""What does the command line ask of the broker: topics, offsets, everything on a topic?"""

import os
from collections.abc import AsyncIterator, Mapping, Sequence

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from chassis import wire
from chassis.consumer import meet
from contracts.topics import TOPICS, Topic

COPIES = 3


def prefix() -> str:
    """The deployment's prefix of topics and groups (decision 10)."""
    return os.environ.get("KOKUNEN_PREFIX", "")


async def create_topics(kafka: str) -> list[str]:
    """Create what is missing of the catalogue; returns the names created. Retention is unlimited on the local stack; three copies where there are three brokers."""
    return await create_missing(kafka, prefix(), list(TOPICS.values()))


async def create_missing(kafka: str, prefixed: str, topics: Sequence[Topic]) -> list[str]:
    """Create what is missing of these topics under a prefix; returns the names created, without it."""
    admin = AIOKafkaAdminClient(**wire.kafka(kafka))
    await admin.start()
    try:
        known = set(await admin.list_topics())
        copies = min(COPIES, len((await admin.describe_cluster())["brokers"]))
        missing = [topic for topic in topics if prefixed + topic.name not in known]
        answer = await admin.create_topics(
            [
                NewTopic(
                    prefixed + t.name,
                    t.partitions,
                    copies,
                    topic_configs={"retention.ms": "-1", "cleanup.policy": "delete"},
                )
                for t in missing
            ]
        )
        for name, code, *message in answer.topic_errors:
            if code not in (0, 36):  # 36: somebody else created it just now
                raise RuntimeError(f"topic {name} could not be created: {message}")
    finally:
        await admin.close()
    return [topic.name for topic in missing]


def partitions(topics: Sequence[str]) -> list[TopicPartition]:
    return [TopicPartition(prefix() + t, p) for t in topics for p in range(TOPICS[t].partitions)]


class Broker:
    """Read-only questions to the broker, over one connection."""

    def __init__(self, kafka: str) -> None:
        self.consumer = AIOKafkaConsumer(**wire.kafka(kafka), enable_auto_commit=False, auto_offset_reset="earliest")
        self.admin = AIOKafkaAdminClient(**wire.kafka(kafka))

    async def __aenter__(self) -> "Broker":
        try:
            await self.consumer.start()
            await self.admin.start()
        except BaseException:
            await self.__aexit__()
            raise
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.consumer.stop()
        await self.admin.close()

    async def ends(self, topics: Sequence[str]) -> dict[tuple[str, int], int]:
        """End offset of each partition, by topic name without prefix."""
        found = await self.ends_of(partitions(topics))
        return {(tp.topic.removeprefix(prefix()), tp.partition): end for tp, end in found.items()}

    async def ends_of(self, places: Sequence[TopicPartition]) -> dict[TopicPartition, int]:
        """End offset of each of these partitions."""
        await meet(self.consumer, places)
        found: dict[TopicPartition, int] = await self.consumer.end_offsets(places)
        return found

    async def starts(self, topics: Sequence[str]) -> dict[tuple[str, int], int]:
        """First offset still kept of each partition."""
        places = partitions(topics)
        await meet(self.consumer, places)
        found = await self.consumer.beginning_offsets(places)
        return {(tp.topic.removeprefix(prefix()), tp.partition): start for tp, start in found.items()}

    async def committed(self, service: str) -> dict[tuple[str, int], int]:
        """Offsets that a service's group has committed."""
        found = await self.admin.list_consumer_group_offsets(prefix() + service)
        return {(tp.topic.removeprefix(prefix()), tp.partition): meta.offset for tp, meta in found.items()}

    async def everything(self, topics: Sequence[str]) -> AsyncIterator[ConsumerRecord]:
        """Every record now on these topics."""
        ends = await self.ends_of(partitions(topics))
        async for records in self.between({tp: (0, end) for tp, end in ends.items()}):
            for record in records:
                yield record

    async def between(self, places: Mapping[TopicPartition, tuple[int, int]]) -> AsyncIterator[list[ConsumerRecord]]:
        """What is still kept of each partition from its first offset on, to before the second, as it comes."""
        await meet(self.consumer, places)
        starts = await self.consumer.beginning_offsets(list(places)) if places else {}
        spans = {tp: (max(first, starts[tp]), end) for tp, (first, end) in places.items()}
        left = {tp: end for tp, (first, end) in spans.items() if first < end}
        if not left:
            return  # aiokafka would wait for partitions for ever
        self.consumer.assign(list(left))
        for tp in left:
            self.consumer.seek(tp, spans[tp][0])
        while left:
            for tp, records in (await self.consumer.getmany(timeout_ms=1000)).items():
                if tp not in left:
                    continue
                yield [record for record in records if record.offset < left[tp]]
                if await self.consumer.position(tp) >= left[tp]:
                    del left[tp]
                    self.consumer.pause(tp)
