"""Boundaries that no other test stands on: the last month and the next, the last yen and one more."""

import json
from dataclasses import fields, replace
from datetime import date
from typing import Any

import pytest
from contracts.events.eligibility import Role
from contracts.events.forms import FilingContent, Form, Hardship
from contracts.events.income import AssessedIncome, Deductions, Dependants
from contracts.vocabulary import Month, Scheme, months
from eligibility.parameter_files import load_parameters
from eligibility.rules import exemption, income_limit
from eligibility.rules.childcare import childcare_months
from eligibility.rules.deferral import age_and_month
from eligibility.rules.exemption import DEFAULT_ORDER, RULES, Ground, Verdict, assess, months_of_change, person_meets
from eligibility.rules.exemption import Tested as Person  # pytest would collect a class called Test…
from eligibility.rules.hardship import covers
from eligibility.rules.papers import missing_papers
from eligibility.rules.parameters import Dated, Parameters, every_value
from eligibility.rules.route import route
from eligibility.rules.voluntary import refused_because
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from tests.eligibility.test_routes_and_papers import ROUTES

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


def amended(parameters: Parameters, subject: str, name: str, month: Month) -> Parameters:
    """The same law, but the newest value of one amount holds only from this month on."""
    values = getattr(parameters, subject)
    dated: Dated[Any] = getattr(values, name)
    history = (*dated.history, replace(dated.newest, since=month))
    changed = replace(dated, history=history, starts=(*dated.starts, month))
    return replace(parameters, **{subject: replace(values, **{name: changed})})


LOOKED_AT = ("exemption_income_limits", "flat_line", "dependant_additions", "deductions", "deferral")
STUDENTS_ONLY = ("student", "limit_student", "single_parent_student", "specified_relative_special_student")
VALUES = [(subject, value.name) for subject in LOOKED_AT for value in fields(getattr(PARAMETERS, subject))]


@pytest.mark.parametrize(("subject", "name"), VALUES)
def test_an_amount_amended_within_a_cycle_changes_verdicts_from_that_month(subject: str, name: str) -> None:
    law = amended(PARAMETERS, subject, name, Month(2028, 10))
    born, first, last = date(1990, 5, 10), Month(2028, 7), Month(2029, 3)
    exemptions = [] if name in STUDENTS_ONLY else [Month(2028, 10)]
    assert sorted(months_of_change(DEFAULT_ORDER, first, last, born, law)) == exemptions
    assert sorted(months_of_change(STUDENT, first, last, born, law)) == [Month(2028, 10)]


def test_deferral_that_ends_within_a_cycle_changes_the_month_after() -> None:
    terms = PARAMETERS.deferral
    newest = replace(terms.last_month.newest, value=Month(2028, 10))
    law = replace(PARAMETERS, deferral=replace(terms, last_month=replace(terms.last_month, history=(newest,))))
    found = months_of_change(("deferral",), Month(2028, 7), Month(2029, 6), date(1990, 5, 10), law)
    assert found == {Month(2028, 11)}


@pytest.mark.parametrize(
    ("scheme", "tested"),
    [
        ("full", ("applicant", "spouse", "householder")),
        ("three_quarter", ("applicant", "spouse", "householder")),
        ("half", ("applicant", "spouse", "householder")),
        ("quarter", ("applicant", "spouse", "householder")),
        ("deferral", ("applicant", "spouse")),
        ("student", ("applicant",)),
    ],
)
def test_whom_a_scheme_tests(scheme: Scheme, tested: tuple[Role, ...]) -> None:
    assert (RULES[scheme].scheme, RULES[scheme].tested) == (scheme, tested)


@pytest.mark.parametrize(
    ("born", "month", "law", "outcome", "failed_by", "since"),
    [
        ("1976-07-15", "2026-06", "平26改正法附則14条1項", "holds", None, "2016-07"),
        ("1976-07-15", "2026-07", "平26改正法附則14条1項", "fails", "applicant", "2016-07"),
        ("1996-07-15", "2026-06", "平16改正法附則19条2項", "holds", None, "2006-07"),
        ("1986-06-15", "2016-06", "平16改正法附則19条2項", "fails", "applicant", "2006-07"),
        ("2000-01-20", "2035-06", "平26改正法附則14条1項", "holds", None, "2016-07"),
        ("2000-01-20", "2035-07", "平26改正法附則14条1項", "fails", "applicant", "2005-04"),
    ],
)
def test_the_law_that_deferral_rests_on(
    born: str, month: str, law: str, outcome: str, failed_by: str | None, since: str, parameters: Parameters
) -> None:
    found, verdict = age_and_month(Month.parse(month), date.fromisoformat(born), parameters)
    assert (found, verdict.outcome, verdict.failed_by) == (law, outcome, failed_by)
    assert [(step.article, step.outcome, step.role, step.parameters_from) for step in verdict.steps] == [
        (law, outcome, "applicant", since)
    ]


