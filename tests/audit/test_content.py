"""Which key seals a record, and can two records look alike?"""

import pytest
from audit.content import content, place, subject
from hypothesis import given
from hypothesis import strategies as st

field = st.none() | st.binary(max_size=12)


@pytest.mark.parametrize(
    ("topic", "key", "of"),
    [
        ("residents", b"1", "1"),
        ("residents", b"100000000000000", "100000000000000"),
        ("resident-changes", b"10012345", "10012345"),
        # 12 digits could be a My Number, which must not stand in a table.
        ("residents", b"123456789012", "topic:residents"),
        ("residents", b"1234567890123456", "topic:residents"),
        ("residents", b"007", "topic:residents"),
        ("residents", b"0", "topic:residents"),
        ("residents", b"", "topic:residents"),
        ("residents", None, "topic:residents"),
        ("residents", b"12\n", "topic:residents"),
        ("residents", "１２".encode(), "topic:residents"),
        ("residents", b"\xff\x00", "topic:residents"),
        # A number on a topic that is not about residents is not an addressee number.
        ("transmittals", b"12", "topic:transmittals"),
        ("calendar", b"2025-04-01", "topic:calendar"),
        ("eligibility.set-aside", b"residents/3/42", "topic:eligibility.set-aside"),
        ("a-topic-of-yesterday", b"12", "topic:a-topic-of-yesterday"),
    ],
)
def test_the_subject_is_the_addressee_or_the_topic(topic: str, key: bytes | None, of: str) -> None:
    assert subject(topic, key) == of


@given(field, field, field, field)
def test_content_is_equal_only_for_equal_key_and_value(
    key: bytes | None, value: bytes | None, other_key: bytes | None, other_value: bytes | None
) -> None:
    same = (key, value) == (other_key, other_value)
    assert (content(key, value) == content(other_key, other_value)) == same


def test_null_is_not_empty_and_bytes_do_not_move_between_key_and_value() -> None:
    spellings = [content(None, None), content(b"", None), content(None, b""), content(b"", b"")]
    assert len(set(spellings)) == 4
    assert content(b"ab", b"c") != content(b"a", b"bc")


def test_a_place_reads_topic_partition_offset() -> None:
    assert place("residents", 3, 42) == "residents/3/42"
