"""What is known of one person? Facts as they were stated, folded into what the rules ask for.

A fact has a valid time (in its data) and a known time (when its source recorded it). Which fact wins is decided by source
version, never by a sender's clock or by the order of arrival (decision 2).
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple, TypeVar

from contracts.events.filing import (
    Evidence,
    FilingChecked,
    FilingEntered,
    FilingReturned,
    FilingSendDecided,
    FilingWithdrawn,
)
from contracts.events.forms import ExemptionApplication, FilingContent, Form, SpouseChange
from contracts.events.income import AssessedIncome, DeclarationState, IncomeAssessed, IncomeVersion
from contracts.events.notice import (
    BasicPensionNumberAssigned,
    ExemptionDecided,
    FilingProcessed,
    IncomeRequested,
    MembershipNotified,
)
from contracts.events.registry import ResidentSpan, ResidentUpdated
from contracts.events.terminal import PensionRecordTranscribed, TranscriptionChecked
from contracts.events.welfare import AssistanceChanged
from contracts.vocabulary import JST, Category, Channel, IdentityDataHeld, Model, Sex

KINDS: dict[str, type[Model]] = {
    data.__name__: data
    for data in (
        ResidentUpdated,
        IncomeAssessed,
        FilingEntered,
        FilingChecked,
        FilingSendDecided,
        FilingWithdrawn,
        FilingReturned,
        FilingProcessed,
        PensionRecordTranscribed,
        TranscriptionChecked,
        BasicPensionNumberAssigned,
        MembershipNotified,
        ExemptionDecided,
        IncomeRequested,
        AssistanceChanged,
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
    """A filing by its newest entry that a second person confirmed, or else by its newest entry.

    It can take effect only when `checked_by` is set: entered by one person and checked, with equal content, by another.
    """

    number: str
    received_on: dt.date
    content: FilingContent
    facts: tuple[str, ...]
    office: str = ""
    channel: Channel = "counter"
    evidence: Evidence | None = None
    entered_on: dt.date = dt.date.max
    entered_by: str = ""
    checked_by: str | None = None
    waits_for: str | None = None
    """Why it has no effect yet: `second_person`, `checked_by_who_entered`, `entry_and_check_differ`."""
    ended: str | None = None
    """`withdrawn` (取下げ) or `returned` (返付): nothing follows from it any more."""
    send_decided_on: dt.date | None = None
    """When somebody else than who entered it decided that it goes to the pension service."""
    processed: FilingProcessed | None = None


@dataclass(frozen=True)
class Review:
    """継続審査: the pension service reviews this person's exemption for the July that follows an income year."""

    request: str
    income_year: int
    asked_on: dt.date
    fact: str


class IncomeAsked(NamedTuple):
    """所得情報提供依頼: the pension service asked for an income year of this person, for a purpose, on a day."""

    purpose: str
    income_year: int
    on: dt.date


@dataclass(frozen=True)
class Grant:
    """Public assistance (生活保護) of one kind in [since, until)."""

    assistance: str
    since: dt.date
    until: dt.date | None
    equivalent_only: bool
    fact: str


@dataclass(frozen=True)
class Income:
    """One income year as believed now; `income` is None unless the state is `declared`."""

    state: DeclarationState
    income: AssessedIncome | None
    fact: str
    doubtful: tuple[str, ...] = ()


@dataclass(frozen=True)
class Person:
    """Everything that is known now of one person."""

    addressee: int
    birth_date: dt.date | None = None
    sex: Sex = "unknown"
    spans: tuple[ResidentSpan, ...] = ()
    incomes: dict[int, Income] = field(default_factory=dict)
    stays: tuple[Stay, ...] = ()
    filings: tuple[Filing, ...] = ()
    """By reception number, whatever their state."""
    grants: tuple[Grant, ...] = ()
    reviews: tuple[Review, ...] = ()
    asked_about: tuple[IncomeAsked, ...] = ()
    """Income years for which the pension service asked, whatever for."""
    decisions: tuple[ExemptionDecided, ...] = ()
    """By their newest version."""
    first_decided: Mapping[str, dt.date] = field(default_factory=dict)
    """The day of each decision's first version: a decision told again is not made again."""
    decided_by: Mapping[str, str] = field(default_factory=dict)
    """The event that told each decision's newest version."""
    basic_pension_number: str | None = None
    identity_data_held: IdentityDataHeld | None = None
    needs_person: tuple[str, ...] = ()
    merged_into: int | None = None
    """名寄せ: the number that speaks for this one; of this one nothing is determined any more."""


