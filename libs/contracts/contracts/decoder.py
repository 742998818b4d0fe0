"""May these bytes be read as an event of this topic?

The one strict decoder of all services. JSON libraries differ in what they let pass (duplicate keys, NaN, lone
surrogates, huge numbers), so the bytes are judged here and nowhere else:

    length ≤ 256 KiB → UTF-8 without BOM → JSON without duplicate keys, floats, NaN; depth ≤ 32; integers ≤ 15 digits
    → every string free of control, bidirectional, zero-width, tag and non-characters → schema of the event type

A refusal names reason, field and rule. It never holds a value: errors are read by people who may not see the person.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import ValidationError

from contracts.envelope import Event
from contracts.events.income import TaxAssessed
from contracts.guard import my_number_at
from contracts.signs import NOTEWORTHY, TEXT_RULES, twelve_digits, unusual
from contracts.topics import EVENT_TYPES, TOPICS, dataschema

MAX_BYTES = 256 * 1024
MAX_DEPTH = 32
MAX_DIGITS = 15
_ADDRESSEE = re.compile("[1-9][0-9]{0,14}")
_TIME = re.compile(
    "[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:[.][0-9]{1,9})?(?:[Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_EVENT_ID = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_MEMBER = re.compile("[a-z0-9_]{1,64}")
_LONGEST_DATE = 40
"""Longer text is no date; also keeps the pattern below from trying forever."""
_UNKNOWN_DATE = re.compile(
    "[0-9]{4}-(?:00-[0-9]{2}|[0-9]{2}-00)|(?:明治|大正|昭和|平成|令和|推定|西暦)?[^-]*[年月日](?:.*不詳)?|.*不詳.*|推定.*"
)


@dataclass
class Refusal(Exception):
    """The bytes can't be used. `held` = a person can settle it; else they are set aside.

    `reason` is a stable code, `field` the path inside the event, `rule` what it breaks, `event` the id if it was legible.
    """

    reason: str
    field: str | None = None
    rule: str | None = None
    event: str | None = None
    held: bool = False

    def __str__(self) -> str:
        return " · ".join(part for part in (self.reason, self.field, self.rule) if part)


class _Duplicate(ValueError):
    pass


class _Number(ValueError):
    pass


def _integer(text: str) -> int:
    if len(text.lstrip("-")) > MAX_DIGITS:
        raise _Number
    return int(text)


def _no_number(text: str) -> Any:
    raise _Number


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Duplicate
    return found


_JSON = json.JSONDecoder(object_pairs_hook=_once, parse_int=_integer, parse_float=_no_number, parse_constant=_no_number)


def _strings(value: Any) -> Iterator[str]:
    """All strings in a JSON value, member names included."""
    if type(value) is str:
        yield value
    elif type(value) is dict:
        yield from value
        for member in value.values():
            yield from _strings(member)
    elif type(value) is list:
        for member in value:
            yield from _strings(member)


def _too_deep(text: str) -> bool:
    if text.count("{") + text.count("[") <= MAX_DEPTH:
        return False
    depth = deepest = 0
    in_string = escaped = False
    for char in text:
        if in_string:
            if escaped:
                escaped = False
            elif char == "\\":
                escaped = True
            elif char == '"':
                in_string = False
        elif char == '"':
            in_string = True
        elif char in "{[":
            depth += 1
            deepest = max(deepest, depth)
        elif char in "}]":
            depth -= 1
    return deepest > MAX_DEPTH


@cache
def _model(event_type: str) -> type[Event[Any]]:
    return Event[EVENT_TYPES[event_type]]  # type: ignore[valid-type]


@cache
def _types(topic: str) -> dict[str, str]:
    return {event.__name__: dataschema(event) for event in TOPICS[topic].events}


def decode(topic: str, value: bytes | None) -> Event[Any]:
    """The event in a record's value. Raises `Refusal` for anything else, whatever the bytes are."""
    if not value:
        raise Refusal("empty", rule="an event, not a tombstone")
    if len(value) > MAX_BYTES:
        raise Refusal("too_long", rule=f"at most {MAX_BYTES} bytes")
    try:
        text = value.decode("utf-8")
    except UnicodeDecodeError:
        raise Refusal("not_utf8", rule="strict UTF-8") from None
    if _too_deep(text):
        raise Refusal("too_deep", rule=f"at most {MAX_DEPTH} levels")
    try:
        parsed = _JSON.decode(text)
    except _Duplicate:
        raise Refusal("duplicate_key", rule="each member once") from None
    except _Number:
        raise Refusal("number", rule=f"integers of at most {MAX_DIGITS} digits") from None
    except (ValueError, RecursionError):
        raise Refusal("not_json", rule="one JSON object (RFC 8259)") from None
    if type(parsed) is not dict:
        raise Refusal("not_an_object", rule="one JSON object")
    claimed = parsed.get("id")
    legible = claimed.lower() if type(claimed) is str and _EVENT_ID.fullmatch(claimed.lower()) else None
    odd = "\\" in text or unusual(value)  # an escape may hide what the first look would have seen
    if odd:
        _scan(parsed, legible)
    # Ids and times are no text: the search begins at the first place that may be `data`.
    if (odd or twelve_digits(value[max(value.find(b'"data"'), 0) :])) and (
        place := my_number_at(parsed.get("data"), "data")
    ) is not None:
        # The name of a member that is none of ours may say anything: it is not shown.
        shown = (part if _MEMBER.fullmatch(part) else "(member name)" for part in place.split("."))
        raise Refusal("my_number", ".".join(shown), "no My Number is ever on a topic", legible)
    expected = _types(topic).get(parsed["type"]) if type(parsed.get("type")) is str else None
    if expected is None:
        raise Refusal("type", "type", f"an event type of topic {topic}", legible)
    if parsed.get("dataschema") != expected:
        raise Refusal("version", "dataschema", f"a version this service can read: {expected}", legible)
    if TOPICS[topic].by_resident and TOPICS[topic].residents_only and not _is_addressee(parsed.get("subject")):
        raise Refusal("schema", "subject", "an addressee number: up to 15 digits, never 12, no leading zero", legible)
    if type(time := parsed.get("time")) is str and not _TIME.fullmatch(time):
        raise Refusal("schema", "time", "RFC 3339 with a zone; not a number in quotes", legible)
    try:
        event = _model(parsed["type"]).model_validate_json(value)
    except ValidationError as error:
        raise _explain(error, parsed, legible) from None
    if type(event.data) is TaxAssessed and event.data.tax_year > event.time.year + 1:
        raise Refusal("schema", "data.tax_year", "not later than the year after the one it was recorded in", legible)
    return event


