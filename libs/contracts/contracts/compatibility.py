"""Can everything that was valid under an old JSON Schema still be read under a new one?

Covers the keywords that pydantic writes for our shapes. What is in doubt counts as incompatible: then the event type gets
a new version.
"""

from collections.abc import Iterator
from typing import Any

Schema = dict[str, Any]

_FLOORS = ("minimum", "exclusiveMinimum", "minLength", "minItems")
_CEILINGS = ("maximum", "exclusiveMaximum", "maxLength", "maxItems")
_EXACT = ("pattern", "format")


def incompatible(old_schema: Schema, new_schema: Schema) -> list[str]:
    """What a sender who keeps to the old schema may say that the new one refuses; empty = compatible."""
    return list(_Comparison(old_schema, new_schema).differences(old_schema, new_schema, ""))


class _Comparison:
    def __init__(self, old_root: Schema, new_root: Schema) -> None:
        self.old_root, self.new_root = old_root, new_root

    def differences(self, old: Schema, new: Schema, path: str) -> Iterator[str]:
        old_choices, new_choices = _choices(old, self.old_root), _choices(new, self.new_root)
        for choice in old_choices:
            tried = [list(self._of_one(choice, candidate, path)) for candidate in new_choices]
            if all(tried):
                yield from min(tried, key=len)

    def _of_one(self, old: Schema, new: Schema, path: str) -> Iterator[str]:
        place = path or "(event)"
        if "type" in new and old.get("type") != new["type"] and not _is_subset(old, new):
            yield f"{place}: type was {old.get('type')}, is {new['type']}"
            return
        if (allowed := _values(new)) is not None and not _is_subset(old, new):
            gone = [value for value in _values(old) or ["any value"] if value not in allowed]
            yield f"{place}: no longer allowed: {', '.join(map(str, gone))}"
        for word in _EXACT:
            if word in new and old.get(word) != new[word]:
                yield f"{place}: {word} was {old.get(word)}, is {new[word]}"
        for word in _FLOORS:
            if word in new and (word not in old or new[word] > old[word]):
                yield f"{place}: {word} was {old.get(word)}, is {new[word]}"
        for word in _CEILINGS:
            if word in new and (word not in old or new[word] < old[word]):
                yield f"{place}: {word} was {old.get(word)}, is {new[word]}"
        yield from self._of_members(old, new, path)
        yield from self._of_items(old, new, path)

    def _of_members(self, old: Schema, new: Schema, path: str) -> Iterator[str]:
        before, after = old.get("properties", {}), new.get("properties", {})
        closed = new.get("additionalProperties") is False
        if closed and old.get("type") == "object" and old.get("additionalProperties") is not False:
            yield f"{path or '(event)'}: other members are no longer allowed"
        for member in before:
            where = f"{path}.{member}" if path else member
            if member in after:
                yield from self.differences(before[member], after[member], where)
            elif closed:
                yield f"{where}: member removed"
        for member in new.get("required", ()):
            if member not in old.get("required", ()):
                yield f"{path}.{member}: now required" if path else f"{member}: now required"

    def _of_items(self, old: Schema, new: Schema, path: str) -> Iterator[str]:
        if isinstance(new.get("items"), dict):
            yield from self.differences(old.get("items") or {}, new["items"], f"{path}[]")
        before, after = old.get("prefixItems", []), new.get("prefixItems", [])
        if len(before) != len(after):
            yield f"{path}[]: had {len(before)} places, has {len(after)}"
        for position, (was, now) in enumerate(zip(before, after, strict=False)):
            yield from self.differences(was, now, f"{path}[{position}]")


def _choices(schema: Schema, root: Schema) -> list[Schema]:
    """The alternatives of a schema, references followed."""
    while "$ref" in schema:
        schema = root["$defs"][schema["$ref"].rsplit("/", 1)[1]]
    alternatives = schema.get("anyOf") or schema.get("oneOf")
    if not alternatives:
        return [schema]
    return [choice for alternative in alternatives for choice in _choices(alternative, root)]


def _values(schema: Schema) -> list[Any] | None:
    if "const" in schema:
        return [schema["const"]]
    values: list[Any] | None = schema.get("enum")
    return values


def _is_subset(old: Schema, new: Schema) -> bool:
    was, now = _values(old), _values(new)
    return was is not None and now is not None and all(value in now for value in was)
