"""Who is behind a number: the whole record on any day, as recorded on any day; every name ever held; what must not be shown. Pure."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from contracts.doors.registry import Household, HouseholdMember, NameHeld
from contracts.events.registry import NonResidentRecord, NonResidentRecorded, ResidentChanged, ResidentRecord
from contracts.vocabulary import JST

from registry_sync.register import Known, residents
from registry_sync.residence import Change, protected, standing, stays

PROTECTED = ("address", "previous_address", "moved_out_to")
"""Of a person under a support measure (支援措置, decision 24): never on anybody's screen, form, list or disclosure."""


@dataclass(frozen=True)
class Identity:
    """What the records say of one person on a day, and what they said before."""

    record: ResidentRecord | NonResidentRecord
    since: dt.date
    former: tuple[ResidentRecord | NonResidentRecord, ...] = ()
    """Every other record that stands, newest first: former names and addresses."""

    @property
    def protected(self) -> bool:
        return protected(self.record.processing_stops)


def identity(
    changes: Iterable[Change], on: dt.date | None = None, recorded_by: dt.date | None = None
) -> Identity | None:
    """The identity on a day (None = the newest) from what was recorded by a day (None = everything). None = nobody yet.

    What the register says counts before what is recorded of a person outside it; the changes may be those of several numbers.
    """
    known = [c for c in changes if recorded_by is None or c.recorded_at.astimezone(JST).date() <= recorded_by]
    left = standing(sorted(known, key=lambda change: (change.recorded_at, change.id)))
    here = [(stay.valid_from, stay.data.record) for stay in stays(left) if on is None or stay.valid_from <= on]
    outside = sorted(
        (change.data.changed_on, change.version, change.id, change.data.record)
        for change in left
        if isinstance(change.data, NonResidentRecorded) and (on is None or change.data.changed_on <= on)
    )
    elsewhere: list[tuple[dt.date, ResidentRecord | NonResidentRecord]] = [(one[0], one[3]) for one in outside]
    ordered = [*elsewhere, *here]
    if not ordered:
        return None
    since, record = ordered[-1]
    return Identity(record, since, tuple(one for _, one in reversed(ordered[:-1])))


def names(changes: Iterable[Change]) -> tuple[NameHeld, ...]:
    """Every name that stands in the records, oldest first, with the day from which it was held."""
    left = standing(sorted(changes, key=lambda change: (change.recorded_at, change.id)))
    held: list[NameHeld] = []
    entries = sorted(
        (change.data.changed_on, change.version, change.id, change.data.record)
        for change in left
        if isinstance(change.data, ResidentChanged | NonResidentRecorded)
    )
    for on, _, _, record in entries:
        name = NameHeld(name=record.name, name_kana=record.name_kana, alias=record.alias, since=on)
        if not held or (held[-1].name, held[-1].name_kana, held[-1].alias) != (name.name, name.name_kana, name.alias):
            held.append(name)
    return tuple(held)


def household_on(known: Known, person: int, on: dt.date) -> Household:
    """The household of a person on a day, the householder first, from everything known of whoever ever shared one."""
    said = residents(known.numbers, known, dt.date.max)
    there = {
        number: span
        for number, one in said.items()
        for span in one.spans
        if span.known_to is None
        and span.residency == "resident"
        and span.valid_from <= on
        and (span.valid_to is None or on < span.valid_to)
    }
    if person not in there:
        return Household()
    household = there[person].household
    members = [
        HouseholdMember(addressee=number, relation=span.relation)
        for number, span in there.items()
        if span.household == household
    ]
    members.sort(key=lambda member: (member.relation != "householder", member.addressee))
    return Household(household=household, members=tuple(members))


def shown(record: ResidentRecord, *, may_see_protected: bool) -> ResidentRecord:
    """The record with what the asker may see."""
    if may_see_protected or not protected(record.processing_stops):
        return record
    return record.model_copy(update=dict.fromkeys(PROTECTED))


def shown_outside(record: NonResidentRecord, *, may_see_protected: bool) -> NonResidentRecord:
    if may_see_protected or not protected(record.processing_stops):
        return record
    return record.model_copy(update={"address": None})
