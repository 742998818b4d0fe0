"""What does a file that comes back from the pension service say, row by row? Layouts as data, and the notice of each row. Pure.

The layouts are drafts of our own: none is public. A row names the thing it answers by batch and line of ours; where it has none (zeros) it
never passed us, and the person is found by the basic pension number.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from contracts.doors.papers import DeliveryKind
from contracts.events.notice import BasicPensionNumberAssigned, ExemptionDecided, FilingProcessed, MembershipNotified
from contracts.fixed_file import Field, File, Finding, Layout, Refused
from contracts.vocabulary import Category, Exemption, Model, Month

Kind = DeliveryKind
CODES: dict[Kind, int] = {"results": 1, "decisions": 2, "numbers": 3, "memberships": 4, "absentees": 5}
SCHEMES: dict[int, Exemption | None] = {
    0: None, 1: "full", 2: "three_quarter", 3: "half", 4: "quarter", 5: "deferral", 6: "student",
}  # fmt: skip
"""却下・全額・4分の3・半額・4分の1・納付猶予・学生納付特例."""
CATEGORIES: dict[int, Category] = {1: 1, 2: 2, 3: 3}
RESULTS: dict[int, Literal["accepted", "returned"]] = {1: "accepted", 2: "returned"}

_HEADER = (
    Field("layout", 12, "code"),
    Field("municipality", 6, "code", "全国地方公共団体コード"),
    Field("kind", 2, "digits"),
    Field("delivery", 16, "code", "送付番号"),
    Field("made_on", 8, "date"),
)
_OURS = (
    Field("line", 8, "digits"),
    Field("batch", 8, "digits", "進達番号; zeros = it never passed us"),
    Field("batch_line", 8, "digits"),
    Field("basic_pension_number", 10, "digits", "zeros = none yet"),
)
_PERSON = (Field("line", 8, "digits"), Field("basic_pension_number", 10, "digits"))
_DATA: dict[Kind, tuple[Field, ...]] = {
    "results": (
        *_OURS,
        Field("filing", 32, "code", "受付番号, where it never passed us"),
        Field("result", 1, "digits", "1 受理, 2 返戻"),
        Field("reason", 32, "code", "of a 返戻"),
        Field("processed_on", 8, "date"),
    ),
    "decisions": (
        *_OURS,
        Field("decision", 32, "code", "決定番号"),
        Field("version", 6, "digits"),
        Field("scheme", 1, "digits", "0 却下, 1 全額, 2 4分の3, 3 半額, 4 4分の1, 5 納付猶予, 6 学生"),
        Field("first_month", 6, "digits", "YYYYMM"),
        Field("last_month", 6, "digits", "YYYYMM"),
        Field("decided_on", 8, "date"),
    ),
    "numbers": (*_OURS, Field("version", 6, "digits")),
    "memberships": (
        *_PERSON,
        Field("version", 6, "digits"),
        Field("category", 1, "digits"),
        Field("acquired_on", 8, "date"),
        Field("lost_on", 8, "date", "zeros = not lost"),
        Field("cancelled", 1, "digits", "1 = it never was"),
    ),
    "absentees": (*_PERSON, Field("absent_since", 8, "date")),
}
LAYOUTS: dict[Kind, Layout] = {
    kind: Layout(f"KNR-RET-{code}", "draft", "cp932", _HEADER, _DATA[kind], (Field("rows", 8, "digits"),))
    for kind, code in CODES.items()
}


@dataclass(frozen=True)
class Number:
    """Whose basic pension number it is, by the newest version."""

    event: str
    addressee: int
    version: int
    basic_pension_number: str


@dataclass(frozen=True)
class Ours:
    """The attempt that a row answers."""

    addressee: int
    filing: str | None


def accepted(file: File, kind: Kind, delivery: str, municipality: str, rows: int) -> None:
    """Refused with every reason why a file is not the one that the cover sheet announces, or can't be used."""
    header, findings = file.header, []
    for wrong, name, rule in (
        (header["layout"] != LAYOUTS[kind].name, "layout", f"layout {LAYOUTS[kind].name}"),
        (header["municipality"] != municipality, "municipality", f"files for {municipality} only"),
        (header["kind"] != CODES[kind], "kind", f"kind {CODES[kind]:02d}"),
        (header["delivery"] != delivery, "delivery", "the number of the delivery"),
        (header["made_on"] is None, "made_on", "a date"),
    ):
        if wrong:
            findings.append(Finding(1, name, rule))
    if len(file.rows) != rows:
        findings.append(Finding(0, None, f"the cover sheet announces {rows} rows, the file has {len(file.rows)}"))
    for position, row in enumerate(file.rows, 2):
        if row["line"] != position - 1:
            findings.append(Finding(position, "line", "numbered from 1 without a gap"))
        findings += [Finding(position, name, rule) for name, rule in _wrong(kind, row)]
    if findings:
        raise Refused(findings)


