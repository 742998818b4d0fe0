"""What the desk refuses to whoever sits there: the wrong terminal, an account that has ended, a protected person."""

import datetime as dt
import json

import pytest
from contracts.events.registry import ProcessingStop
from playwright.async_api import Page, expect

from tests.events import HUSBAND, WIFE, change
from tests.system.conftest import Ward
from tests.system.desk import Office, flaws, opened
from tests.system.doors import Caller, access_records
from tests.system.test_desk import TODAY, evidence, find, town

pytestmark = pytest.mark.system


async def test_an_account_that_has_ended_opens_nothing(ward: Ward) -> None:
    async with opened(ward, ["clerk-1"]) as office:
        await town(ward)
        page = await office.seat("clerk-1")
        of_last_year = {"valid_from": "2025-04-01T00:00:00Z", "valid_until": "2026-04-01T00:00:00Z"}
        ended = "update registered_account set data = (data::jsonb || $1::jsonb)::text returning 1"
        await ward.rows("console", ended, json.dumps(of_last_year))
        await page.goto(f"{office.address}/people")
        await expect(page.locator("main")).to_contain_text("有効期間")
        assert await page.get_by_label("フリガナ").count() == 0
        assert await flaws(page) == []


async def test_a_protected_person_is_for_those_alone_who_look_after_them(ward: Ward) -> None:
    async with opened(ward, ["clerk-1", "protection-1"]) as office:
        await town(ward)
        stop = ProcessingStop(kind="support_measure", since=TODAY - dt.timedelta(days=9))
        topic, hidden = change(
            "is protected",
            HUSBAND,
            "other",
            "2026-01-01",
            version=2,
            recorded=TODAY.isoformat(),
            processing_stops=(stop,),
        )
        await ward.publish([(topic, hidden.encode())])
        await ward.settle()
        clerk, guard = [await office.seat(one) for one in ("clerk-1", "protection-1")]
        for page, opens in ((clerk, False), (guard, True)):
            await page.get_by_role("link", name="個人を探す").click()
            await page.get_by_label("資格の得喪").check()
            await page.get_by_label("フリガナ").fill("カクウ")
            await page.get_by_label("生年月日").fill("1990-05-10")
            await page.get_by_role("button", name="探す").click()
            found = page.get_by_role("row").filter(has_text="支援措置対象者")
            assert "架空区" not in await found.inner_text(), "the address is in no list"
            await page.get_by_role("link", name="開く").first.click()
            if opens:
                await expect(page.locator("main")).to_contain_text("支援措置対象者")
            else:
                await expect(page.get_by_role("alert")).to_contain_text("支援措置の対象者です")
        # and not by the page alone: the doors refuse, too
        draft = "0af76519-16cd-43dd-8448-eb211c80319c"
        async with Caller(ward, "counter-9", "clerk", service="eligibility") as caller:
            for path, body in (
                ("/notes", {"addressee": HUSBAND}),
                ("/notes/write", {"draft": draft, "addressee": HUSBAND, "on": TODAY.isoformat(), "text": "相談"}),
                ("/transcriptions", {"addressee": HUSBAND}),
                ("/filings/reach", {"addressee": HUSBAND, "filing": "F-1"}),
            ):
                await caller.refused(path, body, 403, "protected")
            # of others a note is kept once, and other words under the same draft are told, not dropped
            note = {"draft": draft, "addressee": WIFE, "on": TODAY.isoformat(), "text": "相談"}
            assert await caller.answer("/notes/write", note | {"draft": draft.upper()}) == await caller.answer(
                "/notes/write", note
            )
            await caller.refused("/notes/write", note | {"text": "別の相談"}, 409, "noted_already")
            await caller.refused("/notes/write", note | {"draft": "no-uuid"}, 422, "body")
        async with Caller(ward, "counter-9", "clerk", service="transmittal") as caller:
            await caller.refused("/papers/reminder", {"addressee": HUSBAND}, 403, "protected")
        await guard.get_by_role("link", name="経過記録").click()
        await expect(guard.get_by_role("heading", level=1)).to_contain_text("経過記録")
        assert office.complaints == []
    refused = [
        one
        for one in await access_records(ward, "eligibility")
        if one["result"] == "refused" and one["account"] != "counter-9"
    ]
    assert [(one["account"], one["subject"]) for one in refused] == [("clerk-1", str(HUSBAND))]


async def received(office: Office, page: Page) -> None:
    await find(page, office, "カクウ", "1990-05-10", "資格の得喪")
    await page.get_by_role("link", name="届出を受け付ける").click()
    await page.get_by_role("link", name="基礎年金番号通知書再交付申請").click()
    await evidence(page)
    await page.get_by_label("理由").select_option("lost")
    await page.get_by_role("button", name="受け付けて入力する").click()


async def test_a_filing_is_taken_back_on_the_same_day_and_one_given_back_says_why(ward: Ward) -> None:
    async with opened(ward, ["clerk-1", "clerk-2"]) as office:
        await town(ward)
        first, second = [await office.seat(one) for one in ("clerk-1", "clerk-2")]
        for _ in range(2):
            await received(office, first)
        await ward.settle()
        for page, number, choice, button, state in (
            (first, "2026-000001", "by_applicant", "取り下げる", "取下げ"),
            (second, "2026-000002", "item_missing", "返付する", "返付"),
        ):
            await page.goto(f"{office.address}/book?purpose=status")
            await page.get_by_role("link", name=number.replace("2026", str(fiscal_year()))).click()
            select = "#withdraw-reason" if button == "取り下げる" else "#return-reason"
            await page.locator(select).select_option(choice)
            await page.get_by_role("button", name=button).click()
            await expect(page.get_by_role("status")).to_be_visible()
            await ward.settle()
            await page.goto(f"{office.address}/book?purpose=status")
            row = page.get_by_role("row").filter(has_text=number.replace("2026", str(fiscal_year())))
            await expect(row).to_contain_text(state)
        assert office.complaints == []


def fiscal_year() -> int:
    return TODAY.year if TODAY.month >= 4 else TODAY.year - 1
