"""Where and with whom did a person live, on any day, as recorded on any day?

A pure fold over the changes of one resident. Their order of arrival plays no part: version, change date and recorded time
are all in the changes themselves.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from contracts.events.registry import (
    NonResidentRecord,
    NonResidentRecorded,
    ProcessingStop,
    ResidentChanged,
    ResidentRecord,
    ResidentSpan,
    ResidentUpdated,
)
from contracts.holidays import next_open
from contracts.vocabulary import JST, IdentityDataHeld


@dataclass(frozen=True)
class Change:
    """One change (異動) of the register; `data` is None for an annulment (取消)."""

    id: str
    addressee: int
    recorded_at: dt.datetime
    version: int
    supersedes: str | None
    data: ResidentChanged | NonResidentRecorded | None


@dataclass
class Stay:
    """What one change of the register says of [valid_from, valid_to)."""

    change: Change
    data: ResidentChanged
    valid_from: dt.date
    valid_to: dt.date | None


def residence(
    changes: Iterable[Change], held: IdentityDataHeld | None = None, doubts: Iterable[str] = ()
) -> ResidentUpdated:
    """What is known of one person: bitemporal spans, birth date and sex as believed now, and what needs a person.

    The changes may be those of several numbers, if they are one person (名寄せ). What the register says counts before what is recorded
    of a person outside it.
    """
    every = sorted(changes, key=lambda change: (change.recorded_at, change.id))
    left = standing(every)
    lived = stays(left)
    latest: ResidentRecord | NonResidentRecord | None = lived[-1].data.record if lived else _outside(left)
    return ResidentUpdated(
        birth_date=latest.birth_date if latest else None,
        sex=latest.sex if latest else "unknown",
        support_measure=latest is not None and protected(latest.processing_stops),
        identity_data_held=held,
        spans=tuple(_spans(every, lived)),
        needs_person=tuple(sorted({*_doubts(every, left, lived), *doubts})),
    )


def merged(into: int, doubts: Iterable[str]) -> ResidentUpdated:
    """What is said of a number that is another one's: where to look."""
    return ResidentUpdated(merged_into=into, spans=(), needs_person=tuple(sorted(doubts)))


def _outside(standing: Iterable[Change]) -> NonResidentRecord | None:
    """The newest record of a person who never was in the register (住登外者)."""
    recorded = [
        (change.data.changed_on, change.version, change.id, change.data.record)
        for change in standing
        if type(change.data) is NonResidentRecorded
    ]
    return max(recorded, key=lambda one: one[:3])[3] if recorded else None


def protected(stops: Iterable[ProcessingStop]) -> bool:
    """Whether a support measure (支援措置) protects this person. Its end is an entry of the register, not a day that passes."""
    return any(stop.kind == "support_measure" for stop in stops)


def says_the_same(one: Change, other: Change) -> bool:
    """Whether two changes are one under two ids: the register's own version, and every word of it."""
    return (one.version, one.supersedes, one.data) == (other.version, other.supersedes, other.data)


def told_once(changes: Sequence[Change]) -> Sequence[Change]:
    """Each change once, as it was recorded first: a register that is loaded anew tells everything again under other ids.

    A correction of any copy is one of the change that is kept.
    """
    if len({(change.addressee, change.version) for change in changes}) == len(changes):
        return changes
    ordered = sorted(changes, key=lambda change: (change.recorded_at, change.id))
    first = {change.id: change.id for change in ordered}
    while True:  # copies of what is corrected make copies of their corrections
        kept: dict[tuple[int, int], list[Change]] = {}
        before, first = first, {}
        for change in ordered:
            asked = replace(change, supersedes=before.get(change.supersedes or "", change.supersedes))
            same = kept.setdefault((change.addressee, change.version), [])
            first[change.id] = next((one.id for one in same if says_the_same(one, asked)), change.id)
            if first[change.id] == change.id:
                same.append(asked)
        if first == before:
            return [change for same in kept.values() for change in same]


def held_until(changes: Iterable[Change]) -> dt.date | None:
    """Until which day the newest annulment of one number waits for the entry that may replace it; None = nothing waits (decision 6).

    The register annuls and enters again, often on the same day. Told at once, the first half would end somebody's insurance
    and the second begin it again. One business day decides whether it was half of a pair.
    """
    newest = max(changes, key=lambda change: (change.version, change.id), default=None)
    if newest is None or newest.data is not None:
        return None
    return next_open(newest.recorded_at.astimezone(JST).date() + dt.timedelta(days=1))


def settled(changes: Sequence[Change], day: dt.date) -> Sequence[Change]:
    """The changes of one number that count on a business day: all of them, but for an annulment that still waits."""
    until = held_until(changes)
    if until is None or until <= day:
        return changes
    newest = max(changes, key=lambda change: (change.version, change.id))
    return [change for change in changes if change is not newest]


def standing(changes: Sequence[Change]) -> list[Change]:
    """The changes that no standing change supersedes. A correction that was itself annulled gives back what it replaced."""
    by_target: dict[str, list[Change]] = {}
    for change in changes:
        if change.supersedes is not None:
            by_target.setdefault(change.supersedes, []).append(change)
    if not by_target:
        return list(changes)
    known: dict[str, bool] = {}
    return [change for change in changes if _stands(change, by_target, known)]


