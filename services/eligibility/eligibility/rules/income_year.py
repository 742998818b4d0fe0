"""NPA 90条1項1号; NPR 77条の2: which calendar year's income serves a month?

The year before the month; for January up to the ordinance's month the year before that. The ordinance's month is June,
for 学生納付特例 (90条の3) March.
"""

from contracts.vocabulary import Month, Scheme

_JUNE, _MARCH = 6, 3


def income_year(scheme: Scheme, month: Month) -> int:
    """The calendar year whose income is tested; resident tax is assessed in the year after it."""
    last_of_older = _MARCH if scheme == "student" else _JUNE
    return month.year - (1 if month.month > last_of_older else 2)
