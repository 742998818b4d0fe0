"""Retention and erasure (保存期間の管理・消去), at eligibility."""

from typing import Annotated

from pydantic import AwareDatetime, Field

from contracts.vocabulary import AddresseeNumber, Code, Date, Model


class AskExpired(Model):
    """POST /retention/expired: persons of whom nothing has to be kept any longer, from a number on."""

    after: Annotated[AddresseeNumber | None, Field(description="`more` of the answer before")] = None


class ExpiredPerson(Model):
    """A person whose last period has run out; numbers that were merged into the person's are erased with it."""

    addressee: AddresseeNumber
    kept_until: dict[str, Date]
    """By kind of record (`retention.yaml`)."""
    held: Annotated[Code | None, Field(description="reason of a legal hold (保存の留保); null = none")] = None
    proposal: Annotated[Code | None, Field(description="certificate proposed and not yet approved")] = None


class Expired(Model):
    persons: Annotated[tuple[ExpiredPerson, ...], Field(strict=False)]
    more: AddresseeNumber | None = None


class ProposeErasure(Model):
    """POST /retention/propose: that nothing of a person is kept any longer; waits for another person."""

    addressee: AddresseeNumber


class ErasureProposed(Model):
    certificate: Code


class ApproveErasure(Model):
    """POST /retention/approve: the second person. From here on it can't be undone."""

    certificate: Code


class HoldRecords(Model):
    """POST /retention/hold: nothing of a person may be erased (訴訟、不服申立て), until another person lifts it."""

    addressee: AddresseeNumber
    reason: Annotated[Code, Field(description="a code or a case's number; no free text")]


class LiftHold(Model):
    """POST /retention/lift."""

    addressee: AddresseeNumber


class HoldStands(Model):
    addressee: AddresseeNumber
    held: Code | None = None


class AskErasureCertificate(Model):
    """POST /retention/certificate."""

    certificate: Code


class ErasedBy(Model):
    """What one service erased: rows by table."""

    service: Code
    at: AwareDatetime
    rows: dict[str, int]


class ErasureCertificate(Model):
    """消去証明書: who decided, and what each service has erased. Not whole until each has said so."""

    certificate: Code
    addressee: AddresseeNumber
    kept_until: Date
    proposed_by: Code
    approved_by: Code | None = None
    approved_at: AwareDatetime | None = None
    services: Annotated[tuple[ErasedBy, ...], Field(strict=False)]
    whole: bool
