"""`kokunen set-aside`: what could not be used, what waits behind it, and how is it tried again in order?"""

import asyncio
import json
from typing import Annotated, Any

import asyncpg
import typer
from chassis import database, sealing
from chassis.batch import Batches
from rich.table import Table

from cli import stack
from cli.catalogue import DECODING
from cli.screen import out
from cli.services import environment_settings

app = typer.Typer(no_args_is_help=True)

_LIST = """
select id, topic, part, offs, subject, event_id, disposition, reason, field, rule, parks, release_on, at
from set_aside where state = 'open' order by id
"""
_PARKED = (
    "select distinct subject from set_aside where state = 'open' and parks and subject is not null order by subject"
)

AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


async def listing() -> list[dict[str, Any]]:
    """Every open record of every service: place, reason, field, rule; never content."""
    given = stack.read()
    rows = []
    for service in DECODING:
        connection = await asyncpg.connect(given.databases[service])
        try:
            for row in await connection.fetch(_LIST):
                entry = {name: value for name, value in row.items() if value is not None}
                rows.append({"service": service, **{n: v if isinstance(v, int) else str(v) for n, v in entry.items()}})
        finally:
            await connection.close()
    return rows


@app.command(name="list")
def list_command(as_json: AsJson = False) -> None:
    """Open records of every service, oldest first."""
    rows = asyncio.run(listing())
    if as_json:
        print(json.dumps(rows))
        return
    table = Table("service", "id", "place", "resident", "what", "reason", "field", "rule")
    for row in rows:
        place = f"{row['topic']}/{row['part']}@{row['offs']}"
        what = "parked" if row["parks"] else row["disposition"]
        table.add_row(
            row["service"], str(row["id"]), place, str(row.get("subject", "")), what,
            row["reason"], row.get("field", ""), row.get("rule", ""),
        )  # fmt: skip
    out.print(table if rows else "Nothing is set aside.")


@app.command()
def redrive(
    service: Annotated[str | None, typer.Option(help="One service; all of them without it.")] = None,
    resident: Annotated[int | None, typer.Option(help="One resident; everyone parked without it.")] = None,
) -> None:
    """Try parked residents' records again, each resident's in their order; who fails again stays parked."""
    names = [service] if service else list(DECODING)
    if service is not None and service not in DECODING:
        raise typer.BadParameter(f"{service} is not one of {', '.join(DECODING)}")
    applied, failed = asyncio.run(_redrive(names, resident))
    print(f"{applied} records took effect, {failed} residents are still parked.")
    if failed:
        raise typer.Exit(1)


async def _redrive(names: list[str], resident: int | None) -> tuple[int, int]:
    given = stack.read()
    applied = failed = 0
    for name in names:
        own = environment_settings(given, name)
        pool = await database.connect(own.database, connections=2)
        try:
            batches = Batches(DECODING[name], own, pool, sealing.load(own.key_file))
            parked = [row["subject"] for row in await pool.fetch(_PARKED)]
            for subject in parked if resident is None else [r for r in parked if r == resident]:
                try:
                    applied += await batches.redrive(subject)
                except Exception as error:  # whatever our code raises: it is named, and the resident stays parked
                    failed += 1
                    print(f"{name}: resident {subject} fails again with {type(error).__name__}.")
        finally:
            await pool.close()
    return applied, failed
