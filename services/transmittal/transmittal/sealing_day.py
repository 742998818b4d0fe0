"""On which day is a weekly batch sealed?

On Friday; when Friday is closed, on the last open day before it. A week that is closed from Saturday to Friday has no sealing
day of its own: the Friday before served it.
"""

import datetime as dt

from contracts.holidays import is_open

_FRIDAY = 4
_DAY = dt.timedelta(days=1)


def is_sealing_day(day: dt.date) -> bool:
    """True on the last open day of the week that ends on Friday."""
    if not is_open(day):
        return False
    rest = (_FRIDAY - day.weekday()) % 7
    return not any(is_open(day + n * _DAY) for n in range(1, rest + 1))


def last_sealing_day(after: dt.date, until: dt.date) -> dt.date | None:
    """The last sealing day in (after, until]; days that were missed are made up for by one batch on the last of them."""
    day = until
    while day > after:
        if is_sealing_day(day):
            return day
        day -= _DAY
    return None
