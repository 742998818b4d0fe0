"""What must go to the pension service (日本年金機構), and what must never go?

Two routes with different duties. *Report* (報告, 国民年金法施行規則 [NPR] 9条1項): acquisition, change of category and loss that
were filed, within 14 days of acceptance. *Send* (送付, 国民年金法施行令 [NPO] 1条の2): an application itself, whatever our
pre-check (参考判定) says. Everything else stays here, and `NEVER` says why.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple, get_args

from contracts.envelope import Event, addressee
from contracts.events.eligibility import (
    CategoryChanged,
    ClaimKind,
    ClaimReceived,
    FilingKind,
    FilingReceived,
    HintCode,
    HintRaised,
    InsuredStatusAcquired,
    InsuredStatusLost,
    TransitionReason,
)
from contracts.holidays import next_open
from contracts.vocabulary import BasicPensionNumber, Category, Code, Date, Model, Month

REPORT_DAYS = 14
"""NPR 9条1項: the mayor reports within 14 days of acceptance. The first day is not counted (民法140条)."""

Kind = FilingKind | ClaimKind
KINDS: tuple[Kind, ...] = (*get_args(FilingKind), *get_args(ClaimKind))
"""In the order of the record file."""
BY_STEP: tuple[Kind, ...] = ("acquisition", "category_change", "loss")
"""資格取得・種別変更・資格喪失: reported as the step they lead to, not as the filing."""
REPORTED: tuple[Kind, ...] = (*BY_STEP, "death", "name_change", "address_change")

Received = FilingReceived | ClaimReceived
Transition = InsuredStatusAcquired | InsuredStatusLost | CategoryChanged


class Content(Model):
    """What the pension service is told: the numbers and dates of the filing. No name, no address (decision 16)."""

    kind: Kind
    basic_pension_number: BasicPensionNumber | None = None
    filing: Code | None = None
    received_on: Date
    due_on: Date | None = None
    effective_on: Date | None = None
    reason: TransitionReason | None = None
    before: Category | None = None
    after: Category | None = None
    first_month: Month | None = None
    last_month: Month | None = None

    def says_the_same(self, other: "Content") -> bool:
        """Equal but for the basic pension number: the pension service gave it, so learning it corrects nothing."""
        return self == other.model_copy(update={"basic_pension_number": self.basic_pension_number})


@dataclass(frozen=True)
class Matter:
    """The latest that eligibility said of one thing; `content` is None where it is not due, and `never` says why."""

    event: str
    addressee: int
    item: str
    version: int
    content: Content | None
    never: str | None
    reception: Received | None = None
    """The line of the reception book that says so, where a filing does."""


@dataclass(frozen=True)
class Entered:
    """What a form says (FilingContent as JSON), as it was entered with this revision."""

    event: str
    addressee: int
    filing: str
    revision: int
    content: bytes


class Unfiled(NamedTuple):
    """A filing that a person has still to make, as eligibility says it, with the version in which it does."""

    subject: int
    hint: HintCode
    person: int
    since: dt.date
    version: int
    due_on: dt.date | None
    open: bool


class Never(NamedTuple):
    """A reason for which a transition is not reported: code, source, and when it holds."""

    code: str
    source: str
    holds: Callable[[Transition], bool]


NEVER = (
    Never("withdrawn", "eligibility took it back", lambda t: t.withdrawn),
    Never("expected", "only confirmed periods are reported (decision 25)", lambda t: t.certainty != "confirmed"),
    Never("age20", "NPR 1条の4第1項: the pension service confirms it itself", lambda t: t.reason == "age20"),
    Never("age60", "NPR 3条1項: no filing for a loss by age 60", lambda t: t.reason == "age60"),
    Never(
        "death", "NPR 3条1項, 4条: no 資格喪失届 for a death; a 死亡届 goes as itself", lambda t: t.reason == "death"
    ),
    Never(
        "voluntary",
        "NPO 1条の2第1号: the application itself is sent",
        lambda t: t.reason in ("voluntary_entry", "voluntary_withdrawal"),
    ),
    Never(
        "voluntary_by_age",
        "NPA 附則5条5項1号 and the like: no filing for 65 or 70",
        lambda t: t.reason in ("age65", "age70"),
    ),
    Never(
        "to_category_2_or_3", "NPR 6条の2第1項; NPA 12条5項: the employer's report", lambda t: _steps(t)[1] in (2, 3)
    ),
    Never(
        "end_of_category_2_or_3",
        "NPA 12条5項: the employer's report",
        lambda t: _steps(t)[0] in (2, 3) and _steps(t)[1] is None,
    ),
    Never(
        "told_by_pension_service",
        "it comes from the pension service",
        lambda t: t.basis == "notice" or t.reason in ("acquired_by_pension_service", "lost_by_pension_service"),
    ),
    Never("domestic_move", "NPO 2条: the qualification goes on", lambda t: t.reason == "moved_in_insured"),
    Never(
        "not_filed",
        "NPR 9条1項: what was filed is reported, here or with a 付記",
        lambda t: t.basis not in ("filing", "move_note"),
    ),
    Never(
        "not_decided",
        "decision 31: nobody decided yet to send the filing; a 付記 needs no such decision",
        lambda t: t.basis == "filing" and t.send_decided_on is None,
    ),
)
"""The first that holds is the reason. A row here has a negative test."""


def never_reported(transition: Transition) -> str | None:
    """Why this transition is not reported; None = it is due."""
    return next((never.code for never in NEVER if never.holds(transition)), None)


def _steps(transition: Transition) -> tuple[Category | None, Category | None]:
    """The category before and after."""
    match transition:
        case InsuredStatusAcquired():
            return None, transition.category
        case InsuredStatusLost():
            return transition.category, None
        case CategoryChanged():
            return transition.previous, transition.category


def transition_matter(event: Event[Transition]) -> Matter:
    """A step of the insured status: one item per day and step, as eligibility distinguishes them."""
    transition = event.data
    before, after = _steps(transition)
    never = never_reported(transition)
    content = None
    if never is None:
        kind: Kind = "acquisition" if before is None else "loss" if after is None else "category_change"
        received_on = transition.received_on
        if received_on is None:
            raise ValueError(f"event {event.id} rests on a filing and has no day of reception (NPR 9条1項)")
        content = Content(
            kind=kind,
            basic_pension_number=transition.basic_pension_number,
            filing=transition.filing,
            received_on=received_on,
            due_on=report_due_on(received_on),
            effective_on=transition.effective_on,
            reason=transition.reason,
            before=before,
            after=after,
        )
    item = f"{transition.effective_on}/{before or 0}-{after or 0}"
    return Matter(event.id, addressee(event), item, _version(event), content, never)


def report_due_on(received_on: dt.date) -> dt.date:
    """The last day for a report, moved off closed days (民法142条; derived)."""
    return next_open(received_on + dt.timedelta(days=REPORT_DAYS))


def filing_matter(event: Event[FilingReceived] | Event[ClaimReceived]) -> Matter:
    """A filing or claim that goes out as itself: one item per filing, once it was accepted here. Our pre-check plays no part."""
    line = event.data
    never = _not_sent(line)
    content = content_of(line) if never is None else None
    return Matter(event.id, addressee(event), line.filing, _version(event), content, never, line)


def content_of(line: Received) -> Content:
    """What a filing says to the pension service, where it goes out as itself."""
    return Content(
        kind=line.kind,
        basic_pension_number=line.basic_pension_number,
        filing=line.filing,
        received_on=line.received_on,
        due_on=report_due_on(line.received_on) if line.route == "report" else None,
        effective_on=line.fact_on if isinstance(line, FilingReceived) else None,
        first_month=line.first_month if isinstance(line, FilingReceived) else None,
        last_month=line.last_month if isinstance(line, FilingReceived) else None,
    )


def _not_sent(line: FilingReceived | ClaimReceived) -> str | None:
    """Why a filing does not go out as itself; None = it does."""
    if line.withdrawn or line.state != "accepted":
        return "withdrawn" if line.withdrawn else line.state
    if line.kind in BY_STEP:
        return "reported_as_step"
    if line.route == "keep":
        return "identity_data_held"
    return "not_decided" if line.send_decided_on is None else None


def unfiled(event: Event[HintRaised]) -> Unfiled:
    """What a hint tells us: somebody has a filing to make, or no longer has."""
    said = event.data
    return Unfiled(addressee(event), said.hint, said.person, said.on, _version(event), said.due_on, not said.withdrawn)


def _version(event: Event[Any]) -> int:
    if event.sequence is None:
        raise ValueError(f"event {event.id} has no sequence: its version is unknown (decision 1)")
    return event.sequence
