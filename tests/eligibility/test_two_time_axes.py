"""What was known on a day stays what was known on that day: facts have a valid time and a known time (decision 3).

A life is drawn with everything in it recorded on some day. What the service keeps in the end is compared with the life of somebody
of whom nothing later was ever recorded.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from contracts.events.filing import FilingChecked, FilingEntered, FilingWithdrawn
from contracts.events.income import TaxAssessed, TaxRecord
from contracts.events.notice import MembershipNotified
from contracts.events.registry import ResidentChanged
from contracts.events.welfare import AssistanceChanged
from eligibility.determine import Determination, determine
from eligibility.facts import Fact, Person, as_recorded, person
from eligibility.parameter_files import parameters
from hypothesis import assume, given
from hypothesis import strategies as st
from registry_sync.residence import Change, residence
from tax_income.income import Assessment, incomes

from tests.eligibility.test_always import DAYS, FORMS, LAST, facts_of_a_life, said
from tests.events import EVIDENCE, HUSBAND, record

BEGIN, ADDED_ON, BETWEEN, TAKEN_BACK_ON = (dt.date(2026, 10, day) for day in (1, 5, 6, 9))
RECORDED = st.integers(0, 9).map(lambda n: BEGIN + dt.timedelta(days=n))


def moment(day: dt.date, hour: int = 12) -> dt.datetime:
    """An hour of a civil day in Asia/Tokyo; before nine it is still the day before in UTC."""
    return dt.datetime.combine(day, dt.time(hour), dt.timezone(dt.timedelta(hours=9))).astimezone(dt.UTC)


@dataclass(frozen=True)
class Life:
    """What the sources recorded of one person: the register's changes, assessments of tax, and facts stated once."""

    changes: tuple[Change, ...]
    assessments: tuple[Assessment, ...]
    stated: tuple[Fact, ...]

    def until(self, day: dt.date) -> "Life":
        """The same life as if nothing had been recorded after the day."""
        end = moment(day + dt.timedelta(days=1), 0)
        return Life(
            tuple(change for change in self.changes if change.recorded_at < end),
            tuple(assessment for assessment in self.assessments if assessment.recorded_at < end),
            tuple(fact for fact in self.stated if fact.recorded_at < end),
        )

    def facts(self) -> list[Fact]:
        """What eligibility keeps of it: of the register and of each income year one fact, whole, of its newest change."""
        kept = list(self.stated)
        if self.changes:
            newest = max(change.recorded_at for change in self.changes)
            lives = residence(self.changes)
            kept.append(Fact("resident", HUSBAND, "ResidentUpdated", "", len(self.changes), newest, lives))
        for year in incomes(self.assessments):
            newest = max(a.recorded_at for a in self.assessments if a.data.tax_year == year.income_year + 1)
            key = str(year.income_year)
            kept.append(Fact(f"income {key}", HUSBAND, "IncomeAssessed", key, len(year.versions), newest, year))
        return kept


@st.composite
def lives(draw: st.DrawFn) -> Life:
    """A life of `test_always`, with a register and a tax office that change their minds."""
    stated = [
        replace(fact, recorded_at=moment(draw(RECORDED), draw(st.sampled_from([0, 8, 23]))))
        for fact in draw(facts_of_a_life())
        if fact.kind not in ("ResidentUpdated", "IncomeAssessed")
    ]
    changes: list[Change] = []
    born = draw(st.dates(dt.date(1953, 1, 1), dt.date(2006, 4, 2)))
    for version in range(1, draw(st.integers(0, 5)) + 1):
        supersedes = draw(st.none() | st.sampled_from(changes)) if changes else None
        annuls = supersedes is not None and draw(st.booleans())
        data = None if annuls else draw(_entries(version, born))
        target = supersedes.id if supersedes else None
        recorded = moment(draw(RECORDED), draw(st.sampled_from([0, 8, 23])))
        changes.append(Change(f"c{version}", HUSBAND, recorded, version, target, data))
    assessments: list[Assessment] = []
    for number in range(draw(st.integers(0, 6))):
        yen = draw(st.none() | st.integers(0, 2_500_000))
        tax = TaxAssessed(
            tax_year=draw(st.integers(2024, 2027)),
            version=number + 1,
            state="undeclared" if yen is None else "declared",
            record=None if yen is None else TaxRecord(total_income_yen=yen),
        )
        assessments.append(Assessment(f"t{number}", HUSBAND, moment(draw(RECORDED)), tax))
    return Life(tuple(changes), tuple(draw(st.permutations(assessments))), tuple(stated))


