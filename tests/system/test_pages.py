"""A page as a browser shows it: nothing is asked of a network, and nothing is cut off, on a screen or on paper."""

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pypdfium2
import pytest
from eligibility.sheet_page import page as sheet
from playwright.async_api import Browser, Page, async_playwright

from tests.eligibility.test_sheet_page import ID, LINES, view

pytestmark = pytest.mark.system
WIDTHS = (1280, 1920)
LONG = "架空" * 60 + "葛\U000e0100" * 10
"""A name of a hundred and thirty characters, some with a variation selector."""
STICKS_OUT = """() => [...document.querySelectorAll('body *')].filter(one => one.tagName === 'svg' || !one.closest('svg'))
    .filter(one => one.getBoundingClientRect().right > innerWidth + 1 || one.clientWidth && one.scrollWidth > one.clientWidth + 1)
    .map(one => one.tagName)"""


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as machinery:
        yield await machinery.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])


def filed(folder: Path, html: str) -> str:
    """The address of a page in a file."""
    (folder / "page.html").write_text(html, "utf-8")
    return (folder / "page.html").as_uri()


async def opened(browser: Browser, address: str) -> tuple[Page, list[str]]:
    """The page in the browser, and what it asked for or complained of: addresses and messages."""
    page, complaints = await browser.new_page(), list[str]()
    page.on("request", lambda request: None if request.url == address else complaints.append(request.url))
    page.on("console", lambda said: complaints.append(said.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    await page.goto(address)
    return page, complaints


@pytest.mark.parametrize(
    "name", ["架空 太郎", LONG, "KAKUU" * 26], ids=["a name", "a long one", "a long one in Latin letters"]
)
async def test_the_sheet_of_a_person_is_seen_whole(browser: Browser, tmp_path: Path, name: str) -> None:
    page, complaints = await opened(browser, filed(tmp_path, sheet(view(name=name), "clerk-1")))
    for width in WIDTHS:
        await page.set_viewport_size({"width": width, "height": 1000})
        assert await page.evaluate(STICKS_OUT) == []
        boxes = [await bar.bounding_box() for bar in await page.locator("svg .bar").all()]
        assert len(boxes) == 4
        assert all(box and box["width"] > 1 and box["x"] + box["width"] < width for box in boxes)
    # whoever hears the page instead of seeing it finds its parts, its picture and its rows
    assert await page.get_by_role("heading").all_inner_texts() == [
        "被保険者照会票（参考判定であり、裁定ではありません）", "人", "経過", "記録",
    ]  # fmt: skip
    assert await page.get_by_role("img", name="資格・免除・届出の経過").count() == 1
    assert await page.get_by_role("row").count() == 1 + 2 + 1 + len(LINES)
    assert complaints == []


async def test_the_sheet_of_a_person_is_printed_with_all_its_lines(browser: Browser, tmp_path: Path) -> None:
    page, _ = await opened(browser, filed(tmp_path, sheet(view(), "clerk-1")))
    printed = "".join(words(await page.pdf(format="A4", landscape=True)))
    assert printed.count(ID.split("-")[0]) == len(LINES)


def words(pdf: bytes) -> Iterator[str]:
    document = pypdfium2.PdfDocument(pdf)
    for number in range(len(document)):
        yield document[number].get_textpage().get_text_range()


async def test_a_page_that_asks_complains_or_sticks_out_is_found(browser: Browser, tmp_path: Path) -> None:
    bad = '<img src="beside.png"><script>console.log("oh"); throw Error("no")</script><p style="width: 3000px">'
    page, complaints = await opened(browser, filed(tmp_path, bad))
    assert await page.evaluate(STICKS_OUT) == ["P"]
    assert {"oh", "no"} < set(complaints)
    assert any(one.endswith("/beside.png") for one in complaints)
