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


def test_json(tmp_path: Path) -> None:
    status, lines = run(tmp_path, [RIGHT, WRONG], "--json")
    assert status == 1
    printed = json.loads("\n".join(lines))
    assert (printed["passed"], printed["failed"]) == (1, 1)
    assert printed["failures"][0]["got"] == {"attained_on": "2020-05-09"}
