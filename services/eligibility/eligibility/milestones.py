"""Who reaches an age that changes something, and on which day? Work lists of the office, from the calendar alone.

20: insured from that day (NPA 8条1号). 60: categories 1 and 3 end (9条3号). 65 and 70: voluntary memberships end (附則5条5項1号 and the
特例附則). The age limit of 納付猶予: the month in which it is attained is the first one no longer deferred.
"""

import datetime as dt
from dataclasses import dataclass

from contracts.vocabulary import Month

from eligibility.determine import Determination
from eligibility.facts import Person
from eligibility.rules.age import attained_on
from eligibility.rules.parameters import Parameters

MILESTONES = {
    "age20": "20歳到達（資格取得）",
    "age60": "60歳到達（資格喪失）",
    "voluntary_ends": "任意加入の終了（65歳到達）",
    "special_voluntary_ends": "特例任意加入の終了（70歳到達）",
    "deferral_age": "納付猶予の年齢到達",
}


@dataclass(frozen=True)
class Milestone:
    """On this day this person reaches it."""

    on: dt.date
    what: str
    person: int


def milestones(person: Person, determination: Determination, parameters: Parameters) -> list[Milestone]:
    """Every milestone of one person's life, past and to come, that means something for their insured status."""
    if person.birth_date is None:
        return []
    ages = parameters.ages
    line = determination.timeline
    found = []

    def reached(what: str, age: int) -> Milestone:
        assert person.birth_date is not None
        return Milestone(attained_on(person.birth_date, age), what, person.addressee)

    at_20 = reached("age20", ages.acquisition_age.newest.value)
    if any(
        s.residency == "resident" and s.valid_from <= at_20.on and (s.valid_to is None or at_20.on < s.valid_to)
        for s in person.spans
    ):
        found.append(at_20)
    for what, age, ending in (
        ("age60", ages.loss_age, {1, 3}),
        ("voluntary_ends", ages.voluntary_loss_age, {"voluntary_20_59", "voluntary_60_64", "voluntary_overseas"}),
        (
            "special_voluntary_ends",
            ages.special_voluntary_loss_age,
            {"special_voluntary", "special_voluntary_overseas"},
        ),
    ):
        one = reached(what, age.newest.value)
        if line.on(one.on - dt.timedelta(days=1)) in ending:
            found.append(one)
    limit = reached("deferral_age", parameters.deferral.older_below_age.newest.value)
    if determination.premium.of(Month.of(limit.on) - 1) == "deferral":
        found.append(limit)
    return found
