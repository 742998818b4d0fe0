"""NPA 52条の2, 52条の4 (死亡一時金): how much is due to the family of somebody who paid and never drew a pension?

Paid months count in full, months under a partial exemption by the share that was paid of them, months under a full exemption
not at all. Nothing is due if the deceased ever drew an old-age or disability basic pension, or while a survivors' basic pension
can be paid.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from eligibility.rules.parameters import Parameters
from eligibility.rules.premium import QUARTERS_PAID, PartialScheme


@dataclass(frozen=True, slots=True)
class LumpSum:
    """Months by their weight, and yen; 0 = nothing is due."""

    months: Fraction
    yen: int


def death_lump_sum(
    paid: int,
    partly_paid: Mapping[PartialScheme, int],
    additional_months: int,
    *,
    drew_basic_pension: bool,
    survivors_pension_payable: bool,
    parameters: Parameters,
) -> LumpSum:
    """The amount by the months before the month of death, as they stood on the day before it."""
    terms = parameters.death_lump_sum
    months = paid + sum((Fraction(QUARTERS_PAID[s], 4) * count for s, count in partly_paid.items()), Fraction(0))
    reached = [yen for start, yen in terms.amounts.newest.value if months >= start]
    if drew_basic_pension or survivors_pension_payable or not reached:
        return LumpSum(months, 0)
    more = additional_months >= terms.additional_months.newest.value
    return LumpSum(months, reached[-1] + (terms.additional_amount.newest.value if more else 0))
