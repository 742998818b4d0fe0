"""NPA 90条–90条の3 and the laws on 納付猶予: which schemes would an applicant's household pass in one month?

The table RULES leads from a scheme to its file. Everybody the scheme tests must meet an item: one who does not fails it
for all; else one whose income is unknown leaves it unknown. The result is a pre-check (参考判定), never a decision.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from functools import lru_cache
from typing import Literal

from contracts.events.income import Dependants
from contracts.vocabulary import Month, Scheme

from eligibility.rules import (
    deferral,
    full_exemption,
    half_exemption,
    quarter_exemption,
    special_disability_benefit,
    student,
    three_quarter_exemption,
)
from eligibility.rules.age import attained_on
from eligibility.rules.income_limit import Amount
from eligibility.rules.income_year import last_month_of_cycle, last_of_cycle
from eligibility.rules.means_test import Articles, Ground, SchemeRule, Tested, Verdict, meets_an_item, step
from eligibility.rules.parameters import (
    DeductionAmounts,
    DeferralTerms,
    DependantAdditions,
    ExemptionIncomeLimits,
    FlatLine,
    NotHeldError,
    Parameters,
)

__all__ = [
    "DEFAULT_ORDER",
    "Choice",
    "Ground",
    "Tested",
    "Verdict",
    "assess",
    "first_passed",
    "income_limit",
    "months_of_change",
    "person_meets",
]

RULES: dict[Scheme, SchemeRule] = {
    "full": full_exemption.RULE,
    "three_quarter": three_quarter_exemption.RULE,
    "half": half_exemption.RULE,
    "quarter": quarter_exemption.RULE,
    "deferral": deferral.RULE,
    "student": student.RULE,
}
_ARTICLES: dict[Scheme, Articles] = {
    "full": full_exemption.ARTICLES,
    "three_quarter": three_quarter_exemption.ARTICLES,
    "half": half_exemption.ARTICLES,
    "quarter": quarter_exemption.ARTICLES,
    "student": student.ARTICLES,
}

DEFAULT_ORDER: tuple[Scheme, ...] = ("full", "deferral", "three_quarter", "half", "quarter")
"""The pension service's order when the applicant names none; the statute itself ranks nothing."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The first scheme passed, if that can be said: an earlier scheme that is unknown leaves it undetermined."""

    outcome: Literal["pass", "refused", "undetermined"]
    scheme: Scheme | None = None


def income_limit(scheme: Scheme, month: Month, dependants: Dependants, parameters: Parameters) -> Amount:
    """The limit of the scheme's item 1, in yen, with the month since which its amounts are in force."""
    return RULES[scheme].limit(month, dependants, parameters)


def person_meets(scheme: Scheme, month: Month, person: Tested, parameters: Parameters) -> Verdict:
    """Does one person meet an item of the scheme? Age and end of 納付猶予 are not looked at here."""
    try:
        if scheme == "deferral":
            law = "・".join(law.source for law in deferral.laws_in_force(month, parameters))
            articles = deferral.articles(law)
        else:
            articles = _ARTICLES[scheme]
        return _person(scheme, articles, month, person, parameters)
    except NotHeldError:
        return _law_not_held(scheme)


def assess(
    scheme: Scheme,
    month: Month,
    birth_date: date,
    applicant: Tested,
    spouse: Tested | None,
    householder: Tested | None,
    parameters: Parameters,
) -> Verdict:
    """Do all whom the scheme tests meet an item? A spouse who is the householder is passed as spouse only."""
    try:
        if scheme == "deferral":
            law, allowed = deferral.age_and_month(month, birth_date, parameters)
            if allowed.outcome == "fails":
                return allowed
            tested = _everybody(scheme, deferral.articles(law), month, applicant, spouse, householder, parameters)
            return Verdict(tested.outcome, allowed.steps + tested.steps, tested.over_yen, tested.failed_by)
        return _everybody(scheme, _ARTICLES[scheme], month, applicant, spouse, householder, parameters)
    except NotHeldError:
        return _law_not_held(scheme)


_STUDENTS_ONLY = {"student", "limit_student", "single_parent_student", "specified_relative_special_student"}
_VALUES = [
    (name, value.name)
    for name, subject in (
        ("exemption_income_limits", ExemptionIncomeLimits),
        ("flat_line", FlatLine),
        ("dependant_additions", DependantAdditions),
        ("deductions", DeductionAmounts),
        ("deferral", DeferralTerms),
    )
    for value in fields(subject)
]
"""Every value of the law that `assess` may look at."""


