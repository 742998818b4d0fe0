"""What are people, streets and far places called in a town that does not exist?

Each surname, given name and place says that it is an example. Some are hard to write on purpose: variants (異体字) that
old code pages lack, a variation sequence, half-width kana, long foreign names, aliases (通称).
"""

import unicodedata
from random import Random

from contracts.vocabulary import Sex

MARKS = ("架空", "見本", "試験", "仮名", "例", "雛形", "模擬", "想定", "EXAMPLE", "SAMPLE", "SPECIMEN", "FICTION")
"""Every name holds one of these; a test looks."""

_SURNAMES = (
    ("架空", "カクウ"),
    ("見本", "ミホン"),
    ("試験", "シケン"),
    ("仮名", "カメイ"),
    ("例示", "レイジ"),
    ("雛形", "ヒナガタ"),
    ("模擬", "モギ"),
    ("想定", "ソウテイ"),
    ("作例", "サクレイ"),
    ("見本田", "ミホンダ"),
    ("架空川", "カクウガワ"),
    ("試験山", "シケンヤマ"),
    ("仮名沢", "カメイザワ"),
    ("例之木", "レイノキ"),
)
_HARD_SURNAMES = (
    ("髙見本", "タカミホン"),
    ("𠮷仮名", "ヨシカメイ"),
    ("見本﨑", "ミホンザキ"),
    ("葛\U000e0100例", "カツレイ"),
    ("例邉", "レイベ"),
    ("試験德", "シケントク"),
)
_GIVEN: dict[Sex, tuple[tuple[str, str], ...]] = {
    "male": (
        ("例一", "レイイチ"),
        ("例二", "レイジ"),
        ("例太", "レイタ"),
        ("例郎", "レイロウ"),
        ("例介", "レイスケ"),
        ("例斗", "レイト"),
        ("例也", "レイヤ"),
        ("例平", "レイヘイ"),
        ("例彦", "レイヒコ"),
        ("仮名男", "カナオ"),
    ),
    "female": (
        ("例子", "レイコ"),
        ("例美", "レイミ"),
        ("例奈", "レイナ"),
        ("例香", "レイカ"),
        ("例代", "レイヨ"),
        ("例乃", "レイノ"),
        ("例恵", "レイエ"),
        ("例華", "レイカ"),
        ("例菜", "レイナ"),
        ("仮名子", "カナコ"),
    ),
    "unknown": (("例", "レイ"),),
}
_FOREIGN_SURNAMES = (
    ("EXAMPLE", "エグザンプル"),
    ("SAMPLE", "サンプル"),
    ("SPECIMEN", "スペシメン"),
    ("FICTION", "フィクション"),
)
_FOREIGN_GIVEN = (
    ("ALPHA", "アルファ"),
    ("BETA", "ベータ"),
    ("GAMMA", "ガンマ"),
    ("DELTA", "デルタ"),
    ("EPSILON", "イプシロン"),
    ("KAPPA", "カッパ"),
    ("SIGMA", "シグマ"),
    ("OMEGA", "オメガ"),
)
_TOWNS = ("見本町", "架空台", "試験坂", "仮名橋", "例示")
_ELSEWHERE = ("架空県見本市例町1-2", "仮名県試験市例台3-4", "例示県雛形市模擬5-6", "想定府作例市架空7-8")
_COUNTRIES = ("架空国", "見本共和国", "例示連邦", "想定王国")

_HALF = {unicodedata.normalize("NFKC", chr(code)): chr(code) for code in range(0xFF66, 0xFF9E)}
_HALF |= {"\u3099": "\uff9e", "\u309a": "\uff9f", "ー": "\uff70", "\u3000": " "}


def half_width(kana: str) -> str:
    """Katakana as old registers hold them: one column per character, the voiced mark apart."""
    return "".join(_HALF.get(char, char) for char in unicodedata.normalize("NFD", kana))


def surname(rng: Random) -> tuple[str, str]:
    return rng.choice(_HARD_SURNAMES if rng.random() < 0.06 else _SURNAMES)


def japanese_name(rng: Random, family: tuple[str, str], sex: Sex) -> tuple[str, str]:
    """Name and kana; the kana of one in eight is half-width."""
    given = rng.choice(_GIVEN[sex])
    kana = f"{family[1]}\u3000{given[1]}"
    return f"{family[0]}\u3000{given[0]}", half_width(kana) if rng.random() < 0.12 else kana


def foreign_name(rng: Random) -> tuple[str, str]:
    family, first = rng.choice(_FOREIGN_SURNAMES), rng.choice(_FOREIGN_GIVEN)
    names, kana = [family[0], first[0]], [family[1], first[1]]
    while len(names) < 8 and rng.random() < 0.25:
        more = rng.choice(_FOREIGN_GIVEN)
        names.append(more[0])
        kana.append(more[1])
    return " ".join(names), " ".join(kana)


def with_surname(family: str, family_kana: str, name: str, kana: str) -> tuple[str, str]:
    """The same given name under another surname (婚姻, 離婚, 養子縁組)."""
    given = name.split("\u3000")[-1]
    given_kana = unicodedata.normalize("NFKC", kana).replace("\u3000", " ").split(" ")[-1]
    return f"{family}\u3000{given}", f"{family_kana}\u3000{given_kana}"


def family_of(name: str, kana: str) -> tuple[str, str]:
    return name.split("\u3000")[0], unicodedata.normalize("NFKC", kana).replace("\u3000", " ").split(" ")[0]


def address(rng: Random) -> str:
    flat = f" 例示荘{rng.randrange(1, 9)}0{rng.randrange(1, 9)}" if rng.random() < 0.7 else ""
    return f"架空区{rng.choice(_TOWNS)}{rng.randrange(1, 6)}丁目{rng.randrange(1, 40)}番{rng.randrange(1, 25)}号{flat}"


def elsewhere(rng: Random) -> str:
    return rng.choice(_ELSEWHERE)


def country(rng: Random) -> str:
    return rng.choice(_COUNTRIES)