def _is_addressee(subject: Any) -> bool:
    return type(subject) is str and _ADDRESSEE.fullmatch(subject) is not None and len(subject) != 12


def _scan(parsed: dict[str, Any], event: str | None) -> None:
    joined = " ".join(_strings(parsed))
    if not NOTEWORTHY.search(joined):
        return
    for pattern, reason, rule, held in TEXT_RULES:
        if pattern.search(joined):
            raise Refusal(reason, _place(parsed, pattern), rule, event, held)


def _place(value: Any, pattern: re.Pattern[str], path: str = "") -> str | None:
    """Path of the first string that matches. A member name that is none of ours may say anything: it is not shown."""
    if isinstance(value, str):
        return path if pattern.search(value) else None
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, member in members:
        if isinstance(key, str) and pattern.search(key):
            return path or "(member name)"
        name = str(key) if _MEMBER.fullmatch(str(key)) else "(member name)"
        found = _place(member, pattern, f"{path}.{name}" if path else name)
        if found is not None:
            return found
    return None


def _explain(error: ValidationError, parsed: dict[str, Any], event: str | None) -> Refusal:
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    path = [str(part) for part in first["loc"]]
    extra = first["type"] == "extra_forbidden"
    field = ".".join(path[:-1] if extra else path) or None
    if path[-1:] == ["birth_date"]:
        value: Any = parsed
        for part in path:
            value = value.get(part) if isinstance(value, dict) else None
        if isinstance(value, str) and len(value) <= _LONGEST_DATE and _UNKNOWN_DATE.fullmatch(value):
            return Refusal(
                "birth_date_uncertain",
                field,
                "a full civil date; 不詳 and era dates are settled by a person",
                event,
                True,
            )
    if first["type"] == "union_tag_invalid":
        return Refusal("schema", field, "a kind that this service can read", event)  # pydantic's words hold the value
    rule = "no member of another name" if extra else str(first["msg"])
    return Refusal("schema", field, rule, event)
