"""Accounts and terminals: set by two people, known to every service, refused by name where the register does not allow it."""

import asyncio
import datetime as dt
import json
from typing import Any

import pytest

from tests.events import HUSBAND
from tests.system.conftest import Ward, until
from tests.system.doors import Caller, access_records
from tests.system.test_addressees import looked, registered

pytestmark = pytest.mark.system

NOW = dt.datetime.now(dt.UTC)
YEAR = {
    "valid_from": (NOW - dt.timedelta(days=1)).isoformat(),
    "valid_until": (NOW + dt.timedelta(days=365)).isoformat(),
}


class Stranger(Caller):
    """Somebody of whom no service was told by hand: what is known came by the register."""

    async def __aenter__(self) -> "Stranger":
        return self


async def known(ward: Ward, service: str, account: str, version: int) -> None:
    async def there() -> bool:
        rows = await ward.rows(service, "select version from registered_account where account = $1", account)
        return [row["version"] for row in rows] == [version]

    await until(there, f"{service} knows version {version} of {account}")


async def test_two_people_set_an_account_and_every_service_knows_it(ward: Ward) -> None:
    await ward.start("audit")
    await registered(ward)
    look = "/addressees", {"addressees": [HUSBAND]}
    async with (
        Caller(ward, "admin-1", "account-clerk", service="audit") as admin,
        Caller(ward, "admin-2", "account-head", service="audit") as head,
        Stranger(ward, "clerk-9", "clerk", terminal="desk-9") as clerk,
    ):
        await clerk.refused(*look, 403, "account_unknown")
        # given an account and a terminal that one person proposes
        wanted: dict[str, Any] = {"account": "clerk-9", "kind": "employee", "roles": ["clerk"]} | YEAR
        proposal = await admin.answer("/accounts/propose", wanted)
        await admin.refused("/accounts/approve", proposal, 403, "not_granted")
        await clerk.refused(*look, 403, "account_unknown")
        # when another approves, every service is told
        assert await head.answer("/accounts/approve", proposal) == {"version": 1}
        await head.refused("/accounts/approve", proposal, 409, "approved_already")
        await known(ward, "registry-sync", "clerk-9", 1)
        await clerk.refused(*look, 403, "terminal_unknown")
        own = await head.answer("/terminals/propose", {"terminal": "desk-9", "of": "office"})
        await head.refused("/accounts/approve", own, 403, "same_person")
        async with Caller(ward, "admin-3", "account-head", service="audit") as third:
            assert await third.answer("/accounts/approve", own) == {"version": 1}

        async def answered() -> bool:
            return (await clerk.post(*look)).status_code == 200

        await until(answered, "the terminal is known")
        # what the account does not have it has not, whatever the token says
        await clerk.refused(
            "/my-numbers/show", {"addressee": HUSBAND, "birth_date": "1990-05-10"}, 403, "terminal_not_for_this"
        )
        # an emergency: one more role, by two people, for some hours
        asked = await admin.answer(
            "/accounts/emergency", {"account": "clerk-9", "role": "number-clerk", "reason": "INC-1"}
        )
        assert await head.answer("/accounts/approve", asked) == {"version": 2}
        await known(ward, "registry-sync", "clerk-9", 2)
        until_when = await ward.one(
            "registry-sync",
            "select data::json -> 'emergency' ->> 'until' from registered_account where account = 'clerk-9'",
        )
        left = dt.datetime.fromisoformat(until_when) - dt.datetime.now(dt.UTC)
        assert dt.timedelta(hours=3, minutes=55) < left <= dt.timedelta(hours=4)
        # the inventory: what there is, what waits, who was not seen
        book = await admin.answer("/accounts", {})
        assert [(one["account"], one["dormant"]) for one in book["accounts"] if one["account"] == "clerk-9"] == [
            ("clerk-9", False)
        ]
        assert book["proposals"] == []
        # and suspended it is nobody's any more
        gone = await admin.answer("/accounts/propose", wanted | {"suspended": "left"})
        await head.answer("/accounts/approve", gone)
        await known(ward, "registry-sync", "clerk-9", 3)
        await clerk.refused(*look, 403, "account_suspended")
    refused = [one["account"] for one in await access_records(ward) if one["result"] == "refused"]
    assert refused.count("clerk-9") == len(refused) >= 5


