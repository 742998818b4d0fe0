"""Insured status by day: acquisition, loss and change of category, each expected or confirmed."""

import datetime as dt
import itertools
from typing import Any

import pytest
from chassis.testing import deliver
from contracts.events.filing import FilingChecked, FilingEntered
from contracts.events.forms import CategoryChangeFiling, LossFiling
from contracts.events.notice import BasicPensionNumberAssigned, MembershipNotified
from contracts.events.registry import PensionNote, ResidentUpdated
from contracts.vocabulary import Month
from eligibility.determine import Determination, determine
from eligibility.facts import Person, person
from eligibility.handlers import HANDLERS
from eligibility.parameter_files import parameters
from hypothesis import given, settings
from hypothesis import strategies as st
from registry_sync import handlers as register
from registry_sync.residence import residence

from tests.events import EVIDENCE, HUSBAND, change, day, event


def lives(*changes: Any, who: int = HUSBAND) -> tuple[str, Any]:
    """The `residents` event that follows from changes of the register."""
    updated: ResidentUpdated = deliver(changes, register.HANDLERS, residence, orders=1)
    return "residents", event("resident", who, updated, "2025-04-01", sequence=1)


def notice(
    category: int, acquired: str, lost: str | None = None, *, version: int = 1, cancelled: bool = False
) -> tuple[str, Any]:
    data = MembershipNotified(
        version=version,
        category=category,  # type: ignore[arg-type]
        acquired_on=day(acquired),
        lost_on=day(lost) if lost else None,
        cancelled=cancelled,
    )
    return "pension-service-notices", event(f"notice {category} {acquired} {version}", HUSBAND, data, "2025-04-01")


def filed(content: Any, received: str, number: str = "R1", checker: str = "second") -> list[tuple[str, Any]]:
    entered = FilingEntered(
        filing=number, revision=1, received_on=day(received), office="main", channel="counter", entered_by="first",
        content=content, evidence=EVIDENCE,
    )  # fmt: skip
    checked = FilingChecked(filing=number, checked_by=checker, received_on=day(received), content=content)
    return [
        ("filings", event(f"{number} entered", HUSBAND, entered, received)),
        ("filings", event(f"{number} checked", HUSBAND, checked, received)),
    ]


def known(*events: Any, on: str = "2026-11-24") -> Determination:
    def derive(facts: list[Any]) -> Determination:
        return determine(_person(facts), {}, day(on), parameters())

    return deliver(events, HANDLERS, derive)


def _person(facts: list[Any]) -> Person:
    by_key: dict[tuple[str, str], Any] = {}
    for fact in facts:
        place = fact.kind, fact.key
        if place not in by_key or by_key[place].version < fact.version:
            by_key[place] = fact
    return person(HUSBAND, by_key.values())


def steps(found: Determination) -> list[tuple[str, int | None, int | None, str, str]]:
    return [(str(s.on), s.before, s.after, s.mark.reason, s.certainty) for s in found.transitions]


HERE = change("here", HUSBAND, "other", "2006-11-24", version=1, birth_date=day("2006-11-24"))


def test_at_20_category_1_is_expected_from_the_day_before_the_birthday() -> None:
    found = known(lives(HERE))
    assert steps(found) == [("2026-11-23", None, 1, "age20", "expected")]
    assert found.insured_status is None


def test_the_day_before_20_is_attained_nothing_is_said_but_the_day_is_known() -> None:
    found = known(lives(HERE), on="2026-11-22")
    assert steps(found) == []
    assert found.next_due_on == day("2026-11-23")


def test_the_pension_services_notice_confirms_it() -> None:
    found = known(lives(HERE), notice(1, "2026-11-23"))
    assert steps(found) == [("2026-11-23", None, 1, "acquired_by_pension_service", "confirmed")]
    assert found.insured_status is not None
    assert found.insured_status.model_dump(mode="json") == {
        "insured": True,
        "basic_pension_number": None,
        "category": 1,
        "acquired_on": "2026-11-23",
        "lost_on": None,
    }


ADULT = change("adult", HUSBAND, "other", "2015-04-01", version=1)


def test_the_end_of_category_2_is_only_expected_to_lead_to_category_1() -> None:
    found = known(lives(ADULT), notice(2, "2015-04-01", "2026-04-01"))
    assert steps(found)[-1] == ("2026-04-01", 2, 1, "end_of_class2", "expected")
    assert found.insured_status is None


def test_the_filing_confirms_it_as_a_class_change_on_the_day_after_leaving() -> None:
    filing = filed(
        CategoryChangeFiling(kind="category_change", reason="left_employment", fact_on=day("2026-03-31")), "2026-04-10"
    )
    found = known(lives(ADULT), notice(2, "2015-04-01"), *filing)
    assert steps(found)[-1] == ("2026-04-01", 2, 1, "end_of_class2", "confirmed")


def test_a_filing_checked_by_who_entered_it_takes_no_effect() -> None:
    content = CategoryChangeFiling(kind="category_change", reason="left_employment", fact_on=day("2026-03-31"))
    found = known(lives(ADULT), notice(2, "2015-04-01"), *filed(content, "2026-04-10", checker="first"))
    assert [s[2] for s in steps(found)] == [2]


def test_leaving_one_day_before_the_months_end_makes_the_whole_month_category_1() -> None:
    found = known(lives(ADULT), notice(2, "2015-04-01", "2026-03-31"))
    assert found.timeline.category_of(Month(2026, 3)) == 1
    assert found.timeline.category_of(Month(2026, 2)) == 2


