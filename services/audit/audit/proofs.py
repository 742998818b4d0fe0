"""What proves something of the log? Its newest checkpoint that counts, and hashes from its tiles, a few rows for any proof."""

from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

import asyncpg

from audit.log_check import (
    WIDTH,
    Range,
    complete_parts,
    consistency_ranges,
    inclusion_ranges,
    range_hash,
    tile_of,
    together,
)
from audit.store import QUERIES

Fetch = Callable[..., Awaitable[list[asyncpg.Record]]]
"""Rows of an SQL statement."""


class Published(NamedTuple):
    """A checkpoint that counts, with the word of the witnesses that saw it."""

    size: int
    note: str
    unseen: int
    """So many leaves after it are signed and not seen yet."""


async def published(fetch: Fetch, origin: str, quorum: int) -> Published | None:
    """The newest checkpoint of this log that so many witnesses saw; what is newer, an auditor would refuse."""
    for row in await fetch(QUERIES["published"], quorum, origin):
        return Published(row["size"], "".join((row["note"], *row["lines"])), row["signed"] - row["size"])
    return None


async def inclusion(fetch: Fetch, index: int, size: int) -> list[bytes]:
    """That the leaf at `index` is in the log of this size (RFC 6962, 2.1.1)."""
    return await hashes(fetch, inclusion_ranges(index, size))


async def consistency(fetch: Fetch, old: int, new: int) -> list[bytes]:
    """That the log of size `new` begins with the one of size `old` (RFC 6962, 2.1.2)."""
    return await hashes(fetch, consistency_ranges(old, new))


async def root(fetch: Fetch, size: int) -> bytes:
    """The root of the log when it had this size."""
    return (await hashes(fetch, [(0, size)]))[0]


async def hashes(fetch: Fetch, ranges: Sequence[Range]) -> list[bytes]:
    """The hash of each of these ranges of leaves."""
    parts = {part for span in ranges for part in complete_parts(*span)}
    wanted = sorted({tile_of(*part)[:2] for part in parts})
    rows = await fetch(QUERIES["stretch_tiles"], [level for level, _ in wanted], [number for _, number in wanted])
    tiles = {(row["level"], row["number"]): _entries(row["hashes"]) for row in rows}
    for level, number in wanted:
        if (level, number) not in tiles:
            tiles[level, number] = await open_tile(fetch, level, number)

    def node(level: int, index: int) -> bytes:
        height, number, first, count = tile_of(level, index)
        return together(tiles[height, number][first : first + count])

    return [range_hash(*span, node) for span in ranges]


async def open_tile(fetch: Fetch, level: int, number: int) -> list[bytes]:
    """What a tile that is not full holds so far."""
    span = number * WIDTH, (number + 1) * WIDTH
    if level == 0:
        return [row["leaf_hash"] for row in await fetch(QUERIES["leaf_hashes"], *span)]
    return [row["root"] for row in await fetch(QUERIES["tile_roots"], level - 1, *span)]


def _entries(data: bytes) -> list[bytes]:
    return [data[at : at + 32] for at in range(0, len(data), 32)]
