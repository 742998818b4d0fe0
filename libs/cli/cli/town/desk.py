"""How does a paper at the counter become entries?

Received, entered, checked by another person the same or the next day. Some are checked with another content and entered
anew, some are checked by the one who entered them (which must not take effect), some are given back or withdrawn, a few are
forgotten on the way.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from contracts.events.filing import (
    Evidence,
    FilingChecked,
    FilingEntered,
    FilingReturned,
    FilingSendDecided,
    FilingWithdrawn,
)
from contracts.events.forms import AcquisitionFiling, CategoryChangeFiling, FilingContent, LossFiling
from contracts.events.notice import FilingProcessed
from contracts.vocabulary import Channel

from cli.town.people import Person
from cli.town.ward import Ward

Result = Callable[..., object]

_OFFICES = ("honcho", "east-branch", "west-branch")
_CLERKS = tuple(f"clerk-{n:02d}" for n in range(1, 13))
_CHANNELS: tuple[Channel, ...] = ("counter", "counter", "counter", "branch", "mail", "mail", "online")
SELF = Evidence(filed_by="self", number_check="my_number_card", identity_check="photo_id")
AGENT = Evidence(
    filed_by="agent", number_check="my_number_notice", identity_check="photo_id", authority="power_of_attorney"
)
_EVIDENCE = (
    SELF,
    Evidence(filed_by="householder", number_check="pension_number_notice", identity_check="two_documents"),
    AGENT,
    Evidence(filed_by="self", number_check="resident_record", identity_check="two_documents"),
    Evidence(
        filed_by="statutory_agent",
        number_check="my_number_card",
        identity_check="photo_id",
        authority="family_register",
    ),
)


@dataclass(frozen=True)
class Paper:
    """A paper that was received: whose it is, what it says, and how the one who brought it was known."""

    person: Person
    number: str
    content: FilingContent
    received_on: dt.date
    evidence: Evidence | None
    clerk: str
    other: str

    @property
    def office(self) -> str:
        return _OFFICES[int(self.number[-1]) % len(_OFFICES)]

    @property
    def channel(self) -> Channel:
        """One filing keeps its channel through all revisions."""
        if self.evidence is not None and self.evidence.filed_by == "agent":
            return "agent"
        return _CHANNELS[int(self.number[-1]) % len(_CHANNELS)]


def file(
    ward: Ward, person: Person, content: FilingContent, received_on: dt.date, accepted: Result | None = None
) -> str:
    """Receive and enter a filing; `accepted(ward, person, filing, content)` happens once the pension service agrees."""
    paper = receive(ward, person, content, received_on)
    way = _way(ward)
    ward.happenings[f"filing: {way}"] += 1
    soon = ward.open_day(ward.today + dt.timedelta(days=ward.rng.randint(0, 1)))
    _WAYS[way][1](ward, paper, soon, accepted)
    return paper.number


def receive(
    ward: Ward, person: Person, content: FilingContent, received_on: dt.date, evidence: Evidence | None = None
) -> Paper:
    """A reception number for a paper. `evidence` in place of what the next one at the counter usually shows."""
    ward.filings_given += 1
    ward.happenings[f"filing: {content.kind}"] += 1
    number = f"R{received_on.year}-{ward.filings_given:06d}"
    clerk, other = ward.rng.sample(_CLERKS, 2)
    usual = _EVIDENCE[ward.filings_given % len(_EVIDENCE)]
    return Paper(person, number, content, received_on, evidence or usual, clerk, other)


def enter(ward: Ward, paper: Paper, revision: int = 1, not_before: dt.datetime | None = None) -> None:
    entered = FilingEntered(
        filing=paper.number,
        revision=revision,
        received_on=paper.received_on,
        office=paper.office,
        channel=paper.channel,
        received_by=paper.clerk,
        evidence=paper.evidence,
        entered_by=paper.clerk,
        content=paper.content,
    )
    ward.post.send(paper.person.number, entered, not_before=not_before)


def check(ward: Ward, paper: Paper, clerk: str | None = None) -> None:
    checked = FilingChecked(
        filing=paper.number,
        checked_by=clerk or paper.other,
        office=paper.office,
        received_on=paper.received_on,
        content=paper.content,
    )
    ward.post.send(paper.person.number, checked)


_GIVEN_BACK: tuple[Literal["item_missing", "paper_missing", "illegible", "not_competent", "not_applicable"], ...] = (
    "item_missing",
    "paper_missing",
    "illegible",
    "not_competent",
    "not_applicable",
)


def give_back(ward: Ward, paper: Paper) -> None:
    """返付 to who filed it."""
    returned = FilingReturned(
        filing=paper.number,
        returned_by=paper.other,
        returned_on=ward.today,
        revision=1,
        reason=ward.next_of("given back", _GIVEN_BACK),
    )
    ward.post.send(paper.person.number, returned)


def _withdraw(ward: Ward, paper: Paper) -> None:
    withdrawn = FilingWithdrawn(filing=paper.number, withdrawn_on=ward.today, reason="by_applicant")
    ward.post.send(paper.person.number, withdrawn)


def _slip(content: FilingContent) -> FilingContent:
    """The same paper with a slip of the keyboard."""
    if isinstance(content, AcquisitionFiling | CategoryChangeFiling | LossFiling):
        return content.model_copy(update={"fact_on": content.fact_on - dt.timedelta(days=1)})
    if content.kind in ("exemption", "student") and content.first_month < content.last_month:
        return content.model_copy(update={"first_month": content.first_month + 1})
    return content.model_copy(update={"basic_pension_number": "9999999999"})


def _sent(ward: Ward, paper: Paper, accepted: Result | None) -> None:
    """It is decided to send it, the weekly batch goes out; two to five weeks later the pension service answers."""
    sends = FilingSendDecided(filing=paper.number, decided_by="chief-01", office="honcho", decided_on=ward.today)
    ward.post.send(paper.person.number, sends)
    if ward.chance(0.95):
        ward.in_days(14, 35, _answer, paper, "accepted")
        if accepted is not None:
            ward.in_days(20, 60, accepted, paper.person, paper.number, paper.content)
    else:
        ward.in_days(14, 35, _answer, paper, "returned")


def _answer(ward: Ward, paper: Paper, result: Literal["accepted", "returned"]) -> None:
    paper.person.notices += 1
    processed = FilingProcessed(
        filing=paper.number,
        result=result,
        processed_on=ward.days_ago(1, 4),
        reason=None if result == "accepted" else "document_missing",
    )
    ward.post.send(paper.person.number, processed, sequence=paper.person.notices)
    ward.happenings[f"filing: {result}"] += 1


# ---- the ways of a paper ---------------------------------------------------------------------------------------------


def _plain(ward: Ward, paper: Paper, soon: dt.date, accepted: Result | None) -> None:
    overtaken = ward.chance(0.04)
    ward.happenings["out of order"] += overtaken
    enter(ward, paper, not_before=ward.after(soon) if overtaken else None)
    ward.later(soon, check, paper)
    ward.later(soon, _sent, paper, accepted)


def _withdrawn(ward: Ward, paper: Paper, soon: dt.date, accepted: Result | None) -> None:
    enter(ward, paper)
    if ward.chance(0.6):
        ward.later(soon, check, paper)
    ward.in_days(2, 20, _withdraw, paper)


def _given_back(ward: Ward, paper: Paper, soon: dt.date, accepted: Result | None) -> None:
    enter(ward, paper)
    ward.later(soon, give_back, paper)


def _given_back_corrected(ward: Ward, paper: Paper, soon: dt.date, accepted: Result | None) -> None:
    _given_back(ward, paper, soon, accepted)
    anew(ward, paper, soon + dt.timedelta(days=ward.rng.randint(4, 25)), accepted)


def _entry_and_check_differ(ward: Ward, paper: Paper, soon: dt.date, accepted: Result | None) -> None:
    enter(ward, replace(paper, content=_slip(paper.content)))
    ward.later(soon, check, paper)


def _checked_with_another_content(ward: Ward, paper: Paper, soon: dt.date, accepted: Result | None) -> None:
    _entry_and_check_differ(ward, paper, soon, accepted)
    anew(ward, paper, soon + dt.timedelta(days=1), accepted)


def _checked_by_the_same_only(ward: Ward, paper: Paper, soon: dt.date, accepted: Result | None) -> None:
    enter(ward, paper)
    ward.later(soon, check, paper, paper.clerk)


def _checked_by_the_same(ward: Ward, paper: Paper, soon: dt.date, accepted: Result | None) -> None:
    _checked_by_the_same_only(ward, paper, soon, accepted)
    again = ward.open_day(soon + dt.timedelta(days=ward.rng.randint(3, 12)))
    ward.later(again, check, paper)
    ward.later(again, _sent, paper, accepted)


def _never_checked(ward: Ward, paper: Paper, soon: dt.date, accepted: Result | None) -> None:
    enter(ward, paper)


def anew(ward: Ward, paper: Paper, day: dt.date, accepted: Result | None) -> None:
    """Entered again as it should be, and then checked as usual."""
    day = ward.open_day(day)
    ward.later(day, enter, paper, 2)
    ward.later(day, check, paper)
    ward.later(day, _sent, paper, accepted)


_WAYS: dict[str, tuple[int, Callable[[Ward, Paper, dt.date, Result | None], None]]] = {
    "plain": (70, _plain),
    "withdrawn": (3, _withdrawn),
    "given back, corrected": (2, _given_back_corrected),
    "given back": (1, _given_back),
    "checked with another content": (1, _checked_with_another_content),
    "checked by the same person": (1, _checked_by_the_same),
    "entry and check differ": (1, _entry_and_check_differ),
    "checked by the same person only": (1, _checked_by_the_same_only),
    "never checked": (1, _never_checked),
}
"""Of 81 papers so many go this way. The last three are forgotten: they wait to the end of the story."""


def _way(ward: Ward) -> str:
    """Dealt like cards, so that even a small town meets every way through the counter."""
    if not ward.ways:
        ward.ways = [way for way, (count, _) in _WAYS.items() for _ in range(count)]
        ward.rng.shuffle(ward.ways)
    return ward.ways.pop()
