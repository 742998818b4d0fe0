"""What stands with the pension service, and what is sent next: the life of an attempt, and the order of deliveries."""

import datetime as dt
import random
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from contracts.vocabulary import Month
from hypothesis import given, settings
from hypothesis import strategies as st
from transmittal.accounts import accounts, check
from transmittal.attempts import Side, to_tell
from transmittal.due import Content

FRIDAY, NEXT_FRIDAY = dt.date(2025, 9, 5), dt.date(2025, 9, 12)
OTHER_DAY = dt.date(2025, 8, 26)
A, T, R = "acquired", "taken back", "received on another day"

# what happens (a step per word: what eligibility says, `seal`, the pension service's answer), the attempts in the end
LIFE: list[tuple[Sequence[str], str]] = [
    ([A], "1 new pending"),
    ([A, R], "1 new pending"),
    ([A, T], "1 new withdrawn"),
    ([A, T, A], "1 new pending"),
    ([T], ""),
    ([A, "seal"], "1 new sealed"),
    ([A, "seal", A], "1 new sealed"),
    ([A, "seal", R], "1 new sealed, 2 correction pending"),
    ([A, "seal", R, A], "1 new sealed, 2 correction withdrawn"),
    ([A, "seal", T], "1 new sealed, 2 annulment pending"),
    ([A, "seal", T, A], "1 new sealed, 2 annulment withdrawn"),
    ([A, "seal", T, "seal"], "1 new sealed, 2 annulment sealed"),
    ([A, "seal", T, "seal", A], "1 new sealed, 2 annulment sealed, 3 new pending"),
    ([A, "seal", R, "seal", T], "1 new sealed, 2 correction sealed, 3 annulment pending"),
    ([A, "accepted"], "1 new pending"),
    ([A, "seal", "accepted"], "1 new accepted"),
    ([A, "seal", "accepted", R], "1 new accepted, 2 correction pending"),
    ([A, "seal", "accepted", "returned"], "1 new accepted"),
    ([A, "seal", "returned"], "1 new returned, 2 new pending"),
    ([A, "seal", "returned", T], "1 new returned, 2 new withdrawn"),
    ([A, "seal", T, "returned"], "1 new returned, 2 annulment withdrawn"),
    ([A, "seal", "returned", R, "seal", "accepted"], "1 new returned, 2 new accepted"),
    ([A, "seal", "accepted", R, "seal", "returned"], "1 new accepted, 2 correction returned, 3 correction pending"),
    ([A, "seal", R, "seal", "returned"], "1 new returned, 2 correction returned, 3 new pending"),
    ([A, "seal", "accepted", T, "seal", "returned"], "1 new accepted, 2 annulment returned, 3 annulment pending"),
]


@pytest.mark.parametrize(("steps", "story"), LIFE, ids=[", ".join(steps) for steps, _ in LIFE])
def test_life_of_an_item(said: Any, desk: Any, steps: Sequence[str], story: str) -> None:
    day = FRIDAY
    for sequence, step in enumerate(steps, 1):
        if step == "seal":
            desk.seals(day)
            day += dt.timedelta(days=7)
        elif step in ("accepted", "returned"):
            desk.is_answered("F-1", step, day, "document_missing" if step == "returned" else None)
        else:
            changes = {A: {}, T: {"withdrawn": True}, R: {"received_on": OTHER_DAY}}[step]
            desk.hears(said.acquired(sequence, **changes))
        assert accounts(desk.attempts.values()).agree
    assert desk.story == story


def test_a_returned_attempt_opens_again_with_the_reason(said: Any, desk: Any) -> None:
    desk.hears(said.acquired())
    desk.seals(FRIDAY)
    desk.is_answered("F-1", "returned", dt.date(2025, 9, 10), "document_missing")
    assert [a.reason for a in desk.attempts.values()] == ["document_missing", "document_missing"]
    assert accounts(desk.attempts.values()).returned_open == 1


def test_a_new_basic_pension_number_corrects_nothing(said: Any, desk: Any) -> None:
    desk.hears(said.acquired(1))
    desk.seals(FRIDAY)
    desk.hears(said.acquired(2, basic_pension_number="1234567890"))
    assert desk.story == "1 new sealed"


def test_a_pending_attempt_takes_the_new_basic_pension_number(said: Any, desk: Any) -> None:
    desk.hears(said.acquired(1), said.acquired(2, basic_pension_number="1234567890"))
    assert [a.content.basic_pension_number for a in desk.attempts.values()] == ["1234567890"]


def test_a_notice_of_the_sealing_day_is_not_about_what_was_sealed_that_day(said: Any, desk: Any) -> None:
    desk.hears(said.acquired())
    desk.is_answered("F-1", "returned", FRIDAY)
    desk.seals(FRIDAY)
    assert desk.story == "1 new sealed"


