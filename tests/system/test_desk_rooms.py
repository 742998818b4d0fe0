"""The smaller rooms of the desk, in a real browser: notes and memos, household, trials, counts, a person's rights, income requests, operations;
and every form once."""

import datetime as dt
import json
import re
from pathlib import Path
from typing import Any

import pytest
from cli.town import write_town
from console import forms
from contracts.decoder import decode
from contracts.events.filing import FilingEntered
from contracts.purposes import PURPOSE_OF, PURPOSES
from playwright.async_api import Page, expect

from tests.events import HUSBAND, change
from tests.system.conftest import Ward, until
from tests.system.desk import flaws, opened, picture, ticked
from tests.system.test_desk import TODAY, find, town
from tests.system.test_desk_day import apply, document, taxed
from tests.system.test_income_requests import a_ward
from tests.tax_income.lists import a_list, row
from tests.transmittal.pdfs import text_of

pytestmark = pytest.mark.system


async def memo(page: Page, button: str) -> None:
    """What the terminal showed, typed by whoever sits here."""
    await page.locator("[name=used_on]").fill(TODAY.isoformat())
    await page.locator("[name=used_at]").fill("９：３０")
    await page.locator("[name=what-0]").select_option("months_paid")
    await page.locator("[name=months-0]").fill("１２０")
    await page.get_by_role("button", name=button).click()


async def test_what_the_counter_keeps_of_a_person(ward: Ward) -> None:
    async with opened(ward, ["clerk-1", "clerk-2"]) as office:
        await town(ward)
        first, second = [await office.seat(one) for one in ("clerk-1", "clerk-2")]
        for page in (first, second):
            await find(page, office, "カクウ", "1990-05-10", "資格の得喪")
            await page.get_by_role("link", name="経過記録").click()

        # a note; twelve digits in any spelling are refused, and the note is not lost from the box
        await first.locator("#text").fill("電話で相談。１２３４－５６７８－９０１２")
        await first.get_by_role("button", name="記録する", exact=True).click()
        await expect(first.get_by_role("alert")).to_contain_text("12桁の数字")
        await first.go_back()
        await first.locator("#text").fill("電話で相談。後日来庁するとのこと。<b>太字</b>")
        await first.get_by_role("button", name="記録する", exact=True).click()
        await expect(first.get_by_role("row").filter(has_text="後日来庁")).to_contain_text("<b>太字</b>")

        # a memo of the portable terminal holds when another person wrote down the same
        await memo(first, "転記を記録する")
        await ward.settle()
        await first.reload()
        await expect(first.locator(".card").filter(has_text="TR-")).to_contain_text("点検者の確認待ち")
        assert await flaws(first) == []
        await picture(first, "records")
        await second.reload()
        await memo(second, "同じ画面を見て入力した")
        await ward.settle()
        await second.reload()
        await expect(second.locator(".card").filter(has_text="TR-")).to_contain_text("確認済")
        await expect(second.get_by_text("判定には使いません")).to_be_visible()

        # a letter asks for what is past its day: once, and again if it is wished
        reminder = "届出勧奨の手紙を作る"
        assert "年金の加入状況の確認" in text_of(await document(first, reminder))
        assert "届出を勧める相手はいません" in (await document(first, reminder)).decode()
        await ticked(first, "again")
        assert "年金の加入状況の確認" in text_of(await document(first, reminder))

        # with whom he lives, on a day
        await second.get_by_role("link", name="この人の照会票").click()
        await second.get_by_role("link", name="世帯", exact=True).click()
        await expect(second.get_by_role("row").filter(has_text="架空 例子")).to_contain_text("配偶者")
        assert await flaws(second) == []
        await second.get_by_label("いつの世帯か").fill("H20.1.1")
        await second.get_by_role("button", name="見る").click()
        await expect(second.locator("main")).to_contain_text("区内の世帯にいません")
        assert office.complaints == []
    kept = await ward.rows("eligibility", "select addressee, box from note")
    assert [one["addressee"] for one in kept] == [HUSBAND]
    assert "来庁".encode() not in kept[0]["box"], "sealed"