@pytest.mark.parametrize(
    ("scheme", "month", "article"),
    [
        ("full", "2005-03", "NPA 90条1項1号, NPO 6条の7, 6条の11"),
        ("half", "2005-03", "NPA 90条の2第2項1号, NPO 6条の9, 6条の12"),
        ("three_quarter", "2006-06", "NPA 90条の2第1項1号, NPO 6条の8の2, 6条の12"),
        ("quarter", "2006-06", "NPA 90条の2第3項1号, NPO 6条の9の2, 6条の12"),
        ("student", "2005-03", "NPA 90条の3第1項1号, NPO 6条の9, 6条の12"),
        ("deferral", "2005-03", "平16改正法附則19条"),
    ],
)
def test_a_month_before_the_law_we_hold_names_the_article(
    scheme: Scheme, month: str, article: str, parameters: Parameters
) -> None:
    poor = Person("applicant", AssessedIncome(total_income_yen=0))
    verdict = assess(scheme, Month.parse(month), date(1985, 5, 10), poor, None, None, parameters)
    assert [(step.article, step.reason) for step in verdict.steps] == [(article, "law_not_held")]
    assert person_meets(scheme, Month.parse(month), poor, parameters) == verdict


@pytest.mark.parametrize("scheme", RULES)
def test_an_unknown_income_before_the_law_we_hold_is_not_what_matters(scheme: Scheme, parameters: Parameters) -> None:
    hidden = Person("applicant", None)
    verdict = assess(scheme, Month(1999, 4), date(1975, 5, 10), hidden, None, None, parameters)
    assert [step.reason for step in verdict.steps] == ["law_not_held"]


def test_without_an_age_deferral_names_both_laws(parameters: Parameters) -> None:
    poor = Person("applicant", AssessedIncome(total_income_yen=0))
    verdict = person_meets("deferral", Month(2026, 8), poor, parameters)
    assert verdict.steps[0].article == "平16改正法附則19条2項・平26改正法附則14条1項1号, NPO 6条の7, 6条の11"


@pytest.mark.parametrize(
    ("scheme", "month", "ground", "article"),
    [
        ("full", "2021-06", "unemployed", "旧NPA 90条1項5号, NPR 77条の7第2号"),
        ("full", "2021-07", "unemployed", "NPA 90条1項4号, NPR 77条の7第2号"),
        ("half", "2021-06", "disaster", "NPA 90条の2第2項3号, NPR 77条の7第1号"),
        ("student", "2021-03", "unemployed", "NPA 90条の3第1項3号, NPR 77条の7第2号"),
        ("student", "2021-04", "unemployed", "NPA 90条の3第1項3号, NPR 77条の7第2号"),
    ],
)
def test_hardship_by_its_number_then_and_now(
    scheme: Scheme, month: str, ground: Ground, article: str, parameters: Parameters
) -> None:
    rich = Person("applicant", AssessedIncome(total_income_yen=9_000_000), frozenset({ground}))
    steps = person_meets(scheme, Month.parse(month), rich, parameters).steps
    assert [(step.article, step.outcome, step.reason) for step in steps] == [(article, "holds", ground)]


@pytest.mark.parametrize("yen", [670_000, 670_001])
def test_the_special_disability_benefit_is_named_only_where_income_does_not_suffice(
    yen: int, parameters: Parameters
) -> None:
    recipient = Person("applicant", AssessedIncome(total_income_yen=yen), frozenset({"special_disability_benefit"}))
    reason = "income_within_limit" if yen == 670_000 else "special_disability_benefit"
    for verdict in (
        assess("full", Month(2026, 8), date(1990, 5, 10), recipient, None, None, parameters),
        person_meets("full", Month(2026, 8), recipient, parameters),
    ):
        assert [step.reason for step in verdict.steps] == [reason]


