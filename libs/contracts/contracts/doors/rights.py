"""A person's own rights (開示・訂正・利用停止の請求、問合せ), at eligibility."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from contracts.vocabulary import AddresseeNumber, Code, Date, Model

RequestKind = Literal["disclosure", "correction", "suspension", "inquiry"]
"""開示請求 (個人情報保護法76条) · 訂正請求 (90条) · 利用停止請求 (98条) · 問合せ."""


RequestOutcome = Literal["granted", "partly", "refused", "answered", "withdrawn"]


Note = Annotated[str, StringConstraints(min_length=1, max_length=2_000)]
"""What was asked or answered, in the clerk's words. Kept sealed; on no topic."""


class RegisterRequest(Model):
    """POST /rights/register: a request that another department received, under its number there (decision 39)."""

    number: Code
    kind: RequestKind
    addressee: AddresseeNumber
    received_on: Date
    note: Annotated[Note, Field(repr=False)]


class RequestNamed(Model):
    number: Code


class ExtendRequest(RequestNamed):
    """POST /rights/extend: once, where there is a good reason (83条2項, 94条2項, 102条2項)."""

    reason: Code


class DecideRequest(RequestNamed):
    """POST /rights/decide: how it ended; by another person than who registered it."""

    outcome: RequestOutcome
    note: Annotated[Note, Field(repr=False)]


class RequestShown(Model):
    """A request and until when it is to be decided."""

    number: Code
    kind: RequestKind
    addressee: AddresseeNumber
    received_on: Date
    due_on: Date
    extended: bool
    registered_by: Code
    outcome: RequestOutcome | None = None
    decided_by: Code | None = None
    overdue: bool = False


class AskRequests(Model):
    """POST /rights: requests that are open, the most urgent first; with `decided`, the others too."""

    decided: bool = False


class Requests(Model):
    requests: Annotated[tuple[RequestShown, ...], Field(strict=False)]


class DisclosedLine(Model):
    """A line of a disclosure: when, what, in the words of the counter, and the event that says so."""

    when: str
    what: str
    says: str
    event: str | None = None


class DisclosedPart(Model):
    title: str
    lines: Annotated[tuple[DisclosedLine, ...], Field(strict=False)]


class Disclosure(Model):
    """POST /rights/disclosure: everything that is held about a person, as a draft for the decision: what is withheld says why."""

    number: Code
    addressee: AddresseeNumber
    made_on: Date
    parts: Annotated[tuple[DisclosedPart, ...], Field(strict=False)]
    withheld: Annotated[tuple[str, ...], Field(strict=False)]
