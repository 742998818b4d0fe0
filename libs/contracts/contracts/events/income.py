"""Topics `tax-assessments` (住民税), `persons-concerned`, `incomes`, `income-needs` and `income-answers`: what people earned, in the
words of the statute; of whom the ward may hold it; and what is missing."""

import datetime as dt
from typing import Annotated, ClassVar, Literal

from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from contracts.vocabulary import AddresseeNumber, AmountYen, Code, Count, Date, IncomeYear, Model, TaxYear, Yen

DeclarationState = Literal["declared", "undeclared", "not_required", "other_municipality"]
"""申告あり・未申告・申告不要・他市区町村課税: four different things. None of them is an income of zero."""

YesNo = bool
DisabilityGrade = Literal["none", "ordinary", "special"]


MunicipalTax = Literal["exempt", "per_capita", "income_based"]


class TaxRecord(Model):
    """所得情報 of the assessment's 別添１, with the items it lacks but the rules need (`BEYOND_THE_ASSESSMENT`).

    Amounts are the resident-tax figures of one tax year. `total_income_yen` (合計所得金額) is before, `loss_carryover_yen`
    (純損失・雑損失の繰越) the part deducted after. An item that is not listed is no error: it is dropped at the border and counted
    (capability Z05); `unlisted` names it.
    """

    model_config = ConfigDict(extra="allow")

    total_income_yen: Yen
    loss_carryover_yen: AmountYen = 0
    public_pension_receipts_yen: AmountYen = 0
    public_pension_income_yen: AmountYen = 0
    casualty_loss_yen: AmountYen = 0
    medical_yen: AmountYen = 0
    social_insurance_yen: AmountYen = 0
    small_enterprise_mutual_aid_yen: AmountYen = 0
    spouse_special_yen: AmountYen = 0
    specified_relative_special_yen: AmountYen = 0
    cattle_sale_yen: AmountYen = 0
    deductible_spouse: Literal["none", "under_70", "from_70"] = "none"
    dependants_general: Annotated[Count, Field(description="一般扶養 aged 16–18 and 23–69 together")] = 0
    dependants_16_18: Annotated[Count | None, Field(description="of the general ones, those aged 16–18")] = None
    dependants_specific: Annotated[Count, Field(description="特定扶養, aged 19–22")] = 0
    dependants_elderly: Count = 0
    dependants_under_16: Count = 0
    disabled_dependants: Count = 0
    special_disabled_dependants: Count = 0
    self_disability: DisabilityGrade = "none"
    widow: YesNo = False
    single_parent: YesNo = False
    working_student: YesNo = False
    municipal_tax: Annotated[MunicipalTax | None, Field(description="非課税・均等割のみ課税・所得割課税")] = None

    @property
    def unlisted(self) -> tuple[str, ...]:
        """Names of the members that are no item of this record."""
        return tuple(sorted(self.model_extra or ()))

    def listed(self) -> "TaxRecord":
        """The record without them."""
        if not self.model_extra:
            return self
        return TaxRecord.model_construct(**{name: getattr(self, name) for name in TaxRecord.model_fields})

    @model_validator(mode="after")
    def _part_of_the_whole(self) -> "TaxRecord":
        if (self.dependants_16_18 or 0) > self.dependants_general:
            raise PydanticCustomError("dependants_16_18", "dependants_16_18 must not exceed dependants_general")
        return self


BEYOND_THE_ASSESSMENT = (
    "small_enterprise_mutual_aid_yen",
    "specified_relative_special_yen",
    "cattle_sale_yen",
    "dependants_16_18",
    "single_parent",
    "municipal_tax",
)
"""Items that the rules or the pension service's lists need and 別添１ does not name: optional, and a named gap (capability Z06).
Also beyond it: `deductible_spouse` tells a spouse of 70 or more apart."""


class TaxAssessed(Model):
    """Resident tax was assessed, or assessed again (更正), for one person and tax year (相当年度).

    The higher `version` wins, whichever arrives first.
    """

    VERSION: ClassVar[int] = 1
    tax_year: TaxYear
    levied_in: Annotated[TaxYear | None, Field(description="賦課年度, where it is another: tax of a past year")] = None
    version: Annotated[int, Field(ge=1, le=10**6)]
    state: DeclarationState
    record: TaxRecord | None = None

    @model_validator(mode="after")
    def _amounts_only_when_declared(self) -> "TaxAssessed":
        if (self.record is not None) != (self.state == "declared"):
            raise PydanticCustomError(
                "declared_record", "a record of amounts belongs to state 'declared' and only to it"
            )
        return self


