"""Until when must anything of a person be kept, and would anybody else's case miss it? Pure."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from contracts.vocabulary import Month

from eligibility.determine import determine
from eligibility.difference import sayings
from eligibility.facts import Fact, Person, circles_of, persons_of, recorded_on
from eligibility.rules.parameters import Parameters

RecordKind = Literal["membership", "filing", "claim", "decision", "income", "assistance", "told"]


class Period(NamedTuple):
    """How long a kind of record is kept, from 1 April after the day it is counted from."""

    title: str
    counted_from: str
    years: int
    source: str
    confidence: str

    def kept_until(self, last: dt.date) -> dt.date:
        """The last day on which it is kept."""
        next_fiscal_year = last.year if last < dt.date(last.year, 4, 1) else last.year + 1
        return dt.date(next_fiscal_year + self.years, 3, 31)


Schedule = Mapping[RecordKind, Period]


def kept_until(person: Person, facts: Sequence[Fact], schedule: Schedule) -> dict[RecordKind, dt.date] | None:
    """The last day on which each kind of record about a person is kept; None for somebody of whom something still goes on."""
    days: dict[RecordKind, list[dt.date]] = {}
    living = [span for span in person.spans if span.residency == "resident"]
    if any(span.valid_to is None for span in living) or any(grant.until is None for grant in person.grants):
        return None
    days["membership"] = [span.valid_to for span in living if span.valid_to is not None]
    days["membership"] += [stay.lost_on or stay.acquired_on for stay in person.stays]
    for filing in person.filings:
        kind: RecordKind = "claim" if filing.content.kind.endswith("_claim") else "filing"
        days.setdefault(kind, []).append(filing.received_on)
    days["decision"] = [decision.last_month.last_day for decision in person.decisions]
    days["income"] = [Month(year + 2, 6).last_day for year in person.incomes]
    days["assistance"] = [grant.until for grant in person.grants if grant.until is not None]
    days["told"] = [recorded_on(fact.recorded_at) for fact in facts]
    return {kind: schedule[kind].kept_until(max(found)) for kind, found in days.items() if found}


def missing_to(
    facts: Mapping[int, Sequence[Fact]], gone: Collection[int], day: dt.date, parameters: Parameters
) -> set[int]:
    """Whose determinations would be others without the facts about `gone`. `facts` hold everybody whom those use."""
    rest = {number: known for number, known in facts.items() if number not in gone}
    before, after = _said(facts, rest.keys(), day, parameters), _said(rest, rest.keys(), day, parameters)
    return {number for number in rest if before.get(number) != after.get(number)}


def _said(
    facts: Mapping[int, Sequence[Fact]], of: Collection[int], day: dt.date, parameters: Parameters
) -> dict[int, list[Any]]:
    persons = persons_of(facts)
    circles = circles_of(persons.values())
    said: dict[int, list[Any]] = {}
    for number in persons.keys() & set(of):
        circle = {mate: persons[mate] for mate in circles[number] if mate in persons}
        said[number] = sayings(determine(persons[number], circle, day, parameters), persons[number], parameters)
    return said
