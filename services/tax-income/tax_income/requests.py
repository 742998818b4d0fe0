"""What does a row of an income request come to? (所得情報提供依頼; NPA 108条, 給付金法39条) Pure.

Each row of the list is answered by one row, in the list's order: with the income as it is known, or with why there is none.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

from contracts.doors.registry import MatchRow
from contracts.events.income import TaxAssessed, TaxRecord
from contracts.fixed_file import File, Finding, Refused
from contracts.holidays import next_open

from tax_income.income import assessed
from tax_income.request_layouts import FLAG_UNKNOWN, KINDS, REQUEST, SEXES, STATUS, TAX_FLAGS, Kind

Outcome = Literal["waiting", "match", "ambiguous", "none"]
Status = Literal["declared", "undeclared", "not_required", "other_municipality", "not_known", "no_match", "withheld"]


@dataclass(frozen=True)
class Request:
    """The head of one list."""

    number: str
    kind: Kind
    income_year: int
    base_date: dt.date
    made_on: dt.date

    @property
    def due_on(self) -> dt.date:
        """By when it is to be answered: the date the law fixes, or so many days, moved off closed days."""
        kind = KINDS[self.kind]
        if kind.due is not None:
            return next_open(dt.date(self.base_date.year, *kind.due))
        return next_open(self.made_on + dt.timedelta(days=kind.days))


def accepted(file: File, number: str, kind: Kind, municipality: str) -> Request:
    """The head of a list that is what it is said to be. Refused with every reason why it is not."""
    header, findings = file.header, []
    for wrong, name, rule in (
        (header["layout"] != REQUEST.name, "layout", f"layout {REQUEST.name}"),
        (header["municipality"] != municipality, "municipality", f"lists of {municipality} only"),
        (header["kind"] != KINDS[kind].code, "kind", f"kind {KINDS[kind].code:02d} ({KINDS[kind].japanese})"),
        (header["number"] != number, "number", "the number that was given with the file"),
        (header["made_on"] is None, "made_on", "a date"),
        (header["base_date"] is None, "base_date", "a date"),
        (not 2000 <= header["income_year"] <= 2100, "income_year", "a year"),
    ):
        if wrong:
            findings.append(Finding(1, name, rule))
    seen: dict[Any, int] = {}
    for position, row in enumerate(file.rows, 2):
        if row["line"] != position - 1:
            findings.append(Finding(position, "line", "numbered from 1 without a gap"))
        if row["birth_date"] is None:
            findings.append(Finding(position, "birth_date", "a date"))
        if row["sex"] not in SEXES:
            findings.append(Finding(position, "sex", "1, 2 or 9"))
        if not (row["name_kana"] or row["name"]):
            findings.append(Finding(position, "name_kana", "a reading or a name"))
        said = tuple(value for name, value in row.items() if name != "line")
        if seen.setdefault(said, position) != position:
            findings.append(Finding(position, None, f"the same as line {seen[said]}"))
    if findings:
        raise Refused(findings)
    return Request(number, kind, header["income_year"], header["base_date"], header["made_on"])


def match_row(row: Mapping[str, Any], numbered: int | None) -> MatchRow:
    """A row as the matching door takes it; `numbered` = whose basic pension number it is, if one person's."""
    return MatchRow(
        line=row["line"],
        birth_date=row["birth_date"],
        name=row["name"] or None,
        name_kana=row["name_kana"] or None,
        sex=SEXES[row["sex"]],
        address=row["address"] or None,
        numbered=numbered,
    )


@dataclass(frozen=True)
class Member:
    """Somebody of the household on the base date, with the newest assessment of the year."""

    relation: Literal["self", "spouse", "householder", "other"]
    assessment: TaxAssessed | None

    @property
    def state(self) -> Status:
        return self.assessment.state if self.assessment is not None else "not_known"

    @property
    def record(self) -> TaxRecord:
        """The amounts; zero, and without meaning, where none was declared."""
        told = self.assessment.record if self.assessment is not None else None
        return told or TaxRecord(total_income_yen=0)


