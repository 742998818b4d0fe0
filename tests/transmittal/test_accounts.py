"""Accounts: every attempt in exactly one batch; each kind of disorder is found."""

import datetime as dt
import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from transmittal.accounts import Accounts, Batch, Issue, State, accounts, check
from transmittal.attempts import Attempt
from transmittal.record_file import compose, counts_of, freeze, lines_of

FRIDAY = dt.date(2025, 9, 5)


def _sealed(number: int, attempts: list[Attempt]) -> Batch:
    content = freeze(lines_of(attempts))
    digest = hashlib.sha256(content).hexdigest()
    return Batch(number, "131164", FRIDAY, len(attempts), content, digest, counts_of(lines_of(attempts)), 0, "0" * 64)


def _issue(batch: Batch, number: int = 1, **given: Any) -> Issue:
    record = hashlib.sha256(compose("131164", batch.number, number, FRIDAY, batch.content)).hexdigest()
    return Issue(
        **{
            "batch": batch.number,
            "number": number,
            "record_sha256": record,
            "dispatched": True,
            "closed": False,
            "voided": False,
        }
        | given
    )


@pytest.fixture
def state(said: Any, desk: Any) -> State:
    """Two batches: an acquisition accepted, corrected since; a loss returned and open again; one thing withdrawn, one pending."""
    desk.hears(said.acquired(1), said.lost(2, filing="F-2"), said.changed(3), said.changed(4, withdrawn=True))
    first = desk.seals(FRIDAY)
    desk.is_answered("F-1", "accepted", dt.date(2025, 9, 8))
    desk.is_answered("F-2", "returned", dt.date(2025, 9, 9), "document_missing")
    desk.hears(said.acquired(5, received_on=FRIDAY))
    correction = [a for a in desk.attempts.values() if a.mark == "correction"]
    place = correction[0].addressee, correction[0].item, correction[0].number
    sealed = replace(correction[0], state="sealed", batch=2, line=1, sealed_on=FRIDAY + dt.timedelta(days=7))
    desk.attempts[place] = sealed
    desk.hears(said.filed(6))
    batches = (_sealed(1, first), _sealed(2, correction))
    issues = (
        _issue(batches[0], voided=True),
        _issue(batches[0], 2),
        _issue(batches[1], record_sha256=None, dispatched=False),
    )
    return replace(desk.state, batches=batches, issues=issues)


def test_registered_is_the_sum_of_all_places(state: State) -> None:
    assert accounts(state.attempts) == Accounts(4, accepted=0, in_flight=1, pending=1, returned_open=1, withdrawn=1)
    assert accounts(state.attempts).agree
    assert check(state) == []


def test_a_batch_that_is_given_up_when_all_of_it_was_answered_has_nothing_to_give_back(state: State) -> None:
    """The pension service may hear of a filing otherwise, and answer before the batch is on its way."""
    answered = _attempt(state, lambda a: replace(a, state="accepted"), lambda a: a.batch == 2)
    given_up = replace(answered, issues=(*state.issues[:2], replace(state.issues[2], voided=True)))
    assert check(given_up) == []


def _attempt(state: State, change: Callable[[Attempt], Attempt], which: Callable[[Attempt], bool]) -> State:
    return replace(state, attempts=tuple(change(a) if which(a) else a for a in state.attempts))