class Dependants(Model):
    """扶養親族等 by the age bands of NPO 6条の7–6条の9の2. Empty = nobody."""

    same_livelihood_spouse: Count = 0
    same_livelihood_spouse_70plus: Count = 0
    general: Count = 0
    age_16_18: Count = 0
    specific_19_22: Count = 0
    elderly_70plus: Count = 0
    under_16: Count = 0


class Deductions(Model):
    """Deductions of NPO 6条の12第2項 in yen, the counts behind its fixed amounts, and the loss carried over (6条の11)."""

    casualty_loss: AmountYen = 0
    medical: AmountYen = 0
    social_insurance: AmountYen = 0
    small_enterprise_mutual_aid: AmountYen = 0
    spouse_special: AmountYen = 0
    specified_relative_special: AmountYen = 0
    cattle_sale: AmountYen = 0
    loss_carryover: AmountYen = 0
    disabled_count: Count = 0
    special_disabled_count: Count = 0
    widow: YesNo = False
    single_parent: YesNo = False
    working_student: YesNo = False


class AssessedIncome(Model):
    """One person's income of one income year, with what a rule needs and no more."""

    total_income_yen: Yen
    dependants: Dependants = Dependants()
    deductions: Deductions = Deductions()
    local_tax_disabled: YesNo = False
    local_tax_widow: YesNo = False
    local_tax_single_parent: YesNo = False


class IncomeVersion(Model):
    """What the tax system said in [known_from, known_to); `known_to` is null for what is believed now."""

    known_from: dt.datetime
    known_to: dt.datetime | None = None
    version: int
    state: DeclarationState
    income: AssessedIncome | None = None
    fact: str = Field(description="id of the tax assessment that says so")


class IncomeAssessed(Model):
    """Every version of one person's income of one income year. The four states of a declaration differ.

    Withdrawn when the person no longer is one whose income the ward may hold (decision 23).
    """

    VERSION: ClassVar[int] = 1
    income_year: IncomeYear
    versions: tuple[IncomeVersion, ...] = Field(strict=False)
    needs_person: tuple[str, ...] = Field(default=(), strict=False)
    withdrawn: bool = False


class IncomesWanted(Model):
    """One whose incomes the ward may hold: the tax system sends this person's assessments, also those it sent before (decision 23).

    What it sent about anybody else was dropped; sent again under the same id, it takes effect now.
    """

    VERSION: ClassVar[int] = 1
    withdrawn: bool = False


class WantedIncome(Model):
    """A case uses the income of this year: the person's own, the spouse's and the householder's."""

    income_year: IncomeYear
    asked_on: Date


class PersonConcerned(Model):
    """One of those whose data the ward may hold (対象となる本人の範囲, the assessment's Ⅱ2③), and why.

    Insured persons (第1号・任意加入), applicants and recipients; with them their householder, spouse and, of recipients, children.
    `spouses` are those whom forms name, wherever they live. `wanted` are the income years that their cases use.
    """

    VERSION: ClassVar[int] = 1
    grounds: Annotated[
        tuple[Literal["insured", "applicant", "recipient"], ...], Field(strict=False, min_length=1, max_length=3)
    ]
    spouses: tuple[AddresseeNumber, ...] = Field(default=(), strict=False)
    wanted: tuple[WantedIncome, ...] = Field(default=(), strict=False)
    withdrawn: bool = False


class IncomeNeeded(Model):
    """A case uses an income that is not known (need; capability X02). A later assessment answers it: then it is withdrawn.

    `owner` is who can tell: the tax system (no record came), the municipality of 1 January (other_municipality), or the person, who
    has not declared.
    """

    VERSION: ClassVar[int] = 1
    income_year: IncomeYear
    owner: Annotated[
        Literal["tax_system", "other_municipality", "person"],
        Field(description="who can tell"),
    ]
    asked_on: Date
    due_on: Date
    cases: Annotated[tuple[AddresseeNumber, ...], Field(strict=False, description="whose cases wait for it")] = ()
    withdrawn: bool = False


class IncomeAnswered(Model):
    """An income request of the pension service (所得情報提供依頼) was answered for one person: what the row of the answer says."""

    VERSION: ClassVar[int] = 1
    request: Code
    line: Annotated[int, Field(ge=1, description="the row of the request's file")]
    income_year: IncomeYear
    outcome: Literal["declared", "undeclared", "not_required", "other_municipality", "not_known", "withheld"]
    answered_on: Date
