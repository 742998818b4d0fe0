"""How does the tree grow? Its right edge, and the tiles that a batch of leaves completes. Pure (RFC 6962, C2SP tlog-tiles).

What it is to hash and to prove is in `log_check.py`, which auditors have, too.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from audit.log_check import EMPTY, WIDTH, node_hash, together

SIZE = 32


class Frontier:
    """The right edge of a tree: the roots of its complete subtrees, largest first, one per bit of its size.

    All that is needed to extend a log by its next leaf and to know its root.
    """

    def __init__(self, size: int = 0, edge: bytes = b"") -> None:
        if len(edge) != SIZE * size.bit_count():
            raise ValueError(f"the edge of {size} leaves has {size.bit_count()} hashes, not {len(edge)} bytes")
        self.size = size
        self._roots = [edge[at : at + SIZE] for at in range(0, len(edge), SIZE)]

    @property
    def edge(self) -> bytes:
        return b"".join(self._roots)

    def extend(self, leaf_hashes: Iterable[bytes]) -> None:
        for node in leaf_hashes:
            completed = self.size
            while completed & 1:
                node = node_hash(self._roots.pop(), node)
                completed >>= 1
            self._roots.append(node)
            self.size += 1

    def root(self) -> bytes:
        if not self._roots:
            return EMPTY
        root = self._roots[-1]
        for left in reversed(self._roots[:-1]):
            root = node_hash(left, root)
        return root


def root(leaf_hashes: Iterable[bytes]) -> bytes:
    """The Merkle tree hash of a whole log."""
    whole = Frontier()
    whole.extend(leaf_hashes)
    return whole.root()


class Tile(NamedTuple):
    """A full tile: 256 hashes of one level, and the one that stands for all of them a level higher."""

    level: int
    number: int
    hashes: bytes
    root: bytes


def open_tiles(before: int, after: int) -> dict[int, int]:
    """The tiles that are completed when a log grows: of each level the first entry of the one that was open before."""
    found = {}
    for level in range(8):
        if before >> 8 * (level + 1) == after >> 8 * (level + 1):
            break
        found[level] = (before >> 8 * level) & -WIDTH
    return found


def completed(before: int, opened: Mapping[int, Sequence[bytes]], leaf_hashes: Sequence[bytes]) -> list[Tile]:
    """The tiles that these leaves complete; `opened` holds the entries that each of `open_tiles` had before."""
    made, level, row = list[Tile](), 0, list(leaf_hashes)
    while row:
        entries = [*opened.get(level, ()), *row]
        first, row = (before >> 8 * level) // WIDTH, []
        for number in range(len(entries) // WIDTH):
            hashes = entries[number * WIDTH : (number + 1) * WIDTH]
            row.append(together(hashes))
            made.append(Tile(level, first + number, b"".join(hashes), row[-1]))
        level += 1
    return made


def completed_by(before: int, after: int) -> list[tuple[int, int]]:
    """Level and number of every tile that is completed when a log grows."""
    found, level = [], 1
    while after >> 8 * level > before >> 8 * level:
        found += [(level - 1, number) for number in range(before >> 8 * level, after >> 8 * level)]
        level += 1
    return found
