"""What people do with a batch (進達), step by step, until the pension service has all of it (decisions 33 and 34).

    sealed ─check─▶ checked ─decide─▶ decided ─write─▶ written ─permit─▶ permitted ─scan, dispatch twice─▶ dispatched ─receive─▶ received, closed
       └────────────────────────── void ──────────────────────────▶ void: issued again (再), or its items go into a later batch

Each function is one step in one transaction, with its event and its access record. Who may take it, and after what, is settled in the
database (`migrations/0002_pre_batch_life.sql`); `WORDS` says in Japanese what its refusals mean.
"""

import asyncio
import datetime as dt
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
from chassis import database, faults
from chassis.calls import CallFailed, Calls
from chassis.doors import Refused
from chassis.transaction import Access, Cause, Transaction, to_json
from contracts.doors import AT_MOST
from contracts.doors.registry import NumbersRead, ReadNumbers
from contracts.envelope import derived_id
from contracts.events.operations import BatchAdvanced, BatchStep, ItemPulled
from contracts.vocabulary import JST

from transmittal import medium, medium_check, originals, report_forms, store, weekly
from transmittal.accounts import Batch
from transmittal.originals import Bag
from transmittal.report_forms import Sheet
from transmittal.store import QUERIES

WORDS: dict[str, str] = {
    "checker_is_another": "点検は、作成した者とは別の者が行います。",
    "decider_is_another": "決裁は、作成した者・点検した者とは別の者が行います。",
    "decision_after_check": "決裁の前に点検が必要です。",
    "decider_is_appointed": "この利用者は決裁者（代決者）に指名されていないか、期限が切れています。",
    "reviewer_is_the_principal": "後閲は、代決の本人が行います。",
    "writing_after_decision": "媒体への書込みの前に決裁が必要です。",
    "terminal_is_designated": "この端末では媒体への書込みができません。指定された端末を使ってください。",
    "medium_is_usable": "この媒体は台帳にないか、廃棄済み又は期限切れです。",
    "medium_written_once": "この媒体は既に使われています。",
    "permission_after_writing": "持ち出しの許可の前に媒体への書込みが必要です。",
    "permitter_is_appointed": "この利用者は持ち出しを許可する者（所属長）に指名されていないか、期限が切れています。",
    "confirmation_after_permission": "封印の前に持ち出しの許可が必要です。",
    "originals_are_in_the_bag": "読み取っていない原本があります。全ての原本を読み取ってから封印してください。",
    "second_confirmer_is_another": "発送は、封印を確認した者とは別の者が確認します。",
    "dispatch_after_confirmation": "発送の前に一人目の確認が必要です。",
    "closing_after_dispatch": "発送していないものは完了になりません。",
    "closing_after_review": "代決のままです。後閲が必要です。",
    "counts_are_equal": "日本年金機構の件数と一致していません。",
    "received_in_full": "全件が受領されています。無効にできません。",
    "step_done": "この手順は既に済んでいます。",
    "issue_is_over": "この進達は無効又は完了しています。",
    "issue_alive": "この進達には有効な発行があります。",
    "issue_destination_fkey": "この送付先は登録されていません。",
    "issue_medium_fkey": "この媒体は台帳にありません。",
    "movement_out": "この媒体は既に持ち出されています。",
    "movement_medium_fkey": "この媒体は台帳にありません。",
    "medium_kind_check": "この種類の媒体は使えません（フラッシュメモリは不可）。",
    "medium_serial_key": "この製造番号の媒体は既に台帳にあります。",
    "medium_pkey": "この番号の媒体は既に台帳にあります。",
    "delivery_is_counted": "送付書の件数と一致する確認が、二人分そろっていません。",
    "delivery_file_pkey": "この種類のファイルは既に取り込まれています。",
    "delivery_file_sha256_key": "このファイルは既に取り込まれています。",
    "medium_certificate_check": "破砕した媒体には証明書の番号が必要です。",
}
"""Names of constraints, and what their refusal means to a clerk."""
DIFFERS = "媒体の内容が書き込んだものと違います。"

_SERVED_BY = {"registry-sync": "住民情報", "tax-income": "税情報", "audit": "監査記録"}


def refused(code: str, **more: Any) -> Refused:
    """The refusal of this name, in words."""
    return Refused(code, WORDS[code], status=409, **more)


