"""To the pension service (進達): what is due, the batches, and one batch from its seal to the receipt. Every step is one of transmittal's doors."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from contracts import wording
from contracts.doors.papers import (
    AskDeliveries,
    AskOpenDeliveryRows,
    CountDelivery,
    DesignateTerminal,
    DisposeMedium,
    LendMedium,
    LetDeliveryIn,
    MediumNamed,
    PrintBatch,
    PrintRegister,
    PrintReminders,
    RegisterDelivery,
    RegisterMedium,
)
from contracts.doors.transmittal import (
    AskBatches,
    AskDue,
    AskMedia,
    BatchDecision,
    BatchForMedium,
    BatchInBag,
    BatchNamed,
    BatchOnMedium,
    BatchPermission,
    BatchReceipt,
    BatchScan,
    BatchSteps,
    BatchVoid,
    IssueShown,
    ItemNamed,
    ItemPull,
    SealNow,
)
from contracts.vocabulary import Model
from starlette.datastructures import UploadFile
from starlette.responses import Response

from console import asked, ticks
from console.screens import common
from console.web import Asked, Refusal, Screen, Visit, made

CLERKS = common.SENDERS
APPROVERS = frozenset({"transmittal-approver"})
HEADS = frozenset({"section-head"})
EVERYBODY = CLERKS | APPROVERS | HEADS
AFFAIR = common.SENDING
CASE = "weekly"
STEPS: tuple[tuple[str, str, str], ...] = (
    ("封緘", "made_by", "made_at"),
    ("点検", "checked_by", "checked_at"),
    ("決裁", "decided_by", "decided_at"),
    ("後閲", "reviewed_by", "reviewed_at"),
    ("書込み", "written_by", "written_at"),
    ("持ち出し許可", "permitted_by", "permitted_at"),
    ("封印確認", "confirmed_by", "confirmed_at"),
    ("発送", "dispatched_by", "dispatched_at"),
    ("無効", "voided_by", "voided_at"),
)
"""Steps of an issue: name, who, when."""
MAX_MEDIUM = 32 * 1024 * 1024
"""Bytes of what is read from a medium."""
PULL_REASONS = {
    "withdrawn_by_applicant": "届出人の申出",
    "paper_missing": "書類の不足",
    "entered_by_mistake": "誤入力",
    "other": "その他",
}


async def due(visit: Visit) -> Response:
    """What is to go and has not gone, the most urgent first; the clerk may take an item out, or put it back."""
    if visit.request.method == "POST":
        what = visit.unseal(visit.typed("item"))
        if visit.typed("do") == "pull":
            body: Model = made(ItemPull, addressee=what["a"], item=what["i"], reason=visit.typed("reason"))
            await visit.ask(asked.PULL_ITEM, body, AFFAIR, CASE)
        else:
            await visit.ask(asked.PUT_BACK_ITEM, made(ItemNamed, addressee=what["a"], item=what["i"]), AFFAIR, CASE)
        return visit.goto("/due")
    items = (await visit.ask(asked.DUE, AskDue(), AFFAIR, CASE)).items
    return visit.page(
        "due.html",
        items=[(one, visit.seal(a=one.addressee, i=one.item)) for one in items],
        late=sum(one.overdue for one in items),
        wording=wording,
        reasons=PULL_REASONS,
        may=bool(CLERKS & visit.roles),
    )


async def batches(visit: Visit) -> Response:
    """Every batch and how far it is; sealing one now (都度)."""
    if visit.request.method == "POST":
        await visit.ask(asked.SEAL_BATCH, SealNow(), AFFAIR, CASE)
        return visit.goto("/batches")
    found = (await visit.ask(asked.BATCHES, AskBatches(), AFFAIR, CASE)).batches
    return visit.page(
        "batches.html",
        batches=sorted(found, key=lambda one: one.batch, reverse=True),
        wording=wording,
        may=bool(CLERKS & visit.roles),
    )


async def batch(visit: Visit) -> Response:
    """One batch: who did what when, and the step that is next, for whoever may take it."""
    number = _number(visit)
    said: dict[str, Any] = {}
    if visit.request.method == "POST":
        answer = await _step(visit, number, said)
        if answer is not None:
            return answer
    shown = await visit.ask(asked.BATCH, BatchNamed(batch=number), AFFAIR, CASE)
    every = (await visit.ask(asked.BATCHES, AskBatches(), AFFAIR, CASE)).batches
    line = next(one for one in every if one.batch == number)
    issue = shown.issues[-1]
    return visit.page(
        "batch.html",
        batch=line,
        issue=issue,
        steps=[(name, getattr(issue, by), getattr(issue, at)) for name, by, at in STEPS if getattr(issue, by)],
        earlier=shown.issues[:-1],
        receipts=shown.receipts,
        state=line.state,
        wording=wording,
        own=_own(visit, issue),
        clerk=bool(CLERKS & visit.roles),
        approver=bool(APPROVERS & visit.roles),
        head=bool(HEADS & visit.roles),
        said=said,
        counts=_counts(shown),
    )


def _number(visit: Visit) -> int:
    text = visit.request.path_params["number"]
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 2**31):
        raise Refusal("no_such_batch", "その進達はありません。", 404)
    return int(text)


def _own(visit: Visit, issue: IssueShown) -> frozenset[str]:
    """Steps of this issue that whoever looks took: the next ones may be somebody else's."""
    return frozenset(name for name, by, _ in STEPS if getattr(issue, by) == visit.session.account)


