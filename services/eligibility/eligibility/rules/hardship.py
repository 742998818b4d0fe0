"""NPA 90条1項4号, NPR 77条の7第1・2号 (失業等特例・災害特例): for which months may the loss of work, or a disaster, be a ground?

Work is lost on the day after leaving. The text counts by years: a month of the year of the fact or of the one after it; and of
January to the month in which the cycle ends, of the one after that. It names no first month within the year; for the loss of
work offices take the month before (published by 取手市, 能美市, あさぎり町), and we do so for both.
"""

from datetime import date, timedelta

from contracts.events.forms import Hardship
from contracts.vocabulary import Month, Scheme

from eligibility.rules.income_year import last_month_of_cycle


def lost_on(left_employment_on: date) -> date:
    """失業日: the day after the last day in employment."""
    return left_employment_on + timedelta(days=1)


def hardship_months(happened_on: date, scheme: Scheme) -> tuple[Month, Month]:
    """First and last month for which a loss of work or a disaster of this day may be used."""
    return Month.of(happened_on) - 1, Month(happened_on.year + 2, last_month_of_cycle(scheme))


def usable_months(claimed: Hardship, scheme: Scheme) -> tuple[Month, Month] | None:
    """First and last month for which a claimed ground may be used; None for grounds without a day, which have no window."""
    if claimed.on is None:
        return None
    return hardship_months(lost_on(claimed.on) if claimed.ground == "unemployed" else claimed.on, scheme)


def covers(claimed: Hardship, month: Month, scheme: Scheme) -> bool:
    """Whether a claimed ground may be used for a month."""
    window = usable_months(claimed, scheme)
    return window is None or window[0] <= month <= window[1]
