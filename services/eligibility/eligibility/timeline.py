"""Which category of insured person was someone, on which day, and how sure are we?

Two readings of the same facts (decision 25). *Confirmed*: only a filing, a pension-service notice, a move filing with the
pension note (住基法29条の付記), or the law itself on what was confirmed before (death, 60 attained). *Expected*: also what
follows from age and residence; the ward can't see category 2 or 3 and never treats an expectation as a fact.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, cast, get_args

from contracts.events.eligibility import TraceStep, TransitionReason
from contracts.events.forms import (
    AcquisitionFiling,
    CategoryChangeFiling,
    DeathFiling,
    LossFiling,
    VoluntaryEntry,
    VoluntaryWithdrawal,
)
from contracts.events.registry import ResidentSpan
from contracts.vocabulary import Category, Certainty, Month

from eligibility.facts import Filing, Person
from eligibility.rules.age import attained_on
from eligibility.rules.parameters import Parameters
from eligibility.rules.qualification_date import Effective, effective_on

Basis = Literal["law", "filing", "notice", "move_note", "none"]


@dataclass(frozen=True)
class Mark:
    """On this day a status begins (`category`) or ends (None).

    A beginning takes effect over `over`; an end takes effect when the status is one of `over`.
    """

    on: dt.date
    category: Category | None
    over: frozenset[Category | None]
    reason: TransitionReason
    basis: Basis
    article: str
    facts: tuple[str, ...] = ()
    filing: str | None = None
    received_on: dt.date | None = None


@dataclass(frozen=True)
class Segment:
    """[start, end) in one category; None = not insured. `mark` is what began it."""

    start: dt.date
    end: dt.date | None
    category: Category | None
    mark: Mark


@dataclass(frozen=True)
class Transition:
    """The step from one status to the next on a day."""

    on: dt.date
    before: Category | None
    after: Category | None
    certainty: Certainty
    mark: Mark

    @property
    def trace(self) -> TraceStep:
        return TraceStep(article=self.mark.article, outcome="holds", reason=self.mark.reason, facts=self.mark.facts)


@dataclass(frozen=True)
class Timeline:
    """Both readings of one person's insured status."""

    expected: tuple[Segment, ...]
    confirmed: tuple[Segment, ...]
    _asked: dict[Month, Category | None] = field(default_factory=dict, compare=False, repr=False)
    """Months already answered: one determination asks for the same ones several times."""

    def transitions(self) -> list[Transition]:
        """Every step of both readings, in order of day; confirmed where the confirmed reading has it."""
        sure = {(s.on, s.before, s.after): s for s in _steps(self.confirmed, "confirmed")}
        guessed = {(s.on, s.before, s.after): s for s in _steps(self.expected, "expected")}
        steps = {**guessed, **sure}
        return sorted(steps.values(), key=lambda s: (s.on, rank(s.before), rank(s.after)))

    def on(self, day: dt.date) -> Category | None:
        """The expected status on a day."""
        return next((s.category for s in self.expected if s.start <= day and (s.end is None or day < s.end)), None)

    def category_of(self, month: Month) -> Category | None:
        """The category that a whole month counts as (NPA 11条・11条の2): the last one in it.

        Acquired and lost within one month, the month counts as the category lost, unless another began after it.
        """
        if month not in self._asked:
            self._asked[month] = self._category_of(month)
        return self._asked[month]

    def _category_of(self, month: Month) -> Category | None:
        last = None
        for segment in self.expected:
            within = segment.start <= month.last_day and (segment.end is None or segment.end > month.first_day)
            if within and segment.category is not None:
                last = segment
        if last is None:
            return None
        insured_at_the_end = last.end is None or last.end > month.last_day
        return last.category if insured_at_the_end or last.start >= month.first_day else None


def timeline(person: Person, accepted: Iterable[Filing], parameters: Parameters) -> Timeline:
    """Both readings from everything known of a person and the filings that take effect."""
    sure = [*_by_notice(person), *_by_filing(accepted), *_by_move_note(person), *_by_law(person, parameters)]
    known_since = min((mark.on for mark in sure if mark.category is not None), default=dt.date.min)
    # Before the first day that somebody recorded, a guess would only contradict the record.
    guesses = [mark for mark in _by_age_and_residence(person, parameters) if mark.on >= known_since]
    return Timeline(tuple(_walk([*sure, *guesses])), tuple(_walk(sure)))


