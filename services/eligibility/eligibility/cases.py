"""Does a worked case (事例) come out as expected?

`kokunen cases FILE…` runs cases of the form id, kind, title, input, expected. Two tables lead from a kind to the function
that answers it: KINDS for what the published vectors ask, OWN_KINDS for rules that they leave out. A kind that is in neither
fails, it is never skipped. An answer is compared key by key with what the case expects.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from contracts.events.eligibility import Role
from contracts.events.forms import FilingContent, Hardship
from contracts.events.income import AssessedIncome, Deductions, Dependants
from contracts.my_number import check_digit, is_my_number
from contracts.vocabulary import Month, Scheme
from pydantic import TypeAdapter

from eligibility.rules.additional_premium import allowed, months_covered
from eligibility.rules.age import attained_on
from eligibility.rules.cancellation import ends_from, first_month_cancelled
from eligibility.rules.childcare import childcare_months
from eligibility.rules.class1_period import class1_period
from eligibility.rules.continued_review import reviewed_schemes
from eligibility.rules.death_lump_sum import death_lump_sum
from eligibility.rules.deferral import last_eligible_month
from eligibility.rules.exemption import (
    DEFAULT_ORDER,
    RULES,
    Ground,
    Tested,
    Verdict,
    assess,
    first_passed,
    income_limit,
    person_meets,
)
from eligibility.rules.filing_deadline import deadline
from eligibility.rules.hardship import covers, hardship_months, lost_on
from eligibility.rules.income_year import income_year
from eligibility.rules.maternity import Months, earliest_filing, maternity_months
from eligibility.rules.months_counted import months_counted
from eligibility.rules.papers import missing_papers
from eligibility.rules.parameters import Parameters
from eligibility.rules.premium import QUARTERS_PAID, PartialScheme, monthly_premium, remainder
from eligibility.rules.qualification_date import effective_on
from eligibility.rules.reach import reach
from eligibility.rules.route import route
from eligibility.rules.statutory_exemption import statutory_exemption_months
from eligibility.rules.voluntary import refused_because

Input = Mapping[str, Any]
Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One case that was run. `got` is the answer, or a sentence saying why there is none."""

    id: str
    kind: str
    title: str
    expected: Any
    got: Any
    passed: bool


def run_case(case: Mapping[str, Any], parameters: Parameters) -> CaseResult:
    """Run one case; whatever is wrong with it makes it fail, with the reason as `got`."""
    kind, expected = case.get("kind"), case.get("expected")
    answer = KINDS.get(kind) or OWN_KINDS.get(kind) if isinstance(kind, str) else None
    got: Any
    if answer is None:
        got = f"unknown kind {kind!r}"
    elif not isinstance(expected, dict) or not expected:
        got = "the case expects nothing"
    else:
        try:
            got = answer(case["input"], parameters)
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            got = f"{type(error).__name__}: {error}"
    passed = isinstance(got, dict) and {key: got.get(key, _ABSENT) for key in expected or ()} == expected
    return CaseResult(str(case.get("id")), str(kind), str(case.get("title")), expected, got, passed)


_ABSENT = object()
_GROUNDS: dict[str, Ground] = {
    "unemployed_special": "unemployed",
    "disaster_special": "disaster",
    "other_public_assistance": "other_public_assistance",
    "dv_excluded": "dv_excluded",
    "special_disability_benefit": "special_disability_benefit",
}
_FILING: TypeAdapter[FilingContent] = TypeAdapter(FilingContent)
_LOCAL_TAX_FLAGS = ("local_tax_disabled", "local_tax_widow", "local_tax_single_parent")


def _income_threshold(case: Input, parameters: Parameters) -> Answer:
    limit = income_limit(_scheme(case), _month(case), Dependants(**case.get("dependants", {})), parameters)
    return {"limit_yen": limit.yen}


def _exemption_result(case: Input, parameters: Parameters) -> Answer:
    birth_date, month = _date(case, "birth_date"), _month(case)
    applicant = _tested("applicant", case["applicant"])
    spouse = _tested("spouse", case["spouse"]) if case.get("spouse") else None
    householder = _tested("householder", case["householder"]) if case.get("householder") else None
    verdicts: dict[Scheme, Verdict] = {
        scheme: assess(scheme, month, birth_date, applicant, spouse, householder, parameters)
        for scheme in DEFAULT_ORDER
    }
    choice = first_passed(verdicts, DEFAULT_ORDER)
    best = choice.scheme or ("none" if choice.outcome == "refused" else choice.outcome)
    return {**{scheme: _yes_no(verdict) for scheme, verdict in verdicts.items()}, "best_default_order": best}


def _student_result(case: Input, parameters: Parameters) -> Answer:
    return {
        "approved": _yes_no(person_meets("student", _month(case), _tested("applicant", case["applicant"]), parameters))
    }


