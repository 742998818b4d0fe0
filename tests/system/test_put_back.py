"""A database without its end is put back: what Kafka has is read from where it stands, by whoever starts and by whoever still runs."""

import asyncio
import re

import asyncpg
import pytest
from audit.verify import verify
from chassis import database
from cli.__main__ import app
from cli.services import environment_settings
from typer.testing import CliRunner

from tests.system.conftest import Ward, until
from tests.system.put_back import kept, put_back

pytestmark = pytest.mark.system


@pytest.mark.parametrize("stopped", [True, False], ids=["stopped", "running"])
async def test_nothing_that_kafka_has_is_passed_over(ward: Ward, lines: list[tuple[str, bytes]], stopped: bool) -> None:
    """Most topics had nothing when the backup was made: of them the database does not even know that they are read."""
    await ward.start()
    await ward.publish(lines[:100])
    await ward.settle()
    ward.stop("audit")
    await kept(ward, ["audit"])
    await ward.start("audit")
    await ward.publish(lines[100:])
    await ward.settle()
    once = await ward.one("audit", "select size from log_head")
    if stopped:
        ward.stop("audit")
    await put_back(ward, ["audit"])
    assert await ward.one("audit", "select size from log_head") < once / 2
    if stopped:
        await ward.start("audit")
    else:  # it notices by the next record of a partition
        await ward.publish(lines)
    await ward.settle()
    (again,) = re.findall(r"^kokunen_read_again_total (\S+)$", await ward.metrics("audit"), re.MULTILINE)
    assert float(again) > 0
    assert (await ward.report()).findings == ()
    own = environment_settings(ward.given, "audit")
    log = await verify(own.database, ward.given.kafka, own.key_file, own.prefix, lambda _: None)
    assert log.findings == []
    assert log.leaves >= once
    assert not await ward.rows("audit", "select from ledger_range where disposition = 'missing'")


async def test_a_topic_that_has_lost_its_beginning_is_read_from_where_it_begins(
    ward: Ward, lines: list[tuple[str, bytes]]
) -> None:
    """Nobody missed what was gone before anybody read."""
    await ward.publish(lines)
    ends = await ward.ends("resident-changes")
    place = max(ends, key=lambda at: ends[at])
    await ward.remove_records(place, 2)
    await ward.start("registry-sync")

    async def read() -> bool:
        rows = await ward.rows(
            "registry-sync", "select next_offset from ledger_head where (topic, part) = ($1, $2)", *place
        )
        return [row["next_offset"] for row in rows] == [ends[place]]

    await until(read, "the partition is read to its end")
    runs = "select min(from_offset) from (select topic, part, from_offset from ledger_range union all select topic, part, run_from from ledger_head) r where (topic, part) = ($1, $2)"
    assert await ward.one("registry-sync", runs, *place) == 2
    assert not await ward.rows("registry-sync", "select from ledger_range where disposition = 'missing'")


async def test_what_can_not_be_read_is_passed_over_by_an_operator_alone(
    ward: Ward, lines: list[tuple[str, bytes]]
) -> None:
    """The group's offset alone says nothing: a service reads on from where its database stands."""
    await ward.start("registry-sync")
    ward.stop("registry-sync")
    await ward.publish(lines)
    ends = await ward.ends("resident-changes")
    place = max(ends, key=lambda at: ends[at])
    name, passed = f"{place[0]}/{place[1]}", 3
    for wrong in (0, ends[place] + 1):
        assert "name an offset between" in await kokunen(
            "pass-over", "registry-sync", name, "--until", str(wrong), code=1
        )
    said = await kokunen("pass-over", "registry-sync", name, "--until", str(passed))
    assert f"{passed} records of {name} are passed over" in said
    connection = await asyncpg.connect(ward.given.databases["registry-sync"], server_settings=database.SESSION)
    async with connection.transaction():
        await connection.execute(
            "lock table ledger_head in exclusive mode"
        )  # it runs, and can't read on before it is refused
        await ward.start("registry-sync")
        running = await kokunen("pass-over", "registry-sync", name, "--until", str(ends[place]), code=1)
    await connection.close()
    assert "still has members" in running

    async def read() -> bool:
        rows = await ward.rows(
            "registry-sync", "select next_offset from ledger_head where (topic, part) = ($1, $2)", *place
        )
        return [row["next_offset"] for row in rows] == [ends[place]]

    await until(read, "the partition is read to its end")
    missing = await ward.rows(
        "registry-sync", "select topic, part, from_offset, to_offset from ledger_range where disposition = 'missing'"
    )
    assert [tuple(row) for row in missing] == [(*place, 0, passed - 1)]


async def kokunen(*words: str, code: int = 0) -> str:
    result = await asyncio.to_thread(CliRunner().invoke, app, words)
    assert result.exit_code == code, result.output
    return result.output + str(result.exception or "")
