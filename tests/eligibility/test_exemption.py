"""NPA 90条–90条の3 and 納付猶予 as decision tables: the limit exactly and one yen above, the last month and the next."""

from datetime import date

import pytest
from contracts.events.eligibility import Role
from contracts.events.income import AssessedIncome, Deductions, Dependants
from contracts.vocabulary import Month, Scheme
from eligibility.rules.exemption import (
    DEFAULT_ORDER,
    Choice,
    Ground,
    Verdict,
    assess,
    first_passed,
    person_meets,
)
from eligibility.rules.exemption import Tested as Person  # pytest would collect a class called Test…
from eligibility.rules.parameters import Parameters

BORN = date(1990, 5, 10)
SCHEMES: tuple[Scheme, ...] = ("full", "three_quarter", "half", "quarter", "deferral", "student")


def earns(yen: int, role: Role = "applicant", *grounds: Ground) -> Person:
    return Person(role, AssessedIncome(total_income_yen=yen), frozenset(grounds))


def listed(yen: int, flag: str) -> Person:
    """An applicant whom the flat line names: disabled, widow or single parent."""
    return Person("applicant", AssessedIncome(total_income_yen=yen).model_copy(update={flag: True}))


def unknown(role: Role, *grounds: Ground) -> Person:
    return Person(role, None, frozenset(grounds))


@pytest.mark.parametrize(
    ("scheme", "month", "limit", "article", "since"),
    [
        ("full", "2021-06", 570_000, "NPA 90条1項1号, NPO 6条の7, 6条の11", "2005-04"),
        ("full", "2021-07", 670_000, "NPA 90条1項1号, NPO 6条の7, 6条の11", "2021-07"),
        ("three_quarter", "2021-06", 780_000, "NPA 90条の2第1項1号, NPO 6条の8の2, 6条の12", "2006-07"),
        ("three_quarter", "2021-07", 880_000, "NPA 90条の2第1項1号, NPO 6条の8の2, 6条の12", "2021-07"),
        ("half", "2021-06", 1_180_000, "NPA 90条の2第2項1号, NPO 6条の9, 6条の12", "2005-04"),
        ("half", "2021-07", 1_280_000, "NPA 90条の2第2項1号, NPO 6条の9, 6条の12", "2021-07"),
        ("quarter", "2021-06", 1_580_000, "NPA 90条の2第3項1号, NPO 6条の9の2, 6条の12", "2006-07"),
        ("quarter", "2021-07", 1_680_000, "NPA 90条の2第3項1号, NPO 6条の9の2, 6条の12", "2021-07"),
        ("student", "2021-03", 1_180_000, "NPA 90条の3第1項1号, NPO 6条の9, 6条の12", "2005-04"),
        ("student", "2021-04", 1_280_000, "NPA 90条の3第1項1号, NPO 6条の9, 6条の12", "2021-04"),
        ("deferral", "2021-06", 570_000, "平26改正法附則14条1項1号, NPO 6条の7, 6条の11", "2005-04"),
        ("deferral", "2021-07", 670_000, "平26改正法附則14条1項1号, NPO 6条の7, 6条の11", "2021-07"),
    ],
)
def test_the_limit_exactly_and_one_yen_above(
    scheme: Scheme, month: str, limit: int, article: str, since: str, parameters: Parameters
) -> None:
    at_limit = assess(scheme, Month.parse(month), BORN, earns(limit), None, None, parameters)
    above = assess(scheme, Month.parse(month), BORN, earns(limit + 1), None, None, parameters)
    assert (at_limit.outcome, at_limit.over_yen, at_limit.failed_by) == ("holds", None, None)
    assert (above.outcome, above.over_yen, above.failed_by) == ("fails", 1, "applicant")
    step = at_limit.steps[-1]
    assert (step.article, step.reason, step.parameters_from) == (article, "income_within_limit", since)
    assert above.steps[-1].reason == "income_over_limit"


