"""Would the months of an application, or of a continued review, be exempt? The pre-check (参考判定), month by month.

Whoever the law tests beside the applicant (householder, spouse) is looked up among `others`. Where law, household and grounds are
those of the month before, so is the answer.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from contracts.events.eligibility import (
    ExemptionAssessed,
    Missing,
    Need,
    Outcome,
    Role,
    TraceStep,
)
from contracts.events.forms import ExemptionApplication, Hardship, SpouseChange, StudentApplication
from contracts.events.notice import ExemptionDecided
from contracts.vocabulary import Month, Scheme, months

from eligibility.facts import Filing, Income, Person, Review, of_form
from eligibility.household import changed_within, died_by, head_of_household, registered_spouse, same_household, span_on
from eligibility.rules.continued_review import ReviewGround, reviewed_schemes
from eligibility.rules.exemption import Tested, Verdict, assess, months_of_change
from eligibility.rules.hardship import covers, usable_months
from eligibility.rules.income_year import income_year, last_month_of_cycle
from eligibility.rules.means_test import Ground, step
from eligibility.rules.parameters import Parameters
from eligibility.rules.reach import ARTICLE, reach
from eligibility.timeline import Timeline


@dataclass(frozen=True)
class MonthResult:
    """The pre-check of one month of one application, with everything a clerk may ask about it."""

    month: Month
    outcome: Outcome
    scheme: Scheme | None
    refused: tuple[tuple[Scheme, Role], ...]
    needs: tuple[Need, ...]
    doubtful: tuple[str, ...]
    verdicts: Mapping[Scheme, Verdict]
    trace: tuple[TraceStep, ...]
    incomes: Mapping[Role, str] = field(default_factory=dict)
    """The event that told each tested person's income."""
    household: tuple[str, ...] = ()
    """The events that told with whom the applicant lived at the month's end, where the household plays a part."""

    def in_month(self, month: Month) -> "MonthResult":
        """The same answer for another month. Made without `replace`, which would take longer than everything else here."""
        twin = object.__new__(MonthResult)
        twin.__dict__.update(self.__dict__, month=month)
        return twin

    def same_as(self, other: "MonthResult") -> bool:
        """Whether both months belong in one line of the answer."""
        return (self.outcome, self.scheme, self.refused, self.needs, self.doubtful, self.trace) == (
            other.outcome, other.scheme, other.refused, other.needs, other.doubtful, other.trace
        )  # fmt: skip


def of_application(
    person: Person, others: Mapping[int, Person], filing: Filing, line: Timeline, parameters: Parameters
) -> list[MonthResult]:
    content = filing.content
    assert isinstance(content, ExemptionApplication | StudentApplication)
    if person.birth_date is None:
        return []
    schemes: tuple[Scheme, ...] = ("student",) if isinstance(content, StudentApplication) else content.schemes
    received_in = Month.of(filing.received_on)
    terms = parameters.application.reach_months
    within = reach(schemes[0], filing.received_on, parameters) if terms.held(received_in) else None
    asked = [month for month in months(content.first_month, content.last_month) if line.category_of(month) == 1]
    checked = _pre_check(
        person, others, content, schemes, [m for m in asked if within is None or m in within], parameters
    )
    outside = [_out_of_reach(m, terms.at(received_in).since) for m in asked if within is not None and m not in within]
    return sorted([*checked, *outside], key=lambda result: result.month)


def of_review(
    person: Person,
    others: Mapping[int, Person],
    review: Review,
    accepted: Sequence[Filing],
    assessments: Mapping[str, tuple[MonthResult, ...]],
    line: Timeline,
    parameters: Parameters,
) -> list[MonthResult]:
    """Pre-check for a July's review: the approval that runs until June, held against last year's income (NPR 77条3項)."""
    if person.birth_date is None:
        return []
    first = Month(review.income_year + 1, last_month_of_cycle("full") + 1)
    asked = [month for month in months(first, first + 11) if line.category_of(month) == 1]
    approval = next(
        (d for d in reversed(_by_day(person.decisions)) if d.first_month <= first - 1 <= d.last_month), None
    )
    if approval is None or approval.scheme is None:
        return [_for_a_person(month, "no_approval_known") for month in asked]
    ground = _ground_of(assessments.get(approval.filing or "", ()))
    schemes = reviewed_schemes(approval.scheme, ground, period_includes_filing_day=True)
    if not schemes:
        return [_for_a_person(month, "not_open_to_review") for month in asked]
    content = ExemptionApplication(
        kind="exemption", first_month=first, last_month=first + 11, schemes=schemes, **_spouse_of(person, accepted)
    )
    return _pre_check(person, others, content, schemes, asked, parameters)


