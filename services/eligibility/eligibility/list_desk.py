"""Lists to take away (EUC): only on a ticket, at a designated terminal, with a mark on every row that says whose copy it is."""

import datetime as dt
import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from chassis.doors import Refused
from chassis.transaction import Access, Transaction
from contracts import wording
from contracts.doors.inquiry import ExportedList, ExportList
from contracts.purposes import PURPOSE_OF
from contracts.vocabulary import JST

from eligibility import store

TICKET = re.compile("TK-[A-Za-z0-9.-]{1,60}")
AT_MOST = 5_000
COLUMNS = {
    "hints": ("宛名番号", "年月日", "内容", "期限", "出力"),
    "reception": ("宛名番号", "受付年月日", "届出", "状態", "出力"),
}


async def export(transaction: Transaction, access: Access, body: ExportList) -> ExportedList:
    """The rows of a list, each marked; a ledger of exports knows the mark."""
    if not TICKET.fullmatch(access.case):
        raise Refused("ticket_missing", "一覧の出力には、承認された依頼の番号（TK-…）が必要です。")
    more: tuple[Any, ...] = ([], list(PURPOSE_OF), None, None, None) if body.list == "reception" else ()
    query = store.QUERIES["book" if body.list == "reception" else "hints"]
    found = await transaction.fetch(query, body.since, body.until, *more, AT_MOST + 1)
    if len(found) > AT_MOST:
        raise Refused("too_many", f"一度に出力できるのは{AT_MOST:,}件までです。期間を短くしてください。", status=409)
    if body.list == "hints":
        found = sorted(found, key=lambda row: (row["on"], row["addressee"], row["hint"]))
    number = (await transaction.fetch(store.QUERIES["next_export"]))[0]["number"]
    by = f"{access.account} {access.terminal} {dt.datetime.now(JST):%Y-%m-%d}"
    rows = tuple(
        (str(row["addressee"]), *_words(body.list, row), f"{number}-{line} {by}") for line, row in enumerate(found, 1)
    )
    digest = hashlib.sha256(json.dumps(rows, ensure_ascii=False).encode()).hexdigest()
    given = number, body.list, access.case, access.account, access.terminal, len(rows), digest
    await transaction.fetch(store.QUERIES["exported"], *given)
    await transaction.record_search(access, f"lists.{body.list}", ("addressee", body.list), "export")
    persons = sorted({row["addressee"] for row in found})
    await transaction.record_access(persons, access, f"lists.{body.list}", ("addressee", body.list), "export")
    return ExportedList(number=number, columns=COLUMNS[body.list], rows=rows, sha256=digest)


def _words(name: str, row: Mapping[str, Any]) -> tuple[str, str, str]:
    if name == "hints":
        return str(row["on"]), wording.HINTS[row["hint"]][0], str(row["due_on"] or "")
    return str(row["received_on"]), wording.KINDS[row["kind"]][0], wording.STATES[row["state"]][0]
