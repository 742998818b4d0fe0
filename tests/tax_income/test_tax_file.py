"""A whole file of assessments: what no single record shows (bad input 68 and 69)."""

from typing import Any

import pytest
from contracts.events.income import TaxAssessed, TaxRecord
from tax_income.tax_file import FEWEST_COMPARED, judge

from tests.events import event


def assessed(n: int, yen: int | None, version: int = 1, **attributes: Any) -> bytes:
    record = TaxRecord(total_income_yen=yen) if yen is not None else None
    data = TaxAssessed(tax_year=2026, version=version, state="declared" if record else "undeclared", record=record)
    one = event(f"{n} {version}", 10_000_000 + n, data, "2026-06-10")
    return one.model_copy(update=attributes).encode()


def ward(yen: Any, persons: int = 100) -> list[bytes]:
    return [assessed(n, yen(n)) for n in range(persons)]


def incomes(n: int) -> int:
    return 300_000 + n * 37_000


HELD = {(10_000_000 + n, 2025): incomes(n) + 10_000 for n in range(100)}


def findings(lines: list[bytes], held: dict[tuple[int, int], int] | None = None) -> list[str]:
    return judge(lines, "131164", held or {}).findings


def test_an_ordinary_year_may_be_published() -> None:
    assert findings(ward(incomes), HELD) == []
    assert findings(ward(incomes)) == []
    assert findings([assessed(1, None)]) == []
    assert judge(ward(incomes), "131164", {}).records == 100


@pytest.mark.parametrize("held", [HELD, {}])
def test_thousands_of_yen_are_seen_against_the_year_before_and_without_it(held: Any) -> None:
    (why,) = findings(ward(lambda n: incomes(n) // 1000), held)
    assert "thousands of yen" in why


def test_thirty_in_a_hundred_are_not_yet_a_suspicion_and_one_more_is() -> None:
    def some(of: int) -> list[bytes]:
        return ward(lambda n: incomes(n) // 1000 if n < of else incomes(n))

    assert findings(some(30), HELD) == []
    assert len(findings(some(31), HELD)) == 1


def test_a_few_poor_people_are_no_suspicion() -> None:
    assert findings(ward(lambda n: 5_000, FEWEST_COMPARED - 1)) == []


def test_one_row_over_and_over_and_no_row_at_all() -> None:
    assert findings(ward(lambda n: 640_000)) == ["every assessment of the file says the same"]
    assert findings([]) == ["the file holds no assessment"]
    assert findings([b"{}", b"x"]) == ["the file holds no assessment"]


def test_a_person_twice_and_another_municipality_by_their_lines() -> None:
    twice = [assessed(1, 640_000), assessed(1, 650_000)]
    assert findings(twice) == ["line 2: the same person, year and version as line 1"]
    assert findings([assessed(1, 640_000), assessed(1, 650_000, version=2)]) == []
    elsewhere = [assessed(1, 640_000), assessed(2, 650_000, municipality="131130")]
    assert findings(elsewhere) == ["line 2, municipality: assessments of 131164 only"]


def test_a_verdict_shows_no_value() -> None:
    shown = " ".join(findings([*ward(lambda n: incomes(n) // 1000), assessed(0, 1)], HELD))
    assert "10000" not in shown