async def test_what_if_and_what_follows_from_a_filing(ward: Ward) -> None:
    async with opened(ward, ["clerk-1", "clerk-2"]) as office:
        await town(ward)
        page, other = [await office.seat(one) for one in ("clerk-1", "clerk-2")]
        *others, number = await apply(page, every=True)
        await ward.settle()

        # the forms of one reception are printed as one document, in their order
        printed = text_of(await document(page, "申請書（所得を印字）"))
        places = [printed.index(one) for one in (*others, number)]
        assert others
        assert places == sorted(places)
        await ward.publish([taxed(HUSBAND, TODAY.year if TODAY.month >= 7 else TODAY.year - 1, 9_000_000)])
        await ward.settle()
        await other.goto(f"{office.address}/book?purpose=exemption")
        await other.get_by_role("link", name=number).click()
        await other.get_by_label("届書の原本と").check()
        await other.get_by_role("button", name="同じと確かめた").click()
        await expect(other.locator("#state")).to_contain_text("受理", timeout=15_000)

        # what would be gone with it, before anybody takes it back
        await other.get_by_role("link", name="取下げ・訂正をするとどうなるか").click()
        await expect(other.locator("#reach")).to_contain_text("参考判定")
        assert await flaws(other) == []
        await picture(other, "reach")

        # another income, another answer; nothing is kept
        before = await ward.one("eligibility", "select count(*) from fact")
        await find(page, office, "カクウ", "1990-05-10", "保険料の免除")
        await page.get_by_role("link", name="試算").click()
        assert await flaws(page) == []
        await page.get_by_role("button", name="試算する").click()
        await expect(page.get_by_role("alert")).to_contain_text("一人以上")
        for yen, says in (("300,000", "全額免除の要件を満たします"), ("９０００００００", "要件を満たしません")):
            for box in await page.locator("input[name^=yen-]").all():
                await box.fill(yen)
            await page.get_by_role("button", name="試算する").click()
            await expect(page.locator("#trial")).to_contain_text("仮の所得")
            await expect(page.locator("#trial")).to_contain_text(says)
        await picture(page, "what-if")
        assert await ward.one("eligibility", "select count(*) from fact") == before
        assert office.complaints == []


async def test_a_person_asks_what_we_hold(ward: Ward) -> None:
    async with opened(ward, ["clerk-1", "rights-1", "rights-head-1"]) as office:
        await town(ward)
        counter, clerk, head = [await office.seat(one) for one in ("clerk-1", "rights-1", "rights-head-1")]
        await find(counter, office, "カクウ", "1990-05-10", "資格の得喪")
        await counter.get_by_role("link", name="経過記録").click()
        await counter.locator("#text").fill("窓口で説明した。")
        await counter.get_by_role("button", name="記録する", exact=True).click()
        await expect(counter.get_by_role("row").filter(has_text="説明した")).to_be_visible()

        await clerk.goto(f"{office.address}/rights")
        await clerk.locator("#number").fill("K-1")
        await clerk.locator("#addressee").fill(str(HUSBAND))
        await clerk.locator("#note").fill("全部の開示")
        await clerk.get_by_role("button", name="登録する").click()
        await expect(clerk.get_by_role("row").filter(has_text="K-1")).to_contain_text("開示請求")
        assert await flaws(clerk) == []
        await clerk.get_by_role("link", name="開示の案を見る").click()
        for part in ("宛名", "資格・免除・届出・裁定請求", "記録された事実（履歴）", "経過記録", "利用の記録"):
            await expect(clerk.get_by_role("heading", name=part, exact=True)).to_be_visible()
        await expect(clerk.locator("main")).to_contain_text("窓口で説明した。")
        assert await flaws(clerk) == []
        await picture(clerk, "disclosure")
        await clerk.goto(f"{office.address}/rights")
        assert await clerk.get_by_role("button", name="決定する").count() == 0
        await head.goto(f"{office.address}/rights")
        await head.locator("#number-decided").select_option("K-1")
        await head.locator("#answer").fill("開示する")
        await head.get_by_role("button", name="決定する").click()
        await head.get_by_role("link", name="決定済みも見る").click()
        await expect(head.get_by_role("row").filter(has_text="K-1")).to_contain_text("認める")
        assert office.complaints == []


