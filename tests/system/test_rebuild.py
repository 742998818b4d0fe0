"""Given the log alone: does what follows from it equal what a service has, whatever befell the service's tables?"""

from pathlib import Path
from random import Random

import asyncpg
import pytest
from chassis import sealing
from chassis.database import WrongDatabase
from chassis.rebuild import rebuild as shadow_of
from cli import databases, rebuild
from cli.catalogue import DECODING
from cli.local import StackError
from cli.services import environment_settings
from cli.verify import STATEMENTS

from tests.system.conftest import Ward, until

pytestmark = pytest.mark.system
SAID = "select subject, topic, key, sequence, event_id, value from said order by subject, topic, key"


async def test_not_the_whole_log_is_put_in_no_place(ward: Ward, lines: list[tuple[str, bytes]]) -> None:
    await ward.start("registry-sync")
    changes = [line for line in lines if line[0] == "resident-changes"]
    await ward.publish(changes)
    await until(lambda: ward.one("registry-sync", "select count(*) > 50 from change"), "changes took effect")
    ward.stop()
    ends = await ward.ends("resident-changes")
    place = max(ends, key=ends.__getitem__)
    await ward.remove_records(place, ends[place] - 1)
    with pytest.raises(StackError, match="no longer holds the beginning of resident-changes"):
        await rebuild.rebuild(ward.given, "registry-sync", switch=True, quiet=True)
    before = await content(ward, "registry-sync")
    done = await rebuild.rebuild(ward.given, "registry-sync", switch=True, archive="nothing_", quiet=True)
    assert done.missing > 0
    assert not done.equal
    assert not done.switched
    assert await content(ward, "registry-sync") == before
    # A login that may not make a schema, on servers of your own: it says so.
    own = databases.name_for("registry-sync")
    connection = await asyncpg.connect(ward.given.admin_database)
    try:
        await connection.execute(f"revoke create on database {own} from {own}")
    finally:
        await connection.close()
    with pytest.raises(WrongDatabase, match="may not make a schema"):
        await rebuild.rebuild(ward.given, "registry-sync", switch=True, archive="nothing_", quiet=True)
    with pytest.raises(StackError, match="keeps the log itself"):
        await rebuild.rebuild(ward.given, "audit", switch=True, quiet=True)


@pytest.mark.long
async def test_one_rebuild_at_a_time_and_what_one_left_undone_is_done_by_the_next(
    ward: Ward, town: Path, lines: list[tuple[str, bytes]]
) -> None:
    await ward.start()
    await ward.publish(lines)
    await ward.keeps_its_promises(town)
    await ward.rows("registry-sync", "delete from change where addressee % 2 = 0")
    own = environment_settings(ward.given, "registry-sync")
    sealer = sealing.load(own.key_file)
    said = await ward.rows("registry-sync", SAID)
    # killed between the switch and the second look: as if the schema were left behind with somebody to look at
    async with shadow_of(DECODING["registry-sync"], own, sealer) as made:
        with pytest.raises(WrongDatabase, match="is being rebuilt already"):
            await rebuild.rebuild(ward.given, "registry-sync", switch=False, quiet=True)
        await ward.rows("registry-sync", "insert into shadow.rebuilt select distinct subject from said")
        assert made.again.taken == 0
    assert await ward.one("registry-sync", "select to_regnamespace('shadow') is not null")
    done = await rebuild.rebuild(ward.given, "registry-sync", switch=True, quiet=True)
    assert done.switched
    assert await ward.one("registry-sync", "select to_regnamespace('shadow') is null")
    now = {(row["subject"], row["topic"], row["key"], row["value"]) for row in await ward.rows("registry-sync", SAID)}
    assert now == {(row["subject"], row["topic"], row["key"], row["value"]) for row in said}
    await ward.keeps_its_promises(town)


async def content(ward: Ward, service: str) -> dict[str, list[str]]:
    """Every projection, row by row."""
    found = {}
    for table in DECODING[service].projections:
        rows = await ward.rows(service, f"select t::text as line from {table} as t order by 1")
        found[table] = [row["line"] for row in rows]
    return found


DAMAGE = {
    "registry-sync": "delete from change; delete from merge; delete from identity_data",
    "tax-income": "delete from assessment where addressee % 2 = 0; insert into member select * from member limit 3",
    "eligibility": "delete from fact; update insured_period set category = '3'; delete from due; delete from reception_book",
    "transmittal": "delete from form; delete from matter where addressee % 3 = 0; update hint set open = false; delete from pension_number",
}


async def test_what_follows_from_the_log_is_what_each_service_has_and_puts_right_whatever_befell_it(
    ward: Ward, town: Path, lines: list[tuple[str, bytes]]
) -> None:
    await ward.start()
    await ward.publish(Random(7).sample(lines * 2, 2 * len(lines)))
    await ward.keeps_its_promises(town)
    ends = await ward.ends(*STATEMENTS)
    for service in DECODING:
        done = await rebuild.rebuild(ward.given, service, switch=True, quiet=True)
        assert {one.table: (one.only_here, one.only_from_the_log) for one in done.compared if not one.equal} == {}
        assert (done.equal, done.switched, done.missing) == (True, False, 0)
        assert done.taken > 0
        assert (sum(one.rows for one in done.compared) > 0) == bool(DECODING[service].projections)
        assert await ward.one(service, "select to_regnamespace('shadow') is null")
    for service, damage in DAMAGE.items():
        before, said = await content(ward, service), await ward.rows(service, SAID)
        for statement in damage.split(";"):
            await ward.rows(service, statement)
        assert await content(ward, service) != before
        looked = await rebuild.rebuild(ward.given, service, switch=False, quiet=True)
        assert not looked.equal
        assert not looked.switched
        assert await content(ward, service) != before, "who only looks changes nothing"
        done = await rebuild.rebuild(ward.given, service, switch=True, quiet=True)
        assert done.switched
        assert done.residents > 0
        assert await content(ward, service) == before
        assert await ward.rows(service, SAID) == said
    await ward.keeps_its_promises(town)
    assert await ward.ends(*STATEMENTS) == ends
