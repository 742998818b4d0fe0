"""registry-sync: where and with whom a person lived, whatever the order in which the register's changes arrive."""

import datetime as dt
import itertools
import uuid
from dataclasses import replace
from typing import Any

import pytest
from chassis.testing import deliver
from contracts.events.registry import ResidentUpdated
from hypothesis import given, settings
from hypothesis import strategies as st
from registry_sync.handlers import HANDLERS
from registry_sync.residence import Change, held_until, residence, settled, told_once

from tests.events import HUSBAND, annulment, change


def known(*events: Any) -> ResidentUpdated:
    return deliver(events, HANDLERS, residence)


def now(found: ResidentUpdated) -> list[tuple[str, str | None, str, int]]:
    """What is believed now: (from, to, residency, household)."""
    return [
        (str(s.valid_from), str(s.valid_to) if s.valid_to else None, s.residency, s.household)
        for s in found.spans
        if s.known_to is None
    ]


LOADED = change("loaded", HUSBAND, "other", "2015-04-01", version=1, recorded="2025-04-01")
MOVED = change("moved", HUSBAND, "move_within", "2025-06-10", version=2, household=500000002)
LEFT = change("left", HUSBAND, "move_out_overseas", "2025-09-30", version=3, residency="overseas", household=500000002)


def test_each_change_opens_a_span_and_closes_the_one_before() -> None:
    assert now(known(LOADED, MOVED, LEFT)) == [
        ("2015-04-01", "2025-06-10", "resident", 500000001),
        ("2025-06-10", "2025-09-30", "resident", 500000002),
        ("2025-09-30", None, "overseas", 500000002),
    ]


def test_what_was_believed_earlier_stays_answerable() -> None:
    spans = known(LOADED, MOVED).spans
    believed = [(str(s.valid_to), s.known_to is None) for s in spans if str(s.valid_from) == "2015-04-01"]
    assert believed == [("None", False), ("2025-06-10", True)]


def test_a_correction_replaces_the_change_it_names() -> None:
    corrected = change(
        "corrected", HUSBAND, "move_within", "2025-06-01", version=3, recorded="2025-07-01", supersedes="moved",
        household=500000003,
    )  # fmt: skip
    assert now(known(LOADED, MOVED, corrected)) == [
        ("2015-04-01", "2025-06-01", "resident", 500000001),
        ("2025-06-01", None, "resident", 500000003),
    ]


def test_an_annulment_takes_the_change_back_also_when_it_comes_first() -> None:
    back = annulment("back", HUSBAND, "left", version=4, recorded="2025-10-05")
    assert now(known(back, LEFT, MOVED, LOADED))[-1] == ("2025-06-10", None, "resident", 500000002)


def test_an_annulled_correction_gives_back_what_it_replaced() -> None:
    corrected = change(
        "corrected", HUSBAND, "move_within", "2025-06-01", version=3, recorded="2025-07-01", supersedes="moved",
        household=500000003,
    )  # fmt: skip
    back = annulment("back", HUSBAND, "corrected", version=4, recorded="2025-08-01")
    assert now(known(LOADED, MOVED, corrected, back)) == now(known(LOADED, MOVED))


def test_removal_and_restoration_keep_the_exact_history() -> None:
    removed = change("removed", HUSBAND, "ex_officio_removal", "2025-06-10", version=2, residency="removed")
    restored = change("restored", HUSBAND, "ex_officio_restoration", "2025-08-01", version=3)
    assert [s[2] for s in now(known(LOADED, removed, restored))] == ["resident", "removed", "resident"]


@pytest.mark.parametrize(
    ("events", "doubt"),
    [
        (
            (LOADED, annulment("back", HUSBAND, "never seen", version=2, recorded="2025-05-01")),
            "supersedes_unknown_change",
        ),
        ((LOADED, change("in", HUSBAND, "move_in", "2025-05-01", version=2)), "move_in_without_origin"),
        ((LOADED, change("in", HUSBAND, "move_in", "2025-05-01", version=2, moved_in_from="見本市")), "moved_in_twice"),
        ((LOADED, change("also", HUSBAND, "move_within", "2025-05-01", version=1)), "version_used_twice"),
        (
            (
                LOADED,
                change("dead", HUSBAND, "death", "2025-05-01", version=2, residency="deceased"),
                annulment("alive", HUSBAND, "dead", version=3, recorded="2025-05-20"),
            ),
            "death_annulled",
        ),
    ],
)
def test_a_contradiction_is_a_fact_and_not_a_wait(events: tuple[Any, ...], doubt: str) -> None:
    assert doubt in known(*events).needs_person


def test_an_ordinary_history_needs_nobody() -> None:
    assert known(LOADED, MOVED, LEFT).needs_person == ()


