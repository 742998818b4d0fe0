"""The desk of the income requests (所得情報提供依頼): lists of the pension service, the rows that a person must settle, the answers."""

import time
from typing import get_args

from contracts import wording
from contracts.doors.income_requests import (
    BASES,
    AnswerIncomeRequest,
    AskIncomeRequests,
    AskOpenRows,
    ImportIncomeRequest,
    IncomeRequestKind,
    IncomeRequestNamed,
    SettleRow,
)
from starlette.datastructures import UploadFile
from starlette.responses import Response

from console import asked
from console.screens import common
from console.web import Refusal, Screen, Visit, made

CLERKS = frozenset({"request-clerk"})
AFFAIR = "income-request"
LOOKS_SECONDS = 10.0
MAX_LIST = 48 * 1024 * 1024
EVIDENCE = {"agrees": "一致", "formerly": "以前の記録と一致", "differs": "不一致"}
IDENTIFIERS = {
    "birth_date": "生年月日",
    "name": "氏名",
    "kana": "フリガナ",
    "sex": "性別",
    "address": "住所",
    "number": "基礎年金番号",
}


async def requests(visit: Visit) -> Response:
    """Every list and how far it is; a list is let in, its people are looked for, it is answered."""
    findings: tuple[str, ...] = ()
    if visit.request.method == "POST":
        number = visit.typed("number")
        match visit.typed("do"):
            case "import" if visit.typed("kind") in get_args(IncomeRequestKind):
                file = visit.form.get("list")
                if not isinstance(file, UploadFile) or not file.filename:
                    raise Refusal("no_files", "ファイルを選んでください。", 422)
                kind: IncomeRequestKind = visit.typed("kind")  # type: ignore[assignment]
                body = made(ImportIncomeRequest, number=number, kind=kind, basis=BASES[kind], content=await file.read())
                findings = (await visit.ask(asked.IMPORT_REQUEST, body, AFFAIR)).findings
            case "match":
                named = made(IncomeRequestNamed, number=number)
                ends = time.monotonic() + LOOKS_SECONDS  # then the page says how far it is, and its button goes on
                while (await visit.ask(asked.MATCH_REQUEST, named, AFFAIR, number)).rows and time.monotonic() < ends:
                    pass
            case "answer":
                answer = made(AnswerIncomeRequest, number=number)
                given = await visit.ask(asked.ANSWER_REQUEST, answer, AFFAIR, number)
                return common.document({f"{number}-answer.dat": given.content}, f"{number}-answer")
            case _:
                raise Refusal("no_such_step", "選んだ操作が分かりません。", 422)
        if not findings:
            return visit.goto("/income-requests")
    found = (await visit.ask(asked.INCOME_REQUESTS, AskIncomeRequests(), AFFAIR)).requests
    return visit.page(
        "income_requests.html", 422 if findings else 200, requests=found, wording=wording, findings=findings
    )


async def open_rows(visit: Visit) -> Response:
    """Rows for which nobody, or more than one, was found: one person says who is meant, another says the same."""
    number = visit.request.path_params["number"]
    if visit.request.method == "POST":
        body = made(
            SettleRow,
            number=number,
            line=common.number_of(visit, "line"),
            addressee=common.number_of(visit, "addressee") if visit.typed("addressee") else None,
        )
        await visit.ask(asked.SETTLE_ROW, body, AFFAIR, number)
        return visit.goto(f"/income-requests/{number}")
    rows = (await visit.ask(asked.OPEN_ROWS, made(AskOpenRows, number=number), AFFAIR, number)).rows
    known = await common.names(visit, [one for row in rows for one in row.candidates], AFFAIR)
    return visit.page(
        "open_rows.html", number=number, rows=rows, known=known, evidence=EVIDENCE, identifiers=IDENTIFIERS
    )


SCREENS = (
    Screen(
        "/income-requests",
        "income-requests",
        CLERKS,
        requests,
        ("GET", "POST"),
        title="所得情報提供依頼",
        at_most=MAX_LIST,
        files=1,
    ),
    Screen("/income-requests/{number}", "income-requests", CLERKS, open_rows, ("GET", "POST")),
)
