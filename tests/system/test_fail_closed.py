"""No answer without a record of it in the audit log: a service whose access records do not arrive there for a minute answers nobody (decision 21)."""

import datetime as dt
import os
import signal

import pytest
from chassis.transaction import Access, AuditSilent
from cli import local
from cli.access import opened, recorded
from contracts.envelope import Event
from contracts.events.operations import AccessRecorded

from tests.events import HUSBAND, event
from tests.system.conftest import Ward, until
from tests.system.doors import Caller, access_records
from tests.system.test_addressees import looked, registered

pytestmark = pytest.mark.system

A_MINUTE_LATER = "update access_counter set waiting_since = waiting_since - interval '61 seconds' returning 1"
AN_OLD_BACKUP = "update access_counter set counter = 1, acknowledged = 0, waiting_since = now() returning 1"
WAITS = "select counter - acknowledged from access_counter where (waiting_since is null) = (counter = acknowledged)"


async def acknowledged(ward: Ward) -> None:
    async def all_of_them() -> bool:
        return await ward.one("registry-sync", WAITS) == 0

    await until(all_of_them, "audit has acknowledged every access record")


async def test_while_the_log_is_silent_nobody_is_answered_and_afterwards_everybody_is(ward: Ward) -> None:
    await ward.start("audit")
    await registered(ward)
    async with Caller(ward, "clerk-1", "clerk") as clerk:
        assert len(await looked(clerk, HUSBAND)) == 1
        await acknowledged(ward)
        # given that audit no longer takes anything
        os.kill(ward.processes["audit"].pid, signal.SIGSTOP)
        assert len(await looked(clerk, HUSBAND)) == 1  # for a minute that is no reason
        assert await ward.one("registry-sync", WAITS) == 1
        # when a minute has gone by
        assert await ward.one("registry-sync", A_MINUTE_LATER)
        # then neither a door nor a command shows anybody, and the refusal is on record
        problem = await clerk.refused("/addressees", {"addressees": [HUSBAND]}, 503, "audit_silent")
        assert set(problem) == {"type", "title", "status"}
        asks = Access("clerk-1", "counter-1", "inquiry", "case-1")
        async with opened("registry-sync") as (own, connection):
            with pytest.raises(AuditSilent):
                await recorded(own, connection, [HUSBAND], asks, "a command", ("name",))
        # and when audit is there again everybody is answered
        os.kill(ward.processes["audit"].pid, signal.SIGCONT)
        await acknowledged(ward)
        assert len(await looked(clerk, HUSBAND)) == 1
    results = [one["result"] for one in await access_records(ward)]
    assert results == ["answered", "answered", "refused", "answered"]


async def test_acknowledged_is_what_the_log_has_without_a_gap(ward: Ward) -> None:
    await ward.start("audit")

    async def arrive(*counters: int) -> None:
        before = await ward.one("audit", "select count(*) from access")
        await ward.publish([("access-records", told_of(counter).encode()) for counter in counters])

        async def there() -> bool:
            return bool(await ward.one("audit", "select count(*) from access") == before + len(counters))

        await until(there, "the access records are in the log")

    async with Caller(ward, "tax-income", service="audit", as_service=True) as asks:

        async def up_to(after: int) -> int:
            answer: int = (await asks.answer("/accesses/acknowledged", {"after": after}))["counter"]
            return answer

        assert await up_to(0) == 0
        await arrive(2, 1, 4, 1)  # as topics may deliver them, one twice
        assert [await up_to(after) for after in (0, 1, 2)] == [2, 2, 2]
        await arrive(3)
        assert [await up_to(after) for after in (0, 2, 3, 4)] == [4, 4, 4, 4]
    # nobody else may ask, and nobody is told of another's
    async with Caller(ward, "auditor-1", "auditor", service="audit") as auditor:
        await auditor.refused("/accesses/acknowledged", {"after": 0}, 403, "not_granted")
    async with Caller(ward, "eligibility", service="audit", as_service=True) as other:
        assert (await other.answer("/accesses/acknowledged", {"after": 0}))["counter"] == 0


def told_of(counter: int) -> Event[AccessRecorded]:
    at = dt.datetime(2026, 7, 1, 9, counter, tzinfo=dt.UTC)
    record = AccessRecorded(
        counter=counter, at=at, service="tax-income", account="clerk-1", terminal="counter-1", purpose="inquiry", case="case-1",
        action="refer", what="incomes", fields=("income",), count=1, result="answered",
    )  # fmt: skip
    return event(f"access-{counter}", HUSBAND, record, "2026-07-01")


async def test_a_service_put_back_to_an_old_backup_is_acknowledged_nothing(ward: Ward) -> None:
    await ward.start("audit")
    await registered(ward)
    async with Caller(ward, "clerk-1", "clerk") as clerk:
        for _ in range(3):
            await looked(clerk, HUSBAND)
        await acknowledged(ward)
        log = local.home() / "log" / "registry-sync.log"
        before = log.stat().st_size
        await ward.rows("registry-sync", AN_OLD_BACKUP)

        async def said() -> bool:
            return b"it is an old backup" in log.read_bytes()[before:]

        await until(said, "the service has said what is wrong")
        assert await ward.one("registry-sync", "select acknowledged from access_counter") == 0
