"""Whose incomes may the ward hold (対象となる本人の範囲, assessment Ⅱ2③; decision 23), and which are missing?

Pure. Insured persons, applicants and recipients are concerned, and with them their householder, their spouse and, of recipients,
the children: those who ever were that in one household with them, and the spouses whom forms name.
"""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from contracts.events.income import IncomeAssessed, IncomeNeeded, PersonConcerned
from contracts.events.registry import ResidentUpdated
from contracts.vocabulary import Relation, Residency

from tax_income.income import Assessment

DAYS_TO_ANSWER = 14
"""How long an owner has to tell an income before the need is overdue: a working rule of ours, no rule of the law."""

Tie = Literal["self", "spouse", "householder", "child"]


class Stay(NamedTuple):
    """With whom somebody lived in [valid_from, valid_to), as believed now."""

    household: int
    relation: Relation
    residency: Residency
    valid_from: dt.date
    valid_to: dt.date | None


@dataclass(frozen=True)
class News:
    """Another service said, whole and anew, where a person lives, or that and why a person is concerned."""

    id: str
    addressee: int
    sequence: int
    data: ResidentUpdated | PersonConcerned

    @property
    def stays(self) -> tuple[Stay, ...]:
        if not isinstance(self.data, ResidentUpdated):
            return ()
        return tuple(
            Stay(span.household, span.relation, span.residency, span.valid_from, span.valid_to)
            for span in self.data.spans
            if span.known_to is None
        )

    @property
    def spouses(self) -> tuple[int, ...]:
        return self.data.spouses if isinstance(self.data, PersonConcerned) and not self.data.withdrawn else ()


@dataclass(frozen=True)
class Numbered:
    """The pension service told whose a basic pension number is."""

    id: str
    addressee: int
    basic_pension_number: str


@dataclass(frozen=True)
class Member:
    """What is known of one number: where it lived as believed now, whether and why it is concerned."""

    addressee: int
    stays: tuple[Stay, ...] = ()
    merged_into: int | None = None
    concerned: PersonConcerned | None = None


@dataclass(frozen=True)
class Scope:
    """Of one person: by whose cases incomes may be held, and since when each income year was asked for, by case."""

    cases: frozenset[int] = frozenset()
    wanted: Mapping[int, Mapping[int, dt.date]] = field(default_factory=dict)
    """Income year → case → the day on which the case asked for it."""

    @property
    def inside(self) -> bool:
        return bool(self.cases)


def scopes(persons: Iterable[int], members: Mapping[int, Member]) -> dict[int, Scope]:
    """The scope of each of these persons. `members` are they, everyone who ever shared a household with them, and whoever
    names them as spouse. A merged number has the scope of the number it was merged into."""
    households: dict[int, list[tuple[Member, Stay]]] = {}
    naming: dict[int, list[Member]] = {}
    for member in members.values():
        for stay in member.stays:
            if stay.residency == "resident":
                households.setdefault(stay.household, []).append((member, stay))
        if member.concerned is not None:
            for spouse in member.concerned.spouses:
                naming.setdefault(spouse, []).append(member)
    return {person: _scope(_end_of_chain(person, members), members, households, naming) for person in persons}


def _end_of_chain(person: int, members: Mapping[int, Member]) -> int:
    known = members.get(person)
    return person if known is None or known.merged_into is None else known.merged_into


def _scope(
    person: int,
    members: Mapping[int, Member],
    households: Mapping[int, list[tuple[Member, Stay]]],
    naming: Mapping[int, list[Member]],
) -> Scope:
    ties: dict[int, set[Tie]] = {}
    own = members.get(person)
    if own is not None and own.concerned is not None:
        ties.setdefault(person, set()).add("self")
    for other in naming.get(person, ()):
        ties.setdefault(other.addressee, set()).add("spouse")
    for ours in own.stays if own is not None else ():
        if ours.residency != "resident":
            continue
        for other, theirs in households[ours.household]:
            if other.addressee != person and other.concerned is not None and _overlap(ours, theirs):
                tie = _tie(ours, theirs, other.concerned)
                if tie is not None:
                    ties.setdefault(other.addressee, set()).add(tie)
    wanted: dict[int, dict[int, dt.date]] = {}
    for case, kinds in ties.items():
        if kinds == {"child"}:
            continue  # no case of a recipient asks for a child's income
        concerned = members[case].concerned
        assert concerned is not None
        for one in concerned.wanted:
            wanted.setdefault(one.income_year, {})[case] = one.asked_on
    return Scope(frozenset(ties), wanted)


def _overlap(one: Stay, other: Stay) -> bool:
    return (one.valid_to is None or other.valid_from < one.valid_to) and (
        other.valid_to is None or one.valid_from < other.valid_to
    )


def _tie(ours: Stay, theirs: Stay, concerned: PersonConcerned) -> Tie | None:
    """What somebody is to the concerned person in whose household they live."""
    if ours.relation == "householder":
        return "householder"
    if ours.relation == "spouse" and theirs.relation == "householder":
        return "spouse"
    if ours.relation == "child" and theirs.relation in ("householder", "spouse") and "recipient" in concerned.grounds:
        return "child"
    return None


_ITEM_NAME = re.compile("[a-z0-9_]{1,64}")


def not_let_in(assessment: Assessment, scope: Scope) -> list[tuple[int, str]]:
    """(tax year, what) of everything about this record that stays outside: the whole person, or items of no list.

    The name of an item that is none of ours may say anything: it is shown only if it looks like a name.
    """
    year = assessment.data.tax_year
    if not scope.inside:
        return [(year, "person")]
    names = (name if _ITEM_NAME.fullmatch(name) else "(other)" for name in assessment.unlisted)
    return [(year, f"item:{name}") for name in names]


def needs(scope: Scope, held: Mapping[int, IncomeAssessed]) -> list[IncomeNeeded]:
    """The income years that cases ask for and nobody has told: no assessment, or one that does not tell an amount."""
    found = []
    for year, asked in sorted(scope.wanted.items()):
        owner = _owner(held.get(year))
        if owner is None:
            continue
        asked_on = min(asked.values())
        due_on = asked_on + dt.timedelta(days=DAYS_TO_ANSWER)
        found.append(
            IncomeNeeded(income_year=year, owner=owner, asked_on=asked_on, due_on=due_on, cases=tuple(sorted(asked)))
        )
    return found


def _owner(income: IncomeAssessed | None) -> Literal["tax_system", "other_municipality", "person"] | None:
    if income is None:
        return "tax_system"
    state = next(version.state for version in income.versions if version.known_to is None)
    match state:
        case "declared":
            return None
        case "other_municipality":
            return "other_municipality"
        case "undeclared" | "not_required":
            return "person"
