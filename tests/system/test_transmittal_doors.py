"""The doors of transmittal: the steps of a batch, each by whom it may be, and on record."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping

import pytest
from transmittal import medium_check

from tests.system.conftest import Ward
from tests.system.doors import Caller, access_records
from tests.system.test_batch_life import decided, public_key, scanned, sealed, told

pytestmark = pytest.mark.system


def sent(batch: int, files: Mapping[str, bytes], **more: object) -> dict[str, object]:
    """What a terminal sends of a medium that it read."""
    return {
        "batch": batch,
        "files": {name: urlsafe_b64encode(content).decode() for name, content in files.items()},
    } | more


async def test_a_terminal_writes_and_dispatches_through_the_doors(ward: Ward, lines: list[tuple[str, bytes]]) -> None:
    await sealed(ward, lines)
    clerk = Caller(ward, "clerk-2", "transmittal-clerk", service="transmittal")
    at_media = Caller(ward, "clerk-2", "transmittal-clerk", service="transmittal", terminal="media-1")
    other = Caller(ward, "clerk-5", "transmittal-clerk", service="transmittal")
    carrier = Caller(ward, "clerk-3", "transmittal-clerk", service="transmittal")
    head = Caller(ward, "head", "section-head", service="transmittal")
    async with clerk, at_media, other, carrier, head:
        ask = {"batch": 1, "medium": "disc-1"}
        await at_media.refused("/batches/files", ask, 409, "writing_after_decision")
        await decided(1)
        await clerk.refused("/batches/files", ask, 409, "terminal_is_designated")
        await head.refused("/batches/files", ask, 403, "not_granted")
        await at_media.refused("/batches/files", ask | {"medium": "disc-99"}, 409, "medium_is_usable")
        first, second = [await at_media.answer("/batches/files", ask) for _ in range(2)]
        assert first["files"] != second["files"]  # each archive has a salt and a password of its own
        files = {name: urlsafe_b64decode(content) for name, content in second["files"].items()}
        # nothing is in the ledger until what was read back is what was sealed
        await clerk.refused("/batches/password", {"batch": 1}, 409, "not_written")
        for damaged in (
            {},
            files | {"batch-0001.zip": files["batch-0001.zip"][:-1]},
            files | {"batch-0001.zip": urlsafe_b64decode(first["files"]["batch-0001.zip"])},
            files | {"more.txt": b""},
        ):
            await at_media.refused("/batches/write", sent(1, damaged), 409, "medium_differs")
        await at_media.answer("/batches/write", sent(1, files))
        await at_media.refused("/batches/write", sent(1, files), 409, "step_done")
        await at_media.refused("/batches/files", ask, 409, "step_done")
        await head.answer("/batches/permit", {"batch": 1, "carrier": "clerk-3"})
        await scanned(1)
        bag = {"bag": "B-1", "seal": "77"}
        of_first = {name: urlsafe_b64decode(content) for name, content in first["files"].items()}
        await carrier.refused("/batches/dispatch", sent(1, of_first, **bag), 409, "medium_differs")
        assert not (await carrier.answer("/batches/dispatch", sent(1, files, **bag)))["dispatched"]
        await carrier.refused("/batches/dispatch", sent(1, files, **bag), 409, "second_confirmer_is_another")
        assert (await clerk.answer("/batches/dispatch", sent(1, files, **bag)))["dispatched"]
        await carrier.refused("/batches/password", {"batch": 1}, 403, "carrier_has_no_password")
        word = (await other.answer("/batches/password", {"batch": 1}))["password"]
        manifest, _ = medium_check.checked(files, word.encode(), await public_key())
        assert manifest["batch"] == 1
    await ward.outbox_empty("transmittal")
    exported = [one for one in await access_records(ward, "transmittal") if one["action"] == "export"]
    assert {(one["what"], one["terminal"]) for one in exported} == {("transmittal.files", "media-1")}
    assert (await ward.report()).findings == ()


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