_STATUSES: tuple[Category | None, ...] = (None, *get_args(Category))
_ANY: frozenset[Category | None] = frozenset(_STATUSES)
_INSURED: frozenset[Category | None] = _ANY - {None}
_NONE: frozenset[Category | None] = frozenset({None})
_VOLUNTARY: frozenset[Category | None] = frozenset({"voluntary_20_59", "voluntary_60_64", "voluntary_overseas"})
_SPECIAL: frozenset[Category | None] = frozenset({"special_voluntary", "special_voluntary_overseas"})
_ABROAD: frozenset[Category | None] = frozenset({"voluntary_overseas", "special_voluntary_overseas"})
_FIRST: frozenset[Category | None] = frozenset({1})
_BOUND_TO_JAPAN = _FIRST | (_VOLUNTARY | _SPECIAL) - _ABROAD
"""Statuses that end when there is no address in Japan any more."""
_NOT_YET_1 = _ANY - _FIRST - _VOLUNTARY - _SPECIAL | _ABROAD
"""Statuses that an entry to category 1 takes over from: a member abroad changes without a gap (NPA 附則5条8項)."""


def rank(category: Category | None) -> int:
    """Order of statuses in lists: none, categories 1 to 3, voluntary memberships."""
    return _STATUSES.index(category)


_CERTAIN_FIRST = {"law": 0, "notice": 1, "filing": 2, "move_note": 3, "none": 4}


def _walk(marks: Iterable[Mark]) -> list[Segment]:
    """Go through the marks in order of day: on one day ends come before beginnings, the surer before the less sure."""
    status: Category | None = None
    changes: list[tuple[Category | None, Mark]] = []
    for mark in sorted(marks, key=_order):
        if status in mark.over and mark.category != status:
            status = mark.category
            if changes and changes[-1][1].on == mark.on:
                changes.pop()
            changes.append((status, mark))
    segments: list[Segment] = []
    before: Category | None = None
    for category, mark in changes:
        if category != before:
            if segments:
                segments[-1] = replace(segments[-1], end=mark.on)
            segments.append(Segment(mark.on, None, category, mark))
        before = category
    return segments


def _order(mark: Mark) -> tuple[object, ...]:
    begins = mark.category is not None
    return mark.on, begins, -rank(mark.category), _CERTAIN_FIRST[mark.basis], mark.facts, mark.filing or ""


def _steps(segments: Sequence[Segment], certainty: Certainty) -> list[Transition]:
    steps = []
    before: Category | None = None
    for segment in segments:
        if segment.category != before:
            steps.append(Transition(segment.start, before, segment.category, certainty, segment.mark))
        before = segment.category
    return steps


_LEFT: dict[Category, TransitionReason] = {2: "end_of_class2", 3: "end_of_class3"}
_JOINED: dict[Category, TransitionReason] = {2: "to_class2", 3: "to_class3"}
_STATUS_ARTICLE: dict[Category, str] = {
    1: "国民年金法7条1項1号",
    2: "国民年金法7条1項2号",
    3: "国民年金法7条1項3号",
    "voluntary_20_59": "国民年金法附則5条1項1号",
    "voluntary_60_64": "国民年金法附則5条1項2号",
    "voluntary_overseas": "国民年金法附則5条1項3号",
    "special_voluntary": "平6改正法附則11条1項, 平16改正法附則23条1項, 令7年法律74号附則40条1項",
    "special_voluntary_overseas": "平6改正法附則11条1項, 平16改正法附則23条1項, 令7年法律74号附則40条1項",
}


def _by_notice(person: Person) -> list[Mark]:
    marks = []
    for stay in person.stays:
        article = _STATUS_ARTICLE[stay.category]
        joined = _JOINED.get(stay.category, "acquired_by_pension_service")
        marks.append(Mark(stay.acquired_on, stay.category, _ANY, joined, "notice", article, (stay.fact,)))
        if stay.lost_on is not None:
            left = _LEFT.get(stay.category, "lost_by_pension_service")
            ended = frozenset({stay.category})
            marks.append(Mark(stay.lost_on, None, ended, left, "notice", "国民年金法9条", (stay.fact,)))
    return marks


