"""What is common to every page: who is there and may be, what the services answer, how it is shown; and what no page may leave behind.

A page is a function of a `Visit`. It asks the services' doors with the clerk's own token, so that each view is an access record there, and
keeps nothing. An address names nobody: whom a page is about stands in it sealed, for this session alone.
"""

import base64
import binascii
import datetime as dt
import hashlib
import hmac
import json
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Generic, TypeVar
from urllib.parse import urlsplit

import asyncpg
from chassis.batch import BROKEN_ENVIRONMENT
from chassis.callers import NotKnown
from chassis.calls import CallFailed, Calls
from chassis.doors import Door, Doorkeeper, Refused
from chassis.sealing import Sealer
from chassis.settings import Settings
from chassis.transaction import Access
from contracts.era import japanese_day, japanese_month
from contracts.members import LABELS
from contracts.purposes import PURPOSES
from contracts.vocabulary import JST, Model, Month
from cryptography.exceptions import InvalidTag
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from pydantic import ValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from console.english import ENGLISH
from console.signing_in import NotSignedIn, Session, SigningIn

log = logging.getLogger(__name__)

Answer = TypeVar("Answer", bound=Model)
COOKIE, ATTEMPT, LANGUAGE, OFFICE = "__Host-desk", "__Host-sign-in", "__Host-language", "__Host-office"
CASE = "counter"
"""The case of what is looked at before there is a filing (窓口照会)."""
HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self';"
        " form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
    "strict-transport-security": "max-age=31536000",
}
MAX_FIELDS = 400
"""Boxes of a form that is sent; no page has as many."""
MAX_TEXT = 256 * 1024
"""Bytes of one box."""


class Refusal(Exception):
    """What a page shows instead of itself: a sentence for the clerk, and a status for the browser."""

    def __init__(self, code: str, title: str, status: int = 403) -> None:
        super().__init__(code)
        self.code, self.title, self.status = code, title, status


@dataclass(frozen=True)
class Asked(Generic[Answer]):
    """A door of another service."""

    service: str
    path: str
    answers: type[Answer]


@dataclass(frozen=True)
class Screen:
    """A page: where, for which roles, under which right of a door, and the function that makes it."""

    path: str
    right: str
    roles: frozenset[str]
    make: Callable[["Visit"], Awaitable[Response]]
    methods: tuple[str, ...] = ("GET",)
    title: str = ""
    """As it stands in the menu; a page without one is reached from others."""
    at_most: int = 1024 * 1024
    """Bytes that may be sent to it."""
    files: int = 0
    """Files that may be among them."""


@dataclass(frozen=True)
class Desk:
    """What all pages use."""

    settings: Settings
    pool: asyncpg.Pool
    sealer: Sealer
    keeper: Doorkeeper
    signing_in: SigningIn
    offices: Mapping[str, str]
    screens: Sequence[Screen]


