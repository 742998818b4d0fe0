"""A day at the desk, in a real browser: a filing is received by one person, checked by another, decided by a third; and what is refused."""

import datetime as dt
import re

import pytest
from contracts.events.operations import BusinessDayStarted
from playwright.async_api import Page, expect

from tests.events import EVIDENCE, HUSBAND, WIFE, change, day, event
from tests.system.conftest import Ward, until
from tests.system.desk import Office, flaws, opened, picture
from tests.system.doors import access_records

pytestmark = pytest.mark.system

TODAY = dt.date.today()


async def town(ward: Ward) -> None:
    """A household of two, and the day of today: whoever fills in a form today receives it today."""
    him, her = (
        change("moves in", HUSBAND, "move_in", "2020-04-01", version=1),
        change(
            "moves in, too", WIFE, "move_in", "2020-04-01", version=1, name="架空 例子", name_kana="カクウ レイコ", sex="female",
            birth_date=day("1992-03-03"), relation="spouse",
        ),
    )  # fmt: skip
    began = event("today", HUSBAND, BusinessDayStarted(day=TODAY, open=True), TODAY.isoformat())
    calendar = began.model_copy(update={"subject": "calendar"})
    await ward.publish([(topic, one.encode()) for topic, one in (("calendar", calendar), him, her)])
    await ward.settle()


async def find(page: Page, office: Office, kana: str, born: str, affair: str) -> None:
    """From the menu to somebody's sheet."""
    await page.get_by_role("link", name="個人を探す").click()
    await page.get_by_label(affair).check()
    await page.get_by_label("フリガナ").fill(kana)
    await page.get_by_label("生年月日").fill(born)
    await page.get_by_role("button", name="探す").click()
    await expect(page.get_by_role("link", name="開く").first).to_be_visible()
    await picture(page, "search")
    await page.get_by_role("link", name="開く").first.click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("被保険者照会票")


async def evidence(page: Page) -> None:
    for name, value in EVIDENCE.model_dump(exclude_none=True).items():
        await page.locator(f"#box-{name}").select_option(value)


async def book(page: Page, office: Office, purpose: str, number: str) -> str:
    """What the reception book says of a filing."""
    await page.goto(f"{office.address}/book?purpose={purpose}")
    return await page.get_by_role("row").filter(has_text=number).inner_text()


async def test_a_filing_goes_through_three_pairs_of_hands(ward: Ward) -> None:
    async with opened(ward, ["clerk-1", "clerk-2", "desk-head-1"]) as office:
        await town(ward)
        first, second, head = [await office.seat(one) for one in ("clerk-1", "clerk-2", "desk-head-1")]

        # received and entered: half width and hiragana find her, the day may be written by era
        await find(first, office, "かくう れ", "H4.3.3", "資格の得喪")
        assert await flaws(first) == []
        await picture(first, "person")
        await first.get_by_role("link", name="届出を受け付ける").click()
        assert await flaws(first) == []
        await picture(first, "choose-form")
        await first.get_by_role("link", name="種別変更届").click()
        await evidence(first)
        await first.get_by_role("button", name="内容を確かめる").click()
        await expect(first.locator("#looked")).to_contain_text("理由：入力してください。")
        await first.get_by_label("理由").select_option("left_employment")
        left = TODAY - dt.timedelta(days=5)
        await first.get_by_label("事実のあった日").fill(left.strftime("%Y/%m/%d"))
        await first.get_by_role("button", name="内容を確かめる").click()
        await expect(first.locator("#looked .tag, #looked .note").first).to_contain_text("受理")
        assert await flaws(first) == []
        await picture(first, "form")
        await first.get_by_role("button", name="受け付けて入力する").click()
        await expect(first.get_by_role("heading", level=1)).to_have_text("受け付けました")
        number = await first.locator("td.figure").inner_text()
        assert re.fullmatch(r"20\d\d-\d{6}", number)
        assert await flaws(first) == []
        await picture(first, "entered")

        # who entered it does not check it
        await ward.settle()
        await first.get_by_role("link", name="開く").click()
        assert "別の担当者が点検します" in await first.locator("main").inner_text()
        assert await first.get_by_role("button", name="同じと確かめた").count() == 0

        # somebody else does
        assert "確認待ち" in await book(second, office, "status", number)
        assert await flaws(second) == []
        await picture(second, "book")
        await second.get_by_role("link", name=number).click()
        assert await flaws(second) == []
        await second.get_by_role("button", name="同じと確かめた").click()
        await expect(second.get_by_role("alert")).to_contain_text("見比べたら")
        await picture(second, "check")
        await second.get_by_label("届書の原本と").check()
        await second.get_by_role("button", name="同じと確かめた").click()
        await expect(second.locator("#state")).to_contain_text("受理", timeout=15_000)
        assert "受理" in await book(second, office, "status", number)

        # and a third one decides that it goes out
        await book(head, office, "status", number)
        await head.get_by_role("link", name=number).click()
        await head.get_by_role("button", name="決裁する").click()
        await expect(head.get_by_role("status")).to_be_visible()
        await until(
            lambda: ward.one(
                "eligibility", "select send_decided_on is not null from reception_book where filing = $1", number
            ),
            "the decision is in the book",
        )
        assert office.complaints == []

    entered = [one for one in await access_records(ward, "console") if one["action"] != "login"]
    assert [(one["account"], one["what"], one["action"]) for one in entered] == [
        ("clerk-1", "filing.enter", "register"),
        ("clerk-2", "filing.check", "update"),
        ("desk-head-1", "filing.decide", "update"),
    ]
    seen = await access_records(ward, "registry-sync")
    assert {"clerk-1", "clerk-2", "desk-head-1"} <= {one["account"] for one in seen}
    assert {one["terminal"] for one in seen if one["account"] == "clerk-1"} == {"dev-terminal"}


