"""What follows in law from everything known: insured status by day, the pre-check of each application, what to publish.

A pure function of facts, business day and parameters. Whoever the law tests beside the applicant (householder, spouse) is
looked up among `others`; the order in which facts arrived plays no part.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from contracts.events.eligibility import (
    ExemptionAssessed,
    ExemptionDecisionRecorded,
    InsuredStatusPublished,
)
from contracts.events.forms import ExemptionApplication, StudentApplication
from contracts.vocabulary import months

from eligibility.facts import Filing, Person, Review
from eligibility.hints import Hint, hints
from eligibility.pre_check import MonthResult, as_lines, of_application, of_review
from eligibility.premium_months import PremiumMonths, premium_months
from eligibility.reception import Reception, by_note, first_look, second_look
from eligibility.rules.parameters import Parameters
from eligibility.timeline import Timeline, Transition, timeline


@dataclass(frozen=True)
class Determination:
    """Everything that is said about one person on a business day."""

    addressee: int
    timeline: Timeline
    transitions: tuple[Transition, ...]
    """Those that took effect by the business day."""
    assessments: Mapping[str, tuple[MonthResult, ...]]
    """By reception number of the application."""
    reviews: Mapping[str, tuple[MonthResult, ...]]
    """By the pension service's request for a continued review (継続審査)."""
    decisions: tuple[ExemptionDecisionRecorded, ...]
    receptions: tuple[Reception, ...]
    """Every filing, whatever became of it."""
    premium: PremiumMonths
    hints: tuple[Hint, ...]
    insured_status: InsuredStatusPublished | None
    next_due_on: dt.date | None
    """The next day on which time alone changes something."""
    applications: Mapping[str, Filing] = field(default_factory=dict)


def determine(person: Person, others: Mapping[int, Person], day: dt.date, parameters: Parameters) -> Determination:
    """Determine one person's insured status and exemptions as of a business day."""
    if person.merged_into is not None:
        return _another_s(person)
    looked_at = first_look(person, parameters)
    accepted = [one.filing for one in looked_at if one.accepted]
    line = timeline(person, accepted, parameters)
    premium = premium_months(person, accepted, line, parameters)
    receptions = (*second_look(looked_at, line, premium), *by_note(person))
    steps = line.transitions()
    happened = tuple(step for step in steps if step.on <= day)
    applications = {
        one.filing.number: one.filing
        for one in receptions
        if one.accepted and isinstance(one.filing.content, ExemptionApplication | StudentApplication)
    }
    assessments = {
        number: tuple(of_application(person, others, filing, line, parameters))
        for number, filing in applications.items()
    }
    accepted = [one.filing for one in receptions if one.accepted]
    reviews = {
        review.request: tuple(of_review(person, others, review, accepted, assessments, line, parameters))
        for review in person.reviews
    }
    raised = hints(person, others, receptions, line, premium, day, parameters)
    still_to_come = [step.on for step in steps] + [hint.on for hint in raised]
    return Determination(
        addressee=person.addressee,
        timeline=line,
        transitions=happened,
        assessments=assessments,
        reviews=reviews,
        decisions=tuple(_decisions(person, line, assessments, reviews)),
        receptions=receptions,
        premium=premium,
        hints=tuple(hint for hint in raised if hint.on <= day),
        insured_status=_insured_status(person, line, day),
        next_due_on=min((on for on in still_to_come if on > day), default=None),
        applications=applications,
    )


def _another_s(person: Person) -> Determination:
    """Of a number that was merged (名寄せ) nothing is said any more."""
    return Determination(
        addressee=person.addressee,
        timeline=Timeline(expected=(), confirmed=()),
        transitions=(),
        assessments={},
        reviews={},
        decisions=(),
        receptions=(),
        premium=PremiumMonths(),
        hints=(),
        insured_status=None,
        next_due_on=None,
    )


def _decisions(
    person: Person,
    line: Timeline,
    assessments: Mapping[str, tuple[MonthResult, ...]],
    reviews: Mapping[str, tuple[MonthResult, ...]],
) -> list[ExemptionDecisionRecorded]:
    """裁定結果 limited to category 1 months, compared with our pre-check of the same filing or review."""
    recorded = []
    for decision in person.decisions:
        covered = [m for m in months(decision.first_month, decision.last_month) if line.category_of(m) == 1]
        if not covered:
            continue
        # What never passed us is compared with the review we were asked about, if there was one.
        checked = (
            assessments.get(decision.filing, ()) if decision.filing else [r for rs in reviews.values() for r in rs]
        )
        ours = {r.month: r for r in checked if r.outcome in ("pass", "refused")}
        known = {filing.number for filing in person.filings}
        compared = [ours[month].scheme == decision.scheme for month in covered if month in ours]
        recorded.append(
            ExemptionDecisionRecorded(
                decision=decision.decision,
                filing=decision.filing,
                decided_on=decision.decided_on,
                first_month=covered[0],
                last_month=covered[-1],
                scheme=decision.scheme,
                via_us=decision.filing in known,
                agrees=all(compared) if compared else None,
            )
        )
    return recorded


def _insured_status(person: Person, line: Timeline, day: dt.date) -> InsuredStatusPublished | None:
    """The last confirmed stay in category 1 that began by this day (decision 27)."""
    stays = [s for s in line.confirmed if s.category == 1 and s.start <= day]
    if not stays:
        return None
    start, end = stays[-1].start, stays[-1].end
    lost_on = end if end is not None and end <= day else None
    return InsuredStatusPublished(
        insured=lost_on is None,
        basic_pension_number=person.basic_pension_number,
        category=1,
        acquired_on=start,
        lost_on=lost_on,
    )


def assessed(determination: Determination, number: str, person: Person) -> list[ExemptionAssessed]:
    """The months of one application as lines: consecutive months with one result together. None unless it takes effect."""
    filing = determination.applications.get(number)
    if filing is None:
        return []
    kind: Literal["exemption", "student"] = "student" if filing.content.kind == "student" else "exemption"
    return as_lines(number, kind, filing.received_on, determination.assessments[number], person)


def reviewed(determination: Determination, review: Review, person: Person) -> list[ExemptionAssessed]:
    """The months of one continued review as lines."""
    return as_lines(review.request, "review", review.asked_on, determination.reviews[review.request], person)
