"""Accesses that give reason to ask come on a work list, as events too, and somebody else settles them."""

import json

import pytest

from tests.events import HUSBAND
from tests.system.conftest import Ward, until
from tests.system.doors import Caller
from tests.system.test_addressees import registered

pytestmark = pytest.mark.system

LOOKED_AT = "select (select until from overseen) = (select coalesce(max(idx), -1) from access)"


async def looked_at(ward: Ward, wanted: int) -> None:
    async def all_of_it() -> bool:
        found = await ward.one("audit", "select count(*) from access where account = 'clerk-1' and action <> 'login'")
        return found >= wanted and bool(await ward.one("audit", LOOKED_AT))

    await until(all_of_it, "the accesses were looked at")


async def test_who_looks_at_oneself_is_asked_by_somebody_else(ward: Ward) -> None:
    await ward.start("audit")
    await registered(ward)
    ward.stop("audit")
    await ward.start("audit")  # now that the register has doors
    async with (
        Caller(ward, "clerk-1", "clerk") as clerk,
        Caller(ward, "auditor-1", "auditor", service="audit") as auditor,
        Caller(ward, "clerk-1", "auditor", service="audit") as same,
    ):
        own = "update registered_account set data = (data::jsonb || jsonb_build_object('own', $1::bigint))::text where account = 'clerk-1' returning 1"
        assert await ward.rows("audit", own, HUSBAND)
        await clerk.answer("/addressees", {"addressees": [HUSBAND]})
        for _ in range(5):
            await clerk.refused("/my-numbers", {"entries": []}, 403, "not_granted")
        await looked_at(ward, 6)
        found = {one["rule"]: one for one in (await auditor.answer("/findings", {}))["findings"]}
        assert {"own_record", "refusals"} <= set(found)
        assert all(one["account"] == "clerk-1" for one in found.values())
        # the account itself never settles it; somebody else does, once
        settled = {"finding": found["own_record"]["finding"], "verdict": "to_be_asked", "note": "T-1"}
        await same.refused("/findings/settle", settled, 403, "own_finding")
        assert await auditor.answer("/findings/settle", settled) == {"finding": settled["finding"]}
        await auditor.refused("/findings/settle", settled, 409, "settled_already")
        await auditor.refused("/findings/settle", settled | {"finding": 999}, 404, "no_such_finding")
        left = {one["rule"] for one in (await auditor.answer("/findings", {}))["findings"]}
        assert "own_record" not in left
        assert "refusals" in left
    await ward.outbox_empty("audit")
    events = [json.loads(one) for one in await ward.values("access-findings")]
    assert {"own_record", "refusals"} <= {one["data"]["rule"] for one in events}
    assert {one["subject"] for one in events} == {"account/clerk-1"}
    assert str(HUSBAND) not in json.dumps(events)


async def test_somebody_whom_nobody_had_looked_at_for_a_year(ward: Ward) -> None:
    await ward.start("audit")
    await registered(ward)
    async with (
        Caller(ward, "clerk-1", "clerk") as clerk,
        Caller(ward, "auditor-1", "auditor", service="audit") as auditor,
    ):
        await clerk.answer("/addressees", {"addressees": [HUSBAND]})
        await looked_at(ward, 1)
        rules = {one["rule"] for one in (await auditor.answer("/findings", {}))["findings"]}
        assert "dormant_subject" not in rules  # the first time is no reason
        await ward.rows(
            "audit", "update access set at = at - interval '366 days' where account = 'clerk-1' returning 1"
        )
        await clerk.answer("/addressees", {"addressees": [HUSBAND]})
        await looked_at(ward, 2)
        (one,) = [
            one for one in (await auditor.answer("/findings", {}))["findings"] if one["rule"] == "dormant_subject"
        ]
        assert (one["account"], one["persons"]) == ("clerk-1", 1)