@st.composite
def _entries(draw: st.DrawFn, version: int, born: dt.date) -> ResidentChanged:
    residency: Any = draw(st.sampled_from(["resident", "resident", "moved_out", "overseas"]))
    reason: Any = {"resident": "move_in_overseas", "moved_out": "move_out", "overseas": "move_out_overseas"}[residency]
    on = draw(st.sampled_from([dt.date(2010, 1, 1), dt.date(2015, 4, 1)]) | DAYS)
    return ResidentChanged(
        reason=reason, changed_on=on, filed_on=on, version=version, record=record(birth_date=born, residency=residency)
    )


def known(facts: Sequence[Fact]) -> Person:
    """Doubts of the register are kept as they are now, whatever the reading; here they are left out."""
    return replace(person(HUSBAND, facts), needs_person=())


def found(facts: Sequence[Fact], day: dt.date = LAST) -> Determination:
    return determine(known(facts), {HUSBAND: known(facts)}, day, parameters())


def entry_left(life: Life) -> bool:
    """Whether the register still has an entry that it once had: with the last one go birth date and sex (see the last test)."""
    return not life.changes or residence(life.changes).birth_date is not None


@given(lives(), RECORDED, st.randoms(use_true_random=False))
def test_as_recorded_by_a_day_is_as_if_nothing_had_been_recorded_later(life: Life, day: dt.date, rng: Any) -> None:
    assume(entry_left(life))
    then, in_the_end = life.until(day).facts(), life.facts()
    rng.shuffle(in_the_end)
    reading = as_recorded(in_the_end, day)
    assert known(reading) == known(then)
    assert found(reading, day) == found(then, day)
    assert said(reading) == said(then)


@given(lives(), RECORDED, st.integers(1, 9))
def test_what_is_recorded_later_does_not_change_the_reading(life: Life, day: dt.date, later: int) -> None:
    meanwhile = life.until(day + dt.timedelta(days=later))
    assume(entry_left(life) and entry_left(meanwhile))
    assert found(as_recorded(life.facts(), day), day) == found(as_recorded(meanwhile.facts(), day), day)


@given(lives())
def test_when_everything_is_recorded_the_reading_is_what_is_known_now(life: Life) -> None:
    assert person(HUSBAND, as_recorded(life.facts(), TAKEN_BACK_ON + dt.timedelta(days=1))) == person(
        HUSBAND, life.facts()
    )


@given(facts_of_a_life(), st.integers(-2, 2))
def test_the_day_ends_at_midnight_in_tokyo(facts: list[Fact], seconds: int) -> None:
    midnight = dt.datetime(2026, 10, 5, 15, tzinfo=dt.UTC)
    stated = [replace(f, recorded_at=midnight + dt.timedelta(seconds=seconds)) for f in facts if not f.key.isdigit()]
    stated = [fact for fact in stated if fact.kind != "ResidentUpdated"]
    assert as_recorded(stated, dt.date(2026, 10, 5)) == (stated if seconds < 0 else [])


# ---- what is added and taken back -----------------------------------------------------------------------------------------


def added(life: Life, *statements: tuple[dt.date, Any], changes: Sequence[Change] = ()) -> Life:
    stated = [
        Fact(f"added {n}", HUSBAND, type(data).__name__, f"added {n}", 0, moment(day), data)
        for n, (day, data) in enumerate(statements)
    ]
    return replace(life, stated=(*life.stated, *stated), changes=(*life.changes, *changes))


def what_counts(determination: Determination) -> tuple[Any, ...]:
    """What a fact that was taken back must leave no trace in. (The reception book and the status told to 総合窓口課 keep one.)"""
    return (
        determination.timeline,
        determination.premium.exempt,
        determination.premium.additional,
        dict(determination.assessments),
        dict(determination.reviews),
        determination.hints,
    )


def assert_only_between(before: Life, with_it: Life, taken_back: Life) -> None:
    """Taken back, all is as before; read as recorded by a day between, it is as if it had never been taken back."""
    assert what_counts(found(taken_back.facts())) == what_counts(found(before.facts()))
    assert found(as_recorded(taken_back.facts(), BETWEEN)) == found(with_it.facts())
    day_before = ADDED_ON - dt.timedelta(days=1)
    assert found(as_recorded(taken_back.facts(), day_before)) == found(before.facts())