def _by_day(decisions: Iterable[ExemptionDecided]) -> list[ExemptionDecided]:
    return sorted(decisions, key=lambda d: (d.decided_on, d.version, d.decision))


def _ground_of(results: Sequence[MonthResult]) -> ReviewGround:
    """On what our pre-check of the approved application rested; income where we made none."""
    reasons = {step.reason for result in results for step in result.trace if step.outcome == "holds"}
    if reasons & set(get_args(Ground)):
        return "public_assistance" if "other_public_assistance" in reasons else "special"
    return "flat_line" if "income_within_flat_line" in reasons else "income"


def _spouse_of(person: Person, accepted: Sequence[Filing]) -> dict[str, Any]:
    """Whom the last application or change-of-spouse notice names; nobody where none passed us."""
    stated: list[tuple[Filing, ExemptionApplication | SpouseChange]] = [*of_form(accepted, ExemptionApplication)]
    stated += of_form(accepted, SpouseChange)
    if not stated:
        return {}
    content = max(stated, key=lambda one: (one[0].received_on, one[0].number))[1]
    return {"spouse": content.spouse, "has_spouse": content.has_spouse}


def _for_a_person(month: Month, why: str) -> MonthResult:
    return MonthResult(
        month=month,
        outcome="needs_person",
        scheme=None,
        refused=(),
        needs=(),
        doubtful=(why,),
        verdicts={},
        trace=(),
    )


def _out_of_reach(month: Month, since: Month) -> MonthResult:
    """A month that an application of this day can no longer, or not yet, name."""
    outside = step(ARTICLE, "fails", "outside_reach", "applicant", since)
    return MonthResult(
        month=month,
        outcome="refused",
        scheme=None,
        refused=(),
        needs=(),
        doubtful=("outside_reach",),
        verdicts={},
        trace=(outside,),
    )


def _pre_check(
    person: Person,
    others: Mapping[int, Person],
    content: ExemptionApplication | StudentApplication,
    schemes: tuple[Scheme, ...],
    asked: Sequence[Month],
    parameters: Parameters,
) -> list[MonthResult]:
    """The months one by one. Where law, household and grounds are those of the month before, so is the answer."""
    if not asked:
        return []
    assert person.birth_date is not None
    turns = months_of_change(schemes, asked[0], asked[-1], person.birth_date, parameters)
    for span in (span for who in (person, *others.values()) for span in who.spans):
        for moved in (span.valid_from, span.valid_to):
            if moved is not None:  # the month itself is doubtful, the next one is not
                turns |= {Month.of(moved), Month.of(moved) + 1}
    for claimed in content.hardships:
        if (window := usable_months(claimed, schemes[0])) is not None:
            turns |= {window[0], window[1] + 1}
    results: list[MonthResult] = []
    for month in asked:
        if results and results[-1].month == month - 1 and month not in turns:
            results.append(results[-1].in_month(month))
        else:
            results.append(_month(person, others, content, schemes, month, parameters))
    return results


