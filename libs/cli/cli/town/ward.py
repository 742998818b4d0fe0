"""What is the state of the town on a simulated day?

Residents, households, what is due later, and the hands that write: random numbers, post, tally.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import TypeVar

from contracts.events.forms import Paper
from contracts.holidays import is_open
from contracts.vocabulary import Relation, Sex

from cli.town import names
from cli.town.people import Household, Person, attained_on
from cli.town.post import Post, midnight
from cli.town.rates import FIRST_DAY, LAST_DAY

T = TypeVar("T")

_TRIES = 400
"""How often a person of a kind is looked for before the happening is dropped."""


@dataclass(slots=True, eq=False)
class Ward:
    rng: Random
    post: Post
    happenings: Counter[str]
    today: dt.date = FIRST_DAY
    residents: list[Person] = field(default_factory=list)
    gone_overseas: list[Person] = field(default_factory=list)
    gone_elsewhere: list[Person] = field(default_factory=list)
    removed: list[Person] = field(default_factory=list)
    left_since_january: list[Person] = field(default_factory=list)
    agenda: dict[dt.date, list[Callable[[], object]]] = field(default_factory=dict)
    birthdays: dict[dt.date, list[tuple[int, Person]]] = field(default_factory=dict)
    persons_given: int = 0
    households_given: int = 0
    pension_numbers_given: int = 0
    filings_given: int = 0
    ways: list[str] = field(default_factory=list)  # through the counter, dealt out to the next filings
    turns: Counter[str] = field(default_factory=Counter)
    decisions_given: int = 0
    grants_given: int = 0

    def later(self, day: dt.date, act: Callable[..., object], *arguments: object) -> None:
        """Do it on the first open day from `day` on, unless the story is over by then."""
        if day > LAST_DAY:
            return
        day = self.open_day(max(day, self.today))
        if day <= LAST_DAY:
            self.agenda.setdefault(day, []).append(partial(act, self, *arguments))

    def in_days(self, shortest: int, longest: int, act: Callable[..., object], *arguments: object) -> None:
        self.later(self.today + dt.timedelta(days=self.rng.randint(shortest, longest)), act, *arguments)

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def seldom(self, happening: str, share: float) -> bool:
        """A chance that is certain as long as it has not happened yet: so even a small town has what is rare."""
        return not self.happenings[happening] or self.chance(share)

    def next_of(self, what: str, choices: Sequence[T]) -> T:
        """Each of these in turn, so that every one of them occurs."""
        self.turns[what] += 1
        return choices[(self.turns[what] - 1) % len(choices)]

    def brought(self, *papers: Paper) -> tuple[Paper, ...]:
        """Of the papers that a form needs, those that came with it: mostly all."""
        return papers if self.chance(0.88) else papers[1:]

    def days_ago(self, shortest: int, longest: int) -> dt.date:
        return self.today - dt.timedelta(days=self.rng.randint(shortest, longest))

    def new_household(self) -> Household:
        self.households_given += 1
        return Household(500_000_000 + self.households_given, names.address(self.rng))

    def new_number(self) -> int:
        """An addressee number that nobody has."""
        self.persons_given += 1
        # Scattered over eight digits; 7919 and 90,000,000 share no factor, so that no number comes twice.
        return 10_000_000 + self.persons_given * 7919 % 90_000_000

    def new_person(
        self,
        household: Household,
        birth: dt.date,
        sex: Sex,
        since: dt.date,
        *,
        family: tuple[str, str] | None = None,
        relation: Relation = "householder",
    ) -> Person:
        """A resident of this household; without a Japanese surname a foreign one."""
        number = self.new_number()
        name, kana = names.japanese_name(self.rng, family, sex) if family else names.foreign_name(self.rng)
        person = Person(
            number=number,
            name=name,
            kana=kana,
            birth=birth,
            sex=sex,
            household=household,
            relation=relation,
            changed_on=since,
            in_ward_since=since,
        )
        household.members.append(person)
        self.settle(person)
        self.expect_birthdays(person)
        return person

    def expect_birthdays(self, person: Person) -> None:
        for age in (20, 60, 65):
            day = attained_on(person.birth, age)
            if FIRST_DAY <= day <= LAST_DAY:
                self.birthdays.setdefault(day, []).append((age, person))

    def settle(self, person: Person) -> None:
        """Count as a resident."""
        person.residency = "resident"
        person.place = len(self.residents)
        self.residents.append(person)

    def unsettle(self, person: Person) -> None:
        """No longer a resident; the household is left by `households.leave`."""
        last = self.residents.pop()
        if last is not person:
            self.residents[person.place] = last
            last.place = person.place
        person.place = -1

    def find(self, suits: Callable[[Person], bool], tries: int = _TRIES) -> Person | None:
        """A random resident who suits and whom nothing else occupies."""
        for _ in range(tries if self.residents else 0):
            person = self.residents[int(self.rng.random() * len(self.residents))]
            if person.busy_until < self.today and suits(person):
                return person
        return None

    def new_pension_number(self) -> str:
        self.pension_numbers_given += 1
        return str(9_900_000_000 + self.pension_numbers_given)

    def open_day(self, day: dt.date) -> dt.date:
        """The first open day from `day` on."""
        while not is_open(day):
            day += dt.timedelta(days=1)
        return day

    def after(self, day: dt.date) -> dt.datetime:
        """A moment when everything of that day is over: what waits for it is overtaken by that day's events."""
        return midnight(day) + dt.timedelta(days=self.rng.randint(1, 3), hours=1)
