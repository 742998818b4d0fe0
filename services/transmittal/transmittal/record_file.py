"""What does the record file of a batch look like, and does a given file hold together?

A layout of our own, for want of a published one: `LAYOUT` says so in every file. One header, one data record per attempt, one
trailer; UTF-8, one record a line, fields separated by a tab, an absent value empty, nothing quoted: no value can hold a tab.

    H  layout  municipality  batch  issue  sealed_on  records
    D  the fields of DATA, in the order of KINDS, then by addressee number and item
    T  batch  records  SHA-256 of the data records

The data records are the frozen content of the batch, byte for byte. Numbers and dates only: no name, no address, no My Number.
"""

import datetime as dt
import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple, get_args

from contracts.vocabulary import Category, Month
from pydantic import ValidationError

from transmittal.attempts import Attempt, Mark
from transmittal.due import KINDS, Content

LAYOUT = "kokunen draft layout 2, not official"
MARKS: dict[Mark, str] = {"new": "新規", "correction": "訂正", "annulment": "取消"}
_MARK_OF = {text: mark for mark, text in MARKS.items()}


class Form(NamedTuple):
    """How a value is written: its pattern, and the way back."""

    pattern: str
    read: Callable[[str], Any]


NUMBER = Form("[1-9][0-9]{0,14}", int)
COUNT = Form("0|[1-9][0-9]{0,14}", int)
CATEGORIES: dict[str, Category] = {str(category): category for category in get_args(Category)}
CATEGORY = Form("|".join(CATEGORIES), CATEGORIES.__getitem__)
DATE = Form("[0-9]{4}-[0-9]{2}-[0-9]{2}", dt.date.fromisoformat)
MONTH = Form("[0-9]{4}-[0-9]{2}", Month.parse)
CODE = Form("[A-Za-z0-9][A-Za-z0-9_./-]*", str)
TEN_DIGITS = Form("[0-9]{10}", str)
SIX_DIGITS = Form("[0-9]{6}", str)
HASH = Form("[0-9a-f]{64}", str)
MARK = Form("|".join(_MARK_OF), _MARK_OF.__getitem__)
KIND = Form("|".join(KINDS), str)
NAME = Form(re.escape(LAYOUT), str)


class Field(NamedTuple):
    name: str
    form: Form
    needed: bool = True


HEADER = (
    Field("layout", NAME),
    Field("municipality", SIX_DIGITS),
    Field("batch", NUMBER),
    Field("issue", NUMBER),
    Field("sealed_on", DATE),
    Field("records", COUNT),
)
DATA = (
    Field("line", NUMBER),
    Field("mark", MARK),
    Field("kind", KIND),
    Field("addressee", NUMBER),
    Field("item", CODE),
    Field("attempt", NUMBER),
    Field("basic_pension_number", TEN_DIGITS, needed=False),
    Field("filing", CODE, needed=False),
    Field("received_on", DATE),
    Field("due_on", DATE, needed=False),
    Field("effective_on", DATE, needed=False),
    Field("reason", CODE, needed=False),
    Field("before", CATEGORY, needed=False),
    Field("after", CATEGORY, needed=False),
    Field("first_month", MONTH, needed=False),
    Field("last_month", MONTH, needed=False),
)
TRAILER = (Field("batch", NUMBER), Field("records", COUNT), Field("sha256", HASH))


class Broken(ValueError):
    """A file does not hold together; the message names the line and the rule, never a value."""


@dataclass(frozen=True)
class Line:
    """One data record: an attempt as it was sealed."""

    line: int
    mark: Mark
    addressee: int
    item: str
    attempt: int
    content: Content


@dataclass(frozen=True)
class RecordFile:
    municipality: str
    batch: int
    issue: int
    """1, or more where an earlier issue was void (再)."""
    sealed_on: dt.date
    lines: tuple[Line, ...]


def lines_of(attempts: Iterable[Attempt]) -> tuple[Line, ...]:
    """Attempts in the order of the file, numbered from 1."""
    ordered = sorted(attempts, key=lambda a: (KINDS.index(a.content.kind), a.addressee, a.item, a.number))
    return tuple(Line(n, a.mark, a.addressee, a.item, a.number, a.content) for n, a in enumerate(ordered, 1))


