"""`kokunen vault`: what does an operator do about the keys of the My Number vault? Nothing here shows or takes a number."""

import asyncio
from pathlib import Path

import asyncpg
import typer
from chassis import database
from chassis.transaction import Access
from registry_sync.key_port import FileKeys
from registry_sync.store import QUERIES
from registry_sync.vault import Sealed, folder_beside, open_vault
from rich.table import Table

from cli.access import asks_for, at_work, opened
from cli.screen import out

app = typer.Typer(help="The keys of the My Number vault.", no_args_is_help=True)


@app.command()
def status() -> None:
    """Which keys there are, and how many entries each wraps."""

    async def read() -> list[asyncpg.Record]:
        async with opened("registry-sync") as (own, connection):
            known.extend(FileKeys(folder_beside(own.key_file)).ids())
            return list(await connection.fetch(QUERIES["keys_in_use"]))

    known: list[str] = []
    entries = {row["key_id"]: row["entries"] for row in asyncio.run(read())}
    table = Table("key", "entries", "there")
    for key_id in sorted({*known, *entries}):
        table.add_row(key_id, f"{entries.get(key_id, 0):,}", "yes" if key_id in known else "MISSING")
    out.print(table)


@app.command()
@asks_for("operations")
def rotate(access: Access) -> None:
    """Replace the key that wraps the persons' keys, while the vault serves; the old ones are destroyed when nothing needs them."""
    entries, key_id = asyncio.run(_rotate(access))
    print(f"{access.case}: {entries:,} entries are under key {key_id}; the keys before it are destroyed.")


async def _rotate(access: Access) -> tuple[int, str]:
    async with opened("registry-sync") as (own, connection):
        keys = FileKeys(folder_beside(own.key_file))
        if not keys.ids():
            raise typer.BadParameter("the vault has no keys yet: no number was ever entered")
        async with at_work(own, connection, access) as transaction:
            await transaction.record_search(access, "vault.rotate", ("key",), "update")
        folder = folder_beside(own.key_file)
        key_id, done = keys.rotate(), 0
        while moved := await _rewrap(connection, folder, key_id):
            done += moved
        async with connection.transaction():
            # Whoever is entering a number now has read the keys already: wait, take along what they wrote, then destroy.
            await connection.execute(QUERIES["destroys_keys"])
            while moved := await _rewrap(connection, folder, key_id):
                done += moved
            for old in keys.ids():
                if old != key_id:
                    keys.destroy(old)
        return done, key_id


async def _rewrap(connection: asyncpg.Connection, folder: Path, key_id: str) -> int:
    """Bring the next entries under the newest key; how many."""
    async with connection.transaction():
        rows = await connection.fetch(QUERIES["under_other_keys"], key_id)
        vault = open_vault(folder)
        fresh = [
            (row["receipt"], new.person_key, new.key_id)
            for row in rows
            for new in [
                vault.rewrap(Sealed(row["addressee"], row["version"], row["box"], row["person_key"], row["key_id"]))
            ]
        ]
        await connection.execute(QUERIES["rewrap"], *database.columns(fresh, 3))
    return len(rows)
