"""Which numbers of the law do the rules need, and since when does each hold?

Frozen values only: `parameter_files.py` reads them from `parameters/*.yaml`, one class here for each file, one member
for each key. A rule asks for the value in a month and gets it with its first month, for the legal trace.
"""

from bisect import bisect_right
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Generic, Literal, TypeVar

from contracts.vocabulary import Month

T = TypeVar("T")
Confidence = Literal["statute", "published", "secondary", "derived", "memory"]
"""Read in the statute; seen on an office's page; seen second-hand; derived by us; from memory."""
Steps = tuple[tuple[int, int], ...]
"""(from this number on, this much), ascending."""


class NotHeldError(LookupError):
    """The law of that month is not in the parameter files: it lies before the first value."""


@dataclass(frozen=True, slots=True)
class InForce(Generic[T]):
    """A value of the law, the first month it holds for, the provision that set it, and how sure we are of it."""

    value: T
    since: Month
    source: str
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class Dated(Generic[T]):
    """One value of the law through time: `history` in ascending order, never empty."""

    name: str
    description: str
    unit: str
    reviewed: date
    history: tuple[InForce[T], ...]
    starts: tuple[Month, ...]

    @property
    def first(self) -> Month:
        return self.starts[0]

    @property
    def newest(self) -> InForce[T]:
        return self.history[-1]

    def held(self, month: Month) -> bool:
        return month >= self.starts[0]

    def at(self, month: Month) -> InForce[T]:
        """The value that holds for this month."""
        place = bisect_right(self.starts, month)
        if not place:
            raise NotHeldError(f"{self.name}: no value for {month}, the first one is for {self.first}")
        return self.history[place - 1]


@dataclass(frozen=True, slots=True)
class Ages:
    acquisition_age: Dated[int]
    loss_age: Dated[int]
    voluntary_loss_age: Dated[int]
    special_voluntary_loss_age: Dated[int]
    special_voluntary_born_by: Dated[date]
    child_age: Dated[int]


@dataclass(frozen=True, slots=True)
class Filing:
    days: Dated[int]


@dataclass(frozen=True, slots=True)
class DeathFiling:
    notice_days: Dated[int]


@dataclass(frozen=True, slots=True)
class Application:
    reach_months: Dated[int]


@dataclass(frozen=True, slots=True)
class ExemptionIncomeLimits:
    per_head: Dated[int]
    per_head_base: Dated[int]
    three_quarter: Dated[int]
    half: Dated[int]
    quarter: Dated[int]
    student: Dated[int]


@dataclass(frozen=True, slots=True)
class FlatLine:
    limit: Dated[int]
    limit_student: Dated[int]
    single_parent: Dated[bool]
    single_parent_student: Dated[bool]


@dataclass(frozen=True, slots=True)
class DependantAdditions:
    same_livelihood_spouse: Dated[int]
    same_livelihood_spouse_70plus: Dated[int]
    general: Dated[int]
    age_16_18: Dated[int]
    specific_19_22: Dated[int]
    elderly_70plus: Dated[int]
    under_16: Dated[int]


@dataclass(frozen=True, slots=True)
class DeductionAmounts:
    disabled: Dated[int]
    special_disabled: Dated[int]
    widow: Dated[int]
    single_parent: Dated[int]
    single_parent_student: Dated[int]
    working_student: Dated[int]
    specified_relative_special: Dated[bool]
    specified_relative_special_student: Dated[bool]


@dataclass(frozen=True, slots=True)
class DeferralTerms:
    younger_below_age: Dated[int]
    older_below_age: Dated[int]
    last_month: Dated[Month]


@dataclass(frozen=True, slots=True)
class Premium:
    base: Dated[int]
    revision_rate: Dated[int]
    rounding: Dated[int]
    additional: Dated[int]


@dataclass(frozen=True, slots=True)
class MaternityTerms:
    first_month: Dated[Month]
    months_before: Dated[int]
    months_before_multiple: Dated[int]
    months_after: Dated[int]
    months_before_filing: Dated[int]


@dataclass(frozen=True, slots=True)
class ChildcareTerms:
    first_month: Dated[Month]
    months_at_most: Dated[int]
    months_after_maternity: Dated[int]
    below_age: Dated[int]


@dataclass(frozen=True, slots=True)
class DeathLumpSum:
    amounts: Dated[Steps]
    additional_months: Dated[int]
    additional_amount: Dated[int]


@dataclass(frozen=True, slots=True)
class Parameters:
    """Every parameter file, by its name."""

    ages: Ages
    filing: Filing
    death_filing: DeathFiling
    application: Application
    exemption_income_limits: ExemptionIncomeLimits
    flat_line: FlatLine
    dependant_additions: DependantAdditions
    deductions: DeductionAmounts
    deferral: DeferralTerms
    premium: Premium
    maternity: MaternityTerms
    childcare: ChildcareTerms
    death_lump_sum: DeathLumpSum


def every_value(parameters: Parameters) -> list[Dated[Any]]:
    """Every value of every file, file by file."""
    subjects = [getattr(parameters, subject.name) for subject in fields(parameters)]
    return [getattr(subject, value.name) for subject in subjects for value in fields(subject)]
