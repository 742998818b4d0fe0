"""What was read off the portable terminal: a memo that two people wrote alike, with a register of use, and that decides nothing."""

import datetime as dt
from typing import Any

import pytest
from contracts.envelope import Event
from contracts.events.notice import MembershipNotified
from contracts.events.registry import ResidentUpdated
from contracts.events.terminal import PensionRecordTranscribed, ReadItem, TranscriptionChecked
from contracts.vocabulary import JST
from eligibility.determine import determine
from eligibility.difference import sayings
from eligibility.facts import Fact, persons_of
from eligibility.handlers import HANDLERS
from eligibility.parameter_files import parameters
from eligibility.transcription import Unreadable, Use, log_of_the_pension_service, reconciled, transcriptions
from pydantic import ValidationError

from tests.events import HUSBAND, day, event

ITEMS = (
    ReadItem(what="membership", category=2, since=day("2015-04-01"), until=day("2020-04-01")),
    ReadItem(what="months_paid", months=120),
)
AT = dt.datetime(2026, 7, 6, 10, 30, 20, tzinfo=JST)


def used(number: str = "T1", by: str = "clerk-1", at: dt.datetime = AT, **given: Any) -> Event[Any]:
    fields: dict[str, Any] = {
        "transcription": number, "source": "portable_terminal", "used_by": by, "used_at": at, "office": "honcho",
        "factors": ("password", "biometric"), "purpose": "claim", "case": "C1", "items": ITEMS,
    }  # fmt: skip
    return event(f"used {number}", HUSBAND, PensionRecordTranscribed(**fields | given), "2026-07-06")


def checked(number: str = "T1", by: str = "clerk-2", items: tuple[ReadItem, ...] = ITEMS) -> Event[Any]:
    data = TranscriptionChecked(transcription=number, checked_by=by, items=items)
    return event(f"checked {number} {by} {len(items)}", HUSBAND, data, "2026-07-06")


def facts(*events: Event[Any]) -> list[Fact]:
    return [HANDLERS[type(one.data)](one) for one in events]


@pytest.mark.parametrize(
    ("events", "state"),
    [
        ((used(),), "second_person"),
        ((used(), checked()), "checked"),
        ((checked(), used()), "checked"),
        ((used(), checked(by="clerk-1")), "checked_by_who_wrote"),
        ((used(), checked(items=ITEMS[:1])), "entry_and_check_differ"),
        ((used(), checked(items=ITEMS[:1]), checked(by="clerk-3")), "checked"),
        ((used(), checked("T2")), "second_person"),
    ],
)
def test_it_holds_when_another_person_wrote_the_same(events: tuple[Event[Any], ...], state: str) -> None:
    (found,) = transcriptions(facts(*events))
    assert (found.number, found.addressee, found.used_by, found.state) == ("T1", HUSBAND, "clerk-1", state)


def test_there_is_no_other_source_and_no_use_without_both_factors() -> None:
    for wrong in ({"source": "link"}, {"factors": ("password",)}):
        with pytest.raises(ValidationError):
            used(**wrong)


def test_no_determination_reads_it() -> None:
    known = [
        event("lives", HUSBAND, ResidentUpdated(birth_date=day("1990-05-10"), spans=()), "2025-04-01", sequence=1),
        event(
            "member", HUSBAND, MembershipNotified(version=1, category=1, acquired_on=day("2015-04-01")), "2025-04-01"
        ),
    ]

    def said(*events: Event[Any]) -> Any:
        who = persons_of({HUSBAND: facts(*events)})[HUSBAND]
        return sayings(determine(who, {HUSBAND: who}, day("2026-11-24"), parameters()), who, parameters())

    assert said(*known, used(), checked()) == said(*known)
    assert said(*known)


HEAD = "user,used_at,basic_pension_number\n"


def test_the_pension_service_s_log_is_read() -> None:
    found = log_of_the_pension_service(
        HEAD + "clerk-1,2026-07-06T10:30,9900000001\nclerk-2,2026-07-06T01:31:00+00:00,9900000002\n"
    )
    assert [(use.used_by, use.at.astimezone(JST).minute) for use in found] == [("clerk-1", 30), ("clerk-2", 31)]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "line 1"),
        ("a,b,c\n", "line 1"),
        (HEAD + "clerk-1,yesterday,9900000001\n", "line 2: three columns"),
        (HEAD + "clerk-1,2026-07-06T10:30\n", "line 2: three columns"),
        (HEAD + "clerk-1,2026-07-06T10:30,99-00000001\n", "line 2: a basic pension number"),
    ],
)
def test_what_is_no_log_is_refused_by_line_and_shows_nothing(text: str, why: str) -> None:
    with pytest.raises(Unreadable, match=why) as refused:
        log_of_the_pension_service(text)
    assert "99" not in str(refused.value)


def test_two_registers_agree_use_by_use_to_the_minute() -> None:
    one, other = Use("clerk-1", AT, "9900000001"), Use("clerk-2", AT, "9900000001")
    same = one._replace(at=AT.astimezone(dt.UTC).replace(second=55))
    assert reconciled([one], [same]).agree
    found = reconciled([one, one, other], [same])
    assert (found.both, len(found.missing_here), len(found.missing_there)) == (1, 0, 2)
    assert reconciled([], [one]).missing_here == (one._replace(at=AT.replace(second=0)),)
    assert not reconciled([one], [one._replace(at=AT + dt.timedelta(minutes=1))]).agree