def persons_of(facts: Mapping[int, Sequence[Fact]]) -> dict[int, Person]:
    """Everybody of whom these facts tell, by number. What is told of a number that was merged counts for the end of its chain (名寄せ),
    also where a form names it as spouse."""
    ends = {
        number: fact.data.merged_into
        for number, known in facts.items()
        for fact in known
        if isinstance(fact.data, ResidentUpdated) and fact.data.merged_into is not None
    }
    if not ends:
        return {number: person(number, known) for number, known in facts.items()}
    joined: dict[int, list[Fact]] = {}
    for number, known in facts.items():
        end = ends.get(number, number)
        kept = [fact for fact in known if end == number or not isinstance(fact.data, ResidentUpdated)]
        joined.setdefault(end, []).extend(_naming_ends(fact, ends) for fact in kept)
    found = {number: person(number, known) for number, known in joined.items()}
    for number, end in ends.items():
        found[number] = replace(person(number, facts[number]), merged_into=end)
    return found


def _naming_ends(fact: Fact, ends: Mapping[int, int]) -> Fact:
    """A filing whose form names a merged number as spouse, naming the end of its chain instead."""
    if not isinstance(fact.data, FilingEntered | FilingChecked):
        return fact
    content = fact.data.content
    spouse = named_spouse(content)
    if spouse is None or spouse not in ends:
        return fact
    content = content.model_copy(update={"spouse": ends[spouse]})
    return replace(fact, data=fact.data.model_copy(update={"content": content}))


def person(addressee: int, facts: Iterable[Fact]) -> Person:
    """Fold the facts about one person."""
    by_kind: dict[str, list[Fact]] = {kind: [] for kind in KINDS}
    for fact in facts:
        by_kind[fact.kind].append(fact)
    resident = next((fact.data for fact in by_kind["ResidentUpdated"]), ResidentUpdated(spans=()))
    numbers = by_kind["BasicPensionNumberAssigned"]
    filings, pending = _filings(by_kind)
    if len({(fact.data.version, fact.data.basic_pension_number) for fact in numbers}) > len(
        {fact.data.version for fact in numbers}
    ):
        pending.add("two_basic_pension_numbers")
    decisions: dict[str, ExemptionDecided] = {}
    first_decided: dict[str, dt.date] = {}
    decided_by: dict[str, str] = {}
    for fact in sorted(by_kind["ExemptionDecided"], key=lambda f: (f.data.version, f.id)):
        decisions[fact.data.decision] = fact.data
        decided_by[fact.data.decision] = fact.id
        first_decided[fact.data.decision] = min(
            first_decided.get(fact.data.decision, dt.date.max), fact.data.decided_on
        )
    return Person(
        addressee=addressee,
        birth_date=resident.birth_date,
        sex=resident.sex,
        spans=tuple(span for span in resident.spans if span.known_to is None),
        incomes=_incomes(by_kind["IncomeAssessed"]),
        stays=_stays(by_kind["MembershipNotified"]),
        filings=filings,
        grants=_grants(by_kind["AssistanceChanged"]),
        reviews=_reviews(by_kind["IncomeRequested"]),
        asked_about=tuple(
            sorted(
                IncomeAsked(fact.data.purpose, fact.data.income_year, recorded_on(fact.recorded_at))
                for fact in by_kind["IncomeRequested"]
            )
        ),
        decisions=tuple(sorted(decisions.values(), key=lambda d: (d.first_month, d.decision))),
        first_decided=first_decided,
        decided_by=decided_by,
        basic_pension_number=max(numbers, key=lambda f: (f.data.version, f.id)).data.basic_pension_number
        if numbers
        else None,
        identity_data_held=resident.identity_data_held,
        needs_person=tuple(sorted({*resident.needs_person, *pending})),
    )


def as_recorded(facts: Iterable[Fact], day: dt.date) -> list[Fact]:
    """The facts "as recorded by" a civil day in Asia/Tokyo (decision 3): what their sources had recorded at its end.

    A fact recorded later is left out; so nothing that is recorded later changes the answer, and a fact that only arrives later
    does. A resident and an income year are stated whole, with every belief and when it was held; they are cut down to what was
    believed at the end of the day. An annulment counts from its own day, also while we waited for the entry that may replace it.

    Not cut, because no older state of it is kept, but as known now: birth date and sex of somebody who was in the register on the
    day (unknown if every entry was annulled since), `needs_person` of the register and of an income year.
    """
    return [known for fact in facts if (known := _as_recorded(fact, day)) is not None]


def _as_recorded(fact: Fact, day: dt.date) -> Fact | None:
    # The recorded time of these two is that of their newest change.
    if isinstance(fact.data, ResidentUpdated):
        return _as_registered(fact, fact.data, day)
    if isinstance(fact.data, IncomeAssessed):
        versions = _believed(fact.data.versions, day)
        return replace(fact, data=fact.data.model_copy(update={"versions": versions})) if versions else None
    return fact if recorded_on(fact.recorded_at) <= day else None


