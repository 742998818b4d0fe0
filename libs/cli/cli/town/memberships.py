"""What does the pension service (日本年金機構) know of people's membership, and when does it tell the ward?

A stay is one category from a first day on; each notice of it carries the next version. The truth (`class_change`) comes
first, the notice days or weeks later.
"""

import datetime as dt

from contracts.events.notice import BasicPensionNumberAssigned, MembershipNotified
from contracts.vocabulary import Category

from cli.town.people import Person, attained_on
from cli.town.rates import FIRST_DAY
from cli.town.ward import Ward


def first_membership(ward: Ward, person: Person) -> None:
    """The category of someone who enters the story, drawn so that the ward's shares come out."""
    rng, today = ward.rng, ward.today
    twenty = attained_on(person.birth, 20)
    age = person.age_on(today)
    if twenty <= today < attained_on(person.birth, 60):
        person.category = _drawn_category(ward, person, age)
    elif 18 <= age < 20 and not person.student:
        person.category = 2 if rng.random() < 0.6 else None
    elif 60 <= age < 70:
        person.category = 2 if rng.random() < (0.6 if age < 65 else 0.02) else None
    if person.category is None:
        return
    earliest = twenty if person.category != 2 else min(today, attained_on(person.birth, 18))
    if person.from_abroad:
        earliest = max(earliest, person.in_ward_since)
    years = 1 if person.student else 12
    since = max(earliest, today - dt.timedelta(days=rng.randrange(1, years * 365)))
    person.category_since = earliest if person.student else since
    if not (person.from_abroad and person.foreign):
        person.basic_pension_number = ward.new_pension_number()


def _drawn_category(ward: Ward, person: Person, age: int) -> Category:
    rng = ward.rng
    if person.student:
        return 1 if rng.random() < 0.95 else 2
    if person.spouse and person.spouse.category == 2 and rng.random() < 0.36:
        return 3
    new_here = person.from_abroad and person.in_ward_since >= FIRST_DAY
    own_account = 0.45 if new_here else 0.22 if person.foreign else 0.16 if age < 25 else 0.12
    return 1 if rng.random() < own_account else 2


def tell(ward: Ward, person: Person) -> None:
    """Number and present membership, as for the first load and after an arrival."""
    assign_number(ward, person)
    if person.category and person.category_since:
        earliest = attained_on(person.birth, 20)
        before = person.category_since - dt.timedelta(days=700)
        if person.category == 1 and not person.student and before > earliest and ward.chance(0.3):
            notify(ward, person, 2, before, lost_on=person.category_since)
        notify(ward, person, person.category, person.category_since)


def assign_number(ward: Ward, person: Person) -> None:
    """付番, or the number of someone who has one, told to the ward once."""
    if person.number_told:
        return
    person.number_told = True
    person.basic_pension_number = person.basic_pension_number or ward.new_pension_number()
    person.notices += 1
    ward.post.send(
        person.number,
        BasicPensionNumberAssigned(version=1, basic_pension_number=person.basic_pension_number),
        sequence=person.notices,
    )


def notify(
    ward: Ward,
    person: Person,
    category: Category,
    acquired_on: dt.date,
    *,
    lost_on: dt.date | None = None,
    cancelled: bool = False,
    not_before: dt.datetime | None = None,
) -> None:
    version = person.stays[category, acquired_on] = person.stays.get((category, acquired_on), 0) + 1
    person.notices += 1
    ward.post.send(
        person.number,
        MembershipNotified(
            version=version, category=category, acquired_on=acquired_on, lost_on=lost_on, cancelled=cancelled
        ),
        sequence=person.notices,
        not_before=not_before,
    )


def class_change(ward: Ward, person: Person, to: Category | None, on: dt.date, *, told_in: tuple[int, int]) -> None:
    """The person is in another category from this day; the end of the old stay is told some days later."""
    if person.category and person.category_since and on >= person.category_since:
        ward.in_days(*told_in, _tell_end, person, person.category, person.category_since, on)
    person.category, person.category_since = to, on if to else None
    if to != 1:  # what belongs to category 1 ends with it
        person.additional, person.continues, person.statutory_since = False, False, None


def _tell_end(ward: Ward, person: Person, category: Category, acquired_on: dt.date, lost_on: dt.date) -> None:
    assign_number(ward, person)
    notify(ward, person, category, acquired_on, lost_on=lost_on)


def tell_begin(ward: Ward, person: Person, category: Category, acquired_on: dt.date) -> None:
    assign_number(ward, person)
    notify(ward, person, category, acquired_on)


def told_wrongly(ward: Ward) -> None:
    """A stay in category 1 was notified that should not have been: cancelled, or corrected by one first day more."""
    person = ward.find(lambda person: person.category == 2 and 21 <= person.age_on(ward.today) < 59)
    if person is None or person.category_since is None:
        return
    begin = person.category_since
    wrong = ward.days_ago(40, 300)
    if wrong <= begin:
        return
    ward.happenings["category 1 notified wrongly"] += 1
    if ward.chance(0.5):
        # Told from memory of a gap between two jobs that never was.
        tell_begin(ward, person, 1, wrong)
        ward.in_days(10, 60, _cancel, person, wrong)
        return
    # The cancellation overtakes what it cancels.
    day = ward.open_day(ward.today + dt.timedelta(days=5))
    assign_number(ward, person)
    notify(ward, person, 1, wrong, not_before=ward.after(day))
    ward.later(day, _cancel, person, wrong)
    ward.happenings["out of order"] += 1


def _cancel(ward: Ward, person: Person, acquired_on: dt.date) -> None:
    notify(ward, person, 1, acquired_on, cancelled=True)


def corrected_end(ward: Ward) -> None:
    """The last day of an ended stay in category 1 is told again, some days apart from the first notice."""
    person = ward.find(
        lambda person: (
            person.category == 2 and any(category == 1 and n >= 2 for (category, _), n in person.stays.items())
        )
    )
    if person is None or person.category_since is None:
        return
    acquired_on = max(first for (category, first), n in person.stays.items() if category == 1 and n >= 2)
    if acquired_on < person.category_since:
        ward.happenings["category 1 corrected"] += 1
        lost_on = max(acquired_on, person.category_since - dt.timedelta(days=ward.rng.randint(1, 9)))
        notify(ward, person, 1, acquired_on, lost_on=lost_on)


def turns_20(ward: Ward, person: Person) -> None:
    """Acquired ex officio; the notice comes within about two weeks (since 2019-10)."""
    if person.category is not None:
        return
    on = attained_on(person.birth, 20)
    if person.student or ward.chance(0.75):
        person.category, person.category_since = 1, on
        ward.happenings["turned 20, category 1"] += 1
    else:
        person.category, person.category_since = 2, on
        ward.happenings["turned 20, category 2"] += 1
    ward.in_days(10, 18, tell_begin, person, person.category, on)


def turns_60(ward: Ward, person: Person) -> None:
    """Category 1 and 3 end on the day 60 is attained (NPA 9条3号)."""
    if person.category in (1, 3):
        ward.happenings["turned 60"] += 1
        class_change(ward, person, None, attained_on(person.birth, 60), told_in=(3, 25))
