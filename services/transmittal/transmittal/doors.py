"""The doors of transmittal: what is due, and the steps of a batch. A terminal fetches the files of a medium and sends back what it read there.

Roles: transmittal-clerk 点検・封印 · transmittal-approver 決裁・後閲 · section-head 持ち出し許可. The database decides, too (`desk.py`).
"""

import datetime as dt
import json
from typing import Any

import asyncpg
from chassis.doors import Door
from chassis.transaction import Access, Transaction
from contracts import fixed_file
from contracts.doors import AT_MOST
from contracts.doors.papers import (
    AskDeliveries,
    AskOpenDeliveryRows,
    AskPapers,
    CountDelivery,
    Deliveries,
    DeliveryCounted,
    DeliveryLetIn,
    DesignateTerminal,
    DisposeMedium,
    LendMedium,
    LetDeliveryIn,
    MediumNamed,
    OpenDeliveryRow,
    OpenDeliveryRows,
    PaperPlaces,
    PrintBatch,
    Printed,
    PrintFilings,
    PrintLabels,
    PrintLetter,
    PrintRegister,
    PrintReminder,
    PrintReminders,
    RegisterDelivery,
    RegisterMedium,
)
from contracts.doors.transmittal import (
    AskBatches,
    AskDue,
    AskMedia,
    AskReported,
    BatchBag,
    BatchDecision,
    BatchDone,
    Batches,
    BatchFiles,
    BatchForMedium,
    BatchGone,
    BatchInBag,
    BatchNamed,
    BatchOnMedium,
    BatchPassword,
    BatchPermission,
    BatchReceipt,
    BatchReceived,
    BatchScan,
    BatchShown,
    BatchSteps,
    BatchVoid,
    DueItem,
    DueItems,
    IssueShown,
    ItemNamed,
    ItemPull,
    Media,
    MediumShown,
    ReceiptShown,
    Reported,
    ReportedItem,
    SealNow,
)
from contracts.vocabulary import JST, Model
from prometheus_client import Gauge

from transmittal import deliveries, desk, due_list, media_ledger, paper_desk
from transmittal.due import Content
from transmittal.paper_desk import PROTECTED
from transmittal.store import QUERIES

DUE, SEAL, CHECK, DECIDE, WRITE, PERMIT, DISPATCH, RECEIVE, VOID, PULL = (
    "transmittal.due",
    "transmittal.seal",
    "transmittal.check",
    "transmittal.decide",
    "transmittal.write",
    "transmittal.permit",
    "transmittal.dispatch",
    "transmittal.receive",
    "transmittal.void",
    "transmittal.pull",
)
REPORTED, PRINT, RETURNS, LEDGER = (
    "transmittal.reported",
    "transmittal.print",
    "transmittal.returns",
    "transmittal.media",
)
PAPERS = "papers.print"
RIGHTS: dict[str, frozenset[str]] = {
    "transmittal-clerk": frozenset({DUE, SEAL, CHECK, WRITE, DISPATCH, RECEIVE, VOID, PULL, PRINT, RETURNS, LEDGER}),
    "transmittal-approver": frozenset({DUE, DECIDE}),
    "section-head": frozenset({DUE, PERMIT}),
    "clerk": frozenset({PAPERS}),
    "protection-clerk": frozenset({PAPERS, PROTECTED}),
    "eligibility": frozenset({REPORTED}),
}
"""eligibility says in a disclosure (開示) what was told to the pension service."""
MAX_MEDIUM = 32 * 1024 * 1024
"""Bytes of a call that brings the files of a medium, or a file that came back."""
_AGE = Gauge("kokunen_transmittal_due", "Items that are to go and have not gone, by how they stand", ["state"])
_DAYS = Gauge(
    "kokunen_transmittal_due_in_days",
    "Days until the next report is due by law; 14 where none is, below 0 past its day",
)
_MEDIA = Gauge("kokunen_transmittal_media_overdue", "Media that are out and should be back")
_LOOP = Gauge(
    "kokunen_transmittal_loop_days", "Days from reception to the pension service's answer, last 90 days", ["share"]
)


async def due(transaction: Transaction, access: Access, body: AskDue) -> DueItems:
    """What is to go to the pension service and has not gone, the most urgent first."""
    found = (await due_list.read(transaction))[: body.at_most]
    await transaction.record_access(sorted({one.addressee for one in found}), access, "transmittal.due", ("filing",))
    if not found:
        await transaction.record_search(access, "transmittal.due", ("filing",))
    items = tuple(
        DueItem(
            addressee=one.addressee, item=one.item, kind=one.kind, state=one.state, received_on=one.received_on,
            due_on=one.due_on, overdue=one.overdue, batch=one.batch,
        )
        for one in found
    )  # fmt: skip
    return DueItems(items=items)


