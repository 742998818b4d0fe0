"""What comes is late, doubled, out of order, poisoned, of another version, too large; or the same comes once more."""

import asyncio
import datetime as dt
import json
import signal
import subprocess
import sys
from collections import Counter

import pytest
from aiokafka.errors import MessageSizeTooLargeError
from cli import broker, rebuild, rewind
from cli.catalogue import DECODING, TOPICS_OF
from cli.set_aside import _redrive
from cli.verify import STATEMENTS
from contracts.vocabulary import SERVICES

from tests.contracts.test_bad_input import REFUSED
from tests.faults.field import DERIVING, SABOTAGED, Field
from tests.system.conftest import until
from tests.system.test_order_and_replay import refused

pytestmark = [pytest.mark.system, pytest.mark.long]

Lines = list[tuple[str, bytes]]


def moment(line: tuple[str, bytes]) -> dt.datetime:
    """When it was recorded; what has no time keeps its place at the beginning."""
    try:
        return dt.datetime.fromisoformat(json.loads(line[1])["time"])
    except (ValueError, KeyError, TypeError):
        return dt.datetime.min.replace(tzinfo=dt.UTC)


@pytest.mark.row("F26", "each event comes one to five times")
async def test_each_event_comes_up_to_five_times(field: Field) -> None:
    await field.ward.start()
    once = field.lines
    field.lines = []
    for line in once:
        field.lines += [line] * field.rng.randint(1, 5)
    field.fired["doubled"] = len(field.lines) - len(once)
    for place in range(0, len(field.lines) - 40, 40):  # a repeat comes a little later
        part = field.lines[place : place + 40]
        field.rng.shuffle(part)
        field.lines[place : place + 40] = part
    async with field.flowing(5):
        pass
    await field.holds()


@pytest.mark.row("F27", "order broken within an hour, within seven days, across topics")
async def test_the_order_is_broken(field: Field) -> None:
    reach = 3600 * field.one_of(1, 168)
    await field.ward.start()
    before = field.lines
    field.lines = sorted(before, key=lambda line: moment(line).timestamp() + field.rng.uniform(0, reach))
    field.fired["out of order"] = sum(a is not b for a, b in zip(before, field.lines, strict=True))
    async with field.flowing(5):
        pass
    await field.holds()


@pytest.mark.row("F28", "events come a day, forty days, four hundred days, two years late")
async def test_events_come_late(field: Field) -> None:
    await field.ward.start()

    def arrives(line: tuple[str, bytes]) -> float:
        late = field.rng.random() < 0.1 and line[0] != "calendar"
        field.fired["late"] += late
        return moment(line).timestamp() + (field.rng.choice([1, 40, 400, 730]) * 86_400 if late else 0)

    field.lines = sorted(field.lines, key=arrives)
    async with field.flowing(5):
        pass
    await field.holds()