_FILED: dict[str, tuple[str, TransitionReason]] = {
    "age20": ("attained_20", "age20"),
    "entry_from_abroad": ("entry_from_abroad", "entry_from_abroad"),
    "end_of_exclusion": ("exclusion_ended", "end_of_exclusion"),
    "left_employment": ("left_employment", "end_of_class2"),
    "spouse_left_employment": ("spouse_left_employment", "end_of_class3"),
    "spouse_attained_65": ("spouse_attained_65", "end_of_class3"),
    "dependency_ended": ("dependency_ended", "end_of_class3"),
    "divorce": ("divorce_of_dependent", "end_of_class3"),
    "spouse_died": ("spouse_died", "end_of_class3"),
    "departure_overseas": ("departure_overseas", "departure_overseas"),
    "old_age_benefit_right": ("old_age_benefit_right", "old_age_benefit_right"),
    "exclusion": ("excluded_by_ordinance", "exclusion"),
}
"""Reason on the form → fact of the law's table, reason of the step."""


def filed_effect(content: AcquisitionFiling | CategoryChangeFiling | LossFiling) -> tuple[Effective, TransitionReason]:
    """From which day does the fact on a form count, and why."""
    other = ("departure_overseas" if content.kind == "loss" else "entry_from_abroad", "other")
    event, reason = _FILED.get(content.reason, other)
    return effective_on(event, content.fact_on), cast(TransitionReason, reason)


def _by_filing(accepted: Iterable[Filing]) -> list[Mark]:
    marks = []
    for filing in accepted:
        content = filing.content
        status: Category | None = None
        over: frozenset[Category | None] = _BOUND_TO_JAPAN
        reason: TransitionReason = "other"
        if isinstance(content, AcquisitionFiling | CategoryChangeFiling):
            effect, reason = filed_effect(content)
            status, over = 1, _NOT_YET_1
        elif isinstance(content, LossFiling):
            effect, reason = filed_effect(content)
        elif isinstance(content, VoluntaryEntry):
            # Whoever can receive an old-age benefit was never category 1; only our guess says so.
            status, over = (
                content.membership,
                _NONE | (_FIRST if content.membership == "voluntary_20_59" else frozenset()),
            )
            effect, reason = effective_on("voluntary_application", filing.received_on), "voluntary_entry"
            effect = replace(effect, article=_STATUS_ARTICLE[status])
        elif isinstance(content, VoluntaryWithdrawal):
            over, reason = _VOLUNTARY | _SPECIAL, "voluntary_withdrawal"
            effect = effective_on("voluntary_withdrawal_accepted", filing.received_on)
        elif isinstance(content, DeathFiling):
            effect, over, reason = effective_on("death", content.died_on), _INSURED, "death"
        else:
            continue
        marks.append(
            Mark(
                effect.on, status, over, reason, "filing", effect.article, filing.facts, filing.number,
                filing.received_on,
            )
        )  # fmt: skip
    return marks


def _by_move_note(person: Person) -> list[Mark]:
    """転入・転出 filings that bear the pension note count as the pension filing (NPA 12条3項)."""
    marks = []
    for before, span in _moves(person.spans):
        note = span.note
        if note is None or not note.insured or note.category not in (None, 1):
            continue
        if span.reason == "move_in_overseas":
            effect = effective_on("entry_from_abroad", span.valid_from)
            marks.append(_noted(effect.on, 1, _NOT_YET_1, "entry_from_abroad", effect.article, span))
        elif span.reason == "move_in" and before is None:
            marks.append(_noted(span.valid_from, 1, _NONE, "moved_in_insured", "国民年金法12条3項", span))
        elif span.reason == "move_out_overseas":
            effect = effective_on("departure_overseas", span.valid_from)
            marks.append(_noted(effect.on, None, _BOUND_TO_JAPAN, "departure_overseas", effect.article, span))
    return marks


def _noted(
    on: dt.date,
    category: Category | None,
    over: frozenset[Category | None],
    reason: TransitionReason,
    article: str,
    span: ResidentSpan,
) -> Mark:
    return Mark(on, category, over, reason, "move_note", article, (span.fact,), None, span.filed_on)


