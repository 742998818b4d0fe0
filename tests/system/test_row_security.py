"""What tells of people is seen by who says what for: a session that declares no purpose sees nothing, whatever its login; nothing is left over."""

import asyncpg
import pytest
from chassis import database

from tests.events import HUSBAND
from tests.system.conftest import Ward
from tests.system.doors import Caller
from tests.system.test_addressees import looked, registered

pytestmark = pytest.mark.system

UNDER_POLICIES = """
select relname from pg_class where relnamespace = current_schema()::regnamespace and relrowsecurity and relforcerowsecurity
"""
OPEN = """
select relname from pg_class
where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p') and not (relrowsecurity and relforcerowsecurity)
"""
# Every other table is under a policy. Those that come by COPY, which knows no policies:
BY_COPY = {"outbox", "request_row"}
OF_NOBODY = {
    # where a service stands, and what its law is
    "migration", "clock", "inbox", "ledger_head", "ledger_range", "access_counter", "erasure_done", "overseen", "law",
    # who may what, and what staff did under which number
    "registered_account", "registered_terminal", "account_change", "appointment", "terminal", "number_search", "list_export", "review",
    "session", "reception_year", "tick",
    # the log: hashes and signatures
    "leaf", "tile", "log_head", "checkpoint", "cosignature",
    # papers and media as such: numbers, hashes, days
    "request", "request_refused", "not_let_in", "medium", "movement", "issue", "archive", "sealing", "receipt", "destination",
    "delivery", "delivery_file", "delivery_count", "erased_line",
}  # fmt: skip
MADE_FOR_NOBODY = "select count(*) from change"


async def test_without_a_purpose_there_is_nobody(ward: Ward) -> None:
    await registered(ward)
    url = ward.given.databases["registry-sync"]
    bare = await asyncpg.connect(url)
    try:
        guarded = {row["relname"] for row in await bare.fetch(UNDER_POLICIES)}
        assert {"change", "vault", "said", "said_history", "set_aside"} <= guarded
        assert await bare.fetchval(MADE_FOR_NOBODY) == 0
        assert await bare.fetchval("select count(*) from said") == 0
        assert await bare.execute("delete from change") == "DELETE 0"
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
            await bare.execute("insert into hold (addressee, until) values (1, '2026-01-01')")
        # a purpose without who it is declares nothing
        await bare.execute("set kokunen.purpose = 'status'")
        assert await bare.fetchval(MADE_FOR_NOBODY) == 0
        # for a transaction, and no longer
        async with bare.transaction():
            await database.declare(bare, "clerk-1", "status")
            assert await bare.fetchval(MADE_FOR_NOBODY) > 0
        assert await bare.fetchval(MADE_FOR_NOBODY) == 0
    finally:
        await bare.close()


async def test_a_table_is_under_a_policy_or_known_to_tell_of_nobody(ward: Ward) -> None:
    await ward.start()
    for service in ward.given.databases:
        unguarded = {row["relname"] for row in await ward.rows(service, OPEN)}
        assert unguarded <= BY_COPY | OF_NOBODY, service
    await ward.rows("eligibility", "create table newcomer (addressee bigint)")
    assert "newcomer" in {row["relname"] for row in await ward.rows("eligibility", OPEN)}


async def test_a_connection_of_the_pool_keeps_nothing_of_a_call(ward: Ward) -> None:
    await registered(ward)
    pool = await asyncpg.create_pool(
        ward.given.databases["registry-sync"], min_size=1, max_size=1, server_settings=database.SESSION
    )
    said = "select current_setting('kokunen.actor') || ' ' || current_setting('kokunen.purpose')"
    try:
        for broken in (False, True):
            async with pool.acquire() as connection:
                try:
                    async with connection.transaction():
                        await database.declare(connection, "clerk-1", "exemption")
                        assert await connection.fetchval(said) == "clerk-1 exemption"
                        if broken:
                            raise ValueError
                except ValueError:
                    pass
            async with pool.acquire() as connection:
                assert await connection.fetchval(said) == "kokunen service"
    finally:
        await pool.close()
    async with Caller(ward, "clerk-1", "clerk") as clerk:
        assert len(await looked(clerk, HUSBAND)) == 1
