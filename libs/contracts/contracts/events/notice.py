"""Topic `pension-service-notices`: what the pension service (日本年金機構) tells the ward."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from contracts.vocabulary import (
    BasicPensionNumber,
    Category,
    Code,
    Date,
    Exemption,
    IdentityDataHeld,
    IncomeYear,
    Model,
    Month,
)


class BasicPensionNumberAssigned(Model):
    """A basic pension number was assigned (付番). A person may carry old ones; the newest version counts."""

    VERSION: ClassVar[int] = 1
    version: Annotated[int, Field(ge=1, le=10**6)]
    basic_pension_number: BasicPensionNumber


class MembershipNotified(Model):
    """The pension service's record of one stay in one category: from when, until when (first day no longer in it).

    A later `version` of the same stay (category and first day) replaces the earlier one.
    """

    VERSION: ClassVar[int] = 1
    version: Annotated[int, Field(ge=1, le=10**6)]
    category: Category
    acquired_on: Date
    lost_on: Date | None = None
    cancelled: bool = False

    @model_validator(mode="after")
    def _in_order(self) -> "MembershipNotified":
        if self.lost_on is not None and self.lost_on < self.acquired_on:
            raise PydanticCustomError("lost_before_acquired", "lost_on must not lie before acquired_on")
        return self


class FilingProcessed(Model):
    """処理結果: a filing that was sent was accepted or returned (返戻)."""

    VERSION: ClassVar[int] = 1
    filing: Code
    result: Literal["accepted", "returned"]
    processed_on: Date
    reason: Code | None = None


class ExemptionDecided(Model):
    """裁定結果 of an exemption: the pension service's own decision. `filing` is null when it never passed us."""

    VERSION: ClassVar[int] = 1
    version: Annotated[int, Field(ge=1, le=10**6)]
    decision: Code
    filing: Code | None = None
    decided_on: Date
    first_month: Month
    last_month: Month
    scheme: Annotated[Exemption | None, Field(description="null = refused (却下)")] = None

    @model_validator(mode="after")
    def _in_order(self) -> "ExemptionDecided":
        if self.last_month < self.first_month:
            raise PydanticCustomError("month_order", "last_month must not lie before first_month")
        return self


class IncomeRequested(Model):
    """所得情報提供依頼: the pension service asks for one person's income."""

    VERSION: ClassVar[int] = 1
    request: Code
    income_year: IncomeYear
    purpose: Literal["continued_review", "unpaid_premium", "support_benefit"]


class IdentityDataNotified(Model):
    """Whether the pension service holds this person's identity data (機構保存本人確認情報). The higher `version` wins."""

    VERSION: ClassVar[int] = 1
    version: Annotated[int, Field(ge=1, le=10**6)]
    held: IdentityDataHeld