DISORDER: list[tuple[str, Callable[[State], State], str]] = [
    (
        "an attempt in two batches",
        lambda s: replace(s, batches=(s.batches[0], _sealed(2, [a for a in s.attempts if a.batch]))),
        "is in 2 batches",
    ),
    (
        "a pending attempt in a batch",
        lambda s: replace(s, batches=(*s.batches, _sealed(3, [a for a in s.attempts if a.state == "pending"]))),
        "is pending and is in 1 batches",
    ),
    (
        "an attempt without its batch",
        lambda s: replace(s, batches=s.batches[:1]),
        "is sealed and is in 0 batches",
    ),
    (
        "a batch number left out",
        lambda s: replace(s, batches=(s.batches[0], _sealed(3, [a for a in s.attempts if a.batch == 2]))),
        "batch numbers are not 1, 2, 3",
    ),
    (
        "changed content",
        lambda s: replace(s, batches=(replace(s.batches[0], content_sha256="0" * 64), s.batches[1])),
        "not the one that was sealed",
    ),
    (
        "another file",
        lambda s: replace(s, issues=(replace(s.issues[0], record_sha256="0" * 64), *s.issues[1:])),
        "file that was written is not the sealed content",
    ),
    (
        "two issues on their way",
        lambda s: replace(s, issues=(replace(s.issues[0], voided=False), *s.issues[1:])),
        "one issue goes its way",
    ),
    ("an issue left out", lambda s: replace(s, issues=s.issues[1:]), "issues are not numbered from 1"),
    ("a batch without an issue", lambda s: replace(s, issues=s.issues[:2]), "issues are not numbered from 1"),
    (
        "given up and not given back",
        lambda s: replace(s, issues=(*s.issues[:2], replace(s.issues[2], voided=True))),
        "nothing is in flight",
    ),
    (
        "given back and going its way all the same",
        lambda s: _attempt(s, lambda a: replace(a, state="voided"), lambda a: a.batch == 2),
        "one issue goes its way",
    ),
    (
        "answered and given up after it was dispatched",
        lambda s: replace(s, issues=(s.issues[0], replace(s.issues[1], voided=True), s.issues[2])),
        "was given up after it was dispatched",
    ),
    (
        "given up after it was dispatched",
        lambda s: replace(
            _attempt(s, lambda a: replace(a, state="voided"), lambda a: a.batch == 1),
            issues=(s.issues[0], replace(s.issues[1], voided=True), s.issues[2]),
        ),
        "was given up after it was dispatched",
    ),
    (
        "an issue of nothing",
        lambda s: replace(s, issues=(*s.issues, replace(s.issues[2], batch=9))),
        "issued and never sealed",
    ),
    (
        "a wrong number of items",
        lambda s: replace(s, batches=(replace(s.batches[0], items=9), s.batches[1])),
        "says 9 items and holds 2",
    ),
    (
        "counts that are not its content's",
        lambda s: replace(s, batches=(replace(s.batches[0], counts={"loss 新規": 2}), s.batches[1])),
        "counts by kind and mark are not those",
    ),
    (
        "an attempt that got lost",
        lambda s: replace(s, attempts=tuple(a for a in s.attempts if a.batch != 2)),
        "was sent and is not known",
    ),
    (
        "an attempt number left out",
        lambda s: _attempt(s, lambda a: replace(a, number=5), lambda a: a.mark == "correction"),
        "not numbered 1 to 2",
    ),
    (
        "an attempt after one that was not sent",
        lambda s: _attempt(s, lambda a: replace(a, state="pending"), lambda a: a.state == "returned"),
        "follows one that was not sent",
    ),
    (
        "something due and not sent",
        lambda s: replace(s, attempts=tuple(a for a in s.attempts if a.content.kind != "exemption")),
        "is not sent and due",
    ),
    (
        "something sent and not due",
        lambda s: replace(s, matters=tuple(m for m in s.matters if m.item != "X-1")),
        "is sent and not due",
    ),
    (
        "something else sent than is known",
        lambda s: _attempt(
            s,
            lambda a: replace(a, content=a.content.model_copy(update={"received_on": FRIDAY})),
            lambda a: a.content.kind == "exemption",
        ),
        "what is sent is not what is known",
    ),
]


@pytest.mark.parametrize(("name", "disturb", "finding"), DISORDER, ids=[name for name, _, _ in DISORDER])
def test_disorder_is_found(state: State, name: str, disturb: Callable[[State], State], finding: str) -> None:
    assert any(finding in found for found in check(disturb(state)))


def test_what_a_person_took_out_is_no_disorder(state: State) -> None:
    taken = replace(state, attempts=tuple(a for a in state.attempts if a.content.kind != "exemption"))
    assert check(taken) != []
    assert check(replace(taken, pulled=frozenset({(1, "X-1")}))) == []
