"""From where does a service read? `kokunen rewind`: everything that Kafka still has once more, repeats are dropped. `kokunen pass-over`: from behind
what can't be read. After a restore nothing is to be done: a service reads on from where its database stands (`chassis.group`).
"""

from collections.abc import Mapping, Sequence

import asyncpg
from aiokafka import TopicPartition
from chassis import database, ledger
from chassis.group import GroupHasMembers, set_back

from cli.broker import Broker, partitions, prefix
from cli.catalogue import TOPICS_OF
from cli.local import StackError
from cli.stack import Stack


async def rewind(given: Stack, services: Sequence[str]) -> dict[str, int]:
    """Offsets that each service had read and reads again, by service. StackError while one of its processes runs."""
    return {service: await _rewind(given, service) for service in services}


async def _rewind(given: Stack, service: str) -> int:
    async with Broker(given.kafka) as broker:
        committed = await broker.committed(service)
    await _read_from(given, service, dict.fromkeys(partitions(TOPICS_OF[service]), 0))
    return sum(max(offset, 0) for offset in committed.values())


async def pass_over(given: Stack, service: str, topic: str, partition: int, until: int) -> int:
    """Let a service read a partition on from this offset; what is before is accounted for as missing. How many records that are.

    StackError when nothing is passed over by it, or while one of its processes runs.
    """
    place, queries = TopicPartition(prefix() + topic, partition), database.queries("chassis")
    async with Broker(given.kafka) as broker:
        end = (await broker.ends_of([place]))[place]
    connection = await asyncpg.connect(given.databases[service], server_settings=database.SESSION)
    try:
        row = await connection.fetchrow(
            "select next_offset from ledger_head where (topic, part) = ($1, $2)", topic, partition
        )
        stands = row["next_offset"] if row is not None else 0
        if not stands < until <= end:
            raise StackError(
                f"{service} stands at {topic}/{partition}@{stands}, the topic ends at {end}: name an offset between."
            )
        await _read_from(given, service, {place: until})  # by itself it is undone when the service starts
        async with connection.transaction():
            row = (await connection.fetch(queries["open_partitions"], [topic], [partition], [0]))[0]
            after, runs = ledger.pass_over(ledger.Head(row["next_offset"], row["run_from"], row["disposition"]), until)
            moved = [[topic], [partition], [after.next_offset], [after.run_from], [after.disposition]]
            closed = [(topic, partition, run.from_offset, run.to_offset, run.disposition) for run in runs]
            await connection.execute(queries["close_partitions"], *moved, *database.columns(closed, 5))
    finally:
        await connection.close()
    return until - stands


async def _read_from(given: Stack, service: str, offsets: Mapping[TopicPartition, int]) -> None:
    async def wanted() -> Mapping[TopicPartition, int]:
        return offsets

    try:
        await set_back(given.kafka, f"{prefix()}{service}", wanted)
    except GroupHasMembers as error:
        raise StackError(f"{service} reads on as before: {error}.") from None
