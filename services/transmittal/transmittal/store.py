"""SQL in, matters, attempts and batches out."""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import asyncpg
from chassis import database, telemetry
from chassis.transaction import Transaction, to_json
from contracts.events.forms import FilingContent, Form
from opentelemetry.trace import SpanKind
from pydantic import TypeAdapter

from transmittal.accounts import Batch, Issue, State
from transmittal.attempts import Attempt, Result, Side, advance, standing, to_tell
from transmittal.due import Content, Entered, Matter, Unfiled
from transmittal.record_file import Line
from transmittal.returns import Number

QUERIES = database.queries("transmittal")
FORM: TypeAdapter[FilingContent] = TypeAdapter(FilingContent)


@dataclass
class Known:
    """All that is known of one resident: attempts by item, the matter of each item, notices."""

    matters: dict[str, Matter] = field(default_factory=dict)
    attempts: dict[str, list[Attempt]] = field(default_factory=lambda: defaultdict(list))
    results: list[Result] = field(default_factory=list)
    pulled: set[str] = field(default_factory=set)
    """Items that a person took out of what is pending."""


@dataclass
class News:
    """What a batch of events tells, the newest of each."""

    matters: Sequence[Matter] = ()
    results: Sequence[Result] = ()
    forms: Sequence[Entered] = ()
    numbers: Sequence[Number] = ()
    unfiled: Sequence[Unfiled] = ()


async def remember(transaction: Transaction, news: News) -> set[tuple[int, str]]:
    """Keep all of it. Returns the places of matters that were news."""
    matters: list[tuple[Any, ...]] = []
    lines: list[tuple[Any, ...]] = []
    for m in news.matters:
        content = None if m.content is None else to_json(m.content)
        matters.append((m.addressee, m.item, m.version, m.event, content, m.never))
        if (line := m.reception) is not None:
            lines.append((m.item, m.addressee, m.version, line.withdrawn, line.received_on, to_json(line)))
    results = [(r.event, r.addressee, r.filing, r.accepted, r.processed_on, r.reason) for r in news.results]
    forms = {f.filing: f for f in sorted(news.forms, key=lambda f: f.revision)}
    numbers = {n.addressee: n for n in sorted(news.numbers, key=lambda n: (n.version, n.basic_pension_number))}
    unfiled = {one[:4]: one for one in sorted(news.unfiled, key=lambda one: one.version)}
    found = await transaction.fetch(
        QUERIES["remember"],
        *database.columns(matters, 6),
        *database.columns(results, 6),
        *database.columns(lines, 6),
        *database.columns([(f.filing, f.addressee, f.revision, f.content) for f in forms.values()], 4),
        *database.columns([(n.addressee, n.version, n.basic_pension_number) for n in numbers.values()], 3),
        *database.columns(list(unfiled.values()), 7),
    )
    return {(row["addressee"], row["item"]) for row in found}


def circle_of(facts: Iterable[Any]) -> tuple[list[str], ...]:
    """Argument of the circle query: the filings that matters are about."""
    return (sorted({fact.item for fact in facts if isinstance(fact, Matter) and fact.reception is not None}),)


async def forms(transaction: Transaction, filings: Iterable[str]) -> dict[str, Form]:
    """What these forms say, as far as they were entered here."""
    rows = await transaction.fetch(QUERIES["forms"], sorted(set(filings)))
    return {row["filing"]: FORM.validate_json(row["content"]) for row in rows}


async def recall(transaction: Transaction, residents: Sequence[int]) -> dict[int, Known]:
    """Everything about these residents; their attempts are held until the commit."""
    known: dict[int, Known] = defaultdict(Known)
    for row in await transaction.fetch(QUERIES["recall"], residents):
        of = known[row["addressee"]]
        if row["what"] == "matter":
            of.matters[row["item"]] = _matter(row)
        elif row["what"] == "attempt":
            of.attempts[row["item"]].append(_attempt(row))
        elif row["what"] == "pull":
            of.pulled.add(row["item"])
        else:
            of.results.append(
                Result(str(row["event_id"]), row["addressee"], row["item"], row["accepted"], row["day"], row["reason"])
            )
    return known


async def save(transaction: Transaction, attempts: Sequence[Attempt]) -> None:
    """Keep attempts as they stand now."""
    rows: list[tuple[Any, ...]] = [
        (
            a.addressee,
            a.item,
            a.number,
            a.mark,
            a.state,
            to_json(a.content),
            a.content.filing,
            a.reason,
            a.batch,
            a.line,
            a.sealed_on,
            cause.traceparent if (cause := transaction.causes.get(a.addressee)) is not None else None,
        )
        for a in attempts
    ]
    if rows:
        await transaction.fetch(QUERIES["save"], *database.columns(rows, 12))


async def move_on(transaction: Transaction, residents: Sequence[int]) -> None:
    """Bring the attempts of these residents to where everything known puts them. Whoever has a filing of theirs under another number
    (名寄せ) is among them."""
    known = await recall(transaction, residents)
    sides = [
        (item, _side(resident, item, of))
        for resident, of in sorted(known.items())
        for item in sorted({*of.matters, *of.attempts})
    ]
    changed = []
    for (resident, item), content in to_tell(sides).items():
        of = known[resident]
        changed += advance(resident, item, of.attempts.get(item, ()), content, of.results)
    await save(transaction, changed)