@dataclass(frozen=True)
class Row:
    """One row as it stands: who was found, and what is known of the person and the household."""

    line: int
    basic_pension_number: int
    outcome: Outcome
    addressee: int | None = None
    inside: bool = True
    """Whether the ward may tell this person's income (提供する情報の対象となる本人の範囲, Ⅱ5⑤)."""
    protected: bool = False
    own: Member | None = None
    household: Sequence[Member] = field(default=())


def status(row: Row) -> Status:
    """What the answer says of a row."""
    if row.outcome != "match" or row.own is None:
        return "no_match"
    return row.own.state if row.inside else "withheld"


@dataclass(frozen=True)
class Accounts:
    """in = answered + unmatched + withheld (capability P06)."""

    rows: int
    answered: int
    unmatched: int
    withheld: int

    @property
    def agree(self) -> bool:
        return self.rows == self.answered + self.unmatched + self.withheld


def accounts(statuses: Iterable[Status], rows: int) -> Accounts:
    found = list(statuses)
    unmatched, withheld = found.count("no_match"), found.count("withheld")
    return Accounts(rows, len(found) - unmatched - withheld, unmatched, withheld)


def answer(kind: Kind, row: Row) -> dict[str, Any]:
    """The values of the answer's record for a row."""
    said = status(row)
    told = said not in ("no_match", "withheld")
    own = row.own if told and row.own is not None else Member("self", None)
    household = row.household if told else ()
    values: dict[str, Any] = {
        "line": row.line,
        "basic_pension_number": row.basic_pension_number,
        "status": STATUS[said],
        "protected": int(row.protected),
    }
    if kind == "support_benefit":
        return values | _benefit(own, household if told else None)
    others = {member.relation: member for member in household}
    return (
        values
        | _income("own", own, said)
        | _of("spouse", others.get("spouse"))
        | _of("householder", others.get("householder"))
    )


def _of(prefix: str, member: Member | None) -> dict[str, Any]:
    """A spouse or householder; 08 where there is none beside the person."""
    return _nobody(prefix) if member is None else _income(prefix, member, member.state)


@cache
def _nobody(prefix: str) -> dict[str, Any]:
    return _income(prefix, Member("other", None), "no_match")


def _income(prefix: str, member: Member, said: Status) -> dict[str, Any]:
    """One person's fields; amounts are zero where the status is not 01, and mean nothing there."""
    income = assessed(member.record)
    deductions, dependants = income.deductions, income.dependants
    spouse_70 = 2 if dependants.same_livelihood_spouse_70plus else 1 if dependants.same_livelihood_spouse else 0
    flags = (deductions.widow, deductions.single_parent, deductions.working_student)
    values = {
        "status": STATUS[said],
        "total_income": income.total_income_yen,
        "loss_carryover": deductions.loss_carryover,
        "dependants_general": dependants.general,
        "dependants_16_18": dependants.age_16_18,
        "dependants_specific": dependants.specific_19_22,
        "dependants_elderly": dependants.elderly_70plus,
        "spouse_70": spouse_70,
        "casualty": deductions.casualty_loss,
        "medical": deductions.medical,
        "social_insurance": deductions.social_insurance,
        "mutual_aid": deductions.small_enterprise_mutual_aid,
        "spouse_special": deductions.spouse_special,
        "specified_relative": deductions.specified_relative_special,
        "disabled": deductions.disabled_count,
        "special_disabled": deductions.special_disabled_count,
        "flags": "".join(str(int(flag)) for flag in flags),
    }
    return {f"{prefix}_{name}": value for name, value in values.items()}


def _benefit(own: Member, household: Sequence[Member] | None) -> dict[str, Any]:
    """給付金法39条: the person's income, and the tax flag of every household member on the base date, the person first."""
    record = own.record
    members = [] if household is None else [own, *household]
    flags = (member.record.municipal_tax if member.assessment is not None else None for member in members)
    return {
        "own_total_income": record.total_income_yen,
        "own_pension_receipts": record.public_pension_receipts_yen,
        "own_spouse_70": int(record.deductible_spouse == "from_70"),
        "own_dependants_elderly": record.dependants_elderly,
        "own_dependants_specific": record.dependants_specific,
        "members": len(members),
        "tax_flags": "".join(str(TAX_FLAGS[flag]) if flag else str(FLAG_UNKNOWN) for flag in flags),
    }
