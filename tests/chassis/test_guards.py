"""What must not leave a service: My Numbers, unsealed content, malformed trace contexts, settings half given."""

import json
from pathlib import Path

import pytest
from chassis import sealing, settings, telemetry
from contracts.guard import my_number_at, my_number_in
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import settings as settings_for
from hypothesis import strategies as st

DUMMY = "123456789018"
"""The well-known dummy with a right check digit; nobody's number."""


@pytest.mark.parametrize(
    "text",
    [DUMMY, "1234 5678 9018", "1234-5678-9018", "１２３４５６７８９０１８", f"番号は{DUMMY}です", "1234‐5678‐9018"],
)
def test_a_my_number_is_found_in_any_spelling(text: str) -> None:
    for escaped in (False, True):
        assert my_number_in(json.dumps({"remark": [text]}, ensure_ascii=escaped).encode()) == "data.remark.0"


@pytest.mark.parametrize(
    "text",
    [
        "123456789012",  # wrong check digit
        "1234567890185",  # thirteen digits: 法人番号
        "00000000-0000-4000-8000-123456789018",  # an event id
        "3f" * 32,
        "2025-04-01",
    ],
)
def test_what_is_no_my_number_passes(text: str) -> None:
    assert my_number_in(json.dumps({"remark": text}).encode()) is None


def test_typed_amounts_are_not_read() -> None:
    assert my_number_in(json.dumps({"total_income_yen": int(DUMMY)}).encode()) is None


@settings_for(max_examples=500, deadline=None)
@given(st.lists(st.text('0189１①² -‐\\"̸あ\n') | st.just(DUMMY), max_size=4), st.booleans())
def test_the_cheap_first_look_lets_nothing_pass_that_a_walk_would_find(texts: list[str], escaped: bool) -> None:
    value = json.dumps({"remarks": texts}, ensure_ascii=escaped).encode()
    assert my_number_in(value) == my_number_at({"remarks": texts}, "data")


def test_a_box_opens_only_in_its_place(tmp_path: Path) -> None:
    sealing.create(tmp_path / "key")
    sealer = sealing.load(tmp_path / "key")
    box = sealer.seal("架空".encode(), "filings/3/17")
    assert sealer.open(box, "filings/3/17") == "架空".encode()
    with pytest.raises(InvalidTag):
        sealer.open(box, "filings/3/18")


def test_a_lost_key_is_never_replaced_silently(tmp_path: Path) -> None:
    with pytest.raises(sealing.KeyMissing, match="restore it"):
        sealing.load(tmp_path / "key")


def test_a_key_is_made_once(tmp_path: Path) -> None:
    sealing.create(tmp_path / "key")
    before = (tmp_path / "key").read_bytes()
    sealing.create(tmp_path / "key")
    assert (tmp_path / "key").read_bytes() == before
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600


SAMPLED = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.mark.parametrize(
    ("header", "attribute", "found"),
    [
        (SAMPLED, None, True),
        (None, SAMPLED, True),
        (SAMPLED[:-1] + "0", None, False),  # not sampled
        ("00-" + "0" * 32 + "-b7ad6b7169203331-01", None, False),
        ("x" * 10_000, None, False),
        (None, None, False),
    ],
)
def test_only_a_sound_sampled_context_is_followed(header: str | None, attribute: str | None, found: bool) -> None:
    headers = [("traceparent", header.encode())] if header else []
    assert (telemetry.context_of(headers, attribute) is not None) is found


def test_a_missing_setting_is_named() -> None:
    with pytest.raises(settings.SettingsError, match="KOKUNEN_KAFKA"):
        settings.read("eligibility", {})
    with pytest.raises(settings.SettingsError, match="KOKUNEN_DATABASE_TAX_INCOME"):
        settings.read("tax-income", {"KOKUNEN_KAFKA": "127.0.0.1:9092"})


def test_another_municipality_needs_its_name() -> None:
    surroundings = {"KOKUNEN_KAFKA": "127.0.0.1:9092", "KOKUNEN_DATABASE_AUDIT": "postgresql:///audit"}
    assert settings.read("audit", surroundings).municipality_name == "豊島区"
    with pytest.raises(settings.SettingsError, match="KOKUNEN_MUNICIPALITY_NAME"):
        settings.read("audit", surroundings | {"KOKUNEN_MUNICIPALITY": "131059"})
