"""With whom did a person live at the end of a month? What the law asks about a household, read from the register's spans."""

import datetime as dt
from collections.abc import Mapping

from contracts.events.registry import ResidentSpan
from contracts.vocabulary import Month

from eligibility.facts import Person


def span_on(person: Person, day: dt.date) -> ResidentSpan | None:
    for span in person.spans:
        if span.valid_from <= day and (span.valid_to is None or day < span.valid_to):
            return span
    return None


def head_of_household(person: Person, others: Mapping[int, Person], month: Month) -> Person | str | None:
    """Who was householder (世帯主) with the applicant at the month's end; text = what a person must settle.

    The household of each month decides; a change splits the cycle (decision 32, confidence: published).
    """
    day = month.last_day
    span = span_on(person, day)
    if span is None or span.residency != "resident":
        return None  # lives elsewhere now: the municipality there knows the household
    if span.relation == "householder":
        return person
    heads = []
    for other in others.values():
        theirs = span_on(other, day)
        if (
            theirs is not None
            and theirs.household == span.household
            and theirs.relation == "householder"
            and theirs.residency == "resident"
            and other.addressee != person.addressee
        ):
            heads.append(other)
    if len(heads) == 1:
        return heads[0]
    return "householder_missing" if not heads else "two_householders"


def died_by(person: Person | None, month: Month) -> bool:
    """A spouse who did not live to the end of the month is nobody's joint obligor for it."""
    span = span_on(person, month.last_day) if person is not None else None
    return span is not None and span.residency == "deceased"


def same_household(person: Person, other: Person, month: Month) -> bool:
    ours, theirs = span_on(person, month.last_day), span_on(other, month.last_day)
    return ours is not None and theirs is not None and ours.household == theirs.household


def registered_spouse(person: Person, others: Mapping[int, Person], month: Month) -> bool:
    span = span_on(person, month.last_day)
    if span is None or span.residency != "resident":
        return False
    if span.relation == "spouse":
        return True
    if span.relation != "householder":
        return False
    return any(
        theirs is not None
        and theirs.household == span.household
        and theirs.relation == "spouse"
        and theirs.residency == "resident"
        for other in others.values()
        if other.addressee != person.addressee
        for theirs in [span_on(other, month.last_day)]
    )


def changed_within(person: Person, month: Month) -> bool:
    before: ResidentSpan | None = None
    for span in person.spans:
        moved = before is not None and (before.household, before.relation) != (span.household, span.relation)
        if moved and month.first_day < span.valid_from <= month.last_day:
            return True
        before = span
    return False
