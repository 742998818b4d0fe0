"""NPR 77条3項, 77条の5第3項 (継続審査): may the wish be taken that next July's review needs no new application, and for what is it held?

Only after a full exemption or a deferral that rests on income or on the flat line (障害者・寡婦・ひとり親), applied for in a
period that includes the day of filing. A full exemption is then reviewed for the same; a deferral for both.
"""

from typing import Literal

from contracts.vocabulary import Scheme

ReviewGround = Literal["income", "flat_line", "public_assistance", "special"]


def reviewed_schemes(scheme: str, ground: ReviewGround, period_includes_filing_day: bool) -> tuple[Scheme, ...]:
    """The schemes of the next review; none where the wish can't be taken (一部免除 and students have no such paragraph)."""
    if ground not in ("income", "flat_line") or not period_includes_filing_day:
        return ()
    reviewed: dict[str, tuple[Scheme, ...]] = {"full": ("full",), "deferral": ("full", "deferral")}
    return reviewed.get(scheme, ())
