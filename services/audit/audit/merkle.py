"""Which one hash stands for all leaves in their order? The Merkle tree of RFC 6962, section 2.1.

A leaf is hashed behind 0x00 and an inner node behind 0x01, so that neither can pass for the other.
"""

import hashlib
from collections.abc import Iterable

SIZE = 32
EMPTY = hashlib.sha256(b"").digest()


def leaf_hash(body: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + body).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


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
