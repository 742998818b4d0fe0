"""The sealing day: Friday, or the last open day before a closed one; missed days are made up for once."""

import datetime as dt

import pytest
from contracts.holidays import HolidayTableEnds
from transmittal.sealing_day import is_sealing_day, last_sealing_day

DAYS = [
    ("2025-09-04", False, "a Thursday"),
    ("2025-09-05", True, "an open Friday"),
    ("2025-09-06", False, "a Saturday"),
    ("2025-08-15", True, "a Friday in the week of 山の日: お盆 is no holiday"),
    ("2026-03-19", True, "the Thursday before 春分の日, a Friday"),
    ("2026-03-20", False, "春分の日"),
    ("2026-03-18", False, "the Wednesday of that week"),
    ("2025-12-26", True, "the last Friday of the year"),
    ("2025-12-30", False, "a Tuesday in the New Year's closing"),
    ("2026-01-02", False, "a Friday whose whole week is closed"),
    ("2026-01-05", False, "the first open day of the year, a Monday"),
    ("2026-01-09", True, "the first open Friday of the year"),
    ("2027-12-28", True, "the last open day of a week that ends on 31 December"),
]


@pytest.mark.parametrize(("day", "seals", "why"), DAYS, ids=[why for _, _, why in DAYS])
def test_sealing_day(day: str, seals: bool, why: str) -> None:
    assert is_sealing_day(dt.date.fromisoformat(day)) is seals


# served until, business day, the sealing day that is due
CATCH_UP = [
    ("2025-09-01", "2025-09-04", None),
    ("2025-09-01", "2025-09-05", "2025-09-05"),
    ("2025-09-05", "2025-09-05", None),
    ("2025-09-05", "2025-09-11", None),
    ("2025-09-01", "2025-09-06", "2025-09-05"),
    ("2025-09-05", "2025-10-01", "2025-09-26"),
    ("2026-03-13", "2026-03-20", "2026-03-19"),
    ("2026-03-19", "2026-03-26", None),
    ("2025-12-26", "2026-01-08", None),
    ("2025-12-25", "2026-01-08", "2025-12-26"),
]


@pytest.mark.parametrize(("served", "day", "due"), CATCH_UP)
def test_missed_sealing_days_are_made_up_for_once(served: str, day: str, due: str | None) -> None:
    expected = None if due is None else dt.date.fromisoformat(due)
    assert last_sealing_day(dt.date.fromisoformat(served), dt.date.fromisoformat(day)) == expected


def test_beyond_the_holiday_table_there_is_no_guess() -> None:
    with pytest.raises(HolidayTableEnds):
        is_sealing_day(dt.date(2028, 1, 7))
