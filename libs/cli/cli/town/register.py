"""What does the resident register (住民基本台帳) write down?

Each entry is the whole record of one person after the change, under the person's next record version.
"""

import datetime as dt

from contracts.events.registry import (
    ChangeReason,
    PensionNote,
    ProcessingStop,
    ResidentChangeAnnulled,
    ResidentChanged,
    ResidentRecord,
)

from cli.town.people import Household, Person, relation_to
from cli.town.ward import Ward


def enter(
    ward: Ward,
    person: Person,
    reason: ChangeReason,
    changed_on: dt.date,
    *,
    filed_on: dt.date | None = None,
    note: PensionNote | None = None,
    moved_in_from: str | None = None,
    moved_out_to: str | None = None,
    previous_address: str | None = None,
    supersedes: str | None = None,
    not_before: dt.datetime | None = None,
) -> str:
    """Enter a change; the id of its event."""
    person.changed_on = changed_on
    person.household.changed_on = max(person.household.changed_on, changed_on)
    person.version += 1
    record = ResidentRecord(
        name=person.name,
        name_kana=person.kana,
        birth_date=person.birth,
        sex=person.sex,
        household=person.household.number,
        relation=person.relation,
        householder_name=head.name if (head := person.household.householder) else None,
        residency=person.residency,
        became_resident_on=person.in_ward_since,
        became_resident_by=_became_resident_by(person),
        address=person.household.address,
        previous_address=previous_address,
        moved_in_from=moved_in_from,
        moved_out_to=moved_out_to,
        head_of_family_register=person.family_register,
        removed_on=changed_on if person.residency != "resident" else None,
        removed_by=reason if person.residency != "resident" else None,
        nationality=person.nationality,
        alias=person.alias,
        residence_status=person.residence_status,
        residence_until=_residence_until(person),
        processing_stops=_stops(person),
        pension_note=note,
    )
    change = ResidentChanged(
        reason=reason,
        changed_on=changed_on,
        filed_on=filed_on or ward.today,
        version=person.version,
        record=record,
    )
    person.last_id = ward.post.send(
        person.number, change, sequence=person.version, supersedes=supersedes, not_before=not_before
    )
    return person.last_id


def _became_resident_by(person: Person) -> ChangeReason:
    if person.in_ward_since == person.birth:
        return "birth"
    return "move_in_overseas" if person.from_abroad else "move_in"


def _residence_until(person: Person) -> dt.date | None:
    """Whoever may stay for good has no last day."""
    if person.residence_status is None or person.residence_status in ("永住者", "特別永住者"):
        return None
    return dt.date(2027 + person.number % 4, person.number % 12 + 1, 1)


def _stops(person: Person) -> tuple[ProcessingStop, ...]:
    if person.support_since is None:
        return ()
    return (ProcessingStop(kind="support_measure", since=person.support_since),)


def annul(ward: Ward, person: Person, event: str) -> None:
    """Take an entry back (取消)."""
    person.version += 1
    ward.post.send(
        person.number, ResidentChangeAnnulled(version=person.version), sequence=person.version, supersedes=event
    )


def possible_day(wanted: dt.date, *households: Household) -> dt.date:
    """The wanted day, but not before what the register already says of these households."""
    return max(wanted, *(household.changed_on for household in households))


def take_out(person: Person, changed_on: dt.date) -> Household:
    """Out of the household's members; who stays may need a householder (`appoint`)."""
    left = person.household
    left.members.remove(person)
    left.changed_on = max(left.changed_on, changed_on)
    return left


def appoint(ward: Ward, household: Household, changed_on: dt.date, head: Person | None = None) -> None:
    """See to it that a household has one householder, and enter what changed for each member (世帯主変更)."""
    if not household.members or (head is None and household.householder):
        return
    former = household.householder
    head = head or _successor(household, former)
    # The outgoing householder's entry first, so that no moment of the record shows two.
    for member in sorted(household.members, key=lambda member: member is not former):
        relation = relation_to(head, member)
        if relation != member.relation:
            member.relation = relation
            enter(ward, member, "household_change", changed_on)
            ward.happenings["household change"] += 1


def _successor(household: Household, former: Person | None) -> Person:
    """The spouse of the one who left, as long as the members know; else the eldest."""
    spouse = next((member for member in household.members if member.relation == "spouse"), None)
    return spouse or min(household.members, key=lambda member: (member.birth, member.number))
