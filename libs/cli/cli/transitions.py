"""`kokunen transitions`: the changes of insured status that stand, as edges between the statuses, held against what the law knows."""

import asyncio
import json
from collections import Counter
from typing import Annotated

import asyncpg
import typer
from contracts import wording
from eligibility.transitions import Edge, conforms, diagram, edge
from rich.table import Table

from cli.access import AsJson, opened
from cli.screen import out

_STANDING = """
select type, v -> 'category' as category, v -> 'previous' as previous, v ->> 'reason' as reason, count(*) as times,
       (array_agg(event_id::text order by event_id))[1:20] as events
from (
    select type, event_id, convert_from(value, 'UTF8')::jsonb as v from said
    where topic = 'eligibility-events' and type in ('InsuredStatusAcquired', 'CategoryChanged', 'InsuredStatusLost')
) as standing
where v ->> 'withdrawn' is distinct from 'true' group by 1, 2, 3, 4
"""


def transitions(
    as_diagram: Annotated[bool, typer.Option("--mermaid", help="Print a Mermaid state diagram.")] = False,
    as_json: AsJson = False,
) -> None:
    """How often each change of status stands, and which the law does not know; exit status 1 where there is one. Nobody is named."""
    rows = asyncio.run(_rows())
    edges: Counter[Edge] = Counter()
    strange: list[str] = []
    for row in rows:
        said = {name: json.loads(row[name] or "null") for name in ("category", "previous")}
        one = edge(row["type"], said | {"reason": row["reason"]})
        edges[one] += row["times"]
        if not conforms(one):
            strange += row["events"]
    if as_diagram:
        print(diagram(edges), end="")
    elif as_json:
        print(json.dumps({"edges": [[*one, count] for one, count in edges.items()], "strange": strange}))
    else:
        table = Table("から", "へ", "事由", "件数", "法の定め")
        for one, count in sorted(edges.items(), key=str):
            table.add_row(
                wording.CATEGORIES[one.before][0], wording.CATEGORIES[one.after][0], wording.TRANSITIONS[one.reason][0], f"{count:,}",
                "" if conforms(one) else "なし", style="" if conforms(one) else "red",
            )  # fmt: skip
        out.print(table if edges else "資格の異動はありません。")
        for event in strange:
            print(f"要確認: {event}")
    if strange:
        raise typer.Exit(1)


async def _rows() -> list[asyncpg.Record]:
    async with opened("eligibility") as (_, connection):
        return list(await connection.fetch(_STANDING))
