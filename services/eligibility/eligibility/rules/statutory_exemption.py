"""NPA 89条1項 (法定免除): for which months does nobody have to pay who draws a disability pension, livelihood aid or stays in a sanatorium?

From the month before the one in which the ground arose to the month in which it ceases. Month by month the person must be
in category 1, and neither maternity months nor months under a partial exemption fall under it: that is the caller's to see.
"""

from datetime import date

from contracts.vocabulary import Month


def statutory_exemption_months(arose_on: date, ceased_on: date | None) -> tuple[Month, Month | None]:
    """First and last month; None as last while the ground lasts."""
    if ceased_on is not None and ceased_on < arose_on:
        raise ValueError("a ground ceases not before it arises")
    return Month.of(arose_on) - 1, None if ceased_on is None else Month.of(ceased_on)
