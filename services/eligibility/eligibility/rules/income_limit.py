"""NPO 6条の7–6条の12: up to which income does a person pass, and how is that income counted?

The arithmetic that several schemes share; which scheme uses which is said in the scheme's own file. Every amount
comes with the month since which all values in it are in force, for the legal trace.
"""

from typing import NamedTuple

from contracts.events.income import AssessedIncome, Dependants
from contracts.vocabulary import Month

from eligibility.rules.parameters import Dated, Parameters


class Amount(NamedTuple):
    yen: int
    since: Month


def heads(dependants: Dependants) -> int:
    """扶養親族等の数: spouse and relatives of every age count one each."""
    return (
        dependants.same_livelihood_spouse
        + dependants.same_livelihood_spouse_70plus
        + dependants.general
        + dependants.age_16_18
        + dependants.specific_19_22
        + dependants.elderly_70plus
        + dependants.under_16
    )


def limit_per_head(month: Month, dependants: Dependants, parameters: Parameters) -> Amount:
    """NPO 6条の7: an amount for the person and for each dependant whatever the age, and one amount more."""
    each = parameters.exemption_income_limits.per_head.at(month)
    once = parameters.exemption_income_limits.per_head_base.at(month)
    return Amount((heads(dependants) + 1) * each.value + once.value, max(each.since, once.since))


def limit_by_age(base: Dated[int], month: Month, dependants: Dependants, parameters: Parameters) -> Amount:
    """NPO 6条の8の2, 6条の9, 6条の9の2: the scheme's own amount, and for each dependant an addition by age."""
    start = base.at(month)
    yen, since = start.value, start.since
    additions = parameters.dependant_additions
    for count, dated in (
        (dependants.same_livelihood_spouse, additions.same_livelihood_spouse),
        (dependants.same_livelihood_spouse_70plus, additions.same_livelihood_spouse_70plus),
        (dependants.general, additions.general),
        (dependants.age_16_18, additions.age_16_18),
        (dependants.specific_19_22, additions.specific_19_22),
        (dependants.elderly_70plus, additions.elderly_70plus),
        (dependants.under_16, additions.under_16),
    ):
        if count:
            each = dated.at(month)
            yen += count * each.value
            since = max(since, each.since)
    return Amount(yen, since)


def income_before_loss(income: AssessedIncome) -> int:
    """NPO 6条の11: the sum before a carried-over loss is taken off (地方税法313条8項・9項), without any deduction."""
    return income.total_income_yen


def income_after_deductions(month: Month, income: AssessedIncome, parameters: Parameters, *, student: bool) -> Amount:
    """NPO 6条の12: the sum after the carried-over loss (1項), less the deductions of 2項. May be negative."""
    taken, amounts = income.deductions, parameters.deductions
    yen = income.total_income_yen - taken.loss_carryover
    yen -= taken.casualty_loss + taken.medical + taken.social_insurance  # 1号
    yen -= taken.small_enterprise_mutual_aid + taken.spouse_special  # 1号
    yen -= taken.cattle_sale  # 3号
    since = amounts.disabled.first
    single_parent = amounts.single_parent_student if student else amounts.single_parent
    for count, dated in (  # 2号
        (taken.disabled_count, amounts.disabled),
        (taken.special_disabled_count, amounts.special_disabled),
        (int(taken.widow), amounts.widow),
        (int(taken.single_parent), single_parent),
        (int(taken.working_student), amounts.working_student),
    ):
        if count:
            each = dated.at(month)
            yen -= count * each.value
            since = max(since, each.since)
    if taken.specified_relative_special:  # 1号, listed only from a certain month
        listed = amounts.specified_relative_special_student if student else amounts.specified_relative_special
        counts = listed.at(month)
        yen -= taken.specified_relative_special if counts.value else 0
        since = max(since, counts.since)
    return Amount(yen, since)
