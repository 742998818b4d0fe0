"""What holds for any sequence of filings, notices, decisions, grants and moves, in any order, each once or twice."""

import datetime as dt
import itertools
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from contracts.events.filing import FilingChecked, FilingEntered, FilingReturned, FilingWithdrawn
from contracts.events.forms import (
    AcquisitionFiling,
    AdditionalPremiumStart,
    AdditionalPremiumStop,
    CategoryChangeFiling,
    ChildcareFiling,
    DeathFiling,
    ExemptionApplication,
    ExemptionCancellation,
    Hardship,
    LossFiling,
    MaternityFiling,
    PayDespiteExemption,
    StatutoryExemptionEnd,
    StatutoryExemptionStart,
    StudentApplication,
    StudentEnd,
    VoluntaryEntry,
    VoluntaryWithdrawal,
)
from contracts.events.income import AssessedIncome, IncomeAssessed, IncomeVersion
from contracts.events.notice import ExemptionDecided, IncomeRequested, MembershipNotified
from contracts.events.registry import ResidentSpan, ResidentUpdated
from contracts.events.welfare import AssistanceChanged
from contracts.vocabulary import Month, months
from eligibility import pre_check
from eligibility.determine import Determination, determine
from eligibility.difference import sayings
from eligibility.facts import Fact, Person, person
from eligibility.parameter_files import parameters
from hypothesis import given
from hypothesis import strategies as st

from tests.events import EVIDENCE, HUSBAND

FIRST, LAST = dt.date(2024, 4, 1), dt.date(2028, 3, 31)
DAYS = st.dates(FIRST, LAST)
MONTHS = st.builds(lambda n: Month(2024, 4) + n, st.integers(0, 47))
KNOWN = dt.datetime(2024, 4, 1, tzinfo=dt.UTC)
EXEMPTIONS = st.sampled_from(
    ["maternity", "childcare", "statutory", "full", "three_quarter", "half", "quarter", "deferral", "student"]
)
GROUNDS = st.sampled_from(["disability_pension", "livelihood_aid", "sanatorium"])
MEMBERSHIPS = st.sampled_from(
    ["voluntary_20_59", "voluntary_60_64", "voluntary_overseas", "special_voluntary", "special_voluntary_overseas"]
)


def _application(first: Month, length: int, schemes: Sequence[str], left: dt.date | None) -> ExemptionApplication:
    last = min(first + length, Month(first.year + (first.month > 6), 6))
    lost = (Hardship(ground="unemployed", role="applicant", on=left),) if left else ()
    return ExemptionApplication(
        kind="exemption", first_month=first, last_month=last, schemes=tuple(dict.fromkeys(schemes)), hardships=lost
    )  # fmt: skip


def _student(first: Month, length: int) -> StudentApplication:
    last = min(first + length, Month(first.year + (first.month > 3), 3))
    return StudentApplication(kind="student", first_month=first, last_month=last, school="s")


def _joins(membership: Any) -> VoluntaryEntry:
    transfer = None if "overseas" in membership else "wished"
    return VoluntaryEntry(kind="voluntary_entry", membership=membership, account_transfer=transfer)


CHANGES = st.sampled_from(
    ["left_employment", "spouse_left_employment", "spouse_attained_65", "dependency_ended", "divorce", "spouse_died"]
)
SCHEMES = st.lists(st.sampled_from(["full", "deferral", "three_quarter", "half", "quarter"]), min_size=1, max_size=5)
FORMS = st.one_of(
    st.builds(lambda r, d: AcquisitionFiling(kind="acquisition", reason=r, fact_on=d),
              st.sampled_from(["entry_from_abroad", "end_of_exclusion", "other"]), DAYS),
    st.builds(lambda r, d: CategoryChangeFiling(kind="category_change", reason=r, fact_on=d), CHANGES, DAYS),
    st.builds(lambda r, d: LossFiling(kind="loss", reason=r, fact_on=d),
              st.sampled_from(["departure_overseas", "exclusion", "old_age_benefit_right"]), DAYS),
    st.builds(_joins, MEMBERSHIPS),
    st.just(VoluntaryWithdrawal(kind="voluntary_withdrawal")),
    st.builds(lambda d: DeathFiling(kind="death", died_on=d), DAYS),
    st.builds(lambda d, m: MaternityFiling(kind="maternity", due_on=d, multiple=m), DAYS, st.booleans()),
    st.builds(lambda d: MaternityFiling(kind="maternity", born_on=d), DAYS),
    st.builds(lambda d, r: ChildcareFiling(kind="childcare", child_born_on=d, relation=r), DAYS,
              st.sampled_from(["mother", "father"])),
    st.builds(lambda g, d: StatutoryExemptionStart(kind="statutory_start", ground=g, arose_on=d), GROUNDS, DAYS),
    st.builds(lambda g, d: StatutoryExemptionEnd(kind="statutory_end", ground=g, ended_on=d), GROUNDS, DAYS),
    st.builds(lambda m: PayDespiteExemption(kind="pay_despite_exemption", first_month=m), MONTHS),
    st.builds(_application, MONTHS, st.integers(0, 11), SCHEMES, st.none() | DAYS),
    st.builds(_student, MONTHS, st.integers(0, 11)),
    st.just(ExemptionCancellation(kind="exemption_cancellation")),
    st.just(StudentEnd(kind="student_end")),
    st.just(AdditionalPremiumStart(kind="additional_start")),
    st.just(AdditionalPremiumStop(kind="additional_stop")),
)  # fmt: skip


