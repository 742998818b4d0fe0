"""What comes back from the pension service: counted by two before it is opened, every row accounted for, told once."""

import asyncio
import datetime as dt
import json
from pathlib import Path
from random import Random
from typing import Any

import pytest
from cli import counterpart, counterpart_decides, office
from cli.__main__ import app
from contracts.fixed_file import write
from transmittal.returns import CODES, LAYOUTS, Kind
from typer.testing import CliRunner

from tests.system.conftest import Ward
from tests.system.test_batch_life import desk, public_key, sealed, told, word_of

pytestmark = pytest.mark.system

DAY = dt.date(2027, 3, 31)


def a_file(kind: Kind, delivery: str, rows: list[dict[str, Any]], **header: Any) -> bytes:
    head = {
        "layout": LAYOUTS[kind].name, "municipality": "131164", "kind": CODES[kind], "delivery": delivery,
        "made_on": dt.date(2026, 6, 1),
    }  # fmt: skip
    return write(LAYOUTS[kind], head | header, rows)


async def delivered(number: str, tmp_path: Path, **files: tuple[int, bytes]) -> dict[str, Any]:
    """A delivery through all hands; the outcomes of each file."""
    cover = tmp_path / f"{number}.json"
    cover.write_text(json.dumps({kind: rows for kind, (rows, _) in files.items()}))
    await desk("delivery", "register", number, str(cover))
    for by in ("clerk-1", "clerk-2"):
        await desk("delivery", "count", number, str(cover), by=by)
    outcomes = {}
    for kind, (_, content) in files.items():
        file = tmp_path / f"{number}-{kind}.dat"
        file.write_bytes(content)
        outcomes[kind] = json.loads(await desk("delivery", "import", number, kind, str(file), "--json"))
    return outcomes


