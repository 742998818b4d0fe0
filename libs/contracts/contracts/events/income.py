"""Topics `tax-assessments` (住民税), `incomes` and `income-answers`: what people earned, in the words of the statute."""

import datetime as dt
from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from contracts.vocabulary import AmountYen, Code, Count, IncomeYear, Model, TaxYear, Yen

DeclarationState = Literal["declared", "undeclared", "other_municipality"]
"""申告あり・未申告・他市区町村課税: three different things. None of them is an income of zero."""

YesNo = bool
DisabilityGrade = Literal["none", "ordinary", "special"]


class TaxRecord(Model):
    """所得情報 of the assessment's 別添１, with the items it lacks but the rules need (ひとり親, 16–18歳 …).

    Amounts are the resident-tax figures of one tax year. `total_income_yen` (合計所得金額) is before, `loss_carryover_yen`
    (純損失・雑損失の繰越) the part deducted after.
    """

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

    @model_validator(mode="after")
    def _part_of_the_whole(self) -> "TaxRecord":
        if (self.dependants_16_18 or 0) > self.dependants_general:
            raise PydanticCustomError("dependants_16_18", "dependants_16_18 must not exceed dependants_general")
        return self


class TaxAssessed(Model):
    """Resident tax was assessed, or assessed again (更正), for one person and tax year (賦課年度).

    The higher `version` wins, whichever arrives first.
    """

    VERSION: ClassVar[int] = 1
    tax_year: TaxYear
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
    """Every version of one person's income of one income year. Declared, undeclared and other municipality differ."""

    VERSION: ClassVar[int] = 1
    income_year: IncomeYear
    versions: tuple[IncomeVersion, ...] = Field(strict=False)
    needs_person: tuple[str, ...] = Field(default=(), strict=False)


class IncomeAnswered(Model):
    """An income request of the pension service (所得情報提供依頼) was answered for one person."""

    VERSION: ClassVar[int] = 1
    request: Code
    income_year: IncomeYear
    outcome: Literal["answered", "undeclared", "other_municipality", "no_match", "withheld"]