@dataclass
class Visit:
    """One request of somebody who is signed in and may see the page."""

    desk: Desk
    request: Request
    session: Session
    roles: frozenset[str]
    form: FormData

    # ---- what was sent ----

    def typed(self, name: str) -> str:
        """The text of a box, without spaces around it; "" where there is none."""
        value = self.form.get(name, "")
        return "" if isinstance(value, UploadFile) else value.strip()

    def boxes(self) -> dict[str, list[str]]:
        """All texts of all boxes."""
        return {name: [one for one in self.form.getlist(name) if isinstance(one, str)] for name in self.form}

    @property
    def partial(self) -> bool:
        """Whether htmx asks for a part of the page alone."""
        return self.request.headers.get("hx-request") == "true"

    @property
    def office(self) -> str:
        """The office (窓口) that the clerk sits at."""
        chosen = self.request.cookies.get(OFFICE, "")
        return chosen if chosen in self.desk.offices else next(iter(self.desk.offices))

    @property
    def language(self) -> str:
        return _language(self.request)

    # ---- whom it is about ----

    def seal(self, **what: Any) -> str:
        """What may stand in an address or a hidden box, readable by this session alone."""
        box = self.desk.sealer.seal(json.dumps(what, default=str).encode(), self._place)
        return base64.urlsafe_b64encode(box).decode().rstrip("=")

    def unseal(self, text: str) -> dict[str, Any]:
        """What `seal` made. Refusal where it was made for another session, or is none."""
        try:
            box = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
            found: dict[str, Any] = json.loads(self.desk.sealer.open(box, self._place))
        except (binascii.Error, ValueError, InvalidTag):
            raise Refusal(
                "not_here", "このページは、いまのログインでは開けません。検索からやり直してください。", 404
            ) from None
        return found

    @property
    def _place(self) -> str:
        return f"page/{self.session.id.hex()}"

    # ---- what the services say ----

    def access(self, purpose: str, case: str = CASE) -> Access:
        return Access(self.session.account, self.session.terminal, purpose, case)

    async def ask(self, asked: Asked[Answer], body: Model, purpose: str, case: str = CASE) -> Answer:
        """The answer of another service's door. Refusal where it refuses, or does not answer."""
        try:
            async with Calls(self.desk.settings, asked.service) as calls:
                return await calls.post(asked.path, body, asked.answers, self.access(purpose, case), self.session.token)
        except CallFailed as failed:
            title = failed.title or "いまは応答がありません。何も行われていません。しばらくしてからやり直してください。"
            raise Refusal(failed.code, title, failed.status) from None

    async def act(self, door: Door, body: Model, purpose: str, case: str = CASE) -> Any:
        """The answer of one of the desk's own doors. Refusal where it refuses."""
        try:
            return await self.desk.keeper.call(door, self.session.caller, self.access(purpose, case), body)
        except Refused as refused:
            raise Refusal(refused.code, refused.title, refused.status) from None

    # ---- how it is shown ----

    def page(self, template: str, status: int = 200, **shown: Any) -> Response:
        """A page, or with htmx the part of it that the template calls `main`."""
        return HTMLResponse(_render(template, self._around() | shown, part=self.partial), status)

    def _around(self) -> dict[str, Any]:
        return {
            "visit": self,
            "csrf": (given := csrf(self.desk, self.request.cookies.get(COOKIE, ""))),
            "token": lambda: Markup('<input type="hidden" name="csrf" value="{}">').format(given),
            "menu": [one for one in self.desk.screens if one.title and one.roles & self.roles],
            "here": self.request.url.path,
            **_common(self.desk, self.request),
        }

    def goto(self, path: str) -> Response:
        """After something was done: another page, so that reloading does not do it again."""
        if self.partial:
            return Response(headers={"hx-redirect": path})
        return RedirectResponse(path, 303)


def made(model: type[Model], **given: Any) -> Any:
    """The body of a call. Refusal, naming the boxes, where something typed is not as the door needs it."""
    try:
        return model(**given)
    except ValidationError as error:
        told = error.errors(include_input=False, include_url=False, include_context=False)
        names = sorted({LABELS.get(str(one["loc"][0]), str(one["loc"][0])) for one in told if one["loc"]})
        raise Refusal("not_readable", f"入力の内容を確かめてください（{'、'.join(names) or '全体'}）。", 422) from None


def csrf(desk: Desk, cookie: str) -> str:
    """What a form must bring back, so that it was ours."""
    return desk.sealer.commitment(f"csrf/{cookie}".encode())


def _language(request: Request) -> str:
    return "en" if request.cookies.get(LANGUAGE) == "en" else "ja"


def _common(desk: Desk, request: Request) -> dict[str, Any]:
    english = _language(request) == "en"

    def t(text: str, /, **values: Any) -> str:
        return (ENGLISH[text] if english else text).format(**values) if values else ENGLISH[text] if english else text

    def words(pair: tuple[str, str]) -> str:
        return pair[1] if english else pair[0]

    def label(text: str) -> str:
        """What a box or a choice is called; where nobody translated it, as the form has it."""
        return ENGLISH.get(text, text) if english else text

    return {
        "t": t,
        "words": words,
        "label": label,
        "language": "en" if english else "ja",
        "municipality": desk.settings.municipality_name,
        "offices": desk.offices,
        "purposes": PURPOSES,
        "static": static_path,
    }


def _render(template: str, shown: Mapping[str, Any], *, part: bool) -> str:
    found = templates().get_template(template)
    if part and "main" in found.blocks:
        return "".join(found.blocks["main"](found.new_context(dict(shown))))
    return found.render(**shown)


