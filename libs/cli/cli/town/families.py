"""Who is born, dies, marries, parts, and who then is the householder?"""

import datetime as dt

from cli.town import benefits, children, names, premiums, register, status
from cli.town.jobs import becomes_dependant, becomes_self_employed, spouse_lost_cover
from cli.town.memberships import class_change
from cli.town.moves import depart, join, split_off
from cli.town.people import Household, Person, insured, relation_to
from cli.town.ward import Ward

_NOTICE_DAYS = 7
"""A death told to the register so many days after it spares the pension filing (戸籍法86条)."""
_BETWEEN_BIRTHS = dt.timedelta(days=330)


def birth(ward: Ward) -> None:
    mother = ward.find(lambda one: _may_bear(ward, one) and (one.married or ward.chance(0.02)))
    if mother is None or mother.household.householder is None:
        return
    born = register.possible_day(ward.days_ago(1, 14), mother.household)
    mother.next_birth_from = born + _BETWEEN_BIRTHS
    enter_birth(ward, mother, born)
    if ward.chance(0.7):
        ward.in_days(3, 60, children.maternity_after, mother, born, False)


def _may_bear(ward: Ward, one: Person) -> bool:
    return one.sex == "female" and 20 <= one.age_on(ward.today) <= 43 and one.next_birth_from <= ward.today


def expected_birth(ward: Ward) -> None:
    """A member in category 1 expects a child; who is none gives up her job for it. Most file before the birth."""

    mother = ward.find(lambda one: _may_bear(ward, one) and one.spouse is not None and insured(one), tries=2000)
    if mother is None:
        mother = ward.find(lambda one: _may_bear(ward, one) and one.spouse is not None, tries=2000)
        if mother is None or not becomes_self_employed(ward, mother):
            return
    due_on = ward.today + dt.timedelta(days=ward.rng.randint(40, 150))
    mother.next_birth_from = due_on + _BETWEEN_BIRTHS
    multiple = ward.next_of("expected birth", (False, True, False, False, False, False, False))
    filed = ward.next_of("maternity filed before", (True, True, False))
    if filed:
        ward.in_days(1, 30, children.maternity_before, mother, due_on, multiple)
    born_on = due_on + dt.timedelta(days=ward.rng.randint(-20, 8))
    ward.later(born_on + dt.timedelta(days=3), _born_as_expected, mother, born_on, multiple, filed)


def _born_as_expected(ward: Ward, mother: Person, born_on: dt.date, multiple: bool, filed: bool) -> None:
    if mother.residency != "resident" or mother.household.householder is None:
        return
    born = register.possible_day(born_on, mother.household)
    for _ in range(2 if multiple else 1):
        enter_birth(ward, mother, born)
    if not filed:
        ward.in_days(3, 40, children.maternity_after, mother, born, multiple)


def enter_birth(ward: Ward, mother: Person, born: dt.date) -> None:
    home = mother.household
    father = mother.spouse
    foreign = mother.foreign and (father is None or father.foreign)
    family = None if foreign else names.family_of(*_japanese(mother, father))
    child = ward.new_person(home, born, "male" if ward.chance(0.5122) else "female", born, family=family)
    child.mother, child.father = mother, father
    child.nationality = mother.nationality if foreign else "JPN"
    child.residence_status = "家族滞在" if foreign else None
    child.family_register = None if foreign else mother.family_register
    assert home.householder is not None
    child.relation = relation_to(home.householder, child)
    register.enter(ward, child, "birth", born)
    ward.happenings["birth"] += 1


def _japanese(mother: Person, father: Person | None) -> tuple[str, str]:
    parent = mother if not mother.foreign or father is None else father
    return parent.name, parent.kana


def death(ward: Ward) -> None:
    # The yearly risk about doubles every eight years of age; hardly anyone is older than 105.
    person = ward.find(lambda one: ward.chance(2 ** ((one.age_on(ward.today) - 104) / 8)), tries=20_000)
    if person is not None:
        _dies(ward, person, ward.days_ago(0, 7))


def death_of_insured(ward: Ward) -> None:
    """Somebody still insured dies and is found, or reported, late: then the pension filing is not omitted (NPR 4条)."""
    person = ward.find(lambda one: insured(one) and one.age_on(ward.today) >= 30, tries=2000)
    if person is not None:
        _dies(ward, person, ward.days_ago(9, 30))


def _dies(ward: Ward, person: Person, wanted: dt.date) -> None:
    home = person.household
    died_on = register.possible_day(wanted, home)
    benefits.after_a_death(ward, person, [one for one in home.members if one is not person], died_on)
    if person.category not in (None, 2, 3) and (ward.today - died_on).days > _NOTICE_DAYS:
        ward.in_days(0, 14, status.death_filing, person, died_on)
    person.residency = "deceased"
    register.enter(ward, person, "death", died_on)
    ward.happenings["death"] += 1
    ward.unsettle(person)
    was_householder = person.relation == "householder" and not person.alone
    register.take_out(person, died_on)
    if was_householder:
        ward.happenings["death of a householder"] += 1
    register.appoint(ward, home, died_on)
    lost_on = died_on + dt.timedelta(days=1)
    spouse = person.spouse
    if spouse is not None:
        spouse.spouse, person.spouse = None, None
        spouse.widowed = spouse.sex == "female"
    if person.category:
        class_change(ward, person, None, lost_on, told_in=(15, 40))
        spouse_lost_cover(ward, spouse, lost_on)


