"""The audit log: where it stands, what proves it, who saw or changed what."""

from typing import Annotated, Self

from pydantic import AwareDatetime, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from contracts.doors import AT_MOST, Count
from contracts.events.operations import Action
from contracts.vocabulary import AddresseeNumber, Code, Model


class AskTreeHead(Model):
    """POST /tree-head of audit."""


class TreeHead(Model):
    """How many records the log holds, and the Merkle tree hash (RFC 6962) that stands for all of them in their order."""

    size: Annotated[int, Field(ge=0)]
    root: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class AskCheckpoint(Model):
    """POST /checkpoint of audit: the newest signed head of the log."""


class SignedHead(Model):
    """A checkpoint of the log (C2SP tlog-checkpoint), with the signatures of its key and of witnesses."""

    size: Annotated[Count, Field(ge=1)]
    note: str


class AskInclusion(Model):
    """POST /proofs/inclusion of audit: that a leaf is in the log of this size."""

    index: Count
    size: Annotated[Count, Field(ge=1)]


class AskConsistency(Model):
    """POST /proofs/consistency of audit: that the log of size `new` begins with the one of size `old`."""

    old: Annotated[Count, Field(ge=1)]
    new: Annotated[Count, Field(ge=1)]


class Proof(Model):
    """Hashes as RFC 6962, 2.1.1 and 2.1.2 have them."""

    hashes: Annotated[
        tuple[Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")], ...], Field(strict=False, max_length=64)
    ]


class AskAccesses(Model):
    """POST /accesses of audit: who saw or changed what, of one person or by one account, in a time."""

    person: AddresseeNumber | None = None
    by: Annotated[Code | None, Field(description="an account")] = None
    since: AwareDatetime
    until: Annotated[AwareDatetime, Field(description="the first moment that is not meant any more")]
    at_most: Annotated[int, Field(ge=1, le=10_000)] = AT_MOST

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        if self.person is None and self.by is None:
            raise PydanticCustomError("somebody", "a person or an account must be named")
        return self


class AccessShown(Model):
    """An access record, and the leaf of the log that proves it."""

    index: int
    at: AwareDatetime
    service: Code
    counter: int
    account: Code
    terminal: Code
    purpose: Code
    case: Code
    action: Action
    what: Code
    fields: Annotated[tuple[Code, ...], Field(strict=False)]
    persons: int
    result: Code


class Accesses(Model):
    """The newest first."""

    accesses: Annotated[tuple[AccessShown, ...], Field(strict=False)]
    more: Annotated[bool, Field(description="there are older ones than these")]


class AskAcknowledged(Model):
    """POST /accesses/acknowledged of audit: up to which counter has the log every access record of the service that asks? It had those
    up to `after`."""

    after: Count


class Acknowledged(Model):
    """The last counter before the first gap, and when that access was; `after` itself, and no moment, where there is nothing new."""

    counter: Annotated[int, Field(ge=0)]
    at: AwareDatetime | None = None
