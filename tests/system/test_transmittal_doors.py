"""The doors of transmittal: the steps of a batch that need no medium, each by whom it may be, and on record."""

import pytest

from tests.system.conftest import Ward
from tests.system.doors import Caller, access_records
from tests.system.test_batch_life import sealed, told

pytestmark = pytest.mark.system


async def test_a_batch_is_checked_and_decided_at_the_doors(ward: Ward, lines: list[tuple[str, bytes]]) -> None:
    await sealed(ward, lines)
    clerk = Caller(ward, "clerk-2", "transmittal-clerk", service="transmittal")
    boss = Caller(ward, "boss", "transmittal-approver", service="transmittal")
    head = Caller(ward, "head", "section-head", service="transmittal")
    stranger = Caller(ward, "clerk-7", "clerk", service="transmittal")
    async with clerk, boss, head, stranger:
        shown = (await clerk.answer("/batches", {}))["batches"]
        assert [one["state"] for one in shown[:2]] == ["sealed", "sealed"]
        due = (await clerk.answer("/due", {}))["items"]
        assert {(one["addressee"], one["item"]) for one in due} == {
            (one["addressee"], one["item"]) for one in await told("due")
        }
        await stranger.refused("/batches", {}, 403, "not_granted")
        await clerk.refused("/batches/decide", {"batch": 1}, 403, "not_granted")
        await boss.refused("/batches/decide", {"batch": 1}, 409, "decision_after_check")
        assert await clerk.answer("/batches/check", {"batch": 1}) == {"batch": 1}
        await clerk.refused("/batches/check", {"batch": 1}, 409, "step_done")
        await clerk.refused("/batches/check", {"batch": 99}, 404, "no_such_batch")
        await clerk.refused("/batches/check", {"batch": "1"}, 422, "body")
        assert await boss.answer("/batches/decide", {"batch": 1}) == {"batch": 1}
        steps = await clerk.answer("/batches/show", {"batch": 1})
        (issue,), receipts = steps["issues"], steps["receipts"]
        assert (issue["checked_by"], issue["decided_by"], "dispatched_at" in issue, receipts) == (
            "clerk-2",
            "boss",
            False,
            [],
        )
        await clerk.refused("/batches/show", {"batch": 99}, 404, "no_such_batch")
        assert [one["medium"] for one in (await clerk.answer("/media", {}))["media"]] == [
            f"disc-{n}" for n in range(1, 6)
        ]
        scanned = await clerk.answer("/batches/scan", {"batch": 1, "codes": ["nonsense"]})
        assert (scanned["complete"], scanned["strange"], len(scanned["missing"])) == (
            False,
            ["nonsense"],
            scanned["originals"],
        )
        await head.refused("/batches/permit", {"batch": 1, "carrier": "clerk-3"}, 409, "permission_after_writing")
        await clerk.answer("/batches/void", {"batch": 2, "reason": "wrong"})
        item = next(one for one in await told("due") if one["state"] == "pending")
        place = {"addressee": item["addressee"], "item": item["item"]}
        await clerk.answer("/items/pull", place | {"reason": "call_back"})
        await clerk.refused("/items/pull", place | {"reason": "call_back"}, 409, "not_pending")
        await clerk.answer("/items/put-back", place)
        assert (await clerk.answer("/batches/seal", {}))["batch"] == len(shown) + 1
        document = (await clerk.client.get("/openapi.json")).json()
        assert "決裁" in document["paths"]["/batches/decide"]["post"]["summary"]
    await ward.outbox_empty("transmittal")
    records = await access_records(ward, "transmittal")
    by_clerk = [one["what"] for one in records if one["account"] == "clerk-2" and one["result"] == "answered"]
    assert by_clerk.count("transmittal.checked") == 1
    assert {one["what"] for one in records if one["result"] == "refused"} >= {
        "batches.decide",
        "batches.check",
        "batches",
    }
    assert (await ward.report()).findings == ()
