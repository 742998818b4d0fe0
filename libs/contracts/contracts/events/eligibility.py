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
    Channel,
    Code,
    Date,
    Exemption,
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
    "old_age_benefit_right",
    "voluntary_entry",
    "voluntary_withdrawal",
    "age65",
    "age70",
    "return_to_japan",
    "lost_by_pension_service",
    "other",
]
"""Internal reason codes, not official ones: no published list was found."""


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
    send_decided_on: Annotated[Date | None, Field(description="day on which sending the filing was decided")] = None
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


Missing = Literal["undeclared", "not_required", "other_municipality", "not_assessed", "unknown_person"]
"""Why an income is not known. None of these is an income of zero."""


class Need(Model):
    """A fact without which nothing can be said: whose, of which income year, and why it is missing."""

    person: AddresseeNumber | None = None
    role: Role
    income_year: IncomeYear | None = None
    why: Missing


FilingKind = Literal[
    "acquisition",
    "category_change",
    "loss",
    "voluntary_entry",
    "voluntary_withdrawal",
    "death",
    "name_change",
    "address_change",
    "number_notice_reissue",
    "maternity",
    "childcare",
    "statutory_start",
    "statutory_end",
    "pay_despite_exemption",
    "exemption",
    "student",
    "exemption_cancellation",
    "student_end",
    "spouse_change",
    "additional_start",
    "additional_stop",
    "farmers_pension",
]
"""Forms of insured status and premiums, as `contracts.events.forms` has them."""
ClaimKind = Literal[
    "old_age_claim",
    "disability_claim",
    "survivors_claim",
    "widows_pension_claim",
    "death_lump_sum_claim",
    "unpaid_pension_claim",
    "welfare_old_age",
    "special_disability_claim",
    "support_benefit_claim",
    "recipient",
]
"""Benefit claims and pensioners' papers."""


class _Received(Model):
    VERSION: ClassVar[int] = 1
    filing: Code
    received_on: Date
    office: Code
    channel: Channel
    state: Annotated[
        Literal["waiting", "accepted", "refused", "withdrawn", "returned"],
        Field(description="waiting = not yet entered and checked by two people, or something to be settled first"),
    ]
    reasons: Annotated[tuple[Code, ...], Field(strict=False, description="why it waits or is refused")] = ()
    route: Annotated[
        Literal["report", "send", "forward", "keep"],
        Field(description="報告 (NPR 9条) · 送付 (NPO 1条の2) · passed on as a courtesy · stays here"),
    ]
    missing_papers: Annotated[tuple[Code, ...], Field(strict=False)] = ()
    send_decided_on: Annotated[Date | None, Field(description="null = nobody decided yet that it goes out")] = None
    basic_pension_number: BasicPensionNumber | None = None
    withdrawn: bool = False


class FilingReceived(_Received):
    """A filing at the counter and what became of it: one line of the reception book (受付処理簿)."""

    kind: FilingKind
    fact_on: Date | None = None
    due_on: Annotated[Date | None, Field(description="last day for filing it, off closed days")] = None
    late: Annotated[int, Field(ge=0, description="days after due_on; a late filing is accepted")] = 0
    first_month: Month | None = None
    last_month: Month | None = None


class ExemptionAssessed(Model):
    """Pre-check (参考判定) of one application, or of one continued review, for months that share one result."""

    VERSION: ClassVar[int] = 1
    filing: Annotated[Code, Field(description="reception number; of a review the pension service's request")]
    kind: Literal["exemption", "student", "review"]
    received_on: Annotated[Date, Field(description="day of reception; of a review the day of the request")]
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
    scheme: Exemption | None = None
    via_us: Annotated[bool, Field(description="false = for a filing that never passed us")]
    agrees: Annotated[bool | None, Field(description="null when there is no pre-check to compare with")] = None
    withdrawn: bool = False


class ClaimReceived(_Received):
    """A benefit claim or a pensioner's paper at the counter (裁定請求ほか), and whose affair it is, with the provision."""

    kind: ClaimKind
    route_article: str


class MonthsExempted(Model):
    """Months whose premium is not due, or not in full, and why. Of two grounds for a month the one the law puts first.

    `basis` is what it rests on so far: the filing alone, or the pension service's decision.
    """

    VERSION: ClassVar[int] = 1
    first_month: Month
    last_month: Annotated[Month | None, Field(description="null = while the ground lasts")] = None
    exemption: Exemption
    basis: Literal["filing", "decision"]
    filing: Code | None = None
    decision: Code | None = None
    doubtful: Annotated[tuple[Code, ...], Field(strict=False)] = ()
    withdrawn: bool = False
    trace: Trace = ()


class AdditionalPremiumSet(Model):
    """付加保険料: the months for which it may be paid under one application."""

    VERSION: ClassVar[int] = 1
    first_month: Month
    last_month: Annotated[Month | None, Field(description="null = until further notice")] = None
    filing: Code
    withdrawn: bool = False
    trace: Trace = ()


HintCode = Literal[
    "acquisition_filing_due",
    "loss_filing_due",
    "death_filing_due",
    "status_check_due",
    "absent_member",
    "voluntary_overseas_possible",
    "special_voluntary_possible",
    "widows_pension_possible",
    "death_lump_sum_possible",
    "survivors_pension_possible",
    "unpaid_pension_possible",
    "maternity_possible",
    "maternity_longer_possible",
    "childcare_possible",
    "childcare_by_pension_service",
    "statutory_exemption_proposed",
    "statutory_end_filing_due",
    "application_ground_possible",
]


class HintRaised(Model):
    """Something a clerk should look at or tell somebody: a proposal, never a change. Withdrawn when it has been dealt with."""

    VERSION: ClassVar[int] = 1
    hint: HintCode
    person: Annotated[AddresseeNumber, Field(description="whom it concerns")]
    on: Annotated[Date, Field(description="day of the fact that raised it")]
    due_on: Date | None = None
    article: str
    facts: Annotated[tuple[str, ...], Field(strict=False)] = ()
    withdrawn: bool = False


class InsuredStatusPublished(Model):
    """移転先1 総合窓口課: exactly 資格の有無・基礎年金番号・年金種別・取得日・喪失日 of a category 1 person (住基法7条11号).

    Five items, and none for "withdrawn": a status that never was ended as it began.
    """

    VERSION: ClassVar[int] = 1
    insured: bool
    basic_pension_number: BasicPensionNumber | None = None
    category: Literal[1]
    acquired_on: Date
    lost_on: Date | None = None

    def taken_back(self) -> "InsuredStatusPublished":
        return self.model_copy(update={"insured": False, "lost_on": self.acquired_on})
