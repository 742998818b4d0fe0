"""The scanner sees a number in every spelling we could think of, and nothing where there is none."""

import base64
import json

import pytest

from tests.scanner import Scanner, spellings
from tests.system.doors import numbers

ONE, OTHER = numbers(2)


@pytest.mark.parametrize("spelling", spellings(ONE))
def test_every_spelling_is_seen_and_the_number_is_not_told(spelling: str) -> None:
    content = b"before " + spellings(ONE)[spelling] + b" after"
    found = list(Scanner([ONE]).findings("somewhere", content))
    assert f"somewhere: {spelling}" in found
    assert not any(ONE in one for one in found)


@pytest.mark.parametrize("before", ["", "x", "xy", "xyz"])
def test_base64_is_seen_whatever_stands_before(before: str) -> None:
    content = base64.b64encode(f"{before}{ONE} and more".encode())
    assert list(Scanner([ONE]).findings("somewhere", content))


def test_an_event_of_full_width_digits_is_seen() -> None:
    wide = ONE.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    for text in (json.dumps({"name": wide}), json.dumps({"name": wide}, ensure_ascii=False)):
        assert list(Scanner([ONE]).findings("somewhere", text.encode()))


def test_another_number_is_not_seen() -> None:
    assert list(Scanner([ONE]).findings("somewhere", OTHER.encode() + ONE[:-1].encode())) == []
