"""Who comes, who goes, who moves within the ward?

Filed within 14 days as a rule; some departures overseas are found out more than a year later.
"""

import datetime as dt

from contracts.events.registry import ChangeReason, PensionNote
from contracts.vocabulary import Residency

from cli.town import names, population, register
from cli.town.filings import becomes_category_1, file_departure
from cli.town.memberships import class_change, tell
from cli.town.people import Household, Person, relation_to
from cli.town.ward import Ward

_ARRIVALS = {
    "single young": 70,
    "single middle": 13,
    "single old": 2,
    "couple young": 6,
    "couple, one child": 4,
    "couple, two children": 3,
    "single parent, one child": 2,
}
PERSONS_PER_ARRIVAL = 1.25
PERSONS_PER_DEPARTURE = 1.55
PERSONS_PER_MOVE_WITHIN = 1.75


def _shape(ward: Ward) -> str:
    return ward.rng.choices(list(_ARRIVALS), list(_ARRIVALS.values()))[0]


def _filed_today(ward: Ward) -> dt.date:
    """The day of a move that is filed today; one in fifty is filed much too late."""
    return ward.days_ago(15, 500) if ward.chance(0.02) else ward.days_ago(0, 14)


def move_in(ward: Ward) -> None:
    since = _filed_today(ward)
    if ward.gone_elsewhere and ward.chance(0.03):
        come_back(ward, ward.gone_elsewhere, "move_in", since)
        return
    if ward.chance(0.04):
        move_in_with(ward, since)
        return
    home = population.household(ward, _shape(ward), since, foreign=ward.chance(0.08))
    for person in home.members:
        arrive(ward, person, "move_in", person.in_ward_since)


def move_in_with(ward: Ward, since: dt.date) -> None:
    """Into the household of somebody who lived alone: as spouse, or as one who shares the living."""
    host = ward.find(lambda one: one.alone and 20 <= one.age_on(ward.today) <= 60)
    if host is None:
        return
    since = register.possible_day(since, host.household)
    guest = population.household(ward, "single young", since, foreign=False).members[0]
    if not host.married and not guest.married and host.sex != guest.sex and guest.age_on(since) >= 20:
        host.spouse, guest.spouse = guest, host
    guest.household = host.household
    host.household.members.append(guest)
    guest.relation = relation_to(host, guest)
    arrive(ward, guest, "move_in", since)
    ward.happenings["moved in with somebody"] += 1


def move_in_overseas(ward: Ward) -> None:
    since = _filed_today(ward)
    if ward.gone_overseas and ward.chance(0.12):
        come_back(ward, ward.gone_overseas, "move_in_overseas", since)
        return
    home = population.household(ward, _shape(ward), since, foreign=ward.chance(0.65), from_abroad=True)
    for person in home.members:
        arrive(ward, person, "move_in_overseas", person.in_ward_since)


def arrive(
    ward: Ward, person: Person, reason: ChangeReason, since: dt.date, *, not_before: dt.datetime | None = None
) -> str:
    """The entry of a new resident; then the pension service's notices, or a filing where no note was made."""
    overseas = reason == "move_in_overseas"
    noted = person.category == 1 and ward.chance(0.5)
    note = None
    if noted:
        note = PensionNote(insured=True, category=1, basic_pension_number=person.basic_pension_number)
    ward.happenings[_kind(reason, noted)] += 1
    event = register.enter(
        ward,
        person,
        reason,
        since,
        note=note,
        moved_in_from=names.country(ward.rng) if overseas else names.elsewhere(ward.rng),
        not_before=not_before,
    )
    if overseas and person.category == 1 and not noted:
        if ward.chance(0.8):  # the others are asked by letter and never answer
            becomes_category_1(ward, person, "entry_from_abroad", since, person.category_since or since)
    elif person.category and ward.chance(0.95):
        ward.in_days(8, 40, tell, person)
    return event


def _kind(reason: str, noted: bool) -> str:
    return f"{reason}, with pension note" if noted else reason


def come_back(ward: Ward, gone: list[Person], reason: ChangeReason, since: dt.date) -> None:
    """Someone who left lives here again: the same addressee number, another household."""
    person = gone.pop(int(ward.rng.random() * len(gone)))
    since = max(since, person.changed_on + dt.timedelta(days=1))
    if since > ward.today:
        return
    person.household = ward.new_household()
    person.household.members.append(person)
    person.relation = "householder"
    person.in_ward_since = since
    ward.settle(person)
    ward.happenings["came back"] += 1
    if person.category in ("voluntary_overseas", "special_voluntary_overseas"):  # ends with the return (附則5条8項)
        class_change(ward, person, None, since, told_in=(20, 60))
    if reason == "move_in_overseas" and person.category is None and 20 <= person.age_on(since) < 59:
        person.category, person.category_since = 1, since
    arrive(ward, person, reason, since)


