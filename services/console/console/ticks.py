"""Work lists whose lines are ticked when they are done: by whom, and when. Whom a line is about is kept as a keyed hash alone."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from console.store import QUERIES
from console.web import Refusal, Visit


def line_of(visit: Visit, *what: Any) -> str:
    """The name of a line of a list: the same for everybody, and it tells nothing."""
    return visit.desk.sealer.commitment("/".join(map(str, ("tick", *what))).encode())


async def ticked(visit: Visit, lines: Iterable[str]) -> Mapping[str, str]:
    """Of these lines the ticked ones, and who ticked each."""
    rows = await visit.desk.pool.fetch(QUERIES["ticked"], list(lines))
    return {row["line"]: row["account"] for row in rows}


async def turn(visit: Visit) -> None:
    """Ticks the line that was sent, or takes its tick away."""
    query = "untick" if visit.typed("do") == "untick" else "tick"
    line = visit.typed("line")
    if not re.fullmatch(r"[0-9a-f]{16,128}", line):
        raise Refusal("no_such_line", "その行はありません。", 422)
    await visit.desk.pool.execute(QUERIES[query], line, *([visit.session.account] if query == "tick" else []))
