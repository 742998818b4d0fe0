"""Topics `resident-changes` (住民異動) and `residents`: who lives here, and since when."""

import datetime as dt
from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from contracts.vocabulary import (
    BasicPensionNumber,
    Category,
    Date,
    HalfOpen,
    HouseholdNumber,
    Model,
    Relation,
    Residency,
    Sex,
    ShortText,
)

ChangeReason = Literal[
    "move_in",
    "move_in_overseas",
    "move_within",
    "move_out",
    "move_out_overseas",
    "death",
    "birth",
    "name_change",
    "household_change",
    "ex_officio_entry",
    "ex_officio_removal",
    "ex_officio_restoration",
    "other",
]
"""異動事由: 転入・国外転入・転居・転出・国外転出・死亡・出生・氏名変更・世帯変更・職権記載・職権消除・職権回復."""


class PensionNote(Model):
    """付記 of 住民基本台帳法29条 (住基令28条): what a move filing says about the national pension."""

    insured: bool
    category: Category | None = None
    basic_pension_number: BasicPensionNumber | None = None


class ResidentRecord(Model):
    """The whole entry of one person in the resident register after the change (住民票の記載)."""

    name: ShortText
    name_kana: ShortText
    birth_date: Annotated[Date, Field(description="生年月日; a date not fully known is held for a person")]
    sex: Sex
    household: HouseholdNumber
    relation: Relation
    residency: Residency
    address: ShortText | None = None
    previous_address: ShortText | None = None
    moved_in_from: ShortText | None = None
    moved_out_to: ShortText | None = None
    head_of_family_register: ShortText | None = None
    nationality: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] = "JPN"
    alias: ShortText | None = None
    residence_status: ShortText | None = None
    support_measure: bool = False
    pension_note: PensionNote | None = None


class ResidentChanged(Model):
    """A change (異動) was entered in the resident register.

    `version` is the register's own record version of this person, upward by one. A correction (訂正) is a
    ResidentChanged whose envelope `supersedes` names the change it replaces.
    """

    VERSION: ClassVar[int] = 1
    reason: ChangeReason
    changed_on: Date
    filed_on: Date
    version: Annotated[int, Field(ge=1, le=10**9)]
    record: ResidentRecord


class ResidentChangeAnnulled(Model):
    """A change was taken back (取消): the envelope's `supersedes` names it; it may not have arrived yet."""

    VERSION: ClassVar[int] = 1
    version: Annotated[int, Field(ge=1, le=10**9)]


class ResidentSpan(HalfOpen):
    """Where and with whom a person lived in [valid_from, valid_to), as recorded in [known_from, known_to).

    Both axes are half-open; a null end is open. `known_to` is null for what is believed now.
    """

    known_from: dt.datetime
    known_to: dt.datetime | None = None
    reason: ChangeReason
    residency: Residency
    household: HouseholdNumber
    relation: Relation
    note: PensionNote | None = None
    filed_on: Date
    fact: str = Field(description="id of the resident change that says so")


class ResidentUpdated(Model):
    """What registry-sync knows of a person, as numbers: no name, no address (decision 16)."""

    VERSION: ClassVar[int] = 1
    birth_date: Date | None = None
    sex: Sex = "unknown"
    support_measure: bool = False
    spans: tuple[ResidentSpan, ...] = Field(strict=False)
    needs_person: tuple[str, ...] = Field(default=(), strict=False)