def move_within(ward: Ward, person: Person | None = None) -> None:
    person = person or ward.find(lambda one: one.age_on(ward.today) >= 18)
    if person is None:
        return
    home = person.household
    changed_on = register.possible_day(ward.days_ago(0, 14), home)
    if person.alone or ward.chance(0.6):
        former, home.address = home.address, names.address(ward.rng)
        for member in home.members:
            register.enter(ward, member, "move_within", changed_on, previous_address=former)
            ward.happenings["move_within"] += 1
    else:
        split_off(ward, [person], changed_on, "move_within", ward.new_household())


def split_off(ward: Ward, group: list[Person], changed_on: dt.date, reason: ChangeReason, home: Household) -> None:
    """These members form a household of their own; the first of them becomes its householder."""
    former = group[0].household
    previous = None if home.address == former.address else former.address
    for person in group:
        register.take_out(person, changed_on)
        home.members.append(person)
        person.household = home
    for person in group:
        person.relation = relation_to(group[0], person)
        register.enter(ward, person, reason, changed_on, previous_address=previous)
        ward.happenings[reason] += 1
    register.appoint(ward, former, changed_on)


def join(ward: Ward, person: Person, home: Household, changed_on: dt.date, reason: ChangeReason) -> None:
    """One person leaves a household and enters another."""
    former = register.take_out(person, changed_on)
    head = home.householder
    person.household = home
    home.members.append(person)
    person.relation = relation_to(head, person) if head else "householder"
    register.enter(ward, person, reason, changed_on, previous_address=former.address)
    ward.happenings[reason] += 1
    register.appoint(ward, former, changed_on)


def move_out(ward: Ward) -> None:
    group = _leavers(ward)
    if group:
        changed_on = register.possible_day(ward.days_ago(0, 10), group[0].household)
        depart(ward, group, "move_out", "moved_out", changed_on)


def move_out_overseas(ward: Ward) -> None:
    group = _leavers(ward, overseas=True)
    if group:
        changed_on = register.possible_day(ward.days_ago(0, 10), group[0].household)
        depart(ward, group, "move_out_overseas", "overseas", changed_on)


def found_gone_long_ago(ward: Ward) -> None:
    """A departure overseas comes to light more than 400 days after the fact."""
    wanted = ward.days_ago(401, 640)
    person = ward.find(
        lambda one: one.alone and one.household.changed_on < wanted and one.age_on(wanted) >= 20, tries=2000
    )
    if person is not None:
        ward.happenings["found out after 400 days"] += 1
        depart(ward, [person], "move_out_overseas", "overseas", wanted)


def _leavers(ward: Ward, overseas: bool = False) -> list[Person]:
    """Whole households mostly; a child of age alone. Students and people between jobs go overseas more often."""

    def goes(one: Person) -> bool:
        age = one.age_on(ward.today)
        return (
            18 <= age < 70
            and (age < 40 or ward.chance(0.4))
            and (not overseas or one.category == 1 or ward.chance(0.3))
        )

    person = ward.find(goes)
    if person is None:
        return []
    if person.alone or (person.relation != "child" and ward.chance(0.8)):
        return list(person.household.members)
    return [person]


def depart(ward: Ward, group: list[Person], reason: ChangeReason, residency: Residency, changed_on: dt.date) -> None:
    home = group[0].household
    for person in group:
        noted = reason == "move_out_overseas" and person.category == 1 and ward.chance(0.5)
        note = PensionNote(insured=True) if noted or (person.category == 1 and ward.chance(0.4)) else None
        ward.happenings[_kind(reason, noted)] += 1
        destination = names.country(ward.rng) if residency == "overseas" else names.elsewhere(ward.rng)
        person.residency = residency
        register.enter(ward, person, reason, changed_on, note=note, moved_out_to=destination)
        register.take_out(person, changed_on)
        ward.unsettle(person)
        ward.left_since_january.append(person)
        if residency == "overseas":
            ward.gone_overseas.append(person)
            _membership_ends(ward, person, changed_on, noted)
        else:
            ward.gone_elsewhere.append(person)
    register.appoint(ward, home, changed_on)


def _membership_ends(ward: Ward, person: Person, departed_on: dt.date, noted: bool) -> None:
    """Category 1 is lost the day after; a person posted abroad by an employer stays in category 2."""
    if person.category in ("voluntary_20_59", "voluntary_60_64", "special_voluntary"):
        class_change(ward, person, None, departed_on + dt.timedelta(days=1), told_in=(20, 60))
    elif person.category == 1:
        if not noted and ward.chance(0.8):
            ward.in_days(0, 14, file_departure, person, departed_on)
        class_change(ward, person, None, departed_on + dt.timedelta(days=1), told_in=(20, 60))
    elif person.category == 2 and ward.chance(0.6):
        class_change(ward, person, None, departed_on, told_in=(10, 40))
