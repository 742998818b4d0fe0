"""Does one person meet at least one item of a scheme's provision?

NPA 90条1項, 90条の2, 90条の3 and the two laws on 納付猶予 all have the same four items: income within the limit for the
dependants, household aid (生活扶助以外の扶助), the flat line for the disabled, widows and single parents, and hardship
(失業, 災害, 配偶者からの暴力). One item is enough. They are tried in this order: income and flat line first, because
only these two carry the wish for a continued review (NPR 77条3項).

What is unknown is never taken as zero: without an income, only aid or hardship can let a person pass.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from contracts.events.eligibility import Role, TraceStep
from contracts.events.income import AssessedIncome, Dependants
from contracts.vocabulary import Month, Scheme

from eligibility.rules.income_limit import Amount, income_before_loss
from eligibility.rules.income_year import income_year
from eligibility.rules.parameters import InForce, Parameters

Ground = Literal["unemployed", "disaster", "other_public_assistance", "dv_excluded", "special_disability_benefit"]
"""A ground other than income, given only for months in which it may be used (NPR 77条の7)."""
Result = Literal["holds", "fails", "unknown"]

APPLICANT: tuple[Role, ...] = ("applicant",)
APPLICANT_AND_SPOUSE: tuple[Role, ...] = ("applicant", "spouse")
ALL_THREE: tuple[Role, ...] = ("applicant", "spouse", "householder")


@dataclass(frozen=True, slots=True)
class Tested:
    """One person whose income is tested; income None = unknown (undeclared, other municipality, not assessed)."""

    role: Role
    income: AssessedIncome | None
    grounds: frozenset[Ground] = frozenset()


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer with its legal trace. `over_yen`: how far the income lies over the line, when that is why it fails."""

    outcome: Result
    steps: tuple[TraceStep, ...]
    over_yen: int | None = None
    failed_by: Role | None = None


@dataclass(frozen=True, slots=True)
class Articles:
    """Where the four items of a scheme stand; `old_` (旧) is the numbering before ひとり親 joined the flat line."""

    income: str
    aid: str
    flat_line: str
    hardship: str
    old_flat_line_widow: str
    old_hardship: str


@lru_cache(maxsize=64)
def items_naming_90_1(paragraph: str, limit: str) -> Articles:
    """The items of a paragraph whose second item reads "NPA 90条1項2号及び3号" (until 2021: 2号から4号まで).

    Despite 及び either one suffices: NPR 77条の4第3項 and 77条の5第3項 treat the 3号 part alone as enough.
    """
    return Articles(
        income=f"{paragraph}1号, {limit}",
        aid=f"{paragraph}2号, NPA 90条1項2号, NPR 76条の2",
        flat_line=f"{paragraph}2号, NPA 90条1項3号, NPO 6条の8",
        hardship=f"{paragraph}3号",
        old_flat_line_widow=f"{paragraph}2号, 旧NPA 90条1項4号, NPO 6条の8",
        old_hardship=f"{paragraph}3号",
    )


@dataclass(frozen=True, slots=True)
class SchemeRule:
    """What differs between the schemes: who is tested, up to which income, and how the income is counted."""

    scheme: Scheme
    tested: tuple[Role, ...]
    limit: Callable[[Month, Dependants, Parameters], Amount]
    counted: Callable[[Month, AssessedIncome, Parameters], Amount]


@lru_cache(maxsize=4096)
def step(
    article: str,
    outcome: Result,
    reason: str,
    role: Role,
    parameters_from: Month | None = None,
    income_year: int | None = None,
) -> TraceStep:
    """One step of the legal trace. The same step recurs for thousands of people, so it is built once."""
    since = None if parameters_from is None else str(parameters_from)
    return TraceStep(
        article=article,
        outcome=outcome,
        reason=reason,
        parameters_from=since,
        role=role,
        income_year=income_year,
    )