def test_joining_category_2_is_a_change_of_category_and_ends_what_the_counter_office_is_told() -> None:
    found = known(lives(ADULT), notice(1, "2020-04-01"), notice(2, "2026-06-15"))
    assert steps(found)[-1] == ("2026-06-15", 1, 2, "to_class2", "confirmed")
    assert found.insured_status is not None
    assert (found.insured_status.insured, found.insured_status.lost_on) == (False, day("2026-06-15"))


@pytest.mark.parametrize(
    ("reason", "residency", "on", "lost_on"),
    [("death", "deceased", "2026-10-14", "2026-10-15"), ("death", "deceased", "2026-10-31", "2026-11-01")],
)
def test_death_ends_the_status_on_the_day_after_by_law(reason: str, residency: str, on: str, lost_on: str) -> None:
    died = change("died", HUSBAND, reason, on, version=2, residency=residency)
    found = known(lives(ADULT, died), notice(1, "2020-04-01"))
    assert steps(found)[-1] == (lost_on, 1, None, "death", "confirmed")


def test_a_departure_without_the_note_is_a_proposal_and_tells_nobody() -> None:
    left = change("left", HUSBAND, "move_out_overseas", "2026-05-10", version=2, residency="overseas")
    found = known(lives(ADULT, left), notice(1, "2020-04-01"))
    assert steps(found)[-1] == ("2026-05-11", 1, None, "departure_overseas", "expected")
    assert found.insured_status is not None
    assert found.insured_status.insured is True


def test_the_note_on_the_move_filing_confirms_the_departure() -> None:
    note = PensionNote(insured=True, category=1)
    left = change("left", HUSBAND, "move_out_overseas", "2026-05-10", version=2, residency="overseas", note=note)
    found = known(lives(ADULT, left), notice(1, "2020-04-01"))
    assert steps(found)[-1] == ("2026-05-11", 1, None, "departure_overseas", "confirmed")


def test_a_loss_filing_confirms_the_departure() -> None:
    left = change("left", HUSBAND, "move_out_overseas", "2026-05-10", version=2, residency="overseas")
    filing = filed(LossFiling(kind="loss", reason="departure_overseas", fact_on=day("2026-05-10")), "2026-05-09")
    found = known(lives(ADULT, left), notice(1, "2020-04-01"), *filing)
    assert steps(found)[-1] == ("2026-05-11", 1, None, "departure_overseas", "confirmed")


def test_a_domestic_move_out_ends_nothing() -> None:
    left = change("left", HUSBAND, "move_out", "2026-05-10", version=2, residency="moved_out")
    assert steps(known(lives(ADULT, left), notice(1, "2020-04-01"))) == [
        ("2020-04-01", None, 1, "acquired_by_pension_service", "confirmed")
    ]


def test_60_attained_ends_a_confirmed_category_1_without_any_filing() -> None:
    old = change("old", HUSBAND, "other", "2015-04-01", version=1, birth_date=day("1966-05-10"))
    found = known(lives(old), notice(1, "2020-04-01"))
    assert steps(found)[-1] == ("2026-05-09", 1, None, "age60", "confirmed")


def test_of_a_cancelled_acquisition_the_counter_office_is_told_that_it_ended_as_it_began() -> None:
    found = known(lives(ADULT), notice(1, "2026-04-01"), notice(1, "2026-04-01", version=2, cancelled=True))
    assert found.insured_status is None  # so what was said before is taken back:
    before = known(lives(ADULT), notice(1, "2026-04-01")).insured_status
    assert before is not None
    last_word = before.taken_back()
    assert (last_word.insured, last_word.lost_on) == (False, day("2026-04-01"))


def test_the_newest_basic_pension_number_counts() -> None:
    numbers = [
        ("pension-service-notices", event(f"number {v}", HUSBAND, data, "2025-04-01"))
        for v, data in enumerate(
            (
                BasicPensionNumberAssigned(version=1, basic_pension_number="9900000001"),
                BasicPensionNumberAssigned(version=2, basic_pension_number="9900000002"),
            )
        )
    ]
    found = known(lives(ADULT), notice(1, "2020-04-01"), *numbers)
    assert found.insured_status is not None
    assert found.insured_status.basic_pension_number == "9900000002"


@st.composite
def careers(draw: st.DrawFn) -> list[Any]:
    """Stays, filings and moves of one person on any days."""
    days = st.dates(dt.date(2010, 1, 1), dt.date(2026, 11, 1)).map(str)
    events: list[Any] = []
    for _ in range(draw(st.integers(0, 4))):
        first, last = sorted((draw(days), draw(days)))
        events.append(notice(draw(st.sampled_from([1, 2, 3])), first, draw(st.sampled_from([last, None]))))
    for number in range(draw(st.integers(0, 2))):
        content = CategoryChangeFiling(kind="category_change", reason="left_employment", fact_on=day(draw(days)))
        events += filed(content, draw(days), number=f"R{number}")
    moves = [ADULT]
    for version, on in enumerate(sorted(draw(st.lists(days, max_size=3, unique=True))), 2):
        where = draw(st.sampled_from(["resident", "overseas", "moved_out", "deceased"]))
        moves.append(change(f"move {version}", HUSBAND, "other", on, version=version, residency=where))
    events.append(lives(*moves))
    return list({e.id: (topic, e) for topic, e in events}.values())


@settings(max_examples=80)
@given(careers())
def test_any_career_in_any_order_gives_periods_without_overlap(events: list[Any]) -> None:
    def derive(facts: list[Any]) -> Any:
        found = determine(_person(facts), {}, day("2026-11-24"), parameters())
        return found.timeline, found.insured_status, found.next_due_on

    line, _, _ = deliver(events, HANDLERS, derive, orders=6)
    for reading in (line.expected, line.confirmed):
        for before, after in itertools.pairwise(reading):
            assert before.end == after.start
            assert before.category != after.category
            assert before.start < after.start
        assert all(segment.end is None for segment in reading[-1:])
