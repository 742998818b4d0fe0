"""NPA 8条, 9条, 附則5条 and the 特例任意加入 provisions: on which day does a fact take effect?

Acquisition and change of category: the day of the fact. Loss: the day after it, or the day itself where the provision
says so. For some losses it is also the day itself if the person becomes insured again on it. One line per fact.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, NamedTuple

Kind = Literal["acquisition", "loss", "class_change"]


@dataclass(frozen=True, slots=True)
class Effective:
    """The day from which a fact changes insured status; for a loss the first day no longer insured."""

    on: date
    kind: Kind
    article: str


class _Provision(NamedTuple):
    days_after: int
    kind: Kind
    article: str
    same_day_if_insured_again: bool = False


_SPECIAL = "平6改正法附則11条{0}, 平16改正法附則23条{0}, 令7年法律74号附則40条{0}"

_PROVISIONS: dict[str, _Provision] = {
    # acquisition and change of category
    "attained_20": _Provision(0, "acquisition", "NPA 8条1号"),
    "entry_from_abroad": _Provision(0, "acquisition", "NPA 8条2号"),
    "exclusion_ended": _Provision(0, "acquisition", "NPA 8条3号"),
    "voluntary_application": _Provision(0, "acquisition", "NPA 附則5条3項"),
    "joined_employment_pension": _Provision(0, "class_change", "NPA 7条1項2号, 8条4号"),
    # fact = last day of work; another employment from that same day begins on it (厚年法14条柱書)
    "left_employment": _Provision(1, "class_change", "厚生年金保険法14条2号, NPA 7条1項1号", True),
    "spouse_left_employment": _Provision(1, "class_change", "厚生年金保険法14条2号, NPA 7条1項1号・3号"),
    "spouse_attained_65": _Provision(0, "class_change", "NPA 附則3条, 附則4条"),
    "dependency_ended": _Provision(0, "class_change", "NPA 7条1項1号・3号"),
    "spouse_died": _Provision(1, "class_change", "厚生年金保険法14条1号, NPA 7条1項1号・3号"),
    # no provision names the day of a divorce; two municipal pages (西宮市, 下松市) do
    "divorce_of_dependent": _Provision(0, "class_change", "NPA 7条1項1号・3号"),
    # loss
    "death": _Provision(1, "loss", "NPA 9条1号"),
    "departure_overseas": _Provision(1, "loss", "NPA 9条2号", True),
    "attained_60": _Provision(0, "loss", "NPA 9条3号"),
    "old_age_benefit_right": _Provision(0, "loss", "NPA 9条4号"),
    "excluded_by_ordinance": _Provision(1, "loss", "NPA 9条4号, NPR 1条の2"),
    "employees_pension_lost": _Provision(0, "loss", "NPA 9条5号"),  # and no other class applies
    "no_longer_dependent": _Provision(1, "loss", "NPA 9条6号"),  # and no other class applies
    # voluntary members (任意加入, 附則5条)
    "voluntary_death": _Provision(1, "loss", "NPA 附則5条5項"),
    "voluntary_joined_employment_pension": _Provision(0, "loss", "NPA 附則5条5項2号"),
    "voluntary_exclusion_ended": _Provision(0, "loss", "NPA 附則5条6項2号"),
    "voluntary_became_dependent": _Provision(0, "loss", "NPA 附則5条6項3号"),
    "voluntary_excluded_by_ordinance": _Provision(1, "loss", "NPA 附則5条6項5号・7項"),
    "overseas_voluntary_nationality_lost": _Provision(1, "loss", "NPA 附則5条8項2号", True),
    "overseas_voluntary_became_dependent": _Provision(1, "loss", "NPA 附則5条8項3号", True),
    "voluntary_attained_65": _Provision(0, "loss", "NPA 附則5条5項1号"),
    "voluntary_withdrawal_accepted": _Provision(0, "loss", "NPA 附則5条5項3号"),
    "voluntary_480_reached": _Provision(0, "loss", "NPA 附則5条5項4号"),
    "voluntary_domestic_departure": _Provision(1, "loss", "NPA 附則5条6項1号・7項", True),
    "voluntary_dunning_unpaid": _Provision(1, "loss", "NPA 附則5条6項4号・7項"),
    "overseas_voluntary_return": _Provision(1, "loss", "NPA 附則5条8項1号", True),
    "overseas_voluntary_two_years_unpaid": _Provision(1, "loss", "NPA 附則5条8項4号", True),
    # special voluntary members (特例任意加入), by birth cohort
    "special_death": _Provision(1, "loss", _SPECIAL.format("6項1号")),
    "special_joined_employment_pension": _Provision(0, "loss", _SPECIAL.format("6項2号")),
    "special_withdrawal_accepted": _Provision(0, "loss", _SPECIAL.format("6項5号")),
    "special_domestic_departure": _Provision(1, "loss", _SPECIAL.format("7項"), True),
    "special_dunning_unpaid": _Provision(1, "loss", _SPECIAL.format("7項")),
    "special_excluded_by_ordinance": _Provision(1, "loss", _SPECIAL.format("7項")),
    "special_overseas_return": _Provision(1, "loss", _SPECIAL.format("8項"), True),
    "special_overseas_nationality_lost": _Provision(1, "loss", _SPECIAL.format("8項"), True),
    "special_overseas_two_years_unpaid": _Provision(1, "loss", _SPECIAL.format("8項"), True),
    "special_old_age_right": _Provision(1, "loss", _SPECIAL.format("6項3号")),
    "special_attained_70": _Provision(0, "loss", _SPECIAL.format("6項4号")),
}

EVENTS = frozenset(_PROVISIONS)


def effective_on(event: str, fact_date: date, insured_again_same_day: bool = False) -> Effective:
    """The effective day, kind and article of a fact. ValueError for an event the law's table here does not have."""
    provision = _PROVISIONS.get(event)
    if provision is None:
        raise ValueError(f"unknown qualification event {event!r}")
    days_after = 0 if insured_again_same_day and provision.same_day_if_insured_again else provision.days_after
    return Effective(fact_date + timedelta(days=days_after), provision.kind, provision.article)
