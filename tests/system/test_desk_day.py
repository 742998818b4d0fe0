"""One full day at the desk, in real browsers and without a mouse: from the application at the counter to the pension service's decision on the
person's sheet, with the auditor behind."""

import datetime as dt
import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from contracts.events.income import TaxAssessed, TaxRecord
from contracts.vocabulary import Month
from playwright.async_api import Page, Route, expect

from tests.events import HUSBAND, WIFE, event
from tests.system.conftest import Ward, until
from tests.system.desk import Office, attached, chosen, flaws, opened, picture, press, tab_to, ticked, typed
from tests.system.test_batch_life import DISC_UNTIL, counted, desk, originals_of
from tests.system.test_deliveries import a_file
from tests.system.test_desk import EVIDENCE, TODAY, book, town
from tests.transmittal.pdfs import text_of

pytestmark = pytest.mark.system

PEOPLE = [
    "clerk-1", "clerk-2", "desk-head-1", "transmittal-1", "transmittal-2", "approver-1", "section-head-1", "auditor-1"
]  # fmt: skip
INCOME = 1_234_000
NEXT_DAY = TODAY + dt.timedelta(days=1)
"""The pension service answers on a later day than the batch was sealed."""


def taxed(person: int, tax_year: int, yen: int) -> tuple[str, bytes]:
    data = TaxAssessed(tax_year=tax_year, version=1, state="declared", record=TaxRecord(total_income_yen=yen))
    return "tax-assessments", event(f"tax {person} {tax_year}", person, data, TODAY.isoformat()).encode()


async def staff() -> None:
    """A decider and a section head, appointed by two; the terminal for media, and a disc."""
    for who, duty in (("approver-1", "decide"), ("section-head-1", "permit")):
        for by in ("clerk-8", "clerk-9"):
            await desk("appoint", who, duty, by=by)
    await desk("designate", "dev-media")
    await desk("register", "disc-1", "--serial", "S1", "--until", DISC_UNTIL)


async def step(page: Page, office: Office, button: str, *, sees: str) -> None:
    """On the batch's page a button is pressed; the page then says how far the batch is."""
    await press(page, button)
    await expect(page.locator("main .card").first).to_contain_text(sees)


async def document(page: Page, button: str) -> bytes:
    """What a button of printing gives: a document in a window of its own."""
    made: list[bytes] = []

    async def keep(route: Route) -> None:
        if route.request.method == "POST":
            answer = await route.fetch()
            made.append(await answer.body())
            await route.fulfill(response=answer)
        else:
            await route.continue_()

    await page.context.route("**/*", keep)
    async with page.expect_popup() as window:
        await press(page, button)

    async def came() -> bool:
        return bool(made)

    await until(came, "the document is there")
    await page.context.unroute("**/*", keep)
    await (await window.value).close()
    return made[0]


async def sheet_of_him(page: Page) -> None:
    """From the menu, for the affair of exemptions, to his sheet."""
    await tab_to(page, text="本文へ")  # past the menu, for whoever hears the page
    await press(page, "個人を探す")
    await expect(page.locator("#kana")).to_be_focused()
    await tab_to(page, name="purpose", key="Shift+Tab")
    await page.keyboard.press("ArrowDown")
    await expect(page.get_by_label("保険料の免除")).to_be_checked()
    await typed(page, "kana", "カクウ")
    await typed(page, "born", "1990-05-10")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("link", name="開く").first).to_be_visible()
    await press(page, "開く")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("被保険者照会票")


async def apply(page: Page, *, every: bool = False) -> list[str]:
    """He applies for the exemption of the current cycle, or of every one that is offered: the reception numbers."""
    await sheet_of_him(page)
    await press(page, "届出を受け付ける")
    await page.wait_for_url("**/reception/*")
    await press(page, "免除・納付猶予申請")
    await expect(page.locator("#box-received_on")).to_be_focused()  # where typing begins
    for name, value in EVIDENCE.model_dump(exclude_none=True).items():
        await chosen(page, name, value)
    for cycle in await page.locator("input[name=cycle]").all() if every else [page.locator("input[name=cycle]").last]:
        await ticked(page, "cycle", await cycle.get_attribute("value") or "")
    await typed(page, "spouse", str(WIFE))
    await ticked(page, "has_spouse")
    await press(page, "内容を確かめる")
    await expect(page.locator("#looked .note").first).to_be_visible()
    await press(page, "受け付けて入力する")
    await expect(page.get_by_role("heading", level=1)).to_have_text("受け付けました")
    return await page.locator("td.figure").all_inner_texts()


