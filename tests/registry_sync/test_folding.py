"""Two spellings of one name, reading or address meet under one key; what is stored stays as it came."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from registry_sync.folding import address_key, kana_key, name_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("髙橋　太郎", "高橋太郎"),
        ("﨑山 花子", "崎山花子"),
        ("渡邉・例", "渡辺 例"),
        ("𠮷野 例", "吉野例"),
        ("葛\U000e0101城 例", "葛城例"),
        ("神\ufa19野", "神神野"),
        ("ＳＭＩＴＨ Ｊｏｈｎ", "smith john"),
        (unicodedata.normalize("NFD", "がぎ"), "がぎ"),
    ],
)
def test_names_meet(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ﾀｶﾊｼ ﾀﾛｳ", "タカハシ　タロウ"),
        ("ｶﾞﾝﾊﾞﾙ", "ガンバル"),
        ("カ\u3099", "ガ"),
        ("ジョージ", "ジヨジ"),
        ("ケンイチロー", "ケンイチロ"),
        ("たかはし", "タカハシ"),
        ("チヅル", "チズル"),
        ("ミヲ", "ミオ"),
        ("スミス－ジョン", "スミス ジョン"),
        ("ヴィヴィ", "ブイブイ"),
    ],
)
def test_readings_meet(one: str, other: str) -> None:
    assert kana_key(one) == kana_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("架空区見本町一丁目2番3号", "架空区見本町１－２－３"),
        ("架空区見本町1丁目2番地の3", "架空区見本町1-2-3"),
        ("架空区見本町十二丁目二十三番3号 メゾン架空101", "架空区見本町12-23-3"),
        ("架空区見本町 １丁目２番", "架空区見本町1-2"),
    ],
)
def test_addresses_meet(one: str, other: str) -> None:
    assert address_key(one) == address_key(other)


@pytest.mark.parametrize(
    ("key", "one", "other"),
    [
        (name_key, "高橋太郎", "高橋次郎"),
        (kana_key, "タロウ", "ジロウ"),
        (kana_key, "ヤマサキ", "ヤマザキ"),
        (kana_key, "ユウ", "ユキ"),
        (address_key, "架空区見本町1-2-3", "架空区見本町1-2-4"),
        (address_key, "架空区見本町1-23", "架空区見本町12-3"),
        (address_key, "架空区見本町1-2-3", "架空区例町1-2-3"),
    ],
)
def test_what_differs_stays_apart(key: object, one: str, other: str) -> None:
    assert key(one) != key(other)  # type: ignore[operator]


TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30)


@given(TEXT)
@settings(max_examples=1_000)
def test_a_key_is_its_own_key(text: str) -> None:
    for key in (name_key, kana_key):
        assert key(key(text)) == key(text)


@given(TEXT)
def test_forms_of_composition_play_no_part(text: str) -> None:
    for key in (name_key, kana_key, address_key):
        assert key(unicodedata.normalize("NFD", text)) == key(unicodedata.normalize("NFC", text))
