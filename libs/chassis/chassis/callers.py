"""Who calls a door? A bearer token says it, and a key we know says so, too.

Services sign their own tokens and have the rights of that service, no others; people's tokens come from the identity provider, which
gives them roles. The keys are one JSON Web Key Set (RFC 7517) whose every key names, as `iss`, the one it speaks for.
"""

import json
import re
import secrets
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from contracts.vocabulary import SERVICES
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey, import_key
from joserfc.jws import extract_compact

ALGORITHMS = ("Ed25519", "EdDSA", "ES256", "RS256")
"""`EdDSA` is the older name of `Ed25519` (RFC 9864), which identity providers still use. Never `none`, never a shared secret."""
LONGEST_SECONDS = 600
SKEW_SECONDS = 60
OWN_SECONDS = 60
_NAME = re.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


class NotKnown(Exception):
    """The caller is not known; one sentence says why, without anything of the token."""


@dataclass(frozen=True)
class Caller:
    """An account, and its roles; a service's only role is its name."""

    account: str
    roles: frozenset[str]
    is_service: bool = False
    logged_in_at: float = 0
    """When the account's owner logged in, as the token says (`auth_time`), or else what tells this token from another."""
    terminal: str | None = None
    """At which terminal, where the identity provider says it: a call from anywhere else is not its owner's."""


class Callers:
    """The keys of everyone who may call; the file is read again when it changes, so that a key can be replaced while serving."""

    def __init__(self, file: Path, factors: frozenset[str] = frozenset()) -> None:
        """`factors`: with which everybody must have logged in (`amr`, RFC 8176), as `hwk` (ICカード) and `pwd` (パスワード)."""
        self._file, self._factors = file, factors
        self._read_at = -1
        self._keys: dict[str, tuple[Any, str]] = {}

    def caller(self, token: str, audience: str, now: float | None = None) -> Caller:
        """Whom the token speaks of. NotKnown for anything that is not wholly right."""
        moment = time.time() if now is None else now
        claims, issuer = self._verified(token)
        if claims.get("iss") != issuer:
            raise NotKnown("The token's issuer is not the one its key speaks for.")
        audiences = claims.get("aud")
        if audience not in (audiences if isinstance(audiences, list) else [audiences]):
            raise NotKnown(f"The token is not for {audience}.")
        ends, begins = claims.get("exp"), claims.get("nbf", claims.get("iat", 0))
        if not isinstance(ends, int | float) or not isinstance(begins, int | float):
            raise NotKnown("The token does not say until when it is valid.")
        if not moment - SKEW_SECONDS < ends <= moment + LONGEST_SECONDS + SKEW_SECONDS:
            raise NotKnown(f"The token has expired, or is valid for longer than {LONGEST_SECONDS} s.")
        if begins > moment + SKEW_SECONDS:
            raise NotKnown("The token is not valid yet.")
        account = claims.get("sub")
        if not isinstance(account, str) or not _NAME.fullmatch(account):
            raise NotKnown("The token names no account.")
        if issuer in SERVICES:
            if account != issuer:
                raise NotKnown("A service speaks for nobody but itself.")
            return Caller(account, frozenset({issuer}), is_service=True)
        shown = claims.get("amr", [])
        if not isinstance(shown, list) or not self._factors <= {one for one in shown if isinstance(one, str)}:
            raise NotKnown("The token does not say that its owner logged in with every factor that is asked for.")
        roles = claims.get("roles", [])
        if account in SERVICES or not isinstance(roles, list) or not all(isinstance(role, str) for role in roles):
            raise NotKnown("The token's roles are not a list of names, or its account has a service's name.")
        logged_in_at = claims.get("auth_time", claims.get("iat", ends))
        if not isinstance(logged_in_at, int | float):
            raise NotKnown("The token does not say when its owner logged in.")
        terminal = claims.get("terminal")
        if terminal is not None and not (isinstance(terminal, str) and _NAME.fullmatch(terminal)):
            raise NotKnown("The token's terminal is no name.")
        return Caller(account, frozenset(roles) - set(SERVICES), logged_in_at=logged_in_at, terminal=terminal)

    def _verified(self, token: str) -> tuple[dict[str, Any], str]:
        """The claims of a token whose signature is right, and for whom its key speaks."""
        try:
            header = extract_compact(token.encode()).headers()
            key, issuer = self._known_keys()[str(header.get("kid"))]
            return jwt.decode(token, key, algorithms=list(ALGORITHMS)).claims, issuer
        except KeyError:
            raise NotKnown("Nobody we know has the token's key.") from None
        except (JoseError, ValueError):
            raise NotKnown("The token is not signed as it should be.") from None

    def _known_keys(self) -> dict[str, tuple[Any, str]]:
        try:
            changed_at = self._file.stat().st_mtime_ns
            if changed_at != self._read_at:
                known = json.loads(self._file.read_bytes())["keys"]
                self._keys = {key["kid"]: (import_key(key), key["iss"]) for key in known}
                self._read_at = changed_at
        except FileNotFoundError:
            raise NotKnown("No callers are known here: their keys are missing.") from None
        return self._keys


def own_token(service: str, audience: str, signing_key: Path) -> str:
    """A token with which a service calls another one."""
    key = OKPKey.import_key(json.loads(signing_key.read_bytes()))
    now = int(time.time())
    claims = {
        "iss": service,
        "sub": service,
        "aud": audience,
        "iat": now,
        "exp": now + OWN_SECONDS,
        "jti": secrets.token_hex(16),
    }
    return jwt.encode({"alg": "Ed25519", "kid": key.kid or service}, claims, key, algorithms=["Ed25519"])
