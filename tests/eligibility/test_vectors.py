"""The published worked cases: every kind the rules answer, and no kind silently left out."""

import json
from pathlib import Path
from typing import Any

import pytest
from eligibility.cases import KINDS, run_case
from eligibility.rules.parameters import Parameters

VECTORS: dict[str, Any] = json.loads((Path(__file__).parent / "vectors-open.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["id"])
def test_worked_case(case: dict[str, Any], parameters: Parameters) -> None:
    result = run_case(case, parameters)
    assert result.passed, f"{result.title}: expected {result.expected}, got {result.got}"


def test_every_kind_of_the_vectors_is_answered() -> None:
    assert set(VECTORS["kinds"]) == set(KINDS)


def test_a_kind_without_rules_fails_by_name(parameters: Parameters) -> None:
    result = run_case({"kind": "horoscope", "input": {}, "expected": {"luck": 1}}, parameters)
    assert not result.passed
    assert result.got == "unknown kind 'horoscope'"


@pytest.mark.parametrize(
    ("case", "got"),
    [
        ({"kind": "age_event", "input": {"birth_date": "2000-01-01", "age": 20}}, "the case expects nothing"),
        ({"kind": "age_event", "input": {"age": 20}, "expected": {"attained_on": "x"}}, "KeyError: 'birth_date'"),
        ({"kind": "age_event", "input": [], "expected": {"attained_on": "x"}}, "TypeError"),
        (
            {"kind": "my_number_digit", "input": {"body": "1234"}, "expected": {"check_digit": 8}},
            "ValueError: the body of a My Number has 11 ASCII digits",
        ),
        (
            {
                "kind": "qualification_date",
                "input": {"event": "x", "fact_date": "2026-01-01"},
                "expected": {"kind": "loss"},
            },
            "ValueError: unknown qualification event 'x'",
        ),
        (
            {
                "kind": "student_result",
                "input": {"month": "2026-05", "applicant": {"total_income_yen": 0, "flags": {"rich": True}}},
                "expected": {"approved": True},
            },
            "ValueError: unknown flags ['rich']",
        ),
    ],
)
def test_a_broken_case_fails_and_says_why(case: dict[str, Any], got: str, parameters: Parameters) -> None:
    result = run_case(case, parameters)
    assert not result.passed
    assert str(result.got).startswith(got)


def test_an_expected_key_the_answer_lacks_fails(parameters: Parameters) -> None:
    case = {"kind": "age_event", "input": {"birth_date": "2000-01-02", "age": 20}, "expected": {"attained": None}}
    assert not run_case(case, parameters).passed


def test_an_unknown_income_is_neither_approved_nor_refused(parameters: Parameters) -> None:
    case = {
        "kind": "student_result",
        "input": {"month": "2026-05", "applicant": {"total_income_yen": None}},
        "expected": {"approved": None},
    }
    assert run_case(case, parameters).passed