@pytest.mark.parametrize(
    ("income", "month", "since"),
    [
        (AssessedIncome(total_income_yen=0), "2026-08", "2005-04"),
        (AssessedIncome(total_income_yen=0, deductions=Deductions(widow=True)), "2026-08", "2005-04"),
        (AssessedIncome(total_income_yen=0, deductions=Deductions(single_parent=True)), "2021-06", "2005-04"),
        (AssessedIncome(total_income_yen=0, deductions=Deductions(single_parent=True)), "2021-07", "2021-07"),
        (AssessedIncome(total_income_yen=0, deductions=Deductions(specified_relative_special=1)), "2026-08", "2026-07"),
    ],
)
def test_only_a_deduction_that_is_taken_dates_the_counted_income(
    income: AssessedIncome, month: str, since: str, parameters: Parameters
) -> None:
    counted = income_limit.income_after_deductions(Month.parse(month), income, parameters, student=False)
    assert str(counted.since) == since


def test_only_dependants_who_are_there_date_the_limit() -> None:
    law = amended(PARAMETERS, "dependant_additions", "under_16", Month(2028, 7))
    limits = [
        exemption.income_limit("half", Month(2028, 8), dependants, law)
        for dependants in (Dependants(), Dependants(general=1), Dependants(under_16=1))
    ]
    assert [str(limit.since) for limit in limits] == ["2021-07", "2021-07", "2028-07"]


@pytest.mark.parametrize(
    ("ground", "on", "covered"),
    [
        ("disaster", "2026-03-31", ("2026-02", "2028-06")),
        ("disaster", "2025-12-31", ("2025-11", "2027-06")),
        ("unemployed", "2026-03-31", ("2026-03", "2028-06")),  # lost on 1 April
        ("unemployed", "2025-12-31", ("2025-12", "2028-06")),  # lost on New Year's Day
    ],
)
def test_a_disaster_counts_from_its_day_and_a_loss_of_work_from_the_day_after_leaving(
    ground: Any, on: str, covered: tuple[str, str]
) -> None:
    claimed = Hardship(ground=ground, role="applicant", on=date.fromisoformat(on))
    first, last = map(Month.parse, covered)
    may = [covers(claimed, month, "full") for month in (first - 1, first, last, last + 1)]
    assert may == [False, True, True, False]


def test_care_of_an_adopted_child_ends_with_the_month_before_the_first_birthday(parameters: Parameters) -> None:
    for born, last in (("2026-12-30", "2027-11"), ("2026-12-31", "2027-11"), ("2027-01-01", "2027-12")):
        found = childcare_months(date.fromisoformat(born), date(2027, 3, 1), None, parameters)
        assert found is not None
        assert str(found.last) == last


READ: TypeAdapter[Form] = TypeAdapter(FilingContent)
DIED = {"died_on": "2026-10-14"}
DISABILITY = ("medical_certificate", "medical_history_statement", "first_visit_proof")
FAMILY = ("family_register", "livelihood_proof")


@pytest.mark.parametrize(
    ("form", "needed"),
    [
        ({"kind": "survivors_claim", **DIED, "deceased_as": "category1", "relation": "spouse"}, FAMILY),
        ({"kind": "widows_pension_claim", **DIED, "married_on": "1996-11-22"}, FAMILY),
        ({"kind": "death_lump_sum_claim", **DIED, "relation": "spouse"}, FAMILY),
        ({"kind": "unpaid_pension_claim", **DIED, "relation": "child", "pension": "widow"}, FAMILY),
        ({"kind": "special_disability_claim", "formerly": "student", "first_visit_on": "1990-02-01"}, DISABILITY),
        ({"kind": "recipient", "about": "income_report", "pension": "disability"}, ("income_report",)),
        (
            {
                "kind": "exemption",
                "first_month": "2026-07",
                "last_month": "2027-06",
                "hardships": [{"ground": "disaster", "role": "applicant", "on": "2026-10-14"}],
            },
            ("disaster_proof",),
        ),
        (
            {
                "kind": "student",
                "first_month": "2026-04",
                "last_month": "2027-03",
                "school": "s",
                "hardships": [{"ground": "unemployed", "role": "applicant", "on": "2026-10-14"}],
            },
            ("student_proof", "job_loss_proof"),
        ),
        (
            {"kind": "voluntary_entry", "membership": "special_voluntary_overseas"},
            ("certificate_of_residence_abroad",),
        ),
    ],
)
def test_papers_that_come_with_a_form(form: dict[str, Any], needed: tuple[str, ...]) -> None:
    assert missing_papers(READ.validate_json(json.dumps(form))) == needed


