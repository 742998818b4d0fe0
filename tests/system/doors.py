"""Calls at the doors of a running ward, as its services and people make them."""

import datetime as dt
import json
import ssl
import uuid
from collections.abc import Sequence
from typing import Any

import asyncpg
import httpx
from chassis import database
from chassis.callers import own_token
from cli import broker, certificates, services
from cli.catalogue import EVERY
from cli.services import environment_settings
from contracts.my_number import check_digit
from contracts.purposes import PURPOSES, opens

from tests.system.conftest import Ward

HEADERS = {"Kokunen-Case": "case-1"}


class Caller:
    """One account, or service, at the doors of one service."""

    def __init__(
        self, ward: Ward, account: str, *roles: str, service: str = "registry-sync", as_service: bool = False,
        terminal: str = "counter-1",
    ) -> None:  # fmt: skip
        self.account, self.service, self.terminal = account, service, terminal
        self._database = None if as_service else ward.given.databases[service]
        self.roles = roles
        if as_service:
            token = own_token(account, service, environment_settings(ward.given, account).signing_key)
        else:
            token = certificates.development_token(account, service, list(roles))
        self.trust = ssl.create_default_context(cafile=certificates.environment()["KOKUNEN_TLS_AUTHORITY"])
        self.client = httpx.AsyncClient(
            base_url=f"https://127.0.0.1:{services.door_ports()[service]}",
            headers=HEADERS | {"Kokunen-Terminal": terminal, "authorization": f"Bearer {token}"},
            verify=self.trust,
            limits=httpx.Limits(max_connections=100),
            timeout=60,
            trust_env=False,
        )

    async def __aenter__(self) -> "Caller":
        if self._database is not None:
            await register(self._database, self.account, self.roles, self.terminal, CLASSES.get(self.service, "office"))
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.client.aclose()

    async def post(self, path: str, body: Any, **headers: str) -> httpx.Response:
        return await self.client.post(path, json=body, headers={"Kokunen-Purpose": self.purpose_of(path)} | headers)

    def purpose_of(self, path: str) -> str:
        """One for which the door is there."""
        right = next((door.right for door in EVERY[self.service].doors if door.path == path), "")
        return next((purpose for purpose in PURPOSES if opens(purpose, right)), "status")

    async def answer(self, path: str, body: Any) -> Any:
        """The answer; a refusal fails the test."""
        response = await self.post(path, body)
        assert response.status_code == 200, response.text
        return response.json()

    async def refused(self, path: str, body: Any, status: int, code: str, **headers: str) -> Any:
        """The problem with which a call is refused."""
        response = await self.post(path, body, **headers)
        assert (response.status_code, response.headers["content-type"]) == (status, "application/problem+json")
        assert response.json()["type"] == f"urn:kokunen:{code}"
        return response.json()


async def register(url: str, account: str, roles: Sequence[str], terminal: str, of: str) -> None:
    """An account and a terminal as a service knows them once two people have set them."""
    people = {"version": 1, "proposed_by": "account-1", "approved_by": "account-2"}
    now = dt.datetime.now(dt.UTC)
    known = {
        "kind": "employee", "roles": roles, "terminals": ["office", "branch", "number", "media"],
        "valid_from": (now - dt.timedelta(days=1)).isoformat(), "valid_until": (now + dt.timedelta(days=1)).isoformat(),
    }  # fmt: skip
    connection = await asyncpg.connect(url, server_settings=database.SESSION)
    try:
        await connection.execute(_SET_ACCOUNT, account, json.dumps(known | people))
        await connection.execute(_SET_TERMINAL, terminal, json.dumps({"of": of} | people))
    finally:
        await connection.close()


_SET_ACCOUNT = """
insert into registered_account (account, version, data) values ($1, 1, $2) on conflict (account) do update set data = excluded.data
"""
_SET_TERMINAL = """
insert into registered_terminal (terminal, version, data) values ($1, 1, $2) on conflict (terminal) do update set data = excluded.data
"""
CLASSES = {"registry-sync": "number", "transmittal": "media"}
"""Of the terminals in these tests: where each right may be used."""


async def access_records(ward: Ward, service: str = "registry-sync") -> list[dict[str, Any]]:
    """Every access record of a service but log-ins, by its counter, with its subject."""
    found = {}
    async with broker.Broker(ward.given.kafka) as asked:
        async for record in asked.everything(["access-records"]):
            event = json.loads(record.value)
            if event["data"]["service"] == service:
                found[event["data"]["counter"]] = event["data"] | {"subject": event["subject"]}
    counters = sorted(found)
    assert counters == list(range(1, len(counters) + 1)), "the access records are not numbered without a gap"
    return [found[counter] for counter in counters if found[counter]["action"] != "login"]


def numbers(count: int, first: int = 0) -> Sequence[str]:
    """My Numbers made for the vault's tests; no municipality gives any that begin so."""
    bodies = (f"9000{n:07d}" for n in range(first, first + count))
    return [body + str(check_digit(body)) for body in bodies]


def receipt_that_is_none() -> str:
    return str(uuid.uuid4())
