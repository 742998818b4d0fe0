"""Who receives public assistance (生活保護), of which kind, since when?

Each kind is a grant of its own; 生活扶助 (livelihood) makes the statutory exemption. Shares are ours.
"""

from dataclasses import dataclass
from typing import Literal

from contracts.events.welfare import AssistanceChanged
from contracts.vocabulary import Date

from cli.town import premiums
from cli.town.people import Person, insured
from cli.town.ward import Ward

Kind = Literal["livelihood", "education", "housing", "medical", "care", "maternity", "occupation", "funeral"]
AT_START = 0.018


@dataclass(slots=True, eq=False)
class Grant:
    number: str
    person: Person
    kind: Kind
    since: Date
    version: int = 0


def receiving_at_start(ward: Ward) -> None:
    for person in list(ward.residents):
        if person.relation == "householder" and person.earnings < 700_000 and ward.chance(AT_START * 4):
            _grant(ward, person, ward.days_ago(30, 2000))


def assistance_begins(ward: Ward) -> None:
    # Every other time somebody in category 1, as it is their premium that it is about here.
    of_category_1 = ward.next_of("assistance", (True, False))
    person = ward.find(
        lambda one: one.relation == "householder" and one.earnings < 700_000 and (not of_category_1 or insured(one)),
        tries=2000,
    )
    if person is not None:
        person.earnings = 0
        _grant(ward, person, ward.days_ago(1, 20))
        ward.happenings["assistance begins"] += 1


def _grant(ward: Ward, head: Person, since: Date) -> None:
    """For the whole household: the kinds it needs."""
    for person in head.household.members:
        kinds: list[Kind] = ["livelihood"] if ward.chance(0.9) else []
        if ward.chance(0.6):
            kinds.append("housing")
        age = person.age_on(ward.today)
        if 6 <= age <= 15:
            kinds.append("education")
        if age >= 70 and ward.chance(0.4):
            kinds.append("care")
        if ward.chance(0.5) or not kinds:
            kinds.append("medical")
        for kind in kinds:
            ward.grants_given += 1
            grant = Grant(f"W{ward.grants_given:06d}", person, kind, max(since, person.birth))
            _say(ward, grant)
            if kind == "livelihood" and ward.chance(0.75):
                ward.in_days(1, 20, premiums.statutory_start, person, "livelihood_aid", grant.since)
            if ward.chance(0.25):
                ward.in_days(60, 700, _end, grant)
            elif ward.chance(0.03):
                ward.in_days(5, 60, _cancel, grant)


def _say(ward: Ward, grant: Grant, until: Date | None = None, cancelled: bool = False) -> None:
    grant.version += 1
    changed = AssistanceChanged(
        grant=grant.number,
        version=grant.version,
        assistance=grant.kind,
        valid_from=grant.since,
        valid_to=until,
        cancelled=cancelled,
    )
    ward.post.send(grant.person.number, changed)


def _end(ward: Ward, grant: Grant) -> None:
    until = max(grant.since, ward.days_ago(0, 15))
    _say(ward, grant, until=until)
    if grant.kind == "livelihood" and ward.chance(0.6):
        ward.in_days(1, 14, premiums.statutory_end, grant.person, "livelihood_aid", until)
    ward.happenings["assistance ends"] += 1


def _cancel(ward: Ward, grant: Grant) -> None:
    _say(ward, grant, cancelled=True)
    ward.happenings["assistance cancelled"] += 1
