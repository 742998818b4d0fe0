"""Two processes of one service: what if partitions move in mid-batch, or if two residents of a circle change at once?"""

import asyncio
import datetime as dt
import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from typing import Any

import pytest
from chassis import database, sealing
from chassis.batch import Batches, Record
from chassis.transaction import Access, Transaction, to_json
from cli.services import environment_settings
from contracts.events.income import PersonConcerned
from contracts.events.registry import ResidentSpan, ResidentUpdated
from contracts.vocabulary import SERVICES, Model
from tax_income.handlers import SERVICE
from transmittal import desk, store
from transmittal.due import Content

from tests.events import day, event
from tests.system.conftest import Ward, until

pytestmark = pytest.mark.system

SLOW = Path(__file__).parent / "slow_registry_sync.py"


async def test_partitions_that_move_in_mid_batch_bring_no_second_effect(
    ward: Ward, town: Path, lines: list[tuple[str, bytes]]
) -> None:
    flag, notes = ward.folder / "wait", ward.folder / "notes"
    flag.touch()
    await ward.start(*(name for name in SERVICES if name != "registry-sync"))
    await ward.publish(lines)  # all of it waits, so that the first batch is of many partitions
    await ward.start_script("slow", "registry-sync", SLOW, TEST_FLAG=str(flag), TEST_NOTES=str(notes))
    await until(lambda: asyncio.to_thread(flag.with_suffix(".open").exists), "a batch is open")
    second = asyncio.create_task(ward.start("registry-sync", KOKUNEN_INSTANCE="2"))
    await until(lambda: ward.members("registry-sync", 2), "the second member has partitions")
    assert not notes.exists(), "the batch was to be open still"
    flag.unlink()
    await second
    await ward.keeps_its_promises(town)
    first = json.loads(notes.read_text().splitlines()[0])
    assert first["after"]["generation"] > first["before"]["generation"]
    moved = [place for place in first["batch"] if place not in first["after"]["owned"]]
    assert moved, "no partition of the open batch has another owner now"


async def test_two_processes_of_eligibility_end_where_one_thread_ends(
    ward: Ward, town: Path, lines: list[tuple[str, bytes]]
) -> None:
    """Householders and applicants change at the same time, on different partitions, in two processes."""
    await ward.start()
    first = ward.processes.pop("eligibility")
    ward.processes["eligibility-1"] = first
    await ward.start("eligibility", KOKUNEN_INSTANCE="2")
    await until(lambda: ward.members("eligibility", 2), "both members have partitions")
    mixed = Random(7).sample(lines, len(lines))
    halves = [[line for n, line in enumerate(mixed) if n % 4 == part] for part in range(4)]
    await asyncio.gather(*(ward.publish(half) for half in halves))
    await ward.keeps_its_promises(town)


async def test_two_who_are_new_to_a_household_at_once_see_each_other(ward: Ward) -> None:
    """The householder of somebody whose case is known already: whoever comes last, their incomes may be held. In two transactions at once."""
    given = environment_settings(ward.given, "tax-income")
    pool = await database.connect(given.database, connections=4)
    try:
        await database.migrate(pool, "tax_income", lambda: sealing.create(given.key_file))
        members = [Batches(SERVICE, given, pool, sealing.load(given.key_file)) for _ in range(2)]
        came: Counter[tuple[str, int]] = Counter()

        def said(topic: str, person: int, data: Model) -> Record:
            one = event(f"{topic} {person}", person, data, "2026-10-01", sequence=1)
            part = person % 2
            came[topic, part] += 1
            return Record(topic, part, came[topic, part] - 1, str(person).encode(), one.encode())

        for household in range(500_000_001, 500_000_031):
            householder, spouse = 2 * household - 990_000_000, 2 * household - 989_999_999
            await members[0].process([said("persons-concerned", spouse, PersonConcerned(grounds=("insured",)))])
            here = [
                said("residents", person, lives(household, relation))
                for person, relation in ((householder, "householder"), (spouse, "spouse"))
            ]
            await asyncio.gather(*(one.process([record]) for one, record in zip(members, here, strict=True)))
        wanted = await pool.fetchval("select count(*) from said where topic = 'income-needs' and key = 'incomes'")
        assert wanted == 2 * 30
    finally:
        await pool.close()