def marriage(ward: Ward) -> None:
    def single(one: Person) -> bool:
        return one.alone and not one.married and 20 <= one.age_on(ward.today) <= 45 and one.support_since is None

    host = ward.find(single)
    partner = ward.find(lambda one: host is not None and single(one) and one.sex != host.sex)
    if host is None or partner is None:
        return
    changed_on = register.possible_day(ward.days_ago(0, 10), host.household, partner.household)
    host.spouse, partner.spouse = partner, host
    ward.happenings["marriage"] += 1
    if not host.foreign and not partner.foreign:
        wife, husband = (host, partner) if host.sex == "female" else (partner, host)
        takes, gives = (wife, husband) if ward.chance(0.95) else (husband, wife)
        _take_surname(ward, takes, names.family_of(gives.name, gives.kana), changed_on, gives.name)
    join(ward, partner, host.household, changed_on, "move_within")
    for one in (host, partner):
        premiums.spouse_changed(ward, one, changed_on)
    for one, other in ((host, partner), (partner, host)):
        if one.category == 2 and other.category == 1 and not other.student and ward.chance(0.3):
            becomes_dependant(ward, other, changed_on)


def _take_surname(ward: Ward, person: Person, family: tuple[str, str], changed_on: dt.date, head: str) -> None:
    person.name, person.kana = names.with_surname(*family, person.name, person.kana)
    person.family_register = head
    register.enter(ward, person, "name_change", changed_on)
    ward.happenings["name change"] += 1


def divorce(ward: Ward) -> None:
    leaver = ward.find(
        lambda one: one.relation == "spouse" and one.spouse is not None and one.spouse.household is one.household,
        tries=2000,
    )
    if leaver is None or leaver.spouse is None:
        return
    other = leaver.spouse
    changed_on = register.possible_day(ward.days_ago(0, 10), leaver.household)
    leaver.spouse = other.spouse = None
    ward.happenings["divorce"] += 1
    follow = [
        member for member in leaver.household.members if leaver in (member.mother, member.father) and ward.chance(0.7)
    ]
    group = [leaver, *(child for child in follow if child.age_on(ward.today) < 18)]
    if ward.chance(0.6):
        split_off(ward, group, changed_on, "move_within", ward.new_household())
    else:
        # The one who goes leaves alone: no child may stay behind without a householder, none goes without the mother.
        depart(ward, [leaver], "move_out", "moved_out", changed_on)
    if leaver.residency == "resident" and not leaver.foreign and ward.chance(0.4):
        _take_surname(ward, leaver, names.surname(ward.rng), changed_on, leaver.name)
    for one in (leaver, other):
        premiums.spouse_changed(ward, one, changed_on)
        if one.category == 3:
            spouse_lost_cover(ward, one, changed_on)


def live_apart(ward: Ward) -> None:
    """A couple lives in two households of the ward from now on: still spouses, and both count for an exemption."""
    leaver = ward.find(
        lambda one: one.relation == "spouse" and one.spouse is not None and one.spouse.household is one.household,
        tries=2000,
    )
    if leaver is not None:
        changed_on = register.possible_day(ward.days_ago(0, 10), leaver.household)
        ward.happenings["spouses live apart"] += 1
        split_off(ward, [leaver], changed_on, "move_within", ward.new_household())


def separate_household(ward: Ward) -> None:
    """世帯分離: a member of age becomes householder at the same address; some couples of households merge again."""
    member = ward.find(
        lambda one: one.relation in ("child", "parent", "sibling") and one.age_on(ward.today) >= 20, tries=2000
    )
    if member is None:
        return
    former = member.household
    changed_on = register.possible_day(ward.days_ago(0, 10), former)
    home = ward.new_household()
    home.address = former.address
    ward.happenings["household separated"] += 1
    split_off(ward, [member], changed_on, "household_change", home)
    if ward.chance(0.4):
        ward.in_days(40, 200, _merge_again, member, former)


def _merge_again(ward: Ward, member: Person, home: Household) -> None:
    """世帯合併."""
    free = member.alone and member.busy_until < ward.today
    if member.residency == "resident" and free and home.members and home.address == member.household.address:
        ward.happenings["households merged"] += 1
        changed_on = register.possible_day(ward.today, home, member.household)
        join(ward, member, home, changed_on, "household_change")


def other_householder(ward: Ward) -> None:
    """世帯主変更 among the living."""
    person = ward.find(
        lambda one: one.relation in ("spouse", "child", "sibling") and one.age_on(ward.today) >= 20, tries=2000
    )
    if person is not None:
        ward.happenings["householder changed"] += 1
        home = person.household
        register.appoint(ward, home, register.possible_day(ward.days_ago(0, 10), home), head=person)
