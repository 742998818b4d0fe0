"""What goes in and out at an inquiry (照会) of eligibility."""

from typing import Annotated, Any, Literal

from pydantic import Field

from contracts.doors.incomes import IncomeShown, TaxFlag
from contracts.doors.registry import Addressee
from contracts.vocabulary import AddresseeNumber, BasicPensionNumber, Date, Model, ShortText


class ReadingAsked(Model):
    """Which past is meant: what had been recorded by the end of a day, or what we were saying on it (decision 3)."""

    by: Literal["recorded", "received"]
    day: Date


class AskView(Model):
    """POST /inquiries: all that may be seen of one person for the purpose of the call. Number and birth date must be one person's."""

    addressee: AddresseeNumber
    birth_date: Date
    on: Annotated[Date | None, Field(description="what held on this day; without it everything")] = None
    reading: Annotated[ReadingAsked | None, Field(description="without it as known now")] = None


Part = Literal[
    "status",
    "insured_status",
    "additional",
    "filing",
    "claim",
    "exemption",
    "review",
    "decision",
    "months",
    "hint",
]


class ViewLine(Model):
    """One thing that we say of the person, as it was published: `type` names its shape (`contracts.topics`)."""

    part: Part
    key: Annotated[str, Field(description="what a later saying of the same thing has, too")]
    type: str
    event: Annotated[str | None, Field(description="its id; null where it was worked out for this answer alone")] = None
    data: dict[str, Any]


class PersonSeen(Model):
    """Somebody who may be seen for this purpose; the person asked about first."""

    role: Literal["self", "spouse", "householder", "child", "member"]
    addressee: AddresseeNumber
    name: ShortText | None = None
    birth_date: Date | None = None
    protected: bool = False
    entry: Annotated[Addressee | None, Field(description="of the person asked about: all that the register says")] = (
        None
    )
    income: IncomeShown | None = None
    tax: Annotated[TaxFlag | None, Field(description="whether municipal tax is due, where no more may be seen")] = None


class View(Model):
    """The person's sheet. `reading` and `on` stand on the screen, so that nobody takes one past for another."""

    addressee: AddresseeNumber
    reading: str
    day: Annotated[Date, Field(description="the business day, or the day of the reading")]
    on: Date | None = None
    persons: tuple[PersonSeen, ...] = Field(strict=False)
    lines: tuple[ViewLine, ...] = Field(strict=False)
    needs_person: tuple[str, ...] = Field(default=(), strict=False)


class AskNumberHolder(Model):
    """POST /inquiries/number: whose basic pension number is it?"""

    basic_pension_number: BasicPensionNumber


class NumberHolders(Model):
    """Those to whom it was assigned: one, or nobody; more are for a person to settle."""

    addressees: tuple[AddresseeNumber, ...] = Field(strict=False)


class ExportList(Model):
    """POST /lists/export: a list to take away, of days; the call's case is the ticket (TK-…) that asked for it."""

    list: Literal["hints", "reception"]
    since: Date
    until: Date


class ExportedList(Model):
    """Rows as text; the last column is the mark (透かし) of this export and of nobody else's."""

    number: Annotated[int, Field(description="serial number of the export")]
    columns: Annotated[tuple[str, ...], Field(strict=False)]
    rows: Annotated[tuple[tuple[str, ...], ...], Field(strict=False)]
    sha256: Annotated[str, Field(description="of the rows, as they are kept on record")]