def _counts(shown: BatchSteps) -> dict[str, int]:
    """What was counted last, as a start for the next count."""
    return dict(shown.receipts[-1].counts) if shown.receipts else {}


async def _step(visit: Visit, number: int, said: dict[str, Any]) -> Response | None:
    """The step that was chosen; None where the batch is shown again with what was `said`."""
    do, here = visit.typed("do"), {"batch": number}

    async def ask(door: Asked[Any], body: Model) -> Any:
        return await visit.ask(door, body, AFFAIR, CASE)

    match do:
        case "check":
            await ask(asked.CHECK_BATCH, BatchNamed(**here))
        case "decide":
            await ask(asked.DECIDE_BATCH, made(BatchDecision, **here, deputy_for=visit.typed("deputy_for") or None))
        case "review":
            await ask(asked.REVIEW_BATCH, BatchNamed(**here))
        case "files":
            medium = await ask(asked.MEDIUM_FILES, made(BatchForMedium, **here, medium=visit.typed("medium")))
            return common.document(medium.files, f"batch-{number:04d}")
        case "write":
            await ask(asked.WRITE_BATCH, made(BatchOnMedium, **here, files=await _uploaded(visit)))
        case "password":
            said["password"] = (await ask(asked.BATCH_PASSWORD, BatchNamed(**here))).password
            return None
        case "permit":
            permission = made(
                BatchPermission, **here, carrier=visit.typed("carrier"), destination=visit.typed("destination")
            )
            await ask(asked.PERMIT_BATCH, permission)
        case "scan":
            codes = visit.typed("codes").split()
            said["bag"] = await ask(asked.SCAN_BATCH, made(BatchScan, **here, codes=codes))
            return None
        case "dispatch":
            bag = made(
                BatchInBag, **here, bag=visit.typed("bag"), seal=visit.typed("seal"), files=await _uploaded(visit)
            )
            await ask(asked.DISPATCH_BATCH, bag)
        case "receive":
            counted = await ask(asked.RECEIVE_BATCH, made(BatchReceipt, **here, counts=_typed_counts(visit)))
            said["differences"] = counted.differences
            return None
        case "print" | "print-applicants":
            body = made(PrintBatch, **here, for_applicant=do == "print-applicants")
            return common.document((await ask(asked.PRINT_BATCH, body)).files, f"batch-{number:04d}-papers")
        case "void":
            again = visit.typed("again") == "on"
            await ask(asked.VOID_BATCH, made(BatchVoid, **here, reason=visit.typed("reason"), again=again))
        case _:
            raise Refusal("no_such_step", "選んだ操作が分かりません。", 422)
    return visit.goto(f"/batches/{number}")


async def _uploaded(visit: Visit) -> dict[str, bytes]:
    """What was read from a medium, file by file."""
    found: dict[str, bytes] = {}
    for one in visit.form.getlist("files"):
        if isinstance(one, UploadFile) and one.filename:
            found[one.filename] = await one.read()
    if not found:
        raise Refusal("no_files", "媒体から読み取ったファイルを選んでください。", 422)
    return found


def _typed_counts(visit: Visit) -> dict[str, int]:
    """`KIND/MARK=COUNT` a line, as on the receipt."""
    counts: dict[str, int] = {}
    for line in visit.typed("counts").splitlines():
        name, sign, count = line.replace("＝", "=").rpartition("=")
        if not sign or not count.strip().isdecimal():
            raise Refusal("not_readable", "件数は「区分=件数」を一行に一つずつ入力してください。", 422)
        counts[name.strip()] = int(count)
    return counts


async def media(visit: Visit) -> Response:
    """記録媒体管理台帳: every medium, where it is, and what is late; a medium is entered, goes out, comes back, or ends."""
    if visit.request.method == "POST":
        return await _ledger_step(visit)
    found = (await visit.ask(asked.MEDIA, AskMedia(), AFFAIR, CASE)).media
    return visit.page(
        "media.html",
        media=_sorted(found),
        today=common.civil_day(),
        wording=wording,
        may=bool(CLERKS & visit.roles),
        head=bool(HEADS & visit.roles),
    )


