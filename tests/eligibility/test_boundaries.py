"""Boundaries that no other test stands on: the last month and the next, the last yen and one more."""

from datetime import date
from typing import Any

import pytest
from contracts.events.income import AssessedIncome, Deductions, Dependants
from contracts.vocabulary import Month, Scheme, months
from eligibility.parameter_files import load_parameters
from eligibility.rules.exemption import DEFAULT_ORDER, Verdict, assess, months_of_change
from eligibility.rules.exemption import Tested as Person  # pytest would collect a class called Test…
from eligibility.rules.parameters import Parameters
from hypothesis import given
from hypothesis import strategies as st

PARAMETERS = load_parameters()
STUDENT: tuple[Scheme, ...] = ("student",)
PARTIAL: tuple[Scheme, ...] = ("three_quarter", "half", "quarter")


@pytest.mark.parametrize(
    ("schemes", "born", "first", "last", "changes"),
    [
        (DEFAULT_ORDER, "1990-05-10", "2026-07", "2027-06", []),  # one cycle, one law
        (DEFAULT_ORDER, "1990-05-10", "2026-06", "2026-07", ["2026-07"]),
        (DEFAULT_ORDER, "1990-05-10", "2026-07", "2028-07", ["2027-07", "2028-07"]),
        (DEFAULT_ORDER, "1976-10-02", "2026-07", "2027-06", ["2026-10"]),  # 50 attained on 1 October
        (DEFAULT_ORDER, "1976-10-01", "2026-07", "2027-06", ["2026-09"]),  # 50 attained on 30 September
        (
            DEFAULT_ORDER,
            "1976-07-02",
            "2026-07",
            "2027-06",
            [],
        ),  # attained in the first month: nothing changes after it
        (DEFAULT_ORDER, "1976-06-02", "2025-07", "2026-06", ["2026-06"]),
        (DEFAULT_ORDER, "1996-12-31", "2026-07", "2027-06", ["2026-12"]),  # 30: the other law on 納付猶予
        (PARTIAL, "1976-10-02", "2026-07", "2027-06", []),  # age matters to 納付猶予 only
        (("deferral",), "2000-01-20", "2035-05", "2035-08", ["2035-07"]),  # 納付猶予 ends
        (("full",), "1990-05-10", "2020-07", "2021-06", []),
        (STUDENT, "2006-05-10", "2027-04", "2028-03", []),
        (STUDENT, "2006-05-10", "2027-03", "2028-04", ["2027-04", "2028-04"]),
        (STUDENT, "2006-05-10", "2026-06", "2026-07", ["2026-07"]),  # an amount of the other schemes is looked at, too
    ],
)
def test_months_in_which_a_verdict_may_change(
    schemes: tuple[Scheme, ...], born: str, first: str, last: str, changes: list[str], parameters: Parameters
) -> None:
    found = months_of_change(schemes, Month.parse(first), Month.parse(last), date.fromisoformat(born), parameters)
    assert sorted(map(str, found)) == changes


@given(
    schemes=st.sampled_from([DEFAULT_ORDER, STUDENT]),
    first=st.builds(Month, st.integers(2003, 2036), st.integers(1, 12)),
    length=st.integers(1, 30),
    born=st.dates(date(1950, 1, 1), date(2010, 12, 31)),
    income=st.none()
    | st.builds(
        AssessedIncome,
        total_income_yen=st.integers(0, 3_000_000),
        dependants=st.builds(Dependants, under_16=st.integers(0, 2), age_16_18=st.integers(0, 2)),
        deductions=st.builds(
            Deductions, single_parent=st.booleans(), specified_relative_special=st.sampled_from([0, 450_000])
        ),
        local_tax_widow=st.booleans(),
        local_tax_single_parent=st.booleans(),
    ),
)
def test_between_two_such_months_every_verdict_stays_the_same(
    schemes: tuple[Scheme, ...], first: Month, length: int, born: date, income: Any
) -> None:
    last = first + length
    changes = months_of_change(schemes, first, last, born, PARAMETERS)
    assert all(first < month <= last for month in changes)
    applicant, householder = Person("applicant", income), Person("householder", income)
    known: dict[Scheme, Verdict] = {}
    for month in months(first, last):
        verdicts = {s: assess(s, month, born, applicant, None, householder, PARAMETERS) for s in schemes}
        assert month == first or month in changes or verdicts == known
        known = verdicts
