"""What was read off the portable terminal (可搬型照会用窓口装置), and how does our register of its use compare with the pension service's?

Pure. No determination reads any of this: it is a memo, shown with its source.
"""

import csv
import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from contracts.events.terminal import PensionRecordTranscribed, ReadItem, TranscriptionChecked
from contracts.vocabulary import JST

from eligibility.facts import Fact

State = Literal["checked", "second_person", "checked_by_who_wrote", "entry_and_check_differ"]


@dataclass(frozen=True)
class Transcription:
    """One use of the terminal, with what was written down and whether a second person wrote the same."""

    number: str
    addressee: int
    used_by: str
    used_at: dt.datetime
    office: str
    purpose: str
    case: str
    items: tuple[ReadItem, ...]
    state: State


def transcriptions(facts: Iterable[Fact]) -> list[Transcription]:
    """Every transcription among these facts, by time of use."""
    known = list(facts)
    checks: dict[str, list[TranscriptionChecked]] = {}
    for fact in known:
        if isinstance(fact.data, TranscriptionChecked):
            checks.setdefault(fact.data.transcription, []).append(fact.data)
    found = []
    for fact in known:
        if isinstance(fact.data, PensionRecordTranscribed):
            one = fact.data
            state = _state(one, checks.get(one.transcription, ()))
            found.append(
                Transcription(
                    one.transcription,
                    fact.addressee,
                    one.used_by,
                    one.used_at,
                    one.office,
                    one.purpose,
                    one.case,
                    one.items,
                    state,
                )
            )
    return sorted(found, key=lambda one: (one.used_at, one.number, one.addressee))


def _state(one: PensionRecordTranscribed, checks: Sequence[TranscriptionChecked]) -> State:
    others = [check for check in checks if check.checked_by != one.used_by]
    if any(check.items == one.items for check in others):
        return "checked"
    if others:
        return "entry_and_check_differ"
    return "checked_by_who_wrote" if checks else "second_person"


class Use(NamedTuple):
    """Who used the terminal when, about whose basic pension number: what both registers have."""

    used_by: str
    at: dt.datetime
    basic_pension_number: str


class Unreadable(Exception):
    """The pension service's log is not one; names line and rule, never a value."""


def log_of_the_pension_service(text: str) -> list[Use]:
    """Its log of the terminal's use as CSV: `user,used_at,basic_pension_number`, times as RFC 3339 or local to the minute."""
    rows = list(csv.reader(text.splitlines()))
    if not rows or rows[0] != ["user", "used_at", "basic_pension_number"]:
        raise Unreadable("line 1: the columns are user, used_at and basic_pension_number")
    found = []
    for number, row in enumerate(rows[1:], 2):
        try:
            user, used_at, owner = row
            moment = dt.datetime.fromisoformat(used_at)
        except ValueError:
            raise Unreadable(f"line {number}: three columns, the second a date and time") from None
        if not (owner.isascii() and owner.isdigit() and len(owner) == 10):
            raise Unreadable(f"line {number}: a basic pension number has ten digits")
        found.append(Use(user, moment if moment.tzinfo else moment.replace(tzinfo=JST), owner))
    return found


@dataclass(frozen=True)
class Reconciled:
    """How two registers of use compare; a use is the same by user, minute and basic pension number."""

    both: int
    missing_here: tuple[Use, ...]
    missing_there: tuple[Use, ...]

    @property
    def agree(self) -> bool:
        return not (self.missing_here or self.missing_there)


def reconciled(ours: Iterable[Use], theirs: Iterable[Use]) -> Reconciled:
    """Every use counts as often as it stands in each register."""
    here, there = Counter(map(_to_the_minute, ours)), Counter(map(_to_the_minute, theirs))
    return Reconciled(
        both=(here & there).total(),
        missing_here=tuple(sorted((there - here).elements())),
        missing_there=tuple(sorted((here - there).elements())),
    )


def _to_the_minute(use: Use) -> Use:
    return use._replace(at=use.at.astimezone(JST).replace(second=0, microsecond=0))
