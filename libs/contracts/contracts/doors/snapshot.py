"""What stands on a topic, for who comes late (decision 10), at eligibility."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from contracts.doors import Count
from contracts.vocabulary import AddresseeNumber, Model

RESIDENTS_AT_MOST = 100


class AskSnapshot(Model):
    """POST /snapshot: what stands on a topic now, resident by resident."""

    topic: Literal["eligibility-events", "exemption-events", "claim-events", "insured-status"]
    after: Annotated[AddresseeNumber | None, Field(description="`more` of the answer before")] = None


class Place(Model):
    """Where to read on in one partition of the topic."""

    partition: Annotated[int, Field(ge=0)]
    offset: Count


class Standing(Model):
    """What an event on the topic said, which was neither revised nor taken back since; what revises it will name its id."""

    id: Annotated[UUID, Field(strict=False)]
    type: str
    data: dict[str, Any]


class OfResident(Model):
    """All that stands of one resident."""

    subject: AddresseeNumber
    sequence: Annotated[int, Field(ge=1)]
    """Of the last event about the resident, on whichever topic: the snapshot knows of everything up to it."""
    statements: Annotated[tuple[Standing, ...], Field(strict=False)]


class Snapshot(Model):
    """Some residents. Whoever has had all answers reads the topic from `continue_at` of the first one on, and leaves out each event whose sequence is
    not higher than its resident's here."""

    residents: Annotated[tuple[OfResident, ...], Field(strict=False)]
    continue_at: Annotated[tuple[Place, ...], Field(strict=False, description="in the first answer alone")] = ()
    more: AddresseeNumber | None = None
