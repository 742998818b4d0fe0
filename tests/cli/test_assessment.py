"""The code does what the ward's assessment says, and what goes beyond is in its table of changes; each control's tests exist."""

import ast
from pathlib import Path

import pytest
from cli.assessment import PERSONS, USERS, Assessment, Drift, Measure, assessment, class_of, drift, observed, page

ROOT = Path(__file__).parents[2]


def test_code_and_assessment_agree() -> None:
    assert [str(one) for one in drift(assessment(), observed())] == []


def without(written: Assessment, name: str) -> Assessment:
    """The assessment as if nobody had written a name."""
    given = written.model_dump(mode="json")
    for one in (*given["entries"], *given["changes"]):
        for part, names in one.items():
            if isinstance(names, list):
                one[part] = [other for other in names if other != name]
    return Assessment.model_validate(given)


def test_what_nobody_wrote_down_is_drift() -> None:
    code = observed()
    assert drift(without(assessment(), "childcare"), code) == [Drift("filings", "childcare", "beyond")]
    assert drift(without(assessment(), "online"), code) == [Drift("channels", "online", "beyond")]
    more = code | {"rights": code["rights"] | {"residents.export"}}
    assert drift(assessment(), more) == [Drift("rights", "residents.export", "beyond")]
    less = code | {"status": code["status"] - {"lost_on"}}
    assert drift(assessment(), less) == [Drift("status", "lost_on", "missing")]


def test_the_page_is_made_from_the_data() -> None:
    assert (ROOT / "docs" / "assessment.md").read_text("utf-8") == page()


def names_in(file: Path) -> set[str]:
    tree = ast.parse(file.read_text("utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


@pytest.mark.parametrize("one", assessment().measures, ids=lambda one: one.place)
def test_each_control_is_shown_by_tests_that_exist(one: Measure) -> None:
    for test in one.tests:
        file, _, name = test.partition("::")
        assert name in names_in(ROOT / file), f"{test} does not exist"


def test_a_measure_without_a_test_is_refused() -> None:
    with pytest.raises(ValueError, match="a control and tests"):
        Measure(place="Ⅲ0", measure="何か", kind="enforced", control="somehow")


@pytest.mark.parametrize(
    ("count", "persons", "users"),
    [(0, "1,000人未満", "10人未満"), (99, "1,000人未満", "50人以上100人未満"), (100, "1,000人未満", "100人以上500人未満"),
     (99_999, "1万人以上10万人未満", "1,000人以上"), (100_000, "10万人以上30万人未満", "1,000人以上"), (300_000, "30万人以上", "1,000人以上")],
)  # fmt: skip
def test_classes_of_counts(count: int, persons: str, users: str) -> None:
    assert class_of(count, PERSONS, "30万人以上") == persons
    assert class_of(count, USERS, "1,000人以上") == users
