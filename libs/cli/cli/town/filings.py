"""How does a paper at the counter become entries?

Received, entered, checked by another person the same or the next day. Some are checked with another content and entered
anew, some are checked by the one who entered them (which must not take effect), some are withdrawn.
"""

import datetime as dt
from collections.abc import Callable
from typing import Literal

from contracts.events.filing import Evidence, FilingChecked, FilingEntered, FilingSendDecided, FilingWithdrawn
from contracts.events.forms import AcquisitionFiling, CategoryChangeFiling, FilingContent, LossFiling
from contracts.events.notice import FilingProcessed
from contracts.vocabulary import Channel

from cli.town.memberships import assign_number, notify
from cli.town.people import Person
from cli.town.ward import Ward

Result = Callable[..., object]

_OFFICES = ("honcho", "east-branch", "west-branch")
_CLERKS = tuple(f"clerk-{n:02d}" for n in range(1, 13))
_CHANNELS: tuple[Channel, ...] = ("counter", "counter", "counter", "branch", "mail", "mail", "online")
_EVIDENCE = (
    Evidence(filed_by="self", number_check="my_number_card", identity_check="photo_id"),
    Evidence(filed_by="householder", number_check="pension_number_notice", identity_check="two_documents"),
    Evidence(
        filed_by="agent", number_check="my_number_notice", identity_check="photo_id", authority="power_of_attorney"
    ),
)


def file(
    ward: Ward, person: Person, content: FilingContent, received_on: dt.date, accepted: Result | None = None
) -> str:
    """Receive and enter a filing; `accepted(ward, person, filing, content)` happens once the pension service agrees."""
    ward.filings_given += 1
    ward.happenings[f"filing: {content.kind}"] += 1
    number = f"R{received_on.year}-{ward.filings_given:06d}"
    clerk, other = ward.rng.sample(_CLERKS, 2)
    way = _way(ward)
    ward.happenings[f"filing: {way}"] += 1
    soon = ward.open_day(ward.today + dt.timedelta(days=ward.rng.randint(0, 1)))
    goes_on = (person, number, content, accepted)
    if way == "checked with another content":
        _enter(ward, person, number, _slip(content), received_on, clerk)
        ward.later(soon, _check, person, number, content, received_on, other)
        anew = ward.open_day(soon + dt.timedelta(days=1))
        ward.later(anew, _enter, person, number, content, received_on, clerk, 2)
        ward.later(anew, _check, person, number, content, received_on, other)
        ward.later(anew, _sent, *goes_on)
    elif way == "checked by the same person":
        _enter(ward, person, number, content, received_on, clerk)
        ward.later(soon, _check, person, number, content, received_on, clerk)
        again = ward.open_day(soon + dt.timedelta(days=ward.rng.randint(3, 12)))
        ward.later(again, _check, person, number, content, received_on, other)
        ward.later(again, _sent, *goes_on)
    elif way == "withdrawn":
        _enter(ward, person, number, content, received_on, clerk)
        if ward.chance(0.6):
            ward.later(soon, _check, person, number, content, received_on, other)
        ward.in_days(2, 20, _withdraw, person, number)
    else:
        overtaken = ward.chance(0.04)
        ward.happenings["out of order"] += overtaken
        not_before = ward.after(soon) if overtaken else None
        _enter(ward, person, number, content, received_on, clerk, not_before=not_before)
        ward.later(soon, _check, person, number, content, received_on, other)
        ward.later(soon, _sent, *goes_on)
    return number


def _way(ward: Ward) -> str:
    """Dealt like cards, so that even a small town meets every way through the counter."""
    if not ward.ways:
        ward.ways = ["plain"] * 36 + ["withdrawn"] * 2 + ["checked with another content", "checked by the same person"]
        ward.rng.shuffle(ward.ways)
    return ward.ways.pop()


def _enter(
    ward: Ward,
    person: Person,
    number: str,
    content: FilingContent,
    received_on: dt.date,
    clerk: str,
    revision: int = 1,
    not_before: dt.datetime | None = None,
) -> None:
    place = int(number[-1])  # one filing keeps its office and channel through all revisions
    entered = FilingEntered(
        filing=number,
        revision=revision,
        received_on=received_on,
        office=_OFFICES[place % len(_OFFICES)],
        channel=_CHANNELS[place % len(_CHANNELS)],
        received_by=clerk,
        evidence=_EVIDENCE[place % len(_EVIDENCE)],
        entered_by=clerk,
        content=content,
    )
    ward.post.send(person.number, entered, not_before=not_before)


