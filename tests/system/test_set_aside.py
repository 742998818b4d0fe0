"""Bytes that are no event, and an event our own code fails on: who waits, who goes on, and what does re-drive do?"""

import datetime as dt
import json
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from chassis import database, sealing
from chassis.batch import Batches, Record
from chassis.set_aside import NotPossible, look, release
from chassis.transaction import Access
from cli import rebuild, set_aside
from cli.broker import Broker
from cli.services import environment_settings
from contracts.decoder import decode
from contracts.vocabulary import SERVICES
from registry_sync.handlers import SERVICE

from tests.system.conftest import Ward, until

pytestmark = pytest.mark.system

SABOTAGED = Path(__file__).parent / "failing_registry_sync.py"
POISON = (b"", b"{", b"\xff\xfe", b"[]", b'{"specversion":"1.0","subject":"10000001"}', b"\x00" * 2000)
OPEN = "select disposition, parks, reason, part, offs from set_aside where state = 'open' and subject = $1 order by id"


def changes_by_resident(lines: list[tuple[str, bytes]]) -> dict[int, list[tuple[str, bytes]]]:
    of = defaultdict(list)
    for topic, value in lines:
        if topic == "resident-changes":
            of[int(json.loads(value)["subject"])].append((topic, value))
    return of


async def test_the_failing_resident_waits_in_order_and_everyone_else_flows(
    ward: Ward, town: Path, lines: list[tuple[str, bytes]]
) -> None:
    of = changes_by_resident(lines)
    resident, own = max(of.items(), key=lambda item: len(item[1]))
    later = own[1:]
    assert len(later) >= 2
    await ward.start(*(name for name in SERVICES if name != "registry-sync"))
    failing = json.loads(own[0][1])["id"]
    await ward.start_script("registry-sync", "registry-sync", SABOTAGED, TEST_FAILS_ON=failing)

    # Its first event fails; bytes that are no event stand among the good ones.
    first = [line for line in lines if line not in later]
    await ward.publish([*first[:100], *(("resident-changes", poison) for poison in POISON), *first[100:]])
    await until(lambda: ward.rows("registry-sync", OPEN, resident), "the resident is parked")
    await ward.publish(later)
    await ward.settle()
    report = await ward.keeps_its_promises()
    assert report.counts["parked"] == 1
    rows = await ward.rows("registry-sync", OPEN, resident)
    assert [(row["disposition"], row["parks"]) for row in rows] == [
        ("set_aside", True),
        *[("held", False)] * len(later),
    ]
    assert [row["offs"] for row in rows] == sorted(row["offs"] for row in rows)
    unreadable = "select count(*) from set_aside where subject is null and disposition = 'set_aside'"
    assert await ward.one("registry-sync", unreadable) == len(POISON)
    # The sender is told by place, id and rule; nobody's number is in it.
    told = await set_aside.told_back("resident-changes", dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
    ours = [row for row in told if row[1] == "registry-sync"]
    kept = "select count(*) from set_aside where topic = 'resident-changes'"
    assert len(ours) == await ward.one("registry-sync", kept) >= len(POISON) + 1 + len(later)
    assert {row[6] for row in ours} == {"set_aside", "held"}
    assert failing in {row[5] for row in ours}
    assert str(resident) not in "".join("".join(row) for row in told)
    assert await set_aside.told_back("resident-changes", dt.datetime.now(dt.UTC) + dt.timedelta(days=1)) == []
    said = {row["subject"] for row in await ward.rows("registry-sync", "select distinct subject from said")}
    assert said == set(of) - {resident}

    # What waits is left out of a rebuild.
    done = await rebuild.rebuild(ward.given, "registry-sync", switch=False, quiet=True)
    assert (done.equal, done.missing) == (True, 0)

    # Re-drive runs our real code, without the sabotage: everything takes effect in order.
    assert await set_aside._redrive(["registry-sync"], resident) == (len(own), 0)
    report = await ward.keeps_its_promises(town)
    assert report.counts["parked"] == 0


async def test_what_a_service_does_nothing_about_waits_for_nobody(ward: Ward, lines: list[tuple[str, bytes]]) -> None:
    """Whether it comes in the batch that fails or in a later one."""
    resident, own = max(changes_by_resident(lines).items(), key=lambda item: len(item[1]))
    notices = [v for t, v in lines if t == "pension-service-notices" and json.loads(v)["subject"] == str(resident)]
    assert len(notices) > 1
    assert not any(type(decode("pension-service-notices", notice).data) in SERVICE.handlers for notice in notices)

    def records(topic: str, values: list[bytes], start: int = 0) -> list[Record]:
        return [Record(topic, 0, start + n, str(resident).encode(), value) for n, value in enumerate(values)]

    def fails(_: Any) -> Any:
        raise ArithmeticError("sabotage")

    given = environment_settings(ward.given, "registry-sync")
    pool = await database.connect(given.database, connections=1)
    try:
        await database.migrate(pool, SERVICE.package, lambda: sealing.create(given.key_file))
        failing = replace(SERVICE, handlers=dict.fromkeys(SERVICE.handlers, fails))
        batches = Batches(failing, given, pool, sealing.load(given.key_file))
        changes = [value for _, value in own]
        await batches.process(
            records("resident-changes", changes[:2]) + records("pension-service-notices", notices[:-1])
        )
        await batches.process(
            records("resident-changes", changes[2:], 2)
            + records("pension-service-notices", notices[-1:], len(notices) - 1)
        )
        report = await pool.fetch(
            "select topic, disposition, sum(to_offset - from_offset + 1)::int as records from ("
            "select topic, disposition, from_offset, to_offset from ledger_range union all "
            "select topic, disposition, run_from, next_offset - 1 from ledger_head) as every "
            "where from_offset <= to_offset group by 1, 2"
        )
        assert {tuple(row) for row in report} == {
            ("resident-changes", "set_aside", 1),
            ("resident-changes", "held", len(changes) - 1),
            ("pension-service-notices", "applied", len(notices)),
        }
    finally:
        await pool.close()


async def test_two_people_give_up_a_record_and_what_waited_behind_it_takes_effect(
    ward: Ward, town: Path, lines: list[tuple[str, bytes]]
) -> None:
    resident, own = max(changes_by_resident(lines).items(), key=lambda item: len(item[1]))
    await ward.start(*(name for name in SERVICES if name != "registry-sync"))
    await ward.start_script("registry-sync", "registry-sync", SABOTAGED, TEST_FAILS_ON=str(resident))
    await ward.publish([*(line for line in lines if line not in own), own[0]])
    await until(lambda: ward.rows("registry-sync", OPEN, resident), "the resident is parked")
    for line in own[1:]:
        await ward.publish([line])
    await ward.keeps_its_promises(town)
    # Our code fails on each of them, and only the first one parks: the others wait behind it.
    rows = await ward.rows("registry-sync", "select id, parks, reason from set_aside where state = 'open' order by id")
    assert [(row["parks"], row["reason"]) for row in rows] == [(True, "failed"), *[(False, "waiting")] * len(own[1:])]

    settings = environment_settings(ward.given, "registry-sync")
    pool = await database.connect(settings.database, connections=1)
    given_up = settings, pool, sealing.load(settings.key_file), rows[0]["id"]
    shown = await look(*given_up, Access("chief-1", "t-1", "set-aside", "case-1"))
    assert shown.body == own[0][1]
    assert await release(*given_up, "chief-1", "ticket-1") == (False, resident)
    with pytest.raises(NotPossible, match="another person"):
        await release(*given_up, "chief-1", "ticket-1")
    with pytest.raises(NotPossible, match="with the reason ticket-1"):
        await release(*given_up, "chief-2", "ticket-2")
    assert await release(*given_up, "chief-2", "ticket-1") == (True, resident)
    with pytest.raises(NotPossible, match="no open record"):
        await release(*given_up, "chief-2", "ticket-1")
    await pool.close()

    # Until the others are tried again, they keep their places: the first of them parks now.
    rows = await ward.rows("registry-sync", OPEN, resident)
    assert [row["parks"] for row in rows] == [True, *[False] * (len(rows) - 1)]
    assert await set_aside._redrive(["registry-sync"], resident) == (len(own) - 1, 0)
    report = await ward.keeps_its_promises(town)
    assert report.counts["parked"] == 0
    async with Broker(ward.given.kafka) as asked:
        seen = [json.loads(record.value) async for record in asked.everything(["access-records"])]
    by_people = [
        event for event in seen if event["data"]["account"] != "transmittal"
    ]  # it asks for addresses before it seals
    assert [(event["subject"], event["data"]["account"]) for event in by_people] == [(str(resident), "chief-1")]
