"""NPA 90条1項 (全額免除): need the whole premium not be paid?

Applicant, spouse and householder must each meet one item (但書), not necessarily the same: income counted by NPO 6条の11
(before a carried-over loss, no deductions) at or below the limit of NPO 6条の7, household aid other than 生活扶助, the
flat line, or hardship. Until 2021-06 the paragraph had five items: 3号 the disabled, 4号 widows, 5号 hardship.
"""

from contracts.events.income import AssessedIncome
from contracts.vocabulary import Month

from eligibility.rules.income_limit import Amount, income_before_loss, limit_per_head
from eligibility.rules.means_test import ALL_THREE, Articles, SchemeRule
from eligibility.rules.parameters import Parameters

ARTICLES = Articles(
    income="NPA 90条1項1号, NPO 6条の7, 6条の11",
    aid="NPA 90条1項2号, NPR 76条の2",
    flat_line="NPA 90条1項3号, NPO 6条の8",
    hardship="NPA 90条1項4号",
    old_flat_line_widow="旧NPA 90条1項4号, NPO 6条の8",
    old_hardship="旧NPA 90条1項5号",
)


def _counted(month: Month, income: AssessedIncome, parameters: Parameters) -> Amount:
    return Amount(income_before_loss(income), parameters.exemption_income_limits.per_head.at(month).since)


RULE = SchemeRule(scheme="full", tested=ALL_THREE, limit=limit_per_head, counted=_counted)
