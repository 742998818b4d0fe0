"""Files that come back: each layout there and back, whole or refused by line, field and rule; what each row tells."""

import datetime as dt
from typing import Any

import pytest
from contracts.events.notice import BasicPensionNumberAssigned, ExemptionDecided, FilingProcessed, MembershipNotified
from contracts.fixed_file import Refused, read, write
from contracts.vocabulary import Month
from transmittal.returns import CODES, LAYOUTS, Kind, Ours, accepted, notice

DAY = dt.date(2026, 6, 1)
OURS: dict[str, Any] = {"line": 1, "batch": 3, "batch_line": 7, "basic_pension_number": 0}
ROWS: dict[Kind, dict[str, Any]] = {
    "results": OURS | {"filing": "", "result": 2, "reason": "document_missing", "processed_on": DAY},
    "decisions": OURS
    | {"decision": "D-1", "version": 1, "scheme": 0, "first_month": 202507, "last_month": 202606, "decided_on": DAY},
    "numbers": OURS | {"basic_pension_number": 9900000001, "version": 1},
    "memberships": {
        "line": 1, "basic_pension_number": 9900000001, "version": 2, "category": 3, "acquired_on": DAY, "lost_on": None, "cancelled": 0,
    },
    "absentees": {"line": 1, "basic_pension_number": 9900000001, "absent_since": DAY},
}  # fmt: skip


def a_file(kind: Kind, /, *rows: dict[str, Any], **header: Any) -> bytes:
    head = {
        "layout": LAYOUTS[kind].name, "municipality": "131164", "kind": CODES[kind], "delivery": "R-1", "made_on": DAY,
    }  # fmt: skip
    return write(LAYOUTS[kind], head | header, rows)


@pytest.mark.parametrize("kind", ROWS)
def test_each_layout_there_and_back(kind: Kind) -> None:
    file = read(LAYOUTS[kind], a_file(kind, ROWS[kind]))
    assert file.rows == (ROWS[kind],)
    accepted(file, kind, "R-1", "131164", 1)
    assert LAYOUTS[kind].confidence == "draft"


BAD: list[tuple[Kind, dict[str, Any], str]] = [
    ("results", {"result": 3}, "line 2, result: 1 or 2"),
    ("results", {"reason": ""}, "line 2, reason: with a 返戻"),
    ("results", {"result": 1}, "line 2, reason: with a 返戻"),
    ("results", {"processed_on": None}, "line 2, processed_on: a date"),
    ("results", {"batch_line": 0}, "line 2, batch_line: batch and line"),
    ("results", {"batch": 0, "batch_line": 0, "basic_pension_number": 9900000001}, "line 2, filing: a number"),
    ("results", {"batch": 0, "batch_line": 0, "filing": "X"}, "line 2, basic_pension_number: a number"),
    ("decisions", {"scheme": 7}, "line 2, scheme: 0 to 6"),
    ("decisions", {"first_month": 202513}, "line 2, first_month: YYYYMM"),
    ("decisions", {"last_month": 202506}, "line 2, last_month: not before"),
    ("decisions", {"decision": ""}, "line 2, decision: a number"),
    ("decisions", {"version": 0}, "line 2, version: from 1"),
    ("numbers", {"basic_pension_number": 0}, "line 2, basic_pension_number: a number"),
    ("memberships", {"category": 4}, "line 2, category: 1 to 3"),
    ("memberships", {"lost_on": dt.date(2026, 5, 31)}, "line 2, lost_on: not before"),
    ("memberships", {"cancelled": 2}, "line 2, cancelled: 0 or 1"),
    ("absentees", {"absent_since": None}, "line 2, absent_since: a date"),
    ("absentees", {"line": 2}, "line 2, line: numbered from 1"),
]


@pytest.mark.parametrize(("kind", "change", "verdict"), BAD)
def test_a_row_that_says_what_none_can_refuses_the_file(kind: Kind, change: dict[str, Any], verdict: str) -> None:
    file = read(LAYOUTS[kind], a_file(kind, ROWS[kind] | change))
    with pytest.raises(Refused, match=verdict):
        accepted(file, kind, "R-1", "131164", 1)


@pytest.mark.parametrize(
    ("header", "rows", "verdict"),
    [
        ({"municipality": "131130"}, 1, "files for 131164 only"),
        ({"delivery": "R-2"}, 1, "the number of the delivery"),
        ({"kind": 2}, 1, "kind 01"),
        ({"made_on": None}, 1, "made_on: a date"),
        ({}, 2, "announces 2 rows, the file has 1"),
    ],
)
def test_a_file_is_the_one_that_its_cover_announces(header: dict[str, Any], rows: int, verdict: str) -> None:
    file = read(LAYOUTS["results"], a_file("results", ROWS["results"], **header))
    with pytest.raises(Refused, match=verdict):
        accepted(file, "results", "R-1", "131164", rows)


def test_what_each_row_tells() -> None:
    ours = Ours(10000001, "F-1")
    returned = FilingProcessed(filing="F-1", result="returned", processed_on=DAY, reason="document_missing")
    assert notice("results", ROWS["results"], ours) == returned
    decided = notice("decisions", ROWS["decisions"], ours)
    assert isinstance(decided, ExemptionDecided)
    assert (decided.scheme, decided.filing, decided.first_month) == (None, "F-1", Month(2025, 7))
    assert notice("numbers", ROWS["numbers"], ours) == BasicPensionNumberAssigned(
        version=1, basic_pension_number="9900000001"
    )
    assert notice("memberships", ROWS["memberships"], None) == MembershipNotified(
        version=2, category=3, acquired_on=DAY
    )


def test_what_never_passed_us_has_no_filing_of_ours() -> None:
    decided = notice("decisions", ROWS["decisions"], None)
    assert isinstance(decided, ExemptionDecided)
    assert decided.filing is None


def test_nothing_follows_from_an_absentee_or_from_an_attempt_without_a_filing() -> None:
    assert notice("absentees", ROWS["absentees"], None) is None
    assert notice("results", ROWS["results"], Ours(10000001, None)) is None
