"""The ward holds the incomes of those concerned and of nobody else; what it did not let in, or gave up, may come again."""

import json
from typing import Any

import pytest
from contracts.events.income import TaxAssessed, TaxRecord
from contracts.events.notice import MembershipNotified

from tests.events import HUSBAND, WIFE, change, day, event
from tests.system.conftest import Ward

pytestmark = pytest.mark.system

SAID = "select value from said where subject = $1 and topic = $2 and key = $3"
NOT_LET_IN = "select what, records from not_let_in order by what"
HELD = "select addressee from assessment order by addressee"


def bytes_of(topic: str, one: Any) -> tuple[str, bytes]:
    return topic, one.encode()


def assessed(name: str, who: int, **items: Any) -> tuple[str, bytes]:
    record = TaxRecord(total_income_yen=640_000, **items)
    data = TaxAssessed(tax_year=2026, version=1, state="declared", record=record)
    return bytes_of("tax-assessments", event(name, who, data, "2026-06-10"))


def membership(version: int, **given: Any) -> tuple[str, bytes]:
    data = MembershipNotified(version=version, category=1, acquired_on=day("2026-04-01"), **given)
    return bytes_of("pension-service-notices", event(f"member {version}", WIFE, data, f"2026-07-{version:02d}"))


async def said(ward: Ward, who: int, topic: str, key: str) -> Any:
    rows = await ward.rows("tax-income", SAID, who, topic, key)
    return json.loads(rows[0]["value"]) if rows else None


async def test_incomes_come_when_somebody_is_concerned_and_go_with_the_reason(ward: Ward) -> None:
    await ward.start()
    # given a couple whom nobody is concerned with
    couple = [
        bytes_of(*change("husband", HUSBAND, "other", "2015-04-01", version=1)),
        bytes_of(*change("wife", WIFE, "other", "2015-04-01", version=1, relation="spouse", sex="female")),
    ]
    taxes = [assessed("his", HUSBAND, life_insurance_yen=40_000), assessed("hers", WIFE)]
    await ward.publish([*couple, *taxes])
    await ward.settle()
    # then nothing is held, and what was not let in is counted
    assert await ward.rows("tax-income", HELD) == []
    assert [tuple(row) for row in await ward.rows("tax-income", NOT_LET_IN)] == [("person", 2)]
    assert await said(ward, HUSBAND, "income-needs", "incomes") is None

    # when she becomes an insured person, both are wanted, and what the tax system sends again takes effect
    await ward.publish([membership(1)])
    await ward.tax_office_answers(taxes)
    assert [row["addressee"] for row in await ward.rows("tax-income", HELD)] == [HUSBAND, WIFE]
    told = await said(ward, HUSBAND, "incomes", "2025")
    assert told["versions"][0]["income"]["total_income_yen"] == 640_000
    assert "life_insurance_yen" not in json.dumps(told)
    assert ("item:life_insurance_yen", 1) in [tuple(row) for row in await ward.rows("tax-income", NOT_LET_IN)]

    # when that was a mistake, the incomes are given up
    await ward.publish([membership(2, cancelled=True)])
    await ward.settle()
    assert await ward.rows("tax-income", HELD) == []
    assert (await said(ward, WIFE, "incomes", "2025"))["withdrawn"] is True
    assert (await said(ward, WIFE, "income-needs", "incomes"))["withdrawn"] is True

    # and when it was none after all, they may come once more; but never under another content
    await ward.publish([membership(3)])
    await ward.settle()
    await ward.publish([assessed("hers", WIFE, medical_yen=1)])
    await ward.settle()
    reasons = await ward.rows("tax-income", "select reason from set_aside")
    assert [row["reason"] for row in reasons] == ["id_reused"]
    await ward.tax_office_answers(taxes)
    assert [row["addressee"] for row in await ward.rows("tax-income", HELD)] == [HUSBAND, WIFE]
    assert (await said(ward, WIFE, "incomes", "2025"))["withdrawn"] is False
    report = await ward.report()
    assert [finding for finding in report.findings if finding.invariant != "I8"] == []
