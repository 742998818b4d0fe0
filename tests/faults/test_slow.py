"""A service is too slow, gets ten times as much as usual, or has no memory left."""

import asyncio
import resource

import psutil
import pytest
from contracts.vocabulary import SERVICES

from tests.faults.field import DERIVING, SABOTAGED, Field

pytestmark = [pytest.mark.system, pytest.mark.long]


@pytest.mark.row("F20", "a service takes longer over a poll than a member may", within=30)
async def test_a_slow_service_is_not_thrown_out_for_ever(field: Field) -> None:
    service = field.rng.choice(DERIVING)
    await field.ward.start(*(name for name in SERVICES if name != service))
    await field.ward.start_script(service, service, SABOTAGED, TEST_SERVICE=service, TEST_CHANGE="slow")
    async with field.flowing(2):
        pass
    await asyncio.sleep(20)
    field.fired["slow"] += 1
    stood = await field.position(service)
    assert stood > 0
    await field.takes_again(service)
    field.kill(service)
    await field.starts_again(service)
    await field.holds()


@pytest.mark.row("F21", "a burst: all at once, each record three times", within=30)
async def test_a_burst(field: Field) -> None:
    await field.ward.start()
    before = field.memory()
    field.lines = [line for line in field.lines for _ in range(3)]
    field.fired["burst"] = len(field.lines)
    peak = dict(before)
    async with field.flowing(0.1):
        for _ in range(20):
            await asyncio.sleep(0.5)
            peak = {s: max(peak[s], mib) for s, mib in field.memory().items()}
    await field.holds()
    grown = {s: peak[s] - before[s] for s in peak}
    field.figures["grown_mib"] = max(grown.values())
    assert max(grown.values()) <= 256


@pytest.mark.row("F43", "no memory while a batch is decoded and taken", within=15)
async def test_no_memory(field: Field) -> None:
    service = field.rng.choice(DERIVING)
    await field.ward.start()
    async with field.flowing(15):
        await asyncio.sleep(field.rng.uniform(0.5, 2))
        process = psutil.Process(field.ward.processes[service].pid)
        process.rlimit(resource.RLIMIT_AS, (process.memory_info().vms + 1, resource.RLIM_INFINITY))
        field.fired["no memory"] += 1
        await asyncio.sleep(6)
        if process.is_running():
            process.rlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        if await field.lives(service):
            await field.takes_again(service)
        else:  # a library of ours ended the process, or hangs in it: what watches processes starts another
            field.kill(service)
            await field.starts_again(service)
    parked = await field.ward.one(service, "select count(*) from set_aside where parks")
    assert parked == 0, "want of memory says nothing about a record"
    await field.holds()
