"""The desk of a person's own rights (開示・訂正・利用停止の請求、問合せ): registered, extended once, decided by another person; the draft of a disclosure."""

import datetime as dt

import asyncpg
from chassis.calls import CallFailed, Calls
from chassis.doors import Refused
from chassis.transaction import Access, Transaction
from contracts.doors.incomes import AskHeldIncomes, HeldIncomes
from contracts.doors.log import Accesses, AskAccesses
from contracts.doors.registry import Addressees, AskAddressees
from contracts.doors.rights import (
    AskRequests,
    DecideRequest,
    Disclosure,
    ExtendRequest,
    RegisterRequest,
    RequestNamed,
    Requests,
    RequestShown,
)
from contracts.doors.transmittal import AskReported, Reported
from contracts.vocabulary import JST
from prometheus_client import Gauge

from eligibility import record_desk, rights, store
from eligibility.inquiry import SIGHTS, line_of, visible

OVERDUE = Gauge("kokunen_rights_requests_overdue", "Requests about a person's own records that nobody decided in time")


async def register(transaction: Transaction, access: Access, body: RegisterRequest) -> RequestShown:
    """A request came in, under the number that another department gave it."""
    due = rights.due_on(body.kind, body.received_on)
    note = transaction.sealer.seal(body.note.encode(), _place(body.number, "note"))
    given = body.number, body.kind, body.addressee, body.received_on, due, note, access.account
    if not await transaction.fetch(store.QUERIES["register_request"], *given):
        raise Refused("registered_already", "この番号の請求は登録済みです。", status=409, subjects=[body.addressee])
    await transaction.record_access([body.addressee], access, "rights.register", ("request",), "register")
    return await _shown(transaction, body.number)


async def extend(transaction: Transaction, access: Access, body: ExtendRequest) -> RequestShown:
    """Once, by as many days as the law lets."""
    row = await _open(transaction, body.number)
    if row["extension"] is not None or rights.DEADLINES[row["kind"]].extension == 0:
        raise Refused("not_extensible", "期限は延長できません。", status=409, subjects=[row["addressee"]])
    due = rights.due_on(row["kind"], row["received_on"], extended=True)
    await transaction.fetch(store.QUERIES["extend_request"], body.number, due, access.account, body.reason)
    await transaction.record_access([row["addressee"]], access, "rights.extend", ("request",), "update")
    return await _shown(transaction, body.number)


async def decide(transaction: Transaction, access: Access, body: DecideRequest) -> RequestShown:
    """How it ended. Another person than who registered it decides; a question is answered by anybody."""
    row = await _open(transaction, body.number)
    if row["kind"] != "inquiry" and row["registered_by"].lower() == access.account.lower():
        raise Refused("same_person", "決定は、登録した者とは別の者が行います。", subjects=[row["addressee"]])
    if (body.outcome == "answered") != (row["kind"] == "inquiry") and body.outcome != "withdrawn":
        raise Refused("other_outcome", "請求の種類に合わない結果です。", status=409, subjects=[row["addressee"]])
    answer = transaction.sealer.seal(body.note.encode(), _place(body.number, "answer"))
    given = body.number, body.outcome, access.account, await _today(transaction), answer
    await transaction.fetch(store.QUERIES["decide_request"], *given)
    await transaction.record_access([row["addressee"]], access, "rights.decide", ("request",), "update")
    return await _shown(transaction, body.number)


async def requests(transaction: Transaction, access: Access, body: AskRequests) -> Requests:
    """Requests that are open, the most urgent first."""
    rows = await transaction.fetch(store.QUERIES["requests"], body.decided)
    today = await _today(transaction)
    await transaction.record_search(access, "rights.list", ("request",))
    await transaction.record_access(sorted({row["addressee"] for row in rows}), access, "rights.list", ("request",))
    return Requests(requests=tuple(_as_shown(row, today) for row in rows))


async def disclosure(transaction: Transaction, access: Access, body: RequestNamed) -> Disclosure:
    """Everything held about the person of a request for disclosure, as a draft; what is withheld says why."""
    request = await _open(transaction, body.number)
    who = request["addressee"]
    if request["kind"] != "disclosure":
        raise Refused("no_disclosure", "開示請求ではありません。", status=409, subjects=[who])
    try:
        async with (
            Calls(transaction.settings, "registry-sync") as registry,
            Calls(transaction.settings, "tax-income") as tax_income,
            Calls(transaction.settings, "transmittal") as transmittal,
            Calls(transaction.settings, "audit") as audit,
        ):
            named = await registry.post("/addressees", AskAddressees(addressees=(who,)), Addressees, access)
            incomes = await tax_income.post("/incomes/held", AskHeldIncomes(addressee=who), HeldIncomes, access)
            reported = await transmittal.post("/reported", AskReported(addressee=who), Reported, access)
            whole = dt.datetime(2000, 1, 1, tzinfo=JST), dt.datetime(2100, 1, 1, tzinfo=JST)
            asked = AskAccesses(person=who, since=whole[0], until=whole[1], at_most=10_000)
            used = await audit.post("/accesses", asked, Accesses, access)
    except CallFailed:
        raise Refused(
            "not_available", "他の機能が応答しません。後でやり直してください。", status=503, subjects=[who]
        ) from None
    sheet = await transaction.fetch(store.QUERIES["sheet"], who)
    said = [line for row in sheet if (line := line_of(row, str(row["event_id"])))]
    lines = visible(said, SIGHTS["disclosure"], None)
    facts = store.read_facts(await transaction.fetch(store.QUERIES["facts_of"], [who]))
    await transaction.record_access([who], access, "rights.disclosure", ("everything",), "export")
    return Disclosure(
        number=body.number,
        addressee=who,
        made_on=await _today(transaction),
        parts=(
            rights.register_part(named.addressees[0]),
            rights.income_part(incomes.incomes),
            rights.statement_part(lines),
            rights.event_part(facts),
            rights.note_part(await record_desk.told_of(transaction, who)),
            rights.recipient_part(lines, reported.items),
            rights.access_part(used.accesses, more=used.more),
        ),
        withheld=rights.withheld(named.addressees[0]),
    )


async def measure(pool: asyncpg.Pool) -> None:
    """How many requests are overdue."""
    OVERDUE.set(await pool.fetchval(store.QUERIES["requests_overdue"]))


async def _today(transaction: Transaction) -> dt.date:
    day: dt.date | None = (await transaction.query("business_day"))[0]["business_day"]
    return day or dt.datetime.now(JST).date()


async def _open(transaction: Transaction, number: str) -> asyncpg.Record:
    rows = await transaction.fetch(store.QUERIES["request"], number)
    if not rows:
        raise Refused("no_such_request", "この番号の請求はありません。", status=404)
    if rows[0]["outcome"] is not None:
        raise Refused("decided_already", "この請求は決定済みです。", status=409, subjects=[rows[0]["addressee"]])
    return rows[0]


async def _shown(transaction: Transaction, number: str) -> RequestShown:
    row = (await transaction.fetch(store.QUERIES["request"], number))[0]
    return _as_shown(row, await _today(transaction))


def _as_shown(row: asyncpg.Record, today: dt.date) -> RequestShown:
    given = dict(row)
    extended = given.pop("extension") is not None
    return RequestShown(**given, extended=extended, overdue=row["outcome"] is None and row["due_on"] < today)


def _place(number: str, what: str) -> str:
    return f"rights_request/{number}/{what}"
