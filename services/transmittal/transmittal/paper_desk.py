"""What is printed at somebody's request, and where each paper is: doors of the counter and of who sees a batch off."""

import asyncio
import datetime as dt
from collections.abc import Iterable

from chassis.doors import Refused
from chassis.transaction import Access, Transaction
from contracts.doors.papers import (
    AskPapers,
    PaperNamed,
    PaperPlace,
    PaperPlaces,
    PrintBatch,
    Printed,
    PrintFilings,
    PrintLabels,
    PrintLetter,
    PrintRegister,
    PrintReminder,
    PrintReminders,
    RegisterName,
)
from contracts.doors.registry import Addressee
from contracts.purposes import PURPOSE_OF
from contracts.vocabulary import JST

from transmittal import desk, letters, mail, paper, registers, report_forms, store
from transmittal.due import Received, content_of
from transmittal.letters import Letter, MailTo
from transmittal.record_file import Line
from transmittal.registers import LINE, Page
from transmittal.store import QUERIES

PROTECTED = "papers.protected"
_PLACES = {
    "sealed": "sealed",
    "accepted": "received",
    "returned": "returned",
}


async def filings(transaction: Transaction, access: Access, body: PrintFilings) -> Printed:
    """Papers of filings as they stand now, before any batch has them, as one document: applications with the incomes that count (M02)."""
    items = []
    for number, filing in enumerate(body.filings, 1):
        line = await _received(transaction, access, PaperNamed(filing=filing, addressee=body.addressee))
        items.append(Line(number, "new", body.addressee, filing, 1, content_of(line)))
    forms = await store.forms(transaction, body.filings)
    people = await mail.register(transaction, access, report_forms.people_of(items, forms))
    _may_be_printed(access, people[body.addressee])
    told = await mail.incomes(transaction, access, report_forms.cases_of(items, forms))
    around = report_forms.Around(people, forms, told)
    sheets = [report_forms.sheet(item, around) for item in items]
    if body.for_applicant:
        sheets = [report_forms.for_applicant(sheet) for sheet in sheets]
    about = sorted(set().union(*map(report_forms.everybody_on, sheets)))
    await transaction.record_access(about, access, "papers.filings", ("name", "address", "filing", "income"), "print")
    settings = transaction.settings
    made = await asyncio.to_thread(paper.unsent, sheets, settings.municipality_name, _civil_day())
    return Printed(files={f"{body.filings[0]}.pdf": made})


async def letter(transaction: Transaction, access: Access, body: PrintLetter) -> Printed:
    """A letter about a filing. A protected person's shows no address."""
    await _received(transaction, access, body)
    mail_to = MailTo(body.mail_name, body.mail_address or "") if body.mail_name is not None else None
    written = await mail.write_to(transaction, access, body.letter, body.filing, mail_to)
    return Printed(files=await _letters(transaction, written, f"{body.letter}-{body.filing}"))


async def reminder(transaction: Transaction, access: Access, body: PrintReminder) -> Printed:
    """A letter to one person with filings of this affair past their day."""
    about, who = letters.OF_AFFAIR.get(access.purpose, ()), body.addressee
    _may_be_printed(access, (await mail.register(transaction, access, [who]))[who])
    written, unreached = await mail.remind(transaction, access, who, again=body.again, about=about)
    if not written and not unreached:
        await transaction.record_access([who], access, "transmittal.remind", ("filing",), "print")
    return Printed(files=await _letters(transaction, written, "reminder"), unreached=tuple(unreached))


async def reminders(transaction: Transaction, access: Access, body: PrintReminders) -> Printed:
    """Letters to those with a filing past its day (届出勧奨)."""
    written, unreached = await mail.remind(transaction, access, None, again=body.again)
    if not written and not unreached:
        await transaction.record_search(access, "transmittal.remind", ("filing",), "print")
    name = f"reminders-{_civil_day():%Y%m%d}"
    return Printed(files=await _letters(transaction, written, name), unreached=tuple(unreached))


async def labels(transaction: Transaction, access: Access, body: PrintLabels) -> Printed:
    """Labels for the sheets of an original."""
    await _received(transaction, access, body)
    await transaction.record_access([body.addressee], access, "papers.labels", ("filing",), "print")
    name = transaction.settings.municipality_name
    made = await asyncio.to_thread(paper.labels, body.filing, body.sheets, name, _civil_day())
    return Printed(files={f"labels-{body.filing}.pdf": made})


