"""The desk of the income requests: a list is let in whole or refused whole, its people are looked for, and it is answered row by row.

Each step is its own transaction and can be repeated: what was done is found done.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Literal
from uuid import uuid5

import asyncpg
from chassis import database
from chassis.doors import Refused as NotPossible
from chassis.transaction import Access, Cause, Transaction, to_json
from contracts.doors import AT_MOST
from contracts.doors.registry import Match, MatchRow
from contracts.envelope import NAMESPACE
from contracts.events.income import IncomeAnswered, TaxAssessed
from contracts.events.notice import IncomeRequested
from contracts.fixed_file import Finding, Refused, Writer, read
from contracts.vocabulary import JST

from tax_income.request_layouts import KINDS, REQUEST, Kind, answer_layout
from tax_income.requests import Accounts, Member, Request, Row, Status, accepted, accounts, answer, match_row, status
from tax_income.store import QUERIES

Matcher = Callable[[Sequence[MatchRow]], Awaitable[Sequence[Match]]]
"""Asks registry-sync who is meant."""
PAGE = 5_000
"""Rows of an answer that are put together at once."""


async def let_in(
    transaction: Transaction, access: Access, content: bytes, number: str, kind: Kind, basis: str
) -> Request:
    """Let a list in. Refused names everything that is wrong with it, and nothing of it is kept."""
    if basis != KINDS[kind].basis:
        raise Refused([Finding(0, "basis", f"the legal basis of this kind: {KINDS[kind].basis}")])
    file = read(REQUEST, content)
    request = accepted(file, number, kind, transaction.settings.municipality)
    await transaction.fetch(QUERIES["lock_request"], number)
    sha256 = hashlib.sha256(content).hexdigest()
    if await transaction.fetch(QUERIES["imported_before"], number, sha256):
        raise Refused([Finding(0, None, "this number, or this very file, was let in before")])
    await transaction.fetch(
        QUERIES["import_request"], number, kind, basis, request.income_year, request.base_date, request.made_on,
        request.due_on, len(file.rows), sha256, access.account,
    )  # fmt: skip
    seal = transaction.sealer.seal
    records = [(number, row["line"], seal(_boxed(row), f"request/{number}/{row['line']}")) for row in file.rows]
    await transaction.connection.copy_records_to_table(
        "request_row", columns=("request", "line", "box"), records=records
    )
    await transaction.record_search(access, "income-requests.import", ("list",))
    return request


async def refuse(transaction: Transaction, access: Access, content: bytes, number: str, refused: Refused) -> None:
    """Keep that a list was refused, and why; nothing of its content."""
    findings = [str(finding) for finding in refused.findings]
    sha256 = hashlib.sha256(content).hexdigest()
    await transaction.fetch(QUERIES["refuse_request"], number, sha256, findings, access.account)
    await transaction.record_refusal([], access, "income-requests.import")


def _boxed(row: Any) -> bytes:
    return json.dumps({**row, "birth_date": row["birth_date"].isoformat()}, ensure_ascii=False).encode()


def _unboxed(transaction: Transaction, request: str, row: asyncpg.Record) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(transaction.sealer.open(row["box"], f"request/{request}/{row['line']}"))
    return values | {"birth_date": dt.date.fromisoformat(values["birth_date"])}


async def request_of(transaction: Transaction, number: str) -> asyncpg.Record:
    """The head of a list. NotPossible where there is none."""
    rows = await transaction.fetch(QUERIES["request"], number)
    if not rows:
        raise NotPossible("no_such_request", "この番号の依頼はありません。", status=404)
    return rows[0]


async def look_for(transaction: Transaction, access: Access, number: str, matcher: Matcher) -> int:
    """Look for the people of the next rows; how many rows it were, 0 = all were looked for, or are being.

    Several may look at once: each has rows of its own.
    """
    request = await request_of(transaction, number)
    waiting = await transaction.fetch(QUERIES["rows_to_look_for"], number, AT_MOST)
    if not waiting:
        return 0
    rows = [_unboxed(transaction, number, row) for row in waiting]
    numbers = sorted({f"{row['basic_pension_number']:010d}" for row in rows if row["basic_pension_number"]})
    owners = {r["basic_pension_number"]: r["addressee"] for r in await transaction.fetch(QUERIES["numbered"], numbers)}
    asked = [match_row(row, owners.get(f"{row['basic_pension_number']:010d}")) for row in rows]
    matches = await matcher(asked)
    found: list[tuple[Any, ...]] = [
        (one.line, one.outcome, one.addressee, json.dumps(one.candidates), json.dumps(one.evidence)) for one in matches
    ]
    await transaction.fetch(QUERIES["matched"], number, *database.columns(found, 5))
    told = [(one.line, one.addressee) for one in matches if one.addressee is not None]
    persons = sorted({who for _, who in told})
    known = await _known(transaction, request, persons) if request["kind"] != "continued_review" else {}
    for line, addressee in told:
        if addressee not in known or not known[addressee]:
            _tell(transaction, request, line, addressee)
    await transaction.record_access(persons, access, "income-requests.match", ("list",))
    return len(waiting)


async def _known(transaction: Transaction, request: asyncpg.Record, persons: Sequence[int]) -> dict[int, bool]:
    """Whether a person is inside the scope, with an assessment of the year: then nothing is to be asked for."""
    rows = await transaction.fetch(QUERIES["newest_assessments"], persons, request["income_year"] + 1)
    return {row["person"]: row["inside"] and row["data"] is not None for row in rows}


def _tell(transaction: Transaction, request: asyncpg.Record, line: int, addressee: int) -> None:
    """That the pension service asks about somebody is a notice: eligibility reviews what is to be reviewed, and the incomes are wanted."""
    data = IncomeRequested(request=request["number"], income_year=request["income_year"], purpose=request["kind"])
    event_id = str(uuid5(NAMESPACE, f"income-request|{request['number']}|{line}|{addressee}"))
    cause = Cause(dt.datetime.combine(request["made_on"], dt.time(12), JST))
    transaction.emit(
        "pension-service-notices",
        str(addressee),
        event_id,
        "IncomeRequested",
        to_json(data),
        cause,
        legalbasis=request["basis"],
    )


async def settle(
    transaction: Transaction, access: Access, number: str, line: int, addressee: int | None
) -> Literal["proposed", "settled"]:
    """A person says who is meant by a row, or that nobody is (None); another one says the same: then it holds."""
    request = await request_of(transaction, number)
    rows = await transaction.fetch(QUERIES["row_to_settle"], number, line)
    if not rows or rows[0]["outcome"] not in ("ambiguous", "none") or rows[0]["confirmed_by"] is not None:
        raise NotPossible("nothing_to_settle", f"{number} の{line}行は、確認を要する行ではありません。", status=409)
    subjects = [addressee] if addressee is not None else []
    before = rows[0]
    if before["settled_by"] is None or before["settled_to"] != addressee:
        await transaction.fetch(QUERIES["propose"], number, line, access.account, addressee)
        state: Literal["proposed", "settled"] = "proposed"
    elif before["settled_by"] == access.account:
        raise NotPossible("same_person", "提案した人とは別の人が確認します。", subjects=subjects)
    else:
        await transaction.fetch(QUERIES["confirm"], number, line, access.account)
        if addressee is not None:
            _tell(transaction, request, line, addressee)
        state = "settled"
    await transaction.record_access(subjects, access, "income-requests.settle", ("list",), "update")
    if not subjects:
        await transaction.record_search(access, "income-requests.settle", ("list",))
    return state


async def answered(transaction: Transaction, access: Access, number: str) -> tuple[Accounts, bytes]:
    """The answer: one row for each of the list. Told once; made again, the same bytes. NotPossible while people are still looked for."""
    request = await request_of(transaction, number)
    await transaction.fetch(QUERIES["lock_request"], number)
    if (await transaction.fetch(QUERIES["anybody_waiting"], number))[0]["waiting"]:
        raise NotPossible("people_waiting", f"{number} の対象者の照合が終わっていません。", status=409)
    layout = answer_layout(request["kind"])
    writer = Writer(
        layout,
        {
            "layout": layout.name, "municipality": transaction.settings.municipality, "kind": KINDS[request["kind"]].code,
            "number": number, "made_on": request["made_on"], "income_year": request["income_year"], "base_date": request["base_date"],
        },
    )  # fmt: skip
    statuses: list[Status] = []
    today = (await transaction.query("business_day"))[0]["business_day"] or dt.datetime.now(JST).date()
    last = 0
    while page := await transaction.fetch(QUERIES["rows_to_answer"], number, last, PAGE):
        last = page[-1]["line"]
        rows = await _filled(transaction, request, page)
        told = [(row, status(row)) for row in rows]
        writer.add(answer(request["kind"], row) for row in rows)
        statuses += [said for _, said in told]
        await transaction.fetch(QUERIES["answered_rows"], number, *database.columns([(r.line, s) for r, s in told], 2))
        before = {row["line"]: row["status"] for row in page}
        for row, said in told:
            if row.addressee is not None and said not in ("no_match", before[row.line]):
                _say(transaction, request, row.line, row.addressee, said, today)
        about = sorted({row.addressee for row, said in told if row.addressee is not None and said != "withheld"})
        await transaction.record_access(about, access, "income-requests.answer", ("income", "household"), "export")
        await transaction.send()
    counted = accounts(statuses, request["rows"])
    if not counted.agree:
        raise RuntimeError(f"the answer to {number} does not account for every row")
    content = writer.content()
    await transaction.fetch(QUERIES["answered"], number, access.account, hashlib.sha256(content).hexdigest())
    return counted, content


async def _filled(transaction: Transaction, request: asyncpg.Record, page: Sequence[asyncpg.Record]) -> list[Row]:
    """The rows of a page with what is known of their people and households on the base date."""
    persons = sorted({row["addressee"] for row in page if row["addressee"] is not None})
    around: dict[int, list[tuple[int, str]]] = {}
    protected = set()
    for row in await transaction.fetch(QUERIES["around_on"], persons, request["base_date"]):
        around.setdefault(row["person"], []).append((row["addressee"], row["relation"]))
        if row["protected"]:
            protected.add(row["person"])
    everybody = sorted({*persons, *(mate for mates in around.values() for mate, _ in mates)})
    known = {
        row["person"]: row
        for row in await transaction.fetch(QUERIES["newest_assessments"], everybody, request["income_year"] + 1)
    }

    told = {
        number: None if row["data"] is None else TaxAssessed.model_validate_json(row["data"])
        for number, row in known.items()
    }
    rows = []
    for row in page:
        who, boxed = row["addressee"], _unboxed(transaction, request["number"], row)
        if who is None:
            rows.append(Row(row["line"], boxed["basic_pension_number"], row["outcome"]))
            continue
        mates = sorted(around.get(who, ()))
        ours = next((relation for mate, relation in mates if mate == who), "")
        household = tuple(Member(_relation(ours, relation), told[mate]) for mate, relation in mates if mate != who)
        rows.append(
            Row(
                line=row["line"],
                basic_pension_number=boxed["basic_pension_number"],
                outcome="match",
                addressee=who,
                inside=known[who]["inside"],
                protected=who in protected,
                own=Member("self", told[who]),
                household=household,
            )
        )
    return rows


def _relation(ours: str, theirs: str) -> Any:
    """What a member of the household is to the person: the householder, the spouse, or somebody else."""
    if {ours, theirs} == {"householder", "spouse"}:
        return "spouse"
    return "householder" if theirs == "householder" else "other"


def _say(
    transaction: Transaction, request: asyncpg.Record, line: int, addressee: int, said: Status, today: dt.date
) -> None:
    assert said != "no_match"
    data = IncomeAnswered(
        request=request["number"], line=line, income_year=request["income_year"], outcome=said, answered_on=today
    )
    event_id = str(uuid5(NAMESPACE, f"income-answer|{request['number']}|{line}|{addressee}|{said}"))
    cause = Cause(dt.datetime.combine(today, dt.time(12), JST))
    transaction.emit(
        "income-answers", str(addressee), event_id, "IncomeAnswered", to_json(data), cause, legalbasis=request["basis"]
    )
