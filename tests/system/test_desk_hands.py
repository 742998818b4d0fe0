"""The desk without a mouse; and what it refuses to whoever sits there: the wrong terminal, an account that has ended, a protected person."""

import datetime as dt
import json

import pytest
from contracts.events.registry import ProcessingStop
from playwright.async_api import Page, expect

from tests.events import HUSBAND, WIFE, change
from tests.system.conftest import Ward
from tests.system.desk import Office, opened
from tests.system.doors import Caller, access_records
from tests.system.test_desk import TODAY, evidence, find, town

pytestmark = pytest.mark.system

FOCUS = """() => { const one = document.activeElement; const style = getComputedStyle(one);
    return [one.getAttribute('name') || '', (one.innerText || one.value || '').trim().slice(0, 60), one.value || '',
            style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2]; }"""


async def tab_to(page: Page, *, name: str = "", text: str = "", value: str = "", most: int = 120) -> None:
    """Tab until the focus is on what has this name, this text or value; it must be seen to be there."""
    passed = []
    for _ in range(most):
        await page.keyboard.press("Tab")
        its_name, its_text, its_value, seen = await page.evaluate(FOCUS)
        passed.append(its_name or its_text)
        if (not name or its_name == name) and (not text or text in its_text) and (not value or its_value == value):
            assert seen, f"the focus on {name or text} can't be seen"
            return
    raise AssertionError(f"{name or text or value} was not reached: {passed}")


async def typed(page: Page, name: str, text: str) -> None:
    await tab_to(page, name=name)
    await page.keyboard.type(text)


async def test_a_filing_is_entered_and_checked_without_a_mouse(ward: Ward) -> None:
    async with opened(ward, ["clerk-1", "clerk-2", "desk-head-1"]) as office:
        await town(ward)
        first = await office.seat("clerk-1")
        await tab_to(first, text="本文へ")  # past the menu, for whoever hears the page
        await tab_to(first, text="個人を探す")
        await first.keyboard.press("Enter")
        await first.wait_for_url("**/people")
        await expect(first.locator("#kana")).to_be_focused()  # where typing begins
        await first.keyboard.type("カクウ レイコ")
        await typed(first, "born", "H4.3.3")
        await first.keyboard.press("Enter")
        await expect(first.get_by_role("link", name="開く")).to_be_visible()
        await tab_to(first, text="開く")
        await first.keyboard.press("Enter")
        await expect(first.get_by_role("heading", level=1)).to_contain_text("照会票")
        await tab_to(first, text="届出を受け付ける")
        await first.keyboard.press("Enter")
        await expect(first.locator("main")).to_contain_text("種別変更届")
        await tab_to(first, text="種別変更届")
        await first.keyboard.press("Enter")
        await expect(first.locator("#box-received_on")).to_be_focused()
        for name in ("filed_by", "number_check", "identity_check"):
            await tab_to(first, name=name)
            await first.keyboard.press("ArrowDown")
        await tab_to(first, name="reason")
        await first.keyboard.press("ArrowDown")
        await typed(first, "fact_on", (TODAY - dt.timedelta(days=3)).isoformat())
        await tab_to(first, text="受け付けて入力する")
        await first.keyboard.press("Enter")
        await expect(first.locator(".error, .note.bad")).to_have_count(0)
        await expect(first.get_by_role("heading", level=1)).to_have_text("受け付けました")
        number = await first.locator("td.figure").inner_text()
        await ward.settle()

        second = await office.seat("clerk-2")
        await tab_to(second, text="受付処理簿")
        await second.keyboard.press("Enter")
        await expect(second.get_by_role("heading", level=1)).to_have_text("受付処理簿")
        await tab_to(second, text=number)
        await second.keyboard.press("Enter")
        await expect(second.get_by_role("heading", level=1)).to_contain_text(number)
        await tab_to(second, name="compared")
        await second.keyboard.press("Space")
        await tab_to(second, text="同じと確かめた")
        await second.keyboard.press("Enter")
        await expect(second.get_by_role("status")).to_be_visible()
        await ward.settle()
        assert (
            await ward.one("eligibility", "select checked_by from reception_book where filing = $1", number)
            == "clerk-2"
        )
        assert office.complaints == []


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
