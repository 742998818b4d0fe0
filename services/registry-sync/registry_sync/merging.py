"""名寄せ: which addressee numbers are one person? Pure; the order in which merges and splits arrive plays no part."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Merge:
    """`addressee` was declared one person with `into`; a split (`into` is None) takes back the merge that it supersedes."""

    id: str
    addressee: int
    into: int | None
    supersedes: str | None
    recorded_at: dt.datetime


@dataclass(frozen=True)
class Chains:
    """Where each number leads, and what a person must look at."""

    ends: Mapping[int, int] = field(default_factory=dict)
    """Of the numbers that were merged: the number at the end of the chain. The others lead to themselves."""
    doubts: Mapping[int, frozenset[str]] = field(default_factory=dict)

    def end(self, number: int) -> int:
        return self.ends.get(number, number)

    def numbers(self, asked: Iterable[int]) -> dict[int, list[int]]:
        """Of these numbers: person → all the numbers of the person, in order."""
        found: dict[int, list[int]] = defaultdict(list)
        for number in sorted(asked):
            found[self.end(number)].append(number)
        return found


def chains(merges: Iterable[Merge]) -> Chains:
    """Follow every standing merge to its end. A merge superseded by a split, or by another merge, does not stand."""
    every = sorted(merges, key=lambda merge: (merge.recorded_at, merge.id))
    superseded = {merge.supersedes for merge in every if merge.supersedes is not None}
    into: dict[int, int] = {}
    doubts: dict[int, set[str]] = defaultdict(set)
    for merge in every:
        if merge.into is None or merge.id in superseded:
            continue
        if into.get(merge.addressee, merge.into) != merge.into:
            doubts[merge.addressee].add("merged_twice")
        into[merge.addressee] = merge.into  # the latest counts until a person settles it
    ends: dict[int, int] = {}
    for number in into:
        end, seen = number, set()
        while end in into and end not in seen:
            seen.add(end)
            end = into[end]
        if end in seen:
            doubts[number].add("merged_in_a_circle")  # then nobody of the circle leads anywhere
        else:
            ends[number] = end
    return Chains(ends, {number: frozenset(found) for number, found in doubts.items()})
