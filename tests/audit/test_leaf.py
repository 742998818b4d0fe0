"""Is the leaf's form fixed, closed and silent about its content?"""

import hashlib

import pytest
from audit.content import SALT, commitment, salted
from audit.log_check import MAX_TOPIC, Leaf, leaf_hash, leaf_of
from hypothesis import given
from hypothesis import strategies as st

leaves = st.builds(
    Leaf,
    st.text("abcdefghijklmnopqrstuvwxyz.-", min_size=1, max_size=MAX_TOPIC),
    st.integers(0, 2**31 - 1),
    st.integers(0, 2**63 - 1),
    st.binary(min_size=32, max_size=32),
    st.just(""),
    st.just(0),
) | st.builds(
    Leaf,
    st.just("access-records"),
    st.integers(0, 23),
    st.integers(0, 2**63 - 1),
    st.binary(min_size=32, max_size=32),
    st.sampled_from(["registry-sync", "audit"]),
    st.integers(1, 2**63),
)
EXAMPLE = Leaf("residents", 3, 42, bytes(range(32)))


def test_version_1_is_these_bytes_for_ever() -> None:
    body = bytes.fromhex(
        "01"  # version
        "01"  # record
        "00000003"  # partition
        "000000000000002a"  # offset
        "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"  # commitment
        "7265736964656e7473"  # residents
    )
    assert EXAMPLE.encode() == body
    assert leaf_hash(body) == hashlib.sha256(b"\x00" + body).digest()


def test_an_access_record_s_leaf_says_whose_and_which() -> None:
    leaf = EXAMPLE._replace(topic="access-records", service="audit", counter=7)
    assert leaf.encode() == b"\x01\x02" + EXAMPLE.encode()[2:46] + b"access-records audit 7"


@given(leaves)
def test_a_body_reads_back_and_is_small(leaf: Leaf) -> None:
    assert leaf_of(leaf.encode()) == leaf
    assert len(leaf.encode()) <= 1024


@given(leaves, leaves)
def test_two_leaves_have_two_bodies(leaf: Leaf, other: Leaf) -> None:
    assert (leaf.encode() == other.encode()) == (leaf == other)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        EXAMPLE.encode()[:46],  # no topic
        b"\x02" + EXAMPLE.encode()[1:],
        b"\x01\x02" + EXAMPLE.encode()[2:],
        b"\x01\x02" + EXAMPLE.encode()[2:46] + b"access-records audit 07",
        EXAMPLE.encode() + "年".encode(),
        EXAMPLE.encode() + b"x" * MAX_TOPIC,
    ],
)
def test_what_is_no_leaf_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"leaf|version|topic|codec|literal"):
        leaf_of(body)


@pytest.mark.parametrize("topic", ["", "x" * (MAX_TOPIC + 1)])
def test_a_topic_has_a_name_kafka_would_take(topic: str) -> None:
    with pytest.raises(ValueError, match="1 to 249"):
        EXAMPLE._replace(topic=topic).encode()


def test_equal_content_gets_different_commitments() -> None:
    one, other = salted(b"yes"), salted(b"yes")
    assert one[SALT:] == other[SALT:] == b"yes"
    assert commitment(one) != commitment(other)
    assert commitment(one) == hashlib.sha256(one).digest()
