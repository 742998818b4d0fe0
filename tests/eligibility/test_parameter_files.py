"""The parameter files load, and whatever is not as it must be is refused with file and key named."""

import dataclasses
import datetime as dt
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from contracts.vocabulary import Month
from eligibility.parameter_files import (
    FOLDER,
    Activation,
    Draft,
    ParameterFileError,
    appended,
    as_if_since,
    load_draft,
    load_parameters,
    with_draft,
)
from eligibility.rules.parameters import NotHeldError, Parameters, every_value
from eligibility.rules.premium import monthly_premium
from eligibility.rules.reach import reach


def test_the_value_of_a_month_comes_with_its_first_month_and_source(parameters: Parameters) -> None:
    base = parameters.exemption_income_limits.per_head_base
    assert (base.at(Month(2021, 6)).value, str(base.at(Month(2021, 6)).since)) == (220_000, "2005-04")
    assert (base.at(Month(2021, 7)).value, str(base.at(Month(2021, 7)).since)) == (320_000, "2021-07")
    assert base.at(Month(2099, 12)) is base.newest
    assert "令和3年政令99号" in base.newest.source


def test_a_month_before_the_first_value_is_not_guessed(parameters: Parameters) -> None:
    with pytest.raises(NotHeldError, match=r"exemption_income_limits\.quarter: no value for 2006-06.*2006-07"):
        parameters.exemption_income_limits.quarter.at(Month(2006, 6))


@pytest.mark.parametrize(
    ("fiscal_year", "yen"),
    [
        (2005, 13_580), (2006, 13_860), (2007, 14_140), (2008, 14_420), (2009, 14_700), (2010, 14_980), (2011, 15_260),
        (2012, 15_540), (2013, 15_820), (2014, 16_100), (2015, 16_380), (2016, 16_660), (2017, 16_900), (2018, 16_900),
        (2019, 17_000), (2020, 17_000), (2026, 17_000),
    ],
)  # fmt: skip
def test_the_amount_before_the_rate_is_that_of_the_table_in_87(
    fiscal_year: int, yen: int, parameters: Parameters
) -> None:
    base = parameters.premium.base
    assert {base.at(Month(fiscal_year, 4)).value, base.at(Month(fiscal_year + 1, 3)).value} == {yen}
    assert base.at(Month(fiscal_year, 4)).confidence == "statute"


def test_a_premium_before_the_rates_we_hold_is_not_guessed(parameters: Parameters) -> None:
    assert monthly_premium(Month(2022, 4), parameters) == 16_590
    with pytest.raises(NotHeldError, match=r"premium\.revision_rate: no value for 2022-03.*2022-04"):
        monthly_premium(Month(2022, 3), parameters)
    with pytest.raises(NotHeldError, match=r"premium\.base: no value for 2005-03.*2005-04"):
        parameters.premium.base.at(Month(2005, 3))


def test_a_premium_after_the_rates_we_hold_is_not_guessed_either(parameters: Parameters) -> None:
    """The rate is set each year (87条5項): the last one known serves its fiscal year and no other."""
    assert monthly_premium(Month(2028, 3), parameters) == 18_290
    with pytest.raises(NotHeldError, match=r"premium\.revision_rate: no rate for 2028-04"):
        monthly_premium(Month(2028, 4), parameters)


@pytest.mark.parametrize("applied_on", [dt.date(2014, 3, 31), dt.date(2005, 4, 1)])
def test_how_far_an_application_reached_before_the_law_we_hold_is_not_guessed(
    applied_on: dt.date, parameters: Parameters
) -> None:
    with pytest.raises(NotHeldError, match=r"application\.reach_months: no value for 20.*2014-04"):
        reach("full", applied_on, parameters)


def test_the_ages_of_deferral_come_with_the_law_they_rest_on(parameters: Parameters) -> None:
    terms = parameters.deferral
    younger = [(str(age.since), age.value, age.source) for age in terms.younger_below_age.history]
    assert younger == [("2005-04", 30, "平16改正法附則19条1項"), ("2006-07", 30, "平16改正法附則19条2項")]
    older = [(str(age.since), age.value, age.source) for age in terms.older_below_age.history]
    assert older == [("2016-07", 50, "平26改正法附則14条1項")]


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


DRAFT = """
exemption_income_limits:
  per_head_base:
    values:
      - from: 2027-07
        value: 350_000
        source: "NPO 6条の7: as announced"
        confidence: derived
"""


def drafted(tmp_path: Path, text: str = DRAFT) -> Draft:
    path = tmp_path / "next-year.yaml"
    path.write_text(text, "utf-8")
    return load_draft(path)


def test_a_draft_continues_one_history_and_touches_nothing_else(parameters: Parameters, tmp_path: Path) -> None:
    then = with_draft(parameters, drafted(tmp_path))
    base = then.exemption_income_limits.per_head_base
    assert (base.at(Month(2027, 6)).value, base.at(Month(2027, 7)).value) == (320_000, 350_000)
    assert (base.newest.source, base.newest.confidence) == ("NPO 6条の7: as announced", "derived")
    assert parameters == load_parameters()
    differing = [
        one.name for one, other in zip(every_value(parameters), every_value(then), strict=True) if one != other
    ]
    assert differing == ["exemption_income_limits.per_head_base"]


