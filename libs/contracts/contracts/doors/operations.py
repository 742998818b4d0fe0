"""What goes in and out at the doors that every service has for operations (運用)."""

import datetime as dt
from typing import Annotated

from pydantic import Field

from contracts.vocabulary import AddresseeNumber, Code, Date, Model


class AskState(Model):
    """POST /operations/state: how far is this service, and what waits?"""


class ServiceState(Model):
    """`lag`: by topic, records that the process that answers has not taken yet; a topic that it does not read is not in it."""

    service: Code
    business_day: Date | None = None
    lag: dict[str, int]
    unsent: Annotated[int, Field(description="events written but not yet published")]
    unsent_seconds: Annotated[float, Field(description="age of the oldest of them")]
    parked: Annotated[int, Field(description="persons whose later events wait behind one that failed")]
    set_aside: Annotated[int, Field(description="open records of every kind")]
    failing: Annotated[bool, Field(description="a batch, or the work of the day, fails and is tried again")]


class AskSetAside(Model):
    """POST /operations/set-aside: what could not be used, and why; never its content."""


class SetAsideShown(Model):
    record: int
    topic: str
    partition: int
    offset: int
    addressee: AddresseeNumber | None = None
    disposition: str
    reason: str
    field: str | None = None
    rule: str | None = None
    parked: bool
    held_until: Date | None = None
    at: dt.datetime


class SetAsideRecords(Model):
    records: Annotated[tuple[SetAsideShown, ...], Field(strict=False)]
    more: bool = False


class TryAgain(Model):
    """POST /operations/try-again: the records of a person that wait, in their order; who fails again waits on."""

    addressee: AddresseeNumber


class TriedAgain(Model):
    """They are tried within seconds; what came of it, the list says."""

    records: int
