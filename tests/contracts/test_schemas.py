"""What was published stays readable: samples of every version, snapshots of every schema, and the gate for changes."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from contracts.asyncapi import document, schema
from contracts.compatibility import incompatible
from contracts.decoder import decode
from contracts.snapshots import FOLDER, broken_promises, snapshots, write
from contracts.topics import EVENT_TYPES, TOPICS, version_of

PUBLISHED = Path(__file__).parent / "published"
SAMPLES = sorted(PUBLISHED.glob("*.json"))


def topic_of(event_type: str) -> str:
    return next(name for name, topic in TOPICS.items() if EVENT_TYPES[event_type] in topic.events)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_an_event_of_every_published_version_is_still_readable(sample: Path) -> None:
    event_type = sample.name.split(".")[0]
    found = decode(topic_of(event_type), sample.read_bytes())
    assert type(found.data) is EVENT_TYPES[event_type]
    assert decode(topic_of(event_type), found.encode()) == found


def test_every_version_of_every_event_type_has_a_sample() -> None:
    expected = {
        f"{name}.v{version}.json" for name, data in EVENT_TYPES.items() for version in range(1, version_of(data) + 1)
    }
    assert {path.name for path in SAMPLES} == expected


def test_the_snapshots_are_what_the_code_says() -> None:
    """Wrong here: run `python -m contracts.snapshots` and read the difference."""
    current = snapshots()
    assert {
        name: FOLDER.joinpath(name).read_text("utf-8") == content for name, content in current.items()
    } == dict.fromkeys(current, True)


def test_no_published_schema_is_narrowed_without_a_new_version() -> None:
    assert broken_promises() == {}


def test_a_narrowing_change_is_not_written(tmp_path: Path) -> None:
    write(tmp_path)
    wider = schema("TaxAssessed")
    wider["$defs"]["TaxAssessed"]["properties"]["state"]["enum"].append("deceased")
    tmp_path.joinpath("TaxAssessed.v1.json").write_text(json.dumps(wider), "utf-8")
    with pytest.raises(SystemExit, match=r"TaxAssessed: data\.state: no longer allowed: deceased"):
        write(tmp_path)


@pytest.mark.parametrize("event_type", EVENT_TYPES)
def test_a_schema_is_compatible_with_itself(event_type: str) -> None:
    assert incompatible(schema(event_type), schema(event_type)) == []


def test_the_document_names_every_topic_and_event_type() -> None:
    found = document()
    assert set(found["channels"]) == set(TOPICS)
    assert set(found["components"]["messages"]) == set(EVENT_TYPES)


BASE: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["kind", "data"],
    "properties": {
        "kind": {"enum": ["a", "b"], "type": "string"},
        "note": {"anyOf": [{"type": "string", "minLength": 1, "maxLength": 9}, {"type": "null"}]},
        "data": {"$ref": "#/$defs/Data"},
        "parts": {"type": "array", "items": {"type": "integer", "minimum": 0, "maximum": 9}, "maxItems": 3},
        "pair": {"type": "array", "prefixItems": [{"type": "string"}, {"type": "integer"}]},
        "code": {"type": "string", "pattern": "^[a-z]$"},
        "free": {"type": "string"},
        "open": {"type": "object"},
    },
    "$defs": {"Data": {"type": "object", "properties": {"x": {"type": "integer"}}, "additionalProperties": False}},
}

Change = Callable[[dict[str, Any]], object]

NARROWED: dict[str, tuple[Change, str]] = {
    "member removed": (lambda s: s["properties"].pop("note"), "note: member removed"),
    "member removed inside": (lambda s: s["$defs"]["Data"]["properties"].pop("x"), "data.x: member removed"),
    "new required member": (lambda s: s["required"].append("note"), "note: now required"),
    "required inside": (lambda s: s["$defs"]["Data"].update(required=["x"]), "data.x: now required"),
    "enum narrowed": (lambda s: s["properties"]["kind"]["enum"].remove("b"), "kind: no longer allowed: b"),
    "enum on free text": (lambda s: s["properties"]["free"].update(enum=["a"]), "free: no longer allowed: any value"),
    "const on enum": (
        lambda s: s["properties"].update(kind={"const": "a", "type": "string"}),
        "kind: no longer allowed: b",
    ),
    "type changed": (lambda s: s["properties"]["free"].update(type="integer"), "free: type was string, is integer"),
    "type changed inside": (
        lambda s: s["$defs"]["Data"]["properties"]["x"].update(type="string"),
        "data.x: type was integer, is string",
    ),
    "null no longer allowed": (lambda s: s["properties"]["note"]["anyOf"].pop(), "note: type was null, is string"),
    "pattern changed": (lambda s: s["properties"]["code"].update(pattern="^[a]$"), "code: pattern was"),
    "pattern added": (lambda s: s["properties"]["free"].update(pattern="^x"), "free: pattern was None"),
    "format added": (lambda s: s["properties"]["free"].update(format="date"), "free: format was None"),
    "minimum raised": (lambda s: s["properties"]["parts"]["items"].update(minimum=1), "parts[]: minimum was 0, is 1"),
    "maximum lowered": (lambda s: s["properties"]["parts"]["items"].update(maximum=8), "parts[]: maximum was 9, is 8"),
    "shorter": (lambda s: s["properties"]["note"]["anyOf"][0].update(maxLength=8), "note: maxLength was 9, is 8"),
    "longer at least": (
        lambda s: s["properties"]["note"]["anyOf"][0].update(minLength=2),
        "note: minLength was 1, is 2",
    ),
    "length limited": (lambda s: s["properties"]["free"].update(maxLength=5), "free: maxLength was None, is 5"),
    "fewer items": (lambda s: s["properties"]["parts"].update(maxItems=2), "parts: maxItems was 3, is 2"),
    "place added": (lambda s: s["properties"]["pair"]["prefixItems"].append({}), "pair[]: had 2 places, has 3"),
    "place changed": (
        lambda s: s["properties"]["pair"]["prefixItems"][1].update(type="string"),
        "pair[1]: type was integer, is string",
    ),
    "closed": (
        lambda s: s["properties"]["open"].update(additionalProperties=False),
        "open: other members are no longer allowed",
    ),
}

WIDENED: dict[str, Change] = {
    "nothing": lambda s: None,
    "new optional member": lambda s: s["properties"].update(more={"type": "string"}),
    "enum widened": lambda s: s["properties"]["kind"]["enum"].append("c"),
    "no longer required": lambda s: s["required"].remove("kind"),
    "null allowed": lambda s: s["properties"].update(free={"anyOf": [{"type": "string"}, {"type": "null"}]}),
    "longer": lambda s: s["properties"]["note"]["anyOf"][0].update(maxLength=10),
    "maximum dropped": lambda s: s["properties"]["parts"]["items"].pop("maximum"),
    "pattern dropped": lambda s: s["properties"]["code"].pop("pattern"),
    "another description": lambda s: s.update(description="other words", title="another"),
}


def changed(change: Change) -> dict[str, Any]:
    new = copy.deepcopy(BASE)
    change(new)
    return new


@pytest.mark.parametrize("what", NARROWED)
def test_a_narrowing_change_is_found(what: str) -> None:
    change, expected = NARROWED[what]
    (found,) = incompatible(BASE, changed(change))
    assert found.startswith(expected)


@pytest.mark.parametrize("what", WIDENED)
def test_a_widening_change_is_let_through(what: str) -> None:
    assert incompatible(BASE, changed(WIDENED[what])) == []
