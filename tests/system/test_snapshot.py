"""Given a system that subscribes late: do the snapshot and what it reads from there on give what a reader from the first offset has?"""

import asyncio
import json
from typing import Any

import pytest
from chassis.transaction import stands
from cli import broker
from contracts.topics import TOPICS

from tests.system.conftest import Ward
from tests.system.doors import Caller, access_records

pytestmark = pytest.mark.system
TOPIC = "eligibility-events"
SAID = "select event_id, type, value from said where topic = $1"
State = dict[str, Any]
"""Event id → data, of what stands."""


def told(state: State, event: dict[str, Any]) -> None:
    """What a subscriber does with an event."""
    state.pop(event.get("revises", ""), None)
    if stands(event["type"], json.dumps(event["data"]).encode()):
        state[event["id"]] = event["data"]


async def snapshot(caller: Caller, topic: str) -> tuple[State, dict[int, int], dict[int, int], int]:
    """What stands, up to which sequence of each resident, where to read on, and in how many answers."""
    state: State = {}
    known: dict[int, int] = {}
    places: dict[int, int] = {}
    more, answers = None, 0
    while more is not None or not answers:
        page = await caller.answer("/snapshot", {"topic": topic, "after": more} if more else {"topic": topic})
        for one in page["residents"]:
            assert one["subject"] not in known
            known[one["subject"]] = one["sequence"]
            state |= {said["id"]: said["data"] for said in one["statements"]}
        places |= {place["partition"]: place["offset"] for place in page["continue_at"]}
        more, answers = page.get("more"), answers + 1
    return state, known, places, answers


async def test_snapshot_and_what_follows_are_what_a_reader_from_the_start_has(
    ward: Ward, lines: list[tuple[str, bytes]]
) -> None:
    await ward.start()
    half = len(lines) * 2 // 3
    await ward.publish(lines[:half])
    await ward.settle()
    async with Caller(ward, "portal", "subscriber", service="eligibility") as portal:
        flow = asyncio.create_task(ward.publish(lines[half:]))
        state, known, places, answers = await snapshot(portal, TOPIC)
        await flow
    assert answers > 1
    assert places.keys() == set(range(TOPICS[TOPIC].partitions))
    await ward.tax_office_answers(lines)

    async with broker.Broker(ward.given.kafka) as asked:
        records = [record async for record in asked.everything([TOPIC])]
    from_start: State = {}
    only_later: State = {}
    skipped = 0
    for record in records:
        event = json.loads(record.value)
        told(from_start, event)
        if record.offset < places[record.partition]:
            continue
        told(only_later, event)
        if event["sequence"] <= known.get(int(event["subject"]), 0):
            skipped += 1
        else:
            told(state, event)
    assert state == from_start
    assert only_later != from_start, "what came before the snapshot is not on what is left to read"
    rows = await ward.rows("eligibility", SAID, TOPIC)
    assert set(state) == {str(row["event_id"]) for row in rows if stands(row["type"], row["value"])}
    # each answer is on record, with everybody in it
    mine = [one for one in await access_records(ward, "eligibility") if one["account"] == "portal"]
    seen = {who for one in mine if one["what"] == f"snapshot.{TOPIC}" for who in one["subjects"]}
    assert seen == set(known)


async def test_who_may_have_which_topic(ward: Ward, lines: list[tuple[str, bytes]]) -> None:
    await ward.start("eligibility", "audit")
    async with Caller(ward, "portal", "subscriber", service="eligibility") as portal:
        assert (await portal.answer("/snapshot", {"topic": "claim-events"}))["residents"] == []
        await portal.refused("/snapshot", {"topic": "insured-status"}, 403, "not_granted")
        await portal.refused("/snapshot", {"topic": "residents"}, 422, "body")
        await portal.refused("/snapshot", {"topic": TOPIC}, 403, "wrong_purpose", **{"Kokunen-Purpose": "status"})
    async with Caller(ward, "window", "window-system", service="eligibility") as window:
        assert (await window.answer("/snapshot", {"topic": "insured-status"}))["residents"] == []
        await window.refused("/snapshot", {"topic": TOPIC}, 403, "not_granted")
    async with Caller(ward, "clerk-1", "clerk", service="eligibility") as clerk:
        await clerk.refused("/snapshot", {"topic": TOPIC}, 403, "not_granted")
