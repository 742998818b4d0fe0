"""The papers of a batch: what the register and tax said on the day of sealing, frozen, printed as often as needed, and on record."""

import asyncio
import json
from pathlib import Path

import pytest
from audit.merkle import root
from cli.__main__ import app
from typer.testing import CliRunner

from tests.system.conftest import Ward, until
from tests.system.test_batch_life import desk, sealed, staff, told
from tests.transmittal.pdfs import text_of

pytestmark = pytest.mark.system


async def test_papers_show_the_register_and_the_incomes_of_the_day_and_leave_records(
    ward: Ward, lines: list[tuple[str, bytes]], tmp_path: Path
) -> None:
    await sealed(ward, lines, batches=1)
    batches = [one["number"] for one in await told("list")]
    for each in batches:  # everything again in one batch, now that the incomes are known
        await desk("void", str(each), "--reason", "test", by="clerk-1")
    await desk("seal", by="clerk-1")
    number = len(batches) + 1
    folder = tmp_path / "papers"
    await desk("print", str(number), "--into", str(folder), by="clerk-2")
    stem = f"batch-{number:04d}"
    files = sorted(file.name for file in folder.iterdir())
    assert files == [f"{stem}-forms-001.pdf", f"{stem}-list-001.pdf"]
    names = {
        json.loads(value)["data"]["record"]["name"]
        for topic, value in lines
        if topic == "resident-changes" and "record" in json.loads(value)["data"]
    }
    text = text_of((folder / f"{stem}-forms-001.pdf").read_bytes())
    assert sum(name in text for name in names) > 10
    assert "税情報" in text
    once = {file.name: file.read_bytes() for file in folder.iterdir()}
    # what was printed is the same whenever it is printed, also when a name or an income is another one meanwhile
    await desk("print", str(number), "--into", str(folder), by="clerk-2")
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == once
    own = tmp_path / "own"
    await desk("print", str(number), "--into", str(own), "--for-applicant", by="clerk-2")
    applicants = text_of((own / f"{stem}-forms-001.pdf").read_bytes())
    assert "資格取得報告書" in text
    assert "資格取得報告書" not in applicants
    # unreadable in the database, and the event tells nothing of it
    box = await ward.one("transmittal", "select sheets from paper where batch = $1", number)
    assert not any(name.encode() in box for name in names)
    await until(lambda: _printed(ward), "access records of printing")
    # the cover sheet says where the audit log stood, and the log still holds just that
    batch = (await ward.rows("transmittal", "select log_size, log_root from batch where number = $1", number))[0]
    leaves = await ward.rows("audit", "select leaf_hash from leaf where idx < $1 order by idx", batch["log_size"])
    assert len(leaves) == batch["log_size"] > 1000
    assert root(leaf["leaf_hash"] for leaf in leaves).hex() == batch["log_root"]
    assert root(leaf["leaf_hash"] for leaf in leaves[1:]).hex() != batch["log_root"]
    # the reception book has every filing, and a letter about each can be written
    await desk("print-register", "reception", "--into", str(folder))
    book = text_of((folder / "reception.pdf").read_bytes()).replace("\r\n", "")
    filings = [row["filing"] for row in await ward.rows("transmittal", "select filing from reception")]
    assert filings
    assert all(filing in book for filing in filings)
    known = {json.loads(value)["subject"] for topic, value in lines if topic == "resident-changes"}
    whose = {row["filing"]: str(row["addressee"]) for row in await ward.rows("transmittal", "select * from reception")}
    ours = next(filing for filing, who in sorted(whose.items()) if who in known)
    await desk("letter", "receipt", ours, "--into", str(folder))
    slip = text_of((folder / f"receipt-{ours}-001.pdf").read_bytes())
    assert any(name in slip for name in names)
    nobody_s = next(filing for filing, who in sorted(whose.items()) if who not in known)  # entered with a wrong number
    await desk("letter", "receipt", nobody_s, "--into", str(folder), refused="nothing_to_write")
    await desk("letter", "receipt", "no-such", "--into", str(folder), refused="no_such_filing")
    # the incomes of the town are not all declared: who is asked about them gets a form to state them on
    statements = [await _statement(filing, folder) for filing in await _applications(ward)]
    assert any(statements)
    assert all("所得の申立書" in text for text in statements if text)
    # reminders go to everybody with a filing past its day, once
    told_of = await desk("remind", "--into", str(folder))
    reminded = "".join(text_of(file.read_bytes()) for file in folder.glob("reminders-*.pdf"))
    people = await ward.rows("transmittal", "select distinct person from reminder")
    assert len(people) > 0
    assert f"届出勧奨 {len(people):,}通" in told_of
    assert reminded.count("国民年金の届出について") == len(people)
    assert "届出勧奨 0通" in await desk("remind", "--into", str(folder))
    one = str(people[0]["person"])
    assert "届出勧奨 1通" in await desk("remind", "--again", "--person", one, "--into", str(folder))
    await desk("letter", "missing-papers", await _complete(ward), "--into", str(folder), refused="nothing_to_write")


async def _applications(ward: Ward) -> list[str]:
    """Applications that are decided by incomes."""
    rows = await ward.rows(
        "transmittal",
        "select filing from reception where convert_from(line, 'UTF8')::jsonb ->> 'kind' = 'exemption' order by filing",
    )
    return [row["filing"] for row in rows]


async def _statement(filing: str, folder: Path) -> str:
    """The text of the form for stating incomes; empty where all are declared."""
    command = ["transmittal", "letter", "income-statement", filing, "--into", str(folder)]
    done = await asyncio.to_thread(CliRunner().invoke, app, command)
    if done.exit_code:
        assert "(nothing_to_write)" in done.output, done.output
        return ""
    return text_of((folder / f"income-statement-{filing}-001.pdf").read_bytes())


async def _complete(ward: Ward) -> str:
    """A filing that lacks no paper."""
    rows = await ward.rows(
        "transmittal", "select filing, convert_from(line, 'UTF8')::jsonb -> 'missing_papers' as lacking from reception"
    )
    return str(next(row["filing"] for row in rows if row["lacking"] in (None, "[]")))


async def _printed(ward: Ward) -> bool:
    records = [json.loads(value) for value in await ward.values("access-records")]
    shown = [one["data"] for one in records if one["data"]["action"] == "print"]
    return len(shown) >= 3 and all("income" in one["fields"] for one in shown)


async def test_what_is_not_what_was_sealed_is_not_printed(
    ward: Ward, lines: list[tuple[str, bytes]], tmp_path: Path
) -> None:
    await sealed(ward, lines)
    with pytest.raises(Exception, match="sealed"):
        await ward.one("transmittal", "update paper set commitment = 'x' where batch = 1 returning 1")
    await ward.rows("transmittal", "alter table paper disable trigger user")
    await ward.rows(
        "transmittal", "update paper set commitment = (select commitment from paper where batch = 2) where batch = 1"
    )
    await desk("print", "1", "--into", str(tmp_path / "papers"), refused="paper_differs")
    assert not (tmp_path / "papers").exists()


async def test_without_the_register_nothing_is_sealed_and_later_all_is(
    ward: Ward, lines: list[tuple[str, bytes]]
) -> None:
    await ward.start()
    await staff()
    await ward.publish(lines)
    await ward.settle()
    before = len(await told("list"))
    pending = len(await told("due"))
    ward.stop("registry-sync")
    await desk("seal", by="clerk-1", refused="door_silent")
    assert (len(await told("list")), len(await told("due"))) == (before, pending)
    await ward.start("registry-sync")
    await desk("seal", by="clerk-1")
    assert len(await told("list")) == before + 1
