"""How is a file of fixed-length records read and written? Layouts are data: fields with length, type and padding, and a character set.

Pure. A file is read whole or refused whole: the verdict names each line, field and rule, and never a value.
"""

import datetime as dt
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, NamedTuple

from contracts.characters import Charset, NotWritable, encode

Type = Literal["digits", "amount", "date", "code", "kana", "text"]
"""digits: zeros before · amount: a sign and digits · date: YYYYMMDD, zeros for none · code: ASCII, spaces after · kana: half-width, spaces
after · text: as the character set has it, spaces after."""
END_OF_RECORD = b"\r\n"
MAX_BYTES = 1024**3
SHOWN = 20
"""Findings of one verdict; who has more has a file of another kind."""


class Field(NamedTuple):
    name: str
    length: int
    type: Type
    note: str = ""


@dataclass(frozen=True)
class Layout:
    """Header, data and trailer records of one length, each beginning with its letter."""

    name: str
    confidence: Literal["draft", "official"]
    charset: Charset
    header: tuple[Field, ...]
    data: tuple[Field, ...]
    trailer: tuple[Field, ...]

    @cached_property
    def length(self) -> int:
        """Bytes of a record, without its end; shorter ones are filled with spaces."""
        return 1 + max(sum(field.length for field in fields) for fields in (self.header, self.data, self.trailer))

    def offsets(self, fields: Sequence[Field]) -> list[tuple[int, int]]:
        """Where each field begins and ends in its record; the letter is at 0."""
        found, at = [], 1
        for field in fields:
            found.append((at, at + field.length))
            at += field.length
        return found


class Finding(NamedTuple):
    """What is wrong: line (0 = the whole file), field, rule."""

    line: int
    field: str | None
    rule: str

    def __str__(self) -> str:
        place = f"line {self.line}" if self.line else "file"
        return f"{place}, {self.field}: {self.rule}" if self.field else f"{place}: {self.rule}"


class Refused(Exception):
    """The file can't be used; nothing of it is."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("; ".join(map(str, findings[:SHOWN])))
        self.findings = tuple(findings)


@dataclass(frozen=True)
class File:
    header: Mapping[str, Any]
    rows: tuple[Mapping[str, Any], ...]


def read(layout: Layout, content: bytes) -> File:
    """The records of a file. Refused with every finding (the first twenty), or with the one that makes the rest meaningless."""
    if len(content) > MAX_BYTES:
        raise Refused([Finding(0, None, f"at most {MAX_BYTES} bytes")])
    if content.startswith(b"\xef\xbb\xbf"):
        raise Refused([Finding(0, None, "no byte order mark")])
    records = _records(layout, content, 1)
    if len(records) < 2:
        raise Refused([Finding(0, None, "a file has a header and a trailer")])
    findings: list[Finding] = []
    header = _values(layout, layout.header, 1, records[0], b"H", findings)
    rows = _rows(layout, records[1:-1], findings)
    trailer = _values(layout, layout.trailer, len(records), records[-1], b"T", findings)
    if not findings and trailer["rows"] != len(rows):
        findings.append(Finding(len(records), "rows", "the trailer counts the data records"))
    if not rows:
        findings.append(Finding(0, None, "there is at least one data record"))
    if findings:
        raise Refused(findings)
    return File(header, rows)


def read_data(layout: Layout, content: bytes) -> tuple[Mapping[str, Any], ...]:
    """The rows of data records that stand alone. Refused as `read` says; lines as in the file they belong to."""
    findings: list[Finding] = []
    rows = _rows(layout, _records(layout, content, 2), findings)
    if findings:
        raise Refused(findings)
    return rows


def _records(layout: Layout, content: bytes, first: int) -> list[bytes]:
    """Records of the layout's length; the first is on this line of the file."""
    records = content.split(END_OF_RECORD)
    if records.pop() != b"":
        raise Refused([Finding(len(records) + first, None, "the last record ends with CR LF like every other")])
    findings = [
        Finding(number, None, f"a record has {layout.length} bytes")
        for number, record in enumerate(records, first)
        if len(record) != layout.length
    ]
    if findings:
        raise Refused(findings)
    return records


def _rows(layout: Layout, records: Sequence[bytes], findings: list[Finding]) -> tuple[Mapping[str, Any], ...]:
    rows = []
    for number, record in enumerate(records, 2):
        rows.append(_values(layout, layout.data, number, record, b"D", findings))
        if len(findings) >= SHOWN:
            raise Refused(findings)
    return tuple(rows)