async def reported(transaction: Transaction, access: Access, body: AskReported) -> Reported:
    """What was told to the pension service about a person, and what is to be."""
    rows = await transaction.fetch(QUERIES["reported"], body.addressee)
    await transaction.record_access([body.addressee], access, "transmittal.reported", ("filing",))
    return Reported(
        items=tuple(
            ReportedItem(
                kind=Content.model_validate_json(row["content"]).kind, mark=row["mark"], state=row["state"], filing=row["filing"],
                batch=row["batch"], sealed_on=row["sealed_on"],
            )
            for row in rows
        )
    )  # fmt: skip


async def batches(transaction: Transaction, access: Access, body: AskBatches) -> Batches:
    """Every batch and how far it is."""
    found = await due_list.batches(transaction)
    await transaction.record_search(access, "transmittal.batches", ("batch",))
    return Batches(
        batches=tuple(
            BatchShown(
                batch=one.number, issue=one.issue, sealed_on=one.sealed_on, items=one.items, state=one.state,
                content_sha256=one.content_sha256,
            )
            for one in found
        )
    )  # fmt: skip


async def show(transaction: Transaction, access: Access, body: BatchNamed) -> BatchSteps:
    """Every issue of a batch with its steps, and what the pension service counted."""
    issues = await transaction.fetch(QUERIES["issues"], body.batch)
    if not issues:
        raise desk.no_such_batch(body.batch)
    receipts = await transaction.fetch(QUERIES["receipts"], body.batch)
    await transaction.record_search(access, "transmittal.show", ("batch",))
    return BatchSteps(
        batch=body.batch,
        issues=tuple(IssueShown(**_shown(row, IssueShown, issue="number")) for row in issues),
        receipts=tuple(
            ReceiptShown(**_shown(row, ReceiptShown) | {"counts": json.loads(row["counts"])}) for row in receipts
        ),
    )


async def media(transaction: Transaction, access: Access, body: AskMedia) -> Media:
    """記録媒体管理台帳: every medium, where it is, what is on it, and its end."""
    rows = await transaction.fetch(QUERIES["media"])
    await transaction.record_search(access, "transmittal.media", ("medium",))
    return Media(media=tuple(MediumShown(**_shown(row, MediumShown, medium="code")) for row in rows))


def _shown(row: asyncpg.Record, model: type[Model], **renamed: str) -> dict[str, Any]:
    """The columns of a row that a model has."""
    return {name: row[renamed.get(name, name)] for name in model.model_fields}


async def seal(transaction: Transaction, access: Access, body: SealNow) -> BatchDone:
    """Seal what is pending now (都度); no number = nothing is pending."""
    return BatchDone(batch=await desk.seal(transaction, access))


async def check(transaction: Transaction, access: Access, body: BatchNamed) -> BatchDone:
    """A second person looked at the content (点検)."""
    await desk.check(transaction, access, body.batch)
    return BatchDone(batch=body.batch)


async def decide(transaction: Transaction, access: Access, body: BatchDecision) -> BatchDone:
    """The decision on the content (決裁), or a deputy's (代決)."""
    await desk.decide(transaction, access, body.batch, body.deputy_for)
    return BatchDone(batch=body.batch)


async def review(transaction: Transaction, access: Access, body: BatchNamed) -> BatchDone:
    """The principal looks at what the deputy decided (後閲)."""
    await desk.review(transaction, access, body.batch)
    return BatchDone(batch=body.batch)


async def files(transaction: Transaction, access: Access, body: BatchForMedium) -> BatchFiles:
    """The files of a decided batch, encrypted, for a medium of the ledger; on a designated terminal."""
    made = await desk.files_for(transaction, access, body.batch, body.medium)
    return BatchFiles(batch=body.batch, files=dict(made))


async def write(transaction: Transaction, access: Access, body: BatchOnMedium) -> BatchDone:
    """The batch is on its medium: what was read back is compared, then it is in the ledger (媒体書込)."""
    await desk.write(transaction, access, body.batch, body.files)
    return BatchDone(batch=body.batch)


async def password(transaction: Transaction, access: Access, body: BatchNamed) -> BatchPassword:
    """The password of a written batch, not for who carries it."""
    return BatchPassword(batch=body.batch, password=await desk.password(transaction, access, body.batch))


