"""Are the parameter files complete and well formed? Then here are their values, frozen.

`parameters/<subject>.yaml` holds one entry per key: description, unit, reviewed (the day somebody last looked) and
`values`, each with `from` (the first month it holds for), value, source and confidence. Nothing is guessed: a file, key
or member too many or too few is refused, and the message names file and key.

A draft is one file with values to come, `subject: {key: {values: […]}}`, checked as strictly. It continues the history of
a key and never changes it. A value that came in as a draft says with `activated` on which day, and which two people.
"""

import datetime as dt
import hashlib
import textwrap
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, get_args

import yaml
from contracts.vocabulary import Code, Month
from pydantic import TypeAdapter, ValidationError

from eligibility.retention import Period, RecordKind, Schedule
from eligibility.rules.parameters import Confidence, Dated, InForce, Parameters, Steps, every_value

FOLDER = Path(__file__).parent / "parameters"

_ENTRY_MEMBERS = {"description", "unit", "reviewed", "values"}
_VALUE_MEMBERS = {"from", "value", "source", "confidence"}
_ACTIVATED_MEMBERS = {"day", "by", "confirmed_by"}
_CODE: TypeAdapter[str] = TypeAdapter(Code)
_UNITS: dict[Any, tuple[str, ...]] = {
    int: ("yen", "years", "months", "days", "per mille"),
    bool: ("flag",),
    Month: ("month",),
    dt.date: ("day",),
    Steps: ("yen by months",),
}
_CONFIDENCE = get_args(Confidence)


Draft = Mapping[str, tuple[InForce[Any], ...]]
"""Values to come, by `subject.key`."""


class ParameterFileError(ValueError):
    """A parameter file can't be used; the message names the file and the key."""


@dataclass(frozen=True)
class Activation:
    """Who let a draft's values in, and when: two different accounts."""

    day: dt.date
    by: str
    confirmed_by: str


def sha256(folder: Path = FOLDER) -> str:
    """One hash of every parameter file, name and content."""
    total = hashlib.sha256()
    for path in sorted(folder.glob("*.yaml")):
        total.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


def load_parameters(folder: Path = FOLDER) -> Parameters:
    """Every parameter of the law, from the YAML files of one folder."""
    subjects = {subject.name: subject.type for subject in fields(Parameters)}
    _same_names(f"{folder}", {path.stem for path in folder.glob("*.yaml")}, set(subjects), "file")
    return Parameters(**{name: _subject(folder / f"{name}.yaml", kind) for name, kind in subjects.items()})


@cache
def retention() -> Schedule:
    """The schedule of retention (`retention.yaml`). ParameterFileError where it does not name every kind, or says something else than it should."""
    try:
        given = yaml.safe_load((Path(__file__).parent / "retention.yaml").read_text("utf-8"))
        if set(given) != set(get_args(RecordKind)):
            raise ParameterFileError(
                f"retention.yaml names each of {', '.join(get_args(RecordKind))}, and nothing else"
            )
        return {kind: Period(**given[kind]) for kind in get_args(RecordKind)}
    except TypeError as error:
        raise ParameterFileError(f"retention.yaml: {error}") from None


@cache
def parameters() -> Parameters:
    """The law's numbers in force, read once."""
    return load_parameters()


@cache
def law_sha256() -> str:
    """Which parameter files this process reads."""
    return sha256()


def load_draft(path: Path) -> Draft:
    """The values to come of one draft, each as strictly checked as those of the parameter files."""
    content = _mapping(path)
    subjects = {subject.name: subject.type for subject in fields(Parameters)}
    _known_names(path.name, set(content), set(subjects), "file")
    draft: dict[str, tuple[InForce[Any], ...]] = {}
    for subject, entries in content.items():
        if not isinstance(entries, dict) or not entries:
            raise ParameterFileError(f"{path.name}: {subject}: must hold keys with their values")
        types = _types(subjects[subject])
        _known_names(f"{path.name}: {subject}", set(entries), set(types), "key")
        for key, entry in entries.items():
            place = f"{path.name}: {subject}: {key}"
            if not isinstance(entry, dict):
                raise ParameterFileError(f"{place}: must have values")
            _same_names(place, set(entry), {"values"}, "member")
            draft[f"{subject}.{key}"] = _history(place, types[key], entry["values"])
    if not draft:
        raise ParameterFileError(f"{path.name}: names no value")
    return draft


def with_draft(parameters: Parameters, draft: Draft) -> Parameters:
    """These parameters with the draft's values after theirs; what is held already is not touched."""
    known = {value.name: value for value in every_value(parameters)}
    changed: dict[str, dict[str, Dated[Any]]] = {}
    for name, values in draft.items():
        subject, _, key = name.partition(".")
        held = known[name]
        history = held.history + values
        if any(later.since <= earlier.since for earlier, later in pairwise(history)):
            raise ParameterFileError(
                f"{subject}.yaml: {key}: a draft's values ascend and come after the newest one, which is from "
                f"{held.newest.since}; the draft has {', '.join(str(value.since) for value in values)}"
            )
        starts = tuple(value.since for value in history)
        changed.setdefault(subject, {})[key] = replace(held, history=history, starts=starts)
    return replace(
        parameters, **{subject: replace(getattr(parameters, subject), **keys) for subject, keys in changed.items()}
    )


def as_if_since(draft: Draft, month: Month) -> Draft:
    """The same draft as if its values held from this month on."""
    return {name: tuple(replace(value, since=month) for value in values) for name, values in draft.items()}


