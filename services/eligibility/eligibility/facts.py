"""What is known of one person? Facts as they were stated, folded into what the rules ask for.

A fact has a valid time (in its data) and a known time (when its source recorded it). Which fact wins is decided by source
version, never by a sender's clock or by the order of arrival (decision 2).
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from contracts.events.filing import ExemptionApplication, FilingChecked, FilingContent, FilingEntered, FilingWithdrawn
from contracts.events.income import AssessedIncome, IncomeAssessed
from contracts.events.notice import BasicPensionNumberAssigned, ExemptionDecided, MembershipNotified
from contracts.events.registry import ResidentSpan, ResidentUpdated
from contracts.vocabulary import Category, Model

KINDS: dict[str, type[Model]] = {
    data.__name__: data
    for data in (
        ResidentUpdated,
        IncomeAssessed,
        FilingEntered,
        FilingChecked,
        FilingWithdrawn,
        BasicPensionNumberAssigned,
        MembershipNotified,
        ExemptionDecided,
    )
}
"""Event types that state a fact."""


@dataclass(frozen=True)
class Fact:
    """One fact about one person. `key` says what it is about; of two facts with one key the higher `version` counts."""

    id: str
    addressee: int
    kind: str
    key: str
    version: int
    recorded_at: dt.datetime
    data: Any


@dataclass(frozen=True)
class Stay:
    """The pension service's record of one stay in a category, [acquired_on, lost_on)."""

    category: Category
    acquired_on: dt.date
    lost_on: dt.date | None
    fact: str


@dataclass(frozen=True)
class Filing:
    """A filing that takes effect: entered by one person and checked, with equal content, by another."""

    number: str
    received_on: dt.date
    content: FilingContent
    facts: tuple[str, ...]


@dataclass(frozen=True)
class Income:
    """One income year as believed now; `income` is None unless the state is `declared`."""

    state: str
    income: AssessedIncome | None
    fact: str
    doubtful: tuple[str, ...] = ()


@dataclass(frozen=True)
class Person:
    """Everything that is known now of one person."""

    addressee: int
    birth_date: dt.date | None = None
    spans: tuple[ResidentSpan, ...] = ()
    incomes: dict[int, Income] = field(default_factory=dict)
    stays: tuple[Stay, ...] = ()
    cancelled_category1: tuple[dt.date, ...] = ()
    """First days of category 1 stays that were taken back."""
    filings: tuple[Filing, ...] = ()
    withdrawn_filings: tuple[Filing, ...] = ()
    decisions: tuple[ExemptionDecided, ...] = ()
    basic_pension_number: str | None = None
    needs_person: tuple[str, ...] = ()


def person(addressee: int, facts: Iterable[Fact]) -> Person:
    """Fold the facts about one person."""
    by_kind: dict[str, list[Fact]] = {kind: [] for kind in KINDS}
    for fact in facts:
        by_kind[fact.kind].append(fact)
    resident = next((fact.data for fact in by_kind["ResidentUpdated"]), ResidentUpdated(spans=()))
    numbers = by_kind["BasicPensionNumberAssigned"]
    stays, cancelled = _stays(by_kind["MembershipNotified"])
    filings, withdrawn, pending = _filings(by_kind)
    if len({(fact.data.version, fact.data.basic_pension_number) for fact in numbers}) > len(
        {fact.data.version for fact in numbers}
    ):
        pending.add("two_basic_pension_numbers")
    decisions: dict[str, ExemptionDecided] = {}
    for fact in sorted(by_kind["ExemptionDecided"], key=lambda f: (f.data.version, f.id)):
        decisions[fact.data.decision] = fact.data
    return Person(
        addressee=addressee,
        birth_date=resident.birth_date,
        spans=tuple(span for span in resident.spans if span.known_to is None),
        incomes={fact.data.income_year: _income(fact.data) for fact in by_kind["IncomeAssessed"]},
        stays=stays,
        cancelled_category1=cancelled,
        filings=filings,
        withdrawn_filings=withdrawn,
        decisions=tuple(sorted(decisions.values(), key=lambda d: (d.first_month, d.decision))),
        basic_pension_number=max(numbers, key=lambda f: (f.data.version, f.id)).data.basic_pension_number
        if numbers
        else None,
        needs_person=tuple(sorted({*resident.needs_person, *pending})),
    )


