"""NPA 90条の2第1項 (4分の3免除): need three quarters of the premium not be paid?

Applicant, spouse and householder must each meet one item of the paragraph (但書), not necessarily the same: income
counted by NPO 6条の12 (after a carried-over loss, less deductions) at or below the limit of NPO 6条の8の2, the household aid
or flat line of 90条1項, or hardship.
"""

from contracts.events.income import AssessedIncome, Dependants
from contracts.vocabulary import Month

from eligibility.rules.income_limit import Amount, income_after_deductions, limit_by_age
from eligibility.rules.means_test import ALL_THREE, SchemeRule, items_naming_90_1
from eligibility.rules.parameters import Parameters

ARTICLES = items_naming_90_1("NPA 90条の2第1項", "NPO 6条の8の2, 6条の12")


def _limit(month: Month, dependants: Dependants, parameters: Parameters) -> Amount:
    return limit_by_age(parameters.exemption_income_limits.three_quarter, month, dependants, parameters)


def _counted(month: Month, income: AssessedIncome, parameters: Parameters) -> Amount:
    return income_after_deductions(month, income, parameters, student=False)


RULE = SchemeRule(scheme="three_quarter", tested=ALL_THREE, limit=_limit, counted=_counted)