@st.composite
def facts_of_a_life(draw: st.DrawFn) -> list[Fact]:
    """Facts about one person: register, incomes, notices, decisions, grants, a review, and up to eight filings."""
    facts: list[Fact] = []

    def state(data: Any, key: str | None = None) -> None:
        name = f"{type(data).__name__}-{len(facts)}"
        facts.append(Fact(name, HUSBAND, type(data).__name__, key if key is not None else name, 0, KNOWN, data))

    born = draw(st.dates(dt.date(1953, 1, 1), dt.date(2006, 4, 2)))
    state(ResidentUpdated(birth_date=born, sex="male", spans=draw(_lives())), "")
    for year in (2022, 2023, 2024, 2025, 2026):
        declared = draw(st.none() | st.integers(0, 2_500_000))
        assessed = AssessedIncome(total_income_yen=declared) if declared is not None else None
        version = IncomeVersion(known_from=KNOWN, version=1, state="declared" if assessed else "undeclared",
                                income=assessed, fact="t")  # fmt: skip
        state(IncomeAssessed(income_year=year, versions=(version,)), str(year))
    for _ in range(draw(st.integers(0, 4))):
        acquired = draw(DAYS)
        lost = draw(st.none() | st.integers(0, 700))
        category: Any = draw(st.sampled_from([1, 1, 2, 3]) | MEMBERSHIPS)
        state(MembershipNotified(version=draw(st.integers(1, 3)), category=category, acquired_on=acquired,
                                 lost_on=acquired + dt.timedelta(days=lost) if lost is not None else None,
                                 cancelled=draw(st.booleans()) and draw(st.booleans())))  # fmt: skip
    for n in range(draw(st.integers(0, 3))):
        first: Month = draw(MONTHS)
        state(ExemptionDecided(version=1, decision=f"d{n}", decided_on=draw(DAYS), first_month=first,
                               filing=draw(st.sampled_from([None, "R0", "R1", "R2"])),
                               last_month=first + draw(st.integers(0, 14)), scheme=draw(st.none() | EXEMPTIONS)))  # fmt: skip
    for n in range(draw(st.integers(0, 2))):
        since = draw(DAYS)
        until = since + dt.timedelta(days=draw(st.integers(0, 600)))
        state(AssistanceChanged(grant=f"w{n}", version=1, assistance="livelihood", valid_from=since,
                                valid_to=draw(st.none() | st.just(until)), equivalent_only=draw(st.booleans())))  # fmt: skip
    if draw(st.booleans()):
        state(IncomeRequested(request="list", income_year=draw(st.integers(2023, 2026)), purpose="continued_review"))
    for n in range(draw(st.integers(0, 8))):
        filing, received, content = f"R{n}", draw(DAYS), draw(FORMS)
        state(FilingEntered(filing=filing, revision=1, received_on=received, office="honcho", channel="counter",
                            evidence=EVIDENCE, entered_by="first", content=content))  # fmt: skip
        facts[-1] = replace(facts[-1], recorded_at=dt.datetime.combine(LAST, dt.time(9), dt.UTC))
        if draw(st.integers(0, 9)):
            state(FilingChecked(filing=filing, checked_by="second", received_on=received, content=content))
        end = draw(st.integers(0, 19))
        if end == 0:
            state(FilingWithdrawn(filing=filing, withdrawn_on=received, reason="by_applicant"))
        elif end == 1:
            state(FilingReturned(filing=filing, returned_by="x", returned_on=received, revision=1, reason="other"))
    return facts


@st.composite
def _lives(draw: st.DrawFn) -> tuple[ResidentSpan, ...]:
    """Up to four stretches: here, gone to another municipality, abroad, perhaps dead at last."""
    days = sorted(draw(st.lists(DAYS, min_size=0, max_size=3, unique=True)))
    starts = [dt.date(2010, 1, 1), *days]
    spans = []
    for n, start in enumerate(starts):
        kind: Any = draw(st.sampled_from(["resident", "resident", "moved_out", "overseas"]))
        if n == len(starts) - 1 and n and draw(st.integers(0, 4)) == 0:
            kind = "deceased"
        before = spans[-1].residency if spans else None
        reason: Any = {"overseas": "move_out_overseas", "deceased": "death", "moved_out": "move_out"}.get(kind, "other")
        if kind == "resident" and before == "overseas":
            reason = "move_in_overseas"
        end = starts[n + 1] if n + 1 < len(starts) else None
        spans.append(
            ResidentSpan(valid_from=start, valid_to=end, known_from=KNOWN, reason=reason, residency=kind, household=1,
                         relation="householder", filed_on=start, fact=f"r{n}")
        )  # fmt: skip
    return tuple(spans)


