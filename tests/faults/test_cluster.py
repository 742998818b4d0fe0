"""Three brokers: one is lost, then two; the one that coordinates the groups is lost."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from cli import broker
from contracts.vocabulary import SERVICES

from tests.cluster import NODES, Cluster
from tests.faults.field import DERIVING, Field
from tests.system.conftest import delete_topics

pytestmark = [pytest.mark.system, pytest.mark.long]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    here = Cluster(tmp_path_factory.mktemp("cluster") / os.environ.get("PYTEST_XDIST_WORKER", "0"))
    here.start()
    yield here
    here.stop()


@pytest.fixture
async def on_cluster(field: Field, cluster: Cluster) -> AsyncIterator[Field]:
    """The field's services and everything that asks about them use the cluster, without a proxy."""
    await asyncio.to_thread(_whole, cluster)
    field.ward.given = replace(field.ward.given, kafka=cluster.bootstrap)
    field.ward.surroundings["KOKUNEN_KAFKA"] = cluster.bootstrap
    await broker.create_topics(cluster.bootstrap)
    yield field
    field.ward.kill_all()
    await asyncio.to_thread(_whole, cluster)
    await delete_topics(field.ward.given)


def _whole(cluster: Cluster) -> None:
    for node in NODES:
        if node not in cluster.processes:
            cluster.start_node(node)


async def coordinator(field: Field, service: str) -> int:
    admin = AIOKafkaAdminClient(bootstrap_servers=field.ward.given.kafka)
    await admin.start()
    try:
        return int(await admin.find_coordinator(broker.prefix() + service))
    finally:
        await admin.close()


@pytest.mark.row("F10", "one of three brokers is lost, then a second one", within=30)
async def test_one_broker_is_lost_then_two(on_cluster: Field, cluster: Cluster) -> None:
    field = on_cluster
    await field.ward.start()
    async with field.flowing(25):
        await asyncio.sleep(2)
        first, second = field.rng.sample(NODES, 2)
        await asyncio.to_thread(cluster.kill, first)
        field.fired["one lost"] += 1
        await field.takes_again(*DERIVING)
        await asyncio.to_thread(cluster.kill, second)
        field.fired["two lost"] += 1
        await asyncio.sleep(5)
        await asyncio.to_thread(cluster.start_node, second)
        await field.takes_again(*SERVICES)
        await asyncio.to_thread(cluster.start_node, first)
    await field.holds()


@pytest.mark.row("F11", "the broker that coordinates the groups is lost", within=30)
async def test_the_coordinator_is_lost(on_cluster: Field, cluster: Cluster) -> None:
    field = on_cluster
    await field.ward.start()
    async with field.flowing(15):
        await asyncio.sleep(2)
        node = await coordinator(field, field.rng.choice(DERIVING))
        await asyncio.to_thread(cluster.kill, node)
        field.fired["coordinator lost"] += 1
        await field.takes_again(*SERVICES)
        await asyncio.to_thread(cluster.start_node, node)
    await field.holds()