def _income_year(case: Input, parameters: Parameters) -> Answer:
    year = income_year(_cycle_scheme(case), _month(case))
    return {"income_year": year, "resident_tax_year": year + 1}


def _class1_period(case: Input, parameters: Parameters) -> Answer:
    period = class1_period(_date(case, "birth_date"), parameters)
    return {
        "acquired_on": period.acquired_on.isoformat(),
        "first_month": str(period.first_month),
        "lost_on": period.lost_on.isoformat(),
        "last_month": str(period.last_month),
        "months": period.months,
    }


def _age_event(case: Input, parameters: Parameters) -> Answer:
    return {"attained_on": attained_on(_date(case, "birth_date"), case["age"]).isoformat()}


def _deferral_age(case: Input, parameters: Parameters) -> Answer:
    last = last_eligible_month(_date(case, "birth_date"), parameters)
    return {"last_eligible_month": None if last is None else str(last)}


def _qualification_date(case: Input, parameters: Parameters) -> Answer:
    again = case.get("insured_again_same_day", False)
    effective = effective_on(case["event"], _date(case, "fact_date"), insured_again_same_day=again)
    return {"effective_on": effective.on.isoformat(), "kind": effective.kind}


def _months_counted(case: Input, parameters: Parameters) -> Answer:
    reacquired_on = _date(case, "reacquired_on") if case.get("reacquired_on") else None
    return {"months": months_counted(_date(case, "acquired_on"), _date(case, "lost_on"), reacquired_on)}


def _filing_deadline(case: Input, parameters: Parameters) -> Answer:
    return {"deadline": deadline(_date(case, "fact_date"), parameters).isoformat()}


def _retroactive_range(case: Input, parameters: Parameters) -> Answer:
    found = reach(_cycle_scheme(case), _date(case, "application_date"), parameters)
    return {"earliest_month": str(found.earliest), "latest_month": str(found.latest), "form_count": found.forms}


def _maternity(case: Input, parameters: Parameters) -> Answer:
    actual = _date(case, "actual_date") if case["actual_date"] else None
    return _answer(
        maternity_months(_date(case, "expected_date"), actual, _date(case, "filed_on"), case["multiple"], parameters)
    )


def _childcare(case: Input, parameters: Parameters) -> Answer:
    birth = _date(case, "birth_date")
    maternity = None
    if case["role"] == "mother" and case["has_maternity_period"]:
        maternity = maternity_months(birth, birth, birth, case["multiple"], parameters)
    care_from = _date(case, "adoption_date") if case["adoption_date"] else birth
    return _answer(childcare_months(birth, care_from, maternity, parameters))


def _answer(found: Months | None) -> Answer:
    if found is None:
        return {"from": None, "to": None, "months": 0}
    return {"from": str(found.first), "to": str(found.last), "months": found.count}


def _legal_exemption(case: Input, parameters: Parameters) -> Answer:
    first, last = statutory_exemption_months(_date(case, "event_date"), _date(case, "ceased_date"))
    assert last is not None
    return _answer(Months(first, last))


def _unemployment_window(case: Input, parameters: Parameters) -> Answer:
    left = _date(case, "left_employment_on")
    first, last = hardship_months(lost_on(left), _scheme(case) if "scheme" in case else "full")
    return {"unemployed_on": lost_on(left).isoformat(), "from": str(first), "to": str(last)}


def _premium_amount(case: Input, parameters: Parameters) -> Answer:
    return {"monthly_yen": monthly_premium(_month(case), parameters)}


def _partial_premium(case: Input, parameters: Parameters) -> Answer:
    return {"monthly_yen": remainder(case["full_monthly_yen"], case["share_exempt"], parameters)}


def _additional_premium(case: Input, parameters: Parameters) -> Answer:
    days = [_date(case, name) if case.get(name) else None for name in ("withdrawn_on", "fund_joined_on")]
    found = months_covered(_date(case, "applied_on"), *days)
    first, last = found or (None, None)
    return {"first_month": str(first) if first else None, "last_month": str(last) if last else None}


def _additional_premium_allowed(case: Input, parameters: Parameters) -> Answer:
    return {"allowed": allowed(case["member"], case["month_status"], case["fund_member"])}


def _death_lump_sum(case: Input, parameters: Parameters) -> Answer:
    partly: dict[PartialScheme, int] = {scheme: case[f"{scheme}_exempt"] for scheme in QUARTERS_PAID}
    found = death_lump_sum(
        case["paid"],
        partly,
        case["additional_months"],
        drew_basic_pension=case.get("drew_basic_pension", False),
        survivors_pension_payable=case.get("survivors_basic_payable", False),
        parameters=parameters,
    )
    return {"weighted_months": float(found.months), "amount_yen": found.yen}


def _continued_review(case: Input, parameters: Parameters) -> Answer:
    schemes = reviewed_schemes(case["scheme"], case["ground"], case["period_includes_application_date"])
    return {"eligible": bool(schemes), "next_schemes": list(schemes)}


