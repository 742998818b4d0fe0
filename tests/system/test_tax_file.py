"""A file in thousands of yen is not published: nothing of it; unless somebody says why, and is on record for it."""

import asyncio
from pathlib import Path

import pytest
from cli.__main__ import app
from typer.testing import CliRunner

from tests.system.conftest import Ward
from tests.system.doors import access_records
from tests.tax_income.test_tax_file import incomes
from tests.tax_income.test_tax_file import ward as of_a_ward

pytestmark = pytest.mark.system


async def test_a_file_in_thousands_of_yen_stays_outside(ward: Ward, tmp_path: Path) -> None:
    await ward.start("tax-income")
    file = tmp_path / "tax.jsonl"
    file.write_bytes(b"\n".join(of_a_ward(lambda n: incomes(n) // 1000)) + b"\n")
    given = ["publish", str(file), "--topic", "tax-assessments"]
    refused = await asyncio.to_thread(CliRunner().invoke, app, given)
    assert refused.exit_code != 0
    assert sum((await ward.ends("tax-assessments")).values()) == 0
    done = await asyncio.to_thread(CliRunner().invoke, app, [*given, "--despite", "T-1", "--account", "head-1"])
    assert done.exit_code == 0, done.output
    assert sum((await ward.ends("tax-assessments")).values()) == 100
    await ward.outbox_empty("tax-income")
    (record,) = await access_records(ward, "tax-income")
    assert (record["account"], record["case"], record["what"]) == ("head-1", "T-1", "tax-file.despite")
