"""Counts of filings by kind, office and channel, for the ward's returns (事務費交付金の報告), added up against the reception book."""

import csv
import datetime as dt
import io
from collections import Counter
from collections.abc import Iterable

from contracts import wording
from contracts.doors.counter import AskCounts, CountLine, Counts
from contracts.members import in_words
from starlette.responses import Response

from console import asked
from console.screens import common
from console.web import Refusal, Screen, Visit, made

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
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(("届出", "窓口", "方法", *(pair[0] for pair in wording.STATES.values()), "計"))
    for (kind, office, channel), states in sorted(table.items()):
        named = visit.desk.offices.get(office, office)
        numbers = [states[state] for state in wording.STATES]
        rows.writerow((wording.KINDS[kind][0], named, in_words("channel", channel), *numbers, sum(numbers)))
    told = {"content-disposition": f'attachment; filename="counts-{of}.csv"'}
    return Response("\ufeff" + text.getvalue(), media_type="text/csv; charset=utf-8", headers=told)


SCREENS = (Screen("/counts", "book.look", common.COUNTER, counts, title="件数"),)
