"""Topic `filings`: 届出・申出・申請 as four facts of four moments — received and entered, checked, corrected, withdrawn."""

from typing import Annotated, ClassVar, Literal

from pydantic import Discriminator, Field, model_validator
from pydantic_core import PydanticCustomError

from contracts.events.eligibility import Role
from contracts.vocabulary import AddresseeNumber, BasicPensionNumber, Code, Date, Model, Month, Scheme

AcquisitionReason = Literal["entry_from_abroad", "end_of_class2", "end_of_class3", "end_of_exclusion", "other"]
LossReason = Literal["departure_overseas", "exclusion", "other"]


class AcquisitionFiling(Model):
    """資格取得届・種別変更届 (NPR 1条の4, 6条の2): a person becomes category 1."""

    kind: Literal["acquisition"]
    reason: AcquisitionReason
    fact_on: Annotated[Date, Field(description="entry 国外転入日, last working day 退職日, day dependency ended …")]
    basic_pension_number: BasicPensionNumber | None = None
    my_number_receipt: Annotated[Code | None, Field(description="opaque receipt of the vault's door")] = None


class LossFiling(Model):
    """資格喪失届 (NPR 3条); never for death, age 60 or a change to category 2 or 3."""

    kind: Literal["loss"]
    reason: LossReason
    fact_on: Date
    basic_pension_number: BasicPensionNumber | None = None


class Hardship(Model):
    """A ground other than income that the form claims for one person, with its evidence seen at the counter.

    失業・事業の廃止, 災害, 配偶者からの暴力 (claimed of the spouse who did it), 生活扶助以外の扶助, 特別障害給付金.
    """

    ground: Literal["unemployed", "disaster", "dv_excluded", "other_public_assistance", "special_disability_benefit"]
    role: Role
    on: Annotated[Date | None, Field(description="last day of work (離職日・廃業日) or day of the disaster")] = None

    @model_validator(mode="after")
    def _whose_and_when(self) -> "Hardship":
        if (self.on is not None) != (self.ground in ("unemployed", "disaster")):
            raise PydanticCustomError("hardship_on", "loss of work and disaster have a day, the other grounds none")
        if self.ground == "dv_excluded" and self.role != "spouse":
            raise PydanticCustomError("hardship_role", "violence is claimed of the spouse")
        if self.ground == "special_disability_benefit" and self.role != "applicant":
            raise PydanticCustomError("hardship_role", "特別障害給付金 is a ground of the applicant alone")
        return self


Hardships = Annotated[tuple[Hardship, ...], Field(strict=False, max_length=10)]


class ExemptionApplication(Model):
    """保険料免除・納付猶予申請 (NPR 77条, 77条の3, 77条の5): one form per July–June cycle."""

    kind: Literal["exemption"]
    first_month: Month
    last_month: Month
    schemes: Annotated[tuple[Scheme, ...], Field(strict=False, min_length=1)] = (
        "full",
        "deferral",
        "three_quarter",
        "half",
        "quarter",
    )
    spouse: Annotated[AddresseeNumber | None, Field(description="配偶者, also when living elsewhere")] = None
    has_spouse: bool = False
    hardships: Hardships = ()
    basic_pension_number: BasicPensionNumber | None = None

    @model_validator(mode="after")
    def _within_one_cycle(self) -> "ExemptionApplication":
        _same_cycle(self.first_month, self.last_month, starts_in=7)
        if "student" in self.schemes:
            raise PydanticCustomError("scheme", "a student applies with a filing of kind 'student'")
        if self.spouse is not None and not self.has_spouse:
            raise PydanticCustomError("spouse", "a spouse's number needs has_spouse")
        return self


class StudentApplication(Model):
    """学生納付特例申請 (NPR 77条の4): one form per April–March year, own income only."""

    kind: Literal["student"]
    first_month: Month
    last_month: Month
    school: Code
    hardships: Hardships = ()
    basic_pension_number: BasicPensionNumber | None = None

    @model_validator(mode="after")
    def _within_one_cycle(self) -> "StudentApplication":
        _same_cycle(self.first_month, self.last_month, starts_in=4)
        if any(hardship.role != "applicant" for hardship in self.hardships):
            raise PydanticCustomError("hardship_role", "only a student's own grounds count")
        return self


def _same_cycle(first: Month, last: Month, starts_in: int) -> None:
    if last < first:
        raise PydanticCustomError("month_order", "last_month must not lie before first_month")
    if (int(first) - starts_in + 1) // 12 != (int(last) - starts_in + 1) // 12:
        raise PydanticCustomError("one_cycle", "one form covers months of one yearly cycle only")


FilingContent = Annotated[
    AcquisitionFiling | LossFiling | ExemptionApplication | StudentApplication, Discriminator("kind")
]


class FilingEntered(Model):
    """A clerk entered a received filing, or entered it anew (補正・訂正) with a higher `revision`.

    `received_on` is the day that counts in law, also when a branch office received it.
    """

    VERSION: ClassVar[int] = 1
    filing: Annotated[Code, Field(description="reception number 受付番号, given by the receiving door")]
    revision: Annotated[int, Field(ge=1, le=1000)]
    received_on: Date
    office: Code
    channel: Literal["counter", "branch", "mail", "online"]
    entered_by: Code
    content: FilingContent


class FilingChecked(Model):
    """Another person checked the entry against the paper. It takes effect when entry and check have equal content."""

    VERSION: ClassVar[int] = 1
    filing: Code
    checked_by: Code
    received_on: Date
    content: FilingContent


class FilingWithdrawn(Model):
    """The filing was withdrawn (取下げ): nothing follows from it any more."""

    VERSION: ClassVar[int] = 1
    filing: Code
    withdrawn_on: Date
    reason: Code
