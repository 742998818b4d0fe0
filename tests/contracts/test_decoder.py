"""The one strict decoder: whatever the bytes are, they are an event or a refusal, and an event survives the round trip."""

import datetime as dt
import json
import re
import unicodedata
from typing import Any

import pytest
from contracts import signs
from contracts.decoder import MAX_BYTES, MAX_DEPTH, Refusal, decode
from contracts.envelope import Event
from contracts.events.income import TaxAssessed, TaxRecord
from contracts.signs import MAX_MARKS
from contracts.topics import TOPICS
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.events import HUSBAND, change, event

TOPIC = "resident-changes"
GOOD = change("good", HUSBAND, "move_in", "2025-04-01", version=1, moved_in_from="架空県")[1].encode()
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=10,
)


def verdict(value: bytes | None, topic: str = TOPIC) -> Event[Any] | Refusal:
    try:
        return decode(topic, value)
    except Refusal as refusal:
        return refusal


def reason(value: bytes | None) -> str:
    found = verdict(value)
    assert isinstance(found, Refusal)
    return found.reason


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(TOPICS)), st.binary(max_size=300))
def test_any_bytes_are_an_event_or_a_refusal(topic: str, value: bytes) -> None:
    assert isinstance(verdict(value, topic), Refusal)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(GOOD) - 1), st.integers(0, 40), st.binary(max_size=6))
def test_a_damaged_event_is_an_event_or_a_refusal(at: int, length: int, other: bytes) -> None:
    found = verdict(GOOD[:at] + other + GOOD[at + length :])
    if isinstance(found, Event):
        assert decode(TOPIC, found.encode()) == found


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(json.loads(GOOD))), json_values)
def test_any_json_value_in_any_attribute_is_judged(attribute: str, value: Any) -> None:
    verdict(json.dumps(json.loads(GOOD) | {attribute: value}).encode())


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(json.loads(GOOD)["data"]["record"])), json_values)
def test_any_json_value_in_the_register_entry_is_judged(member: str, value: Any) -> None:
    body = json.loads(GOOD)
    body["data"]["record"][member] = value
    verdict(json.dumps(body).encode())


buildings = st.text(st.characters(codec="utf-8", exclude_categories=("C", "M", "Z")), min_size=1, max_size=50)


@settings(max_examples=100, deadline=None)
@given(buildings, st.integers(1, 10**9), st.dates(dt.date(2000, 1, 1), dt.date(2199, 12, 31)))
def test_a_resident_change_survives_the_round_trip(building: str, version: int, on: dt.date) -> None:
    topic, said = change("any", HUSBAND, "move_within", on.isoformat(), version=version, address=building)
    found = verdict(said.encode(), topic)
    if isinstance(found, Refusal):
        assert found.reason == "character"  # an invisible letter that Unicode doesn't call a control
    else:
        assert found == said
        assert found.encode() == said.encode()


@settings(max_examples=100, deadline=None)
@given(st.integers(-(10**13), 10**13), st.integers(0, 99), st.integers(2000, 2027), st.booleans())
def test_a_tax_assessment_survives_the_round_trip(yen: int, count: int, year: int, widow: bool) -> None:
    record = TaxRecord(total_income_yen=yen, dependants_general=count, widow=widow)
    said = event("any", HUSBAND, TaxAssessed(tax_year=year, version=1, state="declared", record=record), "2026-06-10")
    assert decode("tax-assessments", said.encode()) == said


def test_a_member_twice_is_refused_at_any_depth() -> None:
    assert reason(b'{"a":1,"a":1}') == "duplicate_key"
    assert reason(b'{"a":[[{"b":1,"\\u0062":2}]]}') == "duplicate_key"


@pytest.mark.parametrize("number", ["1.0", "1e3", "1E-1", "-0.0", "NaN", "Infinity", "-Infinity", "1e400"])
def test_there_are_no_fractions(number: str) -> None:
    assert reason(f'{{"a":[{number}]}}'.encode()) == "number"


@pytest.mark.parametrize(("number", "expected"), [("9" * 15, "type"), ("-" + "9" * 15, "type"), ("9" * 16, "number"),
                                                  ("-" + "1" * 16, "number"), ("1" * 100_000, "number")])  # fmt: skip
def test_an_integer_has_at_most_15_digits(number: str, expected: str) -> None:
    assert reason(f'{{"a":{number}}}'.encode()) == expected


def test_levels_are_counted_outside_of_strings() -> None:
    def nested(levels: int) -> bytes:
        return b'{"a":' + b"[" * (levels - 1) + b"]" * (levels - 1) + b"}"

    assert reason(nested(MAX_DEPTH)) == "type"
    assert reason(nested(MAX_DEPTH + 1)) == "too_deep"
    assert reason(b'{"a":"' + b"[" * 100 + b'"}') == "type"
    assert reason(b'{"a":"\\"' + b"[" * 100 + b'"}') == "type"
    assert reason(b"[" * 100_000) == "too_deep"