@lru_cache(maxsize=4096)
def _meets(article: str, reason: str, role: Role, parameters_from: Month, income_year: int) -> Verdict:
    """An item of income is met. Like its step, this verdict recurs for thousands of people."""
    return Verdict("holds", (step(article, "holds", reason, role, parameters_from, income_year),))


def meets_an_item(
    rule: SchemeRule, articles: Articles, month: Month, person: Tested, parameters: Parameters
) -> Verdict:
    """Does this person meet an item? Holds: the trace is the item met. Fails: the items tried."""
    flat_line = parameters.flat_line
    renumbered = (flat_line.single_parent_student if rule.scheme == "student" else flat_line.single_parent).at(month)
    by_income = _by_income(rule, articles, month, person, parameters)
    if by_income.outcome == "holds":
        return by_income
    by_line = _by_flat_line(rule, articles, month, person, by_income, parameters, renumbered)
    if by_line.outcome == "holds":
        return by_line
    by_ground = _by_ground(articles, person, renumbered.value)
    return by_line if by_ground is None else Verdict("holds", (by_ground,))


def _by_income(rule: SchemeRule, articles: Articles, month: Month, person: Tested, parameters: Parameters) -> Verdict:
    year, role, income = income_year(rule.scheme, month), person.role, person.income
    if income is None:
        return Verdict("unknown", (step(articles.income, "unknown", "income_unknown", role, None, year),))
    limit = rule.limit(month, income.dependants, parameters)
    counted = rule.counted(month, income, parameters)
    since = max(limit.since, counted.since)
    if counted.yen <= limit.yen:
        return _meets(articles.income, "income_within_limit", role, since, year)
    tried = step(articles.income, "fails", "income_over_limit", role, since, year)
    return Verdict("fails", (tried,), counted.yen - limit.yen, role)


def _by_flat_line(
    rule: SchemeRule,
    articles: Articles,
    month: Month,
    person: Tested,
    by_income: Verdict,
    parameters: Parameters,
    single_parents_listed: InForce[bool],
) -> Verdict:
    """The flat line after the limit was exceeded; for somebody it does not name, what the limit said."""
    income, listed = person.income, single_parents_listed.value
    if income is None:
        return by_income
    if not (income.local_tax_disabled or income.local_tax_widow or (income.local_tax_single_parent and listed)):
        return by_income
    flat_line = parameters.flat_line
    line = (flat_line.limit_student if rule.scheme == "student" else flat_line.limit).at(month)
    article = articles.flat_line if listed or income.local_tax_disabled else articles.old_flat_line_widow
    since, year = max(line.since, single_parents_listed.since), income_year(rule.scheme, month)
    over = income_before_loss(income) - line.value  # no dependants, no deductions, whatever the scheme
    if over <= 0:
        return _meets(article, "income_within_flat_line", person.role, since, year)
    failed = step(article, "fails", "income_over_flat_line", person.role, since, year)
    assert by_income.over_yen is not None
    return Verdict("fails", (*by_income.steps, failed), min(by_income.over_yen, over), person.role)


def _by_ground(articles: Articles, person: Tested, renumbered: bool) -> TraceStep | None:
    """Household aid or hardship, both whatever the income; only the abuser himself is excused by violence (3号ロ)."""
    if not person.grounds:
        return None
    hardship = articles.hardship if renumbered else articles.old_hardship
    if "other_public_assistance" in person.grounds:
        return step(articles.aid, "holds", "other_public_assistance", person.role)
    if "unemployed" in person.grounds:
        return step(f"{hardship}, NPR 77条の7第2号", "holds", "unemployed", person.role)
    if "disaster" in person.grounds:
        return step(f"{hardship}, NPR 77条の7第1号", "holds", "disaster", person.role)
    if "dv_excluded" in person.grounds and person.role == "spouse":
        return step(f"{hardship}, NPR 77条の7第3号ロ", "holds", "dv_excluded", person.role)
    return None
