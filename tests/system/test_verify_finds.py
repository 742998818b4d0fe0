"""Does `verify` find what is broken on purpose? Each damage breaks one promise, is named, and is undone again."""

from pathlib import Path
from typing import NamedTuple

import asyncpg
import pytest
from chassis import database
from cli import settle, verify

from tests.system.conftest import Ward

pytestmark = pytest.mark.system


class Damage(NamedTuple):
    breaks: str
    what: str
    service: str
    table: str
    statement: str


DAMAGES = (
    Damage("I1", "a service says something else", "registry-sync", "said",
           "update said set value = convert_to(replace(convert_from(value, 'UTF8'), 'resident', 'tenant'), 'UTF8')"),
    Damage("I2", "an offset is accounted for twice", "tax-income", "ledger_range",
           "insert into ledger_range select topic, part, run_from, run_from, 'applied' from ledger_head "
           "where run_from < next_offset limit 1"),
    Damage("I2", "an offset is accounted for by nobody", "transmittal", "ledger_head",
           "delete from ledger_head where (topic, part) in "
           "(select topic, part from ledger_head where run_from < next_offset limit 1)"),
    Damage("I3", "what was said is forgotten", "eligibility", "said",
           "delete from said where subject = (select min(subject) from said)"),
    Damage("I3", "an event left the outbox and never came to its topic", "tax-income", "said",
           "update said set sequence = sequence + 1 where (subject, sequence) in "
           "(select subject, max(sequence) from said group by subject order by subject limit 1)"),
    Damage("I3", "the cause of an event took no effect", "registry-sync", "inbox",
           "delete from inbox"),
    Damage("I4", "two periods overlap", "eligibility", "insured_period",
           "insert into insured_period select * from insured_period limit 1"),
    Damage("I8", "an event is still unsent", "eligibility", "outbox",
           "insert into outbox (topic, key, value) values ('residents', '1', 'x')"),
)  # fmt: skip

_CONSTRAINT = "select conname from pg_constraint where conrelid = 'insured_period'::regclass and contype = 'x'"


async def test_each_broken_promise_is_named(ward: Ward, town: Path, lines: list[tuple[str, bytes]]) -> None:
    await ward.start()
    await ward.publish(lines)
    await ward.keeps_its_promises(town)
    ward.stop()
    constraint = await ward.one("eligibility", _CONSTRAINT)
    await ward.rows("eligibility", f"alter table insured_period drop constraint {constraint}")
    for damage in DAMAGES:
        connection = await asyncpg.connect(ward.given.databases[damage.service], server_settings=database.SESSION)
        try:
            await connection.execute(f"create temporary table before as table {damage.table}")
            assert not (await connection.execute(damage.statement)).endswith(" 0"), damage.what
            assert damage.breaks in await _broken(ward, town), damage.what
            await connection.execute(f"truncate {damage.table}")
            await connection.execute(f"insert into {damage.table} overriding system value table before")
        finally:
            await connection.close()
        assert await _broken(ward, town) == set(), f"undone: {damage.what}"


async def _broken(ward: Ward, town: Path) -> set[str]:
    async with settle.Watch(ward.given) as watch:  # as it stands: damaged it may never come to rest
        return {finding.invariant for finding in (await verify.verify(watch, town)).findings}