def _check(ward: Ward, person: Person, number: str, content: FilingContent, received_on: dt.date, clerk: str) -> None:
    office = _OFFICES[int(number[-1]) % len(_OFFICES)]
    checked = FilingChecked(filing=number, checked_by=clerk, office=office, received_on=received_on, content=content)
    ward.post.send(person.number, checked)


def _withdraw(ward: Ward, person: Person, number: str) -> None:
    ward.post.send(person.number, FilingWithdrawn(filing=number, withdrawn_on=ward.today, reason="by_applicant"))


def _slip(content: FilingContent) -> FilingContent:
    """The same paper with a slip of the keyboard."""
    if isinstance(content, AcquisitionFiling | CategoryChangeFiling | LossFiling):
        return content.model_copy(update={"fact_on": content.fact_on - dt.timedelta(days=1)})
    if content.kind in ("exemption", "student") and content.first_month < content.last_month:
        return content.model_copy(update={"first_month": content.first_month + 1})
    return content.model_copy(update={"basic_pension_number": "9999999999"})


def _sent(ward: Ward, person: Person, number: str, content: FilingContent, accepted: Result | None) -> None:
    """It is decided to send it, the weekly batch goes out; two to five weeks later the pension service answers."""
    sends = FilingSendDecided(filing=number, decided_by="chief-01", office="honcho", decided_on=ward.today)
    ward.post.send(person.number, sends)
    if ward.chance(0.95):
        ward.in_days(14, 35, _answer, person, number, "accepted")
        if accepted is not None:
            ward.in_days(20, 60, accepted, person, number, content)
    else:
        ward.in_days(14, 35, _answer, person, number, "returned")


def _answer(ward: Ward, person: Person, number: str, result: str) -> None:
    person.notices += 1
    processed = FilingProcessed(
        filing=number,
        result="accepted" if result == "accepted" else "returned",
        processed_on=ward.days_ago(1, 4),
        reason=None if result == "accepted" else "document_missing",
    )
    ward.post.send(person.number, processed, sequence=person.notices)
    ward.happenings[f"filing: {result}"] += 1


Reason = Literal["entry_from_abroad", "end_of_exclusion", "left_employment", "dependency_ended"]


def becomes_category_1(ward: Ward, person: Person, reason: Reason, fact_on: dt.date, acquired_on: dt.date) -> None:
    """Most file within weeks; the others are acquired ex officio by the pension service months later."""
    if ward.chance(0.75):
        ward.in_days(1, 40, _file_acquisition, person, reason, fact_on, acquired_on)
    else:
        ward.in_days(70, 120, _acquired_ex_officio, person, acquired_on)


def _file_acquisition(ward: Ward, person: Person, reason: Reason, fact_on: dt.date, acquired_on: dt.date) -> None:
    if person.residency != "resident" or person.category != 1 or person.category_since != acquired_on:
        return
    number = person.basic_pension_number
    receipt = None if number else f"vault-{ward.filings_given + 1:06d}"
    content: FilingContent
    if reason == "entry_from_abroad" or reason == "end_of_exclusion":
        content = AcquisitionFiling(
            kind="acquisition", reason=reason, fact_on=fact_on, basic_pension_number=number, my_number_receipt=receipt
        )
    else:
        content = CategoryChangeFiling(
            kind="category_change",
            reason=reason,
            fact_on=fact_on,
            basic_pension_number=number,
            my_number_receipt=receipt,
        )
    file(ward, person, content, ward.today, _acquired)


def _acquired(ward: Ward, person: Person, number: str, content: FilingContent) -> None:
    if person.category == 1 and person.category_since:
        _acquired_ex_officio(ward, person, person.category_since)


def _acquired_ex_officio(ward: Ward, person: Person, acquired_on: dt.date) -> None:
    if person.category == 1 and person.category_since == acquired_on:
        assign_number(ward, person)
        notify(ward, person, 1, acquired_on)


def file_departure(ward: Ward, person: Person, departed_on: dt.date) -> None:
    """資格喪失届 of someone whose move filing bore no pension note."""
    _file_loss(ward, person, "departure_overseas", departed_on)


def file_exclusion(ward: Ward, person: Person, excluded_on: dt.date) -> None:
    """資格喪失届 of someone whose residence status excludes from the national pension."""
    _file_loss(ward, person, "exclusion", excluded_on)


def _file_loss(
    ward: Ward, person: Person, reason: Literal["departure_overseas", "exclusion"], fact_on: dt.date
) -> None:
    content = LossFiling(
        kind="loss",
        reason=reason,
        fact_on=fact_on,
        basic_pension_number=person.basic_pension_number,
    )
    file(ward, person, content, ward.today)