def _month(
    person: Person,
    others: Mapping[int, Person],
    content: ExemptionApplication | StudentApplication,
    schemes: tuple[Scheme, ...],
    month: Month,
    parameters: Parameters,
) -> MonthResult:
    assert person.birth_date is not None
    year = income_year(schemes[0], month)
    needs: list[Need] = []
    doubts: list[str] = []
    incomes: dict[Role, str] = {}

    house = head_of_household(person, others, month) if isinstance(content, ExemptionApplication) else None
    head = house if isinstance(house, Person) else None

    def concerns(claimed: Hardship, role: Role, who: Person | None, number: int | None) -> bool:
        if claimed.ground == "disaster":
            return True  # one damage in the household of any of them (NPR 77条の7第1号)
        if claimed.ground == "other_public_assistance" and who is not None and same_household(person, who, month):
            return True  # a fact about the household (NPA 90条1項2号)
        # Applicant or spouse may be the householder as well: then what is claimed of the householder is claimed of them.
        return claimed.role == role or (claimed.role == "householder" and head is not None and head.addressee == number)

    def tested(role: Role, who: Person | None, number: int | None) -> Tested:
        grounds = frozenset(
            claimed.ground
            for claimed in content.hardships
            if covers(claimed, month, schemes[0]) and concerns(claimed, role, who, number)
        )
        income = who.incomes.get(year) if who is not None else None
        if income is not None:
            incomes[role] = income.fact
        if income is None or income.income is None:
            needs.append(Need(person=number, role=role, income_year=year, why=_why(who, income)))
        else:
            doubts.extend(income.doubtful)
        return Tested(role, income.income if income is not None else None, grounds)

    applicant = tested("applicant", person, person.addressee)
    spouse = householder = None
    problem: str | None = None
    household: tuple[str, ...] = ()
    if isinstance(content, ExemptionApplication):
        problem = house if isinstance(house, str) else None
        named = others.get(content.spouse or 0)
        if content.has_spouse and not died_by(named, month):
            spouse = tested("spouse", named, content.spouse)
        elif registered_spouse(person, others, month):
            problem = problem or "spouse_not_declared"
        if head is not None and head.addressee not in (person.addressee, content.spouse):
            householder = tested("householder", head, head.addressee)
        together = [person] if head is None or head is person else [person, head]
        household = tuple(span.fact for one in together if (span := span_on(one, month.last_day)) is not None)
        if changed_within(person, month):
            doubts.append("household_changed_within_month")
    verdicts = {
        scheme: assess(scheme, month, person.birth_date, applicant, spouse, householder, parameters)
        for scheme in schemes
    }
    outcome, chosen = _choose(verdicts)
    if problem is not None:
        outcome, chosen = "needs_person", None
        doubts.append(problem)
    refused = tuple((s, v.failed_by or "applicant") for s, v in verdicts.items() if v.outcome == "fails")
    return MonthResult(
        month=month,
        outcome=outcome,
        scheme=chosen,
        refused=refused if outcome in ("refused", "pass") else (),
        needs=tuple(needs) if outcome == "undetermined" else (),
        doubtful=tuple(sorted(set(doubts))),
        verdicts=verdicts,
        trace=_trace(verdicts, chosen),
        incomes=incomes,
        household=household,
    )


def _why(who: Person | None, income: Income | None) -> Missing:
    if who is None:
        return "unknown_person"
    if income is None:
        return "not_assessed"
    assert income.state != "declared"
    return income.state


def _choose(verdicts: Mapping[Scheme, Verdict]) -> tuple[Outcome, Scheme | None]:
    """The first scheme asked for that passes; an unknown one before it leaves the answer open."""
    for scheme, verdict in verdicts.items():
        if verdict.outcome == "holds":
            return "pass", scheme
        if verdict.outcome == "unknown":
            return "undetermined", None
    return "refused", None


def _trace(verdicts: Mapping[Scheme, Verdict], chosen: Scheme | None) -> tuple[TraceStep, ...]:
    """The steps up to the scheme that was chosen; all of them when none was."""
    steps: list[TraceStep] = []
    for scheme, verdict in verdicts.items():
        steps += [step for step in verdict.steps if step not in steps]
        if scheme == chosen:
            break
    return tuple(steps)


def as_lines(
    number: str,
    kind: Literal["exemption", "student", "review"],
    received_on: dt.date,
    results: Sequence[MonthResult],
    person: Person,
) -> list[ExemptionAssessed]:
    lines: list[list[MonthResult]] = []
    for result in results:
        if lines and lines[-1][-1].month + 1 == result.month and lines[-1][-1].same_as(result):
            lines[-1].append(result)
        else:
            lines.append([result])
    return [
        ExemptionAssessed(
            filing=number,
            kind=kind,
            received_on=received_on,
            first_month=line[0].month,
            last_month=line[-1].month,
            outcome=line[0].outcome,
            scheme=line[0].scheme,
            refused=line[0].refused,
            needs=line[0].needs,
            doubtful=line[0].doubtful,
            basic_pension_number=person.basic_pension_number,
            trace=line[0].trace,
        )
        for line in lines
    ]
