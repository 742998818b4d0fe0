"""Bytes that are no event, and an event our own code fails on: who waits, who goes on, and what does re-drive do?"""

import json
from collections import defaultdict
from pathlib import Path

import pytest
from cli import set_aside
from contracts.vocabulary import SERVICES

from tests.system.conftest import Ward, until

pytestmark = pytest.mark.system

SABOTAGED = Path(__file__).parent / "failing_registry_sync.py"
POISON = (b"", b"{", b"\xff\xfe", b"[]", b'{"specversion":"1.0","subject":"10000001"}', b"\x00" * 2000)
OPEN = "select disposition, parks, reason, part, offs from set_aside where state = 'open' and subject = $1 order by id"


async def test_the_failing_resident_waits_in_order_and_everyone_else_flows(
    ward: Ward, town: Path, lines: list[tuple[str, bytes]]
) -> None:
    of = defaultdict(list)
    for topic, value in lines:
        if topic == "resident-changes":
            of[int(json.loads(value)["subject"])].append((topic, value))
    resident, own = max(of.items(), key=lambda item: len(item[1]))
    later = own[1:]
    assert len(later) >= 2
    await ward.start(*(name for name in SERVICES if name != "registry-sync"))
    failing = json.loads(own[0][1])["id"]
    await ward.start_script("registry-sync", "registry-sync", SABOTAGED, TEST_EVENT=failing)

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
    said = {row["subject"] for row in await ward.rows("registry-sync", "select distinct subject from said")}
    assert said == set(of) - {resident}

    # Re-drive runs our real code, without the sabotage: everything takes effect in order.
    assert await set_aside._redrive(["registry-sync"], resident) == (len(own), 0)
    report = await ward.keeps_its_promises(town)
    assert report.counts["parked"] == 0
