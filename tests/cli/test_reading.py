"""Does every answer about the past name its reading, and is one reading asked for at a time?"""

import datetime as dt

import pytest
import typer
from cli import explain, reading
from cli.__main__ import app
from cli.reading import NOW, NotYetError, Reading
from contracts.vocabulary import Month
from typer.testing import CliRunner

DAY = dt.datetime(2026, 10, 5)


def test_the_three_readings_have_names() -> None:
    assert str(reading.chosen(None, None)) == "as known now"
    assert str(reading.chosen(DAY, None)) == "as recorded by 2026-10-05"
    assert str(reading.chosen(None, DAY)) == "as received by 2026-10-05"


def test_both_readings_at_once_are_refused() -> None:
    with pytest.raises(typer.BadParameter, match="two readings"):
        reading.chosen(DAY, DAY)
    asked = ["explain", "10000001", "--recorded-by", "2026-10-05", "--received-by", "2026-10-05"]
    assert CliRunner().invoke(app, asked).exit_code == 2


@pytest.mark.parametrize(("business_day", "begun"), [("2026-10-04", False), ("2026-10-05", True), ("2026-10-06", True)])
def test_a_day_is_answered_once_it_has_begun(business_day: str, begun: bool) -> None:
    asked, today = Reading("received", DAY.date()), dt.date.fromisoformat(business_day)
    if begun:
        assert asked.on(today) == DAY.date()
    else:
        with pytest.raises(NotYetError, match="it is 2026-10-04"):
            asked.on(today)


def test_before_any_calendar_only_now_is_answered() -> None:
    assert NOW.on(None) == dt.date.min
    with pytest.raises(NotYetError, match="no calendar has come"):
        Reading("recorded", DAY.date()).on(None)


@pytest.mark.parametrize(
    ("data", "holds"),
    [
        ({}, True),
        ({"first_month": "2026-07", "last_month": "2026-09"}, False),
        ({"first_month": "2026-07", "last_month": "2026-10"}, True),
        ({"first_month": "2026-10"}, True),
        ({"first_month": "2026-11"}, False),
    ],
)
def test_of_what_was_said_about_months_those_that_hold_for_the_month(data: dict[str, str], holds: bool) -> None:
    assert explain._holds_for(data, Month(2026, 10)) is holds


def test_what_was_said_begins_with_its_reading(capsys: pytest.CaptureFixture[str]) -> None:
    said = {
        "topic": "insured-status",
        "key": "status",
        "type": "InsuredStatusPublished",
        "data": {"insured": True, "trace": [{"article": "NPA 7条", "outcome": "holds", "reason": "age20"}]},
    }
    answer = {"addressee": 10000001, "reading": "as received by 2026-10-05", "said": [said]}
    reading = Reading("received", DAY.date())
    explain.show_said(answer, reading, "ja")
    first = "参考判定（裁定ではありません）　宛名番号10000001　令和8年10月5日までに届いた事実により当方が伝えていたこと"
    assert capsys.readouterr().out.splitlines()[0] == first
    explain.show_said(answer, reading, "en")
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == (
        "Pre-check, not a decision: addressee number 10000001, as received by 2026-10-05: what we were saying then"
    )
    assert lines[1:] == ["InsuredStatusPublished insured-status status", "   insured: True", "   NPA 7条: holds, age20"]
