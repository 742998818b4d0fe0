"""The doors of the addressees: names and addresses, matching, search and households, each on record; protected people stay protected."""

import asyncio
import unicodedata
from typing import Any

import pytest
from contracts.events.registry import AddresseesMerged, NonResidentRecord, NonResidentRecorded, ProcessingStop

from tests.events import DAUGHTER, FATHER, HUSBAND, WIFE, change, day, event
from tests.system.conftest import Ward
from tests.system.doors import Caller, access_records

pytestmark = pytest.mark.system

STOP = ProcessingStop(kind="support_measure", since=day("2026-01-01"))
ENTRIES = [
    change("his", HUSBAND, "other", "2015-04-01", version=1),
    change("hers", WIFE, "other", "2015-04-01", version=1, name="架空 例子", name_kana="カクウ レイコ", sex="female", relation="spouse"),
    change("moved", HUSBAND, "move_within", "2026-03-01", version=2, household=500000002, address="架空区例町2丁目2番2号"),
    change(
        "apart", DAUGHTER, "move_within", "2026-02-01", version=1, name="架空 例美", name_kana="カクウ レイミ", sex="female",
        birth_date=day("2000-01-01"), household=500000003, address="架空区秘密町9-9-9", processing_stops=(STOP,),
    ),
]  # fmt: skip


async def registered(ward: Ward, *more: Any) -> None:
    await ward.start("registry-sync")
    events = [*ENTRIES, *more]
    await ward.publish([(topic, one.encode()) for topic, one in events])
    for _ in range(600):
        if await ward.one("registry-sync", "select count(*) from inbox") == len(events):
            return
        await asyncio.sleep(0.1)
    pytest.fail("the entries did not arrive")


async def looked(caller: Caller, *numbers: int, **when: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await caller.answer("/addressees", {"addressees": numbers} | when))["addressees"]
    return found


async def test_the_record_on_a_day_and_every_name_with_a_record_of_who_looked(ward: Ward) -> None:
    outside = NonResidentRecorded(
        changed_on=day("2026-04-01"), version=1,
        record=NonResidentRecord(name="架空 外子", name_kana="カクウ ソトコ", birth_date=day("1970-01-01"), sex="female", address="見本県"),
    )  # fmt: skip
    older = FATHER + 1
    await registered(
        ward,
        ("resident-changes", event("outside", older, outside, "2026-04-01")),
        ("resident-changes", event("one", older, AddresseesMerged(into=FATHER, decided_by="a", confirmed_by="b"), "2026-04-02")),
    )  # fmt: skip
    async with Caller(ward, "clerk-1", "clerk") as clerk, Caller(ward, "transmittal", as_service=True) as transmittal:
        his, hers, nobody = await looked(clerk, HUSBAND, WIFE, 999)
        assert his["resident"]["address"] == "架空区例町2丁目2番2号"
        assert (hers["resident"]["name"], "resident" in nobody, "outside" in nobody) == ("架空 例子", False, False)
        (before,) = await looked(clerk, HUSBAND, on="2026-02-28")
        assert before["resident"]["household"] == 500000001
        (recorded,) = await looked(clerk, HUSBAND, recorded_by="2026-02-28")
        assert recorded["resident"]["household"] == 500000001
        # a merged number leads on, and both show the one person
        merged, person = await looked(clerk, older, FATHER)
        assert (merged["merged_into"], merged["outside"], "merged_into" in person) == (FATHER, person["outside"], False)
        # a protected address is for the service that writes it on what is sent, marked, and for nobody else
        (hidden,), (written,) = await looked(clerk, DAUGHTER), await looked(transmittal, DAUGHTER)
        assert (hidden["protected"], "address" in hidden["resident"]) == (True, False)
        assert (written["protected"], written["resident"]["address"]) == (True, "架空区秘密町9-9-9")
        too_many = await clerk.refused("/addressees", {"addressees": [1] * 1001}, 422, "body")
        assert too_many["rule"] == "too_long"
    await ward.outbox_empty("registry-sync")
    records = await access_records(ward)
    assert [(r["account"], r["subject"], r.get("subjects", [])) for r in records[:2]] == [
        ("clerk-1", "account/clerk-1", [HUSBAND, WIFE]), ("clerk-1", str(HUSBAND), []),
    ]  # fmt: skip
    assert {r["what"] for r in records} == {"addressees"}


