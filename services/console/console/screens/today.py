"""Today's work: what waits for somebody, what the register's changes suggest, who reaches an age, whose drafts lie about."""

import asyncio
import datetime as dt

from contracts import wording
from contracts.doors.counter import AskBook, AskHints, AskMilestones
from contracts.purposes import PURPOSES
from starlette.responses import Response

from console.asked import BOOK, HINTS, MILESTONES
from console.screens import common
from console.screens.checking import TO_CHECK
from console.store import QUERIES
from console.web import Screen, Visit

LOOK_BACK, LOOK_AHEAD = dt.timedelta(days=90), dt.timedelta(days=30)
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
    day = await common.today(visit)
    waiting = AskBook(since=day - LOOK_BACK, until=day, states=("waiting",))
    found, hinted, ages = await asyncio.gather(
        asyncio.gather(*(visit.ask(BOOK, waiting, purpose) for purpose in common.PURPOSES)),
        visit.ask(HINTS, AskHints(since=day - LOOK_AHEAD, until=day), "status"),
        visit.ask(MILESTONES, AskMilestones(since=day, until=day + LOOK_AHEAD), "status"),
    )
    drafts = await visit.desk.pool.fetch(QUERIES["drafts"], visit.session.account)
    hints, reached = hinted.hints[-SHOWN:], ages.milestones[:SHOWN]
    numbers = {one.addressee for one in hints} | {one.addressee for one in reached}
    known = await common.names(visit, numbers, "status")
    return visit.page(
        "today.html",
        day=day,
        books=[
            {
                "purpose": purpose,
                "title": PURPOSES[purpose].title,
                "waiting": len(one.lines),
                "to_check": sum(bool(set(line.reasons) & set(TO_CHECK)) for line in one.lines),
                "oldest": min((line.received_on for line in one.lines), default=None),
            }
            for purpose, one in zip(common.PURPOSES, found, strict=True)
        ],
        hints=[(one, known.get(one.addressee), _person(visit, known.get(one.addressee))) for one in reversed(hints)],
        more_hints=len(hinted.hints) - len(hints),
        more_ages=len(ages.milestones) - len(reached),
        ages=[(one, known.get(one.addressee), _person(visit, known.get(one.addressee))) for one in reached],
        age_words=AGES,
        drafts=len(drafts),
        wording=wording,
    )


def _person(visit: Visit, who: common.Name | None) -> str | None:
    if who is None or who.birth_date is None:
        return None
    return visit.seal(a=who.addressee, b=who.birth_date.isoformat(), p="status")


SCREENS = (Screen("/", "book.look", common.COUNTER, today, title="今日の仕事"),)
