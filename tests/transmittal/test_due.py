"""What is due, and what must never be sent: a row for every reason."""

import datetime as dt
from typing import Any

import pytest
from contracts.vocabulary import Month
from transmittal.due import NEVER, filing_matter, never_reported, transition_matter

FILED = dt.date(2025, 8, 25)

# what eligibility says, kind, due on
DUE = [
    ("acquired", {}, "acquisition", dt.date(2025, 9, 8)),
    ("acquired", {"basis": "move_note", "filing": None, "send_decided_on": None}, "acquisition", dt.date(2025, 9, 8)),
    ("acquired", {"reason": "end_of_exclusion"}, "acquisition", dt.date(2025, 9, 8)),
    ("acquired", {"received_on": dt.date(2025, 12, 20)}, "acquisition", dt.date(2026, 1, 5)),
    ("changed", {}, "category_change", dt.date(2025, 9, 8)),
    ("changed", {"previous": 3, "reason": "end_of_class3"}, "category_change", dt.date(2025, 9, 8)),
    ("lost", {}, "loss", dt.date(2025, 9, 8)),
    ("lost", {"basis": "move_note", "filing": None}, "loss", dt.date(2025, 9, 8)),
    ("lost", {"reason": "exclusion"}, "loss", dt.date(2025, 9, 8)),
]


@pytest.mark.parametrize(("what", "changes", "kind", "due_on"), DUE)
def test_reported_within_14_days_of_acceptance(
    said: Any, what: str, changes: dict[str, Any], kind: str, due_on: dt.date
) -> None:
    matter = transition_matter(getattr(said, what)(**changes))
    assert matter.never is None
    assert matter.content is not None
    assert (matter.content.kind, matter.content.due_on) == (kind, due_on)


# why not, what eligibility says
NOT_SENT = [
    ("withdrawn", "acquired", {"withdrawn": True}),
    ("expected", "acquired", {"certainty": "expected"}),
    ("expected", "acquired", {"certainty": "expected", "basis": "none", "filing": None, "received_on": None}),
    ("age20", "acquired", {"reason": "age20"}),
    ("age20", "acquired", {"reason": "age20", "basis": "law", "filing": None, "received_on": None}),
    ("age60", "lost", {"reason": "age60", "basis": "law", "filing": None, "received_on": None}),
    ("age60", "lost", {"reason": "age60"}),
    ("death", "lost", {"reason": "death", "basis": "law", "filing": None, "received_on": None}),
    ("death", "lost", {"reason": "death"}),
    ("to_category_2_or_3", "changed", {"category": 2, "previous": 1, "reason": "to_class2", "basis": "notice"}),
    ("to_category_2_or_3", "changed", {"category": 3, "previous": 1, "reason": "to_class3"}),
    ("to_category_2_or_3", "changed", {"category": 3, "previous": 2, "reason": "to_class3"}),
    ("to_category_2_or_3", "acquired", {"category": 2, "reason": "to_class2"}),
    ("end_of_category_2_or_3", "lost", {"category": 2, "reason": "end_of_class2"}),
    ("end_of_category_2_or_3", "lost", {"category": 3, "reason": "end_of_class3", "basis": "notice"}),
    ("told_by_pension_service", "acquired", {"reason": "acquired_by_pension_service", "basis": "notice"}),
    ("told_by_pension_service", "acquired", {"reason": "acquired_by_pension_service"}),
    ("told_by_pension_service", "changed", {"basis": "notice"}),
    ("told_by_pension_service", "lost", {"reason": "lost_by_pension_service", "basis": "notice"}),
    ("domestic_move", "acquired", {"reason": "moved_in_insured", "basis": "move_note", "filing": None}),
    ("voluntary", "acquired", {"category": "voluntary_60_64", "reason": "voluntary_entry"}),
    ("voluntary", "lost", {"category": "voluntary_60_64", "reason": "voluntary_withdrawal"}),
    ("voluntary_by_age", "lost", {"category": "voluntary_60_64", "reason": "age65", "basis": "law", "filing": None}),
    ("not_decided", "acquired", {"send_decided_on": None}),
    ("not_filed", "acquired", {"basis": "law"}),
    ("not_filed", "acquired", {"basis": "none"}),
]


@pytest.mark.parametrize(("why", "what", "changes"), NOT_SENT)
def test_never_sent(said: Any, desk: Any, why: str, what: str, changes: dict[str, Any]) -> None:
    event = getattr(said, what)(**changes)
    assert never_reported(event.data) == why
    desk.hears(event)
    assert desk.pending == set()
    assert desk.seals(dt.date(2025, 9, 5)) == []


def test_every_reason_has_a_negative_test() -> None:
    assert {never.code for never in NEVER} == {why for why, _, _ in NOT_SENT}


@pytest.mark.parametrize("kind", ["exemption", "student"])
def test_an_application_is_sent_as_it_was_received(said: Any, kind: str) -> None:
    content = filing_matter(said.filed(kind=kind)).content
    assert content is not None
    assert (content.kind, content.filing, content.due_on) == (kind, "X-1", None)
    assert (content.first_month, content.last_month) == (Month(2025, 7), Month(2026, 6))


def test_a_claim_is_sent_as_itself_or_passed_on(said: Any) -> None:
    for route in ("send", "forward"):
        content = filing_matter(said.claimed(route=route)).content
        assert content is not None
        assert (content.kind, content.due_on) == ("widows_pension_claim", None)


def test_a_death_filing_is_reported_within_14_days(said: Any) -> None:
    content = filing_matter(said.filed(kind="death", route="report", fact_on=dt.date(2025, 8, 20))).content
    assert content is not None
    assert (content.due_on, content.effective_on) == (dt.date(2025, 9, 8), dt.date(2025, 8, 20))


def test_the_last_day_for_a_report_moves_off_closed_days(said: Any) -> None:
    content = filing_matter(said.filed(kind="death", route="report", received_on=dt.date(2026, 4, 20))).content
    assert content is not None
    assert content.due_on == dt.date(2026, 5, 7)  # 4 to 6 May are holidays


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"withdrawn": True}, "withdrawn"),
        ({"state": "withdrawn"}, "withdrawn"),
        ({"send_decided_on": None}, "not_decided"),
        ({"state": "waiting"}, "waiting"),
        ({"state": "refused"}, "refused"),
        ({"state": "returned"}, "returned"),
        ({"kind": "acquisition", "route": "report"}, "reported_as_step"),
        ({"kind": "name_change", "route": "keep"}, "identity_data_held"),
    ],
)
def test_a_filing_that_does_not_go_out_as_itself(said: Any, changes: dict[str, Any], why: str) -> None:
    matter = filing_matter(said.filed(**changes))
    assert (matter.content, matter.never) == (None, why)


def test_a_filing_without_day_of_reception_stops_its_resident(said: Any) -> None:
    with pytest.raises(ValueError, match="no day of reception"):
        transition_matter(said.acquired(received_on=None))


def test_an_event_without_sequence_stops_its_resident(said: Any) -> None:
    event = said.acquired().model_copy(update={"sequence": None})
    with pytest.raises(ValueError, match="no sequence"):
        transition_matter(event)
