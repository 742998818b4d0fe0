"""Would this harness see it? The same faults befall services that are wrong on purpose, and the checks must turn red."""

import pytest
from contracts.vocabulary import SERVICES

from tests.faults.field import SABOTAGED, Field

pytestmark = [pytest.mark.system, pytest.mark.long]


@pytest.mark.row("control", "a service deletes from its outbox first")
async def test_a_service_that_forgets_what_it_says_is_found(field: Field) -> None:
    service = "registry-sync"
    await field.ward.start(*(name for name in SERVICES if name != service))
    async with field.flowing(4):
        field.ward.start_script_to_die(
            service, SABOTAGED, "relay_sent:2", TEST_SERVICE=service, TEST_CHANGE="deletes_first"
        )
        await field.ward.died_there(service)
        field.fired["relay_sent"] += 1
        await field.ward.start(service)
    await is_red(field, "I3")


@pytest.mark.row("control", "a service accounts for news and does not take them")
async def test_a_service_that_passes_news_over_is_found(field: Field) -> None:
    service = "registry-sync"
    await field.ward.start(*(name for name in SERVICES if name != service))
    await field.ward.start_script(service, service, SABOTAGED, TEST_SERVICE=service, TEST_CHANGE="passes_over")
    async with field.flowing(4):
        pass
    field.kill(service)
    await field.ward.start(service)
    await is_red(field, "I1")


async def is_red(field: Field, broken: str) -> None:
    """For this reason among others."""
    with pytest.raises(AssertionError) as red:
        await field.holds()
    found = {finding.invariant for finding in (await field.ward.report(field.town)).findings}
    assert broken in found, f"red for another reason: {red.value}"


@pytest.mark.row("control", "no fault befalls anybody")
async def test_a_seed_without_a_fault_does_not_count(field: Field) -> None:
    await field.ward.start()
    async with field.flowing(0.1):
        pass
    with pytest.raises(AssertionError, match="no fault befell anybody"):
        await field.holds()
    field.fired["none"] += 1
