"""One service as several processes, one broker and one server for several municipalities."""

import asyncio
import os
from pathlib import Path

import pytest
from cli import broker, databases, stack
from contracts.vocabulary import SERVICES

from tests.system.conftest import Ward, delete_topics, until

pytestmark = pytest.mark.system

WAITING = "select count(*) from outbox"


async def test_a_service_consumes_relays_and_serves_in_three_processes(
    ward: Ward, town: Path, lines: list[tuple[str, bytes]]
) -> None:
    """Each does its part and no other; each says of itself whether it lives."""
    service = "registry-sync"

    async def start(role: str) -> None:
        await ward.start(service, KOKUNEN_ROLES=role)
        ward.processes[role] = ward.processes.pop(service)

    await start("consume")
    await ward.start(*(name for name in SERVICES if name != service))  # they know where its doors will be
    await ward.publish(lines)
    await until(lambda: ward.one(service, WAITING), "what it has to say waits in the outbox")
    assert sum((await ward.ends("residents")).values()) == 0, "nobody relays yet"
    await start("relay")
    await ward.outbox_empty(service)
    await start("serve")
    assert len(ward.processes) == len(SERVICES) + 2
    await ward.keeps_its_promises(town)
    # A relay and a door may go and come; what is consumed meanwhile waits.
    ward.stop("relay", "serve")
    await start("relay")
    await ward.keeps_its_promises(town)


async def test_two_municipalities_share_a_broker_and_a_server_and_nothing_else(
    ward: Ward, town: Path, lines: list[tuple[str, bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, theirs = "131164", "131130"
    await ward.start()
    await ward.publish(lines)
    before = await ward.keeps_its_promises(town)
    first = os.environ["KOKUNEN_PREFIX"]

    monkeypatch.setenv("KOKUNEN_PREFIX", f"{first}b_")
    given = await asyncio.to_thread(stack.up)
    await broker.create_topics(given.kafka)
    other = Ward(given, ward.folder)
    try:
        await other.start(KOKUNEN_MUNICIPALITY=theirs, KOKUNEN_MUNICIPALITY_NAME="架空区")
        renamed = [
            (topic, value.replace(f'"municipality":"{ours}"'.encode(), f'"municipality":"{theirs}"'.encode()))
            for topic, value in lines
        ]
        await other.publish(renamed[: len(renamed) // 2])
        await other.publish(lines[:100])  # sent to the wrong one
        report = await other.keeps_its_promises()
        astray = "select count(*) from set_aside where reason = 'municipality'"
        assert await other.one("registry-sync", astray) > 0
        assert report.counts["sha256"] != before.counts["sha256"]
    finally:
        other.kill_all()
        assert given.admin_database is not None
        await asyncio.to_thread(databases.drop, given.admin_database)
        await delete_topics(given)
    monkeypatch.setenv("KOKUNEN_PREFIX", first)
    after = await ward.keeps_its_promises(town)
    assert after.counts["sha256"] == before.counts["sha256"]
    assert await ward.one("registry-sync", astray) == 0
