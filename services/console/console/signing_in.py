"""How does somebody sign in? At the identity provider (OpenID Connect, authorization code with PKCE); here is only what it gave.

The browser holds one cookie, a number that says nothing. The tokens are sealed in our database, renewed while the session lasts, and leave
with it. A session ends a while after it was last used, and at the end of a working day in any case.
"""

import base64
import datetime as dt
import hashlib
import json
import secrets
import ssl
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import asyncpg
import httpx
from chassis.callers import Caller, Callers, NotKnown, own_token
from chassis.sealing import Sealer
from chassis.settings import Settings, SettingsError
from cryptography.exceptions import InvalidTag

from console.store import QUERIES

IDLE = dt.timedelta(minutes=15)
"""Without a click a session ends: a desk that somebody left is nobody's."""
LONGEST = dt.timedelta(hours=10)
RENEW_SECONDS = 60
SECONDS = 10.0
TRIES_SECONDS = 600
"""So long somebody may take to sign in."""


class NotSignedIn(Exception):
    """Nobody is signed in, or no longer; the sentence says why, where there is something to say."""


@dataclass(frozen=True)
class Provider:
    """The identity provider, as the settings name it."""

    authorize: str
    """Address to which the browser is sent."""
    token: str
    """Address at which codes become tokens."""
    client: str
    here: str
    """Our own address, as browsers know it."""
    authority: str | None = None
    """File with the authority of its certificate, where that is not the doors' own."""

    @classmethod
    def named(cls, environ: dict[str, str]) -> "Provider":
        """SettingsError names what is missing."""

        def needed(name: str) -> str:
            if not environ.get(name):
                raise SettingsError(
                    f"{name} is not set: the desk needs an identity provider (services/console/README.md)."
                )
            return environ[name]

        return cls(
            authorize=needed("KOKUNEN_SIGN_IN_AUTHORIZE"),
            token=needed("KOKUNEN_SIGN_IN_TOKEN"),
            client=environ.get("KOKUNEN_SIGN_IN_CLIENT", "console"),
            here=needed("KOKUNEN_DESK").rstrip("/"),
            authority=environ.get("KOKUNEN_SIGN_IN_AUTHORITY") or None,
        )


@dataclass(frozen=True)
class Session:
    """Somebody at the desk."""

    id: bytes
    caller: Caller
    token: str
    terminal: str

    @property
    def account(self) -> str:
        return self.caller.account


