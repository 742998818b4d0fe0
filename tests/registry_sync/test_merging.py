"""名寄せ and 住登外者: numbers that are one person, in any order of arrival; taken back as if it had not been."""

import datetime as dt
from typing import Any

import pytest
from chassis.testing import deliver
from contracts.events.notice import IdentityDataNotified
from contracts.events.registry import (
    AddresseesMerged,
    AddresseesSplit,
    NonResidentRecord,
    NonResidentRecorded,
    ProcessingStop,
    ResidentUpdated,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from registry_sync.handlers import HANDLERS
from registry_sync.merging import Merge
from registry_sync.register import IdentityData, Known, newest, residents
from registry_sync.residence import Change

from tests.events import DAUGHTER, FATHER, HUSBAND, WIFE, annulment, change, day, event, event_id

Events = list[tuple[str, Any]]


def merge(name: str, number: int, into: int, recorded: str = "2026-05-01", **more: Any) -> tuple[str, Any]:
    data = AddresseesMerged(into=into, decided_by="clerk-1", confirmed_by="clerk-2")
    return "resident-changes", event(name, number, data, recorded, **more)


def split(name: str, number: int, of: str, recorded: str = "2026-06-01") -> tuple[str, Any]:
    data = AddresseesSplit(decided_by="clerk-1", confirmed_by="clerk-2")
    return "resident-changes", event(name, number, data, recorded, supersedes=event_id(of))


def outside(name: str, number: int, version: int = 1, on: str = "2026-04-01", **more: Any) -> tuple[str, Any]:
    entry: dict[str, Any] = {
        "name": "架空 例二", "name_kana": "カクウ レイジ", "birth_date": day("1988-02-02"), "sex": "male",
    }  # fmt: skip
    attributes = {"supersedes": event_id(more.pop("supersedes"))} if "supersedes" in more else {}
    data = NonResidentRecorded(changed_on=day(on), version=version, record=NonResidentRecord(**entry | more))
    return "resident-changes", event(name, number, data, on, sequence=version, **attributes)


def told(name: str, number: int, version: int, held: Any) -> tuple[str, Any]:
    data = IdentityDataNotified(version=version, held=held)
    return "pension-service-notices", event(name, number, data, "2026-05-01")


def fold(facts: list[Any]) -> dict[int, ResidentUpdated]:
    changes: dict[int, list[Change]] = {}
    for fact in facts:
        if isinstance(fact, Change):
            changes.setdefault(fact.addressee, []).append(fact)
    merges = [fact for fact in facts if isinstance(fact, Merge)]
    known = Known(changes, merges, newest(fact for fact in facts if isinstance(fact, IdentityData)))
    return residents(known.numbers, known, dt.date(2026, 12, 1))


def said(*events: tuple[str, Any]) -> dict[int, ResidentUpdated]:
    """What is said in the end, however the events arrive."""
    return deliver(events, HANDLERS, fold)


def stays(found: ResidentUpdated) -> list[tuple[str, str | None, int]]:
    return [
        (str(span.valid_from), str(span.valid_to) if span.valid_to else None, span.household)
        for span in found.spans
        if span.known_to is None
    ]


OLD = change("old", HUSBAND, "other", "2015-04-01", version=1, recorded="2025-04-01")
NEW = change("new", FATHER, "move_in", "2026-03-01", version=1, household=500000009, moved_in_from="見本県")
LEFT = change("left", HUSBAND, "move_out", "2020-04-01", version=2, recorded="2025-04-01", residency="moved_out")


def test_a_merged_number_says_where_to_look_and_the_other_has_both_lives() -> None:
    found = said(OLD, LEFT, NEW, merge("one person", HUSBAND, FATHER))
    assert (found[HUSBAND].merged_into, found[HUSBAND].spans) == (FATHER, ())
    assert stays(found[FATHER]) == [
        ("2015-04-01", "2020-04-01", 500000001),
        ("2020-04-01", "2026-03-01", 500000001),
        ("2026-03-01", None, 500000009),
    ]
    assert found[FATHER].needs_person == ()  # both began with version 1: each number counts for itself


def test_what_is_said_later_under_the_merged_number_follows_the_chain() -> None:
    moved = change("moved", HUSBAND, "move_within", "2026-07-01", version=3, household=500000007)
    found = said(OLD, LEFT, NEW, merge("one person", HUSBAND, FATHER), moved)
    assert stays(found[FATHER])[-1] == ("2026-07-01", None, 500000007)


def test_a_chain_leads_to_its_end() -> None:
    found = said(OLD, NEW, merge("first", HUSBAND, WIFE), merge("second", WIFE, FATHER, "2026-05-02"))
    assert {number: one.merged_into for number, one in found.items()} == {HUSBAND: FATHER, WIFE: FATHER, FATHER: None}
    assert len(stays(found[FATHER])) == 2


def test_a_split_gives_back_exactly_what_was() -> None:
    before = said(OLD, LEFT, NEW)
    assert said(OLD, LEFT, NEW, merge("one person", HUSBAND, FATHER), split("two", HUSBAND, "one person")) == before


def test_a_split_that_comes_alone_waits_for_its_merge() -> None:
    assert said(OLD, split("two", HUSBAND, "never seen"))[HUSBAND].merged_into is None


def test_two_merges_of_one_number_are_for_a_person_and_the_later_counts_meanwhile() -> None:
    found = said(OLD, NEW, merge("a", HUSBAND, WIFE), merge("b", HUSBAND, FATHER, "2026-05-02"))
    assert (found[HUSBAND].merged_into, found[HUSBAND].needs_person) == (FATHER, ("merged_twice",))
    corrected = merge("b", HUSBAND, FATHER, "2026-05-02", supersedes=event_id("a"))
    assert said(OLD, NEW, merge("a", HUSBAND, WIFE), corrected)[HUSBAND].needs_person == ()


def test_merges_in_a_circle_lead_nowhere_and_are_for_a_person() -> None:
    circle = [merge("a", HUSBAND, WIFE), merge("b", WIFE, FATHER), merge("c", FATHER, HUSBAND)]
    found = said(OLD, NEW, *circle, merge("beside", DAUGHTER, WIFE))
    assert {one.merged_into for one in found.values()} == {None}
    assert all("merged_in_a_circle" in one.needs_person for one in found.values())
    assert said(OLD, merge("self", HUSBAND, HUSBAND))[HUSBAND].needs_person == ("merged_in_a_circle",)


def test_a_person_outside_the_register_has_a_birth_date_and_lives_nowhere_here() -> None:
    stop = ProcessingStop(kind="support_measure", since=day("2026-04-01"))
    found = said(outside("spouse", WIFE, processing_stops=(stop,)))[WIFE]
    assert (str(found.birth_date), found.sex, found.spans, found.support_measure) == ("1988-02-02", "male", (), True)
    newer = said(outside("spouse", WIFE), outside("again", WIFE, 2, "2026-05-01", sex="female"))[WIFE]
    assert (newer.sex, newer.support_measure) == ("female", False)


def test_such_a_record_is_corrected_and_taken_back_like_any_other() -> None:
    wrong, right = outside("wrong", WIFE), outside("right", WIFE, 2, birth_date=day("1989-03-03"), supersedes="wrong")
    assert str(said(wrong, right)[WIFE].birth_date) == "1989-03-03"
    assert said(wrong, annulment("back", WIFE, "wrong", version=2, recorded="2026-04-02"))[WIFE].birth_date is None


def test_who_moves_in_is_who_the_register_says() -> None:
    found = said(outside("before", FATHER, on="2025-01-01"), NEW)[FATHER]
    assert (str(found.birth_date), len(found.spans), found.needs_person) == ("1990-05-10", 1, ())


@pytest.mark.parametrize("held", ["yes", "no", "unknown"])
def test_the_newest_word_about_identity_data_counts(held: str) -> None:
    found = said(OLD, told("first", HUSBAND, 1, "unknown"), told("second", HUSBAND, 2, held))
    assert found[HUSBAND].identity_data_held == held
    assert said(OLD)[HUSBAND].identity_data_held is None
    joined = said(OLD, NEW, told("second", HUSBAND, 2, held), merge("one person", HUSBAND, FATHER))
    assert joined[FATHER].identity_data_held == held


NUMBERS = (HUSBAND, WIFE, DAUGHTER, FATHER)


@st.composite
def histories(draw: st.DrawFn) -> Events:
    """Entries of some numbers, merges among them, splits of some of these."""
    events: Events = []
    for position, number in enumerate(NUMBERS):
        if draw(st.booleans()):
            on = f"2024-{draw(st.integers(1, 12)):02d}-01"
            events.append(change(f"entry {position}", number, "other", on, version=1, household=500000001 + position))
        elif draw(st.booleans()):
            events.append(outside(f"outside {position}", number))
    for position in range(draw(st.integers(0, 4))):
        number, into = draw(st.sampled_from(NUMBERS)), draw(st.sampled_from(NUMBERS))
        recorded = f"2026-05-{draw(st.integers(1, 28)):02d}"
        events.append(merge(f"merge {position}", number, into, recorded))
        if draw(st.booleans()):
            events.append(split(f"split {position}", number, f"merge {position}", "2026-06-01"))
    return events


@given(histories())
@settings(max_examples=150, deadline=None)
def test_any_order_any_repetition_and_every_number_has_an_end(events: Events) -> None:
    found = said(*events)
    ends = {number: one.merged_into for number, one in found.items() if one.merged_into is not None}
    assert not ends.keys() & set(ends.values())  # an end leads to itself
    for number in ends:
        assert found[number].spans == ()


@given(histories())
@settings(max_examples=100, deadline=None)
def test_split_of_every_merge_is_as_if_nobody_had_been_merged(events: Events) -> None:
    merges = [(one.subject, one.id) for _, one in events if isinstance(one.data, AddresseesMerged)]
    undone = [
        ("resident-changes", event(f"undo {n}", int(who), AddresseesSplit(decided_by="a", confirmed_by="b"), "2026-07-01", supersedes=merged))
        for n, (who, merged) in enumerate(merges)
    ]  # fmt: skip
    plain = [one for one in events if isinstance(one[1].data, NonResidentRecorded) or one[1].type == "ResidentChanged"]
    everybody = said(*events, *undone)
    never = said(*plain)
    assert {n: one for n, one in everybody.items() if n in never} == never
    assert all(one == ResidentUpdated(spans=()) for n, one in everybody.items() if n not in never)