@pytest.mark.parametrize(
    ("flag", "scheme", "month", "line", "article"),
    [
        ("local_tax_disabled", "full", "2021-06", 1_250_000, "NPA 90条1項3号, NPO 6条の8"),
        ("local_tax_widow", "full", "2021-06", 1_250_000, "旧NPA 90条1項4号, NPO 6条の8"),
        ("local_tax_single_parent", "full", "2021-06", 570_000, None),
        ("local_tax_disabled", "full", "2021-07", 1_350_000, "NPA 90条1項3号, NPO 6条の8"),
        ("local_tax_widow", "full", "2021-07", 1_350_000, "NPA 90条1項3号, NPO 6条の8"),
        ("local_tax_single_parent", "full", "2021-07", 1_350_000, "NPA 90条1項3号, NPO 6条の8"),
        ("local_tax_widow", "half", "2021-06", 1_250_000, "NPA 90条の2第2項2号, 旧NPA 90条1項4号, NPO 6条の8"),
        ("local_tax_widow", "three_quarter", "2026-08", 1_350_000, "NPA 90条の2第1項2号, NPA 90条1項3号, NPO 6条の8"),
        ("local_tax_single_parent", "student", "2021-03", 1_180_000, None),
        ("local_tax_single_parent", "student", "2021-04", 1_350_000, "NPA 90条の3第1項2号, NPA 90条1項3号, NPO 6条の8"),
        ("local_tax_widow", "student", "2021-03", 1_250_000, "NPA 90条の3第1項2号, 旧NPA 90条1項4号, NPO 6条の8"),
        (
            "local_tax_disabled",
            "deferral",
            "2026-08",
            1_350_000,
            "平26改正法附則14条1項2号, NPA 90条1項3号, NPO 6条の8",
        ),
    ],
)
def test_the_flat_line(
    flag: str, scheme: Scheme, month: str, line: int, article: str | None, parameters: Parameters
) -> None:
    on_it = assess(scheme, Month.parse(month), BORN, listed(line, flag), None, None, parameters)
    above = assess(scheme, Month.parse(month), BORN, listed(line + 1, flag), None, None, parameters)
    assert (on_it.outcome, above.outcome, above.over_yen) == ("holds", "fails", 1)
    if article is not None:
        assert (on_it.steps[-1].article, on_it.steps[-1].reason) == (article, "income_within_flat_line")
        assert [step.reason for step in above.steps][-2:] == ["income_over_limit", "income_over_flat_line"]


def test_the_flat_line_takes_no_deduction_and_no_loss(parameters: Parameters) -> None:
    income = AssessedIncome(
        total_income_yen=1_350_001,
        deductions=Deductions(medical=500_000, loss_carryover=500_000),
        local_tax_disabled=True,
    )
    verdict = person_meets("full", Month(2026, 8), Person("applicant", income), parameters)
    assert (verdict.outcome, verdict.over_yen) == ("fails", 1)


@pytest.mark.parametrize(
    ("deductions", "month", "scheme", "taken"),
    [
        (
            Deductions(casualty_loss=1, medical=2, social_insurance=4, small_enterprise_mutual_aid=8),
            "2026-08",
            "half",
            15,
        ),
        (Deductions(spouse_special=16, cattle_sale=32, loss_carryover=64), "2026-08", "half", 112),
        (Deductions(disabled_count=2), "2026-08", "quarter", 540_000),
        (Deductions(special_disabled_count=2), "2026-08", "quarter", 800_000),
        (Deductions(widow=True), "2026-08", "three_quarter", 270_000),
        (Deductions(working_student=True), "2026-08", "student", 270_000),
        (Deductions(single_parent=True), "2021-06", "half", 0),
        (Deductions(single_parent=True), "2021-07", "half", 350_000),
        (Deductions(single_parent=True), "2021-03", "student", 0),
        (Deductions(single_parent=True), "2021-04", "student", 350_000),
        (Deductions(specified_relative_special=450_000), "2026-06", "quarter", 0),
        (Deductions(specified_relative_special=450_000), "2026-07", "quarter", 450_000),
        (Deductions(specified_relative_special=450_000), "2027-03", "student", 0),
        (Deductions(specified_relative_special=450_000), "2027-04", "student", 450_000),
    ],
)
def test_deductions_of_npo_6_12(
    deductions: Deductions, month: str, scheme: Scheme, taken: int, parameters: Parameters
) -> None:
    rich = 10_000_000
    plain = person_meets(scheme, Month.parse(month), earns(rich), parameters)
    reduced = AssessedIncome(total_income_yen=rich, deductions=deductions)
    verdict = person_meets(scheme, Month.parse(month), Person("applicant", reduced), parameters)
    assert plain.over_yen is not None
    assert verdict.over_yen == plain.over_yen - taken
    for scheme_of_6_11 in ("full", "deferral"):
        assert person_meets(scheme_of_6_11, Month.parse(month), Person("applicant", reduced), parameters).over_yen == (
            person_meets(scheme_of_6_11, Month.parse(month), earns(rich), parameters).over_yen
        )


def test_the_trace_dates_the_youngest_amount_used(parameters: Parameters) -> None:
    income = AssessedIncome(total_income_yen=0, deductions=Deductions(specified_relative_special=1))
    verdict = person_meets("half", Month(2026, 8), Person("applicant", income), parameters)
    assert verdict.steps[0].parameters_from == "2026-07"


