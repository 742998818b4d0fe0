"""What goes in and out at the counter's doors of eligibility: the reception book, a filing, the forms to offer, ages reached, hints, the note."""

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from contracts.doors.inquiry import ViewLine
from contracts.events.eligibility import ClaimKind, FilingKind, HintCode, Outcome
from contracts.events.filing import Evidence
from contracts.events.forms import FilingContent
from contracts.vocabulary import (
    AddresseeNumber,
    BasicPensionNumber,
    Channel,
    Code,
    Count,
    Date,
    IncomeYear,
    Model,
    Month,
    Scheme,
    Yen,
)

BOOK_AT_MOST = 500
TO_CHECK = ("second_person", "entry_and_check_differ", "checked_by_who_entered")
"""Reasons for which a filing waits that the desk settles by a check (点検)."""
FilingState = Literal["waiting", "accepted", "refused", "withdrawn", "returned"]
Result = Literal["accepted", "returned"]
Language = Literal["ja", "en"]


class _Days(Model):
    """Both days belong to it."""

    since: Date
    until: Date

    @model_validator(mode="after")
    def _in_order(self) -> "_Days":
        if self.until < self.since:
            raise PydanticCustomError("day_order", "until must not lie before since")
        return self


class AskBook(_Days):
    """POST /book: lines of the reception book (受付処理簿) by day of reception; the kinds are those of the call's purpose."""

    states: Annotated[tuple[FilingState, ...], Field(strict=False, description="empty = every state")] = ()
    result: Result | None = None
    office: Code | None = None
    addressee: AddresseeNumber | None = None


class BookLine(Model):
    """A filing and where it stands; `reasons` are codes."""

    filing: Code
    addressee: AddresseeNumber
    kind: FilingKind | ClaimKind
    received_on: Date
    office: Code
    channel: Channel
    state: FilingState
    reasons: tuple[Code, ...] = Field(default=(), strict=False)
    entered_by: Code
    checked_by: Code | None = None
    send_decided_on: Date | None = None
    result: Annotated[Result | None, Field(description="処理結果 of the pension service")] = None
    processed_on: Date | None = None


class Book(Model):
    """In order of reception; `more` says that there are others: ask for fewer days."""

    lines: tuple[BookLine, ...] = Field(strict=False)
    more: bool = False


class AskFiling(Model):
    """POST /filings/show: a filing with everything that was entered and checked."""

    filing: Code
    addressee: AddresseeNumber


class Entry(Model):
    """What was entered, by whom (入力)."""

    revision: int
    received_on: Date
    received_by: Code | None = None
    office: Code
    channel: Channel
    evidence: Evidence | None = None
    entered_by: Code
    entered_at: dt.datetime
    content: FilingContent


class Check(Model):
    """What was read off the paper by somebody else (点検)."""

    checked_by: Code
    checked_at: dt.datetime
    received_on: Date
    content: FilingContent


class FilingShown(Model):
    """The newest entry counts; `line` is what stands in the book, null as long as nothing does."""

    filing: Code
    addressee: AddresseeNumber
    line: BookLine | None = None
    entries: tuple[Entry, ...] = Field(strict=False, description="the newest first")
    checks: tuple[Check, ...] = Field(default=(), strict=False, description="the newest first")
    missing_papers: tuple[Code, ...] = Field(default=(), strict=False)
    due_on: Annotated[Date | None, Field(description="last day for filing it")] = None


class AskLook(Model):
    """POST /filings/look: what would become of this filing, if two people entered and checked it so? Nothing is kept."""

    addressee: AddresseeNumber
    received_on: Date
    evidence: Evidence | None = None
    content: FilingContent


class PreCheck(Model):
    """The pre-check (参考判定) of an application for months that share one result."""

    first_month: Month
    last_month: Month
    scheme: Scheme | None = None
    outcome: Outcome


class Looked(Model):
    state: FilingState
    reasons: tuple[Code, ...] = Field(default=(), strict=False)
    missing_papers: tuple[Code, ...] = Field(default=(), strict=False)
    due_on: Annotated[Date | None, Field(description="last day for filing it")] = None
    late: int = 0
    route: Annotated[Literal["report", "send", "forward", "keep"], Field(description="as in FilingReceived")]
    article: Annotated[str, Field(description="the provision by which it goes that way")]
    pre_checks: tuple[PreCheck, ...] = Field(default=(), strict=False)


