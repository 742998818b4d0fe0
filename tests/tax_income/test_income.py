"""tax-income: three states that are no zero, corrections that win by version, and the terms of the rules."""

from typing import Any

import pytest
from chassis.testing import deliver
from contracts.events.income import IncomeAssessed, TaxAssessed, TaxRecord
from tax_income.handlers import HANDLERS
from tax_income.income import assessed, incomes

from tests.events import HUSBAND, event


def tax(name: str, state: str, version: int, recorded: str, yen: int | None = None, **items: Any) -> tuple[str, Any]:
    given = TaxRecord(total_income_yen=yen, **items) if yen is not None else None
    data = TaxAssessed(tax_year=2026, version=version, state=state, record=given)  # type: ignore[arg-type]
    return "tax-assessments", event(name, HUSBAND, data, recorded)


def known(*events: Any) -> IncomeAssessed:
    (year,) = deliver(events, HANDLERS, incomes)
    return year


@pytest.mark.parametrize("state", ["undeclared", "other_municipality"])
def test_no_declaration_is_no_income_of_zero(state: str) -> None:
    (version,) = known(tax("first", state, 1, "2026-06-10")).versions
    assert (version.state, version.income) == (state, None)


def test_tax_year_2026_is_income_of_2025() -> None:
    assert known(tax("first", "declared", 1, "2026-06-10", 0)).income_year == 2025


def test_the_higher_version_wins_whichever_comes_first() -> None:
    found = known(
        tax("first", "undeclared", 1, "2026-06-10"),
        tax("second", "declared", 2, "2026-09-01", 640_000),
    )
    assert [(v.version, v.known_to is None) for v in found.versions] == [(1, False), (2, True)]
    assert found.versions[-1].income is not None
    assert found.versions[-1].income.total_income_yen == 640_000


def test_an_older_version_recorded_later_changes_nothing() -> None:
    found = known(
        tax("second", "declared", 2, "2026-09-01", 640_000),
        tax("first", "declared", 1, "2026-10-01", 900_000),
    )
    assert [v.version for v in found.versions] == [2]


def test_one_version_with_two_contents_needs_a_person() -> None:
    found = known(
        tax("one", "declared", 1, "2026-06-10", 640_000),
        tax("other", "declared", 1, "2026-06-11", 650_000),
    )
    assert found.needs_person == ("version_used_twice",)


def test_the_same_said_twice_needs_nobody() -> None:
    assert (
        known(tax("one", "undeclared", 1, "2026-06-10"), tax("other", "undeclared", 1, "2026-06-11")).needs_person == ()
    )


def test_general_dependants_of_unknown_age_need_a_person() -> None:
    found = known(tax("one", "declared", 1, "2026-06-10", 640_000, dependants_general=1))
    assert found.needs_person == ("dependants_16_18_unknown",)


def test_dependants_and_disabilities_are_counted_in_the_terms_of_the_rules() -> None:
    income = assessed(
        TaxRecord(
            total_income_yen=1,
            deductible_spouse="from_70",
            dependants_general=3,
            dependants_16_18=2,
            disabled_dependants=1,
            self_disability="special",
            widow=True,
        )
    )
    assert income.dependants.model_dump(exclude_defaults=True) == {
        "same_livelihood_spouse_70plus": 1,
        "general": 1,
        "age_16_18": 2,
    }
    assert (income.deductions.disabled_count, income.deductions.special_disabled_count) == (1, 1)
    assert (income.local_tax_disabled, income.local_tax_widow) == (True, True)


def test_a_year_loaded_anew_under_other_ids_says_nothing_else() -> None:
    first = [tax("first", "undeclared", 1, "2026-06-10"), tax("second", "declared", 2, "2026-09-01", 640_000)]
    again = [tax(f"{name} again", *rest) for name, *rest in (
        ("first", "undeclared", 1, "2026-10-01"), ("second", "declared", 2, "2026-10-01", 640_000),
    )]  # fmt: skip
    assert known(*first, *again) == known(*first)
    corrected = tax("third", "declared", 2, "2026-10-02", 640_001)
    assert known(*first, *again, corrected) != known(*first, *again)
