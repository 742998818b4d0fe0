"""A batch seen off at the desk, in a real browser: checked, decided, written, permitted, scanned, sealed by two, received; the auditor finds each step."""

import zipfile
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.system.conftest import Ward
from tests.system.desk import Office, flaws, opened
from tests.system.test_batch_life import DISC_UNTIL, counted, desk, originals_of

pytestmark = pytest.mark.system

PEOPLE = ["transmittal-1", "transmittal-2", "approver-1", "section-head-1", "auditor-1"]


async def staff() -> None:
    """A decider and a section head, appointed by two; the terminal for media, and a disc."""
    for who, duty in (("approver-1", "decide"), ("section-head-1", "permit")):
        for by in ("clerk-8", "clerk-9"):
            await desk("appoint", who, duty, by=by)
    await desk("designate", "dev-media")
    await desk("register", "disc-1", "--serial", "S1", "--until", DISC_UNTIL)


async def step(page: Page, office: Office, button: str, *, sees: str) -> None:
    """On the batch's page a button is pressed; the page then says how far the batch is."""
    await page.get_by_role("button", name=button, exact=True).click()
    await expect(page.locator("main .card").first).to_contain_text(sees)


async def test_a_batch_is_seen_off_by_its_hands(ward: Ward, lines: list[tuple[str, bytes]], tmp_path: Path) -> None:
    async with opened(ward, PEOPLE) as office:
        await staff()
        await ward.publish(lines)
        await ward.settle()
        await desk("seal", by="clerk-1")
        await ward.tax_office_answers(lines)
        clerk, carrier = [await office.seat(one, "dev-media") for one in ("transmittal-1", "transmittal-2")]
        boss, head = [await office.seat(one) for one in ("approver-1", "section-head-1")]
        for page in (clerk, carrier, boss, head):
            await page.goto(f"{office.address}/batches/1")

        assert await flaws(clerk) == []
        await step(clerk, office, "点検した", sees="点検済")
        assert await boss.get_by_role("button", name="決裁する").count() == 0, (
            "before the check there is nothing to decide"
        )
        await boss.reload()
        await step(boss, office, "決裁する", sees="決裁済")

        # the files of the medium are fetched, written, and what was read back is compared
        await clerk.reload()
        await clerk.get_by_label("台帳の媒体番号").fill("disc-1")
        async with clerk.expect_download() as fetched:
            await clerk.get_by_role("button", name="暗号化したファイルを受け取る").click()
        await (await fetched.value).save_as(tmp_path / "files.zip")
        with zipfile.ZipFile(tmp_path / "files.zip") as archive:
            archive.extractall(tmp_path / "disc-1")
        files = [str(one) for one in sorted((tmp_path / "disc-1").iterdir())]
        await clerk.reload()
        await clerk.locator("#written").set_input_files(files[:-1])
        await clerk.get_by_role("button", name="書き込んだ").click()
        await expect(clerk.get_by_role("alert")).to_be_visible()  # a file is missing: nothing is in the ledger
        await clerk.goto(f"{office.address}/batches/1")
        await clerk.locator("#written").set_input_files(files)
        await step(clerk, office, "書き込んだ", sees="書込み済")
        assert await flaws(clerk) == []

        await head.reload()
        await head.get_by_label("運ぶ人").fill("transmittal-2")
        await step(head, office, "許可する", sees="持ち出し許可済")
        assert await flaws(head) == []

        # the originals are scanned into the bag; the carrier and another one confirm its seal
        await carrier.reload()
        await carrier.get_by_label("バーコード").fill("\n".join(f"{one}/1-1" for one in await originals_of(1)))
        await carrier.get_by_role("button", name="読み取った", exact=True).click()
        await expect(carrier.get_by_role("status")).to_contain_text("読み取りました")
        assert "足りない原本" not in await carrier.get_by_role("status").inner_text()
        for page, sees in ((carrier, "封印確認済"), (clerk, "発送済")):
            await page.goto(f"{office.address}/batches/1")
            await page.get_by_label("鞄").fill("B-1")
            await page.get_by_label("封印番号").fill("77")
            await page.locator("#sent").set_input_files(files)
            await step(page, office, "確かめた", sees=sees)

        counts = await counted(ward, 1)
        await clerk.get_by_label("日本年金機構が数えた件数").fill(
            "\n".join(f"{name}={count}" for name, count in counts.items())
        )
        await clerk.get_by_role("button", name="受領を記録する").click()
        await expect(clerk.get_by_role("status")).to_contain_text("件数が一致し")
        for path in ("/due", "/batches", "/media"):
            await clerk.goto(office.address + path)
            assert await flaws(clerk) == [], path

        # the auditor finds who did it
        await ward.outbox_empty("transmittal")
        await ward.settle()
        auditor = await office.seat("auditor-1")
        await auditor.get_by_label("利用者").fill("approver-1")
        await auditor.get_by_role("button", name="探す").click()
        await expect(auditor.get_by_role("table")).to_contain_text("transmittal.decide")
        assert await flaws(auditor) == []
        for path in ("/findings", "/reviews?period=2026-Q3", "/accounts"):
            await auditor.goto(office.address + path)
            assert await flaws(auditor) == [], path
        assert office.complaints == []