def appended(text: str, key: str, values: Iterable[InForce[Any]], activation: Activation) -> str:
    """The text of a parameter file with further values at the end of one key's history; all else stays as it was typed."""
    entries = _node_of(yaml.compose(text, _NoRepeatedKey), key)
    newest = _node_of(entries, "values").value[-1]
    written = [
        {
            "from": str(value.since),
            "value": _plain(value.value),
            "source": value.source,
            "confidence": value.confidence,
            "activated": {"day": activation.day, "by": activation.by, "confirmed_by": activation.confirmed_by},
        }
        for value in values
    ]
    # Leaves in braces, everything else a line a member; never folded, so that a source stays on one line.
    added = yaml.safe_dump(written, sort_keys=False, allow_unicode=True, width=float("inf"), default_flow_style=None)
    lines = text.splitlines(keepends=True)
    if not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    lines.insert(_last_line(newest) + 1, textwrap.indent(added, " " * (newest.start_mark.column - len("- "))))
    return "".join(lines)


def _node_of(mapping: Any, key: str) -> Any:
    return next(value for name, value in mapping.value if name.value == key)


def _last_line(node: Any) -> int:
    """The line on which a node's text ends; a block collection's own end mark is where the next thing begins."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style:
        last = node.value[-1]
        return _last_line(last[1] if isinstance(last, tuple) else last)
    return int(node.end_mark.line)


def _plain(value: Any) -> Any:
    if isinstance(value, Month):
        return str(value)
    return dict(value) if isinstance(value, tuple) else value


def _subject(path: Path, kind: Any) -> Any:
    content = _mapping(path)
    types = _types(kind)
    _same_names(path.name, set(content), set(types), "key")
    return kind(**{key: _dated(path, key, content[key], kept_as) for key, kept_as in types.items()})


def _types(kind: Any) -> dict[str, Any]:
    """How the value of each key of a subject is kept."""
    return {member.name: get_args(member.type)[0] for member in fields(kind)}


def _mapping(path: Path) -> dict[Any, Any]:
    try:
        content = _NoRepeatedKey(path.read_text(encoding="utf-8")).get_single_data()
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ParameterFileError(f"{path.name}: {error}") from None
    if not isinstance(content, dict):
        raise ParameterFileError(f"{path.name}: must hold keys with their values")
    return content


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
    history = _history(place, kept_as, entry["values"], activated=True)
    starts = tuple(value.since for value in history)
    return Dated(f"{path.stem}.{key}", entry["description"], entry["unit"], entry["reviewed"], history, starts)


def _history(place: str, kept_as: type, values: Any, *, activated: bool = False) -> tuple[InForce[Any], ...]:
    """`activated`: whether a value may say who let it in; a draft's can't yet."""
    if not isinstance(values, list) or not values:
        raise ParameterFileError(f"{place}: values must be a list and not empty")
    history = tuple(
        _in_force(f"{place}: value {number}", kept_as, value, activated=activated)
        for number, value in enumerate(values, 1)
    )
    if any(later.since <= earlier.since for earlier, later in pairwise(history)):
        raise ParameterFileError(f"{place}: the `from` months must ascend")
    return history


def _in_force(place: str, kept_as: type, entry: Any, *, activated: bool) -> InForce[Any]:
    if not isinstance(entry, dict):
        raise ParameterFileError(f"{place}: must have from, value, source and confidence")
    if activated and "activated" in entry:
        _two_people(f"{place}: activated", entry["activated"])
        entry = {name: member for name, member in entry.items() if name != "activated"}
    _same_names(place, set(entry), _VALUE_MEMBERS, "member")
    if entry["confidence"] not in _CONFIDENCE:
        raise ParameterFileError(f"{place}: confidence must be one of {', '.join(_CONFIDENCE)}")
    source = _text(f"{place}: source", entry["source"])
    since = _month(f"{place}: from", entry["from"])
    return InForce(_value(place, kept_as, entry["value"]), since, source, entry["confidence"])


def _two_people(place: str, entry: Any) -> None:
    """A value that came in as a draft names the day and two different accounts."""
    if not isinstance(entry, dict):
        raise ParameterFileError(f"{place}: must have day, by and confirmed_by")
    _same_names(place, set(entry), _ACTIVATED_MEMBERS, "member")
    if type(entry["day"]) is not dt.date:
        raise ParameterFileError(f"{place}: day must be a day, written YYYY-MM-DD")
    for member in ("by", "confirmed_by"):
        if not is_code(entry[member]):
            raise ParameterFileError(f"{place}: {member} must be an account")
    if entry["by"] == entry["confirmed_by"]:
        raise ParameterFileError(f"{place}: must name two different accounts")


def is_code(text: object) -> bool:
    """Whether this can be an account, as events name it."""
    try:
        _CODE.validate_python(text)
    except ValidationError:
        return False
    return True


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
    _known_names(place, found, expected, what)
    for name in sorted(expected - found):
        raise ParameterFileError(f"{place}: {what} {name!r} is missing")


def _known_names(place: str, found: set[Any], expected: set[str], what: str) -> None:
    for name in sorted(found - expected, key=str):
        raise ParameterFileError(f"{place}: unknown {what} {name!r}")


class _NoRepeatedKey(yaml.CSafeLoader):
    """A SafeLoader (libyaml's, four times as fast) that refuses a key given twice, where YAML would silently keep the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node)
            if key in seen:
                raise yaml.constructor.ConstructorError(None, None, f"key {key!r} given twice", key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep)
