"""The pages of the law are those of the code, and what is doubtful is on one of them."""

import pytest
from cli import law
from cli.law_tree import trees
from eligibility.parameter_files import load_parameters


def test_no_page_is_stale() -> None:
    expected = law.render()
    assert {path.name for path in law.PAGES.glob("*.md")} == set(expected), "run `make docs`"
    for name, text in expected.items():
        assert (law.PAGES / name).read_text("utf-8") == text, f"{name} is stale: run `make docs`"


def test_a_changed_rule_makes_its_page_stale(monkeypatch: pytest.MonkeyPatch) -> None:
    from eligibility.rules import maternity

    before = law.render()["maternity.md"]
    monkeypatch.setattr(maternity, "__doc__", "NPA 88条の2: something else")
    assert law.render()["maternity.md"] != before


def test_a_rule_shows_the_values_it_reads_also_through_other_rules() -> None:
    page = law.render()["childcare.md"]
    assert "`childcare.months_after_maternity`" in page
    assert "`maternity.months_after`" in page
    assert "`deferral.last_month`" not in page
    assert "open-041" in page


def test_every_value_that_was_not_read_in_the_statute_is_on_the_doubtful_page() -> None:
    page = law.render()["doubtful.md"]
    parameters = load_parameters()
    assert parameters.childcare.below_age.newest.confidence == "secondary"
    assert "`childcare.below_age`" in page
    assert "`application.reach_months`" in page
    assert "`premium.base`" not in page


RULE = """
def may(age, here):
    '''A rule.'''
    if age is None:
        raise ValueError("age")
    match here:
        case "japan":
            return "yes" if age >= 20 else "no"
        case _:
            return None
"""


def test_a_rule_reads_as_a_tree() -> None:
    assert trees(RULE) == [
        ("may", [
            "if age is not known:",
            "  → refused: ValueError(age)",
            "here is japan:",
            "  if age ≥ 20: → yes",
            "  else: → no",
            "otherwise:",
            "  → none",
        ]),
    ]  # fmt: skip


def test_another_condition_is_another_tree() -> None:
    assert trees(RULE) != trees(RULE.replace(">=", ">"))


def test_a_function_that_decides_nothing_has_none() -> None:
    assert trees("def double(n):\n    return 2 * n\n") == []