async def _ledger_step(visit: Visit) -> Response:
    named = {"medium": visit.typed("medium")}
    match visit.typed("do"):
        case "register":
            until = common.day_of(visit, "valid_until")
            told = {name: visit.typed(name) for name in ("serial", "kind", "place")}
            await visit.ask(
                asked.REGISTER_MEDIUM, made(RegisterMedium, **named, **told, valid_until=until), AFFAIR, CASE
            )
        case "lend":
            due = common.day_of(visit, "due_back")
            body = made(LendMedium, **named, destination=visit.typed("destination"), due_back=due)
            await visit.ask(asked.LEND_MEDIUM, body, AFFAIR, CASE)
        case "take-back":
            await visit.ask(asked.TAKE_BACK_MEDIUM, made(MediumNamed, **named), AFFAIR, CASE)
        case "dispose":
            certificate = visit.typed("certificate") or None
            body = made(DisposeMedium, **named, how=visit.typed("how"), certificate=certificate)
            await visit.ask(asked.DISPOSE_MEDIUM, body, AFFAIR, CASE)
        case "designate":
            last = common.day_of(visit, "until") if visit.typed("until") else None
            body = made(DesignateTerminal, terminal=visit.typed("terminal"), valid_until=last)
            await visit.ask(asked.DESIGNATE_TERMINAL, body, AFFAIR, CASE)
        case "print":
            body = made(PrintRegister, name=visit.typed("register"))
            return common.document((await visit.ask(asked.PRINT_REGISTER, body, AFFAIR, CASE)).files, "register")
        case _:
            raise Refusal("no_such_step", "選んだ操作が分かりません。", 422)
    return visit.goto("/media")


def _sorted(media: Sequence[Any]) -> list[Any]:
    return sorted(media, key=lambda one: (one.disposed_at is not None, one.due_back or dt.date.max, one.medium))


async def deliveries(visit: Visit) -> Response:
    """What comes back from the pension service: registered, counted by two, let in file by file, and what became of each row."""
    findings: tuple[str, ...] = ()
    differences: dict[str, int] | None = None
    if visit.request.method == "POST":
        number = visit.typed("delivery")
        match visit.typed("do"):
            case "register":
                body: Model = made(RegisterDelivery, delivery=number, cover=_rows(visit))
                await visit.ask(asked.REGISTER_DELIVERY, body, AFFAIR, CASE)
            case "count":
                body = made(CountDelivery, delivery=number, counts=_rows(visit))
                differences = (await visit.ask(asked.COUNT_DELIVERY, body, AFFAIR, CASE)).differences
            case "let-in":
                content = next(iter((await _uploaded(visit)).values()))
                body = made(LetDeliveryIn, delivery=number, kind=visit.typed("kind"), content=content)
                findings = (await visit.ask(asked.LET_DELIVERY_IN, body, AFFAIR, CASE)).findings
            case "tick" | "untick":
                await ticks.turn(visit)
            case "remind":
                printed = await visit.ask(asked.PRINT_REMINDERS, PrintReminders(), AFFAIR, CASE)
                return common.reminders(printed)
            case _:
                raise Refusal("no_such_step", "選んだ操作が分かりません。", 422)
        if not findings and not differences:
            return visit.goto("/deliveries")
    found = (await visit.ask(asked.DELIVERIES, AskDeliveries(), AFFAIR, CASE)).deliveries
    rows = (await visit.ask(asked.OPEN_DELIVERY_ROWS, AskOpenDeliveryRows(), AFFAIR, CASE)).rows
    lines = {ticks.line_of(visit, "delivery", one.delivery, one.kind, one.line): one for one in rows}
    done = await ticks.ticked(visit, lines)
    return visit.page(
        "deliveries.html",
        422 if findings or differences else 200,
        deliveries=list(reversed(found)),
        wording=wording,
        findings=findings,
        differences=differences,
        rows=[(line, one, done.get(line)) for line, one in sorted(lines.items(), key=lambda pair: pair[0] in done)],
    )


def _rows(visit: Visit) -> dict[str, int]:
    """Rows by kind of file; a kind whose box is empty has none."""
    rows: dict[str, int] = {}
    for kind in wording.DELIVERIES:
        if visit.typed(box := f"rows-{kind}"):
            rows[kind] = common.number_of(visit, box)
    return rows


SCREENS = (
    Screen("/due", "transmittal.due", EVERYBODY, due, ("GET", "POST"), title="進達すべきもの"),
    Screen("/batches", "transmittal.due", EVERYBODY, batches, ("GET", "POST"), title="進達"),
    Screen("/batches/{number}", "transmittal.due", EVERYBODY, batch, ("GET", "POST"), at_most=MAX_MEDIUM, files=20),
    Screen(
        "/deliveries",
        "transmittal.returns",
        CLERKS,
        deliveries,
        ("GET", "POST"),
        title="機構からの送付",
        at_most=MAX_MEDIUM,
        files=1,
    ),
    Screen("/media", "transmittal.due", EVERYBODY, media, ("GET", "POST"), title="媒体管理台帳"),
)
