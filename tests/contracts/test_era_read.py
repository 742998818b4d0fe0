"""Which day did somebody mean who wrote one? By era or by our own calendar, in any width; what may be two days is none."""

import datetime as dt

import pytest
from contracts.era import japanese_day, japanese_month, read_day, read_month
from contracts.vocabulary import Month
from hypothesis import given
from hypothesis import strategies as st

DAYS = st.dates(dt.date(1868, 1, 25), dt.date(2199, 12, 31))
MONTHS = st.builds(Month, st.integers(1900, 2100), st.integers(1, 12))


@given(DAYS)
def test_what_a_paper_says_is_read_as_it_was_meant(day: dt.date) -> None:
    assert read_day(japanese_day(day)) == day
    for text in (day.isoformat(), f"{day:%Y/%m/%d}", f"{day:%Y%m%d}", f" {day.year}年{day.month}月{day.day}日 "):
        assert read_day(text) == day


@given(MONTHS)
def test_so_is_a_month(month: Month) -> None:
    for text in (japanese_month(month), str(month), f"{month.year}{month.month:02d}", f"{month.year}/{month.month}"):
        assert read_month(text) == month


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("R8.10.28", "2026-10-28"),
        ("r8/10/28", "2026-10-28"),
        ("R081028", "2026-10-28"),
        ("Ｒ８．１０．２８", "2026-10-28"),
        ("令和元年5月1日", "2019-05-01"),
        ("平成31年4月30日", "2019-04-30"),
        ("H31.4.30", "2019-04-30"),
        ("昭和64年1月7日", "1989-01-07"),
        ("平成元.1.8", "1989-01-08"),
        ("大正元年7月30日", "1912-07-30"),
    ],
)
def test_days_as_clerks_write_them(text: str, meant: str) -> None:
    assert read_day(text).isoformat() == meant


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "読めません"),
        ("明日", "読めません"),
        ("8.10.28", "元号"),
        ("令和元年4月30日", "令和にはない"),
        ("平成31年5月1日", "平成にはない"),
        ("S64.1.8", "昭和にはない"),
        ("2026-02-29", "ない日付"),
        ("R8.13.1", "ない日付"),
        ("R8.10", "年月日"),
        ("R2026.10.28", "両方"),
    ],
)
def test_what_is_not_one_day_is_told(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read_day(text)


@pytest.mark.parametrize("text", ["R8.10.28", "2026-13", "7", "R8"])
def test_what_is_not_one_month_is_told(text: str) -> None:
    with pytest.raises(ValueError, match=r"年|読め"):
        read_month(text)


def test_a_month_in_which_the_era_changed_has_two_names() -> None:
    assert read_month("平成31年4月") == Month(2019, 4)
    assert read_month("R1.5") == Month(2019, 5)
    assert read_month("昭和64年1月") == read_month("平成元年1月") == Month(1989, 1)
    with pytest.raises(ValueError, match="令和にはない"):
        read_month("R1.4")
