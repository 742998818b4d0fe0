"""100,000 random persons by two ways: our rules, and plain conditions written from the rules page (thresholds, dates, months).

Same seed every time. The naive ways share no number, look-up or shape with `eligibility.rules`.
"""

import calendar
from datetime import date, timedelta
from random import Random

import pytest
from contracts.events.forms import Hardship
from contracts.events.income import AssessedIncome, Deductions, Dependants
from contracts.vocabulary import Month, Scheme, months
from eligibility.rules.age import attained_on
from eligibility.rules.cancellation import first_month_cancelled
from eligibility.rules.childcare import childcare_months
from eligibility.rules.class1_period import class1_period
from eligibility.rules.exemption import assess
from eligibility.rules.hardship import covers
from eligibility.rules.income_year import income_year
from eligibility.rules.maternity import maternity_months
from eligibility.rules.means_test import Tested as Person  # pytest would collect a class called Test…
from eligibility.rules.months_counted import months_counted
from eligibility.rules.reach import reach
from eligibility.rules.statutory_exemption import statutory_exemption_months

from tests.eligibility.test_second_implementation import ALL, MAN, PARAMETERS, naive

PERSONS = 100_000
YM = tuple[int, int]


def ym(day: date) -> YM:
    return day.year, day.month


def plus(month: YM, n: int) -> YM:
    year, rest = divmod(month[0] * 12 + month[1] - 1 + n, 12)
    return year, rest + 1


def end_of(month: YM) -> date:
    return date(*month, calendar.monthrange(*month)[1])


def listed(first: YM, last: YM) -> list[YM]:
    found = []
    while first <= last:
        found.append(first)
        first = plus(first, 1)
    return found


def as_listed(first: Month, last: Month) -> list[YM]:
    return [(month.year, month.month) for month in months(first, last)]


def naive_attained(born: date, age: int) -> date:
    """The day before the birthday; without a 29 February, its 28th."""
    year = born.year + age
    if (born.month, born.day) == (2, 29) and not calendar.isleap(year):
        return date(year, 2, 28)
    return date(year, born.month, born.day) - timedelta(days=1)


def naive_count(acquired: date, lost: date) -> int:
    """The months at whose end one was insured; the one month of a stay within a month counts, too."""
    within = [month for month in listed(ym(acquired), ym(lost)) if acquired <= end_of(month) < lost]
    return len(within) or 1


def naive_maternity(expected: date, actual: date | None, filed: date, multiple: bool) -> list[YM]:
    base = actual if actual is not None and actual <= filed else expected
    return [m for m in listed(plus(ym(base), -3 if multiple else -1), plus(ym(base), 2)) if m >= (2019, 4)]


def naive_childcare(born: date, care: date, maternity: list[YM]) -> list[YM]:
    if maternity:
        found = listed(plus(maternity[-1], 1), plus(maternity[-1], 9))
    else:
        one_year_old = naive_attained(born, 1) + timedelta(
            days=1
        )  # of 29 February: 1 March (an open point of the page)
        found = listed(ym(care), plus(ym(one_year_old), -1))[:12]
    return [month for month in found if month >= (2026, 10)]


def naive_hardship(left: date, month: YM, student: bool) -> bool:
    lost = left + timedelta(days=1)
    last = 3 if student else 6
    in_years = month[0] in (lost.year, lost.year + 1) or (month[0] == lost.year + 2 and month[1] <= last)
    return month >= plus(ym(lost), -1) and (in_years or month == plus(ym(lost), -1))


def naive_reachable(month: YM, applied: date) -> bool:
    """Due at the end of the next month, lapsed two years later; ahead to the end of the running cycle."""
    due = end_of(plus(month, 1))
    lapses = end_of((due.year + 2, due.month))
    cycle_ends = (applied.year + (applied.month > 6), 6)
    return applied <= lapses and month <= cycle_ends