def _by_law(person: Person, parameters: Parameters) -> list[Mark]:
    """What needs no filing: 60 attained and death (NPR 3条1項, NPA 105条4項). They end only what there was."""
    marks = []
    died = next((span for span in person.spans if span.residency == "deceased"), None)
    if died is not None:
        effect = effective_on("death", died.valid_from)
        marks.append(Mark(effect.on, None, _INSURED, "death", "law", effect.article, (died.fact,)))
    if person.birth_date is not None:
        at_60 = attained_on(person.birth_date, parameters.ages.loss_age.newest.value)
        marks.append(Mark(at_60, None, frozenset({1, 3}), "age60", "law", "国民年金法9条3号"))
        for members, event, age, reason in (
            (_VOLUNTARY, "voluntary_attained_65", parameters.ages.voluntary_loss_age, "age65"),
            (_SPECIAL, "special_attained_70", parameters.ages.special_voluntary_loss_age, "age70"),
        ):
            effect = effective_on(event, attained_on(person.birth_date, age.newest.value))
            marks.append(Mark(effect.on, None, members, cast(TransitionReason, reason), "law", effect.article))
    return marks


def _by_age_and_residence(person: Person, parameters: Parameters) -> list[Mark]:
    """What we expect: category 1 from 20, from entry, or from the end of category 2 or 3; no status after departure."""
    if person.birth_date is None or not person.spans:
        return []
    at_20 = attained_on(person.birth_date, parameters.ages.acquisition_age.newest.value)
    at_60 = attained_on(person.birth_date, parameters.ages.loss_age.newest.value)
    marks = []
    for start, end, entered in _in_japan(person.spans):
        first = at_20 if start is None else max(start, at_20)
        if first < at_60 and (end is None or first < end):
            if entered is not None and first == start:
                over = _NONE | _ABROAD
                marks.append(Mark(first, 1, over, "entry_from_abroad", "none", "国民年金法8条2号", (entered.fact,)))
            else:
                marks.append(Mark(first, 1, _NONE, "age20", "none", "国民年金法8条1号"))
        for stay in person.stays:
            left = stay.lost_on
            if (
                left is None
                or stay.category not in (2, 3)
                or left < first
                or left >= at_60
                or (end is not None and left >= end)
            ):
                continue
            ended = _LEFT.get(stay.category, "lost_by_pension_service")
            marks.append(Mark(left, 1, _NONE, ended, "none", "国民年金法7条1項1号", (stay.fact,)))
    for _, span in _moves(person.spans):
        if span.residency == "overseas":
            effect = effective_on("departure_overseas", span.valid_from)
            marks.append(
                Mark(effect.on, None, _BOUND_TO_JAPAN, "departure_overseas", "none", effect.article, (span.fact,))
            )
        elif span.reason == "move_in_overseas":
            effect = effective_on("overseas_voluntary_return", span.valid_from)
            marks.append(Mark(effect.on, None, _ABROAD, "return_to_japan", "none", effect.article, (span.fact,)))
    return marks


def _moves(spans: Sequence[ResidentSpan]) -> list[tuple[ResidentSpan | None, ResidentSpan]]:
    return list(zip((None, *spans), spans))  # noqa: B905


def _in_japan(
    spans: Sequence[ResidentSpan],
) -> list[tuple[dt.date | None, dt.date | None, ResidentSpan | None]]:
    """Stretches with an address in Japan: (from, to, entry from abroad). None as start = since before the register knows.

    A domestic move-out (転出) is no end, and 職権消除 none either: the qualification goes on (NPO 2条).
    """
    stretches: list[tuple[dt.date | None, dt.date | None, ResidentSpan | None]] = []
    inside: tuple[dt.date | None, ResidentSpan | None] | None = None
    first = True
    for span in spans:
        here = span.residency in ("resident", "moved_out", "removed")
        if here and inside is None:
            entered = span if span.reason == "move_in_overseas" or not first else None
            inside = (span.valid_from if entered is not None else None, entered)
        elif not here and inside is not None:
            stretches.append((inside[0], span.valid_from + dt.timedelta(days=1), inside[1]))
            inside = None
        first = False
    if inside is not None:
        stretches.append((inside[0], None, inside[1]))
    return stretches
