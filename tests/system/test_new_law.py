"""After a release with other parameters, is everybody determined again, and nobody twice?"""

from pathlib import Path

import pytest

from tests.system.conftest import Ward, until

pytestmark = pytest.mark.system

PERIODS = "select * from insured_period order by addressee, validity"


async def test_a_release_with_other_parameters_looks_at_everybody_again(
    ward: Ward, town: Path, lines: list[tuple[str, bytes]]
) -> None:
    await ward.start()
    await ward.publish(lines)
    await ward.keeps_its_promises(town)
    before = await ward.rows("eligibility", "select * from due order by addressee")
    said = await ward.rows("eligibility", "select * from said order by subject, topic, key")
    periods = await ward.rows("eligibility", PERIODS)
    assert await ward.one(
        "eligibility", "with gone as (delete from insured_period returning 1) select count(*) from gone"
    )
    await ward.one("eligibility", "update law set sha256 = 'of the release before' returning 1")

    async def recognised() -> bool:
        return await ward.one("eligibility", "select sha256 <> 'of the release before' from law")

    await until(recognised, "the service notices other parameters")
    await until(lambda: _nobody_due(ward), "everybody was looked at")
    assert await ward.rows("eligibility", "select * from due order by addressee") == before
    assert (
        await ward.rows("eligibility", "select * from said order by subject, topic, key") == said
    )  # it was the same law
    anew = await ward.rows("eligibility", PERIODS)  # made anew for everybody
    assert (set(anew) - set(periods), set(periods) - set(anew)) == (set(), set())
    await ward.keeps_its_promises(town)


async def _nobody_due(ward: Ward) -> bool:
    return not await ward.one("eligibility", "select count(*) from due, clock where next_due_on <= business_day")
