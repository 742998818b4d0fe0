"""NPA 7条1項1号, 8条1号, 9条3号, 11条1項: from when to when is a person who lives here all the time category 1, by age only?"""

from dataclasses import dataclass
from datetime import date

from contracts.vocabulary import Month

from eligibility.rules.age import attained_on
from eligibility.rules.months_counted import months_counted
from eligibility.rules.parameters import Parameters


@dataclass(frozen=True, slots=True)
class Class1Period:
    """Category 1 on [acquired_on, lost_on), premiums for first_month..last_month."""

    acquired_on: date
    first_month: Month
    lost_on: date
    last_month: Month
    months: int


def class1_period(birth_date: date, parameters: Parameters) -> Class1Period:
    """The period between the two ages. It may lie in the future, so it takes the newest ages known."""
    acquired_on = attained_on(birth_date, parameters.ages.acquisition_age.newest.value)
    lost_on = attained_on(birth_date, parameters.ages.loss_age.newest.value)
    return Class1Period(
        acquired_on=acquired_on,
        first_month=Month.of(acquired_on),
        lost_on=lost_on,
        last_month=Month.of(lost_on) - 1,
        months=months_counted(acquired_on, lost_on),
    )
