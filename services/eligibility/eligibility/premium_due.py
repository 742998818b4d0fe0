"""What is to be paid for one month, by everything filed and decided? Whether it was paid only the pension service knows."""

from dataclasses import dataclass
from typing import Literal, get_args

from contracts.vocabulary import Category, Exemption, Month

from eligibility.determine import Determination
from eligibility.rules import premium
from eligibility.rules.cancellation import PARTIAL
from eligibility.rules.parameters import NotHeldError, Parameters


@dataclass(frozen=True)
class Due:
    """What is to be paid for one month. `yen` None = the rate of that year is not held here."""

    month: Month
    category: Category | None
    state: Exemption | Literal["due"]
    yen: int | None
    additional_yen: int
    """付加保険料 on top, where it was applied for."""
    since: Month | None
    """Since when the values are in force that gave `yen`."""


_WITHOUT_PREMIUM = frozenset({2, 3, None})
EXEMPT_IN_FULL = frozenset(get_args(Exemption)) - PARTIAL


def due(found: Determination, month: Month, parameters: Parameters) -> Due:
    """The premium of one month."""
    category, terms = found.timeline.category_of(month), parameters.premium
    state: Exemption | Literal["due"] = found.premium.of(month) if category == 1 else "due"
    additional = any(
        line.first <= month and (line.last is None or month <= line.last) for line in found.premium.additional
    )
    on_top = terms.additional.at(month).value if additional and terms.additional.held(month) else 0
    if category in _WITHOUT_PREMIUM or state in EXEMPT_IN_FULL:
        return Due(month, category, state, 0, on_top, None)
    try:
        yen, since = premium.monthly_premium(month, parameters), terms.revision_rate.at(month).since
    except NotHeldError:
        return Due(month, category, state, None, on_top, None)
    if state in get_args(premium.PartialScheme):
        yen = premium.remainder(yen, state, parameters)  # type: ignore[arg-type]  # mypy does not narrow by get_args
    return Due(month, category, state, yen, on_top, since)