def _as_registered(fact: Fact, data: ResidentUpdated, day: dt.date) -> Fact | None:
    if recorded_on(fact.recorded_at) > day and all(recorded_on(span.known_from) > day for span in data.spans):
        return None
    spans = _believed(data.spans, day)
    # Like `residence`: of somebody whose every entry was annulled the register says nothing.
    unknown = {} if spans else {"birth_date": None, "sex": "unknown", "support_measure": False}
    return replace(fact, data=data.model_copy(update={"spans": spans, **unknown}))


B = TypeVar("B", ResidentSpan, IncomeVersion)


def _believed(beliefs: Iterable[B], day: dt.date) -> tuple[B, ...]:
    """Those held at the end of the day, as if nothing had followed."""
    return tuple(
        belief.model_copy(update={"known_to": None})
        for belief in beliefs
        if recorded_on(belief.known_from) <= day and (belief.known_to is None or day < recorded_on(belief.known_to))
    )


def recorded_on(moment: dt.datetime) -> dt.date:
    """The civil day in Asia/Tokyo on which something was recorded."""
    return moment.astimezone(JST).date()


F = TypeVar("F", bound=Form)


def of_form(filings: Iterable[Filing], form: type[F]) -> list[tuple[Filing, F]]:
    """The filings of one form, each with its content."""
    return [(filing, filing.content) for filing in filings if isinstance(filing.content, form)]


def uses_others(person: Person) -> bool:
    """Whether this person's determination looks at anybody else."""
    if person.merged_into is not None:
        return False
    applied = any(filing.content.kind in ("exemption", "student") for filing in person.filings)
    return applied or bool(person.reviews) or raises_hints_about_others(person)


HINTS_ABOUT_BIRTHS_SINCE = dt.date(2025, 10, 1)
"""The first births that 育児免除 can concern: a child below one on 2026-10-01. Older births of the register raise no hint."""


def raises_hints_about_others(person: Person) -> bool:
    """A death concerns the family, a birth the parents."""
    return any(tells_of_others(span) for span in person.spans)


def tells_of_others(span: ResidentSpan) -> bool:
    """Whether a stretch of the register is a death, or a birth that still matters."""
    return span.residency == "deceased" or (span.reason == "birth" and span.valid_from >= HINTS_ABOUT_BIRTHS_SINCE)


def named_spouse(content: FilingContent) -> int | None:
    """The spouse whom a form names: then what is known of him or her belongs to the determination."""
    return content.spouse if isinstance(content, ExemptionApplication | SpouseChange) else None


def circles_of(persons: Iterable[Person]) -> dict[int, set[int]]:
    """For each of these people, whose facts their determination may use: their own, those of everyone who was ever in a
    household of theirs, and those of the spouses their forms name."""
    persons = list(persons)
    mates: dict[int, set[int]] = {}
    for who in persons:
        for span in who.spans:
            mates.setdefault(span.household, set()).add(who.addressee)
    return {
        who.addressee: {who.addressee}
        | {mate for span in who.spans for mate in mates[span.household]}
        | {spouse for filing in who.filings if (spouse := named_spouse(filing.content))}
        for who in persons
    }


def _incomes(assessed: Iterable[Fact]) -> dict[int, Income]:
    """By income year. Of one person under two numbers a declared income counts, and two that differ are for a person to settle."""
    by_year: dict[int, list[Income]] = {}
    for fact in assessed:
        if not fact.data.withdrawn:
            by_year.setdefault(fact.data.income_year, []).append(_income(fact.data))
    return {year: told[0] if len(told) == 1 else _one_of(told) for year, told in by_year.items()}


def _one_of(told: Sequence[Income]) -> Income:
    first = min(told, key=lambda one: (one.state != "declared", one.fact))
    differ = any(one.income is not None and one.income != first.income for one in told)
    return replace(first, doubtful=(*first.doubtful, "merged_incomes_differ")) if differ else first


def _income(data: IncomeAssessed) -> Income:
    current = next(version for version in data.versions if version.known_to is None)
    return Income(current.state, current.income, current.fact, data.needs_person)


def _stays(notices: Sequence[Fact]) -> tuple[Stay, ...]:
    latest: dict[tuple[int, dt.date], Fact] = {}
    for fact in sorted(notices, key=lambda f: (f.data.version, f.id)):
        latest[fact.data.category, fact.data.acquired_on] = fact
    return tuple(
        Stay(fact.data.category, fact.data.acquired_on, fact.data.lost_on, fact.id)
        for fact in sorted(latest.values(), key=lambda f: (f.data.acquired_on, str(f.data.category)))
        if not fact.data.cancelled and fact.data.lost_on != fact.data.acquired_on
    )


