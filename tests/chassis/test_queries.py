"""A service's SQL by name: a name that stands twice would silently hide the first query."""

from pathlib import Path

import pytest
from chassis import database


def package(folder: Path, name: str, text: str) -> str:
    (folder / name).mkdir()
    (folder / name / "__init__.py").touch()
    (folder / name / "queries.sql").write_text(text)
    return name


def test_queries_come_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    name = package(tmp_path, "sql_once", "-- name: one\nselect 1;\n-- name: two\nselect 2;\n")
    assert {key: value.strip() for key, value in database.queries(name).items()} == {
        "one": "select 1;",
        "two": "select 2;",
    }


def test_a_name_used_twice_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    name = package(tmp_path, "sql_twice", "-- name: one\nselect 1;\n-- name: one\nselect 2;\n")
    with pytest.raises(ValueError, match="two queries named one"):
        database.queries(name)