def _stands(change: Change, by_target: Mapping[str, Sequence[Change]], known: dict[str, bool]) -> bool:
    if change.id not in known:
        known[change.id] = True  # a circle of corrections ends here
        known[change.id] = not any(_stands(later, by_target, known) for later in by_target.get(change.id, ()))
    return known[change.id]


def stays(standing: Iterable[Change]) -> list[Stay]:
    """Consecutive stays in order of valid time. On one day the higher version is the later one."""
    ordered = sorted(
        ((change, change.data) for change in standing if type(change.data) is ResidentChanged),
        key=lambda one: (one[1].changed_on, one[0].version, one[0].id),
    )
    stays = []
    for position, (change, data) in enumerate(ordered):
        end = ordered[position + 1][1].changed_on if position + 1 < len(ordered) else None
        if end is None or data.changed_on < end:
            stays.append(Stay(change, data, data.changed_on, end))
    return stays


def _spans(changes: Sequence[Change], stays_now: Sequence[Stay]) -> list[ResidentSpan]:
    """The rectangles of valid time and known time, oldest first."""
    moments = sorted({change.recorded_at for change in changes})
    if len(moments) == 1:  # of most people one change is known: all that it says is known since then
        return [_span(stay, moments[0], None) for stay in stays_now]
    believed: dict[tuple[str, dt.date | None], tuple[Stay, dt.datetime]] = {}
    found: list[tuple[Stay, dt.datetime, dt.datetime | None]] = []
    for moment in moments:
        known = [change for change in changes if change.recorded_at <= moment]
        lived = stays_now if moment == moments[-1] else stays(standing(known))
        now = {(stay.change.id, stay.valid_to): stay for stay in lived}
        for key in [key for key in believed if key not in now]:
            found.append((*believed.pop(key), moment))
        for key, stay in now.items():
            believed.setdefault(key, (stay, moment))
    found += [(stay, since, None) for stay, since in believed.values()]
    found.sort(key=lambda entry: (entry[0].valid_from, entry[1], entry[0].change.id, entry[0].valid_to or dt.date.max))
    return [_span(*entry) for entry in found]


def _span(stay: Stay, known_from: dt.datetime, known_to: dt.datetime | None) -> ResidentSpan:
    data, record = stay.data, stay.data.record
    return ResidentSpan(
        valid_from=stay.valid_from,
        valid_to=stay.valid_to,
        known_from=known_from.astimezone(dt.UTC),
        known_to=known_to.astimezone(dt.UTC) if known_to else None,
        reason=data.reason,
        residency=record.residency,
        household=record.household,
        relation=record.relation,
        note=record.pension_note,
        filed_on=data.filed_on,
        fact=stay.change.id,
    )


def _doubts(every: Sequence[Change], standing: Sequence[Change], stays: Sequence[Stay]) -> set[str]:
    """What a person must look at. A conflict in content is a fact, not a wait (decision 4)."""
    found = set()
    versions: dict[tuple[int, bool, int], Change] = {}
    for change in every:
        # Each number, and each of the two registers, counts for itself.
        place = change.addressee, type(change.data) is NonResidentRecorded, change.version
        if not says_the_same(versions.setdefault(place, change), change):
            found.add("version_used_twice")
    if len(standing) < len(every) or any(change.supersedes is not None for change in every):
        found |= _doubts_of_corrections(every, {change.id for change in standing})
    before: Stay | None = None
    for stay in stays:
        data = stay.data
        moved_in = data.reason in ("move_in", "move_in_overseas")
        if data.reason == "move_in" and data.record.moved_in_from is None:
            found.add("move_in_without_origin")
        same_number = before is not None and before.change.addressee == stay.change.addressee
        if moved_in and before is not None and same_number and before.data.record.residency == "resident":
            found.add("moved_in_twice")
        was_dead = before is not None and before.data.record.residency == "deceased"
        if was_dead and data.record.residency != "deceased":
            found.add("change_after_death")
        before = stay
    return found


def _doubts_of_corrections(every: Sequence[Change], standing: Set[str]) -> set[str]:
    found = set()
    by_id = {change.id: change for change in every}
    for change in every:
        if change.id not in standing and isinstance(change.data, ResidentChanged) and change.data.reason == "death":
            found.add("death_annulled")
        if change.supersedes is None:
            continue
        target = by_id.get(change.supersedes)
        if target is None:
            found.add("supersedes_unknown_change")
            continue
        corrected_on = change.recorded_at.astimezone(JST).date()
        days = [one.data.changed_on for one in (target, change) if one.data is not None]
        if days and _two_years_after(min(days)) < (corrected_on.year, corrected_on.month, corrected_on.day):
            found.add("corrected_after_two_years")  # premiums of that time can no longer be paid (国民年金法102条4項)
        departed = isinstance(target.data, ResidentChanged) and target.data.reason in ("move_out", "move_out_overseas")
        if departed and change.data is None and min(days) < corrected_on:
            found.add("move_out_annulled_after_departure")
    return found


def _two_years_after(day: dt.date) -> tuple[int, int, int]:
    return day.year + 2, day.month, day.day
