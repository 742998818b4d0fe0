"""Everything at once: faults of every kind at random, then quiet. `make soak` for half an hour, a few minutes among the rows."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from cli import oracle, services, stack
from cli.town import write_town
from contracts.vocabulary import SERVICES

from tests.faults.field import DERIVING, Field
from tests.system.conftest import Ward

pytestmark = [pytest.mark.system, pytest.mark.long]

RESIDENTS_A_MINUTE = 470
"""Whose two years flow by in each minute: about 3,400 events, in half an hour 100,000."""


class Storm:
    """One fault after another, each healed before the next."""

    def __init__(self, field: Field) -> None:
        self.field = field
        self.service = ""

    async def next(self) -> None:
        field = self.field
        self.service = field.rng.choice(SERVICES)
        fault = field.rng.choice(
            [self.kill, self.restart, self.stop, self.broker, self.database, self.commits, self.no_broker,
             self.no_database, self.resets, self.slow_line]
        )  # fmt: skip
        field.fired[fault.__name__] += 1
        await fault()

    async def kill(self) -> None:
        self.field.kill(self.service)
        await self.field.ward.start(self.service)

    async def restart(self) -> None:
        await self.field.stop(self.service)
        await self.field.ward.start(self.service)

    async def stop(self) -> None:
        self.field.signal(self.service, signal.SIGSTOP)
        await asyncio.sleep(self.field.rng.uniform(1, 15))
        self.field.signal(self.service, signal.SIGCONT)

    async def broker(self) -> None:
        await asyncio.to_thread(stack.kill_broker)
        await asyncio.to_thread(stack.start_broker)

    async def database(self) -> None:
        await asyncio.to_thread(stack.crash_database)
        await asyncio.to_thread(stack.start_database)

    async def commits(self) -> None:
        proxy = self.field.postgres[self.field.rng.choice(DERIVING)]
        proxy.weather.lose_commits = 0.5
        await asyncio.sleep(3)
        proxy.clear()

    async def no_broker(self) -> None:
        self.field.kafka.weather.held = {"up", "down"}
        self.field.kafka.weather.refusing = True
        await asyncio.sleep(self.field.rng.uniform(1, 12))
        self.field.kafka.clear()

    async def no_database(self) -> None:
        self.field.postgres[self.service].weather.held = {"up", "down"}
        await asyncio.sleep(self.field.rng.uniform(1, 8))
        self.field.postgres[self.service].clear()

    async def resets(self) -> None:
        for proxy in self.field.proxies:
            proxy.reset()

    async def slow_line(self) -> None:
        for proxy in self.field.proxies:
            proxy.weather.delay = (0.1, 0.1)
        await asyncio.sleep(5)
        for proxy in self.field.proxies:
            proxy.clear()


@pytest.fixture
async def large_field(ward: Ward, seed: int, tmp_path: Path, minutes: float) -> AsyncIterator[Field]:
    town = tmp_path / "town"
    write_town(max(60, int(RESIDENTS_A_MINUTE * minutes)), seed, town)
    ward.begin = services.start  # as an operator does: their memory is looked at
    async with Field(ward, list(oracle.records(town)), town, seed).between() as here:
        yield here


@pytest.fixture
def minutes(request: pytest.FixtureRequest) -> float:
    return float(request.config.getoption("--minutes"))


@pytest.mark.row("F45", "everything at once, at random, then quiet")
async def test_everything_at_once(large_field: Field, minutes: float) -> None:
    field = large_field
    await field.ward.start()
    storm = Storm(field)
    memory: list[dict[str, int]] = []
    ends = time.monotonic() + 60 * minutes
    async with field.flowing(60 * minutes):
        while time.monotonic() < ends:
            await asyncio.sleep(field.rng.uniform(3, 10))
            await storm.next()
            memory.append(field.memory())
    began = time.monotonic()
    await field.ward.settle()
    field.waits.append(time.monotonic() - began)
    field.figures["events"] = len(field.lines)
    field.figures["peak_mib"] = {s: max(sample.get(s, 0) for sample in memory) for s in SERVICES}
    field.figures["last_mib"] = memory[-1]
    await field.holds()
