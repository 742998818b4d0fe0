"""Characters: what an event carries unchanged, and what a file's character set can't hold (bad input 41 to 46)."""

import json

import pytest
from contracts.characters import NotWritable, encode, unwritable, written
from contracts.decoder import decode
from contracts.events.registry import ResidentChanged
from hypothesis import given
from hypothesis import strategies as st

from tests.events import HUSBAND, change


@pytest.mark.parametrize(
    ("text", "charset", "missing"),
    [
        ("髙﨑", "cp932", ()),
        ("髙﨑", "shift_jis", ("U+9AD9", "U+FA11")),
        ("葛\U000e0101城", "cp932", ("U+E0101",)),
        ("𠮷野𠮷", "cp932", ("U+20BB7",)),
        ("神\ufa19", "cp932", ()),
        ("㐂", "cp932", ("U+3402",)),
        ("𠮷葛\U000e0101", "utf-8", ()),
        ("か\u3099", "cp932", ()),
        ("ｶﾞ", "shift_jis", ()),
        ("Ü", "cp932", ("U+00DC",)),
    ],
)
def test_what_a_set_can_not_hold_is_named(text: str, charset: str, missing: tuple[str, ...]) -> None:
    assert unwritable(text, charset) == missing  # type: ignore[arg-type]
    if missing:
        with pytest.raises(NotWritable) as refused:
            encode(text, charset)  # type: ignore[arg-type]
        assert refused.value.points == missing
        assert text not in str(refused.value)
    else:
        assert encode(text, charset)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("sign", "place"),
    [
        ("〜", "8160"),
        ("～", "8160"),
        ("−", "817c"),
        ("－", "817c"),
        ("‖", "8161"),
        ("∥", "8161"),
        ("—", "815c"),
        ("―", "815c"),
    ],
)
def test_one_sign_of_two_code_points_has_one_place_in_both_sets(sign: str, place: str) -> None:
    assert encode(sign, "cp932").hex() == encode(sign, "shift_jis").hex() == place


def test_nothing_is_normalised_away() -> None:
    """NFC would turn U+FA19 into U+795E; NFKC ① into 1."""
    assert written("\ufa19①㍻", "cp932") == "\ufa19①㍻"
    assert encode("\ufa19", "cp932").decode("cp932") == "\ufa19"


IDEOGRAPHS = st.one_of(
    st.characters(min_codepoint=0x3400, max_codepoint=0x9FFF, categories=["Lo"]),
    st.characters(min_codepoint=0xF900, max_codepoint=0xFAD9, categories=["Lo"]),
    st.characters(min_codepoint=0x20000, max_codepoint=0x323AF, categories=["Lo"]),
    st.characters(min_codepoint=0x3041, max_codepoint=0x30FF, categories=["Lo", "Lm"]),
)
"""Where the characters of MJ+ that Unicode can carry are: the ideographs with all extensions, compatibility ideographs, kana."""
SELECTED = st.tuples(IDEOGRAPHS, st.sampled_from(["", *map(chr, (0xFE00, 0xE0100, 0xE0101, 0xE01EF))])).map("".join)


@given(st.lists(SELECTED, min_size=1, max_size=20).map("".join))
def test_any_ideograph_with_any_selector_survives_an_event_unchanged(name: str) -> None:
    topic, event = change("entry", HUSBAND, "other", "2015-04-01", version=1, name=name)
    found = decode(topic, event.encode())
    assert isinstance(found.data, ResidentChanged)
    assert found.data.record.name == name
    assert json.loads(found.data.model_dump_json())["record"]["name"] == name