async def test_a_sealing_and_a_batch_about_one_person_take_turns(ward: Ward) -> None:
    """What is pending stands behind older attempts, and the sealing looks at all of a person who was overtaken, as the batch does."""
    async with reporting(ward) as (sealer, member):
        async with sealer.connection.transaction():
            assert [attempt.item for attempt in await store.pending(sealer)] == ["later"]
            batch = asyncio.create_task(items_seen_by(member))
            await until(lambda: waiting(sealer), "the batch waits")
            await store.move_everybody_on(sealer, [700])
        assert await batch == ITEMS


async def test_a_batch_of_events_and_giving_a_sealed_batch_back_take_turns(ward: Ward) -> None:
    async with reporting(ward) as (clerk, member):
        await clerk.connection.execute(
            "insert into batch (number, municipality, sealed_on, items, content, content_sha256, counts, log_size, log_root) "
            "values (1, '131164', '2026-10-02', 1, '', repeat('0', 64), '{}', 0, '')"
        )
        await clerk.connection.execute("insert into issue (batch, number, made_by) values (1, 1, 'calendar')")
        await clerk.connection.execute(
            "update attempt set state = 'sealed', batch = 1, line = 1, sealed_on = '2026-10-02' where item = 'later'"
        )
        async with member.connection.transaction():
            await member.connection.execute("select from attempt where item = 'before' for update")
            given_back = asyncio.create_task(give_back(clerk))
            await until(lambda: waiting(member), "the desk waits")
            assert await items_seen_by(member) == ITEMS
        await given_back
        states = await clerk.connection.fetch("select item, state from attempt")
        assert {row["item"]: row["state"] for row in states} == {"before": "withdrawn", "later": "voided"}


ITEMS = {"before", "later"}


@asynccontextmanager
async def reporting(ward: Ward) -> AsyncIterator[tuple[Transaction, Transaction]]:
    """Two who work on transmittal's database: 700 has a pending attempt, and a filing with 600, who has an older one (名寄せ)."""
    given = environment_settings(ward.given, "transmittal")
    pool = await database.connect(given.database, connections=4)
    try:
        await database.migrate(pool, "transmittal", lambda: sealing.create(given.key_file))
        content = to_json(Content(kind="exemption", received_on=day("2026-10-01")))
        await pool.executemany(
            "insert into attempt (addressee, item, number, mark, state, content) values ($1, $2, 1, 'new', $3, $4)",
            [(600, "before", "withdrawn", content), (700, "later", "pending", content)],
        )
        await pool.executemany(
            "insert into reception (filing, addressee, version, withdrawn, received_on, line) "
            "values ('F-1', $1, 1, false, '2026-10-01', '')",
            [(600,), (700,)],
        )
        sealer = sealing.load(given.key_file)
        async with pool.acquire() as one, pool.acquire() as two:
            yield Transaction(given, one, sealer), Transaction(given, two, sealer)
    finally:
        await pool.close()


async def waiting(transaction: Transaction) -> bool:
    """Whether somebody waits for a row of this very database."""
    return bool(
        await transaction.connection.fetchval(
            "select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock')"
        )
    )


async def items_seen_by(member: Transaction) -> set[str]:
    async with member.connection.transaction():
        return {item for known in (await store.recall(member, [600, 700])).values() for item in known.attempts}


async def give_back(at: Transaction) -> None:
    access = Access("desk-1", "terminal-1", "transmittal", "batch-1")
    async with at.connection.transaction():
        await desk.void(at, access, 1, "lost", again=False)


def lives(household: int, relation: Any) -> ResidentUpdated:
    span = ResidentSpan(
        valid_from=day("2015-04-01"), known_from=dt.datetime(2026, 10, 1, tzinfo=dt.UTC), reason="move_in", residency="resident",
        household=household, relation=relation, filed_on=day("2015-04-01"), fact="moved in",
    )  # fmt: skip
    return ResidentUpdated(birth_date=day("1990-05-10"), sex="male", spans=(span,))
