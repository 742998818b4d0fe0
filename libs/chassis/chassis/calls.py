"""How does one service call another's door? Over TLS, with a token of its own, and for the purpose of whoever asked it."""

import ssl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import TypeVar

import httpx
from contracts.vocabulary import Model

from chassis.callers import OWN_SECONDS, own_token
from chassis.doors import HEADERS
from chassis.settings import Settings, SettingsError, door_variable
from chassis.transaction import Access, to_json

Answer = TypeVar("Answer", bound=Model)
SECONDS = 30.0
KEPT_SECONDS = 60.0


class CallFailed(Exception):
    """The door did not answer, or refused; `code` is the problem's, or `unreachable`, `title` what it says to a person, if anything."""

    def __init__(self, service: str, code: str, title: str = "", status: int = 503) -> None:
        super().__init__(f"{service} did not answer: {code}")
        self.service, self.code, self.title, self.status = service, code, title, status


class Calls:
    """Calls to the doors of one other service."""

    def __init__(self, settings: Settings, service: str) -> None:
        if service not in settings.doors:
            raise SettingsError(f"{door_variable(service)} is not set: where the door of {service} is.")
        if settings.tls_authority is None:
            raise SettingsError("KOKUNEN_TLS_AUTHORITY is not set: whose certificates a door may have.")
        self._settings, self._service = settings, service
        self._kept = _kept
        self._client = _client(settings, service) if _kept is None else _from(_kept, settings, service)

    async def __aenter__(self) -> "Calls":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._kept is None:
            await self._client.aclose()

    async def post(
        self, path: str, body: Model, answers: type[Answer], access: Access, token: str | None = None
    ) -> Answer:
        """The answer of a door to this service, or to the person whose token it is. CallFailed when there is none."""
        if token is None:  # one for half of the time for which it is good
            own = self._settings
            token = _token(own.service, self._service, own.signing_key, int(time.time()) // (OWN_SECONDS // 2))
        headers = {
            "authorization": f"Bearer {token}",
            "content-type": "application/json",
            HEADERS["terminal"]: access.terminal,
            HEADERS["purpose"]: access.purpose,
            HEADERS["case"]: access.case,
        }
        content = to_json(body)
        try:
            try:
                response = await self._client.post(path, content=content, headers=headers)
            except (
                httpx.RemoteProtocolError
            ):  # a connection that was kept, and ended just now: the door may be there again
                response = await self._client.post(path, content=content, headers=headers)
        except httpx.HTTPError:
            raise CallFailed(self._service, "unreachable") from None
        if response.status_code != httpx.codes.OK:
            raise CallFailed(self._service, *_problem(response), response.status_code)
        return answers.model_validate_json(response.content)


@lru_cache(16)
def _token(own: str, service: str, signing_key: Path, _time: int) -> str:
    return own_token(own, service, signing_key)


_kept: dict[str, httpx.AsyncClient] | None = None


@asynccontextmanager
async def connections_kept() -> AsyncIterator[None]:
    """While this is open, connections to doors outlast a call: making one takes longer than asking."""
    global _kept
    _kept = {}
    try:
        yield
    finally:
        clients, _kept = _kept, None
        for client in clients.values():
            await client.aclose()


def _client(settings: Settings, service: str) -> httpx.AsyncClient:
    # Nothing of the environment's proxies: a door is on our own network or nowhere.
    return httpx.AsyncClient(
        base_url=settings.doors[service],
        verify=_context(settings),
        timeout=SECONDS,
        trust_env=False,
        limits=httpx.Limits(max_connections=100, max_keepalive_connections=20, keepalive_expiry=KEPT_SECONDS),
    )


def _from(kept: dict[str, httpx.AsyncClient], settings: Settings, service: str) -> httpx.AsyncClient:
    if service not in kept:
        kept[service] = _client(settings, service)
    return kept[service]


def _problem(response: httpx.Response) -> tuple[str, str]:
    """Code and title of an answer that is none."""
    try:
        told = response.json()
        return str(told["type"]).removeprefix("urn:kokunen:"), str(told["title"])
    except (ValueError, KeyError, TypeError):
        return f"status {response.status_code}", ""


def _context(settings: Settings) -> ssl.SSLContext:
    authority = settings.tls_authority
    assert authority is not None
    return _trusting(authority, authority.stat().st_mtime_ns)


@lru_cache(4)
def _trusting(authority: Path, _changed: int) -> ssl.SSLContext:
    """Read once, and again when the file is another: reading it takes longer than a call."""
    return ssl.create_default_context(cafile=str(authority))
