"""Does the town's counter hear everything a real one hears: every form, all that forms can say, every mistake?"""

import json
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import pytest
from cli.town import rates
from cli.town.people import attained_on
from contracts.envelope import Event
from contracts.events.filing import FilingChecked, FilingEntered, FilingReturned, FilingWithdrawn
from contracts.events.forms import BenefitForm, PremiumForm, StatusForm
from contracts.events.notice import (
    ExemptionDecided,
    MembershipNotified,
)
from contracts.events.registry import (
    ResidentChanged,
)
from contracts.vocabulary import Month, Voluntary

from tests.cli.conftest import Events, of_type


def test_filings_show_every_way_through_the_counter(events: Events) -> None:
    entered: dict[str, list[FilingEntered]] = defaultdict(list)
    checked: dict[str, list[FilingChecked]] = defaultdict(list)
    for event in of_type(events, FilingEntered):
        entered[event.data.filing].append(event.data)
    for event in of_type(events, FilingChecked):
        checked[event.data.filing].append(event.data)
    withdrawn = {event.data.filing for event in of_type(events, FilingWithdrawn)}

    def effective(filing: str) -> bool:
        latest = max(entered[filing], key=lambda one: one.revision)
        return filing not in withdrawn and any(
            check.content == latest.content and check.checked_by != latest.entered_by for check in checked[filing]
        )

    assert sum(map(effective, entered)) / len(entered) > 0.9
    assert withdrawn
    assert any(len(entries) == 2 and effective(filing) for filing, entries in entered.items())
    assert any(
        check.checked_by == entry.entered_by
        for filing in entered
        for entry in entered[filing]
        for check in checked[filing]
    )
    contents = [entries[0].content for entries in entered.values()]
    reasons = {content.reason for content in contents if content.kind in ("acquisition", "category_change", "loss")}
    assert {"left_employment", "dependency_ended", "entry_from_abroad", "departure_overseas"} <= reasons
    exemptions = [content for content in contents if content.kind == "exemption"]
    assert any(content.spouse for content in exemptions)
    assert any(content.has_spouse and content.spouse is None for content in exemptions)
    assert len({content.schemes for content in exemptions}) > 2
    assert any(content.last_month < Month(2025, 7) for content in exemptions)  # an earlier cycle


FORMS = [
    get_args(form.model_fields["kind"].annotation)[0]
    for form in (*get_args(StatusForm), *get_args(PremiumForm), *get_args(BenefitForm))
]


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_filed_even_in_a_small_town(events: Events, small: dict[str, int], form: str) -> None:
    assert any(event.data.content.kind == form for event in of_type(events, FilingEntered))
    assert small[f"filing: {form}"]


@dataclass
class Desk:
    """What a clerk could look up about who filed."""

    events: Events

    def __post_init__(self) -> None:
        self.births = {
            event.subject: event.data.record.birth_date
            for event in sorted(of_type(self.events, ResidentChanged), key=lambda event: event.data.version)
        }
        self.decisions: dict[str, list[ExemptionDecided]] = defaultdict(list)
        for event in of_type(self.events, ExemptionDecided):
            self.decisions[event.subject].append(event.data)
        self.stays: dict[str, list[MembershipNotified]] = defaultdict(list)
        for event in of_type(self.events, MembershipNotified):
            self.stays[event.subject].append(event.data)
        self.filed = {(event.subject, event.data.content.kind) for event in of_type(self.events, FilingEntered)}

    def below(self, event: Event[FilingEntered], age: int) -> bool:
        return event.data.received_on < attained_on(self.births[event.subject], age)

    def only_in(self, event: Event[FilingEntered], category: int) -> bool:
        return {stay.category for stay in self.stays[event.subject]} == {category}

    def exempt(self, event: Event[FilingEntered]) -> bool:
        month = Month.of(event.data.received_on)
        return any(
            decision.first_month <= month <= decision.last_month
            and decision.scheme not in (None, "maternity", "childcare")
            for decision in self.decisions[event.subject]
        )

    def never(self, event: Event[FilingEntered], kind: str) -> bool:
        return (event.subject, kind) not in self.filed


Row = Callable[[Desk, Event[FilingEntered]], bool]


def _form(kind: str, says: Callable[[Any], bool]) -> Row:
    return lambda desk, event: event.data.content.kind == kind and says(event.data.content)


def _mistake(kind: str, wrong: Row) -> Row:
    return lambda desk, event: event.data.content.kind == kind and wrong(desk, event)


