"""What is said of each addressee number, from everything known of the numbers that are one person? Pure."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from contracts.events.registry import ResidentUpdated
from contracts.vocabulary import IdentityDataHeld

from registry_sync.merging import Chains, Merge, chains
from registry_sync.residence import Change, merged, residence, settled, told_once


@dataclass(frozen=True)
class IdentityData:
    """The pension service told whether it holds this person's identity data; the highest version counts."""

    id: str
    addressee: int
    version: int
    held: IdentityDataHeld


@dataclass(frozen=True)
class Known:
    """Everything about some numbers, among which are all the numbers of each person."""

    changes: Mapping[int, Sequence[Change]]
    merges: Sequence[Merge] = ()
    identity_data: Mapping[int, IdentityData] = field(default_factory=dict)

    def told(self, number: int) -> Sequence[Change]:
        """The changes of a number, each once."""
        return told_once(self.changes.get(number, ()))

    @property
    def numbers(self) -> set[int]:
        """Everybody of whom anything is known, or said to be one with somebody."""
        joined = {number for merge in self.merges for number in (merge.addressee, merge.into) if number is not None}
        return {*(number for number, changes in self.changes.items() if changes), *self.identity_data, *joined}


def residents(numbers: Iterable[int], known: Known, day: dt.date) -> dict[int, ResidentUpdated]:
    """What is said of these numbers on a business day."""
    numbers = sorted(numbers)
    found = chains(known.merges)
    persons = found.numbers(numbers)
    return {number: _resident(number, persons.get(number, ()), known, found, day) for number in numbers}


def _resident(number: int, own: Sequence[int], known: Known, found: Chains, day: dt.date) -> ResidentUpdated:
    doubts = found.doubts.get(number, frozenset())
    if number in found.ends:
        return merged(found.ends[number], doubts)
    changes = [change for one in own for change in settled(known.told(one), day)]
    notices = [known.identity_data[one] for one in own if one in known.identity_data]
    held = max(notices, key=lambda notice: (notice.version, notice.held)).held if notices else None
    return residence(changes, held, doubts)


def newest(notices: Iterable[IdentityData]) -> dict[int, IdentityData]:
    """Of each number the notice that counts."""
    found: dict[int, IdentityData] = {}
    for notice in notices:
        before = found.get(notice.addressee)
        if before is None or (before.version, before.held) < (notice.version, notice.held):
            found[notice.addressee] = notice
    return found
