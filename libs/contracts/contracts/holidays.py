"""Is the ward office open on this day?

Closed are Saturdays, Sundays, the national holidays and 29 December to 3 January (地方自治法4条の2; 行政機関の休日に関する
法律1条 has the same days). The table is dated data: a day outside its years is an error, never a guess.
"""

import datetime as dt

# Source: 国民の祝日に関する法律 (昭和23年法律第178号) 2条; 内閣府「国民の祝日について」 lists the days year by year.
# 春分の日 and 秋分の日 as published by 国立天文台 (暦要項, in the 官報 each February for the next year).
# 振替休日 = 3条2項 (a holiday on a Sunday: the next day that is no holiday), 国民の休日 = 3条3項 (a day between two holidays).
_NATIONAL_HOLIDAYS = {
    2025: {
        "01-01": "元日",
        "01-13": "成人の日",
        "02-11": "建国記念の日",
        "02-23": "天皇誕生日",
        "02-24": "振替休日",
        "03-20": "春分の日",
        "04-29": "昭和の日",
        "05-03": "憲法記念日",
        "05-04": "みどりの日",
        "05-05": "こどもの日",
        "05-06": "振替休日",
        "07-21": "海の日",
        "08-11": "山の日",
        "09-15": "敬老の日",
        "09-23": "秋分の日",
        "10-13": "スポーツの日",
        "11-03": "文化の日",
        "11-23": "勤労感謝の日",
        "11-24": "振替休日",
    },
    2026: {
        "01-01": "元日",
        "01-12": "成人の日",
        "02-11": "建国記念の日",
        "02-23": "天皇誕生日",
        "03-20": "春分の日",
        "04-29": "昭和の日",
        "05-03": "憲法記念日",
        "05-04": "みどりの日",
        "05-05": "こどもの日",
        "05-06": "振替休日",
        "07-20": "海の日",
        "08-11": "山の日",
        "09-21": "敬老の日",
        "09-22": "国民の休日",
        "09-23": "秋分の日",
        "10-12": "スポーツの日",
        "11-03": "文化の日",
        "11-23": "勤労感謝の日",
    },
    2027: {
        "01-01": "元日",
        "01-11": "成人の日",
        "02-11": "建国記念の日",
        "02-23": "天皇誕生日",
        "03-21": "春分の日",
        "03-22": "振替休日",
        "04-29": "昭和の日",
        "05-03": "憲法記念日",
        "05-04": "みどりの日",
        "05-05": "こどもの日",
        "07-19": "海の日",
        "08-11": "山の日",
        "09-20": "敬老の日",
        "09-23": "秋分の日",
        "10-11": "スポーツの日",
        "11-03": "文化の日",
        "11-23": "勤労感謝の日",
    },
}
_NEW_YEAR = {"12-29", "12-30", "12-31", "01-01", "01-02", "01-03"}
_SATURDAY = 5

FIRST_YEAR, LAST_YEAR = min(_NATIONAL_HOLIDAYS), max(_NATIONAL_HOLIDAYS)


class HolidayTableEnds(LookupError):
    """The holiday table has no entry for this year: somebody must add it (decision 6, an alarm)."""


def holiday_name(day: dt.date) -> str | None:
    """Name of the national holiday on this day; null on other days, closed ones included."""
    year = _NATIONAL_HOLIDAYS.get(day.year)
    if year is None:
        raise HolidayTableEnds(f"the holiday table covers {FIRST_YEAR} to {LAST_YEAR}, not {day.isoformat()}")
    return year.get(f"{day:%m-%d}")


def is_open(day: dt.date) -> bool:
    """True when the office is open. Raises `HolidayTableEnds` for a day outside the table."""
    return holiday_name(day) is None and day.weekday() < _SATURDAY and f"{day:%m-%d}" not in _NEW_YEAR


def next_open(day: dt.date) -> dt.date:
    """This day, or the next open one when the office is closed on it (民法142条). A day outside the table stays as it is."""
    try:
        while not is_open(day):
            day += dt.timedelta(days=1)
    except HolidayTableEnds:
        pass  # nothing is known of that year's holidays: the civil day itself is the deadline
    return day
