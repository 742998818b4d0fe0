"""A snapshot of the register against the running system: differences by kind, told anew, and gone the second time."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from cli.__main__ import app
from typer.testing import CliRunner

from tests.events import DAUGHTER, FATHER, HUSBAND, WIFE, change
from tests.registry_sync.test_reconciliation import line, snapshot
from tests.system.conftest import Ward

pytestmark = pytest.mark.system


async def reconciled(file: Path, *options: str, code: int) -> Any:
    result = await asyncio.to_thread(CliRunner().invoke, app, ["reconcile", str(file), "--json", *options])
    assert result.exit_code == code, result.output
    return json.loads(result.stdout) if result.stdout else None


async def test_differences_are_found_told_anew_and_gone(ward: Ward, tmp_path: Path) -> None:
    await ward.start()
    entries = [
        change("same", HUSBAND, "other", "2015-04-01", version=1),
        change("older", WIFE, "other", "2015-04-01", version=1),
        change("differs", DAUGHTER, "other", "2015-04-01", version=1, name="架空 誤"),
        change("left", FATHER, "move_out", "2015-04-01", version=1, residency="moved_out"),
    ]
    await ward.publish([(topic, one.encode()) for topic, one in entries])
    await ward.settle()
    file = tmp_path / "snapshot.jsonl"
    unknown = FATHER + 1
    lines = [line(HUSBAND), line(WIFE, 2, address="架空区例町2-2-2"), line(DAUGHTER), line(unknown)]
    file.write_bytes(b"\n".join(snapshot(*lines)) + b"\n")

    found = await reconciled(file, code=1)
    assert found["differences"] == {"older_here": 1, "differs": 1, "missing_here": 1}
    found = await reconciled(file, "--repair", code=1)
    assert found["told"] == 3
    await ward.settle()
    assert await reconciled(file, code=0) == {"entries": 4, "differences": {}, "told": 0}
    # told once more, nothing new takes effect
    said = await ward.rows("registry-sync", "select subject, value from said order by subject")
    again = tmp_path / "again.jsonl"
    again.write_bytes(file.read_bytes())
    await reconciled(again, "--repair", code=0)
    await ward.settle()
    assert await ward.rows("registry-sync", "select subject, value from said order by subject") == said
    # a bad snapshot compares nothing
    file.write_bytes(b"\n".join(snapshot(*lines, entries=5)) + b"\n")
    assert await reconciled(file, code=1) is None
    assert (await ward.report()).findings == ()
