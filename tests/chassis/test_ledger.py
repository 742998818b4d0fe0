"""Accounting: every offset has exactly one disposition, whatever comes again and whatever is missing."""

from chassis.ledger import Head, Run, advance
from hypothesis import given
from hypothesis import strategies as st

START = Head(0, 0, "applied")


def test_records_of_one_kind_make_one_run() -> None:
    assert advance(START, [(0, "applied"), (1, "applied")]) == (Head(2, 0, "applied"), [])


def test_another_disposition_closes_the_run() -> None:
    head, closed = advance(START, [(0, "applied"), (1, "duplicate"), (2, "applied")])
    assert (head, closed) == (Head(3, 2, "applied"), [Run(0, 0, "applied"), Run(1, 1, "duplicate")])


def test_exceptions_stand_singly() -> None:
    _, closed = advance(START, [(0, "set_aside"), (1, "set_aside"), (2, "applied")])
    assert closed == [Run(0, 0, "set_aside"), Run(1, 1, "set_aside")]


def test_a_record_that_comes_again_keeps_its_disposition() -> None:
    head = Head(5, 0, "applied")
    assert advance(head, [(3, "duplicate"), (4, "duplicate")]) == (head, [])


def test_offsets_that_nobody_saw_are_missing() -> None:
    _, closed = advance(Head(2, 0, "applied"), [(5, "applied")])
    assert closed == [Run(0, 1, "applied"), Run(2, 4, "missing")]


@given(
    st.lists(st.tuples(st.integers(0, 40), st.sampled_from(["applied", "duplicate", "stale", "held", "set_aside"]))),
    st.integers(1, 10),
)
def test_runs_cover_every_offset_once(records: list[tuple[int, str]], size: int) -> None:
    head, runs = START, []
    for start in range(0, len(records), size):
        head, closed = advance(head, sorted(records[start : start + size]))
        runs += closed
    covered = [offset for run in runs for offset in range(run.from_offset, run.to_offset + 1)]
    covered += range(head.run_from, head.next_offset)
    assert sorted(covered) == list(range(head.next_offset))