@cache
def templates() -> Environment:
    environment = Environment(
        loader=PackageLoader("console"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["day"] = _day
    environment.filters["month"] = lambda month: japanese_month(
        month if isinstance(month, Month) else Month.parse(month)
    )
    environment.filters["moment"] = lambda moment: f"{moment.astimezone(JST):%Y-%m-%d %H:%M}" if moment else ""
    return environment


def _day(day: dt.date | str | None) -> str:
    if not day:
        return ""
    return japanese_day(dt.date.fromisoformat(day) if isinstance(day, str) else day)


# ---- files -----------------------------------------------------------------------------------------------------------

_TYPES = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml"}


@cache
def _static(name: str) -> tuple[bytes, str] | None:
    entry = files("console") / "static" / name
    suffix = name.rpartition(".")[2]
    return (entry.read_bytes(), _TYPES[suffix]) if suffix in _TYPES and "/" not in name and entry.is_file() else None


def static_path(name: str) -> str:
    """The address of a file of ours, another one whenever the file is another."""
    found = _static(name)
    assert found is not None, name
    return f"/static/{name}?{hashlib.sha256(found[0]).hexdigest()[:12]}"


async def _serve_static(request: Request) -> Response:
    found = _static(request.path_params["name"])
    if found is None:
        return Response(status_code=404)
    return Response(found[0], media_type=found[1], headers={"cache-control": "public, max-age=31536000, immutable"})


# ---- requests --------------------------------------------------------------------------------------------------------


def routes(desk: Desk) -> list[Route]:
    """The desk's addresses: signing in and out, its files, and every screen."""

    def screen(one: Screen) -> Route:
        async def call(request: Request) -> Response:
            return await _guarded(desk, request, lambda: _visited(desk, one, request))

        return Route(one.path, call, methods=list(one.methods))

    async def sign_in(request: Request) -> Response:
        address, attempt = desk.signing_in.begin(_own_path(request.query_params.get("then", "/")))
        response = RedirectResponse(address, 303)
        _set(response, ATTEMPT, attempt, lax=True)
        return response

    async def signed_in(request: Request) -> Response:
        async def finish() -> Response:
            asked = request.query_params
            if "code" not in asked:
                raise NotSignedIn("認証サーバでログインが認められませんでした。")
            attempt = request.cookies.get(ATTEMPT, "")
            cookie, then = await desk.signing_in.finish(attempt, asked.get("state", ""), asked["code"])
            # A page that the provider sent the browser to may not read a strict cookie; the next one may.
            response = HTMLResponse(_render("onward.html", {**_common(desk, request), "then": then}, part=False))
            _set(response, COOKIE, cookie)
            response.delete_cookie(ATTEMPT, secure=True, httponly=True)
            return response

        return await _guarded(desk, request, finish)

    async def sign_out(request: Request) -> Response:
        async def end() -> Response:
            await _check_own_form(desk, request)
            await desk.signing_in.end(request.cookies.get(COOKIE, ""))
            response = HTMLResponse(_render("signed_out.html", {**_common(desk, request), "why": ""}, part=False))
            response.delete_cookie(COOKIE, secure=True, httponly=True)
            response.headers["clear-site-data"] = '"cache"'
            return response

        return await _guarded(desk, request, end)

    async def choose(request: Request) -> Response:
        async def chosen() -> Response:
            form = await _check_own_form(desk, request)
            response = RedirectResponse(_own_path(str(form.get("then", "/"))), 303)
            if form.get("language") in ("ja", "en"):
                _set(response, LANGUAGE, str(form["language"]))
            if form.get("office") in desk.offices:
                _set(response, OFFICE, str(form["office"]))
            return response

        return await _guarded(desk, request, chosen)

    return [
        Route("/sign-in", sign_in),
        Route("/signed-in", signed_in),
        Route("/sign-out", sign_out, methods=["POST"]),
        Route("/choose", choose, methods=["POST"]),
        Route("/static/{name}", _serve_static),
        *(screen(one) for one in desk.screens),
    ]


def _own_path(path: str) -> str:
    """A path of ours; `/` for anything that would lead elsewhere."""
    parts = urlsplit(path)
    ours = path.startswith("/") and not path.startswith("//") and "\\" not in path and not parts.netloc
    return path if ours else "/"


def _set(response: Response, name: str, value: str, *, lax: bool = False) -> None:
    response.set_cookie(name, value, secure=True, httponly=True, samesite="lax" if lax else "strict", path="/")


async def _guarded(desk: Desk, request: Request, answer: Callable[[], Awaitable[Response]]) -> Response:
    """The answer, or the page that says why there is none; nothing of either stays in a cache, a frame or another site."""
    try:
        response = await answer()
    except NotSignedIn as reason:
        response = _signed_out(desk, request, str(reason))
    except Refusal as refusal:
        response = _refused(desk, request, refusal)
    except BROKEN_ENVIRONMENT as error:
        log.warning("the page %s could not answer (%s)", request.scope["route"].path, type(error).__name__)
        title = "いまは応答がありません。何も行われていません。しばらくしてからやり直してください。"
        response = _refused(desk, request, Refusal("not_available", title, 503))
    except Exception:
        log.exception("the page %s failed", request.scope["route"].path)
        title = "処理に失敗しました。何も行われていません。続く場合は、運用担当に知らせてください。"
        response = _refused(desk, request, Refusal("failed", title, 500))
    for name, value in HEADERS.items():
        response.headers[name] = value
    return response


def _signed_out(desk: Desk, request: Request, why: str) -> Response:
    if not why and request.method == "GET":
        return RedirectResponse(f"/sign-in?then={request.url.path}", 303)
    shown = {**_common(desk, request), "why": why or "ログインしてください。"}
    response = HTMLResponse(_render("signed_out.html", shown, part=False), 401)
    response.delete_cookie(COOKIE, secure=True, httponly=True)
    if request.headers.get("hx-request") == "true":
        response.headers["hx-redirect"] = "/sign-in"
    return response


def _refused(desk: Desk, request: Request, refusal: Refusal) -> Response:
    partial = request.headers.get("hx-request") == "true"
    shown = {**_common(desk, request), "refusal": refusal, "partial": partial}
    return HTMLResponse(_render("refused.html", shown, part=partial), refusal.status)


async def _visited(desk: Desk, screen: Screen, request: Request) -> Response:
    session = await desk.signing_in.session(request.cookies.get(COOKIE))
    access = Access(session.account, session.terminal, "operations", CASE)
    try:
        roles = await desk.keeper.roles(session.caller, access, screen.right)
    except Refused as refused:
        raise Refusal(refused.code, refused.title) from None
    except NotKnown as reason:
        raise NotSignedIn(str(reason)) from None
    if not screen.roles & roles:
        first = next((one.path for one in desk.screens if one.title and one.roles & roles), None)
        if screen.path == "/" and first is not None:
            return RedirectResponse(first, 303)
        raise Refusal("not_granted", "この画面を使う権限がありません。")
    form = FormData()
    if request.method == "POST":
        form = await _check_own_form(desk, request, screen.at_most, screen.files)
    return await screen.make(Visit(desk, request, session, roles, form))


async def _check_own_form(desk: Desk, request: Request, at_most: int = MAX_TEXT, files: int = 0) -> FormData:
    """The form, if it came from a page of ours and is no larger than its page needs. Refusal for anything that another site sent, or
    somebody's old page."""
    ours = urlsplit(desk.signing_in.provider.here)
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin)[:2] != ours[:2]:
        raise Refusal("foreign_form", "別のサイトからの操作は受け付けません。")
    length = request.headers.get("content-length", "")
    if not length.isdecimal():
        raise Refusal("length_missing", "送られた内容の大きさが分かりません。", 411)
    if int(length) > at_most:
        raise Refusal("too_long", "送られた内容が大きすぎます。", 413)
    try:
        form = await request.form(max_files=files, max_fields=MAX_FIELDS, max_part_size=MAX_TEXT)
    except HTTPException:
        raise Refusal("not_readable", "送られた内容が多すぎるか、読めません。", 413) from None
    given = request.headers.get("x-csrf") or str(form.get("csrf", ""))
    if not hmac.compare_digest(given.encode(), csrf(desk, request.cookies.get(COOKIE, "")).encode()):
        raise Refusal("foreign_form", "ページが古くなっています。開き直してからやり直してください。")
    return form
