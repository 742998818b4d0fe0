"""What the desk refuses: other sites' forms, other people's pages, every page to every role that it is not for, and whoever is no longer there."""

import asyncio
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from cli import certificates, identity_provider
from console.handlers import SCREENS
from console.web import COOKIE, HEADERS
from contracts.purposes import ONLY_AT

from tests.events import HUSBAND
from tests.system.conftest import Ward
from tests.system.desk import Office, opened
from tests.system.doors import access_records
from tests.system.test_desk import find, town

pytestmark = pytest.mark.system

HANDLE = "A" * 60
"""In the place of a sealed part: whoever may open the page is told that it is none, everybody else that the page is not for them."""


class Browser:
    """Somebody's browser without its courtesy: it sends what a test says, and follows nothing."""

    def __init__(self, office: Office, cookies: dict[str, str]) -> None:
        trusted = ssl.create_default_context(cafile=certificates.environment()["KOKUNEN_TLS_AUTHORITY"])
        self.office = office
        self.client = httpx.AsyncClient(base_url=office.address, verify=trusted, trust_env=False, timeout=60)
        self.cookies = cookies

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return await self.client.get(path, headers=headers | self._cookie())

    async def post(self, path: str, data: dict[str, Any], **headers: str) -> httpx.Response:
        return await self.client.post(path, data=data, headers=headers | self._cookie())

    def _cookie(self) -> dict[str, str]:
        return {"cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}

    async def token(self) -> str:
        """Of the forms of this session; "" for whom there is no page."""
        page = await self.client.get("/", headers=self._cookie(), follow_redirects=True)
        found = re.search(r'name="csrf" content="([0-9a-f]+)"', page.text)
        return found[1] if found else ""


@asynccontextmanager
async def seated(office: Office, account: str, terminal: str = "dev-terminal") -> AsyncIterator[Browser]:
    page = await office.seat(account, terminal)
    cookies = {one["name"]: one["value"] for one in await page.context.cookies()}
    browser = Browser(office, cookies)
    try:
        yield browser
    finally:
        await browser.client.aclose()
        await page.context.close()


async def test_every_page_is_closed_to_every_role_that_it_is_not_for(ward: Ward) -> None:
    people = ["clerk-1", "desk-head-1", "transmittal-1", "approver-1", "section-head-1", "auditor-1", "number-1",
              "rights-1", "list-1", "request-1", "operator-1"]  # fmt: skip
    async with opened(ward, people) as office:
        await town(ward)
        for account in people:
            roles = set(identity_provider.PEOPLE[account][1])
            terminal = "dev-media" if account == "list-1" else "dev-terminal"
            async with seated(office, account, terminal) as browser:
                token = await browser.token()
                for screen in SCREENS:
                    path = re.sub(
                        r"\{(\w+)\}", lambda part: {"number": "1", "kind": "loss"}.get(part[1], HANDLE), screen.path
                    )
                    if "GET" in screen.methods:
                        answer = await browser.get(path)
                    else:
                        answer = await browser.post(path, {"csrf": token}, origin=office.address)
                    if screen.roles & roles:
                        assert answer.status_code in (200, 404), f"{account} {path}: {answer.status_code}"
                    elif screen.path == "/" and any(one.title and one.roles & roles for one in SCREENS):
                        assert answer.status_code == 303
                    else:
                        assert answer.status_code == 403, f"{account} {path}: {answer.status_code}"
                        elsewhere = terminal == "dev-terminal" and screen.right in ONLY_AT
                        assert ("端末" if elsewhere else "権限がありません") in answer.text
                    for name, value in HEADERS.items():
                        assert answer.headers[name] == value
        nobody = Browser(office, {})
        for screen in SCREENS:
            path = screen.path.replace("{", "").replace("}", "")
            if "GET" in screen.methods:
                answer = await nobody.get(path)
                assert (answer.status_code, answer.headers.get("location", "")[:8]) == (303, "/sign-in"), screen.path
            else:
                assert (await nobody.post(path, {}, origin=office.address)).status_code == 401
        await nobody.client.aclose()


async def test_a_form_that_is_not_ours_does_nothing(ward: Ward) -> None:
    async with opened(ward, ["clerk-1"]) as office:
        await town(ward)
        async with seated(office, "clerk-1") as browser:
            typed = {"purpose": "status", "kana": "カクウ", "born": "1990-05-10"}
            ours = typed | {"csrf": await browser.token()}
            assert (await browser.post("/people", ours, origin=office.address)).status_code == 200
            for data, headers in (
                (typed, {"origin": office.address}),
                (typed | {"csrf": "0" * 64}, {"origin": office.address}),
                (ours, {"origin": "https://evil.example"}),
                (ours, {"origin": "null"}),
            ):
                answer = await browser.post("/people", data, **headers)
                assert answer.status_code == 403
                assert "架空" not in answer.text
            assert (await browser.post("/people", ours | {"kana": "ア" * 200_000})).status_code == 413
            # the token of one session is not another's
            async with seated(office, "clerk-1") as again:
                assert again.cookies[COOKIE] != browser.cookies[COOKIE]
                assert (await again.post("/people", ours, origin=office.address)).status_code == 403


async def test_a_session_ends_by_the_clock_and_by_hand_and_nobody_chooses_its_number(ward: Ward) -> None:
    async with opened(ward, ["clerk-1"]) as office:
        await town(ward)
        async with seated(office, "clerk-1") as browser:
            assert (await browser.get("/people")).status_code == 200
            fixed = Browser(office, {COOKIE: "chosen-by-somebody-else"})
            assert (await fixed.get("/people")).status_code == 401
            await fixed.client.aclose()
            await ward.rows("console", "update session set seen_at = now() - interval '16 minutes' returning 1")
            answer = await browser.get("/people")
            assert answer.status_code == 401
            assert "ログアウトしました" in answer.text
        async with seated(office, "clerk-1") as browser:
            await ward.rows(
                "console", "update session set ends_at = now() where seen_at > now() - interval '1 minute' returning 1"
            )
            assert (await browser.get("/people")).status_code == 401
        async with seated(office, "clerk-1") as browser:
            out = await browser.post("/sign-out", {"csrf": await browser.token()})
            assert out.status_code == 200
            assert (await browser.get("/people")).status_code == 401, "the number is worth nothing any more"


async def test_tokens_are_renewed_while_somebody_works_by_one_of_several_requests(ward: Ward) -> None:
    async with opened(ward, ["clerk-1"]) as office:
        await town(ward)
        async with seated(office, "clerk-1") as browser:
            await _grow_old(ward)
            answers = await asyncio.gather(*(browser.get("/people") for _ in range(5)))
            assert [one.status_code for one in answers] == [200] * 5
            assert (await browser.get("/people")).status_code == 200


async def _grow_old(ward: Ward) -> None:
    """The tokens of every session are about to run out."""
    import json

    from chassis import sealing
    from cli.services import environment_settings
    from console.signing_in import _place

    sealer = sealing.load(environment_settings(ward.given, "console").key_file)
    for row in await ward.rows("console", "select id, tokens from session"):
        tokens = json.loads(sealer.open(row["tokens"], _place(row["id"]))) | {"until": 0}
        box = sealer.seal(json.dumps(tokens).encode(), _place(row["id"]))
        await ward.rows("console", "update session set tokens = $2 where id = $1 returning 1", row["id"], box)


async def test_who_may_no_longer_is_told_so_and_no_address_names_anybody(ward: Ward) -> None:
    async with opened(ward, ["clerk-1"]) as office:
        await town(ward)
        page = await office.seat("clerk-1")
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        await find(page, office, "カクウ レイイ", "1990-05-10", "保険料の免除")
        assert await page.title() == "国民年金の窓口"
        assert not any(str(HUSBAND) in url or "1990" in url for url in asked)
        assert not any(
            str(HUSBAND) in str(line) for line in await page.evaluate("() => [document.title, document.cookie]")
        )
        await ward.rows(
            "console",
            "update registered_account set data = jsonb_set(data::jsonb, '{suspended}', '\"incident\"')::text returning 1",
        )
        await page.reload()
        assert "停止されています" in await page.locator("main").inner_text()
        assert office.complaints == []
    refused = [one for one in await access_records(ward, "console") if one["result"] == "refused"]
    assert refused == [], "a page that is refused shows nobody; the services' own refusals are on record there"
