"""How does an auditor get the log? As files (C2SP tlog-tiles), complete up to the newest checkpoint that counts; nothing in them is about
a person.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg

from audit import proofs
from audit.log_check import WIDTH, parsed, tile_path
from audit.store import QUERIES

AT_ONCE = 64
"""Bundles read together."""


class AnotherLog(Exception):
    """The folder has a copy of another log, such as the one before this."""


class NothingSigned(Exception):
    """There is no checkpoint that counts yet."""


async def write(
    connection: asyncpg.Connection, folder: Path, origin: str, quorum: int
) -> AsyncIterator[tuple[int, int]]:
    """Write what the folder lacks; yields how many leaves are there so far, at last all that so many witnesses saw, and how many more are
    signed and not seen. The checkpoint comes last.
    """
    there = folder / "checkpoint"
    if there.exists() and parsed(there.read_text("utf-8"))[1].origin != origin:
        raise AnotherLog
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        newest = await proofs.published(connection.fetch, origin, quorum)
        if newest is None:
            raise NothingSigned
        size = newest.size
        await _tiles(connection, folder, size)
        span = AT_ONCE * WIDTH
        for first in range(0, size, span):
            end = min(first + span, size)
            missing = [
                n for n in range(first // WIDTH, -(-end // WIDTH)) if not _place(folder, "entries", n, size).exists()
            ]
            if missing:
                bodies = await connection.fetch(QUERIES["bodies"], missing[0] * WIDTH, end)
                for number in missing:
                    at = (number - missing[0]) * WIDTH
                    bundle = (one["body"] for one in bodies[at : at + WIDTH])
                    _put(
                        _place(folder, "entries", number, size), b"".join(len(b).to_bytes(2, "big") + b for b in bundle)
                    )
            yield end, newest.unseen
    _put(there, newest.note.encode())


async def _tiles(connection: asyncpg.Connection, folder: Path, size: int) -> None:
    level = 0
    while entries := size >> 8 * level:
        missing = [n for n in range(-(-entries // WIDTH)) if not _place(folder, str(level), n, entries).exists()]
        for start in range(0, len(missing), AT_ONCE):
            some = missing[start : start + AT_ONCE]
            rows = await connection.fetch(QUERIES["stretch_tiles"], [level] * len(some), some)
            full = {row["number"]: row["hashes"] for row in rows}
            for number in some:
                wanted = min(WIDTH, entries - number * WIDTH)
                data = full.get(number) or b"".join(await proofs.open_tile(connection.fetch, level, number))
                _put(_place(folder, str(level), number, entries), data[: 32 * wanted])
        level += 1


def _place(folder: Path, kind: str, number: int, entries: int) -> Path:
    return folder / "tile" / kind / tile_path(number, min(WIDTH, entries - number * WIDTH))


def _put(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
