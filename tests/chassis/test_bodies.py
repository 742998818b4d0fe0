"""What does a door say of a body that it cannot take? Where the mistake is, and nothing that the caller wrote."""

import json
from typing import Any

import pytest
from chassis.doors import Door, _body, _Problem
from contracts.vocabulary import Model


class Part(Model):
    pages: int


class Asked(Model):
    files: dict[str, str]
    parts: tuple[Part, ...] = ()


DOOR: Any = Door("/here", "right", Asked, Asked, lambda *_: None)  # type: ignore[arg-type, return-value]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        (b'{"files": {"Yamada Taro": 7}}', "files.(member)"),
        (b'{"files": {}, "parts": [{"pages": 1}, {"pages": "x"}]}', "parts.1.pages"),
        (b'{"files": {}, "Yamada Taro": 1}', None),
        (b'{"files": {}, "parts": [{"pages": 1, "Yamada Taro": 1}]}', "parts.0"),
    ],
)
def test_a_member_that_is_the_caller_s_own_is_not_named(given: bytes, field: str | None) -> None:
    with pytest.raises(_Problem) as refused:
        _body(DOOR, given)
    told = json.loads(refused.value.response.body)
    assert told.get("field") == field
    assert b"Yamada" not in refused.value.response.body
