"""What surrounds every event?

One CloudEvents 1.0 JSON object in structured mode. The Kafka record key is the `subject`; `traceparent` also travels
as a record header, because a batch starts a trace of its own.
"""

import datetime as dt
import hashlib
import uuid
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints
from pydantic_core import PydanticCustomError

from contracts.vocabulary import LATEST_DATE, Code, EventId, Model, MunicipalityCode

Data = TypeVar("Data", bound=Model)

NIL_ID = "00000000-0000-0000-0000-000000000000"
NAMESPACE = uuid.UUID("6b6f6b75-6e65-5e00-8000-6b6f6b756e65")
"""Namespace of the ids that our services derive: an id follows from what is said, so a replay says nothing new."""


def _known_id(value: str) -> str:
    if value == NIL_ID:
        raise PydanticCustomError("nil_id", "must not be the nil UUID")
    return value.lower()


def _within_reach(value: dt.datetime) -> dt.datetime:
    if not 2000 <= value.year <= LATEST_DATE.year:
        raise PydanticCustomError("time_range", "must lie in the years 2000 to 2199")
    return value


Id = Annotated[EventId, AfterValidator(_known_id)]
Time = Annotated[AwareDatetime, AfterValidator(_within_reach)]
Subject = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9:_./-]{0,99}$")]


class Event(Model, Generic[Data]):
    """One event. Attribute names are CloudEvents' own; the extensions are ours (architecture, section 5).

    `time` is when the source recorded the fact. It never decides which fact wins; it answers "as known on" (decision 2).
    """

    specversion: Literal["1.0"] = "1.0"
    id: Id
    type: Code
    source: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9:/._-]{0,99}$")]
    subject: Subject
    time: Time
    dataschema: Annotated[str, StringConstraints(pattern=r"^kokunen:[A-Za-z]+/[0-9]+$")]
    datacontenttype: Literal["application/json"] = "application/json"
    municipality: MunicipalityCode
    cause: Id | None = None
    correlation: Id | None = None
    sequence: Annotated[int, Field(ge=1)] | None = None
    supersedes: Id | None = None
    revises: Id | None = None
    legalbasis: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = None
    traceparent: Annotated[str, StringConstraints(pattern=r"^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$")] | None = None
    data: Data

    def encode(self) -> bytes:
        """The bytes of this event on a topic: UTF-8 JSON without the attributes that are not set."""
        return self.__pydantic_serializer__.to_json(self, exclude_none=True)


def derived_id(service: str, subject: str, key: str, sequence: int) -> str:
    """The id of what a service says for the `sequence`-th time about a subject (decision 1)."""
    name = f"{service}|{subject}|{key}|{sequence}".encode()
    hex_ = hashlib.sha1(NAMESPACE.bytes + name, usedforsecurity=False).hexdigest()
    # What uuid.uuid5 does (RFC 9562, version 5), without its objects: one of these for every event we publish.
    return f"{hex_[:8]}-{hex_[8:12]}-5{hex_[13:16]}-{'89ab'[int(hex_[16], 16) & 3]}{hex_[17:20]}-{hex_[20:32]}"


def addressee(event: Event[Any]) -> int:
    """The addressee number (宛名番号) in an event's subject."""
    return int(event.subject)
