"""`kokunen rewind`: after a restore, every service reads on from where its database stands, not from where it had been; or everything from the start.

A database that was put back is older than what its group has committed to Kafka: read on from there, and what lies between would be passed over. Read
from too early, and repeats are dropped. So this may be done at any time when the services are stopped.
"""

import asyncio
import logging
from collections.abc import Sequence

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import CommitFailedError
from chassis import database, wire

from cli.broker import partitions, prefix
from cli.catalogue import TOPICS_OF
from cli.local import StackError
from cli.stack import Stack

TRIES = 20
"""Seconds to wait for the last members to be given up."""


async def rewind(given: Stack, services: Sequence[str], *, from_start: bool = False) -> dict[str, int]:
    """Records that each service reads again, by service. StackError while one of its processes runs."""
    return {service: await _rewind(given, service, from_start) for service in services}


async def _rewind(given: Stack, service: str, from_start: bool) -> int:
    stands = dict.fromkeys(partitions(TOPICS_OF[service]), 0) if from_start else await _stands(given, service)
    if not stands:
        return 0
    member = AIOKafkaConsumer(**wire.kafka(given.kafka), group_id=f"{prefix()}{service}", enable_auto_commit=False)
    # The client says for each partition of each try that the group is not free yet; we say it once, if it never is.
    logging.getLogger("aiokafka.consumer.group_coordinator").setLevel(logging.CRITICAL)
    await member.start()
    try:
        member.assign(list(stands))
        committed = {place: await member.committed(place) or 0 for place in stands}
        for _ in range(TRIES):
            try:
                await member.commit(stands)
                break
            except CommitFailedError:  # a process with a name stays a member until its session ends
                await asyncio.sleep(1)
        else:
            raise StackError(
                f"{service} could not be rewound: stop its processes; ten seconds later its group is free."
            )
    finally:
        await member.stop()
    return sum(max(committed[place] - stands[place], 0) for place in stands)


async def _stands(given: Stack, service: str) -> dict[TopicPartition, int]:
    """The next offset of each partition, by the service's own accounting."""
    connection = await asyncpg.connect(given.databases[service], server_settings=database.SESSION)
    try:
        heads = await connection.fetch("select topic, part, next_offset from ledger_head")
    finally:
        await connection.close()
    return {TopicPartition(prefix() + row["topic"], row["part"]): row["next_offset"] for row in heads}
