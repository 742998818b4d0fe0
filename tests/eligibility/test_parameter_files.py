"""The parameter files load, and whatever is not as it must be is refused with file and key named."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from contracts.vocabulary import Month
from eligibility.parameter_files import FOLDER, ParameterFileError, load_parameters
from eligibility.rules.parameters import NotHeldError, Parameters


def test_the_value_of_a_month_comes_with_its_first_month_and_source(parameters: Parameters) -> None:
    base = parameters.exemption_income_limits.per_head_base
    assert (base.at(Month(2021, 6)).value, str(base.at(Month(2021, 6)).since)) == (220_000, "2005-04")
    assert (base.at(Month(2021, 7)).value, str(base.at(Month(2021, 7)).since)) == (320_000, "2021-07")
    assert base.at(Month(2099, 12)) is base.newest
    assert "令和3年政令99号" in base.newest.source


def test_a_month_before_the_first_value_is_not_guessed(parameters: Parameters) -> None:
    with pytest.raises(NotHeldError, match=r"exemption_income_limits\.quarter: no value for 2006-06.*2006-07"):
        parameters.exemption_income_limits.quarter.at(Month(2006, 6))


def replace(old: str, new: str) -> Callable[[str], str]:
    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return change


@pytest.mark.parametrize(
    ("file", "change", "message"),
    [
        ("filing", replace("source:", "sauce:"), r"filing\.yaml: days: value 1: unknown member 'sauce'"),
        (
            "filing",
            lambda text: text[: text.index("      source")],
            r"filing\.yaml: days: value 1: member 'confidence' is",
        ),
        ("filing", replace("source: NPR", "source: ''  # NPR"), r"filing\.yaml: days: value 1: source must be a text"),
        ("filing", replace("days:", "weeks:"), r"filing\.yaml: unknown key 'weeks'"),
        (
            "filing",
            replace("confidence: statute", "confidence: sure"),
            r"filing\.yaml: days: value 1: confidence must be",
        ),
        ("filing", replace("value: 14", "value: fourteen"), r"filing\.yaml: days: value 1: must be a whole number"),
        ("filing", replace("value: 14", "value: true"), r"filing\.yaml: days: value 1: must be a whole number"),
        ("filing", replace("value: 14", "value: -14"), r"filing\.yaml: days: value 1: must be a whole number"),
        ("filing", replace("value: 14", "value: 14.0"), r"filing\.yaml: days: value 1: must be a whole number"),
        ("filing", replace("unit: days", "unit: flag"), r"filing\.yaml: days: unit must be yen or years or months"),
        ("filing", replace("from: 1960-10", "from: 1960"), r"filing\.yaml: days: value 1: from: a month is written"),
        ("filing", replace("from: 1960-10", "from: 1960-13"), r"filing\.yaml: days: value 1: from: a month is written"),
        ("filing", replace("2026-11-23", "soon"), r"filing\.yaml: days: reviewed must be a day"),
        ("filing", replace("  reviewed: 2026-11-23\n", ""), r"filing\.yaml: days: member 'reviewed' is missing"),
        ("filing", replace("  unit:", "  until: 2030-01\n  unit:"), r"filing\.yaml: days: unknown member 'until'"),
        ("filing", lambda text: text + text, r"filing\.yaml: key 'days' given twice"),
        (
            "filing",
            lambda text: text[: text.index("  values:")] + "  values: []\n",
            r"filing\.yaml: days: values must be",
        ),
        ("filing", lambda text: "- 1\n", r"filing\.yaml: must hold keys"),
        ("filing", lambda text: "days: [\n", r"filing\.yaml: "),
        (
            "flat_line",
            replace("from: 2021-07", "from: 2005-04"),
            r"flat_line\.yaml: limit: the `from` months must ascend",
        ),
        (
            "flat_line",
            replace("from: 2021-07", "from: 2004-01"),
            r"flat_line\.yaml: limit: the `from` months must ascend",
        ),
        (
            "flat_line",
            replace("value: true", "value: 1"),
            r"flat_line\.yaml: single_parent: value 2: must be true or false",
        ),
        ("death_lump_sum", replace("180: 145000", "36: 145000"), r"death_lump_sum\.yaml: key 36 given twice"),
        ("death_lump_sum", replace("180: 145000", "20: 145000"), r"amounts: value 1: the steps must ascend"),
        ("death_lump_sum", replace("180: 145000", "180: much"), r"amounts: value 1: 180: must be a whole number"),
        ("death_lump_sum", replace("180: 145000", "x: 145000"), r"amounts: value 1: must be a whole number"),
        (
            "deferral",
            replace("value: 2035-06", "value: 2035"),
            r"deferral\.yaml: last_month: value 1: a month is written",
        ),
    ],
)
def test_refused(file: str, change: Callable[[str], str], message: str, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(FOLDER, tmp_path / "parameters"))
    path = folder / f"{file}.yaml"
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(ParameterFileError, match=message):
        load_parameters(folder)


def test_a_missing_and_an_unknown_file_are_refused(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(FOLDER, tmp_path / "parameters"))
    (folder / "ages.yaml").rename(folder / "old_ages.yaml")
    with pytest.raises(ParameterFileError, match="unknown file 'old_ages'"):
        load_parameters(folder)
    (folder / "old_ages.yaml").unlink()
    with pytest.raises(ParameterFileError, match="file 'ages' is missing"):
        load_parameters(folder)