@pytest.mark.parametrize(
    ("ground", "role", "scheme", "outcome", "article"),
    [
        ("unemployed", "applicant", "full", "holds", "NPA 90条1項4号, NPR 77条の7第2号"),
        ("unemployed", "spouse", "half", "holds", "NPA 90条の2第2項3号, NPR 77条の7第2号"),
        ("unemployed", "applicant", "student", "holds", "NPA 90条の3第1項3号, NPR 77条の7第2号"),
        ("disaster", "householder", "quarter", "holds", "NPA 90条の2第3項3号, NPR 77条の7第1号"),
        ("other_public_assistance", "householder", "full", "holds", "NPA 90条1項2号, NPR 76条の2"),
        (
            "other_public_assistance",
            "applicant",
            "three_quarter",
            "holds",
            "NPA 90条の2第1項2号, NPA 90条1項2号, NPR 76条の2",
        ),
        ("dv_excluded", "spouse", "full", "holds", "NPA 90条1項4号, NPR 77条の7第3号ロ"),
        ("dv_excluded", "applicant", "full", "fails", None),  # only the abuser himself is excused
        ("dv_excluded", "householder", "full", "fails", None),
        ("special_disability_benefit", "applicant", "full", "holds", "特別障害給付金法施行令10条"),
        ("special_disability_benefit", "applicant", "quarter", "holds", "特別障害給付金法施行令10条"),
        ("special_disability_benefit", "applicant", "deferral", "fails", None),
        ("special_disability_benefit", "applicant", "student", "fails", None),
        ("special_disability_benefit", "spouse", "full", "fails", None),
        ("special_disability_benefit", "householder", "half", "fails", None),
    ],
)
def test_grounds_other_than_income(
    ground: Ground, role: Role, scheme: Scheme, outcome: str, article: str | None, parameters: Parameters
) -> None:
    verdict = person_meets(scheme, Month(2026, 8), earns(9_000_000, role, ground), parameters)
    assert verdict.outcome == outcome
    if article is not None:
        assert [step.article for step in verdict.steps] == [article]
    without_income = person_meets(scheme, Month(2026, 8), unknown(role, ground), parameters)
    assert without_income.outcome == ("holds" if outcome == "holds" else "unknown")


def test_hardship_was_item_5_until_june_2021(parameters: Parameters) -> None:
    person = earns(9_000_000, "applicant", "unemployed")
    before = person_meets("full", Month(2021, 6), person, parameters)
    after = person_meets("full", Month(2021, 7), person, parameters)
    assert before.steps[0].article.startswith("旧NPA 90条1項5号")
    assert after.steps[0].article.startswith("NPA 90条1項4号")


def test_income_is_named_as_the_ground_before_hardship(parameters: Parameters) -> None:
    verdict = person_meets("full", Month(2026, 8), earns(0, "applicant", "unemployed"), parameters)
    assert verdict.steps[0].reason == "income_within_limit"


def test_special_disability_benefit_frees_spouse_and_householder_too(parameters: Parameters) -> None:
    applicant = unknown("applicant", "special_disability_benefit")
    rich, hidden = earns(9_000_000, "spouse"), unknown("householder")
    for scheme in SCHEMES[:4]:
        assert assess(scheme, Month(2026, 8), BORN, applicant, rich, hidden, parameters).outcome == "holds"
    assert assess("deferral", Month(2026, 8), BORN, applicant, rich, hidden, parameters).outcome == "fails"


POOR, RICH, HIDDEN = 0, 9_000_000, None


def person(role: Role, yen: int | None) -> Person:
    return unknown(role) if yen is None else earns(yen, role)


@pytest.mark.parametrize(
    ("applicant", "spouse", "householder", "exemption", "deferral", "student", "failed_by"),
    [
        (POOR, POOR, POOR, "holds", "holds", "holds", None),
        (HIDDEN, POOR, POOR, "unknown", "unknown", "unknown", None),
        (POOR, HIDDEN, POOR, "unknown", "unknown", "holds", None),
        (POOR, POOR, HIDDEN, "unknown", "holds", "holds", None),
        (HIDDEN, HIDDEN, HIDDEN, "unknown", "unknown", "unknown", None),
        (RICH, HIDDEN, HIDDEN, "fails", "fails", "fails", "applicant"),
        (HIDDEN, RICH, POOR, "fails", "fails", "unknown", "spouse"),
        (HIDDEN, POOR, RICH, "fails", "unknown", "unknown", "householder"),
        (POOR, HIDDEN, RICH, "fails", "unknown", "holds", "householder"),
        (POOR, RICH, RICH, "fails", "fails", "holds", "spouse"),
    ],
)
def test_unknown_only_when_the_outcome_depends_on_it(
    applicant: int | None,
    spouse: int | None,
    householder: int | None,
    exemption: str,
    deferral: str,
    student: str,
    failed_by: Role | None,
    parameters: Parameters,
) -> None:
    household = person("applicant", applicant), person("spouse", spouse), person("householder", householder)
    outcomes = {scheme: assess(scheme, Month(2026, 8), BORN, *household, parameters) for scheme in SCHEMES}
    assert [outcomes[scheme].outcome for scheme in SCHEMES] == [exemption] * 4 + [deferral, student]
    assert outcomes["full"].failed_by == failed_by


