"""NPA 90条の3 (学生納付特例): need a student's premium not be paid for now?

Only the student's own income is tested: counted by NPO 6条の12, at or below the limit of NPO 6条の9, or the household
aid or flat line of 90条1項, or hardship. Amounts switch after March, not after June (NPR 77条の2).
"""

from contracts.events.income import AssessedIncome, Dependants
from contracts.vocabulary import Month

from eligibility.rules.income_limit import Amount, income_after_deductions, limit_by_age
from eligibility.rules.means_test import APPLICANT, SchemeRule, items_naming_90_1
from eligibility.rules.parameters import Parameters

ARTICLES = items_naming_90_1("NPA 90条の3第1項", "NPO 6条の9, 6条の12")


def _limit(month: Month, dependants: Dependants, parameters: Parameters) -> Amount:
    return limit_by_age(parameters.exemption_income_limits.student, month, dependants, parameters)


def _counted(month: Month, income: AssessedIncome, parameters: Parameters) -> Amount:
    return income_after_deductions(month, income, parameters, student=True)


RULE = SchemeRule(scheme="student", tested=APPLICANT, limit=_limit, counted=_counted)
