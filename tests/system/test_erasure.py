"""The erasure drill: one person is erased while events flow. Nothing of the person can be read any more, the log verifies, others are as they were."""

import asyncio
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete
from cli import broker
from cli.__main__ import app
from cli.canonical import Said
from cli.catalogue import TOPICS_OF
from cli.databases import SERVICES as DATABASES
from cli.local import home
from cli.postgres_server import binaries
from cli.settle import Watch
from cli.verify import said_by
from contracts.events.filing import FilingChecked, FilingEntered, FilingSendDecided
from contracts.events.forms import ExemptionApplication
from contracts.events.income import TaxAssessed, TaxRecord
from contracts.events.notice import BasicPensionNumberAssigned, MembershipNotified
from contracts.events.operations import BusinessDayStarted
from contracts.topics import TOPICS
from contracts.vocabulary import Month
from typer.testing import CliRunner

from tests.events import EVIDENCE, HUSBAND, WIFE, change, day, event, event_id
from tests.system.conftest import Ward
from tests.system.doors import Caller, numbers
from tests.system.test_batch_life import desk
from tests.system.test_no_my_number import written

pytestmark = pytest.mark.system

NAME, KANA, NUMBER = "架空　消去子", "カクウ　ショウキョコ", "9876543210"
(MY_NUMBER,) = numbers(1)
LONG_AGO, MUCH_LATER = "2015-06-01", "2026-08-03"


def line(topic: str, name: str, who: int, data: Any, recorded: str, **more: Any) -> tuple[str, bytes]:
    return topic, event(name, who, data, recorded, **more).encode()


def began(today: str) -> tuple[str, bytes]:
    return line("calendar", today, 1, BusinessDayStarted(day=day(today), open=True), today)


def a_life(who: int, name: str, kana: str, number: str) -> list[tuple[str, bytes]]:
    """Insured, applied for exemption, moved out in 2015."""
    form = ExemptionApplication(kind="exemption", first_month=Month(2014, 7), last_month=Month(2015, 6))
    entered = FilingEntered(
        filing=f"R{who}", revision=1, received_on=day("2014-07-07"), office="honcho", channel="counter",
        evidence=EVIDENCE, entered_by="first", content=form,
    )  # fmt: skip
    checked = FilingChecked(filing=f"R{who}", checked_by="second", received_on=day("2014-07-07"), content=form)
    decided = FilingSendDecided(filing=f"R{who}", decided_by="third", office="honcho", decided_on=day("2014-07-08"))
    own = {"name": name, "name_kana": kana, "household": who + 500_000_000, "birth_date": day("1970-05-10")}
    _, here = change(f"here {who}", who, "other", "2010-04-01", version=1, **own)
    _, gone = change(f"gone {who}", who, "move_out", LONG_AGO, version=2, residency="moved_out", **own)
    member = MembershipNotified(version=1, category=1, acquired_on=day("2010-04-01"))
    given = BasicPensionNumberAssigned(version=1, basic_pension_number=number)
    return [
        ("resident-changes", here.encode()),
        line("pension-service-notices", f"member {who}", who, member, "2010-04-05"),
        line("pension-service-notices", f"number {who}", who, given, "2010-04-05"),
        line("filings", f"entered {who}", who, entered, "2014-07-07"),
        line("filings", f"checked {who}", who, checked, "2014-07-07"),
        line("filings", f"decided {who}", who, decided, "2014-07-08"),
        ("resident-changes", gone.encode()),
    ]


def taxed(who: int, yen: int = 9_123_456_708) -> tuple[str, bytes]:
    """What the tax office answers when it is asked for the income of an application."""
    record = TaxRecord(total_income_yen=yen)
    told = TaxAssessed(tax_year=2014, version=1, state="declared", record=record)
    return line("tax-assessments", f"taxed {who}", who, told, "2014-07-09")


async def said_of(ward: Ward, *without: int) -> list[Said]:
    async with Watch(ward.given) as watch:
        return sorted((one for one in await said_by(watch) if one.subject not in without), key=str)


async def forget_topics(ward: Ward) -> None:
    """As after 35 days: what every service has read is no longer on the topics (retention)."""
    await ward.settle()
    ends = await ward.ends(*TOPICS)
    admin = AIOKafkaAdminClient(bootstrap_servers=ward.given.kafka)
    await admin.start()
    try:
        await admin.delete_records(
            {
                TopicPartition(broker.prefix() + topic, partition): RecordsToDelete(before_offset=end)
                for (topic, partition), end in ends.items()
                if end
            }
        )
    finally:
        await admin.close()