@asynccontextmanager
async def lawful() -> AsyncIterator[None]:
    """The database's refusal, in words. What it refuses under another name is a fault of ours and goes on."""
    try:
        yield
    except asyncpg.IntegrityConstraintViolationError as error:
        code = error.constraint_name or ""
        if code not in WORDS:
            raise
        raise refused(code) from None


def no_such_batch(number: int) -> Refused:
    """There is no batch of this number."""
    return Refused("no_such_batch", f"第{number}号の進達はありません。", status=404)


async def _issue(transaction: Transaction, number: int) -> asyncpg.Record:
    """The issue that goes its way, held. Refused where there is no such batch."""
    rows = await transaction.fetch(QUERIES["issue"], number)
    if not rows:
        raise no_such_batch(number)
    return rows[0]


async def _batch(transaction: Transaction, number: int) -> Batch:
    return store.batch_of((await transaction.fetch(QUERIES["batch"], number))[0])


async def _say(
    transaction: Transaction,
    access: Access,
    place: tuple[int, int],
    step: BatchStep,
    **more: Any,
) -> None:
    """The event and the access record of a step of this (batch, issue)."""
    batch, issue = place
    known = (await transaction.fetch(QUERIES["next_step"], batch))[0]
    data = BatchAdvanced(
        batch=batch, issue=issue, step=step, by=access.account, content_sha256=known["content_sha256"], **more
    )
    subject, sequence = f"batch-{batch}", known["steps"]
    event_id = derived_id("transmittal", subject, "step", sequence)
    cause = Cause(dt.datetime.now(dt.UTC))
    transaction.emit("transmittals", subject, event_id, "BatchAdvanced", to_json(data), cause, sequence=sequence)
    await transaction.record_search(access, f"transmittal.{step}", ("filing",), "update")


async def _step(
    transaction: Transaction, access: Access, number: int, step: BatchStep, *arguments: Any
) -> list[asyncpg.Record]:
    """One step of the issue that goes its way."""
    issue = await _issue(transaction, number)
    async with lawful():
        rows = await transaction.fetch(QUERIES[step], number, issue["number"], access.account, *arguments)
    await _say(transaction, access, (number, issue["number"]), step)
    return rows


async def seal(transaction: Transaction, access: Access) -> int | None:
    """Seal what is pending now, at somebody's request; None = nothing is."""
    served, last = await store.hold_sealing(transaction)
    transaction.business_day = (await transaction.query("business_day"))[0]["business_day"]
    day = transaction.business_day or dt.datetime.now(JST).date()
    try:
        number, overtaken = await weekly.freeze(transaction, day, last, access.account)
    except CallFailed as failed:
        title = f"{_SERVED_BY[failed.service]}に接続できません。封緘していません。"
        raise Refused("door_silent", title, status=503) from None
    await store.serve(transaction, served, number)
    if overtaken:
        await store.move_everybody_on(transaction, overtaken)
    await transaction.record_search(access, "transmittal.seal", ("filing",), "register")
    return number if number != last else None


async def check(transaction: Transaction, access: Access, number: int) -> None:
    """A second person looked at the content (点検)."""
    await _step(transaction, access, number, "checked")


async def decide(transaction: Transaction, access: Access, number: int, principal: str | None = None) -> None:
    """The decision on the content (決裁); `principal` = for whom a deputy decides (代決)."""
    await _step(transaction, access, number, "decided", principal)


async def review(transaction: Transaction, access: Access, number: int) -> None:
    """The principal looks at what the deputy decided (後閲)."""
    await _step(transaction, access, number, "reviewed")


async def sheets(
    transaction: Transaction, access: Access, number: int, *, for_applicant: bool
) -> tuple[Batch, list[Sheet]]:
    """What is printed for a batch, as it was frozen: the office's print, or the applicant's; a record of printing for everybody on it.

    Refused when it is not what was sealed.
    """
    await _issue(transaction, number)
    batch = await _batch(transaction, number)
    row = (await transaction.fetch(QUERIES["paper"], number))[0]
    plain = transaction.sealer.open(row["sheets"], weekly.paper_place(number))
    if not hmac.compare_digest(transaction.sealer.commitment(plain), row["commitment"]):
        raise Refused("paper_differs", "帳票の内容が封緘したものと違います。印刷していません。", status=409)
    found = [
        report_forms.for_applicant(sheet) if for_applicant else sheet
        for sheet in weekly.thawed(plain)
        if sheet.kind in report_forms.WITH_INCOME or not for_applicant
    ]
    if not for_applicant:
        found = await _with_numbers(transaction, access, found)
    persons = sorted({person for sheet in found for person in report_forms.everybody_on(sheet)})
    await transaction.record_access(
        persons, access, "transmittal.print", ("name", "address", "filing", "income"), "print"
    )
    return batch, found


