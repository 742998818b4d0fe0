"""年齢計算ニ関スル法律; 民法143条2項: on which day is an age attained?

The day of birth counts, so an age is attained at the end of the day before the birthday. Where the year has no such
birthday (29 February), it is attained on the last day of that month (民法143条2項但書).
"""

from datetime import date, timedelta

_ONE_DAY = timedelta(days=1)


def attained_on(birth_date: date, age: int) -> date:
    """The day on which a person born on `birth_date` attains `age`."""
    year = birth_date.year + age
    try:
        return birth_date.replace(year=year) - _ONE_DAY
    except ValueError:  # 29 February in a common year
        return date(year, birth_date.month + 1, 1) - _ONE_DAY