def _side(resident: int, item: str, of: Known) -> Side:
    """An item under one number. What a person took out stays as it stands with the pension service."""
    stands = standing(of.attempts.get(item, ()))
    stood = stands.content if stands is not None else None
    matter = of.matters.get(item)
    wanted = stood if item in of.pulled else matter.content if matter is not None else None
    return Side(resident, wanted, stood)


async def everybody(transaction: Transaction, residents: Sequence[int]) -> list[int]:
    """Residents, and whoever has a filing of theirs under another number."""
    return sorted(row["addressee"] for row in await transaction.fetch(QUERIES["circle"], residents, []))


async def move_everybody_on(transaction: Transaction, residents: Sequence[int]) -> None:
    """`move_on` for residents, and whoever has a filing of theirs under another number."""
    await move_on(transaction, await everybody(transaction, residents))


async def look(transaction: Transaction) -> dt.date | None:
    """Up to which day the calendar was served."""
    until: dt.date | None = (await transaction.fetch(QUERIES["look"]))[0]["sealed_until"]
    return until


async def begin(transaction: Transaction, until: dt.date) -> None:
    """The first business day: sealing days up to `until` are not ours."""
    await transaction.fetch(QUERIES["begin"], until)


async def hold_sealing(transaction: Transaction) -> tuple[dt.date, int]:
    """Hold the one row of whoever seals: served up to which day, last batch number."""
    row = (await transaction.fetch(QUERIES["hold_sealing"]))[0]
    return row["sealed_until"], row["last_batch"]


async def pending(transaction: Transaction) -> list[Attempt]:
    """Every pending attempt, held until the commit with all others that a look at its resident would hold."""
    return [_attempt(row) for row in await transaction.fetch(QUERIES["pending"])]


async def seal(transaction: Transaction, batch: Batch, lines: Iterable[Line], made_by: str) -> list[int]:
    """Keep a batch with its first issue and give each attempt its place, where its trace ends. Returns residents whose notice was here before."""
    await transaction.fetch(
        QUERIES["add_batch"],
        batch.number,
        batch.municipality,
        batch.sealed_on,
        batch.items,
        batch.content,
        batch.content_sha256,
        json.dumps(batch.counts, ensure_ascii=False),
        batch.log_size,
        batch.log_root,
        made_by,
    )
    places = [(line.addressee, line.item, line.attempt, line.line) for line in lines]
    rows = await transaction.fetch(QUERIES["seal"], batch.number, batch.sealed_on, *database.columns(places, 4))
    _end_traces(batch.number, [(row["line"], row["traceparent"]) for row in rows if row["traceparent"] is not None])
    return [row["addressee"] for row in await transaction.fetch(QUERIES["answered_already"], batch.number)]


def _end_traces(batch: int, lines: Sequence[tuple[int, str]]) -> None:
    """A span for each sampled line, in the trace of what made us report it, linked with that of the sealing."""
    if not lines:
        return
    sealing = telemetry.together(f"transmittal seals batch {batch}")
    for line, traceparent in sorted(lines):
        if (parent := telemetry.context_of((), traceparent)) is not None:
            telemetry.span(f"transmittal batch {batch} line {line}", parent, SpanKind.INTERNAL, sealing).end()
    sealing.end()


async def serve(transaction: Transaction, day: dt.date, last_batch: int) -> None:
    """The calendar is served up to this sealing day."""
    await transaction.fetch(QUERIES["serve"], day, last_batch)


async def state(connection: asyncpg.Connection) -> State:
    """Everything, as one moment shows it, for the check."""
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        return State(
            matters=tuple(_matter(row) for row in await connection.fetch(QUERIES["all_matters"])),
            attempts=tuple(_attempt(row) for row in await connection.fetch(QUERIES["all_attempts"])),
            batches=tuple(batch_of(row) for row in await connection.fetch(QUERIES["all_batches"])),
            issues=tuple(Issue(**row) for row in await connection.fetch(QUERIES["all_issues"])),
            pulled=frozenset((r["addressee"], r["item"]) for r in await connection.fetch(QUERIES["all_pulled"])),
        )


def batch_of(row: asyncpg.Record) -> Batch:
    """A batch as it was sealed."""
    return Batch(**{**row, "counts": json.loads(row["counts"])})


def _matter(row: asyncpg.Record) -> Matter:
    content = None if row["content"] is None else Content.model_validate_json(row["content"])
    event = str(row["event_id"])
    return Matter(event, row["addressee"], row["item"], row["version"], content, row["never"])


def _attempt(row: asyncpg.Record) -> Attempt:
    return Attempt(
        row["addressee"],
        row["item"],
        row["number"],
        row["mark"],
        row["state"],
        Content.model_validate_json(row["content"]),
        row["reason"],
        row["batch"],
        row["line"],
        row["day"],
    )
