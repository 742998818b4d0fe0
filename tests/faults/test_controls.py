"""Would this harness see it? The same faults befall services that are wrong on purpose, and the checks must turn red."""

from pathlib import Path

import pytest
from contracts.vocabulary import SERVICES

from tests.faults.field import Field

pytestmark = [pytest.mark.system, pytest.mark.long]

SABOTAGED = Path(__file__).parent / "sabotaged.py"


@pytest.mark.row("control", "a service commits offsets first, deletes from its outbox first")
@pytest.mark.parametrize(
    ("change", "point", "broken"), [("commits_first", "read", "I2"), ("deletes_first", "relay_sent", "I3")]
)
async def test_a_service_that_is_wrong_is_found(field: Field, change: str, point: str, broken: str) -> None:
    service = "registry-sync"
    await field.ward.start(*(name for name in SERVICES if name != service))
    async with field.flowing(4):
        field.ward.start_script_to_die(service, SABOTAGED, f"{point}:2", TEST_SERVICE=service, TEST_CHANGE=change)
        await field.ward.died_there(service)
        field.fired[point] += 1
        await field.ward.start(service)
    with pytest.raises(AssertionError) as red:
        await field.holds()
    found = {finding.invariant for finding in (await field.ward.report()).findings}
    assert broken in found, f"red for another reason: {red.value}"


@pytest.mark.row("control", "no fault befalls anybody")
async def test_a_seed_without_a_fault_does_not_count(field: Field) -> None:
    await field.ward.start()
    async with field.flowing(0.1):
        pass
    with pytest.raises(AssertionError, match="no fault befell anybody"):
        await field.holds()
    field.fired["none"] += 1
