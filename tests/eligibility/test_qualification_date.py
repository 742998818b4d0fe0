"""NPA 8条, 9条, 附則5条, 特例任意加入: the effective day of every fact of the table."""

from datetime import date

import pytest
from eligibility.rules.qualification_date import EVENTS, effective_on

FACT = date(2026, 11, 30)
TODAY, NEXT_DAY = date(2026, 11, 30), date(2026, 12, 1)

# event, effective day, the same if insured again that day, kind, article
TABLE = [
    ("attained_20", TODAY, TODAY, "acquisition", "NPA 8条1号"),
    ("entry_from_abroad", TODAY, TODAY, "acquisition", "NPA 8条2号"),
    ("exclusion_ended", TODAY, TODAY, "acquisition", "NPA 8条3号"),
    ("voluntary_application", TODAY, TODAY, "acquisition", "NPA 附則5条3項"),
    ("joined_employment_pension", TODAY, TODAY, "class_change", "NPA 7条1項2号, 8条4号"),
    ("left_employment", NEXT_DAY, TODAY, "class_change", "厚生年金保険法14条2号, NPA 7条1項1号"),
    ("divorce_of_dependent", TODAY, TODAY, "class_change", "NPA 7条1項1号・3号"),
    ("death", NEXT_DAY, NEXT_DAY, "loss", "NPA 9条1号"),
    ("departure_overseas", NEXT_DAY, TODAY, "loss", "NPA 9条2号"),
    ("attained_60", TODAY, TODAY, "loss", "NPA 9条3号"),
    ("old_age_benefit_right", TODAY, TODAY, "loss", "NPA 9条4号"),
    ("excluded_by_ordinance", NEXT_DAY, NEXT_DAY, "loss", "NPA 9条4号, NPR 1条の2"),
    ("voluntary_attained_65", TODAY, TODAY, "loss", "NPA 附則5条5項1号"),
    ("voluntary_withdrawal_accepted", TODAY, TODAY, "loss", "NPA 附則5条5項3号"),
    ("voluntary_480_reached", TODAY, TODAY, "loss", "NPA 附則5条5項4号"),
    ("voluntary_domestic_departure", NEXT_DAY, TODAY, "loss", "NPA 附則5条6項1号・7項"),
    ("voluntary_dunning_unpaid", NEXT_DAY, NEXT_DAY, "loss", "NPA 附則5条6項4号・7項"),
    ("overseas_voluntary_return", NEXT_DAY, TODAY, "loss", "NPA 附則5条8項1号"),
    ("overseas_voluntary_two_years_unpaid", NEXT_DAY, TODAY, "loss", "NPA 附則5条8項4号"),
    (
        "special_old_age_right",
        NEXT_DAY,
        NEXT_DAY,
        "loss",
        "平6改正法附則11条6項3号, 平16改正法附則23条6項3号, 令7年法律74号附則40条6項3号",
    ),
    ("employees_pension_lost", TODAY, TODAY, "loss", "NPA 9条5号"),
    ("no_longer_dependent", NEXT_DAY, NEXT_DAY, "loss", "NPA 9条6号"),
    ("voluntary_death", NEXT_DAY, NEXT_DAY, "loss", "NPA 附則5条5項"),
    ("voluntary_joined_employment_pension", TODAY, TODAY, "loss", "NPA 附則5条5項2号"),
    ("voluntary_exclusion_ended", TODAY, TODAY, "loss", "NPA 附則5条6項2号"),
    ("voluntary_became_dependent", TODAY, TODAY, "loss", "NPA 附則5条6項3号"),
    ("voluntary_excluded_by_ordinance", NEXT_DAY, NEXT_DAY, "loss", "NPA 附則5条6項5号・7項"),
    ("overseas_voluntary_nationality_lost", NEXT_DAY, TODAY, "loss", "NPA 附則5条8項2号"),
    ("overseas_voluntary_became_dependent", NEXT_DAY, TODAY, "loss", "NPA 附則5条8項3号"),
    (
        "special_death",
        NEXT_DAY,
        NEXT_DAY,
        "loss",
        "平6改正法附則11条6項1号, 平16改正法附則23条6項1号, 令7年法律74号附則40条6項1号",
    ),
    (
        "special_joined_employment_pension",
        TODAY,
        TODAY,
        "loss",
        "平6改正法附則11条6項2号, 平16改正法附則23条6項2号, 令7年法律74号附則40条6項2号",
    ),
    (
        "special_withdrawal_accepted",
        TODAY,
        TODAY,
        "loss",
        "平6改正法附則11条6項5号, 平16改正法附則23条6項5号, 令7年法律74号附則40条6項5号",
    ),
    (
        "special_domestic_departure",
        NEXT_DAY,
        TODAY,
        "loss",
        "平6改正法附則11条7項, 平16改正法附則23条7項, 令7年法律74号附則40条7項",
    ),
    (
        "special_dunning_unpaid",
        NEXT_DAY,
        NEXT_DAY,
        "loss",
        "平6改正法附則11条7項, 平16改正法附則23条7項, 令7年法律74号附則40条7項",
    ),
    (
        "special_excluded_by_ordinance",
        NEXT_DAY,
        NEXT_DAY,
        "loss",
        "平6改正法附則11条7項, 平16改正法附則23条7項, 令7年法律74号附則40条7項",
    ),
    (
        "special_overseas_return",
        NEXT_DAY,
        TODAY,
        "loss",
        "平6改正法附則11条8項, 平16改正法附則23条8項, 令7年法律74号附則40条8項",
    ),
    (
        "special_overseas_nationality_lost",
        NEXT_DAY,
        TODAY,
        "loss",
        "平6改正法附則11条8項, 平16改正法附則23条8項, 令7年法律74号附則40条8項",
    ),
    (
        "special_overseas_two_years_unpaid",
        NEXT_DAY,
        TODAY,
        "loss",
        "平6改正法附則11条8項, 平16改正法附則23条8項, 令7年法律74号附則40条8項",
    ),
    ("spouse_left_employment", NEXT_DAY, NEXT_DAY, "class_change", "厚生年金保険法14条2号, NPA 7条1項1号・3号"),
    ("spouse_attained_65", TODAY, TODAY, "class_change", "NPA 附則3条, 附則4条"),
    ("dependency_ended", TODAY, TODAY, "class_change", "NPA 7条1項1号・3号"),
    ("spouse_died", NEXT_DAY, NEXT_DAY, "class_change", "厚生年金保険法14条1号, NPA 7条1項1号・3号"),
    (
        "special_attained_70",
        TODAY,
        TODAY,
        "loss",
        "平6改正法附則11条6項4号, 平16改正法附則23条6項4号, 令7年法律74号附則40条6項4号",
    ),
]


@pytest.mark.parametrize(("event", "on", "on_if_again", "kind", "article"), TABLE, ids=[row[0] for row in TABLE])
def test_effective_day(event: str, on: date, on_if_again: date, kind: str, article: str) -> None:
    effective = effective_on(event, FACT)
    assert (effective.on, effective.kind, effective.article) == (on, kind, article)
    assert effective_on(event, FACT, insured_again_same_day=True).on == on_if_again


def test_the_table_is_complete() -> None:
    assert {row[0] for row in TABLE} == EVENTS


def test_an_event_the_law_does_not_know() -> None:
    with pytest.raises(ValueError, match="'graduation'"):
        effective_on("graduation", FACT)
