"""Given the extract of another package: it is loaded through the front door, once, and what that package had derived is held against ours."""

import asyncio
import csv
import json
from pathlib import Path

import pytest
from cli.__main__ import app
from cli.takeover.extract import TABLES
from typer.testing import CliRunner

from tests.cli.test_takeover import Rows, written
from tests.system.conftest import Ward
from tests.system.doors import access_records

pytestmark = pytest.mark.system
NOTICES = ("BasicPensionNumberAssigned", "MembershipNotified", "ExemptionDecided")


async def run(*arguments: str, code: int = 0) -> str:
    result = await asyncio.to_thread(CliRunner().invoke, app, ["takeover", *arguments])
    assert result.exit_code == code, result.output
    return result.output


def table_of(name: str, notices: list[dict[str, str]]) -> list[tuple[str, ...]]:
    """Rows of an extract, as the package would have them that heard the same notices."""
    columns = TABLES[name].columns
    rows = []
    for event in notices:
        if event["type"] == TABLES[name].becomes.__name__ and not event["data"].get("cancelled"):  # type: ignore[attr-defined]
            cells = {"addressee": event["subject"]} | event["data"]  # type: ignore[dict-item]
            rows.append(tuple(str(cells.get(column, "")) for column in columns))
    return list(dict.fromkeys(rows))


async def test_an_extract_is_loaded_and_compared(ward: Ward, lines: list[tuple[str, bytes]], tmp_path: Path) -> None:
    every = [(topic, json.loads(value)) for topic, value in lines if value.startswith(b'{"spec') and b'"data"' in value]
    notices = [event for topic, event in every if topic == "pension-service-notices" and event["type"] in NOTICES]
    extract: Rows = {name: table_of(name, notices) for name in TABLES if TABLES[name].is_event}
    assert all(len(rows) > 10 for rows in extract.values())
    folder = written(tmp_path, extract)
    await ward.start()
    # register and calendar come from their own systems, as ever
    await ward.publish(line for line in lines if line[0] in ("resident-changes", "calendar"))
    await ward.settle()

    who = ("--account", "clerk-1", "--case", "T-7")
    report = tmp_path / "loaded.json"
    await run("load", str(folder), "--report", str(report), *who)
    loaded = json.loads(report.read_text())["loaded"]
    for name, rows in extract.items():
        assert loaded[name]["rows"] == loaded[name]["took_effect"] + loaded[name]["waiting"] == len(rows)
        assert loaded[name]["totals"]["addressee"] == sum(int(row[0]) for row in rows)
    facts = "select count(*) from fact where kind = any($1::text[])"
    held = await ward.one("eligibility", facts, list(NOTICES))
    assert held == sum(one["took_effect"] for one in loaded.values())
    # once more: nothing happens twice
    ends = await ward.ends("eligibility-events", "exemption-events")
    await run("load", str(folder), "--report", str(report), *who)
    assert await ward.ends("eligibility-events", "exemption-events") == ends
    assert await ward.one("eligibility", facts, list(NOTICES)) == held

    # a package that says what we say, but of two persons
    periods = await ward.rows(
        "eligibility",
        "select addressee, category, lower(validity) as a, upper(validity) as b from insured_period order by 1, 3",
    )
    says = [(str(p["addressee"]), p["category"], str(p["a"]), str(p["b"] or "")) for p in periods]
    assert len(says) > 20
    written(tmp_path, extract | {"insured_periods": says})
    differences = tmp_path / "differences.csv"
    await run("compare", str(folder), "--into", str(differences), *who)
    assert differences.read_text("utf-8-sig").splitlines() == ["宛名番号,項目,OLD-1,kokunen"]
    (first, *rest), *middle, last = says
    says = [(first, rest[0], rest[1], "2199-01-01"), *middle]
    written(tmp_path, extract | {"insured_periods": says})
    told = await run("compare", str(folder), "--into", str(differences), *who, code=1)
    assert "2 differences of 2 persons" in told
    _, *found = csv.reader(differences.read_text("utf-8-sig").splitlines())
    assert {row[0] for row in found} == {first, last[0]}
    assert differences.stat().st_mode & 0o777 == 0o600
    records = [one for one in await access_records(ward, "eligibility") if one["case"] == "T-7"]
    assert [one["what"] for one in records] == [
        "takeover.load",
        "takeover.load",
        "takeover.compare",
        "takeover.compare",
    ]
    assert {int(first), int(last[0])} <= set(records[-1]["subjects"])
    # a file that was cut on its way is not loaded
    whole = (folder / "memberships.csv").read_bytes()
    (folder / "memberships.csv").write_bytes(whole[: len(whole) // 2])
    assert "SHA-256 is not the one in extract.json" in await run(
        "load", str(folder), "--report", str(report), *who, code=1
    )
    assert (await ward.report()).findings == ()
