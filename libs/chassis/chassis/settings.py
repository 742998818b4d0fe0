"""Where is everything, and under which names? Read once from the environment, complete or refused by name."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from contracts.vocabulary import SERVICES

ROLES = ("consume", "relay", "serve")
TOSHIMA = "131164", "豊島区"
"""Whose system this is unless another municipality is named."""


class SettingsError(Exception):
    """A setting is missing or wrong; the message names it."""


@dataclass(frozen=True)
class Settings:
    """One service's surroundings (decisions 10, 13, 15)."""

    service: str
    kafka: str
    database: str
    municipality: str
    municipality_name: str
    prefix: str
    """Put before topics and groups, so that one cluster serves many municipalities."""
    roles: frozenset[str]
    instance: str | None
    """Which of the service's processes this is: one that starts again under its name has its partitions back at once.
    None = the group first waits whether the one before it is still alive. No two at a time may have one name."""
    port: int
    key_file: Path
    """The service's sealing key: outside the database and its backup, readable by the service alone."""
    output: Path
    """Where files for people are written."""
    host: str
    """The address at which the service listens: for those who watch it, and for callers at its doors."""
    door_port: int
    """Where the service's own doors are served over TLS; 0 = nowhere."""
    tls_certificate: Path | None
    tls_key: Path | None
    tls_authority: Path | None
    """Whose certificates the doors of other services may have."""
    callers: Path | None
    """The keys of everyone who may call."""
    signing_key: Path
    """With which the service signs its own calls."""
    doors: Mapping[str, str]
    """Where the doors of other services are."""
    witness: str | None = None
    """Where the witness of the audit log listens; None = there is none."""
    factors: frozenset[str] = frozenset()
    """With which people must have logged in (`amr` of their tokens); none = whatever the identity provider asks."""
    training_days: int | None = None
    """An account whose owner was last trained longer ago (研修) may do nothing; None = that is not asked."""


def variable(service: str) -> str:
    """Name of the environment variable that holds a service's database URL."""
    return "KOKUNEN_DATABASE_" + service.upper().replace("-", "_")


def door_variable(service: str) -> str:
    """Name of the environment variable that says where a service's doors are."""
    return "KOKUNEN_DOOR_" + service.upper().replace("-", "_")


def municipality(environ: Mapping[str, str] = os.environ) -> str:
    """The 6-digit code of whose system this is."""
    return environ.get("KOKUNEN_MUNICIPALITY", TOSHIMA[0])


def read(service: str, environ: Mapping[str, str] = os.environ) -> Settings:
    """Settings of a service from the environment. SettingsError names what is missing."""

    def needed(name: str) -> str:
        value = environ.get(name, "")
        if not value:
            raise SettingsError(f"{name} is not set; `kokunen up` sets it, or see deploy/local/README.md.")
        return value

    roles = frozenset(environ.get("KOKUNEN_ROLES", ",".join(ROLES)).split(","))
    if not roles <= set(ROLES):
        raise SettingsError(f"KOKUNEN_ROLES holds something else than {', '.join(ROLES)}.")
    whose = municipality(environ)
    local = Path(environ.get("KOKUNEN_LOCAL", ".local"))
    keys = Path(environ.get("KOKUNEN_KEYS", str(local / "keys")))

    def path(name: str) -> Path | None:
        return Path(environ[name]) if environ.get(name) else None

    return Settings(
        service=service,
        kafka=needed("KOKUNEN_KAFKA"),
        database=needed(variable(service)),
        municipality=whose,
        municipality_name=needed("KOKUNEN_MUNICIPALITY_NAME") if whose != TOSHIMA[0] else TOSHIMA[1],
        prefix=environ.get("KOKUNEN_PREFIX", ""),
        roles=roles,
        instance=environ.get("KOKUNEN_INSTANCE") or None,
        port=int(environ.get("KOKUNEN_PORT", "0")),
        key_file=keys / f"{service}.key",
        output=Path(environ.get("KOKUNEN_OUTPUT", str(local / "out"))) / service,
        host=environ.get("KOKUNEN_HOST", "127.0.0.1"),
        door_port=int(environ.get("KOKUNEN_DOOR_PORT", "0")),
        tls_certificate=path("KOKUNEN_TLS_CERTIFICATE"),
        tls_key=path("KOKUNEN_TLS_KEY"),
        tls_authority=path("KOKUNEN_TLS_AUTHORITY"),
        callers=path("KOKUNEN_CALLERS"),
        signing_key=keys / f"{service}.signing",
        doors={name: environ[door_variable(name)] for name in SERVICES if environ.get(door_variable(name))},
        witness=environ.get("KOKUNEN_WITNESS") or None,
        factors=frozenset(filter(None, environ.get("KOKUNEN_FACTORS", "").split(","))),
        training_days=int(environ["KOKUNEN_TRAINING_DAYS"]) if environ.get("KOKUNEN_TRAINING_DAYS") else None,
    )
