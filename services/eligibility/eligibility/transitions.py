"""Which changes of the insured status can there be at all? The law as edges between categories, held against what was said. Pure.

A reading of its own, beside the rules that derive the changes: an edge outside it is an error of ours or of a source, for a person to look at.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, get_args

from contracts import wording
from contracts.events.eligibility import TransitionReason
from contracts.vocabulary import Category

Status = Category | None


class Edge(NamedTuple):
    """A change from one status to another, for a reason; None = not insured."""

    before: Status
    after: Status
    reason: TransitionReason


class Allowed(NamedTuple):
    before: frozenset[Status]
    after: frozenset[Status]
    article: str


def _of(*statuses: Status) -> frozenset[Status]:
    return frozenset(statuses)


_ANY = _of(None, *get_args(Category))
_INSURED = _ANY - {None}
_ABROAD = _of("voluntary_overseas", "special_voluntary_overseas")
_VOLUNTARY = _of("voluntary_20_59", "voluntary_60_64", "voluntary_overseas")
_SPECIAL = _of("special_voluntary", "special_voluntary_overseas")
_NONE = _of(None)
MODEL: dict[TransitionReason, Allowed] = {
    "age20": Allowed(_NONE, _of(1), "国民年金法8条1号"),
    "entry_from_abroad": Allowed(_NONE | _ABROAD, _of(1), "国民年金法8条2号、附則5条8項"),
    "end_of_exclusion": Allowed(_NONE, _of(1), "国民年金法8条3号"),
    "end_of_class2": Allowed(_of(None, 2), _of(None, 1), "国民年金法7条1項1号、9条5号"),
    "end_of_class3": Allowed(_of(None, 3), _of(None, 1), "国民年金法7条1項1号、9条6号"),
    "acquired_by_pension_service": Allowed(_ANY, _INSURED - {2, 3}, "国民年金法14条（日本年金機構の記録）"),
    "moved_in_insured": Allowed(_NONE, _of(1), "国民年金法12条3項"),
    "age60": Allowed(_of(1, 3), _NONE, "国民年金法9条3号"),
    "death": Allowed(_INSURED, _NONE, "国民年金法9条1号、附則5条5項・6項"),
    "departure_overseas": Allowed(_INSURED - {2, 3} - _ABROAD, _NONE, "国民年金法9条2号、附則5条6項"),
    "to_class2": Allowed(_ANY - {2}, _of(2), "国民年金法8条4号"),
    "to_class3": Allowed(_ANY - {3}, _of(3), "国民年金法8条5号"),
    "exclusion": Allowed(_INSURED - {2, 3} - _ABROAD, _NONE, "国民年金法9条4号、附則5条6項5号"),
    "old_age_benefit_right": Allowed(_INSURED - {2, 3} - _ABROAD, _NONE, "国民年金法9条4号"),
    "voluntary_entry": Allowed(_of(None, 1), _VOLUNTARY | _SPECIAL, "国民年金法附則5条1項"),
    "voluntary_withdrawal": Allowed(_VOLUNTARY | _SPECIAL, _NONE, "国民年金法附則5条4項"),
    "age65": Allowed(_VOLUNTARY, _NONE, "国民年金法附則5条5項1号"),
    "age70": Allowed(_SPECIAL, _NONE, "平成6年改正法附則11条"),
    "return_to_japan": Allowed(_ABROAD, _NONE, "国民年金法附則5条8項"),
    "lost_by_pension_service": Allowed(_INSURED - {2, 3}, _NONE, "国民年金法14条（日本年金機構の記録）"),
    "other": Allowed(_ANY, _of(None, 1), "届書に記載された事由"),
}  # fmt: skip


def edge(kind: str, said: Mapping[str, Any]) -> Edge:
    """The edge that an event of the topic `eligibility-events` says. KeyError for an event that is no change of status."""
    return {
        "InsuredStatusAcquired": lambda: Edge(None, said["category"], said["reason"]),
        "CategoryChanged": lambda: Edge(said["previous"], said["category"], said["reason"]),
        "InsuredStatusLost": lambda: Edge(said["category"], None, said["reason"]),
    }[kind]()


def conforms(one: Edge) -> bool:
    """Whether the law knows such a change."""
    allowed = MODEL[one.reason]
    return one.before != one.after and one.before in allowed.before and one.after in allowed.after


def diagram(counted: Mapping[Edge, int]) -> str:
    """The edges as a Mermaid state diagram, how often each was; what does not conform is marked."""
    lines = [
        "stateDiagram-v2",
        *(f"    {_node(status)}: {wording.CATEGORIES[status][0]}" for status in _statuses(counted)),
    ]
    for one in sorted(counted, key=lambda one: (_node(one.before), _node(one.after), one.reason)):
        mark = "" if conforms(one) else "（要確認）"
        lines.append(f"    {_node(one.before)} --> {_node(one.after)}: {one.reason} {counted[one]:,}{mark}")
    return "\n".join(lines) + "\n"


def _statuses(counted: Iterable[Edge]) -> list[Status]:
    return sorted({status for one in counted for status in (one.before, one.after)}, key=_node)


def _node(status: Status) -> str:
    return "none" if status is None else f"class{status}" if isinstance(status, int) else status
