"""A service is killed: at each of its fault points, around the relay, by the machine's lack of memory; or stopped and woken."""

import pytest
from contracts.vocabulary import SERVICES

from tests.faults.field import AUDIT_POINTS, DERIVING, POINTS, SABOTAGED, Field

pytestmark = [pytest.mark.system, pytest.mark.long]


async def killed_at_some_points(field: Field, service: str, points: tuple[str, ...]) -> None:
    await field.ward.start(*(name for name in SERVICES if name != service))
    async with field.flowing():
        for point in field.rng.sample(points, 3):
            await field.killed_at(service, point)
        await field.starts_again(service)
    await field.holds()


@pytest.mark.row("F01", "kill -9 registry-sync in mid-batch", within=15)
async def test_registry_sync_is_killed(field: Field) -> None:
    await killed_at_some_points(field, "registry-sync", POINTS)


@pytest.mark.row("F02", "kill -9 eligibility", within=15)
async def test_eligibility_is_killed(field: Field) -> None:
    await killed_at_some_points(field, "eligibility", POINTS)


@pytest.mark.row("F03", "kill -9 tax-income", within=15)
async def test_tax_income_is_killed(field: Field) -> None:
    await killed_at_some_points(field, "tax-income", POINTS)


@pytest.mark.row("F05", "kill -9 the audit service and its sequencer", within=60)
async def test_audit_is_killed(field: Field) -> None:
    await killed_at_some_points(field, "audit", AUDIT_POINTS)


@pytest.mark.row("F06", "kill -9 the outbox relay between send and mark", within=15)
async def test_a_relay_is_killed_between_send_and_mark(field: Field) -> None:
    service = field.rng.choice(DERIVING)
    await field.ward.start(*(name for name in SERVICES if name != service))
    async with field.flowing():
        for _ in range(3):
            await field.killed_at(service, "relay_sent")
            assert await field.ward.one(service, "select count(*) from outbox") > 0
        await field.starts_again(service)
    await field.holds()


@pytest.mark.row("F01", "kill -9 registry-sync, which had committed its offsets before the batch", within=15)
async def test_offsets_that_were_committed_too_early_do_no_harm(field: Field) -> None:
    """Whatever its group says was read: a service reads on from where its database stands."""
    await field.ward.start(*(name for name in SERVICES if name != "registry-sync"))
    async with field.flowing():
        field.ward.start_script_to_die(
            "registry-sync", SABOTAGED, "read:2", TEST_SERVICE="registry-sync", TEST_CHANGE="commits_first"
        )
        await field.ward.died_there("registry-sync")
        field.fired["committed too early"] += 1
        await field.starts_again("registry-sync")
    await field.holds()
