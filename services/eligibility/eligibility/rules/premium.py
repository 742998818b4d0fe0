"""NPA 87条3項 (保険料の額), 90条の2第6項: what is the premium of a month, and what of it stays to be paid?"""

from typing import Literal

from contracts.vocabulary import Month

from eligibility.rules.parameters import NotHeldError, Parameters

PartialScheme = Literal["three_quarter", "half", "quarter"]
QUARTERS_PAID: dict[PartialScheme, int] = {"three_quarter": 1, "half": 2, "quarter": 3}
"""What stays to be paid under 四分の三免除, 半額免除 and 四分の一免除, in quarters of the premium (NPA 90条の2第1–3項)."""
_PER_MILLE = 1000
_MARCH = 3


def monthly_premium(month: Month, parameters: Parameters) -> int:
    """Yen of the flat premium (定額保険料): the statute's amount by the rate of the fiscal year, rounded."""
    terms = parameters.premium
    rate = terms.revision_rate.at(month)
    if _fiscal_year(month) != _fiscal_year(rate.since):
        raise NotHeldError(
            f"{terms.revision_rate.name}: no rate for {month}; each is set for its fiscal year (87条5項)"
        )
    amount = terms.base.at(month).value * rate.value
    return _rounded(amount, _PER_MILLE, terms.rounding.at(month).value)


def _fiscal_year(month: Month) -> int:
    return (month - _MARCH).year


def remainder(full_yen: int, scheme: PartialScheme, parameters: Parameters) -> int:
    """Yen to be paid of a month under a partial exemption (残余の額)."""
    return _rounded(full_yen * QUARTERS_PAID[scheme], 4, parameters.premium.rounding.newest.value)


def _rounded(numerator: int, denominator: int, unit: int) -> int:
    """numerator ÷ denominator to whole units, half a unit upward."""
    return (2 * numerator + unit * denominator) // (2 * unit * denominator) * unit
