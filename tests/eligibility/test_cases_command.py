"""`kokunen cases`: what it prints, and when its exit status is 0."""

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from cli.cases import cases
from typer.testing import CliRunner

APP = typer.Typer()
APP.command()(cases)

RIGHT = {
    "id": "a",
    "kind": "age_event",
    "title": "ordinary birthday",
    "input": {"birth_date": "2000-05-10", "age": 20},
    "expected": {"attained_on": "2020-05-09"},
}
WRONG = {**RIGHT, "id": "b", "title": "on the birthday", "expected": {"attained_on": "2020-05-10"}}
LATER = {"id": "c", "kind": "horoscope", "title": "not a rule", "input": {}, "expected": {"lucky": True}}


def run(tmp_path: Path, found: list[dict[str, Any]], *options: str) -> tuple[int, list[str]]:
    path = tmp_path / "cases.json"
    path.write_text(json.dumps({"cases": found}), encoding="utf-8")
    result = CliRunner().invoke(APP, [str(path), *options])
    return result.exit_code, result.output.splitlines()


def test_all_pass(tmp_path: Path) -> None:
    assert run(tmp_path, [RIGHT]) == (0, ["1 passed, 0 failed"])


def test_a_failed_case_is_printed_with_expected_and_got(tmp_path: Path) -> None:
    assert run(tmp_path, [RIGHT, WRONG]) == (
        1,
        [
            "FAILED b (age_event): on the birthday",
            '  expected {"attained_on": "2020-05-10"}',
            '  got      {"attained_on": "2020-05-09"}',
            "1 passed, 1 failed",
        ],
    )


def test_an_unknown_kind_fails_with_its_name(tmp_path: Path) -> None:
    status, lines = run(tmp_path, [LATER])
    assert status == 1
    assert "  got      unknown kind 'horoscope'" in lines
    assert lines[-1] == "0 passed, 1 failed"


def test_kind_runs_only_that_kind(tmp_path: Path) -> None:
    assert run(tmp_path, [RIGHT, LATER], "--kind", "age_event") == (0, ["1 passed, 0 failed"])


@pytest.mark.parametrize("options", [("--kind", "horoscope"), ("--kind", "age_event", "--kind", "horoscope")])
def test_kind_naming_an_unknown_kind_fails(tmp_path: Path, options: tuple[str, ...]) -> None:
    status, lines = run(tmp_path, [RIGHT, LATER], *options)
    assert status == 2
    assert "unknown kind 'horoscope'" in lines[0]


def test_running_nothing_is_not_success(tmp_path: Path) -> None:
    assert run(tmp_path, [RIGHT], "--kind", "income_year")[0] == 2


@pytest.mark.parametrize("content", ["", "[]", '{"cases": {}}', '{"cases": [1]}'])
def test_a_file_of_another_shape_fails(tmp_path: Path, content: str) -> None:
    path = tmp_path / "cases.json"
    path.write_text(content, encoding="utf-8")
    result = CliRunner().invoke(APP, [str(path)])
    assert result.exit_code == 2
    assert "cases.json" in result.output


YAML = """
each: {kind: age_event, input: {birth_date: 2000-05-10, age: 20}}
cases:
- {id: a, title: ordinary birthday, expected: {attained_on: 2020-05-09}}
- {id: b, title: another age, input: {birth_date: 2000-05-10, age: 60}, expected: {attained_on: 2060-05-09}}
"""


def run_yaml(tmp_path: Path, text: str) -> tuple[int, list[str]]:
    path = tmp_path / "cases.yaml"
    path.write_text(text, encoding="utf-8")
    result = CliRunner().invoke(APP, [str(path)])
    return result.exit_code, result.output.splitlines()


def test_yaml_says_once_what_its_cases_share_and_keeps_days_as_they_are_written(tmp_path: Path) -> None:
    assert run_yaml(tmp_path, YAML) == (0, ["2 passed, 0 failed"])
    status, lines = run_yaml(tmp_path, YAML.replace("2060-05-09", "2060-05-10"))
    assert status == 1
    assert lines[1:3] == ['  expected {"attained_on": "2060-05-10"}', '  got      {"attained_on": "2060-05-09"}']


@pytest.mark.parametrize(
    "text",
    [
        "cases: [1]",
        "each: [1]\ncases: []",
        "cases: [",
        YAML.replace("id: a", "id: a, id: c"),
        YAML.replace("age: 20}}", "age: 20, age: 30}}"),
        YAML.replace("cases:", "cases: []\ncases:"),
    ],
)
def test_yaml_of_another_shape_or_with_a_key_given_twice_fails(tmp_path: Path, text: str) -> None:
    status, lines = run_yaml(tmp_path, text)
    assert status == 2
    assert "cases.yaml" in lines[0]


def test_json(tmp_path: Path) -> None:
    status, lines = run(tmp_path, [RIGHT, WRONG], "--json")
    assert status == 1
    printed = json.loads("\n".join(lines))
    assert (printed["passed"], printed["failed"]) == (1, 1)
    assert printed["failures"][0]["got"] == {"attained_on": "2020-05-09"}
