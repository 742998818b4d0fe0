"""An extract of another package: is it whole, which events does it become, and where do the two say different things?"""

import csv
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from cli.takeover import extract
from cli.takeover.comparison import Difference, exempt_months, periods
from cli.takeover.extract import TABLES, TOPIC, Counted, Months, NotAnExtract, Period
from contracts.decoder import decode
from contracts.vocabulary import Month

from tests.events import day

Rows = dict[str, list[Sequence[str]]]
WHOLE: Rows = {
    "basic_pension_numbers": [("10000001", "9900000001", "1"), ("10000002", "9900000002", "1")],
    "memberships": [("10000001", "1", "2020-04-01", "", "1"), ("10000002", "voluntary_60_64", "2024-05-01", "2025-05-01", "2")],
    "exemption_decisions": [("10000001", "D-1", "", "2025-08-01", "2025-07", "2026-06", "full", "1")],
    "insured_periods": [("10000001", "1", "2020-04-01", "")],
    "exempt_months": [("10000001", "full", "2025-07", "2026-06")],
}  # fmt: skip


def written(folder: Path, rows: Rows) -> Path:
    """An extract with these rows, and an `extract.json` that fits."""
    tables: dict[str, Any] = {}
    for name, own in rows.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows([TABLES[name].columns, *own])
        head = TABLES[name].columns
        totals = {
            column: sum(int(row[place]) for row in own if len(row) == len(head) and row[place].isdigit())
            for place, column in enumerate(head)
            if column in TABLES[name].totals
        }
        digest = hashlib.sha256((folder / f"{name}.csv").read_bytes()).hexdigest()
        tables[name] = {"rows": len(own), "sha256": digest, "totals": totals}
    told = {"system": "OLD-1", "taken_at": "2026-11-20T18:00:00+09:00", "municipality": "131164", "tables": tables}
    (folder / "extract.json").write_text(json.dumps(told))
    return folder


def findings(folder: Path) -> list[str]:
    checked = extract.check(folder, extract.manifest(folder))
    return [str(finding) for one in checked.values() for finding in one.findings]


def test_a_whole_extract_becomes_events_and_the_same_ones_each_time(tmp_path: Path) -> None:
    folder = written(tmp_path, WHOLE)
    given = extract.manifest(folder)
    assert findings(folder) == []
    assert {name: one.rows for name, one in extract.check(folder, given).items()} == {
        n: len(r) for n, r in WHOLE.items()
    }
    once, again = [
        [
            value
            for name in WHOLE
            if TABLES[name].is_event
            for value in extract.events_of(folder, name, given, Counted())
        ]
        for _ in range(2)
    ]
    assert once == again
    events = [decode(TOPIC, value) for value in once]
    assert [(one.type, one.subject) for one in events] == [
        ("BasicPensionNumberAssigned", "10000001"),
        ("BasicPensionNumberAssigned", "10000002"),
        ("MembershipNotified", "10000001"),
        ("MembershipNotified", "10000002"),
        ("ExemptionDecided", "10000001"),
    ]
    assert {one.source for one in events} == {"takeover/old-1"}
    assert events[2].data.category == 1
    assert events[2].data.lost_on is None
    assert (events[4].data.first_month, events[4].data.scheme) == (Month(2025, 7), "full")
    assert len({one.id for one in events}) == len(events)


def with_row(name: str, *row: str) -> Rows:
    return WHOLE | {name: [*WHOLE[name], row]}


@pytest.mark.parametrize(
    ("rows", "wrong"),
    [
        (with_row("memberships", "10000003", "1", "2020-13-01", "", "1"), "memberships, row 4, acquired_on"),
        (with_row("memberships", "10000003", "4", "2020-04-01", "", "1"), "memberships, row 4, category"),
        (with_row("memberships", "10000003", "1", "2020-04-01", "2019-04-01", "1"), "memberships, row 4: lost_on must not lie before"),
        (with_row("memberships", "", "1", "2020-04-01", "", "1"), "memberships, row 4, addressee"),
        (with_row("memberships", "123456789012", "1", "2020-04-01", "", "1"), "memberships, row 4, addressee"),
        (with_row("memberships", *WHOLE["memberships"][0]), "memberships, row 4: the same as a row before"),
        (with_row("memberships", "10000003"), "memberships, row 4: 1 columns instead of 5"),
        (with_row("basic_pension_numbers", "10000003", "99000", "1"), "basic_pension_numbers, row 4, basic_pension_number"),
        (with_row("exemption_decisions", "10000002", "D-2", "", "2025-08-01", "2025-07", "2025-06", "half", "1"), "exemption_decisions, row 3: last_month"),
        (with_row("insured_periods", "10000002", "1", "1.4.2020", ""), "insured_periods, row 3, first_day"),
        (with_row("exempt_months", "10000002", "none", "2025-07", ""), "exempt_months, row 3, exemption"),
    ],
)  # fmt: skip
def test_a_row_that_would_not_be_taken_is_named_and_its_values_are_not(tmp_path: Path, rows: Rows, wrong: str) -> None:
    found = findings(written(tmp_path, rows))
    assert any(one.startswith(wrong) for one in found), found
    assert not any(value in one for one in found for value in ("123456789012", "99000", "2020-13-01", "1.4.2020"))


