"""Today's work: what waits for somebody, what the register's changes suggest, who reaches an age, whose drafts lie about."""

import asyncio
import datetime as dt
from collections import Counter

from contracts import wording
from contracts.doors.counter import AskCounts, AskHints, AskMilestones, AskReviewed
from contracts.doors.papers import AskOpenDeliveryRows
from contracts.purposes import PURPOSES
from contracts.vocabulary import Month
from starlette.responses import Response

from console import ticks
from console.asked import COUNTS, HINTS, MILESTONES, OPEN_DELIVERY_ROWS, REVIEWED
from console.screens import common
from console.store import QUERIES
from console.web import Screen, Visit

LOOK_BACK, MONTH, LOOK_AHEAD = dt.timedelta(days=90), dt.timedelta(days=30), dt.timedelta(days=7)
SHOWN = 20
"""Lines of a list on this page; the rest is counted."""
AGES = {
    "age20": ("20歳到達（資格取得）", "turns 20"),
    "age60": ("60歳到達（資格喪失）", "turns 60"),
    "voluntary_ends": ("任意加入の終了（65歳到達）", "voluntary membership ends at 65"),
    "special_voluntary_ends": ("特例任意加入の終了（70歳到達）", "special voluntary membership ends at 70"),
    "deferral_age": ("納付猶予の年齢到達", "age limit of deferral"),
}


async def today(visit: Visit) -> Response:
    """Counts and the most urgent lines; each leads to its list."""
    if visit.request.method == "POST":
        await ticks.turn(visit)
        return visit.goto("/")
    day, office = await common.today(visit), common.office_of(visit, visit.office)
    asked = AskCounts(since=day - LOOK_BACK, until=day, office=office)
    found, hinted = await asyncio.gather(
        asyncio.gather(*(visit.ask(COUNTS, asked, one) for one in common.PURPOSES)),
        visit.ask(HINTS, AskHints(since=day - MONTH, until=day, at_most=5 * SHOWN), "status"),
    )
    drafts = await visit.desk.pool.fetch(QUERIES["drafts"], visit.session.account)
    lines = {ticks.line_of(visit, "hint", one.addressee, one.hint, one.on): one for one in hinted.hints}
    done = await ticks.ticked(visit, lines)
    every = visit.request.query_params.get("done") == "1"
    open_lines = [(line, one) for line, one in lines.items() if every or line not in done]
    hints = [one for _, one in open_lines[:SHOWN]]
    known = await common.names(visit, [one.addressee for one in hints], "status")
    return visit.page(
        "today.html",
        day=day,
        since=day - LOOK_BACK,
        office=office,
        books=[(purpose, PURPOSES[purpose].title, one) for purpose, one in zip(common.PURPOSES, found, strict=True)],
        hints=[
            (one, known.get(one.addressee), _person(visit, known.get(one.addressee)), line, done.get(line))
            for line, one in open_lines[:SHOWN]
        ],
        more_hints=len(open_lines) - len(hints),
        even_more=hinted.more,
        done=len(done),
        every=every,
        drafts=len(drafts),
        wording=wording,
    )


def _person(visit: Visit, who: common.Name | None, purpose: str = "status") -> str | None:
    if who is None or who.birth_date is None:
        return None
    return visit.seal(a=who.addressee, b=who.birth_date.isoformat(), p=purpose)


async def ages(visit: Visit) -> Response:
    """Who reaches an age in the coming days. Today's page asks for it when it is shown: each of them is determined for it."""
    day = await common.today(visit)
    asked = AskMilestones(since=day + dt.timedelta(days=1), until=day + LOOK_AHEAD)
    found = (await visit.ask(MILESTONES, asked, "status")).milestones
    known = await common.names(visit, [one.addressee for one in found[:SHOWN]], "status")
    return visit.page(
        "ages.html",
        ages=[(one, known.get(one.addressee), _person(visit, known.get(one.addressee))) for one in found[:SHOWN]],
        more_ages=max(0, len(found) - SHOWN),
        age_words=AGES,
    )


async def lists(visit: Visit) -> Response:
    """What of the pension service's lists a person still has to look at. Today's page asks for it when it is shown."""
    found = await visit.ask(OPEN_DELIVERY_ROWS, AskOpenDeliveryRows(), common.SENDING)
    lines = {ticks.line_of(visit, "delivery", one.delivery, one.kind, one.line): one for one in found.rows}
    done = await ticks.ticked(visit, lines)
    left = Counter(((one.delivery, one.kind) for line, one in lines.items() if line not in done))
    return visit.page("lists.html", left=sorted(left.items()), wording=wording)


async def july(visit: Visit) -> Response:
    """July's review (継続審査): how it came out, and who may have to apply anew."""
    day = await common.today(visit)
    year = day.year if day.month >= 7 else day.year - 1
    found = await visit.ask(REVIEWED, AskReviewed(first_month=Month(year, 7)), "exemption")
    known = await common.names(visit, [one.addressee for one in found.lines], "exemption")
    return visit.page(
        "july.html",
        first=Month(year, 7),
        counts=[(wording.OUTCOMES[code], count) for code, count in found.counts.items()],
        most=max(found.counts.values(), default=1),
        lines=[
            (one, known.get(one.addressee), _person(visit, known.get(one.addressee), "exemption"))
            for one in found.lines
        ],
        more=found.more,
        wording=wording,
    )


SCREENS = (
    Screen("/", "book.look", common.COUNTER, today, ("GET", "POST"), title="今日の仕事"),
    Screen("/ages", "book.look", common.COUNTER, ages),
    Screen("/lists", "transmittal.returns", common.SENDERS, lists),
    Screen("/july", "inquiry.note", common.COUNTER, july, title="継続審査"),
)