TRACES = {
    "name": NAME.encode(), "kana": KANA.encode(), "pension number": NUMBER.encode(), "income": b"9123456708",
    "My Number": MY_NUMBER.encode(),
}  # fmt: skip
OPERATOR = ("--account", "operator-1", "--terminal", "office-1", "--case", "WO-1")


async def traces_of_the_person(ward: Ward) -> set[str]:
    """What of the person can be read, and where."""
    return {
        f"{what} in {place}"
        async for place, content in written(ward)
        for what, trace in TRACES.items()
        if readable(trace, content)
    }


def readable(trace: bytes, content: bytes) -> bool:
    return trace in content or trace.hex().encode() in content


async def in_backup(name: str, folder: Path) -> set[str]:
    """What of the person can be read in a backup, and whose database it is."""
    found = set()
    for service in DATABASES:
        dump = folder / f"{name}-{service}.dump"
        await run("backup", "open", name, service, str(dump), *OPERATOR)
        text = await asyncio.create_subprocess_exec(
            binaries() / "pg_restore", "--file=-", dump, stdout=asyncio.subprocess.PIPE
        )
        content, _ = await text.communicate()
        assert b"COPY public." in content
        found |= {f"{what} in {service}" for what, trace in TRACES.items() if readable(trace, content)}
    return found


async def run(*arguments: str, code: int = 0) -> str:
    result = await asyncio.to_thread(CliRunner().invoke, app, [*arguments])
    assert result.exit_code == code, result.output
    return result.output if code else result.stdout


def moves(number: int) -> tuple[str, bytes]:
    """Somebody else, who moves in."""
    return "resident-changes", change(f"moves {number}", number, "move_in", "2026-08-01", version=1)[1].encode()


async def an_old_case(ward: Ward) -> None:
    """Two people who left long ago, reported to the pension service together; of one a My Number is held."""
    await ward.start()
    await ward.publish(
        [*a_life(HUSBAND, NAME, KANA, NUMBER), *a_life(WIFE, "架空　残子", "カクウ　ノコリコ", "1234512345")]
    )
    await ward.settle()
    await ward.publish([taxed(HUSBAND), taxed(WIFE, 1_000_000)])
    await ward.settle()
    await ward.publish([began(MUCH_LATER)])
    await ward.settle()
    assert "封緘しました" in await desk("seal")
    async with Caller(ward, "clerk-1", "number-clerk") as clerk:
        entry = {"addressee": HUSBAND, "my_number": MY_NUMBER, "check_of_number": "my_number_card"}
        await clerk.answer("/my-numbers", {"entries": [entry]})
    await ward.settle()


