"""My Numbers at the doors of a running registry-sync: entered, changed, read by one service, found, erased; never lost, never twice."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from chassis.calls import CallFailed, Calls
from chassis.transaction import Access
from cli.__main__ import app
from cli.services import environment_settings
from contracts.doors.registry import NumbersRead, ReadNumbers
from contracts.events.filing import FilingChecked, FilingEntered, FilingSendDecided
from contracts.events.forms import AcquisitionFiling
from typer.testing import CliRunner

from tests.events import EVIDENCE, HUSBAND, WIFE, change, day, event
from tests.system.conftest import Ward
from tests.system.doors import Caller, access_records, numbers, receipt_that_is_none
from tests.system.test_batch_life import desk
from tests.system.test_incomes import begins
from tests.transmittal.pdfs import text_of

pytestmark = pytest.mark.system

HIS, HERS, NEW, *_ = numbers(3)
ACCESS = Access("transmittal", "batch", "transmittal", "batch-1")


async def lived_in(ward: Ward, *residents: int) -> None:
    """These are in the register, and registry-sync runs."""
    await ward.start("registry-sync")
    entries = [change(f"resident {n}", n, "other", "2015-04-01", version=1) for n in residents]
    await ward.publish([(topic, event.encode()) for topic, event in entries])
    await registered(ward, len(residents))


async def registered(ward: Ward, count: int) -> None:
    async def all_there() -> bool:
        return bool(await ward.one("registry-sync", "select count(*) from said where topic = 'residents'") == count)

    for _ in range(600):
        if await all_there():
            return
        await asyncio.sleep(0.1)
    pytest.fail("the residents did not arrive")


def entry(addressee: int, number: str) -> dict[str, Any]:
    return {"addressee": addressee, "my_number": number, "check_of_number": "my_number_card"}


async def entered(caller: Caller, *entries: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await caller.answer("/my-numbers", {"entries": entries}))["outcomes"]
    return found


async def test_a_number_is_entered_changed_and_read_by_the_one_service_that_writes_it(ward: Ward) -> None:
    await lived_in(ward, HUSBAND, WIFE)
    async with (
        Caller(ward, "clerk-1", "number-clerk") as clerk,
        Caller(ward, "contractor-1", "number-entry") as contractor,
        Calls(environment_settings(ward.given, "transmittal"), "registry-sync") as transmittal,
    ):
        # the first number gives the unified number; the same again changes nothing
        (first,) = await entered(contractor, entry(HUSBAND, HIS))
        assert first["outcome"] == "entered"
        (again,) = await entered(clerk, entry(HUSBAND, HIS))
        assert again == first | {"outcome": "known"}
        # a number that changed keeps the unified number, and what was written under the old receipt stays readable
        (changed,) = await entered(clerk, entry(HUSBAND, NEW))
        assert (changed["outcome"], changed["unified_number"]) == ("changed", first["unified_number"])
        assert changed["receipt"] != first["receipt"]

        receipts = (first["receipt"], changed["receipt"], receipt_that_is_none(), "no-receipt")
        read = await transmittal.post("/my-numbers/read", ReadNumbers(receipts=receipts), NumbersRead, ACCESS)
        assert [one.my_number for one in read.numbers] == [HIS, NEW, None, None]
        assert HIS not in repr(read)
        # who enters numbers can't read them, nor anybody else's role
        for other in (clerk, contractor):
            await other.refused("/my-numbers/read", {"receipts": [first["receipt"]]}, 403, "not_granted")
        with pytest.raises(CallFailed, match="not_granted"):
            await transmittal.post("/my-numbers", ReadNumbers(receipts=("x",)), NumbersRead, ACCESS)

    await ward.outbox_empty("registry-sync")
    records = await access_records(ward)
    assert [(r["subject"], r["account"], r["action"], r["what"]) for r in records] == [
        (str(HUSBAND), "contractor-1", "register", "my-numbers"),
        (str(HUSBAND), "clerk-1", "refer", "my-numbers"),
        (str(HUSBAND), "clerk-1", "update", "my-numbers"),
        (str(HUSBAND), "transmittal", "refer", "my-numbers.read"),
        ("account/clerk-1", "clerk-1", "refuse", "my-numbers.read"),
        ("account/contractor-1", "contractor-1", "refuse", "my-numbers.read"),
        ("account/transmittal", "transmittal", "refuse", "my-numbers"),
    ]
    assert {(r["terminal"], r["purpose"], r["case"]) for r in records[:3]} == {("counter-1", "number-check", "case-1")}


async def test_a_number_is_printed_by_its_receipt_and_kept_nowhere(ward: Ward, tmp_path: Path) -> None:
    """An acquisition without a basic pension number: the register says nothing of the number, the paper does (NPR 1条の4)."""
    await ward.start()
    entries = [change("came", HUSBAND, "move_in_overseas", "2026-06-01", version=1)]
    await ward.publish([begins("2026-06-03"), *((topic, event.encode()) for topic, event in entries)])
    await registered(ward, 1)
    async with Caller(ward, "clerk-1", "number-clerk") as clerk:
        (first,) = await entered(clerk, entry(HUSBAND, HIS))
    form = AcquisitionFiling(
        kind="acquisition", reason="entry_from_abroad", fact_on=day("2026-06-01"), my_number_receipt=first["receipt"]
    )
    said = (
        FilingEntered(
            filing="R1", revision=1, received_on=day("2026-06-03"), office="honcho", channel="counter", evidence=EVIDENCE,
            entered_by="first", content=form,
        ),
        FilingChecked(filing="R1", checked_by="second", received_on=day("2026-06-03"), content=form),
        FilingSendDecided(filing="R1", decided_by="third", office="honcho", decided_on=day("2026-06-03")),
    )  # fmt: skip
    await ward.publish(
        [("filings", event(f"filing {n}", HUSBAND, one, "2026-06-03").encode()) for n, one in enumerate(said)]
    )
    await ward.settle()
    await desk("seal")
    folder = tmp_path / "papers"
    await desk("print", "1", "--into", str(folder), by="clerk-2")
    spelt = " ".join(HIS[start : start + 4] for start in (0, 4, 8))
    assert spelt in text_of((folder / "batch-0001-forms-001.pdf").read_bytes())
    assert HIS not in text_of((folder / "batch-0001-list-001.pdf").read_bytes()).replace(" ", "")
    await ward.outbox_empty("registry-sync")
    reads = [one for one in await access_records(ward) if one["what"] == "my-numbers.read"]
    assert [(one["subject"], one["purpose"]) for one in reads] == [(str(HUSBAND), "transmittal")]
    # without the vault nothing is printed with the box left empty
    ward.stop("registry-sync")
    await desk("print", "1", "--into", str(tmp_path / "none"), refused="vault_silent")
    assert not (tmp_path / "none").exists()


async def test_each_entry_has_an_outcome_of_its_own_and_nothing_is_half_done(ward: Ward) -> None:
    await lived_in(ward, HUSBAND, WIFE)
    wrong = HERS[:-1] + str((int(HERS[-1]) + 1) % 10)
    async with Caller(ward, "clerk-1", "number-clerk") as clerk:
        outcomes = await entered(
            clerk, entry(HUSBAND, HIS), entry(WIFE, wrong), entry(WIFE, HIS), entry(999, NEW), entry(HUSBAND, NEW)
        )
        assert [one["outcome"] for one in outcomes] == [
            "entered",
            "check_digit",
            "of_another",
            "unknown_addressee",
            "twice",
        ]
        assert [("receipt" in one, "unified_number" in one) for one in outcomes] == [(True, True)] + [
            (False, False)
        ] * 4
        assert (await clerk.answer("/my-numbers/conflicts", {}))["conflicts"] == [
            {"addressee": WIFE, "holder": HUSBAND}
        ]
        # one bad body refuses the whole call, by field and rule, and never shows the value
        for body, field in (
            ({"entries": [entry(HUSBAND, HIS), entry(WIFE, HERS[:11])]}, "entries.1.my_number"),
            ({"entries": [entry(HUSBAND, "９" * 12)]}, "entries.0.my_number"),
            ({"entries": []}, "entries"),
            ({"entries": [entry(HUSBAND, HIS) | {"name": "x"}]}, "entries.0"),
        ):
            problem = await clerk.refused("/my-numbers", body, 422, "body")
            assert problem["field"] == field
            assert "9000" not in json.dumps(problem)
    assert await ward.one("registry-sync", "select count(*) from vault") == 1


async def test_a_number_finds_its_person_only_with_the_birth_date_and_not_too_often(ward: Ward) -> None:
    await lived_in(ward, HUSBAND)
    async with Caller(ward, "clerk-1", "number-clerk") as clerk, Caller(ward, "clerk-2", "number-clerk") as other:
        right = {"my_number": HIS, "birth_date": "1990-05-10"}
        assert await clerk.answer("/my-numbers/search", right) == {}  # nobody's number is known yet
        await entered(clerk, entry(HUSBAND, HIS))
        assert await clerk.answer("/my-numbers/search", right) == {"addressee": HUSBAND}
        assert await clerk.answer("/my-numbers/search", right | {"birth_date": "1990-05-11"}) == {}
        assert await clerk.answer("/my-numbers/search", right | {"my_number": HERS}) == {}
        await clerk.refused("/my-numbers/search", {"my_number": HIS}, 422, "body")
        await ward.rows("registry-sync", "update number_search set searches = 60, minute = date_trunc('minute', now())")
        await clerk.refused("/my-numbers/search", right, 429, "too_many")
        assert await other.answer("/my-numbers/search", right) == {"addressee": HUSBAND}


async def test_a_number_is_shown_one_at_a_time_to_whom_that_is_permitted(ward: Ward) -> None:
    await lived_in(ward, HUSBAND)
    his = {"addressee": HUSBAND, "birth_date": "1990-05-10"}
    async with Caller(ward, "clerk-1", "number-clerk") as clerk, Caller(ward, "viewer-1", "number-viewer") as viewer:
        assert await viewer.answer("/my-numbers/show", his) == {}
        await entered(clerk, entry(HUSBAND, HIS))
        assert await viewer.answer("/my-numbers/show", his) == {"my_number": HIS}
        assert await viewer.answer("/my-numbers/show", his | {"birth_date": "1990-05-11"}) == {}
        await ward.rows("registry-sync", "update number_search set searches = 60, minute = date_trunc('minute', now())")
        await viewer.refused("/my-numbers/show", his, 429, "too_many")
        # whoever enters numbers, contractors among them, never reads one back (decision 37)
        for role in ("number-entry", "number-clerk", "clerk"):
            async with Caller(ward, "clerk-2", role) as other:
                await other.refused("/my-numbers/show", his, 403, "not_granted")
    shown = [one for one in await access_records(ward) if one["what"] == "my-numbers.show"]
    assert [(one["count"], one["result"]) for one in shown] == [(0, "answered"), (1, "answered"), (0, "answered")] + [
        (0, "refused")
    ] * 4
    assert shown[1]["subject"] == str(HUSBAND)


async def test_two_people_erase_and_no_key_opens_it_again(ward: Ward) -> None:
    await lived_in(ward, HUSBAND, WIFE)
    erasing = {"addressee": HUSBAND, "reason": "retention-over"}
    async with (
        Caller(ward, "clerk-1", "number-clerk") as clerk,
        Caller(ward, "head-1", "number-erasure") as head,
        Caller(ward, "head-2", "number-erasure") as second,
        Caller(ward, "transmittal", as_service=True) as transmittal,
    ):
        (first,) = await entered(clerk, entry(HUSBAND, HIS))
        (changed,) = await entered(clerk, entry(HUSBAND, NEW))
        assert await head.answer("/my-numbers/erase", erasing) == {"state": "asked"}
        await head.refused("/my-numbers/erase", erasing, 403, "same_person")
        assert await ward.one("registry-sync", "select count(*) from vault where box is not null") == 2
        assert await second.answer("/my-numbers/erase", erasing) == {"state": "erased"}
        assert await second.answer("/my-numbers/erase", erasing) == {"state": "erased"}
        receipts = [first["receipt"], changed["receipt"]]
        read = await transmittal.answer("/my-numbers/read", {"receipts": receipts})
        assert read["numbers"] == [{"receipt": receipt} for receipt in receipts]
        # neither a replay nor a clerk brings it back; the number itself is free for whoever has it
        assert [one["outcome"] for one in await entered(clerk, entry(HUSBAND, HIS))] == ["erased"]
        assert [one["outcome"] for one in await entered(clerk, entry(WIFE, NEW))] == ["entered"]
    left = await ward.rows("registry-sync", "select * from vault where addressee = $1", HUSBAND)
    assert [(row["box"], row["person_key"], row["key_id"], row["look_up"]) for row in left] == [(None,) * 4] * 2


async def test_a_hundred_at_once_give_one_number_each_and_lose_none(ward: Ward) -> None:
    """100 concurrent first entries of each of 1,000 persons."""
    persons = [20_000_000 + n for n in range(1_000)]
    await ward.start(
        "audit"
    )  # on a busy machine this lasts longer than the minute in which access records must be acknowledged
    await lived_in(ward, *persons)
    theirs = dict(zip(persons, numbers(1_000), strict=True))
    async with Caller(ward, "clerk-1", "number-clerk") as clerk:

        async def all_of_them(clerk_number: int) -> list[dict[str, Any]]:
            """In pages of fifty, each clerk beginning elsewhere."""
            start = clerk_number * 50 % len(persons)
            order = persons[start:] + persons[:start]
            found = []
            for page in range(0, len(order), 50):
                found += await entered(clerk, *(entry(who, theirs[who]) for who in order[page : page + 50]))
            return found

        everything = [one for found in await asyncio.gather(*map(all_of_them, range(100))) for one in found]
    assert len(everything) == 100_000
    assert {one["outcome"] for one in everything} == {"entered", "known"}
    assert sum(one["outcome"] == "entered" for one in everything) == len(persons)
    given = {(one["addressee"], one["unified_number"], one["receipt"]) for one in everything}
    assert len(given) == len({addressee for addressee, _, _ in given}) == len({n for _, n, _ in given}) == 1_000
    assert await ward.one("registry-sync", "select count(*) from vault") == 1_000
    assert await ward.one("registry-sync", "select count(*) from unified_number") == 1_000


async def test_keys_are_replaced_while_numbers_are_read_and_entered(ward: Ward) -> None:
    """No read fails, no entry is lost, and the old keys are gone."""
    persons = [20_000_000 + n for n in range(200)]
    await lived_in(ward, *persons)
    theirs = dict(zip(persons, numbers(200), strict=True))
    stop = asyncio.Event()
    async with (
        Caller(ward, "clerk-1", "number-clerk") as clerk,
        Caller(ward, "transmittal", as_service=True) as transmittal,
    ):
        receipts = {
            one["receipt"]: one["addressee"]
            for one in await entered(clerk, *(entry(w, theirs[w]) for w in persons[:100]))
        }
        reads = 0

        async def reading() -> None:
            nonlocal reads
            while not stop.is_set():
                known = dict(receipts)
                found = await transmittal.answer("/my-numbers/read", {"receipts": list(known)})
                assert {one["receipt"]: one["my_number"] for one in found["numbers"]} == {
                    receipt: theirs[who] for receipt, who in known.items()
                }
                reads += 1

        async def entering() -> None:
            for who in persons[100:]:
                (one,) = await entered(clerk, entry(who, theirs[who]))
                receipts[one["receipt"]] = who

        async def rotating() -> None:
            for _ in range(3):
                result = await asyncio.to_thread(CliRunner().invoke, app, ["vault", "rotate", "--case", "WO-1"])
                assert result.exit_code == 0, result.output

        busy = [asyncio.create_task(reading()) for _ in range(4)]
        await asyncio.gather(entering(), rotating())
        stop.set()
        await asyncio.gather(*busy)
        assert reads > 4
        found = await transmittal.answer("/my-numbers/read", {"receipts": list(receipts)})
        assert sorted(one["my_number"] for one in found["numbers"]) == sorted(theirs.values())
    assert [row["key_id"] for row in await ward.rows("registry-sync", "select distinct key_id from vault")] == ["0004"]
    keys = Path(environment_settings(ward.given, "registry-sync").key_file).parent / "vault"
    assert sorted(file.name for file in keys.iterdir()) == ["0004.key", "index.key"]


async def test_when_nothing_can_be_recorded_nothing_is_told(ward: Ward) -> None:
    """Promise 7 broken on purpose: the access record can't be written."""
    await lived_in(ward, HUSBAND)
    async with (
        Caller(ward, "clerk-1", "number-clerk") as clerk,
        Caller(ward, "transmittal", as_service=True) as transmittal,
    ):
        (first,) = await entered(clerk, entry(HUSBAND, HIS))
        await ward.rows(
            "registry-sync",
            "alter table outbox add constraint broken check (topic not like '%access-records')  not valid",
        )
        await transmittal.refused("/my-numbers/read", {"receipts": [first["receipt"]]}, 500, "failed")
        await clerk.refused("/my-numbers", {"entries": [entry(HUSBAND, NEW)]}, 500, "failed")
        await ward.rows("registry-sync", "alter table outbox drop constraint broken")
        (known,) = await entered(clerk, entry(HUSBAND, HIS))
        assert known["outcome"] == "known"  # the change was not half done


