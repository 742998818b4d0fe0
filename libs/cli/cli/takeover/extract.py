"""What is in an extract of the package that was used before (移行データ), is it whole, and which events does it become?

A folder: `extract.json`, in which the package says what it gave, and one CSV for each table (UTF-8, a head, `YYYY-MM-DD`, `YYYY-MM`, nothing for what
is not known). Some tables become events, and go the way of every event; the others say what the package itself had derived, and are compared.
"""

import csv
import hashlib
import json
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from contracts.decoder import Refusal, decode
from contracts.envelope import NAMESPACE
from contracts.events.notice import BasicPensionNumberAssigned, ExemptionDecided, MembershipNotified
from contracts.topics import dataschema
from contracts.vocabulary import AddresseeNumber, Category, Code, Date, Exemption, Model, Month, MunicipalityCode
from pydantic import AwareDatetime, Field, ValidationError

TOPIC = "pension-service-notices"
MANIFEST = "extract.json"
WHOLE = frozenset({"addressee", "version"})
"""Columns that hold a whole number."""


class Period(Model):
    """A stay in one category, as the package had it; `end_day` is the first day no longer in it."""

    addressee: AddresseeNumber
    category: Category
    first_day: Date
    end_day: Date | None = None


class Months(Model):
    """Months whose premium is not due, or not in full, as the package had them."""

    addressee: AddresseeNumber
    exemption: Exemption
    first_month: Month
    last_month: Month | None = None


@dataclass(frozen=True)
class Table:
    """A table of the extract."""

    columns: tuple[str, ...]
    becomes: type[Model]
    """An event of `TOPIC`, or what is compared."""

    @property
    def is_event(self) -> bool:
        return self.becomes not in (Period, Months)

    @property
    def totals(self) -> tuple[str, ...]:
        """Columns whose digits are added up, so that nothing can be left out or come twice (control totals)."""
        return tuple(column for column in self.columns if column in ("addressee", "basic_pension_number"))


TABLES = {
    "basic_pension_numbers": Table(("addressee", "basic_pension_number", "version"), BasicPensionNumberAssigned),
    "memberships": Table(("addressee", "category", "acquired_on", "lost_on", "version"), MembershipNotified),
    "exemption_decisions": Table(
        ("addressee", "decision", "filing", "decided_on", "first_month", "last_month", "scheme", "version"),
        ExemptionDecided,
    ),
    "insured_periods": Table(("addressee", "category", "first_day", "end_day"), Period),
    "exempt_months": Table(("addressee", "exemption", "first_month", "last_month"), Months),
}
"""What each is, docs/takeover.md says."""


class Told(Model):
    """What the package says of a table."""

    rows: Annotated[int, Field(ge=0)]
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    totals: dict[str, int]


class Manifest(Model):
    """`extract.json`."""

    system: Code
    taken_at: AwareDatetime
    municipality: MunicipalityCode
    tables: dict[str, Told]


class NotAnExtract(Exception):
    """There is no extract, or its `extract.json` is none; one sentence."""


@dataclass(frozen=True)
class Finding:
    """What is wrong: in which table, in which row (the head is row 1) and column, against which rule. Never a value."""

    table: str
    rule: str
    row: int | None = None
    column: str | None = None

    def __str__(self) -> str:
        where = [self.table, f"row {self.row}" if self.row is not None else "", self.column or ""]
        return f"{', '.join(part for part in where if part)}: {self.rule}"


@dataclass
class Counted:
    """What is in a table, and what is wrong with it."""

    rows: int = 0
    sha256: str = ""
    totals: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)

    def as_told(self, table: str, told: Told | None) -> list[Finding]:
        """Where it is not what the package says it gave."""
        if told is None:
            return [Finding(table, f"{MANIFEST} does not name it")]
        found = []
        if self.rows != told.rows:
            found.append(Finding(table, f"{self.rows:,} rows, {MANIFEST} says {told.rows:,}"))
        if self.sha256 != told.sha256:
            found.append(Finding(table, f"the file's SHA-256 is not the one in {MANIFEST}"))
        for column in TABLES[table].totals:
            if self.totals[column] != told.totals.get(column):
                found.append(Finding(table, f"the control total is not the one in {MANIFEST}", column=column))
        return found


def manifest(folder: Path) -> Manifest:
    """What the package says it gave. NotAnExtract names the member that is wrong."""
    try:
        given = Manifest.model_validate_json((folder / MANIFEST).read_bytes())
    except OSError:
        raise NotAnExtract(f"{folder} holds no {MANIFEST}.") from None
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        raise NotAnExtract(f"{MANIFEST}: {'.'.join(map(str, first['loc']))}: {first['type']}") from None
    if unknown := sorted(given.tables.keys() - TABLES.keys()):
        raise NotAnExtract(f"{MANIFEST} names {', '.join(unknown)}; there are {', '.join(TABLES)}.")
    return given


