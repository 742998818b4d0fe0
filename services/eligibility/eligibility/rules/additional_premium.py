"""NPA 87条の2, 附則5条9項 (付加保険料): may the additional premium be paid for a month, and which months does an application cover?

From the month of the application on, never back. A withdrawal takes away the months from the one before the request on, as far as
they are not yet paid; joining a national pension fund (国民年金基金) counts as a withdrawal that day (4項).
"""

from datetime import date
from typing import Literal

from contracts.vocabulary import Month

Member = Literal["class1", "voluntary", "special_voluntary"]
MonthStatus = Literal[
    "paid", "unpaid", "maternity", "childcare", "legal_exempt", "full_exempt", "partial_exempt", "student", "deferral",
    "catch_up_paid",
]  # fmt: skip
_PAYABLE: frozenset[MonthStatus] = frozenset({"paid", "maternity"})
"""2項: months whose flat premium was paid, not by 追納 (94条4項), and months of 88条の2. 育児免除 months are published to count as
well (secondary), the amended text was not seen: they are not let in before it is."""


def allowed(member: Member, status: MonthStatus, fund_member: bool) -> bool:
    """Whether 付加保険料 may be paid for a month. 特例任意加入 members may not: their provisions don't name 87条の2."""
    return member in ("class1", "voluntary") and not fund_member and status in _PAYABLE


def months_covered(
    applied_on: date, withdrawn_on: date | None, fund_joined_on: date | None
) -> tuple[Month, Month | None] | None:
    """First and last month of an application with nothing paid ahead; no last one while it runs; None if no month is left."""
    first = Month.of(applied_on)
    ends = [day for day in (withdrawn_on, fund_joined_on) if day is not None]
    if not ends:
        return first, None
    last = Month.of(min(ends)) - 2
    return (first, last) if first <= last else None