def known(facts: Sequence[Fact]) -> Person:
    return person(HUSBAND, {(fact.kind, fact.key): fact for fact in facts}.values())


def found(facts: Sequence[Fact], day: dt.date = LAST) -> Determination:
    return determine(known(facts), {HUSBAND: known(facts)}, day, parameters())


def said(facts: Sequence[Fact]) -> list[Any]:
    return [(s.topic, s.key, s.data.model_dump_json()) for s in sayings(found(facts), known(facts), parameters())]


@given(facts_of_a_life(), st.randoms(use_true_random=False))
def test_any_order_and_any_repetition_end_the_same(facts: list[Fact], rng: Any) -> None:
    again = [*facts, *rng.sample(facts, rng.randint(0, len(facts)))]
    rng.shuffle(again)
    assert said(again) == said(facts)


@given(facts_of_a_life())
def test_what_is_said_has_one_key_each(facts: list[Fact]) -> None:
    keys = [(topic, key) for topic, key, _ in said(facts)]
    assert len(keys) == len(set(keys))


@given(facts_of_a_life())
def test_periods_never_overlap(facts: list[Fact]) -> None:
    line = found(facts).timeline
    for reading in (line.expected, line.confirmed):
        for before, after in itertools.pairwise(reading):
            assert before.end == after.start
            assert before.start < after.start
            assert before.category != after.category
        if reading:
            assert reading[-1].end is None
            assert reading[0].category is not None


@given(facts_of_a_life())
def test_a_month_has_one_state_and_only_in_category_1(facts: list[Fact]) -> None:
    determination = found(facts)
    line, premium = determination.timeline, determination.premium
    seen: set[Month] = set()
    for one in premium.exempt:
        lasts = one.last or max(premium.state)
        for month in months(one.first, lasts):
            assert month not in seen
            seen.add(month)
            assert line.category_of(month) == 1
            assert premium.of(month) == one.exemption
    for month in months(Month(2024, 1), Month(2028, 12)):
        assert (premium.of(month) == "due") == (month not in seen)


@given(facts_of_a_life())
def test_additional_premium_and_exemption_never_meet(facts: list[Fact]) -> None:
    determination = found(facts)
    paid: list[Month] = []
    for one in determination.premium.additional:
        paid += months(one.first, one.last if one.last is not None else Month(2029, 12))
    assert len(paid) == len(set(paid))
    barred = {"statutory", "full", "three_quarter", "half", "quarter", "deferral", "student", "childcare"}
    for month in paid:
        assert determination.premium.of(month) not in barred


@given(facts_of_a_life())
def test_an_application_has_one_answer_a_month(facts: list[Fact]) -> None:
    determination = found(facts)
    for results in (*determination.assessments.values(), *determination.reviews.values()):
        answered = [result.month for result in results]
        assert len(answered) == len(set(answered))
        for result in results:
            assert determination.timeline.category_of(result.month) == 1
            assert (result.scheme is not None) == (result.outcome == "pass")


@given(facts_of_a_life())
def test_a_filing_takes_effect_only_when_two_people_entered_and_checked_it(facts: list[Fact]) -> None:
    accepted = {one.filing.number for one in found(facts).receptions if one.accepted}
    checked = {fact.data.filing for fact in facts if fact.kind == "FilingChecked"}
    ended = {fact.data.filing for fact in facts if fact.kind in ("FilingWithdrawn", "FilingReturned")}
    assert accepted <= checked - ended


@given(facts_of_a_life())
def test_each_outcome_says_under_which_article(facts: list[Fact]) -> None:
    determination = found(facts)
    assert all(step.mark.article for step in determination.transitions)
    assert all(one.trace.article for one in determination.premium.exempt)
    assert all(hint.article for hint in determination.hints)
    for results in determination.assessments.values():
        assert all(result.trace or result.outcome == "needs_person" for result in results)


@given(facts_of_a_life(), DAYS)
def test_the_day_only_lets_more_happen(facts: list[Fact], day: dt.date) -> None:
    early, late = found(facts, day), found(facts, LAST)
    assert early.timeline == late.timeline
    assert early.premium == late.premium
    assert set(early.transitions) <= set(late.transitions)
    due = early.next_due_on
    assert due is None or due > day


@given(facts_of_a_life())
def test_a_month_answered_like_the_one_before_is_answered_right(facts: list[Fact]) -> None:
    """Where nothing turns, the answer is taken over; asked alone, each month answers the same."""
    who = known(facts)
    determination = found(facts)
    for number, results in determination.assessments.items():
        content = determination.applications[number].content
        assert isinstance(content, ExemptionApplication | StudentApplication)
        schemes = content.schemes if isinstance(content, ExemptionApplication) else ("student",)
        for result in results:
            if "outside_reach" not in result.doubtful:
                alone = pre_check._month(who, {HUSBAND: who}, content, schemes, result.month, parameters())
                assert alone == result