SAID: dict[str, Row] = {
    "maternity before the birth": _form("maternity", lambda form: form.due_on is not None),
    "maternity after the birth": _form("maternity", lambda form: form.born_on is not None),
    "maternity of several children": _form("maternity", lambda form: form.multiple),
    "childcare of a mother": _form("childcare", lambda form: form.relation == "mother"),
    "childcare of a father": _form("childcare", lambda form: form.relation == "father"),
    "childcare from an adoption": _form("childcare", lambda form: form.relation == "adoptive_parent"),
    "livelihood aid": _form("statutory_start", lambda form: form.ground == "livelihood_aid"),
    "disability pension": _form("statutory_start", lambda form: form.ground == "disability_pension"),
    "wish for a yearly review": _form("exemption", lambda form: form.continue_wish),
    "right to an employees' pension below 60": _form("loss", lambda form: form.reason == "old_age_benefit_right"),
    **{
        membership: _form("voluntary_entry", lambda form, membership=membership: form.membership == membership)
        for membership in get_args(Voluntary)
    },
    "name that the pension service can't get": _form("name_change", lambda form: form.identity_data_held == "no"),
    "number notice lost": _form("number_notice_reissue", lambda form: form.reason == "lost"),
    "old age pension before 65": _form("old_age_claim", lambda form: form.start == "early"),
    "old age pension put off": _form("old_age_claim", lambda form: form.start == "deferred"),
    "papers complete": _form("student", lambda form: form.papers == ("student_proof",)),
    "papers missing": _form("student", lambda form: not form.papers),
    "a death outside the ward": _form("unpaid_pension_claim", lambda form: form.pensioner is None),
    "what recipients file": _form("recipient", lambda form: form.about in ("income_report", "current_state")),
}


@pytest.mark.parametrize("said", SAID)
def test_forms_say_all_that_they_can(events: Events, said: str) -> None:
    desk = Desk(events)
    assert any(SAID[said](desk, event) for event in of_type(events, FilingEntered))


MISTAKES: dict[str, Row] = {
    "no evidence": lambda desk, event: event.data.evidence is None,
    "agent without authority": lambda desk, event: (
        event.data.evidence is not None
        and event.data.evidence.filed_by == "agent"
        and event.data.evidence.authority is None
    ),
    "received in the future": lambda desk, event: event.data.received_on > event.time.date(),
    "fact in the future": _mistake(
        "statutory_start", lambda desk, event: event.data.content.arose_on > event.data.received_on
    ),
    "person unknown to the register": lambda desk, event: event.subject not in desk.births,
    "wrong age": _mistake(
        "voluntary_entry",
        lambda desk, event: event.data.content.membership == "voluntary_60_64" and desk.below(event, 60),
    ),
    "not living where stated": _mistake(
        "voluntary_entry",
        lambda desk, event: event.data.content.membership == "voluntary_overseas" and desk.only_in(event, 2),
    ),
    "insured already": _mistake(
        "voluntary_entry",
        lambda desk, event: event.data.content.membership == "voluntary_60_64" and desk.only_in(event, 2),
    ),
    "exemption of an employee": _mistake("exemption", lambda desk, event: desk.only_in(event, 2)),
    "maternity of a dependant": _mistake("maternity", lambda desk, event: desk.only_in(event, 3)),
    "maternity too early": _mistake(
        "maternity",
        lambda desk, event: (
            event.data.content.due_on is not None and (event.data.content.due_on - event.data.received_on).days > 190
        ),
    ),
    "childcare before the law": _mistake(
        "childcare", lambda desk, event: event.data.received_on < rates.CHILDCARE_FROM
    ),
    "additional premium of a dependant": _mistake("additional_start", lambda desk, event: desk.only_in(event, 3)),
    "additional premium while exempt": _mistake("additional_start", lambda desk, event: desk.exempt(event)),
    "cancels nothing": _mistake("exemption_cancellation", lambda desk, event: not desk.decisions[event.subject]),
    "ends a student deferral that is none": _mistake("student_end", lambda desk, event: desk.never(event, "student")),
    "pays despite no exemption": _mistake(
        "pay_despite_exemption", lambda desk, event: desk.never(event, "statutory_start")
    ),
    "stops no additional premium": _mistake(
        "additional_stop", lambda desk, event: desk.never(event, "additional_start")
    ),
    "withdraws from no membership": _mistake(
        "voluntary_withdrawal", lambda desk, event: desk.never(event, "voluntary_entry")
    ),
    "nothing to lose": _mistake("loss", lambda desk, event: not desk.below(event, 66)),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_every_mistake_is_made(folder: Path, events: Events, small: dict[str, int], mistake: str) -> None:
    desk = Desk(events)
    assert any(MISTAKES[mistake](desk, event) for event in of_type(events, FilingEntered))
    assert json.loads((folder / "town.json").read_text())["happenings"][f"mistaken filing: {mistake}"]
    assert small[f"mistaken filing: {mistake}"]


def test_no_mistake_is_left_out_here(small: dict[str, int]) -> None:
    assert {name for name in small if name.startswith("mistaken")} == {f"mistaken filing: {name}" for name in MISTAKES}


def test_a_paper_that_was_given_back_comes_again_or_stays_away(events: Events) -> None:
    newest: dict[str, int] = defaultdict(int)
    for event in of_type(events, FilingEntered):
        newest[event.data.filing] = max(newest[event.data.filing], event.data.revision)
    returned = [event.data for event in of_type(events, FilingReturned)]
    assert {filing.revision < newest[filing.filing] for filing in returned} == {True, False}
    assert len({filing.reason for filing in returned}) > 3


def test_an_agent_comes_as_an_agent(events: Events) -> None:
    filings = [event.data for event in of_type(events, FilingEntered)]
    for filing in filings:
        by_agent = filing.evidence is not None and filing.evidence.filed_by == "agent"
        assert (filing.channel == "agent") is by_agent
    assert {filing.evidence.filed_by for filing in filings if filing.evidence} == {
        "self",
        "householder",
        "statutory_agent",
        "agent",
    }
