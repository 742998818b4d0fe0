"""What does somebody who reviews the accesses of a quarter or a year see (ログの評価・点検)? Pure: figures of accounts and findings, ready to be signed."""

import datetime as dt
import re
from typing import NamedTuple

from contracts.vocabulary import JST

DAYS_TO_SIGN = 14
"""After the end of a period; then it is overdue. Ours to choose: the assessment says four times and once a year."""
_PERIOD = re.compile(r"(20[0-9]{2})(?:-Q([1-4])|-FY)")


class Period(NamedTuple):
    """A quarter of a calendar year (年4回) or a fiscal year (年1回), as days, both included."""

    name: str
    first: dt.date
    last: dt.date

    @property
    def yearly(self) -> bool:
        """Reported to the responsible executive (総括責任者), not only reviewed."""
        return self.name.endswith("-FY")

    @property
    def begins(self) -> dt.datetime:
        """Its first moment."""
        return dt.datetime.combine(self.first, dt.time(), JST)

    @property
    def ends(self) -> dt.datetime:
        """The first moment after it."""
        return dt.datetime.combine(self.last + dt.timedelta(days=1), dt.time(), JST)

    @property
    def due_on(self) -> dt.date:
        """The last day to sign."""
        return self.last + dt.timedelta(days=DAYS_TO_SIGN)


def period(name: str) -> Period:
    """The period of a name: 2026-Q3 (July to September), 2026-FY (April 2026 to March 2027). ValueError for anything else."""
    found = _PERIOD.fullmatch(name)
    if found is None:
        raise ValueError("a period is 2026-Q3 or 2026-FY")
    year, quarter = int(found[1]), found[2]
    if quarter is None:
        return Period(name, dt.date(year, 4, 1), dt.date(year + 1, 3, 31))
    first = dt.date(year, 3 * int(quarter) - 2, 1)
    return Period(name, first, _next_quarter(first) - dt.timedelta(days=1))


def periods(since: dt.date, today: dt.date) -> list[Period]:
    """Every period that ended before today and was not over when the first access was recorded, in the order of their ends."""
    found = []
    for year in range(since.year - 1, today.year + 1):
        found += [period(f"{year}-Q{quarter}") for quarter in (1, 2, 3, 4)] + [period(f"{year}-FY")]
    return sorted((one for one in found if since <= one.last < today), key=lambda one: (one.last, one.name))


def _next_quarter(first: dt.date) -> dt.date:
    return dt.date(first.year, first.month + 3, 1) if first.month < 10 else dt.date(first.year + 1, 1, 1)
