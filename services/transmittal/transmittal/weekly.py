"""What happens on the sealing day? Everything pending is frozen into one batch.

Number, content, paper and hashes of a batch are fixed together with the places of its attempts and its first issue, or not at all. Names
and addresses come from the register's door meanwhile (decision 16), incomes from tax-income's, the state of the log from audit's; while one does
not answer nothing is sealed. What people do with a
batch from there is `desk.py`.
"""

import asyncio
import datetime as dt
import hashlib
import json
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any, TypeVar

from chassis import faults
from chassis.calls import CallFailed, Calls
from chassis.transaction import Access, Transaction, to_json
from contracts.doors import (
    AT_MOST,
    Addressee,
    Addressees,
    AskAddressees,
    AskIncomes,
    AskTreeHead,
    CaseAsked,
    CaseIncomes,
    Incomes,
    TreeHead,
)
from contracts.envelope import derived_id
from contracts.events.operations import BatchSealed

from transmittal import record_file, report_forms, store
from transmittal.accounts import Batch
from transmittal.record_file import Line
from transmittal.report_forms import Income, Sheet

T = TypeVar("T")
AT_ONCE = 2
"""Questions to a door under way."""
CALENDAR = "calendar"
"""Who makes the weekly batch: nobody in person, so anybody may check it."""


async def seal(transaction: Transaction, sealing_day: dt.date) -> list[int]:
    """Freeze all that is pending into one batch; with nothing pending the day is served without one.

    Returns residents whose notice was here before their attempt was sealed.
    """
    served, last = await store.hold_sealing(transaction)
    if served >= sealing_day:
        return []  # another process was faster
    number, overtaken = await freeze(transaction, sealing_day, last, CALENDAR)
    await store.serve(transaction, sealing_day, number)
    return overtaken


async def freeze(transaction: Transaction, day: dt.date, last: int, made_by: str) -> tuple[int, list[int]]:
    """The number of the newest batch, made of what is pending where anything is, and the residents overtaken. Whoever calls holds sealing."""
    lines = record_file.lines_of(await store.pending(transaction))
    if not lines:
        return last, []
    content = record_file.freeze(lines)
    digest = hashlib.sha256(content).hexdigest()
    counts = record_file.counts_of(lines)
    head = await _log_head(transaction, last + 1)
    municipality = transaction.settings.municipality
    batch = Batch(last + 1, municipality, day, len(lines), content, digest, counts, head.size, head.root)
    overtaken = await store.seal(transaction, batch, lines, made_by)
    await transaction.fetch(store.QUERIES["expect_originals"], batch.number)
    sheets = frozen(await sheets_of(transaction, batch.number, lines))
    commitment = transaction.sealer.commitment(sheets)
    box = transaction.sealer.seal(sheets, paper_place(batch.number))
    await transaction.fetch(store.QUERIES["add_paper"], batch.number, box, commitment)
    data = BatchSealed(
        batch=batch.number, sealed_on=day, items=batch.items, content_sha256=digest, paper_commitment=commitment
    )
    subject = f"batch-{batch.number}"
    event_id = derived_id("transmittal", subject, "sealed", 1)
    transaction.emit(
        "transmittals", subject, event_id, "BatchSealed", to_json(data), transaction.cause_of(0), sequence=1
    )
    faults.point("freeze")
    return batch.number, overtaken


async def sheets_of(transaction: Transaction, number: int, lines: Sequence[Line]) -> list[Sheet]:
    """The paper of each line, with what the register says of its people now, and tax of their incomes."""
    forms = await store.forms(transaction, (line.content.filing for line in lines if line.content.filing))
    numbers = report_forms.people_of(lines, forms)
    cases = report_forms.cases_of(lines, forms)
    access, settings = _access(number), transaction.settings
    async with Calls(settings, "registry-sync") as registry, Calls(settings, "tax-income") as tax:

        async def look_up(some: Sequence[int]) -> tuple[Addressee, ...]:
            asked = AskAddressees(addressees=tuple(some))
            return (await registry.post("/addressees", asked, Addressees, access)).addressees

        async def look_at(some: Sequence[CaseAsked]) -> tuple[CaseIncomes, ...]:
            return (await tax.post("/incomes", AskIncomes(cases=tuple(some)), Incomes, access)).cases

        found, told = await _answers(_pages(look_up, numbers), _pages(look_at, cases))
    people: dict[int, Addressee] = {one.addressee: one for page in found for one in page}
    incomes: dict[str, CaseIncomes] = {one.case: one for page in told for one in page}
    around = report_forms.Around(people, forms, incomes)
    return [report_forms.sheet(line, around) for line in lines]


async def _log_head(transaction: Transaction, number: int) -> TreeHead:
    """Where the audit log stands: on the 送付書, so that whoever has it can hold the log against it later."""
    async with Calls(transaction.settings, "audit") as audit:
        return await audit.post("/tree-head", AskTreeHead(), TreeHead, _access(number))


def _access(number: int) -> Access:
    return Access("transmittal", CALENDAR, "transmittal", f"batch-{number}")


def _pages(ask: Callable[[Sequence[T]], Awaitable[Any]], wanted: Sequence[T]) -> list[Callable[[], Awaitable[Any]]]:
    """The questions to a door that takes a thousand at a time."""
    return [partial(ask, wanted[start : start + AT_MOST]) for start in range(0, len(wanted), AT_MOST)]


async def _answers(*doors: Sequence[Callable[[], Awaitable[Any]]]) -> list[list[Any]]:
    """The answers of each door, `AT_ONCE` questions to it under way. Where one fails no other is asked any more, and its failure is raised
    when those under way have ended: a call that is broken off would leave its connection behind."""
    answered: list[list[Any]] = [[None] * len(questions) for questions in doors]
    failures: list[CallFailed] = []

    async def ask(left: Iterator[tuple[int, Callable[[], Awaitable[Any]]]], answers: list[Any]) -> None:
        for number, question in left:
            if failures:
                return
            try:
                answers[number] = await question()
            except CallFailed as failed:
                failures.append(failed)

    asking = []
    for questions, answers in zip(doors, answered, strict=True):
        left = iter(enumerate(questions))
        asking += [ask(left, answers) for _ in range(AT_ONCE)]
    await asyncio.gather(*asking)
    if failures:
        raise failures[0]
    return answered


def frozen(sheets: Iterable[Sheet]) -> bytes:
    """The canonical bytes of sheets, one a line."""
    return b"".join(json.dumps(sheet, ensure_ascii=False).encode() + b"\n" for sheet in sheets)


def thawed(content: bytes) -> list[Sheet]:
    """The sheets of frozen bytes."""
    return [_sheet(*json.loads(line)) for line in content.splitlines()]


def _sheet(*fields: Any) -> Sheet:
    given = Sheet._make(fields)
    return given._replace(incomes=tuple(Income._make(income) for income in given.incomes))


def paper_place(number: int) -> str:
    """What the box with a batch's sheets is bound to."""
    return f"paper/{number}"
