"""A second, naive implementation of the exemption tests, written from the rules page alone, and what both must obey.

It shares neither numbers, nor lookups, nor shape with `eligibility.rules`: amounts in 万円 straight from the tables of
sections 2.3–2.10, months as (year, month), everything by plain conditions.
"""

from datetime import date
from typing import Any

from contracts.events.income import AssessedIncome, Deductions, Dependants
from contracts.vocabulary import Month, Scheme
from eligibility.parameter_files import load_parameters
from eligibility.rules.exemption import Ground, assess, income_limit, person_meets
from eligibility.rules.exemption import Tested as Person  # pytest would collect a class called Test…
from hypothesis import given
from hypothesis import strategies as st

PARAMETERS = load_parameters()
ALL: tuple[Scheme, ...] = ("full", "three_quarter", "half", "quarter", "deferral", "student")
MAN = 10_000


def naive_person(scheme: str, ym: tuple[int, int], who: str, income: AssessedIncome | None, grounds: set[str]) -> str:
    new = ym >= ((2021, 4) if scheme == "student" else (2021, 7))
    relative = ym >= ((2027, 4) if scheme == "student" else (2026, 7))
    if grounds & {"unemployed", "disaster", "other_public_assistance"}:
        return "holds"
    if who == "spouse" and "dv_excluded" in grounds:
        return "holds"
    if income is None:
        return "unknown"
    listed = income.local_tax_disabled or income.local_tax_widow or (income.local_tax_single_parent and new)
    if listed and income.total_income_yen <= (135 if new else 125) * MAN:
        return "holds"
    n, t = income.dependants, income.deductions
    if scheme in ("full", "deferral"):
        count = n.same_livelihood_spouse + n.same_livelihood_spouse_70plus + n.general
        count += n.age_16_18 + n.specific_19_22 + n.elderly_70plus + n.under_16
        limit = ((count + 1) * 35 + (32 if new else 22)) * MAN
        return "holds" if income.total_income_yen <= limit else "fails"
    base = {"three_quarter": 78, "half": 118, "quarter": 158, "student": 118}[scheme] + (10 if new else 0)
    a = 38 * (n.same_livelihood_spouse + n.general + n.under_16)
    a += 48 * (n.same_livelihood_spouse_70plus + n.elderly_70plus) + 63 * (n.specific_19_22 + n.age_16_18)
    left = income.total_income_yen - t.loss_carryover - t.casualty_loss - t.medical - t.social_insurance
    left -= t.small_enterprise_mutual_aid + t.spouse_special + t.cattle_sale
    left -= MAN * (27 * t.disabled_count + 40 * t.special_disabled_count + 27 * (t.widow + t.working_student))
    if new and t.single_parent:
        left -= 35 * MAN
    if relative:
        left -= t.specified_relative_special
    return "holds" if left <= (base + a) * MAN else "fails"


def naive_deferral_age(ym: tuple[int, int], born: date) -> bool:
    def before_attaining(age: int) -> bool:
        year, month = born.year + age, born.month
        if born.day == 1:  # attained on the last day of the month before
            year, month = (year, month - 1) if month > 1 else (year - 1, 12)
        return ym < (year, month)

    return ym <= (2035, 6) and (before_attaining(30) or (ym >= (2016, 7) and before_attaining(50)))


def naive(scheme: str, ym: tuple[int, int], born: date, persons: dict[str, tuple[Any, set[str]]]) -> str:
    if scheme == "deferral" and not naive_deferral_age(ym, born):
        return "fails"
    if (
        scheme in ("full", "three_quarter", "half", "quarter")
        and "special_disability_benefit" in persons["applicant"][1]
    ):
        return "holds"
    who = {"student": ["applicant"], "deferral": ["applicant", "spouse"]}.get(scheme, list(persons))
    answers = [naive_person(scheme, ym, role, *persons[role]) for role in who if role in persons]
    return "fails" if "fails" in answers else "unknown" if "unknown" in answers else "holds"


