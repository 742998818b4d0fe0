"""Topic `filings`: what somebody read off the pension service's portable terminal (可搬型照会用窓口装置) and wrote down.

There is no link to that terminal, by design (assessment, system 3): a person reads, another person checks what was written down. It is a
memo with a source, never live data, and no determination uses it.
"""

from typing import Annotated, ClassVar, Literal

from pydantic import AwareDatetime, Field

from contracts.vocabulary import BasicPensionNumber, Category, Code, Date, Model

Months = Annotated[int, Field(ge=0, le=999)]


class ReadItem(Model):
    """One thing that the terminal showed; no free text."""

    what: Literal["membership", "months_paid", "months_exempt", "months_unpaid", "number"]
    category: Category | None = None
    since: Date | None = None
    until: Annotated[Date | None, Field(description="first day no longer in it")] = None
    months: Months | None = None
    basic_pension_number: BasicPensionNumber | None = None


Items = Annotated[tuple[ReadItem, ...], Field(strict=False, min_length=1, max_length=100)]


class PensionRecordTranscribed(Model):
    """Somebody looked a person up at the terminal and wrote down what it showed: who, whom (the subject), when, what for."""

    VERSION: ClassVar[int] = 1
    transcription: Code
    source: Literal["portable_terminal"]
    used_by: Code
    used_at: AwareDatetime
    office: Code
    factors: Annotated[
        tuple[Literal["password", "biometric"], ...],
        Field(strict=False, min_length=2, max_length=2, description="how the terminal knew who used it"),
    ]
    purpose: Code
    case: Code
    items: Items


class TranscriptionChecked(Model):
    """Another person looked at the same screen or print and wrote down the same; it holds when both are equal (四つの目)."""

    VERSION: ClassVar[int] = 1
    transcription: Code
    checked_by: Code
    items: Items