def test_the_longest_event_has_256_kibibytes() -> None:
    assert isinstance(verdict(GOOD + b" " * (MAX_BYTES - len(GOOD))), Event)
    assert reason(GOOD + b" " * (MAX_BYTES - len(GOOD) + 1)) == "too_long"


@pytest.mark.parametrize("value", [None, b""])
def test_a_tombstone_is_no_event(value: bytes | None) -> None:
    assert reason(value) == "empty"


@pytest.mark.parametrize(("count", "accepted"), [(MAX_MARKS, True), (MAX_MARKS + 1, False)])
def test_a_base_carries_a_limited_number_of_marks(count: int, accepted: bool) -> None:
    value = GOOD.replace("例一".encode(), ("か" + "\u3099" * count).encode())
    assert isinstance(verdict(value), Event) is accepted


def test_a_letter_with_its_variant_is_kept() -> None:
    found = verdict(GOOD.replace("例一".encode(), "葛\U000e0100城".encode()))
    assert isinstance(found, Event)
    assert found.data.record.name == "架空 葛\U000e0100城"


def test_a_refusal_names_the_event_only_where_the_id_is_one() -> None:
    good = json.loads(GOOD)
    broken = good | {"municipality": "x"}
    found = verdict(json.dumps(broken).encode())
    assert isinstance(found, Refusal)
    assert (found.event, found.field) == (good["id"], "municipality")
    found = verdict(json.dumps(broken | {"id": "Kakuu Reiichi, Kakuuku Mihonmachi 1-"}).encode())
    assert isinstance(found, Refusal)
    assert found.event is None


def test_null_and_absent_mean_the_same() -> None:
    good = json.loads(GOOD)
    assert decode(TOPIC, json.dumps(good | {"cause": None}).encode()) == decode(TOPIC, GOOD)


def test_the_first_look_at_a_text_sees_every_character_that_a_rule_means() -> None:
    """The cheap looks must never let pass what a rule would have refused."""
    for pattern, *_ in signs.TEXT_RULES:
        for code in range(0x110000):
            if pattern.search(chr(code)):
                assert signs.NOTEWORTHY.search(chr(code)), hex(code)
    for code in (*range(0xD800), *range(0xE000, 0x110000)):  # half a surrogate is no UTF-8
        sign = chr(code)
        disguised = code >= 0x80 and re.search("[0-9]", unicodedata.normalize("NFKC", sign))
        if signs.NOTEWORTHY.search(sign) or disguised:
            assert signs.unusual(f"架空{sign}カクウ x".encode()), hex(code)


def test_ordinary_texts_are_not_looked_at_twice() -> None:
    for text in (
        "架空区試験坂1丁目32番1号 例示荘506",
        "カクウ　レイイチ",
        "髙見本　例二",
        "2026-04-01T00:05:00.010000+09:00",
    ):
        assert not signs.unusual(text.encode())
        assert not signs.twelve_digits(text[:19].encode())


@given(
    st.lists(st.sampled_from("0123456789"), min_size=12, max_size=14),
    st.lists(st.sampled_from(["", " ", "-", "‐", "−", "　"]), min_size=14, max_size=14),
    st.sampled_from(["", "番号", "No. "]),
)
def test_twelve_digits_in_a_row_are_never_missed(digits: list[str], between: list[str], before: str) -> None:
    text = before + "".join(digit + gap for digit, gap in zip(digits, between, strict=False))
    assert signs.twelve_digits(text.encode())


@given(st.text("019 -‐あ", max_size=30))
def test_fewer_than_twelve_digits_are_no_reason_to_look(text: str) -> None:
    if sum(sign in "019" for sign in text) < 12:
        assert not signs.twelve_digits(text.encode())


@pytest.mark.parametrize(
    "written", ["123456789018", "1234-5678-9018", "１２３４５６７８９０１８", "番号１２３４ ５６７８ ９０１８です"]
)
@pytest.mark.parametrize("escaped", [False, True])
def test_a_my_number_in_any_text_is_refused_by_its_place_and_not_shown(written: str, escaped: bool) -> None:
    """123456789018 is the well-known dummy; nobody's number."""
    topic, event = change("entry", HUSBAND, "other", "2015-04-01", version=1, address=f"架空区 {written}")
    value = json.dumps(json.loads(event.encode()), ensure_ascii=escaped).encode()
    with pytest.raises(Refusal) as refused:
        decode(topic, value)
    assert (refused.value.reason, refused.value.field, refused.value.held) == (
        "my_number",
        "data.record.address",
        False,
    )
    assert "9018" not in str(refused.value)