def circles_of(persons: Iterable[Person]) -> dict[int, set[int]]:
    """For each of these people, whose facts their determination may use: their own, those of everyone who was ever in a
    household of theirs, and those of the spouses their applications name."""
    persons = list(persons)
    mates: dict[int, set[int]] = {}
    for who in persons:
        for span in who.spans:
            mates.setdefault(span.household, set()).add(who.addressee)
    return {
        who.addressee: {who.addressee}
        | {mate for span in who.spans for mate in mates[span.household]}
        | {
            filing.content.spouse
            for filing in who.filings
            if isinstance(filing.content, ExemptionApplication) and filing.content.spouse
        }
        for who in persons
    }


def _income(data: IncomeAssessed) -> Income:
    current = next(version for version in data.versions if version.known_to is None)
    return Income(current.state, current.income, current.fact, data.needs_person)


def _stays(notices: Sequence[Fact]) -> tuple[tuple[Stay, ...], tuple[dt.date, ...]]:
    latest: dict[tuple[int, dt.date], Fact] = {}
    for fact in sorted(notices, key=lambda f: (f.data.version, f.id)):
        latest[fact.data.category, fact.data.acquired_on] = fact
    stays = tuple(
        Stay(fact.data.category, fact.data.acquired_on, fact.data.lost_on, fact.id)
        for fact in sorted(latest.values(), key=lambda f: (f.data.acquired_on, f.data.category))
        if not fact.data.cancelled and fact.data.lost_on != fact.data.acquired_on
    )
    cancelled = tuple(sorted(f.data.acquired_on for f in latest.values() if f.data.cancelled and f.data.category == 1))
    return stays, cancelled


def _filings(by_kind: dict[str, list[Fact]]) -> tuple[tuple[Filing, ...], tuple[Filing, ...], set[str]]:
    """Effective filings, those withdrawn after taking effect, and what waits for a person."""
    entries: dict[str, list[Fact]] = {}
    for fact in by_kind["FilingEntered"]:
        entries.setdefault(fact.data.filing, []).append(fact)
    checks: dict[str, list[Fact]] = {}
    for fact in by_kind["FilingChecked"]:
        checks.setdefault(fact.data.filing, []).append(fact)
    withdrawals = {fact.data.filing for fact in by_kind["FilingWithdrawn"]}
    effective, withdrawn, doubts = [], [], set()
    for number in sorted(entries):
        found = _effective(entries[number], checks.get(number, []))
        if found is None:
            if number not in withdrawals and _checked_by_who_entered(entries[number], checks.get(number, [])):
                doubts.add("checked_by_who_entered")
        elif number in withdrawals:
            withdrawn.append(found)
        else:
            effective.append(found)
        revisions = [fact.data.revision for fact in entries[number]]
        if len(set(revisions)) != len(revisions):
            doubts.add("revision_used_twice")
    return tuple(effective), tuple(withdrawn), doubts


def _effective(entries: Sequence[Fact], checks: Sequence[Fact]) -> Filing | None:
    """The newest entry that another person checked with equal content (decision 31)."""
    for entry in sorted(entries, key=lambda f: (f.data.revision, f.id), reverse=True):
        data: FilingEntered = entry.data
        confirming = sorted(
            check.id
            for check in checks
            if check.data.checked_by != data.entered_by
            and check.data.content == data.content
            and check.data.received_on == data.received_on
        )
        if confirming:
            return Filing(data.filing, data.received_on, data.content, (entry.id, confirming[0]))
    return None


def _checked_by_who_entered(entries: Sequence[Fact], checks: Sequence[Fact]) -> bool:
    return any(check.data.checked_by == entry.data.entered_by for check in checks for entry in entries)