COUNT = st.integers(0, 2)
# around the lines and in steps of 万円, so that exact limits are met; a yen beside them
YEN = st.one_of(
    st.integers(-50, 400).map(lambda man: man * MAN),
    st.integers(0, 300).map(lambda man: man * MAN + 1),
    st.integers(-(10**6), 10**7),
)
DEDUCTION = st.one_of(st.just(0), st.just(0), st.integers(0, 60).map(lambda man: man * MAN))
DEPENDANTS = st.builds(Dependants, **dict.fromkeys(Dependants.model_fields, COUNT))
DEDUCTIONS = st.builds(
    Deductions,
    **{
        name: st.booleans()
        if name in ("widow", "single_parent", "working_student")
        else COUNT
        if "count" in name
        else DEDUCTION
        for name in Deductions.model_fields
    },
)
INCOME = st.builds(
    AssessedIncome,
    total_income_yen=YEN,
    dependants=DEPENDANTS,
    deductions=DEDUCTIONS,
    local_tax_disabled=st.booleans(),
    local_tax_widow=st.booleans(),
    local_tax_single_parent=st.booleans(),
)
GROUNDS = st.frozensets(
    st.sampled_from(["unemployed", "disaster", "other_public_assistance", "dv_excluded", "special_disability_benefit"]),
    max_size=1,
)
MONTHS = st.one_of(
    st.sampled_from([(2016, 6), (2016, 7), (2021, 3), (2021, 4), (2021, 6), (2021, 7), (2026, 6), (2026, 7)]),
    st.sampled_from([(2027, 3), (2027, 4), (2035, 6), (2035, 7)]),
    st.tuples(st.integers(2007, 2036), st.integers(1, 12)),
)
BORN = st.dates(date(1950, 1, 1), date(2015, 12, 31))


@given(
    month=MONTHS,
    born=BORN,
    applicant=st.tuples(st.none() | INCOME, GROUNDS),
    spouse=st.none() | st.tuples(st.none() | INCOME, GROUNDS),
    householder=st.none() | st.tuples(st.none() | INCOME, GROUNDS),
)
def test_both_implementations_agree(month: Any, born: date, applicant: Any, spouse: Any, householder: Any) -> None:
    persons = {"applicant": applicant, "spouse": spouse, "householder": householder}
    given_persons = {role: who for role, who in persons.items() if who is not None}
    one = Person("applicant", *applicant)
    two = None if spouse is None else Person("spouse", *spouse)
    three = None if householder is None else Person("householder", *householder)
    for scheme in ALL:
        verdict = assess(scheme, Month(*month), born, one, two, three, PARAMETERS)
        assert verdict.outcome == naive(scheme, month, born, given_persons)
        assert (verdict.failed_by is None) == (verdict.outcome != "fails")


@given(st.sampled_from(ALL), MONTHS, INCOME, st.integers(1, 10**6))
def test_more_income_never_helps(scheme: Scheme, month: Any, income: AssessedIncome, more: int) -> None:
    richer = income.model_copy(update={"total_income_yen": income.total_income_yen + more})
    if person_meets(scheme, Month(*month), Person("applicant", richer), PARAMETERS).outcome == "holds":
        assert person_meets(scheme, Month(*month), Person("applicant", income), PARAMETERS).outcome == "holds"


@given(st.sampled_from(ALL), MONTHS, DEPENDANTS, st.sampled_from(sorted(Dependants.model_fields)))
def test_one_more_dependant_raises_the_limit(scheme: Scheme, month: Any, dependants: Dependants, kind: str) -> None:
    more = dependants.model_copy(update={kind: getattr(dependants, kind) + 1})
    limits = [income_limit(scheme, Month(*month), group, PARAMETERS).yen for group in (dependants, more)]
    assert limits[0] < limits[1]


@given(month=MONTHS, born=BORN, applicant=INCOME, spouse=INCOME, householder=INCOME, grounds=GROUNDS)
def test_a_larger_exemption_implies_every_smaller_one(
    month: Any, born: date, applicant: Any, spouse: Any, householder: Any, grounds: frozenset[Ground]
) -> None:
    """True with carried-over losses, too: 6条の12 only takes off, and its limits lie above 6条の7 for any household."""
    household = (
        Person("applicant", applicant, grounds),
        Person("spouse", spouse),
        Person("householder", householder),
    )
    outcomes = [
        assess(scheme, Month(*month), born, *household, PARAMETERS).outcome == "holds"
        for scheme in ("full", "three_quarter", "half", "quarter")
    ]
    assert outcomes == sorted(outcomes)


@given(month=MONTHS, born=BORN, income=st.none() | INCOME, role=st.sampled_from(["spouse", "householder"]))
def test_an_unknown_income_is_never_read_as_zero(month: Any, born: date, income: Any, role: Any) -> None:
    hidden = Person(role, None)
    applicant = Person("applicant", income)
    spouse, householder = (hidden, None) if role == "spouse" else (None, hidden)
    for scheme in ("full", "three_quarter", "half", "quarter"):
        assert assess(scheme, Month(*month), born, applicant, spouse, householder, PARAMETERS).outcome != "holds"
