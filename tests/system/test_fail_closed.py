"""No answer without a record of it in the audit log: a service whose access records do not arrive there for a minute answers nobody (decision 21)."""

import asyncio
import datetime as dt
import os
import signal

import asyncpg
import pytest
from chassis import database
from chassis.transaction import Access, AuditSilent
from cli import certificates, local, services
from cli.access import opened, recorded
from cli.services import environment_settings
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


NO_ROOM = """
create function no_room() returns trigger language plpgsql as $$
begin raise exception 'could not extend file: No space left on device' using errcode = 'disk_full'; end $$;
create trigger no_room before insert on outbox for each statement execute function no_room();
"""


async def test_in_whichever_way_a_call_is_not_right_nobody_is_shown_and_it_is_on_record(
    ward: Ward, monkeypatch: pytest.MonkeyPatch
) -> None:
    await registered(ward)
    body = {"addressees": [HUSBAND]}
    with monkeypatch.context() as before:
        before.setattr(certificates, "_MINUTES", -5)
        expired = Caller(ward, "clerk-1", "clerk")
    async with (
        Caller(ward, "clerk-1", "clerk") as clerk,
        Caller(ward, "clerk-2", "clerk", terminal="nowhere") as elsewhere,
        Caller(ward, "clerk-3", "number-clerk") as number_clerk,
        expired,
    ):
        withdrawn = "update registered_terminal set data = (data::jsonb || '{\"withdrawn\": true}')::text where terminal = 'nowhere' returning 1"
        assert await ward.rows("registry-sync", withdrawn)
        await expired.refused("/addressees", body, 401, "token_refused")
        await clerk.refused("/addressees", body, 401, "token_missing", authorization="")
        await clerk.refused("/addressees", body, 403, "wrong_purpose", **{"Kokunen-Purpose": "erasure"})
        await clerk.refused("/addressees", body, 403, "wrong_purpose", **{"Kokunen-Purpose": "curiosity"})
        await clerk.refused("/addressees", body, 403, "terminal_unknown", **{"Kokunen-Terminal": "counter-9"})
        await elsewhere.refused("/addressees", body, 403, "terminal_unknown")
        await clerk.refused("/my-numbers/conflicts", {}, 403, "not_granted")
        suspended = "update registered_account set data = (data::jsonb || '{\"suspended\": \"incident\"}')::text where account = 'clerk-3' returning 1"
        assert await ward.rows("registry-sync", suspended)
        await number_clerk.refused("/my-numbers/conflicts", {}, 403, "account_suspended")
        # with no room to keep the record there is no answer, and none of the refusals is answered otherwise than by "not now"
        await execute(ward, NO_ROOM)
        await clerk.refused("/addressees", body, 503, "not_available")
        await execute(ward, "drop trigger no_room on outbox")
        assert len(await looked(clerk, HUSBAND)) == 1
    await ward.outbox_empty("registry-sync")
    records = await access_records(ward)
    assert [one["result"] for one in records] == ["refused"] * 8 + ["answered"]
    assert [one["account"] for one in records] == ["nobody"] * 2 + ["clerk-1"] * 3 + [
        "clerk-2",
        "clerk-1",
        "clerk-3",
        "clerk-1",
    ]


async def test_without_its_key_a_service_does_not_begin(ward: Ward) -> None:
    await registered(ward)
    ward.stop("registry-sync")
    key = environment_settings(ward.given, "registry-sync").key_file
    away = key.with_suffix(".away")
    key.rename(away)
    try:
        process = services.start(ward.given, "registry-sync", 1, {})
        assert await asyncio.to_thread(process.wait, 60) != 0
        assert b"The sealing key" in (local.home() / "log" / "registry-sync.log").read_bytes()[-2000:]
        assert not key.exists()  # and makes no new one
    finally:
        away.rename(key)


async def execute(ward: Ward, statements: str) -> None:
    connection = await asyncpg.connect(ward.given.databases["registry-sync"], server_settings=database.SESSION)
    try:
        await connection.execute(statements)
    finally:
        await connection.close()