def _wrong(kind: Kind, row: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(field, rule) of what a row can't say."""
    found = []
    needed = {
        "results": ("processed_on",), "decisions": ("decided_on",), "numbers": (), "memberships": ("acquired_on",),
        "absentees": ("absent_since",),
    }  # fmt: skip
    found += [(name, "a date") for name in needed[kind] if row[name] is None]
    if "batch" in row and (row["batch"] == 0) != (row["batch_line"] == 0):
        found.append(("batch_line", "batch and line, or zeros for both"))
    if not row["basic_pension_number"] and (kind == "numbers" or not row.get("batch")):
        found.append(("basic_pension_number", "a number, where nothing of ours is named"))
    match kind:
        case "results":
            if row["result"] not in RESULTS:
                found.append(("result", "1 or 2"))
            if (row["result"] == 2) != bool(row["reason"]):
                found.append(("reason", "with a 返戻 and with nothing else"))
            if not row["batch"] and not row["filing"]:
                found.append(("filing", "a number, where nothing of ours is named"))
        case "decisions":
            if row["scheme"] not in SCHEMES:
                found.append(("scheme", "0 to 6"))
            found += [(name, "YYYYMM") for name in ("first_month", "last_month") if not 1 <= row[name] % 100 <= 12]
            if row["last_month"] < row["first_month"]:
                found.append(("last_month", "not before first_month"))
            if not row["decision"]:
                found.append(("decision", "a number"))
        case "memberships":
            if row["category"] not in CATEGORIES:
                found.append(("category", "1 to 3"))
            if row["acquired_on"] and row["lost_on"] and row["lost_on"] < row["acquired_on"]:
                found.append(("lost_on", "not before acquired_on"))
            if row["cancelled"] not in (0, 1):
                found.append(("cancelled", "0 or 1"))
    if row.get("version") == 0:
        found.append(("version", "from 1"))
    return found


def notice(kind: Kind, row: Mapping[str, Any], ours: Ours | None) -> Model | None:
    """What a row tells; None = nothing that a machine acts on (不在者). `ours` is the attempt it answers."""
    number = f"{row['basic_pension_number']:010d}"
    match kind:
        case "results":
            filing = ours.filing if ours is not None else row["filing"]
            if filing is None:
                return None
            return FilingProcessed(
                filing=filing,
                result=RESULTS[row["result"]],
                processed_on=row["processed_on"],
                reason=row["reason"] or None,
            )
        case "decisions":
            return ExemptionDecided(
                version=row["version"], decision=row["decision"], filing=ours.filing if ours is not None else None,
                decided_on=row["decided_on"], first_month=_month(row["first_month"]), last_month=_month(row["last_month"]),
                scheme=SCHEMES[row["scheme"]],
            )  # fmt: skip
        case "numbers":
            return BasicPensionNumberAssigned(version=row["version"], basic_pension_number=number)
        case "memberships":
            return MembershipNotified(
                version=row["version"], category=CATEGORIES[row["category"]], acquired_on=row["acquired_on"],
                lost_on=row["lost_on"], cancelled=bool(row["cancelled"]),
            )  # fmt: skip
        case "absentees":
            return None


def _month(digits: int) -> Month:
    return Month(digits // 100, digits % 100)