async def _with_numbers(transaction: Transaction, access: Access, sheets: list[Sheet]) -> list[Sheet]:
    """The sheets with the My Numbers behind their receipts, from the vault into memory and no further (decision 17)."""
    receipts = sorted({sheet.receipt for sheet in sheets if sheet.receipt})
    numbers: dict[str, str] = {}
    try:
        async with Calls(transaction.settings, "registry-sync") as registry:
            for start in range(0, len(receipts), AT_MOST):
                asked = ReadNumbers(receipts=tuple(receipts[start : start + AT_MOST]))
                answer = await registry.post("/my-numbers/read", asked, NumbersRead, access)
                numbers |= {one.receipt: one.my_number for one in answer.numbers if one.my_number is not None}
    except CallFailed:
        raise Refused("vault_silent", "個人番号を取得できません。印刷していません。", status=503) from None
    return [report_forms.with_number(s, numbers[s.receipt]) if s.receipt in numbers else s for s in sheets]


async def files_for(transaction: Transaction, access: Access, number: int, code: str) -> Mapping[str, bytes]:
    """The files of a decided issue, encrypted, for this medium; only on a designated terminal. They count when they were read back (`write`)."""
    issue = await _issue(transaction, number)
    batch = await _batch(transaction, number)
    settings = transaction.settings
    password = medium.new_password()
    key = medium.signing_key(settings.key_file.with_name(medium.KEY))
    made = await asyncio.to_thread(medium.files, batch, issue["number"], settings.municipality_name, password, key)
    faults.point("encrypt")
    place = number, issue["number"]
    box = transaction.sealer.seal(password.encode(), _password_place(*place))
    async with lawful():
        await transaction.fetch(
            QUERIES["add_archive"],
            *place,
            access.account,
            access.terminal,
            code,
            _sha256(made[medium.archive_of(number)]),
            box,
        )
    persons = [row["addressee"] for row in await transaction.fetch(QUERIES["persons_in"], number)]
    await transaction.record_access(persons, access, "transmittal.files", ("filing",), "export")
    return made


async def write(transaction: Transaction, access: Access, number: int, found: Mapping[str, bytes]) -> None:
    """An issue is on its medium: what was read back is compared with what was sealed. Until then the ledger has no entry, and nothing that
    has none leaves."""
    issue = await _issue(transaction, number)
    place = number, issue["number"]
    digest = _sha256(found.get(medium.archive_of(number), b""))
    made = await transaction.fetch(QUERIES["archive"], *place, digest)
    if not made:
        raise Refused("medium_differs", DIFFERS, status=409)
    record = await _compared(transaction, place, made[0]["sha256"], made[0]["password"], found)
    async with lawful():
        await transaction.fetch(QUERIES["written"], *place, access.account, digest, _sha256(record))
    await _say(transaction, access, place, "written", archive_sha256=digest)
    faults.point("ledger")


async def write_at(transaction: Transaction, access: Access, number: int, code: str, folder: Path) -> None:
    """Both at once, where the medium lies open at `folder`."""
    await asyncio.to_thread(medium.put, folder, await files_for(transaction, access, number, code))
    await write(transaction, access, number, await asyncio.to_thread(medium_check.read, folder))


async def password(transaction: Transaction, access: Access, number: int) -> str:
    """The password of a written issue, for who tells it to the pension service: not the one who carries the medium."""
    issue = await _issue(transaction, number)
    if issue["password"] is None:
        raise Refused("not_written", "まだ媒体に書き込まれていません。", status=409)
    if access.account.lower() in ((issue["carrier"] or "").lower(), (issue["dispatched_by"] or "").lower()):
        raise Refused("carrier_has_no_password", "媒体を運ぶ者にパスワードは渡せません。")
    await transaction.record_search(access, "transmittal.password", ("password",))
    return transaction.sealer.open(issue["password"], _password_place(number, issue["number"])).decode()