def some_income(rng: Random) -> AssessedIncome:
    def count() -> int:
        return rng.choice((0, 0, 0, 1, 1, 2))

    def amount() -> int:
        return rng.choice((0, 0, 0, rng.randint(1, 60) * MAN))

    around = (67, 78, 88, 102, 118, 125, 128, 135, 158, 168, 137, 172)
    yen = rng.choice(
        (rng.choice(around) * MAN + rng.choice((-1, 0, 1)), rng.randint(0, 400) * MAN, rng.randrange(10**7))
    )
    flags = {name: rng.random() < 0.1 for name in ("widow", "single_parent", "working_student")}
    counts = {"disabled_count": count() // 2, "special_disabled_count": count() // 2}
    money = {name: amount() for name in Deductions.model_fields if name not in flags and name not in counts}
    return AssessedIncome.model_construct(
        total_income_yen=yen,
        dependants=Dependants.model_construct(**{name: count() // 2 for name in Dependants.model_fields}),
        deductions=Deductions.model_construct(**flags, **counts, **money),
        local_tax_disabled=rng.random() < 0.1,
        local_tax_widow=rng.random() < 0.1,
        local_tax_single_parent=rng.random() < 0.1,
    )


GROUNDS = ("unemployed", "disaster", "other_public_assistance", "dv_excluded", "special_disability_benefit")


def some_day(rng: Random, first: int, last: int) -> date:
    """Often at the edges of a month, sometimes the 29th of February."""
    year, month = rng.randint(first, last), rng.randint(1, 12)
    day = rng.choice((1, 2, calendar.monthrange(year, month)[1], rng.randint(1, 28)))
    return date(year, month, day)


def differing(seed: int, persons: int, lines_wrong: int = 0) -> list[str]:
    """What differs for random persons; `lines_wrong` shifts the naive answer, to show that a difference would be seen."""
    rng = Random(seed)
    found = []
    for n in range(persons):
        scheme: Scheme = rng.choice(ALL)
        month: YM = rng.choice(
            ((2021, 6), (2021, 7), (2026, 6), (2026, 7), (rng.randint(2007, 2036), rng.randint(1, 12)))
        )
        born = some_day(rng, 1950, 2015)
        household = {}
        for role in (
            "applicant",
            *(["spouse"] if rng.random() < 0.5 else []),
            *(["householder"] if rng.random() < 0.5 else []),
        ):
            income = some_income(rng) if rng.random() < 0.95 else None
            household[role] = income, {rng.choice(GROUNDS)} if rng.random() < 0.1 else set()
        tested = {role: Person(role, income, frozenset(grounds)) for role, (income, grounds) in household.items()}  # type: ignore[arg-type]
        ours = assess(
            scheme,
            Month(*month),
            born,
            tested["applicant"],
            tested.get("spouse"),
            tested.get("householder"),
            PARAMETERS,
        )
        if ours.outcome != naive(scheme, plus(month, lines_wrong), born, household):
            found.append(f"{n}: {scheme} in {month}")
        found += [f"{n}: {what}" for what, same in dates_and_months(rng, born, month).items() if not same]
    return found


def dates_and_months(rng: Random, born: date, month: YM) -> dict[str, bool]:
    age = rng.choice((20, 30, 50, 60, 65, 70))
    acquired = some_day(rng, 2015, 2030)
    lost = acquired + timedelta(days=rng.choice((0, 1, 20, 31, rng.randint(0, 4000))))
    expected, multiple = some_day(rng, 2018, 2030), rng.random() < 0.2
    actual = expected + timedelta(days=rng.randint(-40, 20)) if rng.random() < 0.7 else None
    filed = expected + timedelta(days=rng.randint(-180, 200))
    maternity = maternity_months(expected, actual, filed, multiple, PARAMETERS)
    naively = naive_maternity(expected, actual, filed, multiple)
    child = some_day(rng, 2025, 2029)
    care = child + timedelta(days=rng.choice((0, 0, rng.randint(0, 500))))
    own = maternity if rng.random() < 0.5 else None
    childcare = childcare_months(child, care, own, PARAMETERS)
    left, student = some_day(rng, 2018, 2030), rng.random() < 0.3
    claimed = Hardship.model_construct(ground="unemployed", role="applicant", on=left)
    around = plus(ym(left), rng.randint(-3, 45))
    arose = some_day(rng, 2015, 2030)
    ceased = arose + timedelta(days=rng.randint(0, 900)) if rng.random() < 0.7 else None
    statutory = statutory_exemption_months(arose, ceased)
    applied = some_day(rng, 2014, 2030)
    applied = max(applied, date(2014, 4, 1))
    asked = plus(ym(applied), rng.randint(-30, 14))
    period = class1_period(born, PARAMETERS)
    scheme: Scheme = "student" if student else "half"
    ends_in = 3 if student else 6
    return {
        "age": attained_on(born, age) == naive_attained(born, age),
        "class 1": (period.acquired_on, period.lost_on) == (naive_attained(born, 20), naive_attained(born, 60)),
        "months": months_counted(acquired, lost) == naive_count(acquired, lost),
        "maternity": ([] if maternity is None else as_listed(maternity.first, maternity.last)) == naively,
        "childcare": ([] if childcare is None else as_listed(childcare.first, childcare.last))
        == naive_childcare(child, care, naively if own is not None else []),
        "hardship": covers(claimed, Month(*around), scheme) == naive_hardship(left, around, student),
        "statutory": ((statutory[0].year, statutory[0].month), statutory[1])
        == (plus(ym(arose), -1), None if ceased is None else Month(*ym(ceased))),
        "reach": (Month(*asked) in reach("full", applied, PARAMETERS)) == naive_reachable(asked, applied),
        "income year": income_year(scheme, Month(*month)) == month[0] - (1 if month[1] > ends_in else 2),
        "cancellation": first_month_cancelled(applied) == Month(*plus(ym(applied), -1)),
    }


@pytest.mark.parametrize("part", range(4))
def test_two_implementations_agree_on_a_hundred_thousand_persons(part: int) -> None:
    assert differing(seed=part, persons=PERSONS // 4) == []


def test_a_law_that_changed_a_month_late_would_be_noticed() -> None:
    assert len(differing(seed=0, persons=2_000, lines_wrong=1)) > 10