def test_an_unknown_income_is_named_with_role_and_year(parameters: Parameters) -> None:
    verdict = assess("full", Month(2026, 6), BORN, earns(0), unknown("spouse"), None, parameters)
    step = verdict.steps[-1]
    assert (step.outcome, step.reason, step.role, step.income_year) == ("unknown", "income_unknown", "spouse", 2024)


@pytest.mark.parametrize(
    ("born", "month", "outcome", "article", "reason"),
    [
        ("1976-07-15", "2026-06", "holds", "平26改正法附則14条1項", "below_age_limit"),
        ("1976-07-15", "2026-07", "fails", "平26改正法附則14条1項", "age_limit_reached"),
        ("1996-07-15", "2026-06", "holds", "平16改正法附則19条2項", "below_age_limit"),  # 30 is attained in 2026-07
        ("1996-07-15", "2026-07", "holds", "平26改正法附則14条1項", "below_age_limit"),
        ("1986-07-15", "2016-06", "holds", "平16改正法附則19条2項", "below_age_limit"),
        ("1986-06-15", "2016-06", "fails", "平16改正法附則19条2項", "age_limit_reached"),
        ("1986-06-15", "2016-07", "holds", "平26改正法附則14条1項", "below_age_limit"),
        ("1980-01-01", "2006-06", "holds", "平16改正法附則19条1項", "below_age_limit"),
        ("1980-01-01", "2006-07", "holds", "平16改正法附則19条2項", "below_age_limit"),
        ("2000-01-20", "2035-06", "holds", "平26改正法附則14条1項", "below_age_limit"),
        ("2000-01-20", "2035-07", "fails", "平26改正法附則14条1項", "scheme_ended"),
        ("1980-01-01", "2005-03", "unknown", "平16改正法附則19条", "law_not_held"),
    ],
)
def test_deferral_by_age_and_month(
    born: str, month: str, outcome: str, article: str, reason: str, parameters: Parameters
) -> None:
    verdict = assess("deferral", Month.parse(month), date.fromisoformat(born), earns(0), None, None, parameters)
    assert verdict.outcome == outcome
    assert (verdict.steps[0].article, verdict.steps[0].reason) == (article, reason)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_month_before_the_parameters_is_unknown_not_refused(scheme: Scheme, parameters: Parameters) -> None:
    rich = earns(RICH)
    assert assess(scheme, Month(1999, 4), BORN, rich, None, None, parameters).outcome == "unknown"
    assert person_meets(scheme, Month(1999, 4), rich, parameters).outcome == "unknown"


def test_the_trace_shows_no_amount(parameters: Parameters) -> None:
    income = AssessedIncome(total_income_yen=7_654_321, dependants=Dependants(under_16=1), local_tax_widow=True)
    verdict = assess("half", Month(2026, 8), BORN, Person("applicant", income), None, None, parameters)
    text = "".join(step.model_dump_json() for step in verdict.steps)
    assert not any(amount in text for amount in ("7654321", "1660000", "1350000"))


HOLDS, FAILS, UNKNOWN = Verdict("holds", ()), Verdict("fails", ()), Verdict("unknown", ())


@pytest.mark.parametrize(
    ("verdicts", "choice"),
    [
        ((HOLDS, HOLDS, HOLDS, HOLDS, HOLDS), Choice("pass", "full")),
        ((FAILS, HOLDS, HOLDS, HOLDS, HOLDS), Choice("pass", "deferral")),
        ((FAILS, FAILS, FAILS, FAILS, HOLDS), Choice("pass", "quarter")),
        ((FAILS, FAILS, FAILS, FAILS, FAILS), Choice("refused")),
        ((UNKNOWN, HOLDS, HOLDS, HOLDS, HOLDS), Choice("undetermined")),
        ((FAILS, FAILS, UNKNOWN, FAILS, FAILS), Choice("undetermined")),
        ((HOLDS, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN), Choice("pass", "full")),
    ],
)
def test_first_passed_in_the_default_order(verdicts: tuple[Verdict, ...], choice: Choice) -> None:
    assert first_passed(dict(zip(DEFAULT_ORDER, verdicts, strict=True)), DEFAULT_ORDER) == choice


def test_first_passed_follows_the_applicants_own_order() -> None:
    verdicts: dict[Scheme, Verdict] = {"half": HOLDS, "quarter": HOLDS}
    assert first_passed(verdicts, ("quarter", "half")) == Choice("pass", "quarter")
