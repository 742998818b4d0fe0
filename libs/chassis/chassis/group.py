"""From where does a group read on? From where its service's database stands, whatever was committed to Kafka."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import CommitFailedError, KafkaError

from chassis import database, telemetry, wire
from chassis.settings import Settings

log = logging.getLogger(__name__)

TRIES = 20
"""Seconds to wait for a group to be found, and for its last members to be given up."""
LOOK_SECONDS = 0.1
"""Between two questions who keeps a group."""


class GroupHasMembers(Exception):
    """The offsets of a group were to be changed while somebody reads for it."""


async def follow_the_database(settings: Settings, pool: asyncpg.Pool, topics: Sequence[str]) -> None:
    """Before a member joins: where its group has read further than the database knows, it reads on from there.

    An offset is committed after its transaction, so that is never so, unless the database is an older one that was put back.
    GroupHasMembers when somebody who has not noticed reads on meanwhile.
    """
    group = f"{settings.prefix}{settings.service}"

    async def ahead() -> dict[TopicPartition, int]:
        committed = await _committed(settings.kafka, group)
        rows = await pool.fetch(database.queries("chassis")["stands"])
        stands = {TopicPartition(settings.prefix + r["topic"], r["part"]): r["next_offset"] for r in rows}
        own = {settings.prefix + topic for topic in topics}
        return {
            place: stands.get(place, 0)
            for place, at in committed.items()
            if place.topic in own and at.offset > stands.get(place, 0)
        }

    if taken_back := await set_back(settings.kafka, group, ahead):
        telemetry.READ_AGAIN.inc(taken_back)
        log.warning("the database is older than what was read: %d partitions are read again from there", taken_back)


async def _committed(kafka: str, group: str) -> dict[TopicPartition, Any]:
    """What a group has committed. A broker that has just begun does not know yet who keeps it."""
    admin = AIOKafkaAdminClient(**wire.kafka(kafka))
    await admin.start()
    try:
        for _ in range(int(TRIES / LOOK_SECONDS)):
            try:
                return dict(await admin.list_consumer_group_offsets(group))
            except KafkaError as error:
                if not error.retriable:
                    raise
                await asyncio.sleep(LOOK_SECONDS)
        return dict(await admin.list_consumer_group_offsets(group))
    finally:
        await admin.close()


async def set_back(kafka: str, group: str, wanted: Callable[[], Awaitable[Mapping[TopicPartition, int]]]) -> int:
    """Let a group read on from these offsets; of how many partitions they are. GroupHasMembers while somebody reads for it."""
    # The client says for each partition of each try that the group is not free yet; we say it once, if it never is.
    silenced = logging.getLogger("aiokafka.consumer.group_coordinator")
    level = silenced.level
    for _ in range(TRIES):
        offsets = await wanted()  # asked again each time: another process may have done it
        if not offsets:
            return 0
        member = AIOKafkaConsumer(**wire.kafka(kafka), group_id=group, enable_auto_commit=False)
        silenced.setLevel(logging.CRITICAL)
        try:
            await member.start()
            member.assign(list(offsets))
            await member.commit(dict(offsets))
            return len(offsets)
        except CommitFailedError:  # a process with a name stays a member until its session ends
            await asyncio.sleep(1)
        finally:
            await member.stop()
            silenced.setLevel(level)
    raise GroupHasMembers(f"{group} still has members: stop its processes; ten seconds later its group is free")
