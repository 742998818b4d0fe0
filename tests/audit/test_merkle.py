"""Is the tree the one of RFC 6962?"""

import hashlib
from collections.abc import Sequence

import pytest
from audit.log_check import EMPTY, WIDTH, leaf_hash, node_hash
from audit.merkle import Frontier, Tile, completed, completed_by, open_tiles, root
from hypothesis import given
from hypothesis import strategies as st

# The test vectors of Certificate Transparency's reference implementation.
INPUTS = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def naive(bodies: Sequence[bytes]) -> bytes:
    """RFC 6962, section 2.1, word for word."""
    if not bodies:
        return hashlib.sha256().digest()
    if len(bodies) == 1:
        return hashlib.sha256(b"\x00" + bodies[0]).digest()
    k = 1
    while k * 2 < len(bodies):
        k *= 2
    return hashlib.sha256(b"\x01" + naive(bodies[:k]) + naive(bodies[k:])).digest()


@pytest.mark.parametrize("size", range(1, 9))
def test_published_roots(size: int) -> None:
    assert root(map(leaf_hash, INPUTS[:size])).hex() == ROOTS[size - 1]
    assert naive(INPUTS[:size]).hex() == ROOTS[size - 1]


def test_the_empty_tree_is_the_hash_of_nothing() -> None:
    assert root([]) == EMPTY == naive([])
    assert EMPTY.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@given(st.lists(st.binary(max_size=3), max_size=70), st.data())
def test_extending_in_any_steps_equals_computing_anew(bodies: list[bytes], data: st.DataObject) -> None:
    frontier = Frontier()
    left = [leaf_hash(body) for body in bodies]
    while left:
        step = data.draw(st.integers(1, len(left)))
        frontier.extend(left[:step])
        left = left[step:]
        # As the service does between two batches: only size and edge are kept.
        frontier = Frontier(frontier.size, frontier.edge)
        assert frontier.root() == naive(bodies[: frontier.size])
    assert frontier.size == len(bodies)


@given(st.lists(st.binary(max_size=3), min_size=1, max_size=40), st.data())
def test_any_change_of_a_leaf_changes_the_root(bodies: list[bytes], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(bodies) - 1))
    changed = [*bodies[:at], bodies[at] + b"\x00", *bodies[at + 1 :]]
    assert naive(changed) != root(map(leaf_hash, bodies))


def test_an_inner_node_does_not_pass_for_a_leaf() -> None:
    left, right = leaf_hash(b"a"), leaf_hash(b"b")
    assert leaf_hash(left + right) != node_hash(left, right)


@pytest.mark.parametrize(("size", "edge"), [(0, bytes(32)), (1, b""), (3, bytes(32)), (4, bytes(64)), (1, bytes(31))])
def test_an_edge_has_one_hash_per_bit_of_its_size(size: int, edge: bytes) -> None:
    with pytest.raises(ValueError, match="the edge of"):
        Frontier(size, edge)


@given(st.lists(st.integers(1, 700), min_size=1, max_size=6), st.integers(0, 3))
def test_tiles_are_completed_whatever_the_batches(batches: list[int], seed: int) -> None:
    leaves = [leaf_hash(bytes([seed, n & 255, n >> 8])) for n in range(sum(batches))]
    made: list[Tile] = []
    before = 0
    for size in batches:
        after = before + size
        by_level = {-1: leaves[:before]} | {
            level: [one.root for one in made if one.level == level] for level in range(2)
        }
        opened = {level: by_level[level - 1][first:] for level, first in open_tiles(before, after).items()}
        new = completed(before, opened, leaves[before:after])
        assert [(one.level, one.number) for one in new] == completed_by(before, after)
        made += new
        before = after
    assert [one.number for one in made if one.level == 0] == list(range(before // WIDTH))
    for one in made:
        assert one.level == 0  # a second level begins to be full at 65,536 leaves
        assert one.hashes == b"".join(leaves[one.number * WIDTH : (one.number + 1) * WIDTH])
        assert one.root == root(leaves[one.number * WIDTH : (one.number + 1) * WIDTH])


def test_a_second_level_is_completed_by_the_last_tile_of_the_first() -> None:
    leaves = [leaf_hash(n.to_bytes(4, "big")) for n in range(WIDTH * WIDTH)]
    made = completed(0, {}, leaves[:-1])
    assert {one.level for one in made} == {0}
    opened = {0: leaves[-WIDTH:-1], 1: [one.root for one in made]}
    assert open_tiles(len(leaves) - 1, len(leaves)) == {0: len(leaves) - WIDTH, 1: 0}
    last, above = completed(len(leaves) - 1, opened, leaves[-1:])
    assert (last.number, above.level, above.number) == (WIDTH - 1, 1, 0)
    assert above.root == root(leaves)
