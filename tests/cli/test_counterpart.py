"""Two readings of the law, ours and the stand-in's, on the applications of whole towns: where both answer, they answer alike."""

import datetime as dt
from collections import defaultdict
from pathlib import Path
from random import Random
from typing import Any

import pytest
from cli import counterpart, counterpart_decides, oracle
from cli.counterpart import Line, Opened
from cli.town import write_town
from contracts.fixed_file import Refused, read
from contracts.vocabulary import Month, months
from tax_income.request_layouts import REQUEST
from transmittal.returns import LAYOUTS, accepted

DAY = dt.date(2027, 3, 31)


@pytest.fixture(scope="module", params=[1, 2])
def town(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp(f"town-{request.param}")
    write_town(500, request.param, folder)
    return folder


@pytest.fixture(scope="module")
def ours(town: Path) -> dict[str, dict[Month, str]]:
    """Our pre-check of each application by month: a scheme, refused, or why it was left open."""
    found: dict[str, dict[Month, str]] = defaultdict(dict)
    for one in oracle.fold(oracle.accepted(oracle.records(town), "131164")).said:
        if one.type == "ExemptionAssessed" and one.value["kind"] != "review":
            value = one.value
            for month in months(Month.parse(value["first_month"]), Month.parse(value["last_month"])):
                found[value["filing"]][month] = value.get("scheme") or value["outcome"]
    return found


def compared(known: counterpart_decides.Known, ours: dict[str, dict[Month, str]]) -> tuple[int, list[str]]:
    """How many months both answered, and the applications answered otherwise."""
    both, otherwise = 0, []
    for filing, by_month in ours.items():
        scheme = counterpart_decides.decided(known, filing)
        theirs = next((name for name, code in counterpart_decides.SCHEMES.items() if code == scheme), "refused")
        answered = [one for one in by_month.values() if one not in ("undetermined", "needs_person")]
        if scheme is not None:
            both += len(answered)
            otherwise += [filing for one in answered[:1] if set(answered) != {theirs}]
    return both, otherwise


def test_two_readings_of_the_law_answer_alike(town: Path, ours: dict[str, dict[Month, str]]) -> None:
    both, otherwise = compared(counterpart_decides.known(town), ours)
    assert both > 50
    assert otherwise == []


def test_a_wrong_reading_would_be_found(
    town: Path, ours: dict[str, dict[Month, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counterpart_decides, "LINES", dict.fromkeys(counterpart_decides.LINES, 1))
    monkeypatch.setattr(counterpart_decides, "_below_50", lambda *_: False)
    _, otherwise = compared(counterpart_decides.known(town), ours)
    assert otherwise


def batch_of(known: counterpart_decides.Known) -> Opened:
    """Every application of a town in one batch."""
    forms = {n: form for n, (_, form) in known.forms.items() if form["kind"] in ("exemption", "student")}
    lines = (
        Line(
            at, "新規", form["kind"], filing, form["first_month"].replace("-", ""), form["last_month"].replace("-", "")
        )
        for at, (filing, form) in enumerate(forms.items(), 1)
    )
    return Opened("131164", 1, 1, tuple(lines))


def test_what_comes_back_is_as_our_layouts_have_it(town: Path) -> None:
    known = counterpart_decides.known(town)
    batch = batch_of(known)
    deliveries, answered = counterpart.results([batch], "R", DAY, Random(3))
    decisions, decided = counterpart.decisions([batch], known, "D", DAY, Random(3))
    assert decisions is not None
    for one in (*deliveries, decisions):
        accepted(read(LAYOUTS[one.kind], one.content), one.kind, one.number, "131164", one.rows)
        again = one.again("again")
        accepted(read(LAYOUTS[one.kind], again.content), one.kind, "again", "131164", one.rows)
        with pytest.raises(Refused, match=f"announces {one.rows} rows"):
            accepted(read(LAYOUTS[one.kind], one.short().content), one.kind, one.number, "131164", one.rows)
    assert sum(one.rows for one in deliveries) == answered.accepted + len(answered.returned) == len(batch.lines)
    assert decisions.rows == decided.numbers == len(batch.lines) - decided.left_open
    assert 0 < len(decided.on_purpose) < decided.numbers


def test_what_it_decides_against_the_law_is_known_to_it(town: Path) -> None:
    known = counterpart_decides.known(town)
    batch = batch_of(known)
    decisions, decided = counterpart.decisions([batch], known, "D", DAY, Random(3))
    assert decisions is not None
    filings = {line.line: line.filing for line in batch.lines}
    rows: list[Any] = list(read(LAYOUTS["decisions"], decisions.content).rows)
    wrong = {
        row["decision"]
        for row in rows
        if row["scheme"] != counterpart_decides.decided(known, filings[row["batch_line"]])
    }
    assert wrong == decided.on_purpose


def test_its_list_of_incomes_wanted_is_as_our_layout_has_it(town: Path) -> None:
    known = counterpart_decides.known(town)
    rows = read(REQUEST, counterpart.request(known, "131164", "Q-1", DAY)).rows
    names = {entries[-1]["record"]["name"] for entries in known.entries.values()}
    assert rows
    assert all(row["name"] in names and row["name_kana"] and row["address"] for row in rows)
