"""NPA 90条1項4号, NPR 77条の7第2号 (失業等特例): for which months is the income of somebody who lost their work left aside?

The work was lost on the day after leaving. The text counts by years: a month of the year of the loss or of the one after it;
and of January to the month in which the cycle ends, of the one after that. It names no first month within the year; offices take
the month before the loss (published by 取手市, 能美市, あさぎり町), and so do we.
"""

from datetime import date, timedelta

from contracts.vocabulary import Month, Scheme

from eligibility.rules.income_year import last_month_of_cycle


def lost_on(left_employment_on: date) -> date:
    """失業日: the day after the last day in employment."""
    return left_employment_on + timedelta(days=1)


def unemployment_months(left_employment_on: date, scheme: Scheme) -> tuple[Month, Month]:
    """First and last month for which the ground may be used."""
    lost = lost_on(left_employment_on)
    return Month.of(lost) - 1, Month(lost.year + 2, last_month_of_cycle(scheme))
