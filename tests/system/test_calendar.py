"""Time is told from outside: days that were missed are made up for, and telling a day twice changes nothing."""

import datetime as dt

import pytest
from cli.__main__ import app
from cli.calendar import last_told, tell
from typer.testing import CliRunner

from tests.system.conftest import Ward, until

pytestmark = pytest.mark.system


async def test_days_are_told_once_and_missed_ones_are_made_up_for(ward: Ward) -> None:
    await ward.start()
    assert await last_told(ward.given.kafka) is None
    friday, monday = dt.date(2026, 6, 5), dt.date(2026, 6, 8)
    assert await tell(ward.given.kafka, friday) == [friday]
    assert await tell(ward.given.kafka, monday) == [dt.date(2026, 6, 6), dt.date(2026, 6, 7), monday]
    assert await tell(ward.given.kafka, monday) == []
    report = await ward.keeps_its_promises()
    assert await ward.one("eligibility", "select business_day from clock") == monday
    midnight = dt.datetime(2026, 6, 7, 15, tzinfo=dt.UTC).timestamp()
    await until(
        lambda: ward.tells("eligibility", "kokunen_business_day_seconds", midnight), "a metric says which day it is"
    )
    # told by somebody else at the same moment: the same bytes under the same id
    values = await ward.values("calendar")
    await ward.publish([("calendar", value) for value in values])
    again = await ward.keeps_its_promises()
    assert again.counts["sha256"] == report.counts["sha256"]
    assert again.counts["accounting"]["eligibility"]["duplicate"] == len(values)


async def test_a_day_that_has_not_begun_is_not_told(ward: Ward) -> None:
    result = CliRunner().invoke(app, ["calendar", "advance", "--until", "2199-01-01"])
    assert result.exit_code == 1
    assert "has not begun" in str(result.exception)
    assert await last_told(ward.given.kafka) is None