async def test_a_log_in_is_on_record_once_however_many_calls_follow(ward: Ward) -> None:
    await registered(ward)
    async with Caller(ward, "clerk-1", "clerk") as clerk, Caller(ward, "tax-income", as_service=True) as service:
        await asyncio.gather(*(looked(clerk, HUSBAND) for _ in range(20)))
        await clerk.refused("/my-numbers/conflicts", {}, 403, "not_granted")
        await service.answer("/addressees", {"addressees": [HUSBAND]})
        assert await logins(ward) == ["clerk-1"]  # a service does not log in
        # logged in at a second place, and calling from both by turns
        await asyncio.sleep(1.1)  # tokens of this issuer say it by the second
        async with Caller(ward, "clerk-1", "clerk") as same:
            for one in (same, clerk, same, clerk):
                await looked(one, HUSBAND)
    assert await logins(ward) == ["clerk-1"] * 2


async def logins(ward: Ward) -> list[str]:
    """Whose log-ins are on record."""
    await ward.outbox_empty("registry-sync")
    records = [json.loads(value)["data"] for value in await ward.values("access-records")]
    return [one["account"] for one in records if one["action"] == "login"]


async def test_an_unlawful_account_is_not_even_proposed(ward: Ward) -> None:
    await ward.start("audit")
    async with Caller(ward, "admin-1", "account-clerk", service="audit") as admin:
        contractor: dict[str, Any] = {"account": "helper-1", "kind": "contractor", "roles": ["number-entry"]} | YEAR
        await admin.refused("/accounts/propose", contractor, 422, "contract")
        ended = contractor | {"contract": "C-1", "approval": "A-1", "valid_until": YEAR["valid_from"]}
        await admin.refused("/accounts/propose", ended, 422, "validity")
        await admin.refused(
            "/accounts/emergency", {"account": "nobody-1", "role": "clerk", "reason": "x"}, 404, "account_unknown"
        )
    assert await ward.one("audit", "select count(*) from account_change") == 0


async def test_what_nobody_uses_is_suspended_and_given_back_by_two(ward: Ward) -> None:
    await ward.start("audit")
    await registered(ward)
    wanted: dict[str, Any] = {"account": "clerk-9", "kind": "employee", "roles": ["clerk"]} | YEAR
    long_ago = {"valid_from": (NOW - dt.timedelta(days=91)).isoformat()}
    async with (
        Caller(ward, "admin-1", "account-clerk", service="audit") as admin,
        Caller(ward, "admin-2", "account-head", service="audit") as head,
    ):
        await head.answer("/accounts/approve", await admin.answer("/accounts/propose", wanted | long_ago))
        await known(ward, "registry-sync", "clerk-9", 1)
        ward.stop("audit")
        await ward.start("audit")  # it looks when it begins, and every hour
        await known(ward, "registry-sync", "clerk-9", 2)
        how = "select data::json ->> 'suspended' from registered_account where account = 'clerk-9'"
        assert await ward.one("registry-sync", how) == "dormant"
    async with (
        Caller(ward, "admin-1", "account-clerk", service="audit") as admin,
        Caller(ward, "admin-2", "account-head", service="audit") as head,
    ):
        await head.answer("/accounts/approve", await admin.answer("/accounts/propose", wanted))
        await known(ward, "registry-sync", "clerk-9", 3)
        ward.stop("audit")
        await ward.start("audit")
        looked = "select (select until from overseen) = (select coalesce(max(idx), -1) from access)"

        async def done() -> bool:
            return bool(await ward.one("audit", looked))

        await until(done, "audit has looked")
        assert await ward.one("audit", "select version from registered_account where account = 'clerk-9'") == 3