EARLIER = lives().map(
    lambda life: Life(
        tuple(replace(c, recorded_at=c.recorded_at - dt.timedelta(days=30)) for c in life.changes),
        tuple(replace(a, recorded_at=a.recorded_at - dt.timedelta(days=30)) for a in life.assessments),
        tuple(replace(f, recorded_at=f.recorded_at - dt.timedelta(days=30)) for f in life.stated),
    )
)
"""Lives in which everything was recorded before `ADDED_ON`."""


@given(EARLIER, DAYS, st.sampled_from([1, 2, 3, "voluntary_60_64"]))
def test_a_membership_that_was_cancelled(life: Life, acquired: dt.date, category: Any) -> None:
    taken = {(f.data.category, f.data.acquired_on) for f in life.stated if f.kind == "MembershipNotified"}
    if (category, acquired) in taken:
        return  # another version of a stay that was known before, not one that is added
    stay = MembershipNotified(version=1, category=category, acquired_on=acquired)
    cancelled = MembershipNotified(version=2, category=category, acquired_on=acquired, cancelled=True)
    assert_only_between(life, added(life, (ADDED_ON, stay)), added(life, (ADDED_ON, stay), (TAKEN_BACK_ON, cancelled)))


@given(EARLIER, DAYS, FORMS)
def test_a_filing_that_was_withdrawn(life: Life, received: dt.date, content: Any) -> None:
    entered = FilingEntered(filing="W", revision=1, received_on=received, office="honcho", channel="counter",
                            evidence=EVIDENCE, entered_by="first", content=content)  # fmt: skip
    checked = FilingChecked(filing="W", checked_by="second", received_on=received, content=content)
    withdrawn = FilingWithdrawn(filing="W", withdrawn_on=TAKEN_BACK_ON, reason="by_applicant")
    filed = (ADDED_ON, entered), (ADDED_ON, checked)
    assert_only_between(life, added(life, *filed), added(life, *filed, (TAKEN_BACK_ON, withdrawn)))


@given(EARLIER, DAYS, st.booleans())
def test_a_grant_that_was_cancelled(life: Life, since: dt.date, equivalent_only: bool) -> None:
    grant: dict[str, Any] = {"grant": "W", "assistance": "livelihood", "valid_from": since}
    granted = AssistanceChanged(version=1, equivalent_only=equivalent_only, **grant)
    cancelled = AssistanceChanged(version=2, equivalent_only=equivalent_only, cancelled=True, **grant)
    assert_only_between(
        life, added(life, (ADDED_ON, granted)), added(life, (ADDED_ON, granted), (TAKEN_BACK_ON, cancelled))
    )


@given(EARLIER, st.data())
def test_a_resident_change_that_was_annulled(life: Life, data: st.DataObject) -> None:
    born = residence(life.changes).birth_date
    assume(born is not None)
    assert born is not None
    version = len(life.changes) + 1
    entry = data.draw(_entries(version, born))
    supersedes = data.draw(st.none() | st.sampled_from([change.id for change in life.changes]))
    change = Change("added", HUSBAND, moment(ADDED_ON), version, supersedes, entry)
    annulment = Change("annuls", HUSBAND, moment(TAKEN_BACK_ON), version + 1, "added", None)
    assert_only_between(life, added(life, changes=[change]), added(life, changes=[change, annulment]))


@given(_entries(1, dt.date(1990, 5, 10)))
def test_with_the_only_entry_annulled_the_days_between_keep_the_stay_but_no_birth_date(entry: ResidentChanged) -> None:
    """A limit: of birth date and sex no older state is kept, and the register has none when its last entry is gone."""
    change = Change("added", HUSBAND, moment(ADDED_ON), 1, None, entry)
    annulment = Change("annuls", HUSBAND, moment(TAKEN_BACK_ON), 2, "added", None)
    then, taken_back = (Life(changes, (), ()).facts() for changes in ((change,), (change, annulment)))
    between = known(as_recorded(taken_back, BETWEEN))
    assert between.spans == known(then).spans
    assert (between.birth_date, between.sex) == (None, "unknown")
