"""What the tax clerk asks: which incomes are missing and who can tell, what a correction changed, what was not let in."""

import asyncio
import json
from typing import Any

import pytest
from cli.__main__ import app
from contracts.events.filing import FilingChecked, FilingEntered
from contracts.events.forms import ExemptionApplication
from contracts.events.income import TaxAssessed, TaxRecord
from contracts.events.notice import MembershipNotified
from contracts.events.operations import BusinessDayStarted
from contracts.vocabulary import Month
from typer.testing import CliRunner

from tests.events import EVIDENCE, FATHER, HUSBAND, WIFE, change, day, event, event_id
from tests.system.conftest import Ward
from tests.system.doors import Caller, access_records

pytestmark = pytest.mark.system


async def asked(*arguments: str) -> Any:
    result = await asyncio.to_thread(CliRunner().invoke, app, ["incomes", *arguments, "--json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def told(name: str, who: int, version: int, recorded: str, yen: int | None, **items: Any) -> tuple[str, bytes]:
    record = TaxRecord(total_income_yen=yen, **items) if yen is not None else None
    state: Any = "declared" if record else "other_municipality"
    data = TaxAssessed(tax_year=2026, version=version, state=state, record=record)
    return "tax-assessments", event(name, who, data, recorded).encode()


def an_applicant(spouse: int | None = None) -> list[tuple[str, bytes]]:
    """架空 例一, insured, applies in July for the year to June."""
    form = ExemptionApplication(
        kind="exemption",
        first_month=Month(2026, 7),
        last_month=Month(2027, 6),
        spouse=spouse,
        has_spouse=spouse is not None,
    )
    entered = FilingEntered(
        filing="R1", revision=1, received_on=day("2026-07-06"), office="honcho", channel="counter", evidence=EVIDENCE,
        entered_by="first", content=form,
    )  # fmt: skip
    checked = FilingChecked(filing="R1", checked_by="second", received_on=day("2026-07-06"), content=form)
    member = MembershipNotified(version=1, category=1, acquired_on=day("2015-04-01"))
    topic, moved = change("lives here", HUSBAND, "other", "2015-04-01", version=1)
    return [
        (topic, moved.encode()),
        ("pension-service-notices", event("member", HUSBAND, member, "2026-04-01").encode()),
        ("filings", event("entered", HUSBAND, entered, "2026-07-06").encode()),
        ("filings", event("checked", HUSBAND, checked, "2026-07-06").encode()),
    ]


def begins(text: str) -> tuple[str, bytes]:
    return "calendar", event(text, 1, BusinessDayStarted(day=day(text), open=True), text).encode()


async def test_a_need_is_answered_a_correction_is_followed_and_the_border_is_counted(ward: Ward) -> None:
    await ward.start()
    await ward.publish([begins("2026-07-06"), *an_applicant()])
    await ward.settle()
    # given an application without an income: the tax system is asked, with a day
    (need,) = await asked("needs")
    assert need | {"owner": "tax_system"} == need
    assert (need["person"], need["income_year"], need["asked_on"], need["due_on"]) == (
        HUSBAND, 2025, "2026-07-06", "2026-07-20",
    )  # fmt: skip
    assert (need["cases"], need["overdue"]) == ([HUSBAND], False)
    assert await asked("needs", "--overdue") == []

    # when another municipality taxed him, it is the one to ask; and the day passes
    await ward.publish([told("elsewhere", HUSBAND, 1, "2026-07-07", None), begins("2026-07-21")])
    await ward.settle()
    (need,) = await asked("needs", "--overdue")
    assert (need["owner"], need["overdue"]) == ("other_municipality", True)

    # when the amount comes, the need is gone, and the pre-check came out otherwise
    await ward.publish([told("told", HUSBAND, 2, "2026-07-21", 640_000, life_insurance_yen=1)])
    await ward.settle()
    assert await asked("needs") == []
    (corrected,) = await asked("corrections", "--from", "2026-07-01", "--to", "2026-07-31")
    assert (corrected["person"], corrected["applicant"], corrected["filing"]) == (HUSBAND, HUSBAND, "R1")
    assert {(m["before"], m["after"]) for m in corrected["months"]} == {("undetermined", "full")}
    assert len(corrected["months"]) == 12

    # when it is corrected by a yen below the line, it is named and nothing changes; outside the days nothing is named
    await ward.publish([begins("2026-08-03"), told("again", HUSBAND, 3, "2026-08-03", 640_001)])
    await ward.settle()
    (corrected,) = await asked("corrections", "--from", "2026-08-03", "--to", "2026-08-03")
    assert corrected["months"] == []
    assert await asked("corrections", "--from", "2026-08-04", "--to", "2026-08-04") == []

    # and what is nobody's affair is counted and not kept
    await ward.publish([told("nobody", FATHER, 1, "2026-07-21", 1)])
    await ward.settle()
    assert await asked("border") == [
        {"tax_year": 2026, "what": "item:life_insurance_yen", "records": 1},
        {"tax_year": 2026, "what": "person", "records": 1},
    ]
    shown = await ward.one("tax-income", "select counter from access_counter")
    assert shown == 2  # two of the four lists of needs named somebody


async def test_the_service_that_prints_gets_the_incomes_of_an_application_and_nobody_else_does(ward: Ward) -> None:
    """The father is householder, the wife lives with them; of each the newest assessment of the year, with where it comes from."""
    await ward.start()
    entries = [
        change("father", FATHER, "other", "2015-04-01", version=1, relation="householder"),
        change("husband", HUSBAND, "other", "2015-04-01", version=1, relation="child"),
        change("wife", WIFE, "other", "2015-04-01", version=1, relation="child_spouse"),
    ]
    await ward.publish([begins("2026-07-06"), *((topic, one.encode()) for topic, one in entries)])
    await ward.publish(an_applicant(spouse=WIFE)[1:])
    await ward.settle()
    await ward.publish([
        told("his", HUSBAND, 1, "2026-07-06", 500_000), told("his again", HUSBAND, 2, "2026-07-06", 640_000),
        told("hers", WIFE, 1, "2026-07-06", None), told("father's", FATHER, 1, "2026-07-06", 2_000_000),
    ])  # fmt: skip
    await ward.settle()
    case = {"case": "R1", "addressee": HUSBAND, "spouse": WIFE, "tax_year": 2026, "on": "2026-07-06"}
    async with (
        Caller(ward, "transmittal", service="tax-income", as_service=True) as printing,
        Caller(ward, "clerk-1", "clerk", service="tax-income") as clerk,
    ):
        alone = case | {"case": "R2", "household": False}
        of_the_head = {"case": "R3", "addressee": FATHER, "tax_year": 2026, "on": "2026-07-06"}
        another_year = case | {"case": "R4", "tax_year": 2025}
        found = await printing.answer("/incomes", {"cases": [case, alone, of_the_head, another_year]})
        await clerk.refused("/incomes", {"cases": [case]}, 403, "not_granted")
    first, second, third, fourth = [one["incomes"] for one in found["cases"]]
    assert [(one["role"], one["addressee"], one["state"]) for one in first] == [
        ("applicant", HUSBAND, "declared"), ("spouse", WIFE, "other_municipality"), ("householder", FATHER, "declared"),
    ]  # fmt: skip
    assert first[0]["record"]["total_income_yen"] == 640_000
    assert (first[0]["fact"], first[0]["recorded_on"]) == (event_id("his again"), "2026-07-06")
    assert [one["role"] for one in second] == ["applicant"]
    assert [(one["role"], one["addressee"]) for one in third] == [("applicant", FATHER)]
    assert not any("state" in one for one in fourth)
    await ward.outbox_empty("tax-income")
    shown = [one for one in await access_records(ward, "tax-income") if one["what"] == "incomes.look"]
    assert {*shown[0]["subjects"]} == {HUSBAND, WIFE, FATHER}
