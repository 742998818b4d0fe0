"""Which key seals a record, and can two records look alike?"""

import json
from typing import Any

import pytest
from audit.content import accessed, content, parts, place, subject
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


ACCESS: dict[str, Any] = {
    "counter": 7, "at": "2026-11-28T09:00:00Z", "service": "eligibility", "account": "clerk-1", "terminal": "counter-1",
    "purpose": "inquiry", "case": "case-1", "action": "refer", "what": "explain", "fields": ["status"], "count": 1, "result": "answered",
}  # fmt: skip


def event(subject: str, **changed: Any) -> bytes:
    return json.dumps({"id": "x", "subject": subject, "data": ACCESS | changed}).encode()


@pytest.mark.parametrize(
    ("value", "persons"),
    [
        (event("10012345"), (10012345,)),
        (event("account/clerk-1", subjects=[10012345, 10012346], count=2), (10012345, 10012346)),
        (event("account/clerk-1", count=0, result="refused", action="refuse"), ()),
    ],
)
def test_an_access_record_says_whom_it_is_about(value: bytes, persons: tuple[int, ...]) -> None:
    found = accessed("access-records", value)
    assert found is not None
    assert (found.record.service, found.record.counter, found.persons) == ("eligibility", 7, persons)


@pytest.mark.parametrize(
    ("topic", "value"),
    [
        ("residents", event("10012345")),
        ("access-records", None),
        ("access-records", b"no JSON"),
        ("access-records", b"{}"),
        ("access-records", event("10012345", service="a b")),
        ("access-records", event("10012345", counter="7")),
        ("access-records", event("10012345", more="x")),
    ],
)
def test_what_is_no_access_record_is_a_record_like_any_other(topic: str, value: bytes | None) -> None:
    assert accessed(topic, value) is None


@given(field, field)
def test_key_and_value_are_read_back(key: bytes | None, value: bytes | None) -> None:
    assert parts(content(key, value)) == (key, value)
