"""What does the office itself do to the register: of its own motion, by mistake, and to protect somebody?

職権消除・回復・記載, 訂正, 取消, the notices of the Immigration Services Agency, and 支援措置.
"""

import datetime as dt

from contracts.events.registry import ChangeReason
from contracts.vocabulary import Residency

from cli.town import names, population, register
from cli.town.filings import becomes_category_1, file_exclusion
from cli.town.memberships import class_change, tell
from cli.town.moves import arrive, split_off
from cli.town.people import Person, insured_age
from cli.town.ward import Ward

EXCLUDED_STATUS = "特定活動(医療滞在)"
"""Designated activities for medical treatment: not insured (NPR 1条の2)."""
OVERTAKEN_SHARE = 0.5
"""Of corrections and annulments, those that arrive before what they are about."""


def remove(ward: Ward) -> None:
    """職権消除 of a person who does not live where registered; half are restored (回復) as if never removed."""
    person = ward.find(lambda one: one.alone and one.age_on(ward.today) >= 18)
    if person is None:
        return
    home = person.household
    changed_on = register.possible_day(ward.days_ago(0, 5), home)
    person.residency = "removed"
    register.enter(ward, person, "ex_officio_removal", changed_on)
    register.take_out(person, changed_on)
    ward.unsettle(person)
    ward.happenings["ex_officio_removal"] += 1
    if ward.chance(0.55):
        ward.in_days(20, 150, _restore, person, changed_on)


def _restore(ward: Ward, person: Person, removed_on: dt.date) -> None:
    person.household.members.append(person)
    ward.settle(person)
    register.enter(ward, person, "ex_officio_restoration", removed_on)
    ward.happenings["ex_officio_restoration"] += 1


def enter_ex_officio(ward: Ward) -> None:
    """職権記載 of somebody who has lived here unregistered."""
    since = ward.days_ago(30, 300)
    home = population.household(ward, "single middle", since, foreign=False)
    for person in home.members:
        register.enter(ward, person, "ex_officio_entry", since)
        ward.happenings["ex_officio_entry"] += 1
        ward.in_days(20, 60, tell, person)


def immigration_notice(ward: Ward) -> None:
    """The Immigration Services Agency changes status, name or nationality of a foreign resident (住基法30条の50)."""
    excluded = ward.chance(0.15)  # somebody falls ill: most often not an employee
    person = ward.find(
        lambda one: (
            one.foreign
            and one.age_on(ward.today) >= 18
            and (not excluded or (one.category == 1 and one.alone and one.residence_status != EXCLUDED_STATUS))
        ),
        tries=4000,
    )
    if person is None:
        return
    reason: ChangeReason = "other"
    draw = ward.rng.random()
    if draw < 0.75 and not excluded:
        person.residence_status = (
            "技術・人文知識・国際業務" if person.residence_status == "留学" else ward.rng.choice(("永住者", "定住者"))
        )
    elif excluded:
        person.residence_status = EXCLUDED_STATUS
    else:
        person.name, person.kana = names.foreign_name(ward.rng)
        reason = "name_change"
    changed_on = register.possible_day(ward.days_ago(1, 10), person.household)
    register.enter(ward, person, reason, changed_on)
    ward.happenings["immigration notice"] += 1
    if person.residence_status == EXCLUDED_STATUS and person.category in (1, 3):
        ward.happenings["excluded by residence status"] += 1
        file_exclusion(ward, person, changed_on)
        class_change(ward, person, None, changed_on + dt.timedelta(days=1), told_in=(30, 60))
        ward.in_days(90, 200, _exclusion_ends, person)


def _exclusion_ends(ward: Ward, person: Person) -> None:
    if person.residency != "resident" or person.residence_status != EXCLUDED_STATUS or not person.alone:
        return
    changed_on = register.possible_day(ward.days_ago(1, 10), person.household)
    person.residence_status = "定住者"
    register.enter(ward, person, "other", changed_on)
    if insured_age(person, changed_on) and insured_age(person, ward.today):
        person.category, person.category_since = 1, changed_on
        becomes_category_1(ward, person, "end_of_exclusion", changed_on, changed_on)


def naturalise(ward: Ward) -> None:
    """帰化: a Japanese name and family register."""
    person = ward.find(lambda one: one.foreign and one.age_on(ward.today) >= 18, tries=2000)
    if person is None:
        return
    person.nationality, person.residence_status, person.alias = "JPN", None, None
    person.name, person.kana = names.japanese_name(ward.rng, names.surname(ward.rng), person.sex)
    person.family_register = person.name
    register.enter(ward, person, "name_change", register.possible_day(ward.days_ago(1, 14), person.household))
    ward.happenings["naturalised"] += 1


