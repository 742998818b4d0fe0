"""What had we said on a business day? Whatever becomes known later, the answer stays; the database itself refuses to change it."""

import datetime as dt
import json
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
from chassis import database, sealing
from chassis.batch import Batches, Record
from chassis.transaction import Access
from cli import canonical, explain, settle, verify
from cli.catalogue import DECODING
from cli.reading import NOW, NotYetError, Reading
from cli.services import environment_settings
from contracts.envelope import Event
from contracts.events.notice import MembershipNotified
from contracts.events.operations import BusinessDayStarted
from contracts.events.registry import ResidentSpan, ResidentUpdated
from contracts.vocabulary import Category
from eligibility.handlers import SERVICE

from tests.events import HUSBAND, day, event
from tests.system.conftest import Ward

pytestmark = pytest.mark.system

ACCESS = Access("clerk-1", "terminal-1", "inquiry", "T-42")
FIRST, SECOND, THIRD = "2026-10-05", "2026-10-06", "2026-10-07"


class Desk:
    """eligibility's own transactions, one event each, without a broker between."""

    def __init__(self, pool: asyncpg.Pool, batches: Batches) -> None:
        self.pool, self.batches = pool, batches
        self.came: Counter[str] = Counter()

    async def takes(self, topic: str, given: Event[Any]) -> None:
        record = Record(topic, 0, self.came[topic], given.subject.encode(), given.encode())
        self.came[topic] += 1
        await self.batches.process([record])
        assert await self.pool.fetchval("select count(*) from set_aside") == 0

    async def begins(self, on: str) -> None:
        began = BusinessDayStarted(day=day(on), open=True)
        await self.takes("calendar", event(f"begins {on}", 0, began, on).model_copy(update={"subject": "calendar"}))

    async def hears_of_a_membership(self, recorded: str, version: int = 1, category: Category = 1, **stay: Any) -> None:
        notice = MembershipNotified(version=version, category=category, **stay)
        name = f"membership {category} {stay} {version}"
        await self.takes("pension-service-notices", event(name, HUSBAND, notice, recorded))

    async def had_said(self, on: str) -> dict[tuple[str, str], dict[str, Any]]:
        """What we were saying at the end of a business day, by topic and key."""
        rows = await self.pool.fetch(database.queries("chassis")["received_by"], [HUSBAND], day(on))
        return {(row["topic"], row["key"]): json.loads(row["value"]) for row in rows}

    async def insured_status(self, on: str) -> dict[str, Any] | None:
        return (await self.had_said(on)).get(("insured-status", "status"))


@pytest.fixture
async def desk(ward: Ward) -> AsyncIterator[Desk]:
    """On the first day the husband lives here, a member of category 1 since April."""
    given = environment_settings(ward.given, "eligibility")
    pool: asyncpg.Pool = await database.connect(given.database, connections=2)
    try:
        await database.migrate(pool, "eligibility", lambda: sealing.create(given.key_file))
        desk = Desk(pool, Batches(SERVICE, given, pool, sealing.load(given.key_file)))
        await desk.begins(FIRST)
        here = ResidentSpan(
            valid_from=day("2015-04-01"), known_from=dt.datetime(2026, 10, 5, 3, tzinfo=dt.UTC), reason="move_in", residency="resident",
            household=500000001, relation="householder", filed_on=day("2015-04-01"), fact="moved in",
        )  # fmt: skip
        lives = ResidentUpdated(birth_date=day("1990-05-10"), sex="male", spans=(here,))
        await desk.takes("residents", event("lives here", HUSBAND, lives, FIRST, sequence=1))
        await desk.hears_of_a_membership(FIRST, acquired_on=day("2026-04-01"))
        yield desk
    finally:
        await pool.close()


async def test_what_we_had_said_on_a_day_stays_when_later_facts_arrive(desk: Desk) -> None:
    on_the_first = await desk.had_said(FIRST)
    assert on_the_first["insured-status", "status"]["insured"] is True
    await desk.begins(SECOND)
    assert await desk.had_said(SECOND) == on_the_first
    await desk.hears_of_a_membership(SECOND, 2, acquired_on=day("2026-04-01"), lost_on=day("2026-09-01"))
    on_the_second = await desk.had_said(SECOND)
    await desk.begins(THIRD)
    # Recorded on the first day, received on the third: only what we say from now on changes.
    await desk.hears_of_a_membership(FIRST, acquired_on=day("2026-09-15"))
    assert await desk.had_said(FIRST) == on_the_first
    assert await desk.had_said(SECOND) == on_the_second
    assert on_the_second["insured-status", "status"]["lost_on"] == "2026-09-01"
    third = await desk.insured_status(THIRD)
    assert third is not None
    assert (third["insured"], third["acquired_on"]) == (True, "2026-09-15")
    assert await desk.had_said("2026-10-04") == {}