async def test_one_person_is_erased_while_events_flow(
    ward: Ward, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await an_old_case(ward)
    assert await traces_of_the_person(ward), "the scanner sees nothing even before"
    earlier = (await run("backup", "make", *OPERATOR)).strip()
    assert {"name in registry-sync", "income in tax-income"} <= await in_backup(earlier, tmp_path)
    before = await said_of(ward, HUSBAND)

    async with (
        Caller(ward, "clerk-1", "retention-clerk", service="eligibility") as clerk,
        Caller(ward, "head-1", "retention-clerk", "retention-head", service="eligibility") as head,
    ):
        listed = {one["addressee"]: one for one in (await clerk.answer("/retention/expired", {}))["persons"]}
        assert set(listed) == {HUSBAND, WIFE}
        assert listed[HUSBAND]["kept_until"]["membership"] == "2021-03-31"
        # a legal hold keeps everything, until another person lifts it
        await clerk.answer("/retention/hold", {"addressee": HUSBAND, "reason": "lawsuit-7"})
        await clerk.refused("/retention/propose", {"addressee": HUSBAND}, 409, "held")
        await clerk.refused("/retention/lift", {"addressee": HUSBAND}, 403, "not_granted")
        await head.answer("/retention/lift", {"addressee": HUSBAND})
        # two people
        certificate = (await clerk.answer("/retention/propose", {"addressee": HUSBAND}))["certificate"]
        await clerk.refused("/retention/approve", {"certificate": certificate}, 403, "not_granted")
        own = (await head.answer("/retention/propose", {"addressee": WIFE}))["certificate"]
        await head.refused("/retention/approve", {"certificate": own}, 403, "same_person")
        # while others move in
        flowing = asyncio.create_task(flow(ward))
        await head.answer("/retention/approve", {"certificate": certificate})
        await flowing
        await ward.settle()
        done = await clerk.answer("/retention/certificate", {"certificate": certificate})
    assert done["whole"]
    rows = {one["service"]: one["rows"] for one in done["services"]}
    assert rows["audit"]["subject_key"] == 1
    assert rows["registry-sync"]["vault"] == 1
    assert rows["tax-income"]["assessment"] == 1
    assert rows["transmittal"]["batch"] == 1
    await forget_topics(ward)
    assert await traces_of_the_person(ward) == set()
    # backups from before are gone with their keys, wherever copies of them lie; in later ones the person is not
    kept = shutil.copytree(home() / "backups" / earlier, tmp_path / "copies" / earlier)
    await run("backup", "expire", "--kept-days", "0", *OPERATOR)
    out = tmp_path / "again.dump"
    refused = await run("backup", "open", earlier, "eligibility", str(out), "--in", str(kept.parent), *OPERATOR, code=1)
    assert "The key of" in refused
    assert await in_backup((await run("backup", "make", *OPERATOR)).strip(), tmp_path) == set()

    # the log verifies, and says that records of somebody erased are there
    found = json.loads(await run("audit", "verify", "--json", "--no-broker"))
    assert found["clean"]
    assert found["key_destroyed"] > 5
    # others are as they were, and the batch still counts
    others = {OTHERS + n for n in range(FLOWING)}
    assert await said_of(ward, HUSBAND, *others) == before
    assert await ward.one("transmittal", "select items from batch") == 2
    assert (await ward.report()).findings == ()
    # what is no longer on the topics is written again from the log, without the person
    replay = ("audit", "replay", "resident-changes", "--into", "shadow_", *OPERATOR)
    told = f"{2 + FLOWING} records, 2 of somebody erased left out"
    assert (await run(*replay)).strip() == f"shadow_resident-changes: {told}"
    assert "is there already" in await run(*replay, code=2)
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("KOKUNEN_PREFIX", "shadow_")
        again = await ward.values("resident-changes")
    assert len(again) == 2 + FLOWING
    assert not [what for what, trace in TRACES.items() for value in again if readable(trace, value)]
    assert {moves(OTHERS + n)[1] for n in range(FLOWING)} < set(again)
    # what a service has follows from that
    await run("rebuild", "registry-sync", code=1)  # Kafka has not all of it
    left_out = 2
    for topic in set(TOPICS_OF["registry-sync"]) - {"resident-changes"}:
        told = await run("audit", "replay", topic, "--into", "shadow_", *OPERATOR)
        left_out += int(told.split(" records, ")[1].split()[0])
    rebuilding = ("rebuild", "registry-sync", "--from", "shadow_")
    assert "Nothing differs" in await run(*rebuilding, "--left-out", str(left_out))
    rebuilt = await run(*rebuilding, code=1)
    assert f"{left_out} events that took effect are on none of these topics." in rebuilt
    assert "this is not the whole log" in rebuilt


OTHERS, FLOWING = 30_000_000, 200


async def flow(ward: Ward) -> None:
    async with ward.sender() as sender:
        for start in range(0, FLOWING, 10):
            await ward.publish([moves(OTHERS + start + n) for n in range(10)], sender)


async def test_no_repeat_brings_anything_back_and_who_comes_again_is_new(ward: Ward) -> None:
    await an_old_case(ward)
    asks = ("--terminal", "counter-1", "--case", "case-1")
    number = (await run("erasure", "propose", str(HUSBAND), "--account", "clerk-1", *asks)).strip()
    await run("erasure", "approve", number, "--account", "clerk-1", *asks, code=1)
    await run("erasure", "approve", number, "--account", "head-1", *asks)
    await ward.settle()
    assert "subject_key 1" in (await run("erasure", "certificate", number, *asks)).replace("\n", "")
    await forget_topics(ward)

    # the same events again; the same under other ids; all from before
    life = [*a_life(HUSBAND, NAME, KANA, NUMBER), taxed(HUSBAND)]
    again = [(topic, json.dumps(json.loads(value) | {"id": other(value)}).encode()) for topic, value in life]
    await ward.publish([*life, *again])
    await ward.settle()
    assert not await ward.one("eligibility", "select count(*) from fact where addressee = $1", HUSBAND)
    await forget_topics(ward)
    assert await traces_of_the_person(ward) == set()
    assert json.loads(await run("audit", "verify", "--json", "--no-broker"))["clean"]

    # whoever comes to the ward again is somebody new under the old number
    _, back = change("back", HUSBAND, "move_in", MUCH_LATER, version=3, household=HUSBAND + 500_000_000)
    await ward.publish([("resident-changes", back.encode())])
    await ward.settle()
    assert {one.subject for one in await said_of(ward)} == {HUSBAND, WIFE}
    assert (await ward.report()).findings == ()


def other(value: bytes) -> str:
    return event_id(f"again {json.loads(value)['id']}")