def _exemption_cancellation(case: Input, parameters: Parameters) -> Answer:
    return {"first_month_cancelled": str(first_month_cancelled(_date(case, "applied_on")))}


def _my_number_check(case: Input, parameters: Parameters) -> Answer:
    return {"valid": is_my_number(case["number"])}


def _my_number_digit(case: Input, parameters: Parameters) -> Answer:
    return {"check_digit": check_digit(case["body"])}


def _voluntary_entry(case: Input, parameters: Parameters) -> Answer:
    birth_date, applied_on = _date(case, "birth_date"), _date(case, "applied_on")
    reason = refused_because(case["membership"], birth_date, applied_on, case["lives_in_japan"], parameters)
    return {"refused_because": reason}


def _filing_route(case: Input, parameters: Parameters) -> Answer:
    return {"way": route(_filing(case), case.get("told_by_pension_service")).way}


def _filing_papers(case: Input, parameters: Parameters) -> Answer:
    return {"missing": list(missing_papers(_filing(case)))}


def _exemption_end(case: Input, parameters: Parameters) -> Answer:
    first = ends_from(case["granted"], _filing(case), _date(case, "received_on"))
    return {"first_month_ended": None if first is None else str(first)}


def _maternity_filing(case: Input, parameters: Parameters) -> Answer:
    return {"earliest": earliest_filing(_date(case, "expected_date"), parameters).isoformat()}


def _hardship_month(case: Input, parameters: Parameters) -> Answer:
    claimed = Hardship.model_validate_json(json.dumps(case["claimed"]))
    return {"usable": covers(claimed, _month(case), _cycle_scheme(case))}


def _filing(case: Input) -> FilingContent:
    return _FILING.validate_json(json.dumps(case["filing"]))


def _cycle_scheme(case: Input) -> Scheme:
    """`exemption` stands for every scheme with the cycle July to June."""
    return "full" if case["scheme"] == "exemption" else _scheme(case)


def _scheme(case: Input) -> Scheme:
    for scheme in RULES:
        if scheme == case["scheme"]:
            return scheme
    raise ValueError(f"unknown scheme {case['scheme']!r}")


def _month(case: Input) -> Month:
    return Month.parse(case["month"])


def _date(case: Input, name: str) -> date:
    return date.fromisoformat(case[name])


def _tested(role: Role, person: Input) -> Tested:
    """One person of a case. `total_income_yen` null = the income is unknown."""
    flags = person.get("flags", {})
    unknown = set(flags) - set(_GROUNDS) - set(_LOCAL_TAX_FLAGS)
    if unknown:
        raise ValueError(f"unknown flags {sorted(unknown)}")
    grounds = frozenset(ground for flag, ground in _GROUNDS.items() if flags.get(flag))
    if person["total_income_yen"] is None:
        return Tested(role, None, grounds)
    income = AssessedIncome(
        total_income_yen=person["total_income_yen"],
        dependants=Dependants(**person.get("dependants", {})),
        deductions=Deductions(**person.get("deductions", {})),
        **{flag: flags.get(flag, False) for flag in _LOCAL_TAX_FLAGS},
    )
    return Tested(role, income, grounds)


def _yes_no(verdict: Verdict) -> bool | None:
    return None if verdict.outcome == "unknown" else verdict.outcome == "holds"


KINDS: dict[str, Callable[[Input, Parameters], Answer]] = {
    "income_threshold": _income_threshold,
    "exemption_result": _exemption_result,
    "student_result": _student_result,
    "income_year": _income_year,
    "class1_period": _class1_period,
    "age_event": _age_event,
    "deferral_age": _deferral_age,
    "qualification_date": _qualification_date,
    "months_counted": _months_counted,
    "filing_deadline": _filing_deadline,
    "my_number_check": _my_number_check,
    "my_number_digit": _my_number_digit,
    "retroactive_range": _retroactive_range,
    "maternity": _maternity,
    "childcare": _childcare,
    "legal_exemption": _legal_exemption,
    "unemployment_window": _unemployment_window,
    "premium_amount": _premium_amount,
    "partial_premium": _partial_premium,
    "additional_premium": _additional_premium,
    "additional_premium_allowed": _additional_premium_allowed,
    "death_lump_sum": _death_lump_sum,
    "continued_review": _continued_review,
    "exemption_cancellation": _exemption_cancellation,
}
"""What the published vectors ask."""

OWN_KINDS: dict[str, Callable[[Input, Parameters], Answer]] = {
    "voluntary_entry": _voluntary_entry,
    "filing_route": _filing_route,
    "filing_papers": _filing_papers,
    "exemption_end": _exemption_end,
    "maternity_filing": _maternity_filing,
    "hardship_month": _hardship_month,
}
"""What they leave out; asked by cases of our own."""
