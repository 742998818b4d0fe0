"""People at the desk: each in a browser of their own, signed in at the development identity provider."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pypdfium2
from axe_playwright_python.async_playwright import Axe
from cli import identity_provider, services
from contracts.vocabulary import SERVICES
from playwright.async_api import Browser, Page, async_playwright
from playwright.async_api import TimeoutError as PlaywrightTimeout

from tests.system.conftest import Ward, until

STICKS_OUT = """() => [...document.querySelectorAll('body *')].filter(one => one.tagName === 'svg' || !one.closest('svg'))
    .filter(one => !one.closest('.wide') && !one.closest('.skip'))
    .filter(one => one.getBoundingClientRect().right > innerWidth + 1)
    .map(one => one.outerHTML.slice(0, 80))"""


PICTURES = os.environ.get("KOKUNEN_PICTURES", "")
KNOWN = "select count(*) = cardinality($1::text[]) from registered_account where account = any($1::text[])"


class Office:
    """A running desk, and the browser in which its people sit."""

    def __init__(self, ward: Ward, browser: Browser, address: str) -> None:
        self.ward, self.browser, self.address = ward, browser, address
        self.complaints: list[str] = []
        """What browsers complained of, and what they asked of anybody else."""

    async def seat(self, account: str, terminal: str = "dev-terminal") -> Page:
        """Somebody signs in and sees the first page."""
        context = await self.browser.new_context(ignore_https_errors=True, viewport={"width": 1280, "height": 900})
        page = await context.new_page()
        page.on("dialog", lambda question: question.accept())
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda said: self.complaints.append(said.text) if "Content Security" in said.text else None)
        page.on(
            "request",
            lambda asked: None if asked.url.startswith("https://127.0.0.1:") else self.complaints.append(asked.url),
        )
        await self.sign_in(page, account, terminal)
        return page

    async def sign_in(self, page: Page, account: str, terminal: str = "dev-terminal") -> None:
        await page.goto(self.address)
        await page.get_by_label("端末").select_option(terminal)
        await page.get_by_role("button", name=account).click()
        await page.wait_for_url(f"{self.address}/**")
        await page.wait_for_load_state("networkidle")

    async def registered(self, people: Sequence[str]) -> None:
        """These accounts are in the register, and every service knows them."""
        await asyncio.to_thread(identity_provider.register, people)
        for service in SERVICES:
            await until(
                lambda service=service: self.ward.one(service, KNOWN, list(people)), f"{service} knows the accounts"
            )


@asynccontextmanager
async def opened(ward: Ward, people: Sequence[str], **variables: str) -> AsyncIterator[Office]:
    """The ward with all its services, the desk's pages among them, and these people registered."""
    await asyncio.to_thread(identity_provider.start)
    try:
        await ward.start(**variables)
        async with async_playwright() as machinery:
            browser = await machinery.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            office = Office(ward, browser, services.desk_address())
            await office.registered(people)
            yield office
            await browser.close()
    finally:
        identity_provider.stop()


FOCUS = """() => { const one = document.activeElement; const style = getComputedStyle(one);
    return [one.getAttribute('name') || '', (one.innerText || one.value || '').trim().slice(0, 60), one.value || '',
            style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2]; }"""


async def tab_to(page: Page, *, name: str = "", text: str = "", value: str = "", key: str = "Tab") -> None:
    """Tab until the focus is on what has this name, just this text, this value; it must be seen to be there."""
    passed = []
    for _ in range(200):
        await page.keyboard.press(key)
        its_name, its_text, its_value, seen = await page.evaluate(FOCUS)
        passed.append(its_name or its_text)
        if name in ("", its_name) and text in ("", its_text) and value in ("", its_value):
            assert seen, f"the focus on {name or text} can't be seen"
            return
    raise AssertionError(f"{name or text or value} was not reached: {list(dict.fromkeys(passed))}")


async def press(page: Page, text: str) -> None:
    """By keyboard to the link or button with this text; it is pressed."""
    await tab_to(page, text=text)
    await page.keyboard.press("Enter")


async def typed(page: Page, name: str, text: str) -> None:
    """By keyboard to a box; this stands in it."""
    await tab_to(page, name=name)
    await page.keyboard.press("Control+A")
    await page.keyboard.insert_text(text)


async def chosen(page: Page, name: str, value: str) -> None:
    """By keyboard to a list; this is chosen."""
    await tab_to(page, name=name)
    for _ in range(100):
        if (await page.evaluate(FOCUS))[2] == value:
            return
        await page.keyboard.press("ArrowDown")
    raise AssertionError(f"{name} has no {value}")


async def ticked(page: Page, name: str, value: str = "") -> None:
    """By keyboard to a tick box; it is ticked."""
    await tab_to(page, name=name, value=value)
    await page.keyboard.press("Space")


async def attached(page: Page, files: Sequence[str]) -> None:
    """By keyboard to the box for files; these are chosen."""
    for _ in range(3):  # on a busy machine Chromium sometimes opens nothing at the first press
        await tab_to(page, name="files")
        try:
            async with page.expect_file_chooser(timeout=5_000) as chooser:
                await page.keyboard.press("Space")
            return await (await chooser.value).set_files(list(files))
        except PlaywrightTimeout:
            continue
    raise AssertionError("no press opens the box for files")


WIDTHS = (640, 1920, 1280)
"""Of a window: 1280 at a zoom of 200 % (WCAG 1.4.4), and the two that offices have."""
TALL = 1400
"""Of a picture at the most; a longer page goes on below."""
PAPER = 703
"""CSS pixels between the margins of A4 in portrait."""


async def flaws(page: Page) -> list[str]:
    """What axe finds on the page; and what sticks out of it in a window of either width, at a zoom of 200 %, and on paper."""
    found: Any = (await Axe().run(page)).response["violations"]
    told = [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found]
    for width in WIDTHS:
        await page.set_viewport_size({"width": width, "height": 900})
        told += [f"sticks out at {width}: {one}" for one in await page.evaluate(STICKS_OUT)]
    await page.emulate_media(media="print")
    await page.set_viewport_size({"width": PAPER, "height": 900})
    told += [f"sticks out on paper: {one}" for one in await page.evaluate(STICKS_OUT.replace(".wide", ".nothing"))]
    await page.emulate_media(media="null")
    await page.set_viewport_size({"width": 1280, "height": 900})
    return told


async def picture(page: Page | bytes, name: str) -> None:
    """The page, or the first sheet of a PDF, as the handbooks show it (docs/images), drawn anew by `make pictures`."""
    if not PICTURES:
        return
    if isinstance(page, bytes):
        pypdfium2.PdfDocument(page)[0].render(scale=1.25).to_pil().save(Path(PICTURES) / f"{name}.png")
    else:
        await page.wait_for_load_state("networkidle")
        tall = min(TALL, await page.evaluate("document.documentElement.scrollHeight"))
        part = {"x": 0, "y": 0, "width": 1280, "height": tall}
        await page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True, clip=part)  # type: ignore[arg-type]
