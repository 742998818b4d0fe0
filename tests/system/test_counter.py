"""What the counter asks of the running system, with an access record for everyone shown; and a reception book made anew."""

import asyncio
import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from cli import rewind
from cli.__main__ import app
from typer.testing import CliRunner

from tests.system.conftest import Ward
from tests.system.doors import access_records

pytestmark = pytest.mark.system

BOOK = "select * from reception_book order by received_on, filing, addressee"
ACCESSES = "select counter from access_counter"
ALL_DAYS = ("--from", "2024-01-01", "--to", "2028-12-31")
PROJECTIONS = "truncate fact, member, party, insured_period, reception_book, due, inbox, ledger_head, ledger_range"


async def asked(*arguments: str) -> Any:
    """The answer of a command, as a clerk types it."""
    result = await asyncio.to_thread(CliRunner().invoke, app, [*arguments, "--json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


async def test_what_the_counter_asks(ward: Ward, town: Path, lines: list[tuple[str, bytes]]) -> None:
    await ward.start()
    await ward.publish(lines)
    await ward.keeps_its_promises(town)

    before = await ward.one("eligibility", ACCESSES)
    book = await asked("book", *ALL_DAYS)
    rows = await ward.rows("eligibility", BOOK)
    assert [line["filing"] for line in book] == [row["filing"] for row in rows]
    assert (
        await ward.one("eligibility", ACCESSES) == before + 1
    )  # one look at a list is one record, with everybody on it
    await ward.outbox_empty("eligibility")
    seen = (await access_records(ward, "eligibility"))[-1]
    assert (seen["subjects"], seen["count"]) == (sorted({row["addressee"] for row in rows}), len(seen["subjects"]))
    assert {line["state"] for line in book} >= {"accepted", "waiting", "withdrawn"}
    assert all(line["reasons"] for line in book if line["state"] in ("waiting", "refused"))
    assert all(reason.endswith("。") for line in book for reason in line["reasons"])
    assert {line["result"] for line in book} >= {"accepted", "returned", None}
    waiting = await asked("book", *ALL_DAYS, "--state", "waiting")
    assert [line for line in book if line["state"] == "waiting"] == waiting

    applicant = next(row["addressee"] for row in rows if row["kind"] == "exemption")
    before = await ward.one("eligibility", ACCESSES)
    forms = await asked("forms", str(applicant), "--on", "2027-07-06")
    assert len(forms) <= 4
    assert all(form["first_month"] <= form["last_month"] for form in forms)
    assert await ward.one("eligibility", ACCESSES) == before + 1

    before = await ward.one("eligibility", ACCESSES)
    reached = await asked("milestones", "--from", "2025-04-01", "--to", "2040-12-31")
    assert {one["what"] for one in reached} >= {"age20", "age60"}
    assert all("2025-04-01" <= one["on"] <= "2040-12-31" for one in reached)
    assert await ward.one("eligibility", ACCESSES) == before + 1

    # what is all to come is found by the days known already: the same as by everybody's birthday
    today = await ward.one("eligibility", "select business_day from clock")
    everybody = await asked("milestones", "--from", str(today), "--to", "2045-12-31")
    to_come = await asked("milestones", "--from", str(today + dt.timedelta(days=1)), "--to", "2045-12-31")
    soon = [one for one in everybody if one["on"] > str(today)]
    assert len(soon) > 10
    assert to_come == soon

    counted = await asked("agreement")
    decided = "select count(*) from said where type = 'ExemptionDecisionRecorded'"
    assert sum(row["agrees"] + row["disagrees"] + row["not_compared"] for row in counted) == await ward.one(
        "eligibility", decided
    )
    assert sum(row["agrees"] for row in counted)
    stands = await asked("transitions")
    assert stands["strange"] == []
    assert {tuple(one[:3]) for one in stands["edges"]} >= {(None, 1, "age20"), (1, None, "age60"), (1, 2, "to_class2")}


async def test_the_database_refuses_who_checks_their_own_entry(ward: Ward) -> None:
    await ward.start("eligibility")
    entry = "insert into reception_book values ('R1', 1, 'loss', '2026-01-01', 'x', 'counter', $1, '', 'a', $2)"
    with pytest.raises(Exception, match="check constraint"):
        await ward.rows("eligibility", entry, "accepted", "a")
    with pytest.raises(Exception, match="check constraint"):
        await ward.rows("eligibility", entry, "accepted", None)
    await ward.rows("eligibility", entry, "accepted", "b")


async def test_the_reception_book_is_made_anew_byte_for_byte(
    ward: Ward, town: Path, lines: list[tuple[str, bytes]]
) -> None:
    await ward.start()
    await ward.publish(lines)
    await ward.keeps_its_promises(town)
    book = [tuple(row) for row in await ward.rows("eligibility", BOOK)]
    assert len(book) > 20
    ward.stop("eligibility")
    await ward.rows("eligibility", PROJECTIONS)
    await rewind.rewind(ward.given, ["eligibility"])
    await ward.start("eligibility")
    await ward.settle()
    assert [tuple(row) for row in await ward.rows("eligibility", BOOK)] == book
