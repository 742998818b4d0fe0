"""Others build on kokunen-contracts: it needs the standard library and pydantic, nothing else."""

import ast
import sys
import tomllib
from pathlib import Path

import pytest

LIBRARY = Path(__file__).parents[2] / "libs/contracts"
MODULES = sorted(LIBRARY.glob("contracts/**/*.py"))
ALLOWED = {*sys.stdlib_module_names, "pydantic", "pydantic_core", "contracts"}


def packages(code: str) -> set[str]:
    """Top-level packages that a module imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").split(".")[0] if node.level == 0 else "contracts")
    return found


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(LIBRARY)))
def test_a_module_needs_only_the_standard_library_and_pydantic(module: Path) -> None:
    assert packages(module.read_text("utf-8")) - ALLOWED == set()


def test_the_package_declares_pydantic_and_nothing_else() -> None:
    project = tomllib.loads((LIBRARY / "pyproject.toml").read_text("utf-8"))["project"]
    assert [need.split(">")[0] for need in project["dependencies"]] == ["pydantic"]


def test_a_stranger_would_be_noticed() -> None:
    assert packages("def f():\n    from asyncpg.pool import Pool\n    import yaml, json") - ALLOWED == {
        "asyncpg",
        "yaml",
    }
