"""NPA 90条3項, 90条の2第4項, NPR 77条の8, 77条の9 (免除の取消し): from which month on does an exemption end, and which filings end it?

Who asks for it gives up the exemption from the month before the application. Some other filings count as asking for it: while
exempt in full, an application for a part, for 納付猶予 or as a student; while exempt in part, one in full, for 納付猶予 or as a student
(not for another part), the filing of a statutory exemption or the wish to pay despite one; under 納付猶予, one in full, for a part or
as a student. For students they count as the notice that one is
no student any more, and no provision moves that back before its month.

A form that also asks for the scheme that was granted leaves it in place here until the new decision (derived).
"""

from datetime import date

from contracts.events.forms import (
    ExemptionApplication,
    ExemptionCancellation,
    FilingContent,
    PayDespiteExemption,
    StatutoryExemptionStart,
    StudentApplication,
    StudentEnd,
)
from contracts.vocabulary import Exemption, Month

PARTIAL: frozenset[Exemption] = frozenset({"three_quarter", "half", "quarter"})
_APPLIED: frozenset[Exemption] = PARTIAL | {"full", "deferral"}


def first_month_cancelled(applied_on: date) -> Month:
    """The month before the application."""
    return Month.of(applied_on) - 1


def ends_from(granted: Exemption, content: FilingContent, received_on: date) -> Month | None:
    """The first month no longer exempt because of a later filing; None = it leaves the exemption in place."""
    if granted == "student":
        asks_for_other = isinstance(content, ExemptionApplication)
        return Month.of(received_on) if asks_for_other or isinstance(content, StudentEnd) else None
    if granted not in _APPLIED:
        return None
    ended = isinstance(content, ExemptionCancellation | StudentApplication)
    if isinstance(content, ExemptionApplication):
        others = {scheme for scheme in content.schemes if granted not in PARTIAL or scheme not in PARTIAL}
        ended = bool(others) and granted not in content.schemes
    elif granted in PARTIAL:
        ended = ended or isinstance(content, StatutoryExemptionStart | PayDespiteExemption)
    return first_month_cancelled(received_on) if ended else None
