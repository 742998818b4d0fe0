"""Topics `eligibility-events`, `exemption-events`, `claim-events` and `insured-status`: what follows in law.

Nothing here is a decision (裁定): it is the ward's pre-check (参考判定) with its reasons. An event with `withdrawn` takes
back what the event named in `revises` said.
"""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from contracts.vocabulary import (
    AddresseeNumber,
    BasicPensionNumber,
    Category,
    Certainty,
    Code,
    Date,
    IncomeYear,
    Model,
    Month,
    Scheme,
)

Role = Literal["applicant", "spouse", "householder"]
"""Who was tested: 本人・配偶者・世帯主."""


class TraceStep(Model):
    """One step of a legal trace: article, outcome, reason, and since when its parameters are in force. No amounts."""

    article: str
    outcome: Literal["holds", "fails", "unknown"]
    reason: Code
    parameters_from: Annotated[str | None, Field(description="month or day since which the values are in force")] = None
    role: Role | None = None
    income_year: IncomeYear | None = None
    facts: Annotated[tuple[str, ...], Field(strict=False, description="ids of the events it rests on")] = ()


Trace = Annotated[tuple[TraceStep, ...], Field(strict=False)]

TransitionReason = Literal[
    "age20",
    "entry_from_abroad",
    "end_of_class2",
    "end_of_class3",
    "end_of_exclusion",
    "acquired_by_pension_service",
    "moved_in_insured",
    "age60",
    "death",
    "departure_overseas",
    "to_class2",
    "to_class3",
    "exclusion",
    "lost_by_pension_service",
    "other",
]
"""Internal reason codes, not official ones (rules page 1.8)."""


class _Transition(Model):
    VERSION: ClassVar[int] = 1
    effective_on: Date
    reason: TransitionReason
    certainty: Certainty
    basis: Annotated[
        Literal["law", "filing", "notice", "move_note", "none"],
        Field(
            description="what confirms it: the law itself, a filing, a pension-service notice, a 付記; none = expected"
        ),
    ]
    filing: Code | None = None
    received_on: Annotated[Date | None, Field(description="reception day of the filing or move filing")] = None
    basic_pension_number: BasicPensionNumber | None = None
    withdrawn: bool = False
    trace: Trace = ()


class InsuredStatusAcquired(_Transition):
    """資格取得: category 1, 2 or 3 begins on `effective_on` out of no insured status."""

    category: Category


class InsuredStatusLost(_Transition):
    """資格喪失: the insured status ends; `effective_on` is the first day no longer insured."""

    category: Annotated[Category, Field(description="the category that ends")]


class CategoryChanged(_Transition):
    """種別変更: one category follows another without a gap. Not a loss, and nothing is reported when leaving category 1."""

    category: Annotated[Category, Field(description="the category that begins")]
    previous: Category


Outcome = Literal["pass", "refused", "undetermined", "needs_person"]


Missing = Literal["undeclared", "other_municipality", "not_assessed", "unknown_person"]
"""Why an income is not known. None of these is an income of zero."""


class Need(Model):
    """A fact without which nothing can be said: whose, of which income year, and why it is missing."""

    person: AddresseeNumber | None = None
    role: Role
    income_year: IncomeYear | None = None
    why: Missing


class ApplicationReceived(Model):
    """An application took effect: entered and checked with equal content. What the form says, whatever follows from it."""

    VERSION: ClassVar[int] = 1
    filing: Code
    kind: Literal["exemption", "student"]
    received_on: Date
    first_month: Month
    last_month: Month
    basic_pension_number: BasicPensionNumber | None = None
    withdrawn: bool = False


class ExemptionAssessed(Model):
    """Pre-check (参考判定) of one application for months first_month..last_month that share one result."""

    VERSION: ClassVar[int] = 1
    filing: Code
    kind: Literal["exemption", "student"]
    received_on: Date
    first_month: Month
    last_month: Month
    outcome: Outcome
    scheme: Scheme | None = None
    refused: Annotated[
        tuple[tuple[Scheme, Role], ...], Field(strict=False, description="scheme asked for, person who fails it")
    ] = ()
    needs: Annotated[tuple[Need, ...], Field(strict=False)] = ()
    doubtful: Annotated[tuple[Code, ...], Field(strict=False)] = ()
    basic_pension_number: BasicPensionNumber | None = None
    withdrawn: bool = False
    trace: Trace = ()


class ExemptionDecisionRecorded(Model):
    """The pension service's decision (裁定結果), limited to category 1 months, beside our pre-check."""

    VERSION: ClassVar[int] = 1
    decision: Code
    filing: Code | None = None
    decided_on: Date
    first_month: Month
    last_month: Month
    scheme: Scheme | None = None
    agrees: Annotated[bool | None, Field(description="null when there is no pre-check to compare with")] = None
    withdrawn: bool = False


class ClaimReceived(Model):
    """裁定請求 was received and checked."""

    VERSION: ClassVar[int] = 1
    claim: Code
    kind: Code
    received_on: Date


class InsuredStatusPublished(Model):
    """移転先1 総合窓口課: exactly 資格の有無・基礎年金番号・年金種別・取得日・喪失日 of a category 1 person (住基法7条11号)."""

    VERSION: ClassVar[int] = 1
    insured: bool
    basic_pension_number: BasicPensionNumber | None = None
    category: Literal[1]
    acquired_on: Date
    lost_on: Date | None = None
