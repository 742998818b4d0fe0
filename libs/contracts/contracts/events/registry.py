"""Topics `resident-changes` (住民異動) and `residents`: who lives here, since when, and who else has an addressee number."""

import datetime as dt
from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from contracts.vocabulary import (
    AddresseeNumber,
    BasicPensionNumber,
    Category,
    Code,
    Date,
    HalfOpen,
    HouseholdNumber,
    IdentityDataHeld,
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


Nationality = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
"""国籍: ISO 3166-1 alpha-3."""


class PensionNote(Model):
    """付記 of 住民基本台帳法29条 (住基令28条): what a move filing says about the national pension."""

    insured: bool
    category: Category | None = None
    basic_pension_number: BasicPensionNumber | None = None


class ProcessingStop(Model):
    """処理停止情報: what must not be done with a person's data. `until` only tells; a stop ends when the register ends it."""

    kind: Annotated[
        Literal["support_measure", "use_stopped", "other"],
        Field(description="支援措置 (住基法の DV 等支援措置)・利用停止・その他"),
    ]
    since: Date
    until: Date | None = None


class ResidentRecord(Model):
    """The whole entry of one person in the resident register after the change (住民票の記載).

    The items of 別添１ <宛名>, but for the addressee number (the subject) and My Number, which never is in an event.
    """

    name: ShortText
    name_kana: ShortText
    birth_date: Annotated[Date, Field(description="生年月日; a date not fully known is held for a person")]
    sex: Sex
    household: HouseholdNumber
    relation: Relation
    householder_name: Annotated[ShortText | None, Field(description="世帯主情報")] = None
    residency: Annotated[Residency, Field(description="住民区分")]
    became_resident_on: Annotated[Date | None, Field(description="住民となった日")] = None
    became_resident_by: Annotated[ChangeReason | None, Field(description="住民となった事由")] = None
    address: ShortText | None = None
    previous_address: ShortText | None = None
    moved_in_from: ShortText | None = None
    moved_out_to: ShortText | None = None
    head_of_family_register: Annotated[ShortText | None, Field(description="筆頭者")] = None
    removed_on: Annotated[Date | None, Field(description="消除の日")] = None
    removed_by: Annotated[ChangeReason | None, Field(description="消除の事由")] = None
    nationality: Nationality = "JPN"
    alias: Annotated[ShortText | None, Field(description="通称")] = None
    processing_stops: tuple[ProcessingStop, ...] = Field(default=(), strict=False, max_length=10)
    residence_status: Annotated[ShortText | None, Field(description="在留資格")] = None
    residence_until: Annotated[Date | None, Field(description="在留期間の満了の日")] = None
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


class NonResidentRecord(Model):
    """A person with an addressee number who is not in this register (住登外者): a spouse elsewhere, a former taxpayer."""

    name: ShortText
    name_kana: ShortText
    birth_date: Date
    sex: Sex
    address: ShortText | None = None
    nationality: Nationality = "JPN"
    alias: ShortText | None = None
    processing_stops: tuple[ProcessingStop, ...] = Field(default=(), strict=False, max_length=10)


class NonResidentRecorded(Model):
    """A person outside the register was recorded, or recorded anew with a higher `version` (住登外者の登録).

    A correction's envelope `supersedes` names what it replaces; `ResidentChangeAnnulled` takes it back. What the register
    says of the same number counts before it.
    """

    VERSION: ClassVar[int] = 1
    changed_on: Date
    version: Annotated[int, Field(ge=1, le=10**9)]
    record: NonResidentRecord


class AddresseesMerged(Model):
    """名寄せ: the subject's number and `into` are one person. What is said of the subject's number, also later, counts for `into`."""

    VERSION: ClassVar[int] = 1
    into: AddresseeNumber
    decided_by: Code
    confirmed_by: Code


class AddresseesSplit(Model):
    """A merge was a mistake: the envelope's `supersedes` names it, and everything is as if it had not been."""

    VERSION: ClassVar[int] = 1
    decided_by: Code
    confirmed_by: Code


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
    """What registry-sync knows of a person, as numbers: no name, no address (decision 16).

    A number that was merged says only `merged_into`: the number at the end of its chain.
    """

    VERSION: ClassVar[int] = 1
    merged_into: AddresseeNumber | None = None
    birth_date: Date | None = None
    sex: Sex = "unknown"
    support_measure: Annotated[bool, Field(description="支援措置: address, office and school are protected")] = False
    identity_data_held: Annotated[
        IdentityDataHeld | None, Field(description="本人確認情報, held by the pension service; null = never asked")
    ] = None
    spans: tuple[ResidentSpan, ...] = Field(strict=False)
    needs_person: tuple[str, ...] = Field(default=(), strict=False)


class UnifiedNumberGiven(Model):
    """統合宛名番号: given when the person's My Number was first entered; never used again for anybody else."""

    VERSION: ClassVar[int] = 1
    unified_number: Annotated[int, Field(ge=1, lt=10**11)]