async def dispatch(transaction: Transaction, access: Access, body: BatchInBag) -> BatchGone:
    """This medium is in this bag under this seal (封印確認); with the second person's word it is dispatched (発送)."""
    gone = await desk.dispatch(transaction, access, body.batch, body.bag, body.seal, body.files)
    return BatchGone(batch=body.batch, dispatched=gone)


async def permit(transaction: Transaction, access: Access, body: BatchPermission) -> BatchDone:
    """The section head permits carrying out; the serial number of 持ち出し記録簿."""
    serial = await desk.permit(transaction, access, body.batch, body.carrier, body.destination)
    return BatchDone(batch=body.batch, carry_out=serial)


async def scan(transaction: Transaction, access: Access, body: BatchScan) -> BatchBag:
    """Sheets of paper originals go into the bag, by their barcodes; what is missing, and what does not belong there."""
    bag = await desk.scan(transaction, access, body.batch, body.codes)
    return BatchBag(
        batch=body.batch, originals=bag.originals, sheets=bag.sheets, complete=bag.complete,
        missing={filing: tuple(sheets) for filing, sheets in bag.missing.items()}, strange=bag.strange,
    )  # fmt: skip


async def receive(transaction: Transaction, access: Access, body: BatchReceipt) -> BatchReceived:
    """What the pension service counted; the difference list, and whether that closed the batch."""
    found = await desk.receive(transaction, access, body.batch, body.counts)
    return BatchReceived(batch=body.batch, differences=found, closed=not found)


async def void(transaction: Transaction, access: Access, body: BatchVoid) -> BatchDone:
    """Declare an issue void, and issue it again or give its items back."""
    await desk.void(transaction, access, body.batch, body.reason, again=body.again)
    return BatchDone(batch=body.batch)


async def pull(transaction: Transaction, access: Access, body: ItemPull) -> BatchDone:
    """Take an item out of what is pending, with a reason."""
    await desk.pull(transaction, access, body.addressee, body.item, body.reason)
    return BatchDone()


async def put_back(transaction: Transaction, access: Access, body: ItemNamed) -> BatchDone:
    """Put an item back among what is pending."""
    await desk.put_back(transaction, access, body.addressee, body.item)
    return BatchDone()


async def returned(transaction: Transaction, access: Access, body: AskDeliveries) -> Deliveries:
    """What the pension service sent."""
    return Deliveries(deliveries=tuple(await deliveries.every(transaction, access)))


async def open_rows(transaction: Transaction, access: Access, body: AskOpenDeliveryRows) -> OpenDeliveryRows:
    """Rows that came back and are for a person to look at."""
    rows = await transaction.fetch(QUERIES["open_delivery_rows"], AT_MOST + 1)
    shown = tuple(OpenDeliveryRow(**dict(row)) for row in rows[:AT_MOST])
    about = sorted({one.addressee for one in shown if one.addressee is not None})
    await transaction.record_access(about, access, "transmittal.delivery-rows", ("notice",))
    if not about:
        await transaction.record_search(access, "transmittal.delivery-rows", ("notice",))
    return OpenDeliveryRows(rows=shown, more=len(rows) > AT_MOST)


async def register_delivery(transaction: Transaction, access: Access, body: RegisterDelivery) -> BatchDone:
    """A delivery came."""
    await deliveries.register(transaction, access, body.delivery, body.cover)
    return BatchDone()


async def count_delivery(transaction: Transaction, access: Access, body: CountDelivery) -> DeliveryCounted:
    """What one person counted."""
    return DeliveryCounted(differences=await deliveries.count(transaction, access, body.delivery, body.counts))


async def let_in(transaction: Transaction, access: Access, body: LetDeliveryIn) -> DeliveryLetIn:
    """A file of a counted delivery; refused whole where anything of it is wrong."""
    try:
        return DeliveryLetIn(rows=await deliveries.let_in(transaction, access, body.delivery, body.kind, body.content))
    except fixed_file.Refused as refused:
        await transaction.record_refusal([], access, "transmittal.delivery-import")
        return DeliveryLetIn(findings=tuple(str(one) for one in refused.findings))


async def register_medium(transaction: Transaction, access: Access, body: RegisterMedium) -> BatchDone:
    """A medium enters the ledger; to be used until the end of its last day."""
    ends = _day_after(body.valid_until)
    await media_ledger.register(transaction, access, body.medium, body.serial, body.kind, body.place, ends)
    return BatchDone()


async def lend(transaction: Transaction, access: Access, body: LendMedium) -> BatchDone:
    """A medium goes out."""
    await media_ledger.lend(transaction, access, body.medium, body.destination, body.due_back)
    return BatchDone()


