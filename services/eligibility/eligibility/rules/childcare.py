"""NPA 88条の3 (育児免除, from 2026-10-01): which months with a child under one does a parent in category 1 not pay for?

A mother who had maternity months (88条の2): the nine that follow them. Everybody else: from the month in which care began
(birth or adoption) to the one before the month of the first birthday. Months before the law drop out, the end stays.

The article's wording was not seen; what stands here follows the pension service's page as others cite it. The parameters
say so (`confidence: secondary`).
"""

from datetime import date, timedelta

from contracts.vocabulary import Month

from eligibility.rules.age import attained_on
from eligibility.rules.maternity import Months
from eligibility.rules.parameters import Parameters


def childcare_months(birth: date, care_from: date, maternity: Months | None, parameters: Parameters) -> Months | None:
    """The exempt months of one parent; None when there are none. `care_from` is the day of birth or of adoption."""
    terms = parameters.childcare
    if maternity is not None:
        first = maternity.last + 1
        last = maternity.last + terms.months_after_maternity.newest.value
    else:
        first = Month.of(care_from)
        birthday = attained_on(birth, terms.below_age.newest.value) + timedelta(days=1)
        last = min(Month.of(birthday) - 1, first + (terms.months_at_most.newest.value - 1))
    first = max(first, terms.first_month.newest.value)
    return Months(first, last) if first <= last else None