async def test_the_stand_in_reads_our_medium_and_its_results_come_back(
    ward: Ward, town: Path, lines: list[tuple[str, bytes]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sealed(ward, lines, batches=1)
    number = max(one["number"] for one in await told("list"))
    async with office.open_office() as people:
        await people.appoint()
        folders = {batch: await people.see_off(batch) for batch in range(1, number + 1)}
        today = await people.today()
    came = [counterpart.opened(folder, await word_of(batch), await public_key()) for batch, folder in folders.items()]
    counts = tmp_path / "counts.json"
    for batch in came:
        counts.write_text(json.dumps(batch.counts))
        await desk("receive", str(batch.batch), str(counts))
    monkeypatch.setattr(counterpart, "RETURNED", 0.2)
    deliveries, said = counterpart.results(came, "R", today + dt.timedelta(days=1), Random(1))
    assert said.returned
    assert len(deliveries) == 2  # some came late
    for one in deliveries:
        outcome = (await delivered(one.number, tmp_path, **{one.kind: (one.rows, one.content)}))[one.kind]
        assert sum(outcome.values()) == one.rows
    await ward.settle()
    states = "select state, count(*) from attempt where batch is not null group by state"
    found: dict[str, int] = dict(tuple(row.values()) for row in await ward.rows("transmittal", states))
    assert found["returned"] >= 1
    assert found["accepted"] >= 1
    reopened = {one["reason"] for one in await told("due") if one["state"] == "pending"}
    assert counterpart.REASON in reopened
    # the same rows in another delivery tell nothing new
    again = deliveries[0].again("R-bis")
    ends = await ward.ends("pension-service-notices")
    outcomes = await delivered(again.number, tmp_path, **{again.kind: (again.rows, again.content)})
    assert outcomes[again.kind] == {"twice": again.rows}
    await ward.settle()
    assert await ward.ends("pension-service-notices") == ends
    # it decides by its own reading of the law: the report of agreement shows just those that are wrong on purpose
    monkeypatch.setattr(counterpart, "ON_PURPOSE", 0.5)
    known = counterpart_decides.known(town)
    decisions, decided = counterpart.decisions(came, known, "D", today + dt.timedelta(days=1), Random(2))
    assert decisions is not None
    assert 0 < len(decided.on_purpose) < decided.numbers
    await delivered(decisions.number, tmp_path, decisions=(decisions.rows, decisions.content))
    await ward.tax_office_answers(lines)
    said_of = await ward.rows(
        "eligibility",
        "select convert_from(value, 'UTF8')::jsonb ->> 'decision' as decision, convert_from(value, 'UTF8')::jsonb ->> 'agrees' as agrees"
        " from said where type = 'ExemptionDecisionRecorded'",
    )
    beside = {row["decision"]: row["agrees"] for row in said_of if row["decision"].startswith("J-")}
    assert beside
    assert {one for one, agrees in beside.items() if agrees == "false"} == decided.on_purpose & beside.keys()
    assert {one for one, agrees in beside.items() if agrees == "true"} == beside.keys() - decided.on_purpose
    assert (await ward.report()).findings == ()


async def test_a_delivery_is_opened_only_when_two_counted_what_its_cover_says(
    ward: Ward, lines: list[tuple[str, bytes]], tmp_path: Path
) -> None:
    await sealed(ward, lines)
    number = await ward.one("transmittal", "select min(basic_pension_number) from pension_number")
    owner = await ward.one(
        "transmittal", "select addressee from pension_number where basic_pension_number = $1", number
    )
    rows = [
        {"line": 1, "basic_pension_number": int(number), "version": 9, "category": 2, "acquired_on": DAY.replace(year=2026),
         "lost_on": None, "cancelled": 0},
        {"line": 2, "basic_pension_number": 9999999999, "version": 1, "category": 2, "acquired_on": DAY, "lost_on": None,
         "cancelled": 0},
    ]  # fmt: skip
    decision = {
        "line": 1, "batch": 0, "batch_line": 0, "basic_pension_number": int(number), "decision": "D-X", "version": 1, "scheme": 1,
        "first_month": 202507, "last_month": 202606, "decided_on": dt.date(2026, 5, 20),
    }  # fmt: skip
    absent = {"line": 1, "basic_pension_number": int(number), "absent_since": dt.date(2026, 1, 1)}
    cover, short, file = tmp_path / "cover.json", tmp_path / "short.json", tmp_path / "file.dat"
    cover.write_text(json.dumps({"memberships": 2}))
    short.write_text(json.dumps({"memberships": 1}))
    file.write_bytes(a_file("memberships", "M-1", rows))
    take_in = ("delivery", "import", "M-1", "memberships", str(file))
    await desk(*take_in, refused="no_such_delivery")
    await desk("delivery", "register", "M-1", str(cover))
    await desk("delivery", "register", "M-1", str(cover), refused="delivery_known")
    await desk(*take_in, refused="delivery_is_counted")
    await desk("delivery", "count", "M-1", str(cover), by="clerk-1")
    await desk("delivery", "count", "M-1", str(cover), by="Clerk-1")
    assert "memberships: -1" in await desk("delivery", "count", "M-1", str(short), by="clerk-2", code=1)
    await desk(*take_in, refused="delivery_is_counted")
    await desk("delivery", "count", "M-1", str(cover), by="clerk-2")
    # a bad file: whole, with every line and rule, and without a value
    for bad, rule in (
        (a_file("memberships", "M-1", rows[:1]), "announces 2 rows, the file has 1"),
        (a_file("memberships", "M-2", rows), "line 1, delivery"),
        (a_file("memberships", "M-1", [rows[0], rows[1] | {"category": 7}]), "line 3, category: 1 to 3"),
        (a_file("memberships", "M-1", rows, municipality="131130"), "files for 131164 only"),
    ):
        file.write_bytes(bad)
        assert rule in await refused_file(*take_in)
    assert await ward.one("transmittal", "select count(*) from delivery_file") == 0
    file.write_bytes(a_file("memberships", "M-1", rows))
    assert json.loads(await desk(*take_in, "--json")) == {"told": 1, "nobody": 1}
    await desk(*take_in, refused="delivery_file_pkey")
    # what never passed us is marked, what only a person can act on is kept for one
    outcome = await delivered(
        "X-1",
        tmp_path,
        decisions=(1, a_file("decisions", "X-1", [decision])),
        absentees=(1, a_file("absentees", "X-1", [absent])),
    )
    assert outcome == {"decisions": {"not_via_us": 1}, "absentees": {"for_a_person": 1}}
    await ward.settle()
    # the notice reached eligibility under the id that the delivery's row has
    row = "select event_id from delivery_row where delivery = 'X-1' and kind = 'decisions'"
    event = await ward.one("transmittal", row)
    known = "select addressee, kind from fact where event_id = $1"
    assert [tuple(one) for one in await ward.rows("eligibility", known, event)] == [(owner, "ExemptionDecided")]
    assert (await ward.report()).findings == ()


async def refused_file(*arguments: str) -> str:
    """The verdict on a file that is refused."""
    result = await asyncio.to_thread(CliRunner().invoke, app, ["transmittal", *arguments])
    assert result.exit_code == 1, result.output
    return result.output