async def test_a_list_of_the_pension_service_is_answered(ward: Ward, tmp_path: Path) -> None:
    async with opened(ward, ["request-1", "request-2"]) as office:
        await ward.publish(a_ward())
        await ward.settle()
        first, second = [await office.seat(one) for one in ("request-1", "request-2")]
        rows = [row(1), row(2, name_kana="ﾀﾞﾚｶ", address="")]
        for name, content in (("bad", b"nothing"), ("list", a_list("unpaid_premium", "Q-1", rows))):
            (tmp_path / name).write_bytes(content)
            await first.goto(f"{office.address}/income-requests")
            await first.locator("#number").fill("Q-1")
            await first.locator("#kind").select_option("unpaid_premium")
            await first.locator("#list").set_input_files(str(tmp_path / name))
            await first.get_by_role("button", name="取り込む").click()
            if name == "bad":
                await expect(first.get_by_role("alert")).to_contain_text("1件も取り込んでいません")
        await first.get_by_role("button", name=re.compile("対象者を探す")).click()
        await expect(first.get_by_role("row").filter(has_text="Q-1")).to_contain_text("要確認の行")
        assert await flaws(first) == []
        # the row for which nobody was found: two people say so
        await picture(first, "income-requests")
        for page in (first, second):
            await page.goto(f"{office.address}/income-requests/Q-1")
            assert await flaws(page) == []
            await page.get_by_role("button", name="この人とする").click()
        await expect(second.locator("main")).to_contain_text("確認を要する行はありません")
        await first.goto(f"{office.address}/income-requests")
        async with first.expect_download() as fetched:
            await first.get_by_role("button", name="回答を書き出す").click()
        await (await fetched.value).save_as(tmp_path / "answer.zip")
        assert b"Q-1-answer.dat" in (tmp_path / "answer.zip").read_bytes()
        assert office.complaints == []


async def test_who_operates_sees_what_waits_and_tries_it_again(ward: Ward) -> None:
    async with opened(ward, ["operator-1", "clerk-1"]) as office:
        await town(ward)
        later = (TODAY + dt.timedelta(days=5)).isoformat()
        topic, early = change("moves on", HUSBAND, "move_within", later, version=2)
        await ward.publish([("filings", json.dumps({"no": "event"}).encode()), (topic, early.encode())])
        await ward.settle()
        page = await office.seat("operator-1")
        await page.goto(f"{office.address}/operations")
        await expect(page.get_by_role("row").filter(has_text="filings/").first).to_contain_text(
            "このトピックの種類でない"
        )
        for service in ("registry-sync", "tax-income", "eligibility", "transmittal", "audit", "console"):
            await expect(page.locator("svg").first).to_contain_text(service)
        assert await flaws(page) == []
        await picture(page, "operations")

        # somebody is parked, as if our code had failed on a record; when that was mended, the operator has it tried again
        await expect(page.get_by_role("row").filter(has_text=str(HUSBAND))).to_contain_text("まで待ちます")
        assert await page.get_by_role("button", name="やり直す").count() == 0
        park = "update set_aside set parks = true, release_on = null where subject = $1 returning 1"
        assert await ward.rows("registry-sync", park, HUSBAND)
        await page.reload()
        await page.get_by_role("button", name="やり直す").first.click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("運用")
        await until(
            lambda: ward.one("registry-sync", "select state = 'applied' from set_aside where subject = $1", HUSBAND),
            "it took effect",
        )
        assert office.complaints == []


def examples(folder: Path) -> dict[str, FilingEntered]:
    """One filing of each kind, out of a made-up town."""
    write_town(60, 1, folder)
    found: dict[str, FilingEntered] = {}
    for line in (folder / "filings.jsonl").read_bytes().splitlines():
        data: Any = decode("filings", line).data
        if isinstance(data, FilingEntered):
            found.setdefault(data.content.kind, data)
    return found


