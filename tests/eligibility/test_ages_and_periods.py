"""年齢計算, NPA 7–11条, NPR 77条の2 and the filing term: days and months, with their boundaries."""

from calendar import isleap
from datetime import date, timedelta

import pytest
from contracts.vocabulary import Month, Scheme
from eligibility.parameter_files import load_parameters
from eligibility.rules.age import attained_on
from eligibility.rules.class1_period import class1_period
from eligibility.rules.deferral import last_eligible_month
from eligibility.rules.filing_deadline import deadline
from eligibility.rules.income_year import income_year
from eligibility.rules.months_counted import months_counted
from eligibility.rules.parameters import Parameters
from hypothesis import given
from hypothesis import strategies as st

PARAMETERS = load_parameters()
DAYS = st.dates(date(1900, 1, 1), date(2090, 12, 31))


@pytest.mark.parametrize(
    ("born", "age", "attained"),
    [
        ("2006-11-24", 20, "2026-11-23"),
        ("2006-12-01", 20, "2026-11-30"),
        ("2006-01-01", 20, "2025-12-31"),
        ("2004-02-29", 20, "2024-02-28"),  # leap year: the day before the birthday
        ("2004-02-29", 21, "2025-02-28"),  # common year: last day of the month
        ("2003-03-01", 20, "2023-02-28"),
        ("2004-03-01", 20, "2024-02-29"),
        ("2004-02-28", 20, "2024-02-27"),
    ],
)
def test_an_age_is_attained_on_the_day_before_the_birthday(born: str, age: int, attained: str) -> None:
    assert attained_on(date.fromisoformat(born), age).isoformat() == attained


@given(DAYS, st.integers(1, 100))
def test_the_day_after_attaining_is_the_birthday_or_first_of_march(born: date, age: int) -> None:
    next_day = attained_on(born, age) + timedelta(days=1)
    if (born.month, born.day) == (2, 29) and not isleap(next_day.year):
        assert (next_day.month, next_day.day) == (3, 1)
    else:
        assert (next_day.month, next_day.day) == (born.month, born.day)
    assert next_day.year == born.year + age


@given(DAYS)
def test_category_1_by_age_only_always_has_480_months(born: date) -> None:
    period = class1_period(born, PARAMETERS)
    assert period.months == 480
    assert period.first_month + 479 == period.last_month


@pytest.mark.parametrize(
    ("acquired", "lost", "again", "months"),
    [
        ("2026-11-05", "2026-11-21", None, 1),
        ("2026-11-05", "2026-11-21", "2026-11-21", 0),  # again on the very day, in the same month
        ("2026-11-05", "2026-11-21", "2026-11-30", 0),
        ("2026-11-05", "2026-11-21", "2026-12-01", 1),  # again only in the next month
        ("2026-11-05", "2026-12-21", "2026-12-25", 1),  # lost in a later month: 2項 does not apply
        ("2026-11-30", "2026-12-01", None, 1),
        ("2026-11-01", "2026-12-31", None, 1),
        ("2025-12-31", "2026-01-01", None, 1),
    ],
)
def test_months_counted(acquired: str, lost: str, again: str | None, months: int) -> None:
    again_on = None if again is None else date.fromisoformat(again)
    assert months_counted(date.fromisoformat(acquired), date.fromisoformat(lost), again_on) == months


@pytest.mark.parametrize(("lost", "again"), [("2026-11-04", None), ("2026-11-21", "2026-11-20")])
def test_a_stay_runs_forward(lost: str, again: str | None) -> None:
    again_on = None if again is None else date.fromisoformat(again)
    with pytest.raises(ValueError, match="a stay is lost"):
        months_counted(date(2026, 11, 5), date.fromisoformat(lost), again_on)


@given(st.lists(DAYS, min_size=3, max_size=3))
def test_a_break_never_adds_more_than_one_month(days: list[date]) -> None:
    acquired, middle, end = sorted(days)
    whole = months_counted(acquired, end)
    parts = months_counted(acquired, middle, middle) + months_counted(middle, end)
    assert whole <= parts <= whole + 1 if Month.of(middle) == Month.of(end) else parts == whole


@pytest.mark.parametrize(
    ("scheme", "month", "year"),
    [
        ("full", "2026-06", 2024),
        ("full", "2026-07", 2025),
        ("full", "2027-01", 2025),
        ("deferral", "2026-06", 2024),
        ("quarter", "2026-12", 2025),
        ("student", "2026-03", 2024),
        ("student", "2026-04", 2025),
        ("student", "2026-12", 2025),
    ],
)
def test_income_year(scheme: Scheme, month: str, year: int) -> None:
    assert income_year(scheme, Month.parse(month)) == year


@pytest.mark.parametrize(
    ("fact", "last"),
    [
        ("2026-11-23", "2026-12-07"),
        ("2027-02-15", "2027-03-01"),
        ("2028-02-15", "2028-02-29"),
        ("1998-05-01", "1998-05-15"),
    ],
)
def test_filing_deadline(fact: str, last: str, parameters: Parameters) -> None:
    assert deadline(date.fromisoformat(fact), parameters).isoformat() == last


@pytest.mark.parametrize(
    ("born", "last"),
    [
        ("1976-07-15", "2026-06"),
        ("1976-07-01", "2026-05"),
        ("1976-03-01", "2026-01"),
        ("1985-06-30", "2035-05"),
        ("1985-07-01", "2035-05"),
        ("1985-07-02", "2035-06"),  # the last month the law knows …
        ("1999-01-01", "2035-06"),  # … for everyone younger
        ("1966-08-02", "2016-07"),  # the older law's first month is this person's last
        ("1966-08-01", None),  # 50 attained in the older law's first month; 30 long before the younger law
        ("1975-05-02", "2025-04"),
        ("1960-01-01", None),
    ],
)
def test_last_eligible_month_for_deferral(born: str, last: str | None, parameters: Parameters) -> None:
    found = last_eligible_month(date.fromisoformat(born), parameters)
    assert (None if found is None else str(found)) == last
