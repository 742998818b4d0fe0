"""Quarters and fiscal years are reviewed in their days; what is over and not signed is overdue."""

import datetime as dt

import pytest
from audit.review import period, periods


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("name", "first", "last", "due"),
    [
        ("2026-Q1", "2026-01-01", "2026-03-31", "2026-04-14"),
        ("2026-Q3", "2026-07-01", "2026-09-30", "2026-10-14"),
        ("2026-Q4", "2026-10-01", "2026-12-31", "2027-01-14"),
        ("2026-FY", "2026-04-01", "2027-03-31", "2027-04-14"),
    ],
)
def test_periods_and_their_days(name: str, first: str, last: str, due: str) -> None:
    found = period(name)
    assert (found.first, found.last, found.due_on) == (day(first), day(last), day(due))
    assert found.yearly == name.endswith("FY")
    # moments of Japan: the first is within, that after the last is not
    assert found.begins.isoformat() == f"{first}T00:00:00+09:00"
    assert found.ends - found.begins == dt.timedelta(days=(found.last - found.first).days + 1)


@pytest.mark.parametrize("name", ["2026", "2026-Q5", "2026-Q0", "26-Q1", "2026-FY2", "FY2026", ""])
def test_what_is_no_period(name: str) -> None:
    with pytest.raises(ValueError, match="a period is"):
        period(name)


def test_what_is_over_and_not_signed_is_overdue() -> None:
    since = day("2026-03-31")  # the last day of a quarter and of a year counts
    assert [one.name for one in periods(since, day("2026-04-01"))] == ["2025-FY", "2026-Q1"]
    assert [one.name for one in periods(since, day("2026-06-30"))] == ["2025-FY", "2026-Q1"]
    assert [one.name for one in periods(since, day("2026-07-01"))] == ["2025-FY", "2026-Q1", "2026-Q2"]
    assert periods(since, since) == []
    assert [one.name for one in periods(day("2026-04-01"), day("2027-04-01"))] == [
        "2026-Q2", "2026-Q3", "2026-Q4", "2026-FY", "2027-Q1",
    ]  # fmt: skip
