"""The doors of the income requests (所得情報提供依頼), for the desk's work list."""

import json
from collections.abc import Sequence

from chassis.calls import CallFailed, Calls
from chassis.doors import Refused
from chassis.transaction import Access, Transaction
from contracts.doors.income_requests import (
    AnswerIncomeRequest,
    AskIncomeRequests,
    AskOpenRows,
    ImportIncomeRequest,
    IncomeRequestAnswered,
    IncomeRequestImported,
    IncomeRequestNamed,
    IncomeRequestShown,
    IncomeRequestsShown,
    OpenRow,
    OpenRows,
    RowSettled,
    RowsLookedFor,
    SettleRow,
)
from contracts.doors.registry import AskMatches, Match, Matches, MatchRow
from contracts.fixed_file import Refused as FileRefused
from contracts.vocabulary import JST

from tax_income import request_desk
from tax_income.store import QUERIES


async def every(transaction: Transaction, access: Access, body: AskIncomeRequests) -> IncomeRequestsShown:
    """Every list, the most urgent first."""
    rows = await transaction.fetch(QUERIES["requests"])
    today = (await transaction.query("business_day"))[0]["business_day"]
    await transaction.record_search(access, "income-requests", ("list",))
    shown = []
    for row in rows:
        until = row["answered_at"].astimezone(JST).date() if row["answered_at"] else today
        told = {name: value for name, value in row.items() if name != "made_on"}
        shown.append(IncomeRequestShown(**told, overdue=until is not None and row["due_on"] < until))
    return IncomeRequestsShown(requests=tuple(shown))


async def let_in(transaction: Transaction, access: Access, body: ImportIncomeRequest) -> IncomeRequestImported:
    """A list is let in whole, or refused whole with every reason, which is kept."""
    try:
        await request_desk.let_in(transaction, access, body.content, body.number, body.kind, body.basis)
    except FileRefused as refused:
        await request_desk.refuse(transaction, access, body.content, body.number, refused)
        return IncomeRequestImported(findings=tuple(str(one) for one in refused.findings))
    return IncomeRequestImported(rows=(await request_desk.request_of(transaction, body.number))["rows"])


async def look_for(transaction: Transaction, access: Access, body: IncomeRequestNamed) -> RowsLookedFor:
    """Looks for the people of the next rows."""
    await request_desk.request_of(transaction, body.number)
    try:
        async with Calls(transaction.settings, "registry-sync") as registry:

            async def matcher(rows: Sequence[MatchRow]) -> Sequence[Match]:
                return (await registry.post("/addressees/match", AskMatches(rows=tuple(rows)), Matches, access)).matches

            found = await request_desk.look_for(transaction, access, body.number, matcher)
    except CallFailed:
        raise Refused("register_silent", "住民情報に接続できません。", status=503) from None
    if not found:
        await transaction.record_search(access, "income-requests.match", ("list",))
    return RowsLookedFor(rows=found)


async def still_open(transaction: Transaction, access: Access, body: AskOpenRows) -> OpenRows:
    """The rows for which nobody, or more than one, was found: a person's work list."""
    await request_desk.request_of(transaction, body.number)
    rows = await transaction.fetch(QUERIES["open_rows"], body.number)
    shown = sorted({one for row in rows for one in row["candidates"]})
    await transaction.record_access(shown, access, "income-requests.unmatched", ("addressee",))
    if not shown:
        await transaction.record_search(access, "income-requests.unmatched", ("addressee",))
    return OpenRows(
        rows=tuple(OpenRow(**{**row, "evidence": json.loads(row["evidence"] or "{}")}) for row in map(dict, rows))
    )


async def settle(transaction: Transaction, access: Access, body: SettleRow) -> RowSettled:
    """Who is meant by a row; two people say the same."""
    state = await request_desk.settle(transaction, access, body.number, body.line, body.addressee)
    return RowSettled(state=state)


async def answer(transaction: Transaction, access: Access, body: AnswerIncomeRequest) -> IncomeRequestAnswered:
    """The answer, with its account: in = answered + unmatched + withheld."""
    try:
        counted, content = await request_desk.answered(transaction, access, body.number)
    except FileRefused:
        raise Refused("not_writable", "回答に書けない値があります。運用担当に知らせてください。", status=409) from None
    return IncomeRequestAnswered(**counted.__dict__, content=content)
