"""How does a civil day read on a Japanese paper? By era (元号): 令和8年10月28日. And which day did somebody mean who wrote one?"""

import datetime as dt
import re
import unicodedata

from contracts.vocabulary import Month

_ERAS = (
    ("令和", dt.date(2019, 5, 1)),
    ("平成", dt.date(1989, 1, 8)),
    ("昭和", dt.date(1926, 12, 25)),
    ("大正", dt.date(1912, 7, 30)),
    ("明治", dt.date(1868, 1, 25)),
)


_LETTERS = {"R": "令和", "H": "平成", "S": "昭和", "T": "大正", "M": "明治"}
_WRITTEN = re.compile(
    r"(?P<era>令和|平成|昭和|大正|明治|[RHSTM])?(?P<year>元|[0-9]{1,4})(?:年|[./-])(?P<month>[0-9]{1,2})(?:(?:月|[./-])(?:(?P<day>[0-9]{1,2})日?)?)?"
)
_DIGITS = re.compile(r"(?P<era>[RHSTM])?(?P<year>(?(era)[0-9]{2}|[0-9]{4}))(?P<month>[0-9]{2})(?P<day>[0-9]{2})?")


def read_day(text: str) -> dt.date:
    """The day that somebody wrote: 令和8年10月28日, R8.10.28, R081028, 2026-10-28, 2026/10/28, 20261028, in full width, too.

    ValueError, in one sentence of Japanese, for anything that is not one day: a year below 100 without its era, a day of another era.
    """
    year, month, day, era = _read(text)
    if day is None:
        raise ValueError("年月日で入力してください（例: R8.10.28、2026-10-28）。")
    try:
        found = dt.date(year, month, day)
    except ValueError:
        raise ValueError("ない日付です。") from None
    _belongs(found, found, era)
    return found


def read_month(text: str) -> Month:
    """The month that somebody wrote: 令和8年7月, R8.7, 2026-07, 202607. ValueError as of `read_day`."""
    year, month, day, era = _read(text)
    if day is not None or not 1 <= month <= 12:
        raise ValueError("年月で入力してください（例: R8.7、2026-07）。")
    found = Month(year, month)
    _belongs(found.first_day, found.last_day, era)
    return found


def _read(text: str) -> tuple[int, int, int | None, str | None]:
    """Year of our era, month, day where there is one, and the Japanese era that was named."""
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).upper()
    found = _WRITTEN.fullmatch(plain) or _DIGITS.fullmatch(plain)
    if found is None:
        raise ValueError("日付として読めません（例: R8.10.28、2026-10-28）。")
    era, written = found["era"], found["year"]
    if era is None and len(written) != 4:
        raise ValueError("元号か、4桁の西暦年を付けてください（例: R8.10.28、2026-10-28）。")
    if era is not None and len(written) == 4:
        raise ValueError("元号と西暦年の両方があります。")
    year = 1 if written == "元" else int(written)
    day = int(found["day"]) if found["day"] else None
    if era is None:
        return year, int(found["month"]), day, None
    name = _LETTERS.get(era, era)
    begins = next(first for known, first in _ERAS if known == name)
    return begins.year + year - 1, int(found["month"]), day, name


def _belongs(first: dt.date, last: dt.date, era: str | None) -> None:
    """ValueError where a named era was not the one of that time."""
    if era is None:
        return
    places = [name for name, _ in _ERAS]
    ends = _ERAS[places.index(era) - 1][1] if places.index(era) else dt.date.max
    if not (dict(_ERAS)[era] <= last and first < ends):
        raise ValueError(f"{era}にはない日付です。")


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