async def batch(transaction: Transaction, access: Access, body: PrintBatch) -> Printed:
    """Everything on paper of a batch, as it was sealed."""
    sealed, sheets = await desk.sheets(transaction, access, body.batch, for_applicant=body.for_applicant)
    name = transaction.settings.municipality_name
    return Printed(files=dict(await asyncio.to_thread(lambda: list(paper.papers(sheets, sealed, name)))))


async def register(transaction: Transaction, access: Access, body: PrintRegister) -> Printed:
    """A register on paper."""
    page = await register_page(transaction, access, body.name, body.since, body.until)
    name = transaction.settings.municipality_name
    made = await asyncio.to_thread(paper.register, page, name, _civil_day())
    return Printed(files={f"{body.name}.pdf": made})


async def register_page(
    transaction: Transaction, access: Access, name: RegisterName, since: dt.date, until: dt.date
) -> Page:
    """A register, ready to print. 受付処理簿 is of these days, and leaves access records of everybody in it."""
    if name == "reception":
        rows = await transaction.fetch(QUERIES["reception"], since, until)
        about = sorted({row["addressee"] for row in rows})
        await transaction.record_access(about, access, "transmittal.print-register", ("filing",), "print")
        if about:
            return registers.reception(rows)
    await transaction.record_search(access, f"transmittal.print-register.{name}", ("register",), "print")
    match name:
        case "reception":
            return registers.reception(())
        case "carry-outs":
            return registers.carry_outs(await transaction.fetch(QUERIES["carry_outs"]))
        case "media":
            return registers.media(await transaction.fetch(QUERIES["media"]))


async def places(transaction: Transaction, access: Access, body: AskPapers) -> PaperPlaces:
    """Where the paper of each filing of a person is: here, in a bag, on its way, with the pension service, or back."""
    found = []
    for row in await transaction.fetch(QUERIES["paper_places"], body.addressee):
        line = LINE.validate_json(row["line"])
        if PURPOSE_OF[line.kind] == access.purpose and not line.withdrawn:
            place, since = _place(row["attempt"], row["dispatched_at"]), row["sealed_on"]
            if place in ("sent", "received") and row["dispatched_at"] is not None:
                since = row["dispatched_at"].astimezone(JST).date()
            found.append(
                PaperPlace(
                    filing=line.filing, kind=line.kind, received_on=line.received_on, place=place,  # type: ignore[arg-type]
                    batch=row["batch"], since=since,
                )
            )  # fmt: skip
    await transaction.record_access([body.addressee], access, "papers", ("filing",))
    return PaperPlaces(places=tuple(found))


def _place(attempt: str | None, dispatched_at: dt.datetime | None) -> str:
    """By the newest attempt that took the original along. One whose batch was voided before it left is here again."""
    place = _PLACES.get(attempt or "", "desk")
    return "sent" if attempt in ("sealed", "voided") and dispatched_at is not None else place


def _may_be_printed(access: Access, person: Addressee) -> None:
    if person.protected and PROTECTED not in access.rights:
        raise Refused("protected", "支援措置の対象者です。印刷できません。", subjects=[person.addressee])


async def _received(transaction: Transaction, access: Access, body: PaperNamed) -> Received:
    """The line of the reception book of this person's filing. Refused where there is none, or for another affair."""
    rows = await transaction.fetch(QUERIES["filing_received"], body.filing)
    if not rows or rows[0]["addressee"] != body.addressee:
        title = "この受付番号の届出は、まだ届いていません。しばらくしてからやり直してください。"
        raise Refused("no_such_filing", title, status=404, subjects=[body.addressee])
    line = LINE.validate_json(rows[0]["line"])
    if PURPOSE_OF[line.kind] != access.purpose:
        raise Refused("wrong_purpose", "この目的では、この届出は扱えません。", subjects=[body.addressee])
    return line


async def _letters(transaction: Transaction, written: Iterable[Letter], name: str) -> dict[str, bytes]:
    every, municipality, day = list(written), transaction.settings.municipality_name, _civil_day()
    return dict(await asyncio.to_thread(lambda: list(paper.letters(every, name, municipality, day))))


def _civil_day() -> dt.date:
    return dt.datetime.now(JST).date()
