"""Counts of filings by kind, office and channel, for the ward's returns (事務費交付金の報告), added up against the reception book; lists to take
away (EUC)."""

import csv
import datetime as dt
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from contracts import wording
from contracts.doors.counter import AskCounts, CountLine, Counts
from contracts.doors.inquiry import ExportList
from contracts.members import in_words
from starlette.responses import Response

from console import asked
from console.screens import common
from console.web import CASE, Refusal, Screen, Visit, made

LISTS = {"hints": "お知らせ（住民異動などから）", "reception": "受付処理簿"}
Table = dict[tuple[str, str, str], Counter[str]]
"""By kind, office and channel: how many of each state."""


async def counts(visit: Visit) -> Response:
    """Of a month, or of a fiscal year; as a table, or as CSV to go on with."""
    query = visit.request.query_params
    today = await common.today(visit)
    since, until = _days(query.get("of", ""), today)
    found: list[Counts] = [
        await visit.ask(asked.COUNTS, made(AskCounts, since=since, until=until), purpose) for purpose in common.PURPOSES
    ]
    lines = [line for one in found for line in one.counts]
    table = _table(lines)
    if query.get("as") == "csv":
        return _csv(visit, table, f"{since}-{until}")
    counted = sum(line.count for line in lines)
    return visit.page(
        "counts.html",
        table=sorted(table.items()),
        states=list(wording.STATES.items()),
        wording=wording,
        channel=lambda code: in_words("channel", code),
        counted=counted,
        lines=sum(one.lines for one in found),
        most=max((states.total() for states in table.values()), default=1),
        of=query.get("of", "") or f"{today:%Y-%m}",
        periods=_periods(today),
        since=since,
        until=until,
    )


def _table(lines: Iterable[CountLine]) -> Table:
    table: Table = {}
    for line in lines:
        table.setdefault((line.kind, line.office, line.channel), Counter())[line.state] += line.count
    return table


def _days(of: str, today: dt.date) -> tuple[dt.date, dt.date]:
    """First and last day of a month (2026-11) or of a fiscal year (2026-FY); of this month without one."""
    try:
        year, _, part = (of or f"{today:%Y-%m}").partition("-")
        if part == "FY":
            return dt.date(int(year), 4, 1), dt.date(int(year) + 1, 3, 31)
        first = dt.date(int(year), int(part), 1)
        return first, (first + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)
    except (ValueError, OverflowError):
        raise Refusal("no_period", "期間を選んでください。", 422) from None


def _periods(today: dt.date) -> list[tuple[str, str]]:
    """The last thirteen months and two fiscal years: what is asked for, and how it is called."""
    months, first = [], today.replace(day=1)
    for _ in range(13):
        months.append((f"{first:%Y-%m}", f"{first:%Y-%m}"))
        first = (first - dt.timedelta(days=1)).replace(day=1)
    fiscal = today.year if today.month >= 4 else today.year - 1
    return [*months, *((f"{year}-FY", f"{year}年度") for year in (fiscal, fiscal - 1))]


def _csv(visit: Visit, table: Table, of: str) -> Response:
    rows: list[Sequence[Any]] = [("届出", "窓口", "方法", *(pair[0] for pair in wording.STATES.values()), "計")]
    for (kind, office, channel), states in sorted(table.items()):
        named = visit.desk.offices.get(office, office)
        numbers = [states[state] for state in wording.STATES]
        rows.append((wording.KINDS[kind][0], named, in_words("channel", channel), *numbers, sum(numbers)))
    return _file(rows, f"counts-{of}")


def _file(rows: Iterable[Sequence[Any]], name: str) -> Response:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    told = {"content-disposition": f'attachment; filename="{name}.csv"'}
    return Response("\ufeff" + text.getvalue(), media_type="text/csv; charset=utf-8", headers=told)


async def export(visit: Visit) -> Response:
    """A list to take away (EUC): on a ticket, at a designated terminal; each row bears the mark of this export."""
    if visit.request.method == "POST":
        days = {"since": common.day_of(visit, "since"), "until": common.day_of(visit, "until")}
        wanted = made(ExportList, list=visit.typed("list"), **days)
        found = await visit.ask(asked.EXPORT_LIST, wanted, "status", visit.typed("ticket") or CASE)
        return _file((found.columns, *found.rows), f"list-{found.number}")
    return visit.page("export.html", lists=LISTS, today=await common.today(visit))


SCREENS = (
    Screen("/counts", "book.look", common.COUNTER, counts, title="件数"),
    Screen("/export", "lists.export", frozenset({"list-clerk"}), export, ("GET", "POST"), title="一覧の出力"),
)