async def seen_off(office: Office, pages: dict[str, Page], tmp_path: Path) -> None:
    """Batch 1 from its seal to the bag, by its hands."""
    clerk, carrier = pages["transmittal-1"], pages["transmittal-2"]
    await clerk.goto(f"{office.address}/batches")
    await press(clerk, "いま封緘する（都度）")
    await expect(clerk.get_by_role("link", name="1", exact=True)).to_be_visible()
    for page in (clerk, carrier, pages["approver-1"]):
        await page.goto(f"{office.address}/batches/1")
    assert await clerk.get_by_role("button", name="点検した").count() == 0, "who sealed it does not check it"
    assert "申請書" in text_of(next(iter((await papers(clerk)).values())))
    await step(carrier, office, "点検した", sees="点検済")
    await pages["approver-1"].reload()
    await step(pages["approver-1"], office, "決裁する", sees="決裁済")
    elsewhere = await office.seat("transmittal-1", "dev-terminal")
    await elsewhere.goto(f"{office.address}/batches/1")
    await typed(elsewhere, "medium", "disc-1")
    await press(elsewhere, "暗号化したファイルを受け取る")
    await expect(elsewhere.get_by_role("alert")).to_contain_text("端末")
    await clerk.reload()
    await typed(clerk, "medium", "disc-1")
    async with clerk.expect_download() as fetched:
        await press(clerk, "暗号化したファイルを受け取る")
    await (await fetched.value).save_as(tmp_path / "files.zip")
    with zipfile.ZipFile(tmp_path / "files.zip") as archive:
        archive.extractall(tmp_path / "disc-1")
    files = [str(one) for one in sorted((tmp_path / "disc-1").iterdir())]
    await clerk.reload()
    await attached(clerk, files[:-1])
    await press(clerk, "書き込んだ")
    await expect(clerk.get_by_role("alert")).to_be_visible()  # a file is missing: nothing is in the ledger
    await clerk.goto(f"{office.address}/batches/1")
    await attached(clerk, files)
    await step(clerk, office, "書き込んだ", sees="書込み済")
    assert await flaws(clerk) == []
    head = pages["section-head-1"]
    await head.goto(f"{office.address}/batches/1")
    await typed(head, "carrier", "transmittal-2")
    await picture(clerk, "batch")
    await step(head, office, "許可する", sees="持ち出し許可済")
    await carrier.reload()
    await typed(carrier, "codes", "\n".join(f"{one}/1-1" for one in await originals_of(1)))
    await press(carrier, "読み取った")
    await expect(carrier.get_by_role("status")).to_contain_text("読み取りました")
    assert "足りない原本" not in await carrier.get_by_role("status").inner_text()
    for page, sees in ((carrier, "封印確認済"), (clerk, "発送済")):
        await page.goto(f"{office.address}/batches/1")
        await typed(page, "bag", "B-1")
        await typed(page, "seal", "77")
        await attached(page, files)
        await step(page, office, "確かめた", sees=sees)


async def papers(page: Page) -> dict[str, bytes]:
    """What is printed of a batch, by file."""
    packed = await document(page, "帳票と送付内容内訳書")
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        return {name: archive.read(name) for name in archive.namelist() if "forms" in name}


async def delivered(office: Office, pages: dict[str, Page], tmp_path: Path, **files: bytes) -> None:
    """A delivery through all hands at the desk."""
    clerk, other = pages["transmittal-1"], pages["transmittal-2"]
    for page, button in ((clerk, "送付書を登録する"), (clerk, "数えた件数を記録する"), (other, "数えた件数を記録する")):
        await page.goto(f"{office.address}/deliveries")
        await typed(page, "delivery", "R-1")
        for kind in files:
            await typed(page, f"rows-{kind}", "1")
        await press(page, button)
        await expect(page.get_by_role("row").filter(has_text="R-1")).to_be_visible()
    assert await flaws(clerk) == []
    await picture(clerk, "deliveries")
    for kind, content in files.items():
        path = tmp_path / f"{kind}.dat"
        path.write_bytes(content)
        await clerk.goto(f"{office.address}/deliveries")
        await tab_to(clerk, name="delivery")  # the box for what is counted stands before the one for a file
        await typed(clerk, "delivery", "R-1")
        await chosen(clerk, "kind", kind)
        await attached(clerk, [str(path)])
        await press(clerk, "取り込む")
        await expect(clerk.get_by_role("row").filter(has_text="R-1")).to_contain_text("反映")