def rows_of(folder: Path, name: str, counted: Counted) -> Iterator[tuple[int, dict[str, str]]]:
    """(row number, columns) of a table; what is no row is a finding. When it ends, `counted` is whole."""
    table, seen, file = TABLES[name], set[tuple[str, ...]](), folder / f"{name}.csv"
    counted.sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
    with file.open(encoding="utf-8-sig", newline="", errors="strict") as text:
        reader = csv.reader(text)
        head = tuple(next(reader, ()))
        if head != table.columns:
            counted.findings.append(Finding(name, f"the head is not {','.join(table.columns)}", 1))
            return
        for number, cells in enumerate(reader, 2):
            counted.rows += 1
            row = tuple(cells)
            if len(row) != len(head):
                counted.findings.append(Finding(name, f"{len(row)} columns instead of {len(head)}", number))
            elif row in seen:
                counted.findings.append(Finding(name, "the same as a row before", number))
            else:
                seen.add(row)
                given = dict(zip(head, row, strict=True))
                for column in table.totals:
                    counted.totals[column] += int(given[column]) if _is_whole(given[column]) else 0
                yield number, given


def events_of(folder: Path, name: str, given: Manifest, counted: Counted) -> Iterator[bytes]:
    """The events that a table becomes; the same extract becomes the same events, however often it is read."""
    table = TABLES[name]
    for number, row in rows_of(folder, name, counted):
        value = event(name, table, row, given)
        try:
            decode(TOPIC, value)
        except Refusal as refusal:
            column = (refusal.field or "").removeprefix("data.")
            shown = "addressee" if column == "subject" else column if column in table.columns else None
            counted.findings.append(Finding(name, refusal.rule or refusal.reason, number, shown))
        else:
            yield value


def event(name: str, table: Table, row: Mapping[str, str], given: Manifest) -> bytes:
    """A row as an event of the pension service, recorded when the extract was taken. Whether it may be one the decoder says."""
    key = "|".join((given.system, given.taken_at.isoformat(), name, *(row[column] for column in table.columns)))
    body = {
        "specversion": "1.0",
        "id": str(uuid.uuid5(NAMESPACE, f"takeover|{key}")),
        "type": table.becomes.__name__,
        "source": f"takeover/{given.system.lower()}",
        "subject": row["addressee"],
        "time": given.taken_at.isoformat(),
        "dataschema": dataschema(table.becomes),
        "datacontenttype": "application/json",
        "municipality": given.municipality,
        "data": {name: value for name, value in _typed(row).items() if name != "addressee"},
    }
    return json.dumps(body, ensure_ascii=False).encode()


def compared_of(folder: Path, name: str, counted: Counted) -> Iterator[Any]:
    """The rows of a table that is compared, as `Period` or `Months`."""
    table = TABLES[name]
    for number, row in rows_of(folder, name, counted):
        try:
            yield table.becomes.model_validate_json(json.dumps(_typed(row)))
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False, include_context=False)[0]
            column = str(first["loc"][0]) if first["loc"] else None
            counted.findings.append(Finding(name, first["type"], number, column))


def check(folder: Path, given: Manifest) -> dict[str, Counted]:
    """Every table that the package gave, read to its end: what is in it, and what is wrong with it."""
    found = {}
    for name, table in TABLES.items():
        if not (folder / f"{name}.csv").exists():
            if name in given.tables:
                found[name] = Counted(findings=[Finding(name, f"{MANIFEST} names it, and there is no {name}.csv")])
            continue
        found[name] = counted = Counted()
        try:
            for _ in events_of(folder, name, given, counted) if table.is_event else compared_of(folder, name, counted):
                pass
        except UnicodeDecodeError:
            counted.findings.append(Finding(name, "the file is not UTF-8"))
        except csv.Error as error:
            counted.findings.append(Finding(name, f"the file is no CSV ({error})"))
        counted.findings += counted.as_told(name, given.tables.get(name))
    return found


def _typed(row: Mapping[str, str]) -> dict[str, Any]:
    """Cells as the contracts have them; what is not known is left out."""
    return {column: _cell(column, text) for column, text in row.items() if text != ""}


def _cell(column: str, text: str) -> Any:
    if (column in WHOLE and _is_whole(text)) or (column == "category" and text in ("1", "2", "3")):
        return int(text)
    return text


def _is_whole(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 15
