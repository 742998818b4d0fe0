"""A quarter's accesses are reviewed and signed, a year's reported; a suspected leak is laid out in one command, with what proves it."""

import asyncio
import csv
import json
from pathlib import Path

import asyncpg
import pytest
from audit import review_desk
from chassis import database
from cli.__main__ import app
from typer.testing import CliRunner

from tests.events import HUSBAND
from tests.system.conftest import Ward
from tests.system.doors import Caller
from tests.system.test_addressees import looked, registered
from tests.system.test_fail_closed import acknowledged
from tests.system.test_log import audit, auditor, signed
from tests.transmittal.pdfs import text_of

pytestmark = pytest.mark.system

BY = ("--account", "auditor-1", "--terminal", "audit-1", "--case", "review-1")


async def refused(*arguments: str) -> str:
    result = await asyncio.to_thread(CliRunner().invoke, app, ["audit", *arguments, *BY])
    assert result.exit_code == 1, result.output
    return result.output


async def three_looked(ward: Ward) -> None:
    """Somebody was looked at three times, and a call refused; in August, as far as the reviews are concerned."""
    await ward.start("tax-income", "eligibility", "transmittal", "audit", "console")
    await registered(ward)
    async with Caller(ward, "clerk-1", "clerk") as clerk:
        for _ in range(3):
            await looked(clerk, HUSBAND)
        await clerk.refused("/my-numbers", {"entries": []}, 403, "not_granted")
        await acknowledged(ward)
    await ward.settle()
    await ward.rows("audit", "update access set at = '2026-08-05T01:00:00Z' where account = 'clerk-1' returning 1")


async def overdue(ward: Ward) -> float:
    pool = await asyncpg.create_pool(
        ward.given.databases["audit"], min_size=1, max_size=1, server_settings=database.SESSION
    )
    try:
        await review_desk.measure(pool)
    finally:
        await pool.close()
    return float(review_desk.OVERDUE._value.get())


async def test_a_quarter_is_reviewed_and_a_year_reported(ward: Ward, tmp_path: Path) -> None:
    await three_looked(ward)
    assert await overdue(ward) == 1  # of the quarter that ended in September
    await audit("review", "2026-Q3", "--into", str(tmp_path), *BY)
    text = text_of((tmp_path / "review-2026-Q3.pdf").read_bytes())
    assert "アクセス記録の評価・点検" in text
    assert "clerk-1" in text
    with (tmp_path / "review-2026-Q3.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["利用者"]: row for row in csv.DictReader(file)}
    assert [rows["clerk-1"][name] for name in ("ログイン", "回答", "延べ人数", "拒否")] == ["1", "3", "3", "1"]
    # whoever looked signs, once; what was signed stays what it was
    signing = await audit("review", "2026-Q3", "--sign", "minute-7", *BY)
    assert "確認を記録しました" in signing
    assert "signed_already" in await refused("review", "2026-Q3", "--sign", "minute-8")
    frozen = json.loads((tmp_path / "review-2026-Q3.json").read_text("utf-8"))
    async with (
        Caller(ward, "auditor-1", "auditor", service="audit") as reviewer,
        Caller(ward, "chief-1", "executive", service="audit") as chief,
    ):
        pack = await reviewer.answer("/reviews", {"period": "2026-Q3"})
        assert pack["signed_by"] == "auditor-1"
        (now,) = [one for one in pack["accounts"] if one["account"] == "clerk-1"]
        (then,) = [one for one in frozen["accounts"] if one["account"] == "clerk-1"]
        assert now == {name: value for name, value in then.items() if value is not None}
        assert await overdue(ward) == 0
        # a quarter that is not over, and a year that is another's to accept
        await reviewer.refused("/reviews/sign", {"period": "2026-Q4", "remarks": "m"}, 409, "period_not_over")
        await reviewer.refused("/reviews/sign", {"period": "2025-FY", "remarks": "m"}, 409, "other_period")
        await reviewer.refused("/reviews/accept", {"period": "2025-FY", "remarks": "m"}, 403, "not_granted")
        await chief.answer("/reviews/accept", {"period": "2025-FY", "remarks": "m-1"})
    with pytest.raises(asyncpg.PostgresError, match="only grows"):
        await ward.rows("audit", "update review set signed_by = 'another'")


async def test_a_suspected_leak_is_laid_out_with_proofs(ward: Ward, tmp_path: Path) -> None:
    await three_looked(ward)
    await signed(ward)
    papers, copy, policy = tmp_path / "leak", tmp_path / "copy", tmp_path / "policy.json"
    span = ("--from", "2026-08-01", "--until", "2026-08-31", "--into", str(papers))
    await audit("investigate", "--person", str(HUSBAND), *span, *BY)
    with (papers / "accesses.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["利用者"] for row in rows] == ["clerk-1"] * 3
    report = (papers / "first-report.md").read_text("utf-8")
    assert "漏えい等の報告（速報）案" in report
    assert "利用者：clerk-1" in report
    # each is in the log, for somebody who has the copy and the policy alone
    await audit("export", "--into", str(copy))
    policy.write_text(await audit("policy"), "utf-8")
    records = sorted(papers.glob("record-*.json"))
    assert len(records) == 3
    for record in records:
        auditor("inclusion", copy, policy, record)
    changed = json.loads(records[0].read_text("utf-8"))
    records[0].write_text(json.dumps(changed | {"index": changed["index"] + 1}), "utf-8")
    auditor("inclusion", copy, policy, records[0], code=1)
    # and by account; asking is on record
    other = ("--from", "2026-08-01", "--until", "2026-08-31", "--into", str(tmp_path / "by"))
    await audit("investigate", "--by", "clerk-1", *other, *BY)
    accesses = json.loads((tmp_path / "by" / "accesses.json").read_text("utf-8"))["accesses"]
    assert sorted(one["action"] for one in accesses) == ["login", "refer", "refer", "refer", "refuse"]
    await ward.settle()
    asked = "select count(*) from access where what = 'audit.investigate' and action = 'export'"
    assert await ward.one("audit", asked) == 2