def decided(first: Month, last: Month) -> bytes:
    row: dict[str, Any] = {
        "line": 1, "batch": 1, "batch_line": 1, "basic_pension_number": 0, "decision": "D-1", "version": 1, "scheme": 1,
        "first_month": int(f"{first.year}{first.month:02}"), "last_month": int(f"{last.year}{last.month:02}"), "decided_on": TODAY,
    }  # fmt: skip
    return a_file("decisions", "R-1", [row], made_on=NEXT_DAY)


async def test_a_full_day(ward: Ward, tmp_path: Path) -> None:
    async with opened(ward, PEOPLE) as office:
        await town(ward)
        await staff()
        pages = {one: await office.seat(one, "dev-media" if "transmittal" in one else "dev-terminal") for one in PEOPLE}
        first, second, head = pages["clerk-1"], pages["clerk-2"], pages["desk-head-1"]

        (number,) = await apply(first)
        await ward.settle()
        tax_year = TODAY.year if TODAY.month >= 7 else TODAY.year - 1
        await ward.publish([taxed(one, year, INCOME) for one in (HUSBAND, WIFE) for year in (tax_year, tax_year + 1)])
        await ward.settle()

        # the form is printed with the incomes by which it is decided; his own copy shows his alone
        await press(first, "開く")
        await expect(first.get_by_role("heading", level=1)).to_contain_text(number)
        assert await flaws(first) == []
        application = await document(first, "申請書（所得を印字）")
        await picture(application, "paper-application")
        form = text_of(application)
        assert form.count(f"{INCOME:,}円") == 2, form
        assert text_of(await document(first, "申請者の控え（本人の所得だけ）")).count(f"{INCOME:,}円") == 1
        assert "受付控" in text_of(await document(first, "受付控"))

        await book(second, office, "exemption", number)
        await press(second, number)
        await expect(second.get_by_role("heading", level=1)).to_contain_text(number)
        await ticked(second, "compared")
        await press(second, "同じと確かめた")
        await expect(second.locator("#state")).to_contain_text("受理", timeout=15_000)
        await book(head, office, "exemption", number)
        await press(head, number)
        await expect(head.get_by_role("heading", level=1)).to_contain_text(number)
        await press(head, "日本年金機構へ送付することを決裁する")
        await expect(head.get_by_role("status")).to_be_visible()
        await ward.settle()

        await seen_off(office, pages, tmp_path)
        counts = await counted(ward, 1)
        clerk = pages["transmittal-1"]
        await typed(clerk, "counts", "\n".join(f"{k}={v}" for k, v in counts.items()))
        await press(clerk, "受領を記録する")
        await expect(clerk.get_by_role("status")).to_contain_text("件数が一致し")
        for path in ("/due", "/batches", "/media", "/lists"):
            await clerk.goto(office.address + path)
            assert await flaws(clerk) == [], path

        cycle = Month(tax_year, 7)
        answer = {"line": 1, "batch": 1, "batch_line": 1, "basic_pension_number": 0, "filing": "", "result": 1, "reason": "",
                  "processed_on": NEXT_DAY}  # fmt: skip
        results = a_file("results", "R-1", [answer], made_on=NEXT_DAY)
        await delivered(office, pages, tmp_path, results=results, decisions=decided(cycle, cycle + 11))
        await ward.settle()

        # the sheet of the person shows what was decided, and where the paper is
        await sheet_of_him(first)
        await expect(first.locator("main")).to_contain_text("裁定結果")
        await expect(first.locator("main")).to_contain_text("全額免除")
        assert await flaws(first) == []
        await picture(first, "decided")
        sheet = await first.pdf(format="A4")
        await picture(sheet, "paper-sheet")
        await press(first, "経過記録・転記・書類の所在")
        await expect(first.get_by_role("row").filter(has_text=number)).to_contain_text("日本年金機構が受領")
        assert await flaws(first) == []

        # the auditor finds each step
        for service in ("console", "transmittal", "eligibility"):
            await ward.outbox_empty(service)
        await ward.settle()
        auditor = pages["auditor-1"]
        await auditor.goto(f"{office.address}/accesses")
        await typed(auditor, "person", str(HUSBAND))
        await press(auditor, "探す")
        found = await auditor.get_by_role("table").inner_text()
        await picture(auditor, "accesses")
        for what in (
            "filing.enter",
            "papers.filings",
            "filing.check",
            "filing.decide",
            "transmittal.files",
            "transmittal.delivery-import",
        ):
            assert what in found, what
        for path in ("/accesses", "/findings", "/reviews?period=2026-Q3", "/accounts"):
            await auditor.goto(office.address + path)
            assert await flaws(auditor) == [], path
        assert office.complaints == []
