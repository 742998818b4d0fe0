"""What somebody with ill will types, sends or listens to: hostile text in every box of every form of every page; too much of it; a closed network."""

import asyncio
import os
import ssl
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from cli import certificates, identity_provider
from console.handlers import SCREENS

from tests.system.conftest import Ward
from tests.system.desk import Office, opened
from tests.system.test_desk import find, town
from tests.system.test_desk_refuses import Browser

pytestmark = pytest.mark.system

ROOT = Path(__file__).parents[2]
HOSTILE = (
    "<script>alert(1)</script>{{ 7 * 7 }}${7*7}",
    "\"><img src=x onerror=alert(1)>' onfocus='alert(1)' autofocus='",
    "'; drop table fact; --javascript:alert(1)../../etc/passwd",
    "\u202e\ufeff架空\u0000\u0007\U000e0104𠮷=cmd|' /C calc'!A0",
    "９" * 40,
)
"""Of the bad-input corpus (reliability, section 8) what a browser can be made to send."""
RAW = ("<script>alert(1)", "<img src=x", "' onfocus='alert", "drop table fact; --<", "49${7*7}")
"""What an answer would hold, if text became a page."""


class Forms(HTMLParser):
    """Every form of a page: where it is sent, and the names of its boxes with what stands in the hidden ones."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str, dict[str, str]]] = []
        self.links: list[str] = []
        self._open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a":
            self.links.append(given.get("href", ""))
        if tag == "form":
            self._open = True
            self.found.append((given.get("method", "get"), given.get("action", ""), {}))
        elif self._open and tag in ("input", "select", "textarea", "button") and given.get("name"):
            boxes = self.found[-1][2]
            fixed = given.get("type") == "hidden" or tag == "button"
            if tag != "button" or given["name"] not in boxes:
                boxes[given["name"]] = given.get("value", "") if fixed else "\n"

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = False


def forms(text: str) -> Forms:
    parser = Forms()
    parser.feed(text)
    return parser


def filled(boxes: dict[str, str], hostile: str) -> dict[str, str]:
    """The hostile text in every box that somebody types into; what the page itself put in stays."""
    return {name: hostile if value == "\n" else value for name, value in boxes.items()}


def test_every_box_is_found_and_a_raw_answer_would_be_seen() -> None:
    page = '<form method="post" action="/x"><input type="hidden" name="csrf" value="1"><input name="a"><textarea name="b"></textarea></form>'
    ((method, action, boxes),) = forms(page).found
    assert (method, action, filled(boxes, "<b>")) == ("post", "/x", {"csrf": "1", "a": "<b>", "b": "<b>"})
    assert any(raw in "<p><script>alert(1)</script></p>" for raw in RAW)


async def hurt(browser: Browser, path: str) -> int:
    """Everything hostile into every form of a page; how many times that was."""
    page = await browser.get(path)
    if page.status_code != 200:
        return 0
    sent = 0
    for method, action, boxes in forms(page.text).found:
        if action in ("/choose", "/sign-out"):
            continue
        for hostile in HOSTILE:
            data = filled(boxes, hostile)
            place = action or path
            if method == "post":
                answer = await browser.post(place, data, origin=browser.office.address)
            else:
                answer = await browser.client.get(place, params=data, headers=browser._cookie())
            assert answer.status_code < 500, f"{place}: {answer.status_code} for {hostile!r}"
            if answer.headers.get("content-type", "").startswith("text/html"):
                assert not [raw for raw in RAW if raw in answer.text], f"{place}: {hostile!r} became a page"
            sent += 1
    return sent


def people() -> Iterator[str]:
    """One account of each set of roles."""
    seen = set()
    for account, (_, roles) in identity_provider.PEOPLE.items():
        if roles not in seen:
            seen.add(roles)
            yield account


async def test_hostile_text_in_every_box_of_every_page_is_text(ward: Ward) -> None:
    every = list(people())
    async with opened(ward, every) as office:
        await town(ward)
        sent = 0
        hurt_paths: set[str] = set()
        for account in every:
            roles = set(identity_provider.PEOPLE[account][1])
            page = await office.seat(account)
            paths = [one.path for one in SCREENS if "{" not in one.path and "GET" in one.methods and one.roles & roles]
            if "clerk" in roles and "protection-clerk" not in roles and account == "clerk-1":
                for affair in ("資格の得喪", "保険料の免除"):
                    await find(page, office, "カクウ", "1990-05-10", affair)
                    own = forms(await page.content()).links
                    sheet = page.url.removeprefix(office.address)
                    paths += [sheet, *(one for one in own if one.startswith(f"{sheet}/"))]
                    reception = next(one for one in own if one.startswith("/reception/"))
                    paths += [f"{reception}/{kind}" for kind in ("acquisition", "exemption", "disability_claim")]
            browser = Browser(office, {one["name"]: one["value"] for one in await page.context.cookies()})
            for path in paths:
                found = await hurt(browser, path)
                sent += found
                if found:
                    hurt_paths.add(path)
            await browser.client.aclose()
            await page.context.close()
        assert sent > 150, sent
        assert {"/people", "/media", "/deliveries", "/accounts", "/rights", "/income-requests"} <= hurt_paths
        assert office.complaints == []
    assert await ward.one("eligibility", "select count(*) from fact") > 0, "no table was dropped"


async def announced(office: Office, browser: Browser, path: str, length: int) -> int:
    """How a form is answered that says it will be so long, before anything of it is sent."""
    place = urlsplit(office.address)
    trusted = ssl.create_default_context(cafile=certificates.environment()["KOKUNEN_TLS_AUTHORITY"])
    reader, writer = await asyncio.open_connection(place.hostname, place.port, ssl=trusted)
    head = {
        "host": place.netloc, "origin": office.address, "content-type": "application/x-www-form-urlencoded",
        "content-length": str(length), **browser._cookie(),
    }  # fmt: skip
    lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in head.items())]
    writer.write("\r\n".join([*lines, "", ""]).encode())
    status = (await asyncio.wait_for(reader.readline(), 20)).split()[1]
    writer.close()
    return int(status)


async def test_more_than_a_page_takes_is_refused_before_it_is_read(ward: Ward) -> None:
    async with opened(ward, ["transmittal-1", "clerk-1", "request-1"]) as office:
        await town(ward)
        for account, path, at_most in (
            ("clerk-1", "/people", 1024 * 1024),
            ("transmittal-1", "/deliveries", 32 * 1024 * 1024),
            ("request-1", "/income-requests", 48 * 1024 * 1024),
        ):
            page = await office.seat(account)
            browser = Browser(office, {one["name"]: one["value"] for one in await page.context.cookies()})
            token = await browser.token()
            for length in (at_most + 1, 10**12):
                assert await announced(office, browser, path, length) == 413, (path, length)
            many = "&".join(f"box{n}=1" for n in range(1000))
            answer = await browser.client.post(
                path,
                content=f"csrf={token}&{many}",
                headers={
                    **browser._cookie(), "content-type": "application/x-www-form-urlencoded", "origin": office.address
                },
            )  # fmt: skip
            assert answer.status_code == 413
            await browser.client.aclose()


@pytest.mark.skipif(os.geteuid() != 0, reason="a network of its own needs root")
def test_the_desk_is_shown_whole_in_a_network_of_its_own() -> None:
    """Broker, database, services and browser where there is no way out: nothing is missing, so nothing was to come from elsewhere."""
    inner = "tests/system/test_desk.py::test_the_desk_in_english_has_no_japanese_of_its_own"
    command = f'ip link set lo up && test -z "$(ip route)" && exec {sys.executable} -m pytest -rp -p no:cacheprovider -n 0 -m system {inner}'
    given = {**os.environ, "PYTEST_XDIST_WORKER": "gw8", "PYTEST_XDIST_WORKER_COUNT": "9"}
    for name in ("PYTEST_CURRENT_TEST", "PYTEST_XDIST_TESTRUNUID", "PYTEST_ADDOPTS"):
        given.pop(name, None)
    probe = subprocess.run(["unshare", "-n", "sh", "-c", "ip link set lo up"], capture_output=True)
    if probe.returncode:
        pytest.skip("this machine lets nobody make a network of its own")
    out = subprocess.run(
        ["unshare", "-n", "sh", "-c", command], cwd=ROOT, env=given, capture_output=True, text=True, timeout=400
    )
    assert out.returncode == 0, out.stdout[-3000:] + out.stderr[-2000:]
    assert f"PASSED {inner}" in out.stdout
