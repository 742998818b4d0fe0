"""NPA 88条の2, NPR 73条の6 (産前産後免除): which months around a birth does a category 1 insured person not pay for?

From the month before the one of the delivery (several children: three months before) to the second month after it. The
expected day counts; the actual one only where the birth came before the filing. Month by month the person must be in
category 1: that is the caller's to see.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from contracts.vocabulary import Month

from eligibility.rules.parameters import Parameters


@dataclass(frozen=True, slots=True)
class Months:
    """first to last, both included."""

    first: Month
    last: Month

    @property
    def count(self) -> int:
        return int(self.last) - int(self.first) + 1


def maternity_months(
    expected: date, actual: date | None, filed_on: date, multiple: bool, parameters: Parameters
) -> Months | None:
    """The exempt months; None when all of them lie before the law."""
    terms = parameters.maternity
    delivery = Month.of(actual if actual is not None and actual <= filed_on else expected)
    before = terms.months_before_multiple if multiple else terms.months_before
    first = max(delivery - before.newest.value, terms.first_month.newest.value)
    last = delivery + terms.months_after.newest.value
    return Months(first, last) if first <= last else None


def earliest_filing(expected: date, parameters: Parameters) -> date:
    """The first day on which the filing is taken before a birth (NPR 73条の7第3項): so many months before the expected day."""
    month = Month.of(expected) - parameters.maternity.months_before_filing.newest.value
    return min(date(month.year, month.month, 1) + timedelta(days=expected.day - 1), month.last_day)
