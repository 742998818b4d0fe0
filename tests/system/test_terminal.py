"""The register of use of the portable terminal, from the events on, and against the pension service's own log."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from cli.__main__ import app
from contracts.events.notice import BasicPensionNumberAssigned
from typer.testing import CliRunner

from tests.eligibility.test_transcription import HEAD, checked, used
from tests.events import HUSBAND, event
from tests.system.conftest import Ward

pytestmark = pytest.mark.system

DAYS = ("--from", "2026-07-01", "--to", "2026-07-31")


async def told(*arguments: str, code: int = 0) -> Any:
    result = await asyncio.to_thread(CliRunner().invoke, app, ["terminal", *arguments, "--json"])
    assert result.exit_code == code, result.output
    return json.loads(result.stdout)


async def test_the_register_says_who_whom_when_and_what_for_and_agrees_with_the_log(ward: Ward, tmp_path: Path) -> None:
    await ward.start()
    number = BasicPensionNumberAssigned(version=1, basic_pension_number="9900000001")
    events = [used(), checked(), used("T2", "clerk-3")]
    await ward.publish(
        [
            ("pension-service-notices", event("number", HUSBAND, number, "2025-04-01").encode()),
            *(("filings", one.encode()) for one in events),
        ]
    )
    await ward.settle()
    first, second = await told("register", *DAYS)
    assert {name: first[name] for name in ("person", "used_by", "used_at", "purpose", "case", "items", "state")} == {
        "person": HUSBAND, "used_by": "clerk-1", "used_at": "2026-07-06T10:30+09:00", "purpose": "claim", "case": "C1", "items": 2,
        "state": "checked",
    }  # fmt: skip
    assert second["state"] == "second_person"
    assert await told("register", "--from", "2026-07-07", "--to", "2026-07-31") == []
    log = tmp_path / "log.csv"
    log.write_text(HEAD + "clerk-1,2026-07-06T10:30,9900000001\nclerk-3,2026-07-06T10:30,9900000001\n")
    assert await told("reconcile", str(log), *DAYS) == {"both": 2, "missing_here": 0, "missing_there": 0}
    log.write_text(HEAD + "clerk-1,2026-07-06T10:30,9900000001\nclerk-9,2026-07-06T11:00,9900000001\n")
    assert await told("reconcile", str(log), *DAYS, code=1) == {"both": 1, "missing_here": 1, "missing_there": 1}
    assert await ward.one("eligibility", "select counter from access_counter") == 3  # the empty register showed nobody
    assert (await ward.report()).findings == ()
