"""Who takes up a job, who loses one, and what follows for the pension of the couple?

Joining 厚生年金 needs no filing: the pension service tells the ward. Leaving it makes category 1 (a filing), another job
the same day, or a dependent spouse.
"""

import datetime as dt

from cli.town import earnings
from cli.town.filings import Reason, becomes_category_1
from cli.town.memberships import class_change, tell_begin
from cli.town.people import Person, attained_on, insured_age
from cli.town.ward import Ward

JOINS_TOLD_IN = (5, 40)


def start_job(ward: Ward, person: Person | None = None) -> None:
    person = person or ward.find(lambda one: one.category in (1, 3) and not one.student)
    if person is None or person.category_since is None:
        return
    on = ward.days_ago(0, 20)
    if on <= person.category_since:
        return
    ward.happenings["joined category 2"] += 1
    class_change(ward, person, 2, on, told_in=JOINS_TOLD_IN)
    ward.in_days(*JOINS_TOLD_IN, tell_begin, person, 2, on)
    person.earnings = earnings.ordinary_year(ward, person)


def end_job(ward: Ward) -> None:
    person = ward.find(lambda one: one.category == 2)
    if person is None or person.category_since is None:
        return
    last_day = ward.days_ago(0, 25)
    lost_on = last_day + dt.timedelta(days=1)
    if lost_on <= person.category_since:
        return
    ward.happenings["left category 2"] += 1
    insured = insured_age(person, lost_on)
    if insured != insured_age(person, ward.today):  # 20 or 60 in just these days: the birthday has its say
        return
    draw = ward.rng.random()
    if draw < 0.45:
        class_change(ward, person, 2, lost_on, told_in=JOINS_TOLD_IN)
        ward.in_days(*JOINS_TOLD_IN, tell_begin, person, 2, lost_on)
        return
    if insured and person.spouse and person.spouse.category == 2 and draw < 0.65:
        becomes_dependant(ward, person, lost_on)
    elif insured:
        class_change(ward, person, 1, lost_on, told_in=JOINS_TOLD_IN)
        becomes_category_1(ward, person, "left_employment", last_day, lost_on)
    else:
        class_change(ward, person, None, lost_on, told_in=JOINS_TOLD_IN)
    person.earnings = earnings.ordinary_year(ward, person)
    spouse_lost_cover(ward, person.spouse, lost_on)


def becomes_self_employed(ward: Ward, person: Person) -> bool:
    """Out of work as an employee and into work of one's own: category 1 for sure; False where that can't be today."""
    last_day = ward.days_ago(10, 25)
    lost_on = last_day + dt.timedelta(days=1)
    if person.category not in (2, 3) or person.category_since is None or lost_on <= person.category_since:
        return False
    if not insured_age(person, lost_on) or not insured_age(person, ward.today):
        return False
    reason: Reason = "left_employment" if person.category == 2 else "dependency_ended"
    ward.happenings[f"left category {person.category}"] += 1
    class_change(ward, person, 1, lost_on, told_in=(1, 8))
    becomes_category_1(ward, person, reason, last_day if reason == "left_employment" else lost_on, lost_on)
    return True


def becomes_dependant(ward: Ward, person: Person, on: dt.date) -> None:
    """Category 3: told by the employer of the spouse, never by the person."""
    ward.happenings["joined category 3"] += 1
    class_change(ward, person, 3, on, told_in=JOINS_TOLD_IN)
    ward.in_days(*JOINS_TOLD_IN, tell_begin, person, 3, on)


def spouse_lost_cover(ward: Ward, partner: Person | None, on: dt.date) -> None:
    """A dependent spouse becomes category 1 on the day the cover ends."""
    if partner is None or partner.category != 3 or partner.category_since is None or on <= partner.category_since:
        return
    if not insured_age(partner, ward.today):
        return
    ward.happenings["left category 3"] += 1
    class_change(ward, partner, 1, on, told_in=JOINS_TOLD_IN)
    becomes_category_1(ward, partner, "dependency_ended", on, on)


def dependency_ends(ward: Ward) -> None:
    """Income over the limit: no longer a dependent spouse."""
    person = ward.find(lambda one: one.category == 3)
    if person is not None:
        person.earnings = earnings.ordinary_year(ward, person) + 1_000_000
        spouse_lost_cover(ward, person, ward.days_ago(0, 20))


def school_year(ward: Ward) -> None:
    """On 1 April students leave for a job, others begin."""
    for person in ward.residents:
        age = person.age_on(ward.today)
        if person.student and age >= 22 and ward.chance(0.6):
            person.student = False
            if person.category == 1 and ward.chance(0.75):
                start_job(ward, person)
        elif not person.student and not person.foreign and age == 18:
            person.student = ward.chance(0.6)


def turns_65(ward: Ward, person: Person) -> None:
    """With a right to old-age pension category 2 ends at 65, and with it the spouse's category 3 (附則3・4条).

    Voluntary memberships end as well (附則5条5項1号).
    """
    on = attained_on(person.birth, 65)
    if person.category in ("voluntary_20_59", "voluntary_60_64"):
        class_change(ward, person, None, on, told_in=JOINS_TOLD_IN)
    elif person.category == 2:
        class_change(ward, person, None, on, told_in=JOINS_TOLD_IN)
        spouse_lost_cover(ward, person.spouse, on)
