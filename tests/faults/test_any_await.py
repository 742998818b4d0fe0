"""Any await of a service may be its last, in any order of events, batches, relays and days: nothing is lost, nothing happens twice.

A Hypothesis state machine; what it finds, it makes small, and keeps in `tests/faults/found` as an example for ever. With `--seeds N` (`make faults`) it
tries N times as much.
"""

import asyncio
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any, ClassVar

import pytest
from chassis.accounting import close_partitions, open_partitions
from chassis.sealing import Sealer
from chassis.transaction import Transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.database import DirectoryBasedExampleDatabase
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from tests.faults.simulation import SERVICES, World, some_of, subject
from tests.system.conftest import Ward

pytestmark = pytest.mark.system
RESIDENTS = 12
EXAMPLES, STEPS = 12, 100
FOUND = DirectoryBasedExampleDatabase(Path(__file__).parent / "found")
service = st.sampled_from(SERVICES)
perhaps = st.integers(0, 24)
"""At which await it ends; 0 = at none."""


class Anything(RuleBasedStateMachine):
    """What may happen between the first event and the quiet at the end."""

    world: ClassVar[World]
    lines: ClassVar[list[tuple[str, bytes]]]

    def run(self, work: Any) -> Any:
        return self.world.loop.run_until_complete(work)

    @initialize(seed=st.integers(0, 2**16))
    def an_order(self, seed: int) -> None:
        self.left = Random(seed).sample(self.lines, len(self.lines))
        self.run(self.world.begin())

    @rule(count=st.integers(1, 60))
    def events_come(self, count: int) -> None:
        for topic, value in self.left[:count]:
            self.world.topics.put(topic, _key(value), value)
        del self.left[:count]

    @rule(name=service, most=st.integers(1, 80), at=perhaps)
    def a_batch(self, name: str, most: int, at: int) -> None:
        self.run(self.world.poll(name, most, at))

    @rule(name=service, at=perhaps)
    def a_relay(self, name: str, at: int) -> None:
        self.run(self.world.relay(name, at))

    @rule(name=service, at=perhaps)
    def a_day(self, name: str, at: int) -> None:
        self.run(self.world.day(name, at))

    @rule(name=service, most=st.integers(1, 80))
    def two_members(self, name: str, most: int) -> None:
        self.run(self.world.poll_twice(name, most))

    @rule(name=service, records=st.integers(1, 20))
    def offsets_are_lost(self, name: str, records: int) -> None:
        self.world.step_back(name, records)

    @rule(name=service, records=st.integers(1, 20))
    def offsets_run_ahead(self, name: str, records: int) -> None:
        self.world.step_ahead(name, records)

    def teardown(self) -> None:
        if not hasattr(self, "left"):
            return
        self.events_come(len(self.left))
        self.run(self.world.drain(self.lines))
        assert self.run(self.world.findings(self.lines)) == []


def _key(value: bytes) -> bytes:
    return subject(value).encode()


class AccountsFirst(World):
    """Accounts for records before they have taken effect."""

    async def poll(self, name: str, most: int, at: int = 0) -> int:
        pool, records = await self._pool(name), self.waiting(name, most)

        async def work() -> None:
            async with pool.acquire() as connection, connection.transaction():
                places = [(record.topic, record.partition, record.offset) for record in records]
                transaction = Transaction(self.settings[name], connection, Sealer(bytes(32)))
                heads = await open_partitions(transaction, places)
                await close_partitions(transaction, heads, dict.fromkeys(places, "applied"))
            await (await self._member(name)).process(records)

        if records and await self._until(name, work(), at, "a batch"):
            self.commit(name, records)
        return len(records)


class DeletesFirst(World):
    """Empties the outbox before the broker has the events."""

    async def relay(self, name: str, at: int = 0) -> int:
        pool = await self._pool(name)
        rows = await pool.fetch("delete from outbox returning seq, topic, key, value, traceparent, created_at")

        async def work() -> None:
            async with pool.acquire() as connection:
                await connection.executemany(
                    "insert into outbox (topic, key, value) values ($1, $2, $3)",
                    [(row["topic"], row["key"], row["value"]) for row in sorted(rows, key=lambda row: row["seq"])],
                )

        if rows and not await self._until(name, work(), at, "a relay"):
            return 0
        return await super().relay(name)


def machine(kind: type[World], ward: Ward, lines: list[tuple[str, bytes]]) -> tuple[type[Anything], World]:
    world = kind(ward.given, asyncio.new_event_loop())
    return type("Anything", (Anything,), {"world": world, "lines": some_of(lines, RESIDENTS)}), world


def go(kind: type[World], ward: Ward, lines: list[tuple[str, bytes]], **how: Any) -> Counter[str]:
    anything, world = machine(kind, ward, lines)
    try:
        run_state_machine_as_test(
            anything,
            settings=settings(
                stateful_step_count=STEPS,
                print_blob=True,
                suppress_health_check=list(HealthCheck),
                **how,
            ),
        )
    finally:
        world.loop.run_until_complete(world.end())
        world.loop.close()
    return world.met


def test_nothing_is_lost_whichever_await_is_the_last(
    ward: Ward, lines: list[tuple[str, bytes]], request: pytest.FixtureRequest
) -> None:
    seeds = len(request.config.getoption("--seeds"))
    # In CI the same hundreds of steps each time; `make faults` looks for others.
    known = {"derandomize": True, "database": None} if seeds == 1 else {"database": FOUND}
    met = go(World, ward, lines, max_examples=EXAMPLES * seeds, **known)
    assert sum(count for what, count in met.items() if what.endswith("ended at an await")) > 20, met
    assert met["read on from the database"] > 5, met


@pytest.mark.long
@pytest.mark.parametrize("wrong", [AccountsFirst, DeletesFirst])
def test_a_service_that_loses_events_is_found(wrong: type[World], ward: Ward, lines: list[tuple[str, bytes]]) -> None:
    with pytest.raises(AssertionError, match="invariant="):
        # It ends with the first loss; so many examples that luck plays no part.
        go(wrong, ward, lines, max_examples=600, database=None, phases=[Phase.generate], report_multiple_bugs=False)
