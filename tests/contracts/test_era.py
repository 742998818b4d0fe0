"""Days and months by their era."""

import datetime as dt

import pytest
from contracts.era import japanese_day, japanese_month
from contracts.vocabulary import Month


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (dt.date(2026, 10, 28), "令和8年10月28日"),
        (dt.date(2019, 5, 1), "令和元年5月1日"),
        (dt.date(2019, 4, 30), "平成31年4月30日"),
        (dt.date(1989, 1, 8), "平成元年1月8日"),
        (dt.date(1989, 1, 7), "昭和64年1月7日"),
        (dt.date(1926, 12, 25), "昭和元年12月25日"),
        (dt.date(1926, 12, 24), "大正15年12月24日"),
        (dt.date(1868, 1, 25), "明治元年1月25日"),
    ],
)
def test_a_day(day: dt.date, text: str) -> None:
    assert japanese_day(day) == text


def test_a_month_is_of_the_era_in_which_it_ends() -> None:
    assert (japanese_month(Month(2026, 7)), japanese_month(Month(1989, 1))) == ("令和8年7月", "平成元年1月")


def test_before_meiji_the_calendar_was_another() -> None:
    with pytest.raises(ValueError, match="before 明治"):
        japanese_day(dt.date(1868, 1, 24))
