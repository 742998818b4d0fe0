"""SQL in, members and assessments out."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import asyncpg
from chassis import database
from chassis.transaction import Transaction, to_json
from contracts.events.income import PersonConcerned, TaxAssessed
from contracts.events.registry import ResidentUpdated

from tax_income.income import Assessment
from tax_income.scope import Member, News, Numbered, Scope, Stay, not_let_in

QUERIES = database.queries("tax_income")


def circle_of(facts: Iterable[Any]) -> tuple[list[int], ...]:
    """Arguments of the circle query: with news, households now lived in, spouses now named. An assessment concerns its person only."""
    news = [fact for fact in facts if isinstance(fact, News)]
    return (
        sorted({one.addressee for one in news}),
        sorted({stay.household for one in news for stay in one.stays}),
        sorted({spouse for one in news for spouse in one.spouses}),
    )


async def learn(
    transaction: Transaction, news: Sequence[News], numbers: Sequence[Numbered], persons: Sequence[int]
) -> dict[int, Member]:
    """Keep news; answer with what is known of these persons and of everyone on whom their scope depends.

    News that is older than what is known is marked stale.
    """
    newest: dict[tuple[type, int], News] = {}
    for one in sorted(news, key=lambda n: n.sequence):
        newest[type(one.data), one.addressee] = one
    residents: list[tuple[Any, ...]] = []
    stays: list[tuple[Any, ...]] = []
    cases: list[tuple[Any, ...]] = []
    named: list[tuple[Any, ...]] = []
    targets = set()
    for one in newest.values():
        if isinstance(one.data, ResidentUpdated):
            data = one.data
            residents.append((one.addressee, one.sequence, data.merged_into, data.birth_date, data.support_measure))
            stays += [(one.addressee, *stay) for stay in one.stays]
            targets |= {data.merged_into} - {None}
        else:
            cases.append((one.addressee, one.sequence, None if one.data.withdrawn else to_json(one.data)))
            named += [(spouse, one.addressee) for spouse in one.spouses]
    rows = await transaction.fetch(
        QUERIES["learn"],
        *database.columns(residents, 5),
        *database.columns(stays, 6),
        *database.columns(cases, 3),
        sorted({*persons, *targets}),
        *database.columns(named, 2),
        *database.columns(sorted({(one.basic_pension_number, one.addressee) for one in numbers}), 2),
    )
    members, known = _members(rows)
    for one in news:
        place = type(one.data), one.addressee
        if one is not newest[place] or one.sequence <= known.get(place, 0):
            transaction.dispositions[one.id] = "stale"
            continue
        before = members.get(one.addressee) or Member(one.addressee)
        if isinstance(one.data, ResidentUpdated):
            after = replace(before, stays=one.stays, merged_into=one.data.merged_into)
        else:
            after = replace(before, concerned=None if one.data.withdrawn else one.data)
        members[one.addressee] = after
    return members


def _members(rows: Iterable[asyncpg.Record]) -> tuple[dict[int, Member], dict[tuple[type, int], int]]:
    """What was known, and of each the sequence under which it was said."""
    stays: dict[int, list[Stay]] = defaultdict(list)
    last: dict[int, asyncpg.Record] = {}
    for row in rows:
        last[row["addressee"]] = row
        if row["household"] is not None:
            stays[row["addressee"]].append(
                Stay(row["household"], row["relation"], row["residency"], row["valid_from"], row["valid_to"])
            )
    members = {
        number: Member(
            number,
            tuple(stays[number]),
            row["merged_into"],
            PersonConcerned.model_validate_json(row["data"]) if row["data"] else None,
        )
        for number, row in last.items()
    }
    known: dict[tuple[type, int], int] = {}
    for number, row in last.items():
        known[ResidentUpdated, number], known[PersonConcerned, number] = row["moved"] or 0, row["stated"] or 0
    return members, known


async def assess(
    transaction: Transaction, assessments: Sequence[Assessment], scopes: dict[int, Scope]
) -> dict[int, list[Assessment]]:
    """Keep the new assessments of persons inside, forget those of all others; every assessment of each person inside."""
    inside = sorted(person for person, scope in scopes.items() if scope.inside)
    let_in = [one for one in assessments if scopes[one.addressee].inside]
    refused = [one for one in assessments if not scopes[one.addressee].inside]
    for one in refused:  # what has no effect is no cause of anything
        if (cause := transaction.causes.get(one.addressee)) is not None and cause.event == one.id:
            del transaction.causes[one.addressee]
    counts = Counter(place for one in assessments for place in not_let_in(one, scopes[one.addressee]))
    rows: list[tuple[Any, ...]] = [
        (a.id, a.addressee, a.data.tax_year, a.data.version, a.recorded_at, to_json(a.data)) for a in let_in
    ]
    given = {one.id: one for one in let_in}  # not decoded a second time
    known: dict[int, list[Assessment]] = defaultdict(list)
    for row in await transaction.fetch(
        QUERIES["assess"],
        *database.columns(rows, 6),
        inside,
        sorted(scopes.keys() - set(inside)),
        [one.id for one in refused],
        *database.columns([(*place, count) for place, count in sorted(counts.items())], 3),
    ):
        known[row["addressee"]].append(given.get(str(row["event_id"])) or _assessment(row))
    return known


def _assessment(row: asyncpg.Record) -> Assessment:
    data = TaxAssessed.model_validate_json(row["data"])
    return Assessment(str(row["event_id"]), row["addressee"], row["recorded_at"], data)


async def erase(transaction: Transaction, person: int) -> dict[str, int]:
    """Delete everything of a person; rows by table."""
    return dict((await transaction.fetch(QUERIES["erase"], person))[0])