def _values(
    layout: Layout, fields: Sequence[Field], number: int, record: bytes, letter: bytes, findings: list[Finding]
) -> dict[str, Any]:
    if record[:1] != letter:
        findings.append(Finding(number, None, f"this record begins with {letter.decode()}"))
        return {}
    values: dict[str, Any] = {}
    for field, (begin, end) in zip(fields, layout.offsets(fields), strict=True):
        try:
            values[field.name] = _read(field, record[begin:end], layout.charset)
        except ValueError as error:
            # The decoder's own message would quote what it could not read.
            rule = f"characters of {layout.charset}" if isinstance(error, UnicodeDecodeError) else str(error)
            findings.append(Finding(number, field.name, rule))
    return values


def _read(field: Field, raw: bytes, charset: Charset) -> Any:
    match field.type:
        case "digits":
            if not raw.isdigit():
                raise ValueError(f"{field.length} digits")
            return int(raw)
        case "amount":
            if raw[:1] not in (b"+", b"-") or not raw[1:].isdigit():
                raise ValueError(f"a sign and {field.length - 1} digits, whole yen")
            return int(raw)
        case "date":
            return _date(raw)
        case "code":
            text = raw.rstrip(b" ")
            if not all(0x21 <= byte <= 0x7E for byte in text):
                raise ValueError("ASCII letters, digits and signs, spaces after")
            return text.decode("ascii")
        case "kana" | "text":
            words = raw.decode(charset).rstrip(" \u3000")
            if any(ord(character) < 0x20 or ord(character) == 0x7F for character in words):
                raise ValueError("no control characters")
            return words


def _date(raw: bytes) -> dt.date | None:
    if raw == b"0" * 8:
        return None
    try:
        if not raw.isdigit():
            raise ValueError
        return dt.date(int(raw[:4]), int(raw[4:6]), int(raw[6:8]))
    except ValueError:
        raise ValueError("a civil date YYYYMMDD, zeros for none") from None


def write(layout: Layout, header: Mapping[str, Any], rows: Iterable[Mapping[str, Any]]) -> bytes:
    """The file, with its trailer. Refused names the line and field that can't be written, and which characters the set does not have."""
    return enclosed(layout, header, data(layout, rows))


def data(layout: Layout, rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Data records alone. Refused as `write` says."""
    writer = Writer(layout, {})
    writer.add(rows)
    return writer.data()


def enclosed(layout: Layout, header: Mapping[str, Any], content: bytes) -> bytes:
    """Data records with the header before them and the trailer that counts them. Refused as `write` says."""
    rows = len(content) // (layout.length + len(END_OF_RECORD))
    findings: list[Finding] = []
    first = _record(layout, layout.header, 1, b"H", header, findings)
    last = _record(layout, layout.trailer, rows + 2, b"T", {"rows": rows}, findings)
    if findings:
        raise Refused(findings)
    return first + END_OF_RECORD + content + last + END_OF_RECORD


class Writer:
    """A file that is put together page by page: what was added is held as bytes."""

    def __init__(self, layout: Layout, header: Mapping[str, Any]) -> None:
        self._layout, self._header = layout, header
        self._findings: list[Finding] = []
        self._records: list[bytes] = []

    def add(self, rows: Iterable[Mapping[str, Any]]) -> None:
        layout = self._layout
        for number, row in enumerate(rows, len(self._records) + 2):
            self._records.append(_record(layout, layout.data, number, b"D", row, self._findings))

    def data(self) -> bytes:
        """The data records so far. Refused with every finding."""
        if self._findings:
            raise Refused(self._findings)
        return b"".join(record + END_OF_RECORD for record in self._records)

    def content(self) -> bytes:
        """The whole file. Refused as `write` says."""
        return enclosed(self._layout, self._header, self.data())


def _record(
    layout: Layout,
    fields: Sequence[Field],
    number: int,
    letter: bytes,
    values: Mapping[str, Any],
    findings: list[Finding],
) -> bytes:
    parts = [letter]
    for field in fields:
        try:
            parts.append(_written(field, values[field.name], layout.charset))
        except NotWritable as missing:
            findings.append(Finding(number, field.name, str(missing)))
        except ValueError as error:
            findings.append(Finding(number, field.name, str(error)))
    return b"".join(parts).ljust(layout.length)


def _written(field: Field, value: Any, charset: Charset) -> bytes:
    match field.type:
        case "digits":
            raw = b"%0*d" % (field.length, value)
        case "amount":
            raw = b"%+0*d" % (field.length, value)
        case "date":
            raw = value.strftime("%Y%m%d").encode() if value is not None else b"0" * 8
        case "code":
            text = str(value)
            if not (text.isascii() and text.isprintable()):
                raise ValueError("ASCII letters, digits and signs")
            raw = text.encode("ascii").ljust(field.length)
        case "kana" | "text":
            if any(unicodedata.category(character) == "Cc" for character in value):
                raise ValueError("no control characters")
            raw = encode(value, charset).ljust(field.length)
    if len(raw) != field.length:
        raise ValueError(f"at most {field.length} bytes")
    return raw