async def test_what_four_to_six_would_do_is_refused_by_name_and_on_record(ward: Ward) -> None:
    await lived_in(ward, HUSBAND)
    async with Caller(ward, "clerk-1", "number-clerk") as clerk:
        for path in ("/linkage/symbol", "/linkage/provision", "/linkage/inquiry"):
            problem = await clerk.refused(path, {"addressee": HUSBAND}, 403, "linkage_not_used")
            assert "④～⑥の機能は使用しません" in problem["title"]
    await ward.outbox_empty("registry-sync")
    assert [(r["subject"], r["action"], r["result"], r["what"]) for r in await access_records(ward)] == [
        (str(HUSBAND), "refuse", "refused", f"linkage.{what}") for what in ("symbol", "provision", "inquiry")
    ]


async def test_who_is_nobody_or_says_not_what_for_gets_nothing(ward: Ward) -> None:
    await lived_in(ward, HUSBAND)
    body = {"entries": [entry(HUSBAND, HIS)]}
    async with Caller(ward, "clerk-1", "number-clerk") as clerk, Caller(ward, "clerk-2") as nothing:
        await clerk.refused("/my-numbers", body, 401, "token_missing", authorization="")
        await clerk.refused("/my-numbers", body, 401, "token_refused", authorization="Bearer x.y.z")
        for header in ("Kokunen-Purpose", "Kokunen-Case", "Kokunen-Terminal"):
            problem = await clerk.refused("/my-numbers", body, 400, "header", **{header: "窓口"[:0]})
            assert header in problem["title"]
        await nothing.refused("/my-numbers", body, 403, "not_granted")
        too_long = {"entries": [entry(HUSBAND, HIS)] * 1001}
        assert (await clerk.refused("/my-numbers", too_long, 422, "body"))["rule"] == "too_long"
        document = (await clerk.client.get("/openapi.json")).json()
        assert {"/my-numbers", "/my-numbers/read", "/linkage/symbol"} <= set(document["paths"])
    assert await ward.one("registry-sync", "select count(*) from vault") == 0
