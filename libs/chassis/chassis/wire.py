"""How is the wire to Kafka protected? In the clear on a machine's own loopback; else TLS with a certificate of our own, or a password over TLS.

PostgreSQL needs nothing here: its URL says it (`?sslmode=verify-full&sslrootcert=…&sslcert=…&sslkey=…`), and each new connection reads the files again.
"""

import asyncio
import logging
import os
import ssl
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from faststream.security import BaseSecurity, SASLScram512

log = logging.getLogger(__name__)

AUTHORITY, CERTIFICATE, KEY = "KOKUNEN_KAFKA_AUTHORITY", "KOKUNEN_KAFKA_CERTIFICATE", "KOKUNEN_KAFKA_KEY"
USER, PASSWORD = "KOKUNEN_KAFKA_USER", "KOKUNEN_KAFKA_PASSWORD_FILE"
LOOK_SECONDS = 20.0
"""Between two looks whether a certificate was renewed."""


class WireError(Exception):
    """The wire cannot be protected as the settings say; the message names the setting."""


class Renewed:
    """Certificates as files that are renewed while we run: read once, and again when they have changed."""

    def __init__(self, whose: str, files: Sequence[Path], load: Callable[[], None]) -> None:
        self.whose, self._files, self._load = whose, files, load
        self._read = self._state()
        load()

    def _state(self) -> list[int]:
        return [file.stat().st_mtime_ns for file in self._files]

    def look_again(self) -> bool:
        """Read what was renewed; every connection from now on uses it. True when something was."""
        if (now := self._state()) == self._read:
            return False
        self._load()
        self._read = now
        return True


class _Trust(Renewed):
    """Whom we trust at the broker, and who we are."""

    def __init__(self, authority: Path, certificate: Path | None, key: Path | None) -> None:
        # nobody else's certificates: not the machine's own list
        context = self.context = ssl.create_default_context(cafile=authority)
        context.minimum_version = ssl.TLSVersion.TLSv1_2

        def load() -> None:
            # Authorities are added; one that is no longer named is trusted until the next start.
            context.load_verify_locations(cafile=authority)
            if certificate is not None:
                context.load_cert_chain(certificate, key)

        super().__init__("Kafka", [file for file in (authority, certificate, key) if file is not None], load)


@cache
def _trust(authority: str, certificate: str | None, key: str | None) -> _Trust:
    try:
        return _Trust(Path(authority), Path(certificate) if certificate else None, Path(key) if key else None)
    except (OSError, ssl.SSLError) as error:
        named = f"{AUTHORITY}={authority}" + (f", {CERTIFICATE}={certificate}" if certificate else "")
        raise WireError(f"{named}: these files do not make a TLS connection ({type(error).__name__}).") from None


def _wanted(environ: Mapping[str, str]) -> _Trust | None:
    authority = environ.get(AUTHORITY)
    if not authority:
        for name in (CERTIFICATE, KEY, USER, PASSWORD):
            if environ.get(name):
                raise WireError(f"{name} is set and {AUTHORITY} is not: nothing is sent without knowing to whom.")
        return None
    if bool(environ.get(CERTIFICATE)) != bool(environ.get(KEY)):
        raise WireError(f"{CERTIFICATE} and {KEY} belong together.")
    if bool(environ.get(USER)) != bool(environ.get(PASSWORD)):
        raise WireError(f"{USER} and {PASSWORD} belong together.")
    return _trust(authority, environ.get(CERTIFICATE) or None, environ.get(KEY) or None)


def _login(environ: Mapping[str, str]) -> tuple[str, str] | None:
    if not environ.get(USER):
        return None
    try:
        return environ[USER], Path(environ[PASSWORD]).read_text("utf-8").strip()
    except OSError as error:
        raise WireError(f"{PASSWORD}={environ[PASSWORD]} cannot be read ({type(error).__name__}).") from None


def kafka(address: str, environ: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """What every client of aiokafka is given: where, and how protected. WireError names a setting that is missing."""
    trust = _wanted(environ)
    if trust is None:
        return {"bootstrap_servers": address}
    given: dict[str, Any] = {"bootstrap_servers": address, "security_protocol": "SSL", "ssl_context": trust.context}
    if login := _login(environ):
        given |= {"security_protocol": "SASL_SSL", "sasl_mechanism": "SCRAM-SHA-512"}
        given |= {"sasl_plain_username": login[0], "sasl_plain_password": login[1]}
    return given


def security(environ: Mapping[str, str] = os.environ) -> BaseSecurity | None:
    """The same for FastStream."""
    trust = _wanted(environ)
    if trust is None:
        return None
    if login := _login(environ):
        return SASLScram512(*login, ssl_context=trust.context, use_ssl=True)
    return BaseSecurity(ssl_context=trust.context, use_ssl=True)


async def keep_up(stopping: asyncio.Event, *others: Renewed, environ: Mapping[str, str] = os.environ) -> None:
    """Read renewed certificates, Kafka's and these, without a restart. A file that is half written is read at the next look."""
    trust = _wanted(environ)
    watched = [*others, *([trust] if trust is not None else [])]
    while watched and not stopping.is_set():
        for one in watched:
            try:
                if one.look_again():
                    log.info("the certificate for %s was renewed", one.whose)
            except (OSError, ssl.SSLError) as error:
                log.warning("the renewed certificate for %s cannot be read yet (%s)", one.whose, type(error).__name__)
        try:
            await asyncio.wait_for(stopping.wait(), LOOK_SECONDS)
        except TimeoutError:
            continue
    await stopping.wait()
