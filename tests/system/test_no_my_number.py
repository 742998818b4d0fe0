"""Nothing leaks: after everything that can be done with a My Number, none is on a topic, in a database, a log, a trace, a metric or a file."""

import asyncio
import io
import os
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import httpx
import pytest
from chassis import database
from cli import broker, local, traces
from cli.__main__ import app
from contracts.events.filing import FilingChecked, FilingEntered
from contracts.events.forms import AcquisitionFiling
from contracts.topics import TOPICS
from typer.testing import CliRunner

from tests.events import EVIDENCE, HUSBAND, WIFE, change, day, event
from tests.scanner import Scanner
from tests.system.conftest import Ward
from tests.system.doors import Caller, numbers

pytestmark = pytest.mark.system

PERSONS = [20_000_000 + n for n in range(30)]
ISSUED = numbers(40)
THEIRS = dict(zip(PERSONS, ISSUED, strict=False))
_TABLES = "select tablename as name from pg_tables where schemaname = current_schema()"


async def written(ward: Ward) -> AsyncIterator[tuple[str, bytes]]:
    """Everything that the system wrote, by place."""
    async with broker.Broker(ward.given.kafka) as asked:
        async for record in asked.everything(list(TOPICS)):
            headers = b" ".join(name.encode() + (value or b"") for name, value in record.headers)
            yield f"topic {record.topic}", b" ".join((record.key or b"", record.value or b"", headers))
    for service, url in ward.given.databases.items():
        connection = await asyncpg.connect(url, server_settings=database.SESSION)
        try:
            for row in await connection.fetch(_TABLES):
                dump = io.BytesIO()
                await connection.copy_from_table(row["name"], output=dump)
                yield f"table {service}.{row['name']}", dump.getvalue()
        finally:
            await connection.close()
    async with httpx.AsyncClient(trust_env=False) as client:
        for service, port in ward.ports.items():
            yield f"metrics of {service}", (await client.get(f"http://127.0.0.1:{port}/metrics")).content
    folders = [Path(os.environ["KOKUNEN_KEYS"]), Path(os.environ["KOKUNEN_OUTPUT"]), local.home() / "log", ward.folder]
    for folder in [folder for folder in folders if folder.exists()]:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                yield f"file {file.name}", file.read_bytes()
    if (spans := local.home() / "spans.jsonl").exists():
        yield "spans", spans.read_bytes()


async def everything_done_with_numbers(ward: Ward) -> None:
    """Entered, refused, changed, searched, read, rotated, erased; and a filing with a receipt."""
    async with (
        Caller(ward, "clerk-1", "number-clerk") as clerk,
        Caller(ward, "head-1", "number-erasure") as head,
        Caller(ward, "head-2", "number-erasure") as second,
        Caller(ward, "transmittal", as_service=True) as transmittal,
    ):

        def entry(who: int, number: str) -> dict[str, object]:
            return {"addressee": who, "my_number": number, "check_of_number": "my_number_card"}

        first = await clerk.answer("/my-numbers", {"entries": [entry(who, number) for who, number in THEIRS.items()]})
        wrong = ISSUED[0][:-1] + str((int(ISSUED[0][-1]) + 1) % 10)
        changed = [
            entry(PERSONS[0], wrong),
            entry(PERSONS[1], ISSUED[0]),
            entry(PERSONS[2], ISSUED[35]),
            entry(999, ISSUED[36]),
        ]
        await clerk.answer("/my-numbers", {"entries": changed})
        await clerk.post("/my-numbers", {"entries": [entry(1, ISSUED[0]) | {"note": ISSUED[1]}]})
        await clerk.post("/my-numbers/read", {"receipts": [ISSUED[0]]})
        await clerk.answer("/my-numbers/search", {"my_number": ISSUED[3], "birth_date": "1990-05-10"})
        receipts = [one["receipt"] for one in first["outcomes"]]
        await transmittal.answer("/my-numbers/read", {"receipts": [*receipts, ISSUED[5]]})
        for one in (head, second):
            await one.answer("/my-numbers/erase", {"addressee": PERSONS[4], "reason": "retention-over"})
    result = await asyncio.to_thread(CliRunner().invoke, app, ["vault", "rotate", "--case", "WO-1"])
    assert result.exit_code == 0, result.output
    form = AcquisitionFiling(
        kind="acquisition", reason="entry_from_abroad", fact_on=day("2026-06-01"), my_number_receipt=receipts[0]
    )
    entered = FilingEntered(
        filing="R1", revision=1, received_on=day("2026-07-06"), office="honcho", channel="counter", evidence=EVIDENCE,
        entered_by="first", content=form,
    )  # fmt: skip
    checked = FilingChecked(filing="R1", checked_by="second", received_on=day("2026-07-06"), content=form)
    filings = [event("entered", PERSONS[0], entered, "2026-07-06"), event("checked", PERSONS[0], checked, "2026-07-06")]
    await ward.publish([("filings", one.encode()) for one in filings])


async def test_no_number_is_anywhere(ward: Ward) -> None:
    traces.start()
    try:
        await ward.start()
        entries = [change(f"resident {n}", n, "other", "2015-04-01", version=1) for n in (*PERSONS, HUSBAND, WIFE)]
        await ward.publish([(topic, one.encode()) for topic, one in entries])
        await ward.settle()
        await everything_done_with_numbers(ward)
        await ward.settle()
        scanner = Scanner(ISSUED)
        places, found = set(), []
        async for place, content in written(ward):
            places.add(place)
            found += scanner.findings(place, content)
        assert found == []
        # it looked where it should
        assert {
            "table registry-sync.vault",
            "table audit.leaf",
            "spans",
            "metrics of registry-sync",
            "file index.key",
        } <= places
        assert any(place.startswith("topic") and "access-records" in place for place in places)
        # and it would have seen one: on a topic, in a table
        await ward.publish([("filings", b'{"subject": "1", "note": "' + ISSUED[0].encode() + b'"}')])
        await ward.rows(
            "eligibility", "insert into law (sha256) values ($1) on conflict (one) do update set sha256 = $1", ISSUED[0]
        )
        planted = {
            line.split(":")[0] async for place, content in written(ward) for line in scanner.findings(place, content)
        }
        assert any(place.startswith("topic") for place in planted)
        assert "table eligibility.law" in planted
    finally:
        traces.stop()
