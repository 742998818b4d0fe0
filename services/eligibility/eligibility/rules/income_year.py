"""NPA 90条1項1号; NPR 77条の2: which calendar year's income serves a month?

The year before the month; for January up to the ordinance's month the year before that. The ordinance's month is June,
for 学生納付特例 (90条の3) March.
"""

from contracts.vocabulary import Month, Scheme

_JUNE, _MARCH = 6, 3


def income_year(scheme: Scheme, month: Month) -> int:
    """The calendar year whose income is tested; resident tax is assessed in the year after it."""
    return month.year - (1 if month.month > last_month_of_cycle(scheme) else 2)


def last_month_of_cycle(scheme: Scheme) -> int:
    """The month, 1 to 12, in which the yearly cycle of applications ends (NPR 77条1項, 77条の3–77条の5)."""
    return _MARCH if scheme == "student" else _JUNE


def last_of_cycle(scheme: Scheme, month: Month) -> Month:
    """The last month of the cycle that a month lies in."""
    return Month(income_year(scheme, month) + 2, last_month_of_cycle(scheme))
