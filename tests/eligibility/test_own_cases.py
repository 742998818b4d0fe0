"""Our own worked cases (cases/*.yaml, a file a rule): every one comes out as its source says, in any order, however often."""

import random
from pathlib import Path
from typing import Any, get_args

import eligibility.rules
import pytest
from cli.cases import read_cases
from eligibility.cases import KINDS, OWN_KINDS, run_case
from eligibility.rules.parameters import Confidence, Parameters
from eligibility.rules.qualification_date import EVENTS

FILES = {path.stem: read_cases(path) for path in sorted((Path(__file__).parent / "cases").glob("*.yaml"))}
CASES: list[dict[str, Any]] = [case for found in FILES.values() for case in found]
AT_LEAST = 400


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_case(case: dict[str, Any], parameters: Parameters) -> None:
    result = run_case(case, parameters)
    assert result.passed, f"{result.title}: expected {result.expected}, got {result.got}"


@pytest.mark.parametrize("name", FILES)
def test_shuffled_and_doubled_a_file_says_the_same(name: str, parameters: Parameters) -> None:
    answers = {case["id"]: run_case(case, parameters).got for case in FILES[name]}
    twice = FILES[name] * 2
    random.Random(name).shuffle(twice)
    for case in twice:
        result = run_case(case, parameters)
        assert (result.passed, result.got) == (True, answers[case["id"]]), result.id


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_a_wrong_expectation_makes_a_case_fail(case: dict[str, Any], parameters: Parameters) -> None:
    for key in case["expected"]:
        assert not run_case({**case, "expected": {**case["expected"], key: "wrong"}}, parameters).passed, key


def test_there_are_many() -> None:
    assert len(CASES) >= AT_LEAST


def test_each_has_a_name_of_its_own_a_title_and_a_source() -> None:
    assert len({case["id"] for case in CASES}) == len(CASES)
    for case in CASES:
        assert isinstance(case["title"], str), case["id"]
        assert isinstance(case["source"], str), case["id"]
        assert case["confidence"] in get_args(Confidence), case["id"]
        assert set(case) <= {"id", "kind", "title", "input", "expected", "source", "confidence", "why"}, case["id"]


def test_every_rule_has_its_file() -> None:
    rules = {path.stem for path in Path(eligibility.rules.__path__[0]).glob("*.py")} - {"__init__", "parameters"}
    assert rules - set(FILES) == set(), "write tests/eligibility/cases/<rule>.yaml, the boundary first"


def test_every_kind_and_every_event_has_a_case() -> None:
    assert {case["kind"] for case in CASES} == {*KINDS, *OWN_KINDS}
    assert {case["input"]["event"] for case in CASES if case["kind"] == "qualification_date"} == EVENTS
