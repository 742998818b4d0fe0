"""Which days is an office open, and how far does the table of holidays reach?"""

import datetime as dt

import pytest
from contracts import holidays


@pytest.mark.parametrize(
    ("day", "opened"),
    [
        ("2025-05-06", False),  # 振替休日 of みどりの日, a Sunday
        ("2025-05-07", True),
        ("2026-09-22", False),  # 国民の休日 between 敬老の日 and 秋分の日
        ("2026-12-28", True),
        ("2026-12-29", False),
        ("2027-01-03", False),
        ("2027-01-04", True),
        ("2027-03-22", False),
        ("2026-11-21", False),  # a Saturday
    ],
)
def test_the_office_is_closed_on_holidays(day: str, opened: bool) -> None:
    assert holidays.is_open(dt.date.fromisoformat(day)) is opened


@pytest.mark.parametrize("year", [holidays.FIRST_YEAR - 1, holidays.LAST_YEAR + 1])
def test_a_day_outside_the_holiday_table_is_an_error(year: int) -> None:
    with pytest.raises(holidays.HolidayTableEnds, match=str(year)):
        holidays.is_open(dt.date(year, 6, 1))
