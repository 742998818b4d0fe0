"""How does a civil day read on a Japanese paper? By era (元号): 令和8年10月28日."""

import datetime as dt

from contracts.vocabulary import Month

_ERAS = (
    ("令和", dt.date(2019, 5, 1)),
    ("平成", dt.date(1989, 1, 8)),
    ("昭和", dt.date(1926, 12, 25)),
    ("大正", dt.date(1912, 7, 30)),
    ("明治", dt.date(1868, 1, 25)),
)


def japanese_day(day: dt.date) -> str:
    """A day by its era. ValueError before 明治, where the calendar was another."""
    return f"{_year(day)}{day.month}月{day.day}日"


def japanese_month(month: Month) -> str:
    """A month by the era of its last day."""
    return f"{_year(month.last_day)}{month.month}月"


def japanese_year(year: int) -> str:
    """A calendar year by the era of its last day."""
    return _year(dt.date(year, 12, 31))


def _year(day: dt.date) -> str:
    for name, first in _ERAS:
        if day >= first:
            year = day.year - first.year + 1
            return f"{name}{'元' if year == 1 else year}年"
    raise ValueError(f"{day.isoformat()} lies before 明治")
