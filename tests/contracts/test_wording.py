"""Has everything that an access record may say words for whoever reads it?"""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

from contracts.events.operations import BatchStep
from contracts.wording import DEEDS, deed

ROOT = Path(__file__).parents[2]
PLACE = {"record_access": 2, "record_search": 1, "_on_record": 3, "recorded": 4}
"""Of what was done, among what these functions are given."""


def codes(source: str) -> Iterator[str]:
    """What the calls in a source file say was done; of what is put together there, the beginning."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            match node.args[PLACE[name] : PLACE[name] + 1] if name in PLACE else []:
                case [ast.Constant(str(text))]:
                    yield text
                case [ast.JoinedStr([ast.Constant(str(text)), *_])]:
                    yield text.rstrip(".")


def test_everything_that_an_access_record_says_has_words() -> None:
    files = [file for folder in ("libs", "services") for file in (ROOT / folder).rglob("*.py")]
    said = {code for file in files for code in codes(file.read_text("utf-8"))} - {"transmittal"}
    assert len(said) > 90
    every = said | {f"transmittal.{step}" for step in get_args(BatchStep)}
    assert every - DEEDS.keys() == set()
    assert DEEDS.keys() - every == set(), "nobody says so any more"


def test_a_code_without_words_would_be_found() -> None:
    assert list(codes('t.record_search(access, "frobnicated", ())\nt.record_search(access, f"lists.{x}", ())')) == [
        "frobnicated",
        "lists",
    ]


def test_a_longer_code_says_which_of_its_kind_and_an_unknown_one_is_said_as_it_is() -> None:
    assert deed("lists.reception") == deed("lists") == "一覧の出力"
    assert deed("frobnicated") == "frobnicated"