async def take_back(transaction: Transaction, access: Access, body: MediumNamed) -> BatchDone:
    """A medium came back."""
    await media_ledger.take_back(transaction, access, body.medium)
    return BatchDone()


async def dispose(transaction: Transaction, access: Access, body: DisposeMedium) -> BatchDone:
    """The end of a medium."""
    await media_ledger.dispose(transaction, access, body.medium, body.how, body.certificate)
    return BatchDone()


async def designate(transaction: Transaction, access: Access, body: DesignateTerminal) -> BatchDone:
    """A terminal on which media may be written."""
    ends = None if body.valid_until is None else _day_after(body.valid_until)
    await media_ledger.designate(transaction, access, body.terminal, ends)
    return BatchDone()


def _day_after(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), JST)


DOORS = (
    Door("/due", DUE, AskDue, DueItems, due),
    Door("/reported", REPORTED, AskReported, Reported, reported),
    Door("/batches", DUE, AskBatches, Batches, batches),
    Door("/batches/show", DUE, BatchNamed, BatchSteps, show),
    Door("/media", DUE, AskMedia, Media, media),
    Door("/batches/seal", SEAL, SealNow, BatchDone, seal),
    Door("/batches/check", CHECK, BatchNamed, BatchDone, check),
    Door("/batches/decide", DECIDE, BatchDecision, BatchDone, decide),
    Door("/batches/review", DECIDE, BatchNamed, BatchDone, review),
    Door("/batches/files", WRITE, BatchForMedium, BatchFiles, files),
    Door("/batches/write", WRITE, BatchOnMedium, BatchDone, write, MAX_MEDIUM),
    Door("/batches/password", WRITE, BatchNamed, BatchPassword, password),
    Door("/batches/permit", PERMIT, BatchPermission, BatchDone, permit),
    Door("/batches/scan", CHECK, BatchScan, BatchBag, scan),
    Door("/batches/dispatch", DISPATCH, BatchInBag, BatchGone, dispatch, MAX_MEDIUM),
    Door("/batches/receive", RECEIVE, BatchReceipt, BatchReceived, receive),
    Door("/batches/void", VOID, BatchVoid, BatchDone, void),
    Door("/items/pull", PULL, ItemPull, BatchDone, pull),
    Door("/items/put-back", PULL, ItemNamed, BatchDone, put_back),
    Door("/papers", PAPERS, AskPapers, PaperPlaces, paper_desk.places),
    Door("/papers/filings", PAPERS, PrintFilings, Printed, paper_desk.filings),
    Door("/papers/letter", PAPERS, PrintLetter, Printed, paper_desk.letter),
    Door("/papers/labels", PAPERS, PrintLabels, Printed, paper_desk.labels),
    Door("/papers/reminder", PAPERS, PrintReminder, Printed, paper_desk.reminder),
    Door("/papers/reminders", PRINT, PrintReminders, Printed, paper_desk.reminders),
    Door("/papers/batch", PRINT, PrintBatch, Printed, paper_desk.batch),
    Door("/papers/register", PRINT, PrintRegister, Printed, paper_desk.register),
    Door("/deliveries", RETURNS, AskDeliveries, Deliveries, returned),
    Door("/deliveries/open", RETURNS, AskOpenDeliveryRows, OpenDeliveryRows, open_rows),
    Door("/deliveries/register", RETURNS, RegisterDelivery, BatchDone, register_delivery),
    Door("/deliveries/count", RETURNS, CountDelivery, DeliveryCounted, count_delivery),
    Door("/deliveries/let-in", RETURNS, LetDeliveryIn, DeliveryLetIn, let_in, MAX_MEDIUM),
    Door("/media/register", LEDGER, RegisterMedium, BatchDone, register_medium),
    Door("/media/lend", LEDGER, LendMedium, BatchDone, lend),
    Door("/media/take-back", LEDGER, MediumNamed, BatchDone, take_back),
    Door("/media/dispose", LEDGER, DisposeMedium, BatchDone, dispose),
    Door("/media/terminal", PERMIT, DesignateTerminal, BatchDone, designate),
)


async def measure(pool: asyncpg.Pool) -> None:
    """How many items are pending, in sealed batches that have not gone, pulled, and past their legal day; media overdue; how long the loop takes."""
    async with pool.acquire() as connection:
        counts, days = await due_list.figures(connection)
        for state, count in counts.items():
            _AGE.labels(state).set(count)
        _DAYS.set(days)
        _MEDIA.set(await due_list.media_overdue(connection))
        for share, length in (await due_list.loop_days(connection)).items():
            _LOOP.labels(share).set(length)