def test_a_notice_that_overtook_the_sealing_settles_it(said: Any, desk: Any) -> None:
    desk.hears(said.acquired())
    desk.is_answered("F-1", "accepted", dt.date(2025, 9, 10))
    desk.seals(FRIDAY)
    assert desk.story == "1 new accepted"


def test_a_move_filing_has_no_number_and_no_notice_settles_it(said: Any, desk: Any) -> None:
    desk.hears(said.acquired(basis="move_note", filing=None))
    desk.seals(FRIDAY)
    desk.is_answered("F-1", "accepted", NEXT_FRIDAY)
    assert desk.story == "1 new sealed"


def test_what_was_due_and_is_only_expected_now_is_annulled(said: Any, desk: Any) -> None:
    desk.hears(said.acquired(1))
    desk.seals(FRIDAY)
    desk.hears(said.acquired(2, certainty="expected", basis="none", filing=None, received_on=None))
    assert desk.story == "1 new sealed, 2 annulment pending"


def _history(said: Any, seed: int) -> list[Any]:
    """A plausible series of things that eligibility says of two residents."""
    draw = random.Random(seed)
    events = []
    for addressee in (1, 2):
        for sequence in range(1, draw.randint(2, 9)):
            month = Month(2025, draw.choice([7, 9]))
            events.append(
                draw.choice(
                    [
                        said.acquired(sequence, addressee, received_on=draw.choice([OTHER_DAY, FRIDAY])),
                        said.acquired(sequence, addressee, withdrawn=True),
                        said.acquired(sequence, addressee, certainty="expected"),
                        said.lost(sequence, addressee),
                        said.filed(sequence, addressee, first_month=month, last_month=month + draw.randint(0, 3)),
                        said.filed(sequence, addressee, first_month=month, last_month=month, withdrawn=True),
                    ]
                )
            )
    return events


@given(seed=st.integers(0, 10**6), shuffle=st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None)
def test_order_and_repetition_play_no_part_before_sealing(
    said: Any, new_desk: Callable[[], Any], seed: int, shuffle: random.Random
) -> None:
    events = _history(said, seed)
    in_order, shuffled = new_desk(), new_desk()
    in_order.hears(*events)
    twice = [*events, *events]
    shuffle.shuffle(twice)
    shuffled.hears(*twice)
    assert shuffled.pending == in_order.pending


@given(seed=st.integers(0, 10**6), shuffle=st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_whatever_was_sealed_in_between_the_same_stands_in_the_end(
    said: Any, new_desk: Callable[[], Any], seed: int, shuffle: random.Random
) -> None:
    """After a last sealing the pension service has been told what is known: nothing is pending, nothing left out."""
    events = _history(said, seed)
    shuffle.shuffle(events)
    desk = new_desk()
    for number, event in enumerate(events):
        desk.hears(event)
        if shuffle.random() < 0.3:
            desk.seals(FRIDAY + dt.timedelta(days=7 * number))
    desk.seals(FRIDAY + dt.timedelta(days=7 * len(events)))
    assert desk.pending == set()
    assert [finding for finding in check(desk.state) if "batches" not in finding] == []


OLD, NEW = 10000001, 10000002
FORM = Content(kind="exemption", filing="F-1", received_on=FRIDAY)
CORRECTED = FORM.model_copy(update={"received_on": OTHER_DAY})
NUMBERED = FORM.model_copy(update={"basic_pension_number": "1234567890"})
OF_ANOTHER = FORM.model_copy(update={"filing": "F-2"})
NOTED = FORM.model_copy(update={"filing": None})

# wanted and standing under the old number, wanted and standing under the new one; what is to be told under each
MERGED = [
    ((None, FORM), (FORM, None), (FORM, None)),  # it stands under the old number, and that is enough
    ((None, FORM), (NUMBERED, None), (FORM, None)),
    ((FORM, None), (None, FORM), (None, FORM)),  # the same after a split
    ((None, FORM), (CORRECTED, None), (None, CORRECTED)),
    ((None, FORM), (OF_ANOTHER, None), (None, OF_ANOTHER)),
    ((None, NOTED), (NOTED, None), (None, NOTED)),  # without a filing two people may well say the same
    ((None, FORM), (None, None), (None, None)),
    ((FORM, FORM), (FORM, None), (FORM, FORM)),
    ((None, FORM), (FORM, FORM), (None, FORM)),
]


@pytest.mark.parametrize(("old", "new", "told"), MERGED)
def test_what_stands_under_one_number_of_a_person_is_not_told_again_under_another(
    old: tuple[Content | None, Content | None],
    new: tuple[Content | None, Content | None],
    told: tuple[Content | None, Content | None],
) -> None:
    sides = [("F-1", Side(OLD, *old)), ("F-1", Side(NEW, *new))]
    for order in (sides, sides[::-1]):
        assert to_tell(order) == {(OLD, "F-1"): told[0], (NEW, "F-1"): told[1]}