class _ByIdentity:
    """The parameters as a key: they are read once and never change, and hashing every value would cost more than it saves."""

    def __init__(self, parameters: Parameters) -> None:
        self.parameters = parameters

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ByIdentity) and self.parameters is other.parameters

    def __hash__(self) -> int:
        return id(self.parameters)


@lru_cache(maxsize=4096)
def _changes_of_the_law(schemes: tuple[Scheme, ...], first: Month, last: Month, known: _ByIdentity) -> frozenset[Month]:
    """The part that is the same for everybody: thousands of applications a second name the same few cycles."""
    parameters = known.parameters
    student = "student" in schemes
    changes = {
        start
        for subject, name in _VALUES
        if student or name not in _STUDENTS_ONLY
        for start in getattr(getattr(parameters, subject), name).starts
        if first < start <= last
    }
    for scheme in {last_month_of_cycle(scheme): scheme for scheme in schemes}.values():
        ends = last_of_cycle(scheme, first)
        while ends < last:
            changes.add(ends + 1)
            ends = last_of_cycle(scheme, ends + 1)
    return frozenset(changes)


def months_of_change(
    schemes: Sequence[Scheme], first: Month, last: Month, birth_date: date, parameters: Parameters
) -> set[Month]:
    """Months after `first` whose verdict may differ from the one before, though household and incomes stay the same.

    Another amount, another income year, an age attained or the end of 納付猶予. Nearly all months of a cycle have one
    law and so one answer, which needs to be found only once.
    """
    changes = set(_changes_of_the_law(tuple(schemes), first, last, _ByIdentity(parameters)))
    if "deferral" in schemes:
        terms = parameters.deferral
        ages = {law.value for law in (*terms.younger_below_age.history, *terms.older_below_age.history)}
        deferral_changes = {Month.of(attained_on(birth_date, age)) for age in ages}
        deferral_changes |= {end.value + 1 for end in terms.last_month.history}
        changes |= {month for month in deferral_changes if first < month <= last}
    return changes


def first_passed(verdicts: Mapping[Scheme, Verdict], order: Sequence[Scheme]) -> Choice:
    """The first scheme of the order that holds; every scheme of the order must have its verdict."""
    for scheme in order:
        outcome = verdicts[scheme].outcome
        if outcome == "holds":
            return Choice("pass", scheme)
        if outcome == "unknown":
            return Choice("undetermined")
    return Choice("refused")


def _everybody(
    scheme: Scheme,
    articles: Articles,
    month: Month,
    applicant: Tested,
    spouse: Tested | None,
    householder: Tested | None,
    parameters: Parameters,
) -> Verdict:
    rule = RULES[scheme]
    persons: tuple[Tested | None, ...] = (applicant, spouse, householder)[: len(rule.tested)]
    verdicts = [meets_an_item(rule, articles, month, one, parameters) for one in persons if one is not None]
    outcomes = {verdict.outcome for verdict in verdicts}
    if outcomes != {"holds"} and special_disability_benefit.covers(scheme, applicant):
        return special_disability_benefit.DEEMED_TO_MEET
    steps = tuple([one_step for verdict in verdicts for one_step in verdict.steps])
    if "fails" in outcomes:
        first = next(verdict for verdict in verdicts if verdict.outcome == "fails")
        return Verdict("fails", steps, first.over_yen, first.failed_by)
    return Verdict("unknown" if "unknown" in outcomes else "holds", steps)


def _person(scheme: Scheme, articles: Articles, month: Month, person: Tested, parameters: Parameters) -> Verdict:
    verdict = meets_an_item(RULES[scheme], articles, month, person, parameters)
    if verdict.outcome != "holds" and special_disability_benefit.covers(scheme, person):
        return special_disability_benefit.DEEMED_TO_MEET
    return verdict


def _law_not_held(scheme: Scheme) -> Verdict:
    """The month lies before the parameter files: nothing is said, a person must look."""
    article = "平16改正法附則19条" if scheme == "deferral" else _ARTICLES[scheme].income
    return Verdict("unknown", (step(article, "unknown", "law_not_held", "applicant"),))