def test_the_first_month_we_hold_and_the_one_before(parameters: Parameters) -> None:
    half = parameters.exemption_income_limits.half
    assert [half.held(Month(2005, 3)), half.held(Month(2005, 4))] == [False, True]
    assert {dated.name for dated in every_value(parameters)} >= {half.name, parameters.premium.base.name}


def test_from_65_a_national_abroad_must_be_of_a_cohort_too(parameters: Parameters) -> None:
    for born, why in ((date(1975, 4, 1), None), (date(1975, 4, 2), "born_after_cohort")):
        day = date(2040, 4, 1)
        assert refused_because("special_voluntary_overseas", born, day, False, parameters) == why


@pytest.mark.parametrize("scheme", PARTIAL)
def test_single_parents_deduction_begins_in_july_2021_for_exemptions(scheme: Scheme, parameters: Parameters) -> None:
    income = AssessedIncome(total_income_yen=9_000_000, deductions=Deductions(single_parent=True))
    over = [
        person_meets(scheme, month, Person("applicant", income), parameters).over_yen
        for month in (Month(2021, 6), Month(2021, 7))
    ]
    assert over[0] is not None
    assert over[1] == over[0] - 350_000 - 100_000  # the limit rose by 100,000 yen that month, too
    plain = Person("applicant", AssessedIncome(total_income_yen=9_000_000))
    assert person_meets(scheme, Month(2021, 6), plain, parameters).over_yen == over[0]


def test_no_amount_dates_an_unknown_income(parameters: Parameters) -> None:
    step = person_meets("full", Month(2026, 8), Person("applicant", None), parameters).steps[0]
    assert (step.reason, step.parameters_from) == ("income_unknown", None)


def test_the_flat_line_is_named_before_hardship_and_dated_by_its_youngest_amount() -> None:
    law = amended(PARAMETERS, "flat_line", "limit", Month(2028, 7))
    widow = AssessedIncome(total_income_yen=1_350_000, local_tax_widow=True)
    step = person_meets("full", Month(2028, 7), Person("applicant", widow, frozenset({"unemployed"})), law).steps[0]
    assert (step.reason, step.parameters_from) == ("income_within_flat_line", "2028-07")


# provision, forms
PROVISIONS = [
    ("NPA 12条4項, NPR 9条1項", ("acquisition", "category_change", "loss")),
    ("NPA 105条4項, NPR 9条1項", ("death",)),
    ("NPO 1条の2第1号", ("voluntary_entry", "voluntary_withdrawal")),
    ("NPR 11条; NPO 1条の2第2号 (deleted)", ("number_notice_reissue",)),
    ("NPA 105条1項, NPO 1条の2第10号", ("maternity", "childcare", "statutory_start", "statutory_end")),
    ("NPO 1条の2第8号", ("pay_despite_exemption",)),
    ("NPO 1条の2第9号", ("exemption", "student", "exemption_cancellation")),
    ("NPR 77条の9, NPO 1条の2第10号", ("student_end",)),
    ("NPR 77条の7の2, NPO 1条の2第10号", ("spouse_change",)),
    ("NPO 1条の2第7号", ("additional_start", "additional_stop")),
    ("NPR 78条の5, 78条の6", ("farmers_pension",)),
    ("NPO 1条の2第3号ホ", ("widows_pension_claim",)),
    ("NPO 1条の2第3号ヘ", ("death_lump_sum_claim",)),
    ("特別障害給付金法6条3項, 特別障害給付金法施行令11条", ("special_disability_claim",)),
]


@pytest.mark.parametrize(("provision", "kinds"), PROVISIONS)
def test_the_whole_provision_that_sends_a_form_its_way(provision: str, kinds: tuple[str, ...]) -> None:
    forms = [READ.validate_json(json.dumps(form)) for form, _, _ in ROUTES if form["kind"] in kinds]
    assert {form.kind for form in forms} == set(kinds)
    assert {route(form).article for form in forms} == {provision}