def test_what_is_not_what_the_package_says_it_gave_is_named(tmp_path: Path) -> None:
    folder = written(tmp_path, WHOLE)
    lines = (folder / "memberships.csv").read_bytes().splitlines(keepends=True)
    (folder / "memberships.csv").write_bytes(b"".join(lines[:-1]))
    (folder / "exempt_months.csv").unlink()
    assert findings(folder) == [
        "memberships: 1 rows, extract.json says 2",
        "memberships: the file's SHA-256 is not the one in extract.json",
        "memberships, addressee: the control total is not the one in extract.json",
        "exempt_months: extract.json names it, and there is no exempt_months.csv",
    ]
    (folder / "insured_periods.csv").write_bytes("addressee,区分\n".encode("cp932"))
    assert "insured_periods: the file is not UTF-8" in findings(folder)
    told = json.loads((folder / "extract.json").read_text())
    del told["tables"]["memberships"]
    (folder / "extract.json").write_text(json.dumps(told))
    assert "memberships: extract.json does not name it" in findings(folder)
    for wrong in ({"system": "no name"}, {"tables": {"more": told["tables"]["exempt_months"]}}):
        (folder / "extract.json").write_text(json.dumps(told | wrong))
        with pytest.raises(NotAnExtract):
            extract.manifest(folder)


def stay(category: Any, first: str, end: str = "") -> Period:
    return Period(addressee=1, category=category, first_day=day(first), end_day=day(end) if end else None)


def test_stays_are_compared_by_category_and_first_day() -> None:
    theirs = [stay(1, "2020-04-01", "2021-04-01"), stay(2, "2021-04-01"), stay(3, "2019-04-01", "2020-04-01")]
    assert list(periods(theirs, reversed(theirs))) == []
    ours = [stay(1, "2020-04-01"), stay(2, "2021-05-01"), stay(3, "2019-04-01", "2020-04-01")]
    assert list(periods(theirs, ours)) == [
        Difference(1, "資格期間 第1号 2020-04-01 の終わり", "2021-04-01", "継続"),
        Difference(1, "資格期間 第2号 2021-04-01", "–継続", ""),
        Difference(1, "資格期間 第2号 2021-05-01", "", "–継続"),
    ]


def exempt(exemption: Any, first: Month, last: Month | None) -> Months:
    return Months(addressee=1, exemption=exemption, first_month=first, last_month=last)


def test_months_are_compared_one_by_one_and_told_in_runs() -> None:
    july, june = Month(2025, 7), Month(2026, 6)
    # one row or twelve: the same months
    twelve = [exempt("full", july + n, july + n) for n in range(12)]
    assert list(exempt_months([exempt("full", july, june)], twelve)) == []
    ours = [exempt("full", july, july + 2), exempt("half", july + 3, june), exempt("statutory", june + 4, None)]
    assert list(exempt_months([exempt("full", july, june)], ours)) == [
        Difference(1, "免除月 2025-10–2026-06", "full", "half"),
        Difference(1, "免除月 2026-10–", "", "statutory"),
    ]
    assert list(exempt_months([], [exempt("full", july, july), exempt("full", july + 2, july + 2)])) == [
        Difference(1, "免除月 2025-07–2025-07", "", "full"),
        Difference(1, "免除月 2025-09–2025-09", "", "full"),
    ]


def test_the_page_names_every_table_and_column() -> None:
    page = (Path(__file__).parents[2] / "docs" / "takeover.md").read_text("utf-8")
    for name, table in TABLES.items():
        assert f"| `{name}.csv` | {', '.join(f'`{column}`' for column in table.columns)} |" in page
