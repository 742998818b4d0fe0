"""What does Kafka itself hold? A reader without a group: it commits nothing and moves nobody's offsets."""

from collections.abc import AsyncIterator, Iterable, Mapping

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError
from chassis import wire
from chassis.consumer import meet

from audit.check import Partition
from audit.content import content

QUIET_SECONDS = 30
"""Kafka gave nothing for so long although records are left: it is broken, not slow."""


class Quiet(KafkaError):  # type: ignore[misc]
    """Kafka stopped answering in the middle."""


class Broker:
    """Reads whole topics; names are without the deployment's prefix."""

    def __init__(self, kafka: str, prefix: str) -> None:
        self.prefix = prefix
        self._consumer = AIOKafkaConsumer(
            **wire.kafka(kafka),
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="none",
            isolation_level="read_committed",
            max_partition_fetch_bytes=1024 * 1024,
        )
        self._admin = AIOKafkaAdminClient(**wire.kafka(kafka))

    async def __aenter__(self) -> "Broker":
        try:
            await self._consumer.start()
            await self._admin.start()
        except BaseException:
            await self.__aexit__()
            raise
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._consumer.stop()
        await self._admin.close()

    async def bounds(self, topics: Iterable[str]) -> dict[Partition, tuple[int, int]]:
        """First offset and end of every partition of those topics that exist."""
        # Partitions as Kafka has them, not as the catalogue says; all topics are asked for, because naming one that is
        # absent could create it.
        names = {self.prefix + topic for topic in topics}
        wanted = [
            TopicPartition(described["topic"], partition["partition"])
            for described in await self._admin.describe_topics()
            for partition in described["partitions"]
            if described["topic"] in names
        ]
        await meet(self._consumer, wanted)
        first = await self._consumer.beginning_offsets(wanted)
        end = await self._consumer.end_offsets(wanted)
        return {self._place(partition): (first[partition], end[partition]) for partition in wanted}

    async def read(
        self, stretches: Mapping[Partition, tuple[int, int]]
    ) -> AsyncIterator[tuple[Partition, int, int, dict[int, bytes]]]:
        """Contents by offset from each stretch (first, end), piece by piece: (partition, first, end of the piece, contents)."""
        at = {TopicPartition(self.prefix + t, p): first for (t, p), (first, end) in stretches.items() if first < end}
        ends = {partition: stretches[self._place(partition)][1] for partition in at}
        self._consumer.assign(list(at))
        for partition, first in at.items():
            self._consumer.seek(partition, first)
        while at:
            fetched = await self._consumer.getmany(*at, timeout_ms=QUIET_SECONDS * 1000, max_records=500)
            if not fetched:
                raise Quiet(f"Kafka gave nothing for {QUIET_SECONDS} s")
            for partition, records in fetched.items():
                if partition not in at:
                    continue
                end = min(records[-1].offset + 1, ends[partition])
                contents = {r.offset: content(r.key, r.value) for r in records if r.offset < end}
                yield self._place(partition), at[partition], end, contents
                at[partition] = end
                if end == ends[partition]:
                    del at[partition]
                    self._consumer.pause(partition)

    def _place(self, partition: TopicPartition) -> Partition:
        return partition.topic[len(self.prefix) :], partition.partition


async def answers(kafka: str) -> bool:
    """Is there a Kafka at this address?"""
    try:
        async with Broker(kafka, ""):
            return True
    except (KafkaError, OSError):
        return False