def lose_nationality(ward: Ward) -> None:
    """国籍喪失: stays as a foreign resident."""
    person = ward.find(lambda one: not one.foreign and one.alone and 20 <= one.age_on(ward.today) < 60)
    if person is None:
        return
    person.nationality, person.residence_status, person.family_register = "USA", "定住者", None
    register.enter(ward, person, "other", register.possible_day(ward.days_ago(1, 14), person.household))
    ward.happenings["nationality lost"] += 1


def adoption(ward: Ward, person: Person | None = None) -> None:
    """養子縁組: another surname."""
    person = person or ward.find(lambda one: not one.foreign and one.age_on(ward.today) < 40)
    if person is not None:
        person.name, person.kana = names.with_surname(*names.surname(ward.rng), person.name, person.kana)
        register.enter(ward, person, "name_change", register.possible_day(ward.days_ago(1, 10), person.household))
        ward.happenings["name change"] += 1


def protect(ward: Ward) -> None:
    """支援措置: somebody leaves with small children for an address that is to stay unknown."""
    person = ward.find(
        lambda one: one.relation == "spouse" and one.age_on(ward.today) >= 20 and one.support_since is None, tries=2000
    )
    if person is None or person.spouse is None:
        return
    home = person.household
    children = [
        child for child in home.members if person in (child.mother, child.father) and child.age_on(ward.today) < 16
    ]
    for one in (person, *children):
        one.support_since = ward.today
    changed_on = register.possible_day(ward.days_ago(0, 10), home)
    split_off(ward, [person, *children], changed_on, "move_within", ward.new_household())
    ward.happenings["support measure"] += 1
    if ward.chance(0.3):
        ward.in_days(200, 400, _end_protection, person)


def _end_protection(ward: Ward, person: Person) -> None:
    if person.residency == "resident":
        person.support_since = None
        register.enter(ward, person, "other", register.possible_day(ward.today, person.household))
        ward.happenings["support measure ended"] += 1


def annulled_change(ward: Ward) -> None:
    """A change was entered for the wrong person and taken back some days later."""
    person = ward.find(lambda one: one.alone and one.age_on(ward.today) >= 18)
    if person is None:
        return
    mistakes: tuple[tuple[ChangeReason, Residency], ...] = (
        ("move_out", "moved_out"),
        ("move_out_overseas", "overseas"),
        ("death", "deceased"),
    )
    reason, residency = ward.rng.choice(mistakes)
    day = ward.open_day(ward.today + dt.timedelta(days=ward.rng.randint(1, 20)))
    before = person.changed_on
    person.residency = residency
    event = register.enter(
        ward,
        person,
        reason,
        register.possible_day(ward.days_ago(0, 10), person.household),
        moved_out_to=None if residency == "deceased" else names.elsewhere(ward.rng),
        not_before=_overtaken(ward, day),
    )
    person.residency, person.changed_on, person.busy_until = "resident", before, day
    ward.later(day, register.annul, person, event)
    ward.happenings["change annulled"] += 1


def corrected_birth_date(ward: Ward) -> None:
    """An arrival was entered with a wrong birth date; a correction (訂正) replaces the entry."""
    _arrives_wrong(ward, wrong_birth=True)


def corrected_move_date(ward: Ward) -> None:
    """An arrival was entered with a wrong day."""
    _arrives_wrong(ward, wrong_birth=False)


def _arrives_wrong(ward: Ward, *, wrong_birth: bool) -> None:
    reason: ChangeReason = "move_in_overseas" if ward.chance(0.4) else "move_in"
    day = ward.open_day(ward.today + dt.timedelta(days=ward.rng.randint(3, 60)))
    right_day = ward.days_ago(5, 20)
    home = population.household(
        ward,
        "single young",
        right_day,
        foreign=reason == "move_in_overseas",
        from_abroad=reason == "move_in_overseas",
    )
    person = home.members[0]
    right_birth = person.birth
    entered_day = right_day
    if wrong_birth:
        person.birth = right_birth - dt.timedelta(days=ward.rng.choice((1, 10, 31, 365)))
    else:
        entered_day = right_day + dt.timedelta(days=ward.rng.randint(1, 5))
    event = arrive(ward, person, reason, entered_day, not_before=_overtaken(ward, day))
    person.birth, person.busy_until = right_birth, day
    ward.later(day, _correct, person, event, reason, right_day)


def _correct(ward: Ward, person: Person, event: str, reason: ChangeReason, right_day: dt.date) -> None:
    if person.last_id != event:  # meanwhile something else was entered, which has the right data
        return
    register.enter(ward, person, reason, right_day, supersedes=event)
    ward.happenings["change corrected"] += 1


def _overtaken(ward: Ward, day: dt.date) -> dt.datetime | None:
    if not ward.chance(OVERTAKEN_SHARE):
        return None
    ward.happenings["out of order"] += 1
    return ward.after(day)
