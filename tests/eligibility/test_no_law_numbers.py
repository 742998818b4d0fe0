"""No number of the law stands in the rules: amounts, ages and terms live in parameters/*.yaml with their source."""

import ast
from pathlib import Path

import eligibility.rules
import pytest

RULES = sorted(Path(eligibility.rules.__file__).parent.glob("*.py"))
BESIDE = [
    RULES[0].parents[1] / f"{name}.py"
    for name in (
        "determine",
        "pre_check",
        "household",
        "premium_months",
        "reception",
        "hints",
        "milestones",
        "proposal",
        "timeline",
        "facts",
    )
]
"""The pure modules that put the rules together."""
# months of a year, days of a shift, months a counting rule gives: what calendars and citations are made of
SMALL = range(-2, 7)
NOT_LAW = {
    ("means_test.py", 64), ("means_test.py", 4096), ("exemption.py", 4096), ("premium.py", 1000),  # sizes of caches; thousandths
    ("pre_check.py", 11), ("hints.py", 31),  # the rest of a year's months; the last of March
    ("facts.py", 2025), ("facts.py", 10),  # from when births raise hints: ours to choose
}  # fmt: skip


@pytest.mark.parametrize("path", [*RULES, *BESIDE], ids=lambda path: path.stem)
def test_only_small_calendar_numbers(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    numbers = {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool)
    }
    assert {number for number in numbers if number not in SMALL and (path.name, number) not in NOT_LAW} == set()


@pytest.mark.parametrize("path", [path for path in RULES if path.stem not in ("__init__",)], ids=lambda path: path.stem)
def test_every_rule_file_says_what_it_answers(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
def test_a_rule_reads_no_clock_and_does_no_io(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    allowed = (
        "contracts",
        "eligibility.rules",
        "bisect",
        "collections.abc",
        "dataclasses",
        "datetime",
        "fractions",
        "functools",
        "typing",
    )
    assert {name for name in imported if not name.startswith(allowed)} == set()
    called = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert not called & {"today", "now", "utcnow"}
    assert not any(isinstance(node, ast.AsyncFunctionDef) for node in ast.walk(tree))
