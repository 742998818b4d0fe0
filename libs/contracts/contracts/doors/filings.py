"""What goes in and out at the doors of the desk (窓口): where a filing is received, entered, checked, decided on, withdrawn, given back."""

from typing import Annotated, Literal

from pydantic import Field

from contracts.events.filing import Evidence
from contracts.events.forms import FilingContent
from contracts.vocabulary import AddresseeNumber, Channel, Code, Date, EventId, Model

Revision = Annotated[int, Field(ge=1, le=1000)]


class EnterFiling(Model):
    """POST /filings/enter: a filing that was received, or with `filing` and the `revision` that was seen, a new entry of it (補正・訂正).

    `draft` is the caller's own id of this entry: the same call once more gives the same answer and does nothing.
    """

    draft: EventId
    addressee: AddresseeNumber
    filing: Code | None = None
    revision: Annotated[Revision | None, Field(description="the newest entry that the caller had seen")] = None
    received_on: Date
    received_by: Code | None = None
    office: Code
    channel: Channel
    evidence: Evidence | None = None
    content: FilingContent


class FilingEnteredHere(Model):
    """`filing` is the reception number (受付番号)."""

    filing: Code
    revision: Revision


class CheckFiling(Model):
    """POST /filings/check: what another person reads on the paper (点検)."""

    filing: Code
    addressee: AddresseeNumber
    received_on: Date
    content: FilingContent


class DecideSending(Model):
    """POST /filings/decide: it goes to the pension service (決裁)."""

    filing: Code
    addressee: AddresseeNumber
    kind: Code
    office: Code


class WithdrawFiling(Model):
    """POST /filings/withdraw: who filed it takes it back (取下げ)."""

    filing: Code
    addressee: AddresseeNumber
    kind: Code
    reason: Literal["by_applicant", "entered_by_mistake"]


class ReturnFiling(Model):
    """POST /filings/return: the ward gives it back (返付)."""

    filing: Code
    addressee: AddresseeNumber
    kind: Code
    revision: Revision
    reason: Literal["item_missing", "paper_missing", "illegible", "not_competent", "not_applicable", "other"]


class FilingStep(Model):
    """The step was taken; it takes effect as soon as the event has arrived."""

    filing: Code