def counts_of(lines: Iterable[Line]) -> dict[str, int]:
    """Data records by kind and mark, as `acquisition 新規`, in the order of the file: what the pension service must count, too."""
    return dict(Counter(f"{line.content.kind} {MARKS[line.mark]}" for line in lines))


def freeze(lines: Iterable[Line]) -> bytes:
    """The data records: the canonical content of a batch."""
    return b"".join(_record("D", DATA, _values(line)) for line in lines)


def compose(municipality: str, batch: int, issue: int, sealed_on: dt.date, content: bytes) -> bytes:
    """The whole file around frozen content: the same bytes every time."""
    records = content.count(b"\n")
    header = {
        "layout": LAYOUT,
        "municipality": municipality,
        "batch": batch,
        "issue": issue,
        "sealed_on": sealed_on,
        "records": records,
    }
    trailer = {"batch": batch, "records": records, "sha256": hashlib.sha256(content).hexdigest()}
    return _record("H", HEADER, header) + content + _record("T", TRAILER, trailer)


def parse(data: bytes) -> RecordFile:
    """The file's content. `Broken` when a record, a count, the batch number or the checksum does not agree."""
    lines = data.split(b"\n")
    if lines.pop() != b"" or len(lines) < 2:
        raise Broken("a file has a header and a trailer, and ends with a line feed")
    header = _fields(1, lines[0], "H", HEADER)
    trailer = _fields(len(lines), lines[-1], "T", TRAILER)
    content = b"".join(line + b"\n" for line in lines[1:-1])
    if trailer["records"] != len(lines) - 2:
        raise Broken("the trailer's count is not the number of data records")
    if header["records"] != trailer["records"]:
        raise Broken("header and trailer count differently")
    if header["batch"] != trailer["batch"]:
        raise Broken("header and trailer name different batches")
    if trailer["sha256"] != hashlib.sha256(content).hexdigest():
        raise Broken("the data records do not have the trailer's SHA-256")
    return RecordFile(header["municipality"], header["batch"], header["issue"], header["sealed_on"], thaw(content))


def thaw(content: bytes) -> tuple[Line, ...]:
    """The lines of frozen content. `Broken` names the first data record that can't be one."""
    found = []
    for number, record in enumerate(content.split(b"\n")[:-1], 1):
        values = _fields(number, record, "D", DATA)
        if values["line"] != number:
            raise Broken(f"data record {number} has another line number")
        own = {name: values.pop(name) for name in ("line", "mark", "addressee", "item", "attempt")}
        try:
            found.append(Line(**own, content=Content(**values)))
        except ValidationError:
            raise Broken(f"data record {number} holds a value out of range") from None
    return tuple(found)


def _values(line: Line) -> dict[str, Any]:
    content = {name: getattr(line.content, name) for name in Content.model_fields}
    return {
        **content,
        "line": line.line,
        "mark": MARKS[line.mark],
        "addressee": line.addressee,
        "item": line.item,
        "attempt": line.attempt,
    }


def _record(letter: str, layout: tuple[Field, ...], values: dict[str, Any]) -> bytes:
    texts = [letter]
    for field in layout:
        value = values[field.name]
        text = "" if value is None else str(value)
        if (text or field.needed) and not re.fullmatch(field.form.pattern, text):
            raise Broken(f"{field.name} can't be written in a {letter} record")
        texts.append(text)
    return ("\t".join(texts) + "\n").encode()


def _fields(number: int, record: bytes, letter: str, layout: tuple[Field, ...]) -> dict[str, Any]:
    try:
        texts = record.decode().split("\t")
    except UnicodeDecodeError:
        raise Broken(f"line {number} is not UTF-8") from None
    if texts[0] != letter or len(texts) != len(layout) + 1:
        raise Broken(f"line {number} is no {letter} record of {len(layout)} fields")
    values: dict[str, Any] = {}
    for field, text in zip(layout, texts[1:], strict=True):
        if not text and not field.needed:
            values[field.name] = None
            continue
        if not re.fullmatch(field.form.pattern, text):
            raise Broken(f"line {number}: {field.name} is not written as the layout says")
        try:
            values[field.name] = field.form.read(text)
        except ValueError:
            raise Broken(f"line {number}: {field.name} does not exist") from None
    return values
