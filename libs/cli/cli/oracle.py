"""What must the derived state be? A single-threaded fold over a town's files with the pure modules, nothing else.

It proves delivery, not law: it shares the rules with the services and shares no line of their consumers, transactions or
outboxes (decision 7; an import test holds it to contracts and pure modules).
"""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from contracts.decoder import Refusal, decode
from contracts.envelope import Event, addressee
from contracts.events.income import IncomesWanted, PersonConcerned, TaxAssessed
from contracts.events.notice import IdentityDataNotified
from contracts.events.operations import BusinessDayStarted
from contracts.events.registry import (
    AddresseesMerged,
    AddresseesSplit,
    NonResidentRecorded,
    ResidentChangeAnnulled,
    ResidentChanged,
    ResidentUpdated,
)
from contracts.topics import INCOMING
from contracts.vocabulary import JST, Model
from eligibility import parameter_files
from eligibility.determine import determine
from eligibility.difference import sayings
from eligibility.facts import KINDS, Fact, circles_of, persons_of
from registry_sync.merging import Merge
from registry_sync.register import IdentityData, Known, newest, residents
from registry_sync.residence import Change
from tax_income.income import Assessment, as_listed, incomes
from tax_income.scope import Member, News, needs, scopes

from cli.canonical import Said


def records(folder: Path) -> Iterator[tuple[str, bytes]]:
    """(topic, value) of every line of a town's files."""
    for topic in INCOMING:
        path = folder / f"{topic.name}.jsonl"
        if path.exists():
            with path.open("rb") as file:
                for line in file:
                    yield topic.name, line.rstrip(b"\n")


def accepted(given: Iterable[tuple[str, bytes]], municipality: str) -> list[Event[Any]]:
    """The events that count: legible, ours, each id once, none from the future. Order plays no part."""
    events: dict[str, Event[Any]] = {}
    for topic, value in given:
        try:
            event = decode(topic, value)
        except Refusal:
            continue
        if event.municipality == municipality:
            events.setdefault(event.id, event)
    last = last_day(events.values())
    return [e for e in events.values() if last is None or e.time.astimezone(JST).date() <= last + dt.timedelta(days=1)]


def last_day(events: Iterable[Event[Any]]) -> dt.date | None:
    return max((e.data.day for e in events if isinstance(e.data, BusinessDayStarted)), default=None)


@dataclass(frozen=True)
class Folded:
    """Everything that the three deriving services must be saying in the end, and whose determination uses whom."""

    said: list[Said]
    circles: dict[int, set[int]]


def fold(events: Iterable[Event[Any]], given_up: frozenset[tuple[str, str]] = frozenset()) -> Folded:
    """The pure modules over all events; `given_up` are (service, event id) that two people released (decision 5)."""
    events = list(events)

    def taken_by(service: str) -> list[Event[Any]]:
        return [event for event in events if (service, event.id) not in given_up] if given_up else events

    said: list[Said] = []
    facts: dict[int, list[Fact]] = defaultdict(list)
    day = last_day(events) or dt.date.min
    known = _known(taken_by("registry-sync"))
    for resident, updated in residents(known.numbers, known, day).items():
        said.append(_said("registry-sync", resident, "residents", "resident", updated))
        facts[resident].append(_fact(resident, "", updated))
    for event in taken_by("eligibility"):
        if type(event.data).__name__ in KINDS:
            who = addressee(event)
            facts[who].append(Fact(event.id, who, event.type, event.id, 0, event.time, event.data))
    # Whose incomes count follows from everything but incomes; what the incomes lead to, from them as well.
    members = _members(facts, _determined(facts, day)[0])
    assessments = _assessments(taken_by("tax-income"))
    for payer, scope in scopes(members.keys() | assessments.keys(), members).items():
        if scope.inside:
            years = {year.income_year: year for year in incomes(assessments.get(payer, ()))}
            said.append(_said("tax-income", payer, "income-needs", "incomes", IncomesWanted()))
            for need in needs(scope, years):
                said.append(_said("tax-income", payer, "income-needs", str(need.income_year), need))
            for key, year in years.items():
                said.append(_said("tax-income", payer, "incomes", str(key), year))
                facts[payer].append(_fact(payer, str(key), year))
    determined, circles = _determined(facts, day)
    return Folded([*said, *determined], circles)


def _determined(facts: Mapping[int, Sequence[Fact]], day: dt.date) -> tuple[list[Said], dict[int, set[int]]]:
    """What eligibility says of everybody, and whose determination uses whom."""
    persons = persons_of(facts)
    parameters = parameter_files.load_parameters()
    circles = circles_of(persons.values())
    said = []
    for number, one in persons.items():
        circle = {n: persons[n] for n in circles[number] if n in persons}
        for saying in sayings(determine(one, circle, day, parameters), one, parameters):
            said.append(_said("eligibility", number, saying.topic, saying.key, saying.data))
    return said, circles


def _members(facts: Mapping[int, Sequence[Fact]], said: Iterable[Said]) -> dict[int, Member]:
    """What tax-income knows of each number: where it lived, and whether it is concerned."""
    members = {
        number: Member(number, News("", number, 1, fact.data).stays, fact.data.merged_into)
        for number, known in facts.items()
        for fact in known
        if isinstance(fact.data, ResidentUpdated)
    }
    for one in said:
        if one.type == "PersonConcerned":
            concerned = PersonConcerned.model_validate_json(json.dumps(one.value))
            members[one.subject] = replace(members.get(one.subject) or Member(one.subject), concerned=concerned)
    return members


def _known(events: Iterable[Event[Any]]) -> Known:
    changes: dict[int, list[Change]] = defaultdict(list)
    merges: list[Merge] = []
    notices: list[IdentityData] = []
    for e in events:
        who = addressee(e) if e.subject.isdigit() else 0
        match e.data:
            case ResidentChanged() | NonResidentRecorded():
                changes[who].append(Change(e.id, who, e.time, e.data.version, e.supersedes, e.data))
            case ResidentChangeAnnulled():
                changes[who].append(Change(e.id, who, e.time, e.data.version, e.supersedes, None))
            case AddresseesMerged():
                merges.append(Merge(e.id, who, e.data.into, e.supersedes, e.time))
            case AddresseesSplit():
                merges.append(Merge(e.id, who, None, e.supersedes, e.time))
            case IdentityDataNotified():
                notices.append(IdentityData(e.id, who, e.data.version, e.data.held))
    return Known(changes, merges, newest(notices))


def _assessments(events: Iterable[Event[Any]]) -> dict[int, list[Assessment]]:
    found: dict[int, list[Assessment]] = defaultdict(list)
    for e in events:
        if isinstance(e.data, TaxAssessed):
            found[addressee(e)].append(as_listed(Assessment(e.id, addressee(e), e.time, e.data)))
    return found


def _fact(who: int, key: str, data: Model) -> Fact:
    return Fact("", who, type(data).__name__, key, 1, dt.datetime.min, data)


def _said(service: str, subject: int, topic: str, key: str, data: Model) -> Said:
    return Said(service, subject, topic, key, type(data).__name__, json.loads(data.model_dump_json(exclude_none=True)))
