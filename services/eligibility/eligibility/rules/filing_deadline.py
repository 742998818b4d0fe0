"""NPR 1条の4, 3条, 6条の2, 9条1項; NPA 103条: by which day must a filing, or the report of it, be made?"""

from datetime import date, timedelta

from contracts.vocabulary import Month

from eligibility.rules.parameters import Parameters


def deadline(fact_date: date, parameters: Parameters) -> date:
    """The last day for filing a fact of `fact_date`, or for reporting a filing accepted on that day.

    The first day does not count (民法140条). The shift off a closed day (民法142条) needs a holiday table and is not
    made here.
    """
    return fact_date + timedelta(days=parameters.filing.days.at(Month.of(fact_date)).value)
