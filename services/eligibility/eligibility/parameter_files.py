"""Are the parameter files complete and well formed? Then here are their values, frozen.

`parameters/<subject>.yaml` holds one entry per key: description, unit, reviewed (the day somebody last looked) and
`values`, each with `from` (the first month it holds for), value, source and confidence. Nothing is guessed: a file, key
or member too many or too few is refused, and the message names file and key.
"""

import datetime as dt
from collections.abc import Hashable
from dataclasses import fields
from itertools import pairwise
from pathlib import Path
from typing import Any, get_args

import yaml
from contracts.vocabulary import Month

from eligibility.rules.parameters import Confidence, Dated, InForce, Parameters, Steps

FOLDER = Path(__file__).parent / "parameters"

_ENTRY_MEMBERS = {"description", "unit", "reviewed", "values"}
_VALUE_MEMBERS = {"from", "value", "source", "confidence"}
_UNITS: dict[Any, tuple[str, ...]] = {
    int: ("yen", "years", "months", "days", "per mille"),
    bool: ("flag",),
    Month: ("month",),
    dt.date: ("day",),
    Steps: ("yen by months",),
}
_CONFIDENCE = get_args(Confidence)


class ParameterFileError(ValueError):
    """A parameter file can't be used; the message names the file and the key."""


def load_parameters(folder: Path = FOLDER) -> Parameters:
    """Every parameter of the law, from the YAML files of one folder."""
    subjects = {subject.name: subject.type for subject in fields(Parameters)}
    _same_names(f"{folder}", {path.stem for path in folder.glob("*.yaml")}, set(subjects), "file")
    return Parameters(**{name: _subject(folder / f"{name}.yaml", kind) for name, kind in subjects.items()})


def _subject(path: Path, kind: Any) -> Any:
    try:
        content = _NoRepeatedKey(path.read_text(encoding="utf-8")).get_single_data()
    except yaml.YAMLError as error:
        raise ParameterFileError(f"{path.name}: {error}") from None
    if not isinstance(content, dict):
        raise ParameterFileError(f"{path.name}: must hold keys with their values")
    types = {member.name: get_args(member.type)[0] for member in fields(kind)}
    _same_names(path.name, set(content), set(types), "key")
    return kind(**{key: _dated(path, key, content[key], kept_as) for key, kept_as in types.items()})


def _dated(path: Path, key: str, entry: Any, kept_as: type) -> Dated[Any]:
    place = f"{path.name}: {key}"
    if not isinstance(entry, dict):
        raise ParameterFileError(f"{place}: must have description, unit, reviewed and values")
    _same_names(place, set(entry), _ENTRY_MEMBERS, "member")
    _text(f"{place}: description", entry["description"])
    if entry["unit"] not in _UNITS[kept_as]:
        raise ParameterFileError(f"{place}: unit must be {' or '.join(_UNITS[kept_as])}")
    if type(entry["reviewed"]) is not dt.date:
        raise ParameterFileError(f"{place}: reviewed must be a day, written YYYY-MM-DD")
    if not isinstance(entry["values"], list) or not entry["values"]:
        raise ParameterFileError(f"{place}: values must be a list and not empty")
    history = tuple(
        _in_force(f"{place}: value {number}", kept_as, value) for number, value in enumerate(entry["values"], 1)
    )
    starts = tuple(value.since for value in history)
    if any(later <= earlier for earlier, later in pairwise(starts)):
        raise ParameterFileError(f"{place}: the `from` months must ascend")
    return Dated(f"{path.stem}.{key}", entry["description"], entry["unit"], entry["reviewed"], history, starts)


def _in_force(place: str, kept_as: type, entry: Any) -> InForce[Any]:
    if not isinstance(entry, dict):
        raise ParameterFileError(f"{place}: must have from, value, source and confidence")
    _same_names(place, set(entry), _VALUE_MEMBERS, "member")
    if entry["confidence"] not in _CONFIDENCE:
        raise ParameterFileError(f"{place}: confidence must be one of {', '.join(_CONFIDENCE)}")
    source = _text(f"{place}: source", entry["source"])
    since = _month(f"{place}: from", entry["from"])
    return InForce(_value(place, kept_as, entry["value"]), since, source, entry["confidence"])


def _value(place: str, kept_as: type, value: Any) -> Any:
    if kept_as is Month:
        return _month(place, value)
    if kept_as is dt.date:
        if type(value) is not dt.date:
            raise ParameterFileError(f"{place}: must be a day, written YYYY-MM-DD")
        return value
    if kept_as is bool:
        if not isinstance(value, bool):
            raise ParameterFileError(f"{place}: must be true or false")
        return value
    if kept_as == Steps:
        if not isinstance(value, dict) or not value:
            raise ParameterFileError(f"{place}: must be steps, each a number of months with an amount")
        steps = tuple((_number(place, start), _number(f"{place}: {start}", amount)) for start, amount in value.items())
        if any(later[0] <= earlier[0] for earlier, later in pairwise(steps)):
            raise ParameterFileError(f"{place}: the steps must ascend")
        return steps
    return _number(place, value)


def _number(place: str, value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ParameterFileError(f"{place}: must be a whole number, not negative")
    return value


def _month(place: str, value: Any) -> Month:
    try:
        return Month.parse(value if isinstance(value, str) else "")
    except ValueError as error:
        raise ParameterFileError(f"{place}: {error}") from None


def _text(place: str, value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ParameterFileError(f"{place} must be a text and not empty")
    return value


def _same_names(place: str, found: set[Any], expected: set[str], what: str) -> None:
    for name in sorted(found - expected, key=str):
        raise ParameterFileError(f"{place}: unknown {what} {name!r}")
    for name in sorted(expected - found):
        raise ParameterFileError(f"{place}: {what} {name!r} is missing")


class _NoRepeatedKey(yaml.SafeLoader):
    """A SafeLoader that refuses a key given twice, where YAML would silently keep the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node)
            if key in seen:
                raise yaml.constructor.ConstructorError(None, None, f"key {key!r} given twice", key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep)