def _reviews(requests: Sequence[Fact]) -> tuple[Review, ...]:
    """One for each list of the pension service, by its earliest request."""
    first: dict[str, Review] = {}
    for fact in sorted(requests, key=lambda f: (f.recorded_at, f.id)):
        if asks_for_review(fact.data):
            asked_on = recorded_on(fact.recorded_at)
            first.setdefault(fact.data.request, Review(fact.data.request, fact.data.income_year, asked_on, fact.id))
    return tuple(sorted(first.values(), key=lambda review: (review.income_year, review.request)))


def asks_for_review(data: Model) -> bool:
    """Whether a notice puts a person on the list of a July's review."""
    return isinstance(data, IncomeRequested) and data.purpose == "continued_review"


def _grants(changes: Sequence[Fact]) -> tuple[Grant, ...]:
    latest: dict[str, Fact] = {}
    for fact in sorted(changes, key=lambda f: (f.data.version, f.id)):
        latest[fact.data.grant] = fact
    return tuple(
        Grant(f.data.assistance, f.data.valid_from, f.data.valid_to, f.data.equivalent_only, f.id)
        for f in sorted(latest.values(), key=lambda f: (f.data.valid_from, f.data.grant))
        if not f.data.cancelled and f.data.valid_to != f.data.valid_from
    )


def _filings(by_kind: dict[str, list[Fact]]) -> tuple[tuple[Filing, ...], set[str]]:
    """Every filing as it stands, and what about them waits for a person."""
    entries = _by_number(by_kind["FilingEntered"])
    checks = _by_number(by_kind["FilingChecked"])
    withdrawn = _by_number(by_kind["FilingWithdrawn"])
    returned = _by_number(by_kind["FilingReturned"])
    decided = _by_number(by_kind["FilingSendDecided"])
    processed = _by_number(by_kind["FilingProcessed"])
    filings, doubts = [], set()
    for number in sorted(entries):
        filing, revision = _as_entered(entries[number], checks.get(number, ()))
        given_back = max((fact.data.revision for fact in returned.get(number, ())), default=0)
        ended = "withdrawn" if number in withdrawn else "returned" if given_back >= revision else None
        results = sorted((f.data for f in processed.get(number, ())), key=lambda d: (d.processed_on, d.result))
        filings.append(
            replace(
                filing,
                ended=ended,
                send_decided_on=min(
                    (f.data.decided_on for f in decided.get(number, ()) if f.data.decided_by != filing.entered_by),
                    default=None,
                ),
                processed=results[-1] if results else None,
            )
        )
        if filing.waits_for == "checked_by_who_entered" and ended is None:
            doubts.add("checked_by_who_entered")
        revisions = [fact.data.revision for fact in entries[number]]
        if len(set(revisions)) != len(revisions):
            doubts.add("revision_used_twice")
    return tuple(filings), doubts


def _by_number(facts: Iterable[Fact]) -> dict[str, list[Fact]]:
    found: dict[str, list[Fact]] = {}
    for fact in facts:
        found.setdefault(fact.data.filing, []).append(fact)
    return found


def _as_entered(entries: Sequence[Fact], checks: Sequence[Fact]) -> tuple[Filing, int]:
    """The newest entry that another person checked with equal content (decision 31), else the newest; and its revision."""
    newest = sorted(entries, key=lambda f: (f.data.revision, f.id), reverse=True)
    for entry in newest:
        data: FilingEntered = entry.data
        confirming = sorted(
            (check.id, check.data.checked_by)
            for check in checks
            if check.data.checked_by != data.entered_by
            and check.data.content == data.content
            and check.data.received_on == data.received_on
        )
        if confirming:
            event, second = confirming[0]
            return _filing(entry, (entry.id, event), second, None), data.revision
    if any(check.data.checked_by == entry.data.entered_by for check in checks for entry in entries):
        waits = "checked_by_who_entered"
    else:
        waits = "entry_and_check_differ" if checks else "second_person"
    return _filing(newest[0], (newest[0].id,), None, waits), newest[0].data.revision


def _filing(entry: Fact, facts: tuple[str, ...], checked_by: str | None, waits_for: str | None) -> Filing:
    data: FilingEntered = entry.data
    return Filing(
        number=data.filing,
        received_on=data.received_on,
        content=data.content,
        facts=facts,
        office=data.office,
        channel=data.channel,
        evidence=data.evidence,
        entered_on=recorded_on(entry.recorded_at),
        entered_by=data.entered_by,
        checked_by=checked_by,
        waits_for=waits_for,
    )