class AskForms(Model):
    """POST /forms: the application forms to lay before somebody on a day of reception, one for each cycle with months still due."""

    addressee: AddresseeNumber
    received_on: Date
    student: Annotated[bool, Field(description="学生納付特例, by April–March years")] = False


class FormOffered(Model):
    first_month: Month
    last_month: Month
    months_due: int
    income_year: int


class FormsOffered(Model):
    basic_pension_number: BasicPensionNumber | None = None
    forms: tuple[FormOffered, ...] = Field(strict=False)


class AskMilestones(_Days):
    """POST /milestones: who reaches an age that changes something in these days; `what` = only these."""

    what: tuple[Code, ...] = Field(default=(), strict=False)


class MilestoneReached(Model):
    on: Date
    what: Code
    addressee: AddresseeNumber


class MilestonesReached(Model):
    milestones: tuple[MilestoneReached, ...] = Field(strict=False)


class AskHints(_Days):
    """POST /hints: what a clerk should look at or tell somebody (お知らせ), by the day of the fact that raised it; the newest first."""

    at_most: Annotated[int, Field(ge=1, le=BOOK_AT_MOST)] = BOOK_AT_MOST


class HintShown(Model):
    addressee: AddresseeNumber
    on: Date
    hint: HintCode
    due_on: Date | None = None


class HintsShown(Model):
    hints: tuple[HintShown, ...] = Field(strict=False)
    more: bool = False


class AssumedIncome(Model):
    """What if somebody's income of a year were this one?"""

    addressee: AddresseeNumber
    income_year: IncomeYear
    total_income_yen: Yen
    dependants: Annotated[Count, Field(description="general dependants (一般の扶養親族)")] = 0


class AskNote(Model):
    """POST /note: the decision note of a person: what follows, from which facts and articles. Number and birth date must be one person's.
    With `assumed` it is a trial (試算): these incomes stand for what is known."""

    addressee: AddresseeNumber
    birth_date: Date
    month: Month | None = None
    language: Language = "ja"
    assumed: Annotated[tuple[AssumedIncome, ...], Field(strict=False, max_length=3)] = ()


class NoteParagraph(Model):
    heading: str
    lines: tuple[str, ...] = Field(strict=False)


class NoteShown(Model):
    """A pre-check (参考判定), never a decision."""

    day: Annotated[Date, Field(description="the business day as of which it is")]
    paragraphs: tuple[NoteParagraph, ...] = Field(strict=False)


class AskReach(Model):
    """POST /filings/reach: what follows from a filing now, and would not without it (取下げ・訂正の影響)? Nothing is kept."""

    filing: Code
    addressee: AddresseeNumber


class Reach(Model):
    """`lost`: said because of the filing alone · `gained`: what would be said without it. Lines as on the person's sheet.

    All of it is said of the person: nobody else's insured status, exemption or claim rests on somebody's filing.
    """

    lost: Annotated[tuple[ViewLine, ...], Field(strict=False)]
    gained: Annotated[tuple[ViewLine, ...], Field(strict=False)]


class AskCounts(_Days):
    """POST /counts: how many filings were received in these days, by kind, office and channel, for the ward's returns (事務費交付金の報告)."""

    office: Code | None = None


class CountLine(Model):
    kind: Code
    office: Code
    channel: Channel
    state: FilingState
    count: int


class Counts(Model):
    """`lines`: lines of the reception book in these days; the counts must add up to it."""

    counts: Annotated[tuple[CountLine, ...], Field(strict=False)]
    lines: int
    waiting: int
    to_check: Annotated[
        int, Field(description="of those that wait: for a second person, or because two readings differ")
    ]
    returned: Annotated[int, Field(description="accepted here, sent, and given back by the pension service (返戻)")]
    oldest: Annotated[Date | None, Field(description="day of reception of the oldest one that waits")] = None


class AskReviewed(Model):
    """POST /reviewed: what the continued reviews (継続審査) came to, of the yearly cycle that begins with this July."""

    first_month: Month


class ReviewLine(Model):
    addressee: AddresseeNumber
    request: Code
    first_month: Month
    last_month: Month
    outcome: Outcome
    scheme: Scheme | None = None


class Reviewed(Model):
    """Counts of everybody by outcome; lines of those alone for whom somebody has something to do: they may have to apply themselves."""

    counts: dict[Outcome, int]
    lines: Annotated[tuple[ReviewLine, ...], Field(strict=False)]
    more: bool = False