async def permit(transaction: Transaction, access: Access, number: int, carrier: str, destination: str) -> int:
    """The section head (所属長) permits carrying out; the serial number in the register (持ち出し記録簿)."""
    await transaction.fetch(QUERIES["lock_carry_out"])
    rows = await _step(transaction, access, number, "permitted", carrier, destination)
    serial: int = rows[0]["carry_out"]
    return serial


async def scan(transaction: Transaction, access: Access, number: int, codes: Sequence[str]) -> Bag:
    """Sheets of originals go into the bag, by their barcodes (decision 34); what is still missing, and what does not belong there."""
    issue = await _issue(transaction, number)
    if issue["confirmed_by"] is not None or issue["voided_at"] is not None:
        raise refused("step_done" if issue["voided_at"] is None else "issue_is_over")
    place = number, issue["number"]
    before = await transaction.fetch(QUERIES["bag"], *place)
    expected = {row["filing"] for row in before}
    found, strange = originals.read(codes)
    strange += [str(sheet) for sheet in found if sheet.filing not in expected]
    sheets = [sheet for sheet in found if sheet.filing in expected]
    await transaction.fetch(QUERIES["scanned"], *place, access.account, *database.columns(sheets, 3))
    bag = originals.bag(await transaction.fetch(QUERIES["bag"], *place), strange)
    await transaction.record_search(access, "transmittal.scan", ("filing",), "update")
    if bag.complete and sheets and not originals.bag(before).complete:
        await _say(transaction, access, place, "scanned")
    return bag


async def dispatch(
    transaction: Transaction, access: Access, number: int, bag: str, seal: str, found: Mapping[str, bytes]
) -> bool:
    """Two people confirm that this medium is in this locked bag under this seal; with the second it is dispatched (True).

    Each time what was read from the medium is decrypted and compared with what was sealed: what is not in the ledger does not leave.
    """
    issue = await _issue(transaction, number)
    if issue["archive_sha256"] is None:
        raise refused("permission_after_writing")
    await _compared(transaction, (number, issue["number"]), issue["archive_sha256"], issue["password"], found)
    if issue["confirmed_by"] is None:
        await _step(transaction, access, number, "confirmed", bag, seal)
        return False
    if (issue["bag"], issue["bag_seal"]) != (bag, seal):
        raise Refused("another_seal", "鞄又は封印番号が一人目の確認と違います。", status=409)
    faults.point("dispatch")
    await _step(transaction, access, number, "dispatched")
    return True


async def _compared(
    transaction: Transaction,
    place: tuple[int, int],
    archive_sha256: str,
    password_box: bytes,
    found: Mapping[str, bytes],
) -> bytes:
    """The record file of a medium, once it is what was sealed; else refused."""
    batch = await _batch(transaction, place[0])
    word = transaction.sealer.open(password_box, _password_place(*place))
    settings = transaction.settings
    key = medium.public_key_of(settings.key_file.with_name(medium.KEY))
    try:
        manifest, inside = await asyncio.to_thread(medium_check.checked, found, word, key.read_bytes())
    except medium_check.Altered:
        raise Refused("medium_differs", DIFFERS, status=409) from None
    ours = await asyncio.to_thread(medium.composed, batch, place[1], settings.municipality_name)
    if manifest["archive"]["sha256"] != archive_sha256 or inside != ours:
        raise Refused("medium_differs", DIFFERS, status=409)
    return ours[medium.record_of(batch.number)]


async def receive(transaction: Transaction, access: Access, number: int, counts: Mapping[str, int]) -> dict[str, int]:
    """What the pension service counted (受領確認), by kind and mark: the difference list, their count less ours. Empty closes the batch."""
    issue = await _issue(transaction, number)
    if issue["dispatched_at"] is None:
        raise refused("closing_after_dispatch")
    if issue["closed_at"] is not None or issue["voided_at"] is not None:
        raise refused("issue_is_over")
    ours = (await _batch(transaction, number)).counts
    theirs = {place: count for place, count in counts.items() if count}
    found = {
        place: theirs.get(place, 0) - ours.get(place, 0)
        for place in sorted({*ours, *theirs})
        if theirs.get(place, 0) != ours.get(place, 0)
    }
    await transaction.fetch(QUERIES["received"], number, issue["number"], access.account, to_jsonb(theirs))
    await _say(transaction, access, (number, issue["number"]), "received", differences=found)
    if not found:
        async with lawful():
            await transaction.fetch(QUERIES["closed"], number, issue["number"])
        await _say(transaction, access, (number, issue["number"]), "closed")
    return found


