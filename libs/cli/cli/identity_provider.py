"""An identity provider for a machine of one's own: whoever opens its page chooses a made-up account and a terminal, and is signed in as that.

Authorization code with PKCE, `private_key_jwt`, refresh tokens that are used once: what the desk asks of a municipality's own provider, and no
more. It asks for no password: it is started by `kokunen up --development` alone.
"""

import base64
import hashlib
import html
import json
import secrets
import socket
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import uvicorn
from chassis.callers import ALGORITHMS
from contracts.vocabulary import SERVICES
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import import_key
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from cli import accounts, certificates, companions

NAME = "identity"
PEOPLE: dict[str, tuple[str, tuple[str, ...]]] = {
    "clerk-1": ("窓口担当 一", ("clerk",)),
    "clerk-2": ("窓口担当 二", ("clerk",)),
    "desk-head-1": ("窓口係長", ("desk-head",)),
    "protection-1": ("支援措置担当", ("clerk", "protection-clerk")),
    "number-1": ("個人番号担当", ("number-clerk",)),
    "transmittal-1": ("進達担当 一", ("transmittal-clerk",)),
    "transmittal-2": ("進達担当 二", ("transmittal-clerk",)),
    "approver-1": ("進達決裁者", ("transmittal-approver",)),
    "section-head-1": ("課長", ("section-head",)),
    "rights-1": ("開示担当", ("rights-clerk",)),
    "rights-head-1": ("開示決定者", ("rights-head",)),
    "list-1": ("一覧出力担当", ("list-clerk",)),
    "request-1": ("所得情報担当 一", ("request-clerk",)),
    "request-2": ("所得情報担当 二", ("request-clerk",)),
    "operator-1": ("運用担当", ("operator",)),
    "auditor-1": ("監査担当", ("auditor",)),
    "executive-1": ("総括責任者", ("executive",)),
    "account-1": ("利用者管理担当", ("account-clerk",)),
    "account-head-1": ("利用者管理責任者", ("account-head",)),
}
"""Made-up people of the office: account, what they do, roles."""
TERMINALS = ("dev-terminal", "dev-numbers", "dev-media")
CODE_SECONDS, TOKEN_SECONDS = 60, 300


@dataclass(frozen=True)
class Grant:
    """Somebody who signed in."""

    account: str
    terminal: str
    signed_in_at: int
    challenge: str = ""
    back: str = ""
    until: float = 0


class Provider:
    """Codes and refresh tokens that were given out and not used yet; they end with the process."""

    def __init__(self) -> None:
        self._given: dict[str, Grant] = {}

    async def authorize(self, request: Request) -> Response:
        """The page on which an account is chosen; then back with a code."""
        asked = request.query_params
        if (
            urlsplit(asked.get("redirect_uri", "")).hostname != "127.0.0.1"
            or asked.get("code_challenge_method") != "S256"
        ):
            return HTMLResponse("An unknown client.", 400)
        if request.method == "GET":
            return HTMLResponse(_page(str(request.url.query)))
        form = await request.form()
        account, terminal = str(form.get("account", "")), str(form.get("terminal", ""))
        if account not in PEOPLE or terminal not in TERMINALS:
            return HTMLResponse("An unknown account or terminal.", 400)
        now = time.time()
        code = self._give(
            Grant(account, terminal, int(now), asked["code_challenge"], asked["redirect_uri"], now + CODE_SECONDS)
        )
        return RedirectResponse(
            f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked.get('state', '')})}", 303
        )

    async def token(self, request: Request) -> Response:
        """Tokens for a code, or for a refresh token; to the desk alone, which signs for itself."""
        form = {name: str(value) for name, value in (await request.form()).items()}
        if not _is_the_desk(form.get("client_assertion", "")):
            return JSONResponse({"error": "invalid_client"}, 401)
        found = self._given.pop(form.get("code") or form.get("refresh_token") or "", None)
        if found is None or (found.until and found.until < time.time()):
            return JSONResponse({"error": "invalid_grant"}, 400)
        if found.challenge:
            digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
            proof = base64.urlsafe_b64encode(digest).decode().rstrip("=")
            if proof != found.challenge or form.get("redirect_uri") != found.back:
                return JSONResponse({"error": "invalid_grant"}, 400)
        access = certificates.development_token(
            found.account,
            [*SERVICES],
            list(PEOPLE[found.account][1]),
            seconds=TOKEN_SECONDS,
            auth_time=found.signed_in_at,
            terminal=found.terminal,
            amr=["hwk", "pwd"],
        )
        refresh = self._give(Grant(found.account, found.terminal, found.signed_in_at))
        answer = {"access_token": access, "refresh_token": refresh, "token_type": "Bearer", "expires_in": TOKEN_SECONDS}
        return JSONResponse(answer, headers={"cache-control": "no-store"})

    def _give(self, grant: Grant) -> str:
        code = secrets.token_urlsafe(32)
        self._given[code] = grant
        return code


def _is_the_desk(assertion: str) -> bool:
    """Whether the desk signed this (RFC 7523)."""
    known = {key["kid"]: key for key in json.loads(certificates.callers_file().read_bytes())["keys"]}
    try:
        claims = jwt.decode(assertion, import_key(known["console"]), algorithms=list(ALGORITHMS)).claims
    except (JoseError, ValueError, KeyError):
        return False
    return claims.get("sub") == "console" and float(claims.get("exp", 0)) > time.time()


def _page(query: str) -> str:
    people = "".join(
        f'<p><button name="account" value="{account}">{html.escape(title)}　<code>{account}</code></button></p>'
        for account, (title, _) in PEOPLE.items()
    )
    terminals = "".join(f'<option value="{one}">{one}</option>' for one in TERMINALS)
    return (
        '<!doctype html><html lang="ja"><head><meta charset="utf-8"><title>開発用ログイン</title></head><body>'
        "<h1>開発用ログイン</h1><p>架空の職員です。この画面は開発用の環境にだけあります。</p>"
        f'<form method="post" action="/authorize?{html.escape(query)}">'
        f'<p><label>端末 <select name="terminal">{terminals}</select></label></p>{people}</form></body></html>'
    )


def start() -> None:
    """Start the provider of the local stack, unless it runs."""
    companions.start(NAME, "cli.identity_provider")


def register(people: Iterable[str] = tuple(PEOPLE)) -> None:
    """These made-up people are in the register of accounts for a day."""
    accounts.for_development({account: PEOPLE[account][1] for account in people})


def stop() -> None:
    """Stop the provider of the local stack, if it runs."""
    companions.stop(NAME)


def serve(folder: Path) -> None:
    """Listen on a free loopback port (written to identity.port) until stopped."""
    provider, given = Provider(), certificates.environment()
    app = Starlette(
        routes=[
            Route("/authorize", provider.authorize, methods=["GET", "POST"]),
            Route("/token", provider.token, methods=["POST"]),
        ]
    )
    listening = socket.create_server(("127.0.0.1", 0))
    companions.tell_port(folder, NAME, listening.getsockname()[1])
    config = uvicorn.Config(
        app,
        ssl_certfile=given["KOKUNEN_TLS_CERTIFICATE"],
        ssl_keyfile=given["KOKUNEN_TLS_KEY"],
        log_config=None,
        lifespan="off",
        access_log=False,
    )
    uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
