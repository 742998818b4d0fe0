"""NPA 90条1項 (その指定する期間), 91条, 102条4項: which months may an application name, and how many forms does it take?

Back as far as a premium can still be collected, forward to the end of the running cycle; one form for each cycle.
"""

from dataclasses import dataclass
from datetime import date

from contracts.vocabulary import Month, Scheme

from eligibility.rules.income_year import income_year, last_of_cycle
from eligibility.rules.parameters import Parameters


@dataclass(frozen=True, slots=True)
class Reach:
    """earliest to latest, both included, in so many cycles."""

    earliest: Month
    latest: Month
    forms: int

    def __contains__(self, month: Month) -> bool:
        return self.earliest <= month <= self.latest


ARTICLE = "NPA 90条1項 (その指定する期間), 91条, 102条4項"


def reach(scheme: Scheme, applied_on: date, parameters: Parameters) -> Reach:
    """The months an application of this day may name."""
    applied_in = Month.of(applied_on)
    earliest = applied_in - parameters.application.reach_months.at(applied_in).value
    latest = last_of_cycle(scheme, applied_in)
    return Reach(earliest, latest, income_year(scheme, latest) - income_year(scheme, earliest) + 1)