def test_a_draft_as_if_it_had_held_earlier(parameters: Parameters, tmp_path: Path) -> None:
    then = with_draft(parameters, as_if_since(drafted(tmp_path), Month(2026, 7)))
    assert then.exemption_income_limits.per_head_base.at(Month(2026, 7)).value == 350_000


@pytest.mark.parametrize("since", ["2021-07", "2021-06", "2004-01"])
def test_a_draft_does_not_change_what_is_held(since: str, parameters: Parameters, tmp_path: Path) -> None:
    with pytest.raises(
        ParameterFileError, match=rf"exemption_income_limits\.yaml: per_head_base: .* 2021-07; .* {since}"
    ):
        with_draft(parameters, drafted(tmp_path, DRAFT.replace("2027-07", since)))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (replace("exemption_income_limits", "limits"), r"next-year\.yaml: unknown file 'limits'"),
        (replace("per_head_base", "base"), r"next-year\.yaml: exemption_income_limits: unknown key 'base'"),
        (replace("    values:", "    unit: yen\n    values:"), r"per_head_base: unknown member 'unit'"),
        (replace("values:", "value:"), r"per_head_base: unknown member 'value'"),
        (
            replace("350_000", "much"),
            r"next-year\.yaml: exemption_income_limits: per_head_base: value 1: must be a whole",
        ),
        (replace("2027-07", "2027"), r"per_head_base: value 1: from: a month is written"),
        (replace("derived", "sure"), r"per_head_base: value 1: confidence must be"),
        (replace('"NPO 6条の7: as announced"', "''"), r"per_head_base: value 1: source must be a text"),
        (
            lambda text: text + text[text.index("      - from") :],
            r"next-year\.yaml: exemption_income_limits: per_head_base: the `from` months must ascend",
        ),
        (
            lambda text: text + "        activated: {day: 2026-11-25, by: chief-1, confirmed_by: chief-2}\n",
            r"per_head_base: value 1: unknown member 'activated'",  # who lets it in is not said by who writes it
        ),
        (lambda text: text[: text.index("      - from")], r"per_head_base: values must be a list"),
        (lambda text: "exemption_income_limits: {per_head_base: 1}\n", r"per_head_base: must have values"),
        (lambda text: "exemption_income_limits: {}\n", r"exemption_income_limits: must hold keys"),
        (lambda text: "{}\n", r"next-year\.yaml: names no value"),
        (lambda text: text + text, r"next-year\.yaml: .*given twice"),
    ],
)
def test_a_draft_is_checked_as_strictly(change: Callable[[str], str], message: str, tmp_path: Path) -> None:
    with pytest.raises(ParameterFileError, match=message):
        drafted(tmp_path, change(DRAFT))


@pytest.mark.parametrize(
    ("activated", "message"),
    [
        ("{day: 2026-11-25, by: chief-1, confirmed_by: chief-2}", None),
        (
            "{day: 2026-11-25, by: chief-1, confirmed_by: chief-1}",
            "value 1: activated: must name two different accounts",
        ),
        ("{day: 2026-11-25, by: chief-1}", "value 1: activated: member 'confirmed_by' is missing"),
        ("{day: 2026-11-25, by: chief-1, confirmed_by: 2}", "value 1: activated: confirmed_by must be an account"),
        ("{day: 2026-11-25, by: 'the chief', confirmed_by: chief-2}", "value 1: activated: by must be an account"),
        ("{day: today, by: chief-1, confirmed_by: chief-2}", "value 1: activated: day must be a day"),
        ("chief-1", "value 1: activated: must have day, by and confirmed_by"),
    ],
)
def test_an_activated_value_names_two_people(activated: str, message: str | None, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(FOLDER, tmp_path / "parameters"))
    path = folder / "filing.yaml"
    text = path.read_text("utf-8")
    path.write_text(
        text.replace("confidence: statute", f"confidence: statute\n      activated: {activated}", 1), "utf-8"
    )
    if message is None:
        assert load_parameters(folder) == load_parameters()
    else:
        with pytest.raises(ParameterFileError, match=rf"filing\.yaml: days: {message}"):
            load_parameters(folder)


def test_every_key_of_every_file_can_be_continued_by_adding_lines(parameters: Parameters, tmp_path: Path) -> None:
    """The value after the newest one of each key, written into a copy: it loads as rehearsed, and no old line is lost."""
    folder = Path(shutil.copytree(FOLDER, tmp_path / "parameters"))
    activation = Activation(dt.date(2026, 11, 25), "chief-1", "chief-2")
    draft = {
        one.name: (dataclasses.replace(one.newest, since=Month(2099, 4), source="NPO: 'as' announced # [x]"),)
        for one in every_value(parameters)
    }
    for name, values in draft.items():
        subject, _, key = name.partition(".")
        path = folder / f"{subject}.yaml"
        before = path.read_text("utf-8")
        after = appended(before, key, values, activation)
        path.write_text(after, "utf-8")
        left = iter(after.splitlines())
        assert all(line in left for line in before.splitlines()), f"the lines of {path.name} stay, in their order"
        assert after.count("\n") == before.count("\n") + 5
    assert load_parameters(folder) == with_draft(parameters, draft)