@pytest.mark.row("F29", "an entry is annulled and made anew, and the two come in either order")
async def test_an_annulment_comes_before_or_after(field: Field) -> None:
    await field.ward.start()
    annulments = [
        line for line in field.lines if line[0] == "resident-changes" and b"ResidentChangeAnnulled" in line[1]
    ]
    assert annulments, "no entry of this town is annulled"
    first = field.rng.sample(annulments, (len(annulments) + 1) // 2)
    field.fired["annulment first"] = len(first)
    field.lines = [*first, *(line for line in field.lines if line not in first)]
    async with field.flowing(5):
        pass
    await field.holds()


@pytest.mark.row("F30", "poison: every tenth record, then a thousand in a row")
async def test_poison(field: Field) -> None:
    await field.ward.start()
    poison = [given for row in REFUSED.values() for given in row if len(given[1]) < 200_000]
    mixed: Lines = []
    for number, line in enumerate(field.lines):
        mixed.append(line)
        if number % 10 == 9:
            mixed.append(field.rng.choice(poison))
    middle = len(mixed) // 2
    row = field.rng.choices(poison, k=1000)
    field.lines = [*mixed[:middle], *row, *mixed[middle:]]
    field.fired["poison"] = len(field.lines) - len(mixed) + len(mixed) // 11
    async with field.flowing(8):
        pass
    await field.holds()
    report = await field.ward.report(field.town)
    field.figures["set_aside"] = sum(c.get("set_aside", 0) for c in report.counts["accounting"].values())
    # Each of them by its place: whoever reads that topic has set it aside.
    came = Counter(topic for topic, value in field.lines if refused(topic, value))
    query = "select topic, count(*) as n from set_aside where event_id is null group by topic"
    kept = {row["topic"]: row["n"] for row in await field.ward.rows("eligibility", query)}
    assert sum(came.values()) > 1000
    assert kept == {topic: n for topic, n in came.items() if topic in TOPICS_OF["eligibility"]}


@pytest.mark.row("F31", "the contracts of a sender are newer than ours; then ours are as new")
async def test_a_sender_is_ahead_of_us(field: Field) -> None:
    await field.ward.start(*(name for name in SERVICES if name != "eligibility"))
    await field.ward.start_script(
        "eligibility", "eligibility", SABOTAGED, TEST_SERVICE="eligibility", TEST_CHANGE="before_its_time"
    )
    async with field.flowing(4):
        pass
    await field.ward.settle()
    unreadable = (
        "select count(*) from set_aside where event_id is null and state = 'open' and topic = 'pension-service-notices'"
    )
    held = await field.ward.one("eligibility", unreadable)
    assert held > 0
    field.fired["set aside"] = held
    await field.stop("eligibility")
    await field.ward.start("eligibility")
    notices = [line for line in field.lines if line[0] == "pension-service-notices"]
    await field.ward.publish(field.rng.sample(notices, len(notices) // 3))  # the sender sends some once more
    await field.ward.settle()
    none_at_all = sum(refused(*line) for line in notices)
    assert await _redrive(["eligibility"], None) == (held - none_at_all, 0)
    assert await field.ward.one("eligibility", unreadable) == none_at_all
    assert await _redrive(["eligibility"], None) == (0, 0)
    await field.holds()


@pytest.mark.row("F32", "records of nearly a mebibyte, of more, with headers of 64 KiB")
async def test_records_too_large(field: Field) -> None:
    await field.ward.start()
    topic = "resident-changes"
    async with field.flowing(4), field.ward.sender() as sender:
        name = broker.prefix() + topic
        for size in (1_000_000, 900_000, 262_145):
            await sender.send_and_wait(name, b'{"x":"' + b"a" * (size - 8) + b'"}', key=b"1")
            field.fired["large"] += 1
        some = next(value for kind, value in field.lines if kind == topic and b'"specversion"' in value)
        await sender.send_and_wait(name, some, headers=[("h" * 100, b"x" * 65_536)], key=b"1")
        for size in (1024 * 1024 + 1, 2 * 1024 * 1024):
            with pytest.raises(MessageSizeTooLargeError):
                await sender.send_and_wait(name, b"a" * size, key=b"1")
            field.fired["refused by the client"] += 1
    await field.holds()
    query = "select count(*) from set_aside where event_id is null and reason = 'too_long'"
    assert await field.ward.one("registry-sync", query) == 3


@pytest.mark.row("F34", "everything comes again from offset 0")
async def test_everything_comes_again(field: Field) -> None:
    await field.ward.start()
    async with field.flowing(3):
        pass
    await field.ward.keeps_its_promises(field.town)
    ends = await field.ward.ends(*STATEMENTS)
    await field.stop()
    await rewind.rewind(field.ward.given, SERVICES)
    field.fired["groups put back"] = len(SERVICES)
    await field.ward.start()
    await field.holds()
    assert await field.ward.ends(*STATEMENTS) == ends


@pytest.mark.row("F35", "projections are lost while events flow, and rebuilt from the log; the first rebuild is killed")
async def test_projections_are_rebuilt(field: Field) -> None:
    ward = field.ward
    await ward.start()
    async with field.flowing(12):
        await asyncio.sleep(4)
        for service in DERIVING:
            for table in DECODING[service].projections:
                await ward.rows(service, f"delete from {table}")
                field.fired["tables emptied"] += 1
        killed = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "cli", "rebuild", DERIVING[0], "--switch", stdout=subprocess.DEVNULL
        )
        begun = "select to_regnamespace('shadow') is not null"
        await until(lambda: ward.one(DERIVING[0], begun), "the rebuild has begun")
        await asyncio.sleep(field.rng.uniform(0, 0.1))
        killed.kill()
        assert await killed.wait() == -signal.SIGKILL
        field.fired["rebuild killed"] += 1
        for service in DERIVING:
            done = await rebuild.rebuild(ward.given, service, switch=True, quiet=True)
            assert done.missing == 0
            field.figures[f"{service}: events taken again"] = done.taken
    await ward.settle()
    for service in DERIVING:
        done = await rebuild.rebuild(ward.given, service, switch=True, quiet=True)
        assert done.equal, {one.table: (one.only_here, one.only_from_the_log) for one in done.compared if not one.equal}
    await field.holds()


@pytest.mark.row("F36", "records are removed before they are read")
async def test_records_are_removed_unread(field: Field) -> None:
    await field.ward.start()
    await field.ward.publish(field.lines[::2])
    await field.ward.settle()
    await field.stop("registry-sync")
    before = await field.ward.ends("resident-changes")
    await field.ward.publish(field.lines[1::2])
    after = await field.ward.ends("resident-changes")
    place = max(after, key=lambda place: after[place] - before[place])
    gone = field.rng.randint(1, after[place] - before[place] - 1)
    await field.ward.remove_records(place, before[place] + gone)
    field.fired["removed"] = gone
    await field.ward.start("registry-sync")
    query = "select coalesce(sum(to_offset - from_offset + 1), 0) from ledger_range where topic = $1 and part = $2 and disposition = 'missing'"

    async def named() -> bool:
        return int(await field.ward.one("registry-sync", query, *place)) == gone

    await until(named, "the gap is named")
    assert f'kokunen_missing_offsets_total{{topic="{place[0]}"}} {float(gone)}' in await field.ward.metrics(
        "registry-sync"
    )
    found = [finding.text for finding in (await field.ward.report()).findings]
    assert found == [
        f"registry-sync: {place[0]}/{place[1]} offsets {before[place]} to {before[place] + gone - 1} were removed unread"
    ]


@pytest.mark.row("F25", "clocks go wrong: an hour, two days, back, beyond 2038")
async def test_clocks_go_wrong(field: Field) -> None:
    """Two of the three services that derive live in another time; what is derived is the same."""
    hours = field.one_of(-48, -1, 1, 48, 24 * 365 * 13)
    wrong = field.rng.sample(DERIVING, 2)
    await field.ward.start(*(name for name in SERVICES if name not in wrong))
    for service in wrong:
        await field.ward.start_script(
            service, service, SABOTAGED, TEST_SERVICE=service, TEST_CHANGE="clock", TEST_HOURS=str(hours)
        )
    field.fired["clocks"] = len(wrong)
    async with field.flowing(3):
        pass
    await field.holds()
