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
from collections.abc import Iterable, Sequence
from typing import Any

from chassis import faults
from chassis.calls import Calls
from chassis.transaction import Access, Transaction, to_json
from contracts.doors import AT_MOST
from contracts.doors.incomes import AskIncomes, CaseIncomes, Incomes
from contracts.doors.log import AskTreeHead, TreeHead
from contracts.doors.registry import Addressee, Addressees, AskAddressees
from contracts.envelope import derived_id
from contracts.events.operations import BatchSealed

from transmittal import record_file, report_forms, store
from transmittal.accounts import Batch
from transmittal.record_file import Line
from transmittal.report_forms import Income, Sheet

AT_ONCE = 6
"""Questions to a door under way."""
LINES_AT_ONCE = AT_MOST // 2
"""Lines of which the doors are asked at once: on each stand two people at the most."""
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
    """The paper of each line, with what the register says of its people now, and tax of their incomes.

    Some lines at a time, so that papers are made while the doors answer about other lines. Where a door does not answer nothing more is asked,
    and its failure is raised when the calls under way have ended: one that is broken off would leave its connection behind.
    """
    forms = await store.forms(transaction, (line.content.filing for line in lines if line.content.filing))
    access, settings = _access(number), transaction.settings
    parts = [lines[start : start + LINES_AT_ONCE] for start in range(0, len(lines), LINES_AT_ONCE)]
    left = iter(enumerate(parts))
    made: list[list[Sheet]] = [[] for _ in parts]
    failures: list[BaseException] = []
    async with Calls(settings, "registry-sync") as registry, Calls(settings, "tax-income") as tax:

        async def look_up(some: Sequence[Line]) -> tuple[Addressee, ...]:
            asked = AskAddressees(addressees=tuple(report_forms.people_of(some, forms)))
            return (await registry.post("/addressees", asked, Addressees, access)).addressees

        async def look_at(some: Sequence[Line]) -> tuple[CaseIncomes, ...]:
            cases = report_forms.cases_of(some, forms)
            if not cases:
                return ()
            return (await tax.post("/incomes", AskIncomes(cases=tuple(cases)), Incomes, access)).cases

        async def make() -> None:
            for place, some in left:
                if failures:
                    return
                found, told = await asyncio.gather(look_up(some), look_at(some), return_exceptions=True)
                failures.extend(answer for answer in (found, told) if isinstance(answer, BaseException))
                if not isinstance(found, BaseException) and not isinstance(told, BaseException):
                    people, incomes = {one.addressee: one for one in found}, {one.case: one for one in told}
                    around = report_forms.Around(people, forms, incomes)
                    made[place] = [report_forms.sheet(line, around) for line in some]

        await asyncio.gather(*(make() for _ in range(AT_ONCE)))
    if failures:
        raise failures[0]
    return [sheet for some in made for sheet in some]


async def _log_head(transaction: Transaction, number: int) -> TreeHead:
    """Where the audit log stands: on the 送付書, so that whoever has it can hold the log against it later."""
    async with Calls(transaction.settings, "audit") as audit:
        return await audit.post("/tree-head", AskTreeHead(), TreeHead, _access(number))


def _access(number: int) -> Access:
    return Access("transmittal", CALENDAR, "transmittal", f"batch-{number}")


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


async def erase(transaction: Transaction, person: int) -> dict[str, int]:
    """Delete everything of a person, also out of what was sealed: its lines keep kind and mark, so that batches still count."""
    taken_out = 0
    for row in await transaction.fetch(store.QUERIES["sealed_with"], person):
        number, lines = row["number"], set(row["lines"])
        content = record_file.without(row["content"], lines, row["sealed_on"])
        place = paper_place(number)
        rest = frozen(
            report_forms.erased(sheet) if sheet.line in lines else sheet
            for sheet in thawed(transaction.sealer.open(row["sheets"], place))
        )
        digest, commitment = hashlib.sha256(content).hexdigest(), transaction.sealer.commitment(rest)
        box = transaction.sealer.seal(rest, place)
        await transaction.fetch(store.QUERIES["take_out"], number, content, digest, box, commitment, sorted(lines))
        taken_out += len(lines)
    rows = dict((await transaction.fetch(store.QUERIES["erase"], person))[0])
    return rows | {"batch": taken_out}