async def test_what_was_taken_back_was_said_until_then(desk: Desk) -> None:
    began = ("eligibility-events", "2026-04-01/0-1")
    assert began in await desk.had_said(FIRST)
    await desk.begins(SECOND)
    await desk.hears_of_a_membership(SECOND, 2, acquired_on=day("2026-04-01"), cancelled=True)
    assert began in await desk.had_said(FIRST)
    assert began not in await desk.had_said(SECOND)


@pytest.mark.parametrize("change", ["update said_history set business_day = '2026-10-01'", "delete from said_history"])
async def test_the_database_refuses_to_change_what_was_said(desk: Desk, change: str) -> None:
    before = await desk.had_said(FIRST)
    with pytest.raises(asyncpg.RaiseError, match="append-only"):
        await desk.pool.execute(change)
    assert await desk.had_said(FIRST) == before


async def test_a_load_test_may_still_wipe_its_own_database(desk: Desk) -> None:
    await desk.pool.execute("truncate said, said_history")
    assert await desk.had_said(FIRST) == {}


async def test_explain_names_its_reading_and_the_three_readings_differ(desk: Desk, ward: Ward) -> None:
    async def answer(reading: Reading) -> dict[str, Any]:
        return await explain.explain(ward.given, HUSBAND, None, ACCESS, reading)

    recorded, received = Reading("recorded", day(FIRST)), Reading("received", day(FIRST))
    at_first = await answer(recorded)
    said_at_first = await answer(received)
    assert (at_first["reading"], said_at_first["reading"]) == ("as recorded by 2026-10-05", "as received by 2026-10-05")
    await desk.begins(SECOND)
    await desk.hears_of_a_membership(SECOND, 2, acquired_on=day("2026-04-01"), lost_on=day("2026-09-01"))
    assert await answer(recorded) == at_first
    # Recorded on the first day, received on the second: the first reading takes it in, the second never does.
    await desk.hears_of_a_membership(FIRST, category=2, acquired_on=day("2026-09-15"))
    assert (await answer(recorded))["status"] != at_first["status"]
    assert await answer(received) == said_at_first
    now = await answer(NOW)
    assert now["reading"] == "as known now"
    assert [(step["on"], step["to"]) for step in now["status"]] == [
        ("2026-04-01", 1), ("2026-09-01", None), ("2026-09-15", 2),
    ]  # fmt: skip
    assert await desk.pool.fetchval("select counter from access_counter") == 6


async def test_a_day_that_has_not_begun_has_no_reading_and_one_before_everything_knows_nobody(
    desk: Desk, ward: Ward
) -> None:
    for by in ("recorded", "received"):
        with pytest.raises(NotYetError, match="it is 2026-10-05"):
            await explain.explain(ward.given, HUSBAND, None, ACCESS, Reading(by, day(SECOND)))
        with pytest.raises(explain.NobodyError):
            await explain.explain(ward.given, HUSBAND, None, ACCESS, Reading(by, day("2026-10-04")))


async def test_the_dump_as_received_by_a_day_is_what_it_was_then(desk: Desk, ward: Ward) -> None:
    for service in verify.DERIVING:
        await _empty(ward, service)

    async with settle.Watch(ward.given) as watch:
        first = Reading("received", day(FIRST))
        then = canonical.digest(canonical.lines(await verify.said_by(watch)))
        assert canonical.digest(canonical.lines(await verify.received_by(watch, first))) == then
        await desk.begins(SECOND)
        await desk.hears_of_a_membership(FIRST, 2, acquired_on=day("2026-04-01"), cancelled=True)
        assert canonical.digest(canonical.lines(await verify.said_by(watch))) != then
        assert canonical.digest(canonical.lines(await verify.received_by(watch, first))) == then


async def _empty(ward: Ward, service: str) -> None:
    """Tables of a service that has heard of nothing but the first day."""
    given = environment_settings(ward.given, service)
    pool: asyncpg.Pool = await database.connect(given.database, connections=1)
    try:
        await database.migrate(pool, DECODING[service].package, lambda: sealing.create(given.key_file))
        await pool.execute("update clock set business_day = greatest(business_day, $1)", day(FIRST))
    finally:
        await pool.close()
