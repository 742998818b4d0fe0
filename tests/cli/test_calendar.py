"""Which days are told, and is the same day always the same event?"""

import datetime as dt

import pytest
from cli.calendar import days_to_tell, event_of
from contracts.decoder import decode
from contracts.holidays import HolidayTableEnds

MONDAY = dt.date(2026, 11, 30)


def test_days_that_were_missed_are_told_one_by_one() -> None:
    assert days_to_tell(dt.date(2026, 11, 27), MONDAY) == [dt.date(2026, 11, 28), dt.date(2026, 11, 29), MONDAY]
    assert days_to_tell(MONDAY, MONDAY) == []
    assert days_to_tell(MONDAY + dt.timedelta(days=1), MONDAY) == []


def test_the_first_day_ever_is_the_one_asked_for() -> None:
    assert days_to_tell(None, MONDAY) == [MONDAY]


def test_a_day_is_always_the_same_bytes_and_every_service_can_read_them() -> None:
    assert event_of(MONDAY, "131164").encode() == event_of(MONDAY, "131164").encode()
    assert event_of(MONDAY, "131164").id != event_of(MONDAY, "131130").id
    assert decode("calendar", event_of(MONDAY, "131164").encode()).data.day == MONDAY


def test_a_closed_day_says_so() -> None:
    assert event_of(MONDAY, "131164").data.open
    assert not event_of(dt.date(2026, 11, 29), "131164").data.open
    assert not event_of(dt.date(2026, 12, 31), "131164").data.open


def test_a_day_beyond_the_table_of_holidays_is_refused_not_guessed() -> None:
    with pytest.raises(HolidayTableEnds, match="2199"):
        event_of(dt.date(2199, 1, 1), "131164")
