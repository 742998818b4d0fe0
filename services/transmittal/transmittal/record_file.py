"""What does the record file of a batch look like? One header, one data record per attempt, one trailer that counts them.

`LAYOUT` is a draft of our own, for want of a published one; its name is in every file. The data records, in the order of KINDS, then by
addressee number and item, are the frozen content of the batch, byte for byte. Numbers and dates only: no name, no address, no My Number.
"""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, get_args

from contracts import fixed_file
from contracts.fixed_file import Field, Finding, Layout, Refused
from contracts.vocabulary import Category, Month

from transmittal.attempts import Attempt, Mark
from transmittal.due import KINDS, Content, Kind

MARKS: dict[Mark, str] = {"new": "新規", "correction": "訂正", "annulment": "取消"}
ERASED = "erased"
"""Item of a line whose person was erased."""
_MARKS: dict[int, Mark] = dict(enumerate(MARKS, 1))
_CATEGORIES: dict[int, Category | None] = dict(enumerate((None, *get_args(Category))))
_MARK_CODES = {mark: code for code, mark in _MARKS.items()}
_CATEGORY_CODES = {category: code for code, category in _CATEGORIES.items()}

LAYOUT = Layout(
    name="KNR-TRN-1",
    confidence="draft",
    charset="cp932",
    header=(
        Field("layout", 12, "code"),
        Field("municipality", 6, "code", "全国地方公共団体コード"),
        Field("batch", 8, "digits", "進達番号"),
        Field("issue", 2, "digits", "1, or more where an earlier issue was void (再)"),
        Field("sealed_on", 8, "date"),
    ),
    data=(
        Field("line", 8, "digits"),
        Field("mark", 1, "digits", ", ".join(f"{code} {MARKS[mark]}" for code, mark in _MARKS.items())),
        Field("kind", 32, "code"),
        Field("addressee", 15, "digits"),
        Field("item", 64, "code"),
        Field("attempt", 4, "digits"),
        Field("basic_pension_number", 10, "digits", "zeros = none yet"),
        Field("filing", 64, "code", "受付番号"),
        Field("received_on", 8, "date"),
        Field("due_on", 8, "date"),
        Field("effective_on", 8, "date"),
        Field("reason", 32, "code"),
        Field("before", 1, "digits", ", ".join(f"{code} {category}" for code, category in _CATEGORIES.items())),
        Field("after", 1, "digits", ", ".join(f"{code} {category}" for code, category in _CATEGORIES.items())),
        Field("first_month", 6, "digits", "YYYYMM"),
        Field("last_month", 6, "digits", "YYYYMM"),
    ),
    trailer=(Field("rows", 8, "digits"),),
)


@dataclass(frozen=True)
class Line:
    """One data record: an attempt as it was sealed."""

    line: int
    mark: Mark
    addressee: int
    item: str
    attempt: int
    content: Content


def lines_of(attempts: Iterable[Attempt]) -> tuple[Line, ...]:
    """Attempts in the order of the file, numbered from 1."""
    ordered = sorted(attempts, key=lambda a: (KINDS.index(a.content.kind), a.addressee, a.item, a.number))
    return tuple(Line(n, a.mark, a.addressee, a.item, a.number, a.content) for n, a in enumerate(ordered, 1))


def counts_of(lines: Iterable[Line]) -> dict[str, int]:
    """Data records by kind and mark, as `acquisition 新規`, in the order of the file: what the pension service must count, too."""
    return dict(Counter(place(line.content.kind, line.mark) for line in lines))


def place(kind: Kind, mark: Mark) -> str:
    """How counts name what they count."""
    return f"{kind} {MARKS[mark]}"


def freeze(lines: Iterable[Line]) -> bytes:
    """The data records: the canonical content of a batch. Refused names line, field and rule."""
    return fixed_file.data(LAYOUT, map(_row, lines))


def compose(municipality: str, batch: int, issue: int, sealed_on: dt.date, content: bytes) -> bytes:
    """The whole file around frozen content: the same bytes every time."""
    header = {
        "layout": LAYOUT.name, "municipality": municipality, "batch": batch, "issue": issue, "sealed_on": sealed_on,
    }  # fmt: skip
    return fixed_file.enclosed(LAYOUT, header, content)


def thaw(content: bytes) -> tuple[Line, ...]:
    """The lines of frozen content. Refused names the first line that can't be one."""
    return tuple(_line(number, row) for number, row in enumerate(fixed_file.read_data(LAYOUT, content), 1))


def without(content: bytes, lines: Collection[int], sealed_on: dt.date) -> bytes:
    """Frozen content in which these lines only say what kind of thing they were: their persons were erased."""
    return freeze(
        Line(line.line, line.mark, 0, ERASED, 0, Content(kind=line.content.kind, received_on=sealed_on))
        if line.line in lines
        else line
        for line in thaw(content)
    )


def _row(line: Line) -> dict[str, Any]:
    said = line.content
    return {
        "line": line.line,
        "mark": _MARK_CODES[line.mark],
        "kind": said.kind,
        "addressee": line.addressee,
        "item": line.item,
        "attempt": line.attempt,
        "basic_pension_number": int(said.basic_pension_number or 0),
        "filing": said.filing or "",
        "received_on": said.received_on,
        "due_on": said.due_on,
        "effective_on": said.effective_on,
        "reason": said.reason or "",
        "before": _CATEGORY_CODES[said.before],
        "after": _CATEGORY_CODES[said.after],
        "first_month": _digits(said.first_month),
        "last_month": _digits(said.last_month),
    }


def _line(number: int, row: Any) -> Line:
    if row["line"] != number:
        raise Refused([Finding(number + 1, "line", "numbered from 1 without a gap")])
    pension_number = row["basic_pension_number"]
    try:
        content = Content(
            kind=row["kind"],
            basic_pension_number=f"{pension_number:010d}" if pension_number else None,
            filing=row["filing"] or None,
            received_on=row["received_on"],
            due_on=row["due_on"],
            effective_on=row["effective_on"],
            reason=row["reason"] or None,
            before=_CATEGORIES[row["before"]],
            after=_CATEGORIES[row["after"]],
            first_month=_month(row["first_month"]),
            last_month=_month(row["last_month"]),
        )
        mark = _MARKS[row["mark"]]
    except (KeyError, ValueError):
        raise Refused([Finding(number + 1, None, "values that a record of a batch can have")]) from None
    return Line(number, mark, row["addressee"], row["item"], row["attempt"], content)


def _digits(month: Month | None) -> int:
    return month.year * 100 + month.month if month is not None else 0


def _month(digits: int) -> Month | None:
    return Month.parse(f"{digits // 100:04d}-{digits % 100:02d}") if digits else None
