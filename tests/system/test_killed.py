"""A service is killed around its commit, a relay between send and delete: does every event still take effect once?"""

from pathlib import Path

import pytest
from contracts.vocabulary import SERVICES

from tests.system.conftest import Lines, Ward

pytestmark = pytest.mark.system


KILLED = ("registry-sync", "tax-income", "eligibility")


@pytest.mark.parametrize("point", ["before_commit", "after_commit"])
async def test_services_killed_around_their_commit_lose_and_double_nothing(
    point: str, ward: Ward, town: Path, lines: Lines
) -> None:
    await ward.start(*(name for name in SERVICES if name not in KILLED))
    await ward.publish(lines)
    for service in KILLED:
        ward.start_to_die(service, point)
    for service in KILLED:
        await ward.died_there(service)
        assert (await ward.taken_twice(service) > 0) == (point == "after_commit")
    await ward.start(*KILLED)
    await ward.keeps_its_promises(town)


async def test_a_relay_killed_between_send_and_delete_sends_again_and_the_repeats_are_dropped(
    ward: Ward, town: Path, lines: Lines
) -> None:
    await ward.start(*(name for name in SERVICES if name != "registry-sync"))
    await ward.publish(lines)
    ward.start_to_die("registry-sync", "relay_sent")
    await ward.died_there("registry-sync")
    left = await ward.one("registry-sync", "select count(*) from outbox")
    assert left > 0
    await ward.start("registry-sync")
    report = await ward.keeps_its_promises(town)
    assert sum((await ward.ends("residents")).values()) > await ward.one(
        "registry-sync", "select sum(last) from (select max(sequence) as last from said group by subject) as s"
    )
    assert report.counts["accounting"]["eligibility"]["duplicate"] > 0