@st.composite
def histories(draw: st.DrawFn) -> list[Any]:
    """Some changes of one person, with corrections and annulments of any of them, recorded on any day."""
    events = []
    for version in range(1, draw(st.integers(2, 6)) + 1):
        recorded = f"2025-{draw(st.integers(4, 12)):02d}-{draw(st.integers(1, 28)):02d}"
        target = draw(st.none() | st.integers(1, 6).map(str))
        if target and draw(st.booleans()):
            events.append(annulment(str(version), HUSBAND, target, version=version, recorded=recorded))
            continue
        on = f"2024-{draw(st.integers(1, 12)):02d}-{draw(st.integers(1, 28)):02d}"
        events.append(
            change(
                str(version), HUSBAND, "move_within", on, version=version, recorded=recorded, supersedes=target,
                household=500000000 + version,
            )
        )  # fmt: skip
    return events


@settings(max_examples=60, deadline=None)
@given(histories())
def test_any_order_and_repetition_gives_one_history(events: list[Any]) -> None:
    found = deliver(events, HANDLERS, residence, orders=8)
    current = [s for s in found.spans if s.known_to is None]
    for before, after in itertools.pairwise(current):
        assert before.valid_to == after.valid_from
    assert [s.valid_to for s in current[-1:]] in ([], [None])


@settings(max_examples=60, deadline=None)
@given(histories(), st.data())
def test_a_register_loaded_anew_under_other_ids_says_nothing_else(events: list[Any], data: st.DataObject) -> None:
    """Any of its changes, told again at any later time, corrections of the one or the other copy among them."""
    first = [HANDLERS[type(event.data)](event) for _, event in events]
    told = data.draw(st.lists(st.sampled_from(first), unique_by=lambda change: change.id))
    copies = {change.id: str(uuid.uuid5(uuid.NAMESPACE_URL, change.id)) for change in told}
    version = {change.id: change.version for change in first}

    def targets(change: Change) -> list[str | None]:
        """What the copy of a correction may name; of corrections that go round in a circle nobody knows which came first."""
        earlier = change.supersedes is not None and version.get(change.supersedes, 9) < change.version
        return [
            change.supersedes,
            copies.get(change.supersedes or "", change.supersedes) if earlier else change.supersedes,
        ]

    again = [
        replace(
            change,
            id=copies[change.id],
            recorded_at=change.recorded_at + dt.timedelta(days=400),
            supersedes=data.draw(st.sampled_from(targets(change))),
        )
        for change in told
    ]
    given = data.draw(st.permutations([*first, *again]))
    assert residence(told_once(given)) == residence(first)


def test_another_word_under_the_same_version_is_no_copy() -> None:
    moved = HANDLERS[type(MOVED[1].data)](MOVED[1])
    _, event = change("moved", HUSBAND, "move_within", "2025-06-11", version=2, household=500000002)
    other = replace(HANDLERS[type(event.data)](event), id=str(uuid.uuid4()))
    assert len(told_once([moved, other])) == 2


def test_what_is_said_is_what_validation_would_accept() -> None:
    """Spans are built from validated values without validating again; the bytes must be those of a validated event."""
    said = known(LOADED, MOVED, LEFT, annulment("back", HUSBAND, "left", version=4, recorded="2025-10-05"))
    assert ResidentUpdated.model_validate_json(said.model_dump_json()) == said


class TestAnAnnulmentWaitsOneBusinessDay:
    """The register annuls and enters again. Told at once, the first half would end somebody's insurance."""

    FRIDAY, SATURDAY, MONDAY = dt.date(2025, 9, 5), dt.date(2025, 9, 6), dt.date(2025, 9, 8)

    def changes(self, *events: Any) -> list[Change]:
        return [HANDLERS[type(event.data)](event) for _, event in events]

    HERE = change("here", HUSBAND, "move_in", "2025-04-01", version=1, moved_in_from="架空県")
    GONE = change("gone", HUSBAND, "move_out_overseas", "2025-08-20", version=2, residency="overseas")
    TAKEN_BACK = annulment("not gone", HUSBAND, "gone", version=3, recorded="2025-09-05")
    AGAIN = change("gone again", HUSBAND, "move_out_overseas", "2025-08-25", version=4, recorded="2025-09-05",
                   residency="overseas")  # fmt: skip

    def residencies(self, given: list[Change], day: dt.date) -> list[str]:
        return [span.residency for span in residence(settled(given, day)).spans if span.known_to is None]

    @pytest.mark.parametrize(("day", "expected"), [
        (FRIDAY, ["resident", "overseas"]), (SATURDAY, ["resident", "overseas"]), (MONDAY, ["resident"]),
    ])  # fmt: skip
    def test_until_the_next_open_day_it_is_as_if_nothing_had_come(self, day: dt.date, expected: list[str]) -> None:
        given = self.changes(self.HERE, self.GONE, self.TAKEN_BACK)
        assert held_until(given) == self.MONDAY
        assert self.residencies(given, day) == expected

    def test_followed_by_the_new_entry_nothing_waits_and_nothing_flickers(self) -> None:
        given = self.changes(self.HERE, self.GONE, self.TAKEN_BACK, self.AGAIN)
        assert held_until(given) is None
        assert self.residencies(given, self.FRIDAY) == ["resident", "overseas"]
        assert residence(given) == residence(settled(given, self.FRIDAY))

    def test_nothing_waits_without_an_annulment(self) -> None:
        assert held_until(self.changes(self.HERE, self.GONE)) is None
        assert held_until([]) is None
