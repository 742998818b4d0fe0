"""Which disposition has each offset? Pure bookkeeping of runs (decision 9).

A partition's accounting is a list of closed runs and one open run up to `next_offset`. A record that comes again keeps the
disposition it has; exceptions (held, set aside) stand singly, because re-drive changes them one by one.
"""

from collections.abc import Iterable
from dataclasses import dataclass

SINGLE = frozenset({"held", "set_aside"})


@dataclass(frozen=True)
class Head:
    """Where a partition stands: the open run [run_from, next_offset) has `disposition`."""

    next_offset: int
    run_from: int
    disposition: str


@dataclass(frozen=True)
class Run:
    """A closed run of offsets, both ends included."""

    from_offset: int
    to_offset: int
    disposition: str


def pass_over(head: Head, until: int) -> tuple[Head, list[Run]]:
    """Account for what nobody read, up to before this offset: a run `missing`."""
    before = [Run(head.run_from, head.next_offset - 1, head.disposition)] if head.run_from < head.next_offset else []
    return Head(until, until, head.disposition), [*before, Run(head.next_offset, until - 1, "missing")]


def advance(head: Head, records: Iterable[tuple[int, str]]) -> tuple[Head, list[Run]]:
    """Account for records (offset, disposition) in ascending order. Offsets that no record had become a run `missing`."""
    next_offset, run_from, disposition = head.next_offset, head.run_from, head.disposition
    closed: list[Run] = []

    def close() -> None:
        if run_from < next_offset:
            closed.append(Run(run_from, next_offset - 1, disposition))

    for offset, given in records:
        if offset < next_offset:
            continue
        if offset > next_offset:
            closed += pass_over(Head(next_offset, run_from, disposition), offset)[1]
            run_from = next_offset = offset
        if given in SINGLE:
            close()
            closed.append(Run(offset, offset, given))
            run_from = offset + 1
        elif given != disposition:
            close()
            run_from, disposition = offset, given
        next_offset = offset + 1
    return Head(next_offset, run_from, disposition), closed