async def test_whoever_reads_otherwise_than_was_entered_holds_it_up_until_it_is_entered_anew(ward: Ward) -> None:
    async with opened(ward, ["clerk-1", "clerk-2"]) as office:
        await town(ward)
        first, second = [await office.seat(one) for one in ("clerk-1", "clerk-2")]
        await find(first, office, "カクウ レ", "1990-05-10", "保険料の免除")
        await first.get_by_role("link", name="届出を受け付ける").click()
        await first.get_by_role("link", name="産前産後免除該当届").click()
        await evidence(first)
        await first.get_by_label("出産予定日", exact=True).fill((TODAY + dt.timedelta(days=30)).isoformat())
        await first.get_by_role("button", name="受け付けて入力する").click()
        number = await first.locator("td.figure").inner_text()
        await ward.settle()

        # read blind, and read otherwise
        await book(second, office, "exemption", number)
        await second.get_by_role("link", name=number).click()
        await second.get_by_role("link", name="見ずに入力して比べる").click()
        assert (TODAY + dt.timedelta(days=30)).isoformat() not in await second.content()
        assert await flaws(second) == []
        await second.get_by_label("受付年月日").fill(TODAY.isoformat())
        await second.get_by_label("出産予定日", exact=True).fill((TODAY + dt.timedelta(days=31)).isoformat())
        await second.get_by_role("button", name="点検を記録する").click()
        await expect(second.locator("#state")).to_contain_text("一致していません", timeout=15_000)
        await second.reload()
        assert await second.locator("tr.differs").count() == 1

        # the first one looks at the paper again, and enters it anew
        await first.goto(second.url.partition("?")[0])
        await expect(first.get_by_role("alert")).to_contain_text(
            "いまのログインでは開けません"
        )  # an address is one person's own
        await book(first, office, "exemption", number)
        await first.get_by_role("link", name=number).click()
        await first.get_by_role("link", name="入力し直す").click()
        await expect(first.get_by_label("出産予定日", exact=True)).to_have_value(
            (TODAY + dt.timedelta(days=30)).isoformat()
        )
        stale = first.url
        await first.get_by_label("出産予定日", exact=True).fill((TODAY + dt.timedelta(days=31)).isoformat())
        await first.get_by_role("button", name="受け付けて入力する").click()
        await expect(first.get_by_role("heading", level=1)).to_have_text("受け付けました")
        await first.goto(stale)  # of two who enter it anew at once the second one is told
        await first.get_by_role("button", name="受け付けて入力する").click()
        await expect(first.get_by_role("alert")).to_contain_text("入力し直しています")
        await ward.settle()
        assert "受理" in await book(second, office, "exemption", number)
        assert office.complaints == []


async def test_a_button_pressed_twice_enters_once_and_a_draft_stays_until_then(ward: Ward) -> None:
    async with opened(ward, ["clerk-1"]) as office:
        await town(ward)
        page = await office.seat("clerk-1")
        await find(page, office, "カクウ レ", "1990-05-10", "資格の得喪")
        await page.get_by_role("link", name="届出を受け付ける").click()
        await page.get_by_role("link", name="基礎年金番号通知書再交付申請").click()
        await page.get_by_label("理由").select_option("lost")
        await page.get_by_role("button", name="下書きに残す").click()
        await expect(page.locator("#kept")).to_contain_text("下書きに残しました")
        await page.get_by_role("link", name="下書き").click()
        assert await flaws(page) == []
        await page.get_by_role("link", name="続ける").click()
        await expect(page.get_by_label("理由")).to_have_value("lost")
        sent = await page.evaluate(
            """async () => { const form = document.querySelector('#filing'); const data = new URLSearchParams(new FormData(form));
            data.set('do', 'enter'); const send = () => fetch(location.href, {method: 'POST', body: data, redirect: 'manual'});
            return (await Promise.all([send(), send(), send()])).map(one => one.type); }"""
        )
        assert sent == ["opaqueredirect"] * 3
        await page.get_by_role("link", name="下書き").click()
        await expect(page.locator("main")).to_contain_text("下書きはありません")
        await ward.settle()
        assert await ward.one("eligibility", "select count(*) from reception_book") == 1
        assert await ward.one("console", "select count(*) from entry") == 1
        assert await ward.one("console", "select last from reception_year") == 1, "no number is lost either"


async def test_the_desk_in_english_has_no_japanese_of_its_own(ward: Ward) -> None:
    async with opened(ward, ["clerk-1"]) as office:
        await town(ward)
        page = await office.seat("clerk-1")
        await page.get_by_role("button", name="English").click()
        await expect(page.get_by_role("heading", level=1)).to_contain_text("Today")
        await page.get_by_role("link", name="Find a person").click()
        await expect(page.get_by_role("button", name="Find")).to_be_visible()
        assert await page.locator("html").get_attribute("lang") == "en"
