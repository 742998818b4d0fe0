"""What happens in the town from the first day to the last?

Day by day: the calendar, the loads of the night, birthdays, what was planned, what falls due from earlier days.
"""

import datetime as dt
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random

from contracts.events.operations import BusinessDayStarted
from contracts.holidays import is_open
from rich.console import Console
from rich.progress import Progress

from cli.town import benefits, exemptions, jobs, memberships, plan, population, register, tax, welfare
from cli.town.delivery import Delivery
from cli.town.people import Person, attained_on
from cli.town.post import Post, midnight
from cli.town.rates import FIRST_DAY, LAST_DAY
from cli.town.ward import Ward

BIG_TOWN = 20_000
"""From so many persons on the command takes long enough to show how far it is."""


def write_town(persons: int, seed: int, out: Path) -> None:
    """Write the town of this seed: one JSONL file per incoming topic and `town.json`."""
    out.mkdir(parents=True, exist_ok=True)
    rng = Random(seed)
    happenings: Counter[str] = Counter()
    delivery = Delivery(out, rng, happenings)
    ward = Ward(rng, Post(rng, delivery, persons), happenings)
    planned = plan.draw(rng, persons)
    days = [FIRST_DAY + dt.timedelta(days=n) for n in range((LAST_DAY - FIRST_DAY).days + 1)]
    with Progress(console=Console(stderr=True), disable=persons < BIG_TOWN) as progress:
        task = progress.add_task("two years", total=len(days))
        for day in days:
            ward.today = day
            if day == FIRST_DAY:
                _load(ward, persons)
            _live(ward, planned.get(day, []))
            delivery.close_day(day)
            progress.advance(task)
    delivery.finish()
    summary = {
        "seed": seed,
        "persons": persons,
        "first_day": FIRST_DAY.isoformat(),
        "last_day": LAST_DAY.isoformat(),
        "events": delivery.lines.total(),
        "topics": dict(sorted(delivery.lines.items())),
        "happenings": dict(sorted(happenings.items())),
    }
    (out / "town.json").write_text(json.dumps(summary, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _load(ward: Ward, persons: int) -> None:
    """The night before the first morning: register, numbers and memberships, last June's tax, assistance."""
    ward.post.begin_day(ward.today, batch=True)
    for home in population.people(ward, persons):
        for person in home.members:
            register.enter(ward, person, "other", person.in_ward_since, filed_on=person.in_ward_since)
            ward.happenings["resident at the start"] += 1
    for person in list(ward.residents):
        if person.category:
            memberships.tell(ward, person)
            ward.happenings[f"category {person.category} at the start"] += 20 <= person.age_on(ward.today) < 60
    tax.assess_everybody(ward, 2024)
    welfare.receiving_at_start(ward)


def _turns_20(ward: Ward, person: Person) -> None:
    memberships.turns_20(ward, person)
    if person.category == 1 and person.student and ward.chance(0.5):
        ward.in_days(20, 60, exemptions.student_application, person)


def _turns_65(ward: Ward, person: Person) -> None:
    benefits.may_claim_at_65(ward, person)
    jobs.turns_65(ward, person)


_BIRTHDAYS = {20: _turns_20, 60: memberships.turns_60, 65: _turns_65}


def _live(ward: Ward, planned: list[Callable[[Ward], None]]) -> None:
    day = ward.today
    ward.post.send("calendar", BusinessDayStarted(day=day, open=is_open(day)), recorded=midnight(day))
    for age, person in ward.birthdays.pop(day, []):
        if person.residency == "resident" and attained_on(person.birth, age) == day:
            _BIRTHDAYS[age](ward, person)
    if (day.month, day.day) == (4, 1):
        jobs.school_year(ward)
    if day == ward.open_day(dt.date(day.year, 6, 10)):
        ward.post.begin_day(day, batch=True)
        tax.assess_everybody(ward, day.year)
    ward.post.begin_day(day)
    for happens in planned:
        happens(ward)
    due = ward.agenda.setdefault(day, [])
    for act in due:  # acts of today may add further acts of today
        act()
    del ward.agenda[day]
