"""平16改正法附則19条, 平26改正法附則14条 (納付猶予): may the premium wait because applicant and spouse have little?

Two laws of one wording: the first for months before the one in which the younger age is attained, the second for the
months from then until the one before the older age is attained; both end with the same month. Income as for the full
exemption (NPO 6条の7, 6条の11 by 平16政令298号22条・25条 and 平26政令353号11条・15条). The householder is not tested.
"""

from datetime import date

from contracts.vocabulary import Month

from eligibility.rules import full_exemption
from eligibility.rules.age import attained_on
from eligibility.rules.income_limit import limit_per_head
from eligibility.rules.means_test import (
    APPLICANT_AND_SPOUSE,
    Articles,
    SchemeRule,
    Verdict,
    items_naming_90_1,
    step,
)
from eligibility.rules.parameters import Dated, InForce, Parameters

RULE = SchemeRule(
    scheme="deferral", tested=APPLICANT_AND_SPOUSE, limit=limit_per_head, counted=full_exemption.RULE.counted
)


def articles(law: str) -> Articles:
    """The items of one of the two laws, or of both where the age is not known."""
    return items_naming_90_1(law, "NPO 6条の7, 6条の11")


def laws_in_force(month: Month, parameters: Parameters) -> tuple[InForce[int], ...]:
    """The ages of the laws that cover this month: the younger one's, and since it exists the older one's."""
    terms = parameters.deferral
    younger = terms.younger_below_age.at(month)
    return (younger, terms.older_below_age.at(month)) if terms.older_below_age.held(month) else (younger,)


def age_and_month(month: Month, birth_date: date, parameters: Parameters) -> tuple[str, Verdict]:
    """The law this month rests on, and whether age and end of the law allow it at all."""
    laws = laws_in_force(month, parameters)
    end = parameters.deferral.last_month.at(month)
    if month > end.value:
        ended = step(laws[-1].source, "fails", "scheme_ended", "applicant", end.since)
        return laws[-1].source, Verdict("fails", (ended,), None, "applicant")
    for law in laws:
        if month < _month_attained(birth_date, law):
            below = step(law.source, "holds", "below_age_limit", "applicant", law.since)
            return law.source, Verdict("holds", (below,))
    above = step(laws[-1].source, "fails", "age_limit_reached", "applicant", laws[-1].since)
    return laws[-1].source, Verdict("fails", (above,), None, "applicant")


def last_eligible_month(birth_date: date, parameters: Parameters) -> Month | None:
    """The last month that age and the end of the law allow; None when every such month lies before the law."""
    terms = parameters.deferral
    return _last_under(terms.older_below_age, birth_date, parameters) or _last_under(
        terms.younger_below_age, birth_date, parameters
    )


def _last_under(law: Dated[int], birth_date: date, parameters: Parameters) -> Month | None:
    last = min(_month_attained(birth_date, law.newest) - 1, parameters.deferral.last_month.newest.value)
    return last if law.held(last) else None


def _month_attained(birth_date: date, law: InForce[int]) -> Month:
    return Month.of(attained_on(birth_date, law.value))