async def void(transaction: Transaction, access: Access, number: int, reason: str, *, again: bool) -> None:
    """Declare an issue void: `again` makes the next one of the same content (再); else its items go into a later batch, if none was sent."""
    issue = await _issue(transaction, number)
    if not again and (await transaction.fetch(QUERIES["was_dispatched"], number))[0]["dispatched"]:
        raise Refused("was_dispatched", "発送した進達の内容は取り戻せません。再発行してください。", status=409)
    async with lawful():
        await transaction.fetch(QUERIES["voided"], number, issue["number"], access.account, reason)
    await _say(transaction, access, (number, issue["number"]), "voided", reason=reason)
    if again:
        await transaction.fetch(QUERIES["reissue"], number, issue["number"] + 1, access.account)
        await _say(transaction, access, (number, issue["number"] + 1), "reissued")
        return
    about = [row["addressee"] for row in await transaction.fetch(QUERIES["concerned"], number)]
    residents = await store.everybody(transaction, about)
    await store.recall(transaction, residents)  # their attempts are held in its order before one is changed out of it
    await transaction.fetch(QUERIES["give_back"], number, reason)
    await store.move_on(transaction, residents)


async def pull(transaction: Transaction, access: Access, addressee: int, item: str, reason: str) -> None:
    """Take an item out of what is pending, until it is put back."""
    async with lawful():
        if not await transaction.fetch(QUERIES["pull"], addressee, item, reason, access.account):
            raise Refused("not_pending", "この件は進達待ちではありません。", status=409, subjects=[addressee])
    await _moved(transaction, access, addressee, ItemPulled(item=item, by=access.account, reason=reason))


async def put_back(transaction: Transaction, access: Access, addressee: int, item: str) -> None:
    """Put an item back among what is pending."""
    if not await transaction.fetch(QUERIES["put_back"], addressee, item, access.account):
        raise Refused("not_pulled", "この件は取り下げられていません。", status=409, subjects=[addressee])
    await _moved(transaction, access, addressee, ItemPulled(item=item, by=access.account, back=True))


async def _moved(transaction: Transaction, access: Access, addressee: int, data: ItemPulled) -> None:
    await store.move_everybody_on(transaction, [addressee])
    now = dt.datetime.now(dt.UTC)
    subject = f"item-{addressee}"
    event_id = derived_id("transmittal", subject, f"{data.item}|{now.isoformat()}", 1)
    transaction.emit("transmittals", subject, event_id, "ItemPulled", to_json(data), Cause(now))
    await transaction.record_access([addressee], access, "transmittal.pull", ("filing",), "update")


async def appoint(
    transaction: Transaction, access: Access, account: str, duty: str, deputy_for: str | None,
    valid_from: dt.datetime, valid_until: dt.datetime | None,
) -> str:  # fmt: skip
    """Name who decides or permits, or a deputy; the same said by another person, not the one who is named, makes it hold."""
    account, deputy_for = account.lower(), deputy_for.lower() if deputy_for else None
    said = (deputy_for, valid_from, valid_until)
    rows = await transaction.fetch(QUERIES["appointment"], account, duty)
    before = rows[0] if rows else None
    await transaction.record_search(access, "transmittal.appoint", ("account",), "update")
    if before is None or (before["deputy_for"], before["valid_from"], before["valid_until"]) != said:
        await transaction.fetch(QUERIES["appoint"], account, duty, *said, access.account)
        return "proposed"
    if access.account.lower() in (before["proposed_by"].lower(), account):
        raise Refused("another_confirms", "別の者（本人以外）の確認が必要です。")
    await transaction.fetch(QUERIES["confirm_appointment"], account, duty, access.account)
    return "appointed"


def to_jsonb(counts: Mapping[str, int]) -> str:
    """Counts as PostgreSQL takes them."""
    return json.dumps(dict(counts), ensure_ascii=False)


def _password_place(batch: int, issue: int) -> str:
    return f"issue/{batch}/{issue}/password"


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
