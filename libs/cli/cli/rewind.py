"""`kokunen rewind`: a service reads everything that Kafka still has once more. Repeats are dropped.

After a restore nothing is to be done: a service reads on from where its database stands (`chassis.consumer`).
"""

from collections.abc import Mapping, Sequence

from aiokafka import TopicPartition
from chassis.consumer import GroupHasMembers, set_back

from cli.broker import Broker, partitions, prefix
from cli.catalogue import TOPICS_OF
from cli.local import StackError
from cli.stack import Stack


async def rewind(given: Stack, services: Sequence[str]) -> dict[str, int]:
    """Offsets that each service had read and reads again, by service. StackError while one of its processes runs."""
    return {service: await _rewind(given, service) for service in services}


async def _rewind(given: Stack, service: str) -> int:
    async def start() -> Mapping[TopicPartition, int]:
        return dict.fromkeys(partitions(TOPICS_OF[service]), 0)

    async with Broker(given.kafka) as broker:
        committed = await broker.committed(service)
    try:
        await set_back(given.kafka, f"{prefix()}{service}", start)
    except GroupHasMembers as error:
        raise StackError(f"{service} could not be rewound: {error}.") from None
    return sum(max(offset, 0) for offset in committed.values())