class SigningIn:
    """Begins, finds, renews and ends sessions."""

    def __init__(
        self, settings: Settings, pool: asyncpg.Pool, sealer: Sealer, callers: Callers, provider: Provider
    ) -> None:
        self._settings, self._pool, self._sealer = settings, pool, sealer
        self._callers, self.provider = callers, provider

    def begin(self, then: str) -> tuple[str, str]:
        """Where to send the browser, and what it must bring back with it (sealed): which attempt it was, and where it wanted to go."""
        state, verifier = secrets.token_urlsafe(24), secrets.token_urlsafe(48)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
        asked = {
            "response_type": "code",
            "client_id": self.provider.client,
            "redirect_uri": self._back,
            "scope": "openid",
            "state": state,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        attempt = {"state": state, "verifier": verifier, "then": then, "until": time.time() + TRIES_SECONDS}
        sealed = self._sealer.seal(json.dumps(attempt).encode(), "sign-in").hex()
        return f"{self.provider.authorize}?{urlencode(asked)}", sealed

    @property
    def _back(self) -> str:
        return f"{self.provider.here}/signed-in"

    async def finish(self, attempt: str, state: str, code: str) -> tuple[str, str]:
        """Value of the new session's cookie, and where to go. NotSignedIn when the attempt is not the browser's own, or the provider refuses."""
        try:
            begun = json.loads(self._sealer.open(bytes.fromhex(attempt), "sign-in"))
        except (ValueError, InvalidTag):
            raise NotSignedIn("ログインの手続きをやり直してください。") from None
        if not secrets.compare_digest(begun["state"], state) or begun["until"] < time.time():
            raise NotSignedIn("ログインの手続きをやり直してください。")
        tokens = await self._asked(
            grant_type="authorization_code",
            code=code,
            code_verifier=begun["verifier"],
            redirect_uri=self._back,
        )
        caller = self._caller(tokens["access"])
        if caller.terminal is None:
            raise NotSignedIn("端末が確認できません。登録された端末からログインしてください。")
        cookie = secrets.token_urlsafe(32)
        row = (_id(cookie), caller.account, caller.terminal, self._sealed(tokens, _id(cookie)), LONGEST, IDLE)
        await self._pool.execute(QUERIES["begin_session"], *row)
        return cookie, begun["then"]

    async def session(self, cookie: str | None) -> Session:
        """Whose cookie it is. NotSignedIn where the session has run out, or the provider renews it no more."""
        if cookie is None:
            raise NotSignedIn
        row = await self._pool.fetchrow(QUERIES["session"], _id(cookie), IDLE)
        if row is None:
            raise NotSignedIn("しばらく操作がなかったか、時間が過ぎたため、ログアウトしました。")
        tokens = self._opened(row["tokens"], _id(cookie))
        try:
            if tokens["until"] < time.time() + RENEW_SECONDS:
                tokens = await self._renewed(_id(cookie))
            caller = self._caller(tokens["access"])
        except NotSignedIn:
            await self.end(cookie)
            raise
        return Session(_id(cookie), caller, tokens["access"], row["terminal"])

    async def _renewed(self, session: bytes) -> dict[str, Any]:
        """New tokens for the old ones. One at a time: of two requests the second one finds what the first was given."""
        async with self._pool.acquire() as connection, connection.transaction():
            row = await connection.fetchrow(QUERIES["session_alone"], session)
            if row is None:
                raise NotSignedIn
            tokens = self._opened(row["tokens"], session)
            if tokens["until"] < time.time() + RENEW_SECONDS:
                tokens = await self._asked(grant_type="refresh_token", refresh_token=tokens["refresh"])
                await connection.execute(QUERIES["renew_tokens"], session, self._sealed(tokens, session))
            return tokens

    async def end(self, cookie: str) -> None:
        await self._pool.execute(QUERIES["end_session"], _id(cookie))

    def _caller(self, token: str) -> Caller:
        try:
            return self._callers.caller(token, self._settings.service)
        except NotKnown as reason:
            raise NotSignedIn(f"認証サーバの応答が使えません（{reason}）。") from None

    async def _asked(self, **what: str) -> dict[str, Any]:
        """The provider's tokens; we say who we are with a signature of our own (`private_key_jwt`, RFC 7523)."""
        signed = own_token(self._settings.service, self.provider.token, self._settings.signing_key)
        told = {
            "client_id": self.provider.client,
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": signed,
        }
        trusted = ssl.create_default_context(cafile=self.provider.authority or str(self._settings.tls_authority))
        try:
            async with httpx.AsyncClient(verify=trusted, trust_env=False, timeout=SECONDS) as client:
                answer = await client.post(self.provider.token, data=told | what)
        except httpx.HTTPError:
            raise NotSignedIn("認証サーバの応答がありません。しばらくしてからやり直してください。") from None
        if answer.status_code != httpx.codes.OK:
            raise NotSignedIn("認証サーバでログインが認められませんでした。")
        try:
            found = answer.json()
            until = time.time() + float(found["expires_in"])
            return {"access": str(found["access_token"]), "refresh": str(found["refresh_token"]), "until": until}
        except (KeyError, TypeError, ValueError):
            raise NotSignedIn("認証サーバの応答が使えません。") from None

    def _sealed(self, tokens: dict[str, Any], session: bytes) -> bytes:
        return self._sealer.seal(json.dumps(tokens).encode(), _place(session))

    def _opened(self, tokens: bytes, session: bytes) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self._sealer.open(tokens, _place(session)))
        return found


def _id(cookie: str) -> bytes:
    """What the database knows of a cookie."""
    return hashlib.sha256(cookie.encode()).digest()


def _place(session: bytes) -> str:
    return f"session/{session.hex()}"