async def fill(page: Page, kind: str, texts: dict[str, list[str]]) -> None:
    """The texts into the boxes of a form, as a clerk would."""
    await page.get_by_text("ほかの書類").click()
    for box in (*forms.boxes(kind), *forms.EVIDENCE):
        for text in texts.get(box.name, []):
            match box.kind:
                case "choice":
                    await page.locator(f"#box-{box.name}").select_option(text)
                case "choices":
                    await page.locator(f"[name={box.name}][value='{text}']").check()
                case "flag":
                    await page.locator(f"[name={box.name}]").check()
                case _:
                    await page.locator(f"#box-{box.name}").fill(text)


async def test_every_form_is_received_once(ward: Ward, tmp_path: Path) -> None:
    async with opened(ward, ["clerk-1", "list-1"], KOKUNEN_OFFICES="01=本庁,02=東部") as office:
        await town(ward)
        page = await office.seat("clerk-1")
        every = examples(tmp_path)
        assert every.keys() == PURPOSE_OF.keys()
        for purpose in ("status", "exemption", "claim", "support-benefit"):
            title = PURPOSES[purpose].title
            await find(page, office, "カクウ", "1990-05-10", title)
            sheet = page.url
            for kind in (one for one, of in PURPOSE_OF.items() if of == purpose):
                await page.goto(sheet)
                await page.get_by_role("link", name="届出を受け付ける").click()
                await page.locator(f"a[href$='/{kind}']").click()
                one = every[kind]
                texts = forms.filled(kind, one.content) | forms.filled_evidence(one.evidence)
                await fill(page, kind, {name: value for name, value in texts.items() if name != "schemes"})
                await page.get_by_role("button", name="受け付けて入力する").click()
                await expect(page.get_by_role("heading", level=1), kind).to_have_text("受け付けました")
        await ward.settle()
        book = await ward.rows("eligibility", "select kind, count(*) from reception_book group by kind")
        assert {one["kind"] for one in book} == PURPOSE_OF.keys()

        # today's work, with all of that in it
        await page.goto(office.address)
        assert await flaws(page) == []
        await picture(page, "today")
        for chosen, waiting in (("01", True), ("02", False), ("", True)):
            await page.goto(f"{office.address}/?office={chosen}")
            assert any(int(text) for text in await page.locator(".card .figure").all_inner_texts()) == waiting, chosen
        for path in ("/july", "/ages", "/people"):
            await page.goto(office.address + path)
            assert await flaws(page) == [], path

        # the counts for the ward's returns add up against the book
        await page.goto(f"{office.address}/counts")
        await expect(page.get_by_role("status")).to_contain_text(
            f"件数の合計 {len(PURPOSE_OF)}、受付処理簿の行数 {len(PURPOSE_OF)}"
        )
        assert await flaws(page) == []
        await picture(page, "counts")
        async with page.expect_download() as fetched:
            await page.get_by_role("button", name="CSV").click()
        text = (await (await fetched.value).path()).read_text("utf-8-sig")
        assert len(text.splitlines()) == len(PURPOSE_OF) + 1

        # the lines of the book are taken away on a ticket, at a terminal for that
        elsewhere = await office.seat("list-1")
        await expect(elsewhere.get_by_role("alert")).to_contain_text("端末")
        page = await office.seat("list-1", "dev-media")
        assert await flaws(page) == []
        await page.locator("#ticket").fill("TK-1")
        await page.locator("#list").select_option("reception")
        async with page.expect_download() as fetched:
            await page.get_by_role("button", name="CSV").click()
        text = (await (await fetched.value).path()).read_text("utf-8-sig")
        assert len(text.splitlines()) == len(PURPOSE_OF) + 1
        assert text.count("list-1 dev-media") == len(PURPOSE_OF)
        await page.get_by_role("button", name="ログアウト").click()
        await expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert await flaws(page) == []
        assert office.complaints == []