async def test_people_on_a_list_are_matched_and_doubt_is_left_to_a_person(ward: Ward) -> None:
    await registered(ward)
    row = {
        "line": 1,
        "birth_date": "1990-05-10",
        "name_kana": "ｶｸｳ ﾚｲｲﾁ",
        "sex": "male",
        "address": "架空区例町２－２－２",
    }
    rows = [
        row,
        row | {"line": 2, "address": "架空区見本町1-1-1"},
        row | {"line": 3, "birth_date": "1990-05-11"},
        row | {"line": 4, "address": "架空区別町7-7-7"},
        row | {"line": 5, "name": "架空 例一", "name_kana": "カクウ レイカズ"},
        row | {"line": 6, "address": "架空区別町7-7-7", "numbered": HUSBAND},
        row | {"line": 7, "name_kana": "カクウ レイコ", "sex": "female", "address": "架空区見本町1-1-1"},
    ]
    async with Caller(ward, "tax-income", as_service=True) as tax, Caller(ward, "clerk-1", "clerk") as clerk:
        found = (await tax.answer("/addressees/match", {"rows": rows}))["matches"]
        assert [(m["line"], m["outcome"], m.get("addressee")) for m in found] == [
            (1, "match", HUSBAND), (2, "match", HUSBAND), (3, "none", None), (4, "ambiguous", None), (5, "ambiguous", None),
            (6, "match", HUSBAND), (7, "match", WIFE),
        ]  # fmt: skip
        assert (found[1]["evidence"]["address"], found[3]["candidates"]) == ("formerly", [HUSBAND])
        await clerk.refused("/addressees/match", {"rows": [row]}, 403, "not_granted")


async def test_a_search_needs_two_identifiers_and_never_tells_a_protected_address(ward: Ward) -> None:
    await registered(ward)
    async with Caller(ward, "clerk-1", "clerk") as clerk:
        by_reading = {"name_kana": "かくう れい"}
        await clerk.refused("/addressees/search", by_reading, 422, "body")
        hits = await clerk.answer("/addressees/search", by_reading | {"birth_date": "1990-05-10"})
        assert [hit["addressee"] for hit in hits["hits"]] == [HUSBAND, WIFE]
        hits = await clerk.answer("/addressees/search", by_reading | {"address": "架空区例町"})
        assert [hit["addressee"] for hit in hits["hits"]] == [HUSBAND]
        (hit,) = (await clerk.answer("/addressees/search", by_reading | {"birth_date": "2000-01-01"}))["hits"]
        assert (hit["protected"], "address" in hit) == (True, False)
        assert (await clerk.answer("/addressees/search", by_reading | {"address": "架空区秘密町"}))["hits"] == []
        assert (await clerk.answer("/addressees/search", {"name_kana": "%", "birth_date": "1990-05-10"}))["hits"] == []


async def test_with_whom_somebody_lived_on_a_day(ward: Ward) -> None:
    await registered(ward)
    async with Caller(ward, "clerk-1", "clerk") as clerk:
        before = await clerk.answer("/households", {"addressee": WIFE, "on": "2026-02-28"})
        assert before == {
            "household": 500000001,
            "members": [{"addressee": HUSBAND, "relation": "householder"}, {"addressee": WIFE, "relation": "spouse"}],
        }
        after = await clerk.answer("/households", {"addressee": WIFE, "on": "2026-03-01"})
        assert [member["addressee"] for member in after["members"]] == [WIFE]
        assert await clerk.answer("/households", {"addressee": WIFE, "on": "2014-01-01"}) == {"members": []}


CHARACTERS = (
    "葛\U000e0100城",
    "葛\U000e0101城",
    "𠮷野",
    "神\ufa19",
    "髙﨑",
    "\U0002a6b2",
    "\U00030000",
    "か\u3099",
    "邉",
    "㐂",
    "ﾀﾛｳ",
    "Ǆ",
)


async def test_every_character_survives_from_event_to_answer(ward: Ward) -> None:
    entries = [
        change(f"entry {n}", 30_000_000 + n, "other", "2015-04-01", version=1, name=name, name_kana="カクウ")
        for n, name in enumerate(CHARACTERS)
    ]
    await registered(ward, *entries)
    async with Caller(ward, "clerk-1", "clerk") as clerk:
        found = await looked(clerk, *(30_000_000 + n for n in range(len(CHARACTERS))))
    assert tuple(one["resident"]["name"] for one in found) == CHARACTERS
    assert any(name != unicodedata.normalize("NFC", name) for name in CHARACTERS)
