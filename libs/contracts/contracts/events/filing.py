"""Topic `filings`: the life of a filing. Reception and entry, check, decision to send, and what may undo them.

Each is a fact with its own person, place and time (decision 31); `contracts.events.forms` has what the forms themselves say.
"""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from contracts.events.forms import FilingContent
from contracts.vocabulary import Channel, Code, Date, Model


class Evidence(Model):
    """本人確認 at reception (番号法16条): who filed, how the number and the person were checked, and by what right."""

    filed_by: Literal["self", "householder", "statutory_agent", "agent"]
    number_check: Literal["my_number_card", "my_number_notice", "resident_record", "pension_number_notice"]
    identity_check: Literal["photo_id", "two_documents"]
    authority: Annotated[
        Literal["family_register", "power_of_attorney"] | None,
        Field(description="an agent's; a householder needs none (NPA 12条2項)"),
    ] = None


class FilingEntered(Model):
    """A received filing was entered, or entered anew (補正・訂正) with a higher `revision`.

    `received_on` is the day that counts in law, also when a branch office received it.
    """

    VERSION: ClassVar[int] = 1
    filing: Annotated[Code, Field(description="reception number 受付番号, given by the receiving door")]
    revision: Annotated[int, Field(ge=1, le=1000)]
    received_on: Date
    received_by: Code | None = None
    office: Code
    channel: Channel
    evidence: Evidence | None = None
    entered_by: Code
    content: FilingContent


class FilingChecked(Model):
    """Another person checked the entry against the paper. It takes effect when entry and check have equal content."""

    VERSION: ClassVar[int] = 1
    filing: Code
    checked_by: Code
    office: Code | None = None
    received_on: Date
    content: FilingContent


class FilingSendDecided(Model):
    """It was decided (決裁) that the filing goes to the pension service."""

    VERSION: ClassVar[int] = 1
    filing: Code
    decided_by: Code
    office: Code
    decided_on: Date


class FilingWithdrawn(Model):
    """The filing was withdrawn (取下げ): nothing follows from it any more."""

    VERSION: ClassVar[int] = 1
    filing: Code
    withdrawn_on: Date
    reason: Code


class FilingReturned(Model):
    """The ward gave the filing back to who filed it (返付), with a reason; a later entry takes it up again."""

    VERSION: ClassVar[int] = 1
    filing: Code
    returned_by: Code
    returned_on: Date
    revision: Annotated[int, Field(ge=1, le=1000, description="the entry that was given back")]
    reason: Literal["item_missing", "paper_missing", "illegible", "not_competent", "not_applicable", "other"]
