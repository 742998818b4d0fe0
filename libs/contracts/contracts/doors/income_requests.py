"""What goes in and out at the desk of the income requests (所得情報提供依頼), at tax-income."""

import datetime as dt
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from contracts.doors import Number
from contracts.vocabulary import AddresseeNumber, Code, Date, Model

IncomeRequestKind = Literal["continued_review", "unpaid_premium", "support_benefit"]
BASES: dict[IncomeRequestKind, str] = {
    "continued_review": "国民年金法108条",
    "unpaid_premium": "国民年金法108条",
    "support_benefit": "年金生活者支援給付金の支給に関する法律39条",
}
"""The provision under which each kind of list is answered; it is stamped on the answer."""


class AskIncomeRequests(Model):
    """POST /income-requests: every list, and what became of its rows. Nobody is named."""


class IncomeRequestShown(Model):
    number: Code
    kind: IncomeRequestKind
    basis: str
    rows: int
    matched: int
    ambiguous: int
    waiting: int
    nobody: int
    withheld: int
    not_known: int
    due_on: Date
    overdue: bool
    answered_by: Code | None = None
    answered_at: dt.datetime | None = None


class IncomeRequestsShown(Model):
    requests: Annotated[tuple[IncomeRequestShown, ...], Field(strict=False)]


class ImportIncomeRequest(Model):
    """POST /income-requests/import: a list is let in, whole or not at all; its legal basis is stamped on the answer."""

    model_config = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")

    number: Code
    kind: IncomeRequestKind
    basis: Annotated[str, Field(max_length=100)]
    content: Annotated[bytes, Field(repr=False)]


class IncomeRequestImported(Model):
    """How many rows were let in; or everything that is wrong with the list: line, field, rule."""

    rows: int = 0
    findings: Annotated[tuple[str, ...], Field(strict=False)] = ()


class IncomeRequestNamed(Model):
    """POST /income-requests/match: looks for the people of the next thousand rows."""

    number: Code


class RowsLookedFor(Model):
    """0 = everybody was looked for."""

    rows: int


class AskOpenRows(Model):
    """POST /income-requests/open: rows for which nobody, or more than one, was found."""

    number: Code


class OpenRow(Model):
    """Whom it may be, and what of each identifier agrees; nothing of the list's own content."""

    line: int
    outcome: Literal["ambiguous", "none"]
    candidates: Annotated[tuple[AddresseeNumber, ...], Field(strict=False)]
    evidence: dict[str, str]
    settled_by: Code | None = None
    settled_to: AddresseeNumber | None = None


class OpenRows(Model):
    rows: Annotated[tuple[OpenRow, ...], Field(strict=False)]


class SettleRow(Model):
    """POST /income-requests/settle: who is meant; null = nobody. The same said by another person settles it."""

    number: Code
    line: Number
    addressee: AddresseeNumber | None = None


class RowSettled(Model):
    state: Literal["proposed", "settled"]


class AnswerIncomeRequest(Model):
    """POST /income-requests/answer: the answer, one row for each of the list. Written again, it is the same file."""

    number: Code


class IncomeRequestAnswered(Model):
    model_config = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")

    rows: int
    answered: int
    unmatched: int
    withheld: int
    content: Annotated[bytes, Field(repr=False)]
