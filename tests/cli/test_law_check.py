"""`kokunen law check` finds what a citation names, and names what it does not find. The texts here are made up."""

import datetime as dt
from pathlib import Path

import pytest
from cli import law, law_check
from cli.law_check import Statute, cited_in
from typer.testing import CliRunner

TEXT = """---
last_updated: "2026-05-25"
---
**第九条（資格）**　次の各号のいずれかとする。

- 一　架空の事由

- 二　架空の事由

**第九条の二（特例）**　一項の本文。

**２**　二項の本文。

- 一　架空の事由

**３**　三項の本文。

**第八十八条**　本文。

## 附則

**第五条（任意）**　本文。

- 十二　架空の事由

## 附則

**第三百条**　後の改正の附則。
"""


@pytest.mark.parametrize(
    ("cited", "lacks"),
    [
        ("NPA 9条", [None]),
        ("NPA 9条2号", [None]),
        ("NPA 9条3号", ["there is no such item"]),
        ("NPA 9条の2第3項", [None]),
        ("NPA 9条の2第4項", ["the article has 3 paragraphs"]),
        ("NPA 9条の2第2項1号", [None]),
        ("NPA 9条の2第1項1号", ["there is no such item"]),
        ("NPA 9条の2第3項1号", ["there is no such item"]),
        ("NPA 9条の3", ["there is no such article"]),
        ("NPA 88条", [None]),
        ("NPA 附則5条12号", [None]),
        ("NPA 附則9条", ["there is no such article"]),
        ("NPA 附則300条", ["there is no such article"]),  # of a later amendment, not of the law itself
        ("NPA 9条, 88条・10条", [None, None, "there is no such article"]),
        ("国民年金法9条の2第2項", [None]),
        ("旧NPA 10条", []),
        ("平16改正法附則19条2項", []),
    ],
)
def test_a_citation_is_resolved_to_the_item(cited: str, lacks: list[str | None]) -> None:
    statute = Statute(TEXT)
    assert [statute.lacks(one) for one in cited_in(cited, "rule.py")] == lacks


def test_the_laws_are_told_apart() -> None:
    found = list(
        cited_in("国民年金法施行規則77条の7第2号, NPO 6条の7 and NPA 90条1項4号; 令和3年政令99号附則2条2項", "f")
    )
    assert [str(one) for one in found] == ["NPR 77条の7第2号", "NPO 6条の7", "NPA 90条第1項第4号"]


def test_our_code_cites_what_it_should() -> None:
    found = {str(cited) for cited in law_check.citations(law_check.REPOSITORY)}
    assert {"NPA 90条第1項第1号", "NPO 6条の7", "NPR 77条の7第2号", "NPA 附則5条第8項第4号"} <= found


def test_values_reviewed_before_their_law_changed_are_a_work_list(tmp_path: Path) -> None:
    changed = TEXT.replace("2026-05-25", "2027-04-01")
    (tmp_path / "334AC0000000141.md").write_text(changed, "utf-8")
    looked_at, findings = law_check.check(tmp_path)
    assert looked_at > 50
    assert ("premium.base", "NPA changed on 2027-04-01, reviewed on 2026-11-25") in {
        (finding.citation, finding.text) for finding in findings
    }
    (tmp_path / "334AC0000000141.md").write_text(TEXT, "utf-8")
    _, findings = law_check.check(tmp_path)
    assert Statute(TEXT).updated == dt.date(2026, 5, 25)
    assert not [finding for finding in findings if "changed on" in finding.text]


def test_the_command_ends_with_1_where_something_is_to_be_looked_into(tmp_path: Path) -> None:
    assert CliRunner().invoke(law.app, ["check", str(tmp_path)]).exit_code == 2
    (tmp_path / "334AC0000000141.md").write_text(TEXT, "utf-8")
    result = CliRunner().invoke(law.app, ["check", str(tmp_path)])
    assert result.exit_code == 1
    assert "NPA 88条の3: there is no such article" in result.output
