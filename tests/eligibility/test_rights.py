"""Until when a request is decided, and what a disclosure says: the person's own, with recipients and uses, nobody else's and no account."""

import datetime as dt

import pytest
from contracts.doors.log import AccessShown
from contracts.doors.registry import Addressee
from contracts.doors.rights import RequestKind
from contracts.doors.transmittal import ReportedItem
from eligibility.rights import DEADLINES, access_part, due_on, recipient_part, withheld


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("kind", "received", "due", "extended"),
    [
        ("disclosure", "2026-11-01", "2026-12-01", "2026-12-31"),
        ("correction", "2027-02-01", "2027-03-03", "2027-04-02"),
        ("suspension", "2028-02-01", "2028-03-02", "2028-04-01"),  # a leap year
        ("inquiry", "2026-11-01", "2026-11-15", "2026-11-15"),
    ],
)
def test_the_day_of_the_request_is_not_counted(kind: RequestKind, received: str, due: str, extended: str) -> None:
    assert due_on(kind, day(received)) == day(due)
    assert due_on(kind, day(received), extended=True) == day(extended)
    assert DEADLINES[kind].basis


def test_only_what_went_is_named_as_given() -> None:
    given = [
        ReportedItem(kind="exemption", mark="new", state="accepted", filing="R1", batch=3, sealed_on=day("2026-08-07")),
        ReportedItem(kind="acquisition", mark="new", state="pending", filing=None, batch=None, sealed_on=None),
    ]
    (line,) = recipient_part([], given).lines
    assert line.what == "日本年金機構"
    assert "進達番号 3" in line.says
    assert "国民年金法12条4項" in line.says


def test_uses_say_what_for_and_never_which_account() -> None:
    one = AccessShown(
        index=7, at=dt.datetime(2026, 8, 5, 1, tzinfo=dt.UTC), service="eligibility", counter=1, account="clerk-1",
        terminal="counter-1", purpose="exemption", case="c-1", action="refer", what="inquiry.view", fields=("name",), persons=1,
        result="answered",
    )  # fmt: skip
    part = access_part([one], more=False)
    assert part.lines[0].says == "保険料の免除・納付猶予に関する事務"
    assert "clerk-1" not in part.model_dump_json()
    assert "counter-1" not in part.model_dump_json()
    assert len(part.lines) == 1
    assert "これより古い記録" in access_part([one], more=True).lines[-1].says


def test_what_is_left_out_says_why() -> None:
    assert all("個人情報保護法78条1項" in reason for reason in withheld(Addressee(addressee=1)))
    (address,) = set(withheld(Addressee(addressee=1, protected=True))) - set(withheld(Addressee(addressee=1)))
    assert address.startswith("住所")
