"""What may be seen of a person at an inquiry (照会), for which purpose, and of whom else (decision 36)?

The sheet of a person is what we say of the person: each line is a statement as it was published, with its event. A purpose of the law opens
some of it, and some of those around the person; what no purpose opens is not shown.
"""

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple, get_args

from contracts.doors.inquiry import Part, ViewLine
from contracts.doors.registry import HouseholdMember
from contracts.vocabulary import Month

from eligibility.rules.income_year import income_year

Beside = Literal["spouse", "householder", "child", "member"]
"""Somebody around the person, by what makes them visible."""


class Sight(NamedTuple):
    """What a purpose opens."""

    parts: frozenset[Part]
    beside: tuple[Beside, ...] = ()
    incomes: bool = False
    """Of the person and of everybody beside."""
    tax: bool = False
    """Of everybody beside whether municipal tax is due, and nothing else, not even a name."""


_STATUS: frozenset[Part] = frozenset({"status", "insured_status", "additional", "filing", "hint"})
_PREMIUM: frozenset[Part] = frozenset({"exemption", "review", "decision", "months"})
SIGHTS: dict[str, Sight] = {
    "status": Sight(_STATUS),
    "exemption": Sight(_STATUS | _PREMIUM, ("spouse", "householder"), incomes=True),
    "claim": Sight(_STATUS | {"claim", "months"}, ("spouse", "child")),
    "support-benefit": Sight(frozenset({"status", "claim"}), ("member",), tax=True),
    "disclosure": Sight(frozenset(get_args(Part))),
}
"""By the purpose that every call names (`contracts.purposes`). Whose income counts in an exemption is NPA 90条1項1号: applicant, householder, spouse."""

_PARTS: tuple[tuple[str, str, Part], ...] = (
    ("eligibility-events", "filing/", "filing"),
    ("eligibility-events", "additional/", "additional"),
    ("eligibility-events", "hint/", "hint"),
    ("eligibility-events", "", "status"),
    ("claim-events", "", "claim"),
    ("exemption-events", "review/", "review"),
    ("exemption-events", "decision/", "decision"),
    ("exemption-events", "months/", "months"),
    ("exemption-events", "", "exemption"),
    ("insured-status", "", "insured_status"),
)
"""Topic and beginning of a key, and what is said under it. That somebody is concerned is said to the tax office alone."""


def part_of(topic: str, key: str) -> Part | None:
    """Which part of the sheet a statement belongs to; None = to none."""
    return next((part for of, begins, part in _PARTS if of == topic and key.startswith(begins)), None)


def line_of(row: Mapping[str, Any], event: str) -> ViewLine | None:
    """A statement as a line of the sheet; None for what is on none. `event` is the id under which it was said."""
    part = part_of(row["topic"], row["key"])
    if part is None:
        return None
    return ViewLine(part=part, key=row["key"], type=row["type"], event=event, data=json.loads(row["value"]))


def visible(lines: Iterable[ViewLine], sight: Sight, on: dt.date | None) -> tuple[ViewLine, ...]:
    """The lines that a purpose opens and that held, or had happened, on a day; in the order of their parts."""
    order = get_args(Part)
    kept = [line for line in lines if line.part in sight.parts and (on is None or holds(line.data, on))]
    return tuple(sorted(kept, key=lambda line: (order.index(line.part), line.key)))


def holds(data: dict[str, Any], on: dt.date) -> bool:
    """Whether something said holds for the month of a day, or had happened by then."""
    if (first := data.get("first_month")) is not None:
        last = data.get("last_month")
        month = Month(on.year, on.month)
        return Month.parse(first) <= month and (last is None or month <= Month.parse(last))
    happened = next((data[name] for name in _HAPPENED if data.get(name) is not None), None)
    return happened is None or dt.date.fromisoformat(happened) <= on


_HAPPENED = ("effective_on", "received_on", "decided_on", "acquired_on", "on")


def beside(person: int, members: Sequence[HouseholdMember], roles: Sequence[Beside]) -> dict[int, Beside]:
    """Who of a household may be seen beside somebody, and as what; a householder who is the spouse is seen once, as that."""
    relation = {member.addressee: member.relation for member in members}
    own = relation.get(person)
    found: dict[int, Beside] = {}
    for other, theirs in relation.items():
        if other == person:
            continue
        couple = {own, theirs} == {"householder", "spouse"}
        if couple and "spouse" in roles:
            found[other] = "spouse"
        elif theirs == "householder" and "householder" in roles:
            found[other] = "householder"
        elif theirs == "child" and own in ("householder", "spouse") and "child" in roles:
            found[other] = "child"
        elif "member" in roles:
            found[other] = "member"
    return found


def tax_year_of(day: dt.date) -> int:
    """The tax year by which an exemption for the month of this day is decided (NPR 77条)."""
    return income_year("full", Month.of(day)) + 1


def benefit_base_date(day: dt.date) -> dt.date:
    """基準日 of the support benefit (年金生活者支援給付金): the 1 April by whose households a day's benefit is decided (decision 36)."""
    return dt.date(day.year if day >= dt.date(day.year, 4, 1) else day.year - 1, 4, 1)
