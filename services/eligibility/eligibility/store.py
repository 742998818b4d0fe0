"""SQL in, facts and persons out."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

import asyncpg
from chassis import database
from chassis.transaction import Transaction, to_json
from contracts.events.filing import FilingChecked, FilingEntered
from contracts.events.notice import BasicPensionNumberAssigned
from contracts.events.registry import ResidentUpdated

from eligibility.determine import Determination
from eligibility.facts import KINDS, Fact, asks_for_review, named_spouse, tells_of_others
from eligibility.reception import Reception

QUERIES = database.queries("eligibility")


def households(facts: Iterable[Fact]) -> list[tuple[int, int]]:
    """(household, addressee) of every span in new resident facts. The numbers of one person (名寄せ) share one as well: the negative of
    the number they were merged into."""
    moved = [f for f in facts if f.kind == "ResidentUpdated"]
    found = {(span.household, f.addressee) for f in moved for span in f.data.spans}
    for f in moved:
        if f.data.merged_into is not None:
            found |= {(-f.data.merged_into, f.addressee), (-f.data.merged_into, f.data.merged_into)}
    return sorted(found)


def parties(facts: Iterable[Fact]) -> list[tuple[int, int]]:
    """(who looks at others, spouse named or 0): applicants, those under review, those whose death or birth concerns their
    household."""
    found = set()
    for f in facts:
        if isinstance(f.data, FilingEntered | FilingChecked):
            content = f.data.content
            if content.kind in ("exemption", "student", "spouse_change"):
                found.add((f.addressee, named_spouse(content) or 0))
        elif asks_for_review(f.data) or (
            f.kind == "ResidentUpdated" and any(tells_of_others(s) for s in f.data.spans if s.known_to is None)
        ):
            found.add((f.addressee, 0))
    return sorted(found)


def numbers(facts: Iterable[Fact]) -> list[tuple[str, int]]:
    """(basic pension number, addressee) of each assignment: by it somebody is searched for."""
    told = (f for f in facts if isinstance(f.data, BasicPensionNumberAssigned))
    return sorted({(f.data.basic_pension_number, f.addressee) for f in told})


def circle_of(facts: Iterable[Fact]) -> tuple[list[int], ...]:
    """Arguments of the circle query: spouses named and numbers that others are merged into, households lived in, applicants."""
    facts = list(facts)
    named = parties(facts)
    return (
        sorted({spouse for _, spouse in named if spouse} | _ends(facts)),
        sorted({household for household, _ in households(facts)}),
        sorted({applicant for applicant, _ in named}),
    )


def _ends(facts: Iterable[Fact]) -> set[int]:
    """Numbers that these facts say others were merged into (名寄せ)."""
    updates = (f.data for f in facts if isinstance(f.data, ResidentUpdated))
    return {update.merged_into for update in updates if update.merged_into is not None}


async def remember_and_recall(transaction: Transaction, new: Sequence[Fact]) -> tuple[dict[int, list[Fact]], set[int]]:
    """Keep new facts and answer with those of the whole circle; and with the numbers that somebody was, or no longer is, merged into.
    Facts that say nothing new are marked stale."""
    best: dict[tuple[int, str, str], Fact] = {}
    for fact in new:
        place = fact.addressee, fact.kind, fact.key
        known = best.get(place)
        if known is None or known.version < fact.version:
            best[place] = fact
    rows = [(f.addressee, f.kind, f.key, f.version, f.id, f.recorded_at, to_json(f.data)) for f in best.values()]
    found: dict[tuple[int, str, str], asyncpg.Record] = {}
    outdated: list[asyncpg.Record] = []
    for row in await transaction.fetch(
        QUERIES["remember_and_recall"],
        *database.columns(rows, 7),
        *database.columns(households(new), 2),
        *database.columns(parties(new), 2),
        *database.columns(numbers(new), 2),
        list(transaction.residents),
    ):
        place = row["addressee"], row["kind"], row["key"]
        if not row["fresh"] and place in found:
            outdated.append(row)
        else:
            found[place] = row
    for fact in new:
        row = found[fact.addressee, fact.kind, fact.key]
        if str(row["event_id"]) != fact.id:
            transaction.dispositions[fact.id] = "stale"
    before = [_fact(row) for row in outdated if row["kind"] == ResidentUpdated.__name__]
    facts = _by_resident(found.values(), {fact.id: fact for fact in new})  # not decoded a second time
    return facts, _ends(chain(before, *facts.values()))


async def facts_around(connection: asyncpg.Connection, residents: Sequence[int]) -> dict[int, list[Fact]]:
    """Facts of these residents and of everyone whom their determinations use, as they stand: for whoever only reads."""
    circle = await connection.fetch(QUERIES["circle"], list(residents), [], [], [])
    everyone = [row["addressee"] for row in circle]
    return _by_resident(await connection.fetch(QUERIES["facts_of"], everyone), {})


def _by_resident(rows: Iterable[asyncpg.Record], given: Mapping[str, Fact]) -> dict[int, list[Fact]]:
    known: dict[int, list[Fact]] = defaultdict(list)
    for row in rows:
        known[row["addressee"]].append(given.get(str(row["event_id"])) or _fact(row))
    return known


def read_facts(rows: Iterable[asyncpg.Record]) -> list[Fact]:
    """The facts in these rows."""
    return [_fact(row) for row in rows]


def _fact(row: asyncpg.Record) -> Fact:
    data = KINDS[row["kind"]].model_validate_json(row["data"])
    return Fact(
        str(row["event_id"]), row["addressee"], row["kind"], row["key"], row["version"], row["recorded_at"], data
    )


async def save(transaction: Transaction, determinations: Mapping[int, Determination]) -> None:
    """Periods, reception book and next due days; only what differs is written."""
    periods: list[tuple[Any, ...]] = []
    book: list[tuple[Any, ...]] = []
    due: list[tuple[int, dt.date]] = []
    for addressee, determination in sorted(determinations.items()):
        sure = {
            (step.on, step.before, step.after)
            for step in determination.timeline.transitions()
            if step.certainty == "confirmed"
        }
        segments = determination.timeline.expected
        for position, segment in enumerate(segments):
            if segment.category is None:
                continue
            before = segments[position - 1].category if position else None
            after = segments[position + 1].category if position + 1 < len(segments) else None
            certainty = "confirmed" if (segment.start, before, segment.category) in sure else "expected"
            end = None
            if segment.end is not None:
                end = "confirmed" if (segment.end, segment.category, after) in sure else "expected"
            periods.append((addressee, segment.start, segment.end, str(segment.category), certainty, end))
        book += [_line(addressee, one) for one in determination.receptions]
        if determination.next_due_on is not None:
            due.append((addressee, determination.next_due_on))
    await transaction.fetch(
        QUERIES["save"],
        sorted(determinations),
        *database.columns(periods, 6),
        *database.columns(due, 2),
        *database.columns(book, 13),
    )


def _line(addressee: int, one: Reception) -> tuple[Any, ...]:
    filing, result = one.filing, one.filing.processed
    return (
        filing.number,
        addressee,
        filing.content.kind,
        filing.received_on,
        filing.office,
        filing.channel,
        one.state,
        " ".join(one.reasons),
        filing.entered_by,
        filing.checked_by,
        filing.send_decided_on,
        result.result if result is not None else None,
        result.processed_on if result is not None else None,
    )


async def erase(transaction: Transaction, person: int) -> dict[str, int]:
    """Delete everything of a person; rows by table."""
    return dict((await transaction.fetch(QUERIES["erase"], person))[0])
