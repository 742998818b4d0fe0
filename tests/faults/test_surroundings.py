"""What a service talks to goes away, or the way to it is bad: the broker, PostgreSQL, the network between."""

import asyncio
import contextlib
import os
import signal
import time

import asyncpg
import pytest
from cli import stack
from contracts.vocabulary import SERVICES

from tests.faults.field import DERIVING, Field, log_lines
from tests.system.conftest import until

pytestmark = [pytest.mark.system, pytest.mark.long]

A_SESSION = """select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
order by random() limit 1"""
QUIET = 10
"""Lines of warning a second and service at which an operator still sees anything else."""


@pytest.mark.row("F09", "the broker is killed and starts again", within=30)
async def test_the_broker_is_killed(field: Field) -> None:
    await field.ward.start()
    async with field.flowing(12):
        await asyncio.sleep(field.rng.uniform(1, 5))
        await asyncio.to_thread(stack.kill_broker)
        field.fired["broker killed"] += 1
        await asyncio.sleep(field.rng.uniform(0, 3))
        await asyncio.to_thread(stack.start_broker)
        await field.takes_again(*SERVICES)
    await field.holds()


@pytest.mark.row(
    "F12", "PostgreSQL crashes under load and starts again: the server, or a session, with which it ends all", within=30
)
async def test_the_database_crashes(field: Field) -> None:
    how = field.one_of("server", "session")
    await field.ward.start()
    async with field.flowing():
        await asyncio.sleep(field.rng.uniform(1, 5))
        for _ in range(1 if how == "server" else 3):
            if how == "server":
                await asyncio.to_thread(stack.crash_database)
                await asyncio.sleep(field.rng.uniform(0, 2))
                await asyncio.to_thread(stack.start_database)
            else:
                await a_session_is_killed(field)
            field.fired[f"{how} crashed"] += 1
            await field.takes_again(*SERVICES)
    await field.holds()


async def a_session_is_killed(field: Field) -> None:
    """The server ends all others, recovers, and is there again."""
    assert field.ward.given.admin_database
    other = await asyncpg.connect(field.ward.given.admin_database)
    os.kill(await field.ward.one(field.rng.choice(SERVICES), A_SESSION), signal.SIGKILL)
    with contextlib.suppress(asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError):
        while True:
            await other.fetchval("select pg_sleep(0.01)")
    other.terminate()

    async def answers() -> bool:
        try:
            return bool(await field.ward.one("audit", "select true"))
        except (asyncpg.PostgresError, OSError):
            return False

    await until(answers, "PostgreSQL has recovered")


@pytest.mark.row("F13", "the answer to COMMIT is lost", within=10)
@pytest.mark.usefixtures("exposed")
async def test_answers_to_commit_are_lost(field: Field) -> None:
    await field.ward.start()
    for service in DERIVING:
        field.postgres[service].weather.lose_commits = 0.3
    async with field.flowing(15):
        pass
    for service in DERIVING:
        field.postgres[service].clear()
    await field.takes_again(*DERIVING)
    assert sum(field.postgres[service].fired["commit"] for service in DERIVING) > 10
    await field.holds()


@pytest.mark.row("F16", "no way between services and the broker: both ways, one way, in flaps", within=15)
@pytest.mark.usefixtures("exposed")
async def test_no_way_to_the_broker(field: Field) -> None:
    how = field.one_of("both", "up", "down", "flaps")
    await field.ward.start()
    async with field.flowing(20 if how == "flaps" else 12):
        await asyncio.sleep(field.rng.uniform(0.5, 2))
        for _ in range(2 if how == "flaps" else 1):
            field.kafka.weather.held = {"up", "down"} if how in ("both", "flaps") else {how}  # type: ignore[arg-type]
            field.kafka.weather.refusing = how != "down"
            field.fired[f"held {how}"] += 1
            await asyncio.sleep(5)
            field.kafka.clear()
            await asyncio.sleep(5 if how == "flaps" else 0)
        await field.takes_again(*SERVICES)
    await field.holds()


@pytest.mark.row("F17", "no way between services and PostgreSQL", within=10)
@pytest.mark.usefixtures("exposed")
async def test_no_way_to_the_database(field: Field) -> None:
    how = field.one_of("both", "up", "down")
    await field.ward.start()
    cut_off = field.rng.sample(SERVICES, 3)
    async with field.flowing(12):
        await asyncio.sleep(field.rng.uniform(0.5, 2))
        for service in cut_off:
            field.postgres[service].weather.held = {"up", "down"} if how == "both" else {how}  # type: ignore[arg-type]
            field.postgres[service].weather.refusing = how == "both"
        await asyncio.sleep(5)
        for service in cut_off:
            field.postgres[service].clear()
        await field.takes_again(*cut_off)
    assert all(field.postgres[service].fired["held"] for service in cut_off)
    await field.holds()


@pytest.mark.row("F18", "latency, a thin line, pieces, resets, half-closed connections, cut answers", within=15)
@pytest.mark.usefixtures("exposed")
async def test_bad_weather(field: Field) -> None:
    how = field.one_of("latency", "56 kbit/s", "pieces", "reset", "half-close", "cut")
    await field.ward.start()
    proxies = [field.kafka, *(field.postgres[service] for service in DERIVING)]
    before = len(log_lines())
    seconds = 12
    async with field.flowing(seconds):
        for proxy in proxies:
            if how == "latency":
                proxy.weather.delay = (0.5, 0.3)
            elif how == "56 kbit/s":
                proxy.weather.bytes_per_second = 7_000
            elif how == "pieces":
                proxy.weather.piece = 100
            elif how == "cut":
                proxy.weather.cut_after = field.rng.randint(20_000, 200_000)
        for _ in range(4):
            await asyncio.sleep(2)
            for proxy in proxies:
                if how == "reset":
                    proxy.reset()
                elif how == "half-close":
                    proxy.half_close()
        for proxy in proxies:
            proxy.clear()
        await field.takes_again(*SERVICES)
    lines = len(log_lines()) - before
    field.figures["warnings_a_second_and_service"] = round(lines / seconds / len(SERVICES), 1)
    assert lines / seconds / len(SERVICES) <= QUIET
    await field.holds()


@pytest.mark.row("F07", "a process is stopped and goes on later, when others have its partitions", within=15)
async def test_a_process_is_stopped_and_goes_on(field: Field) -> None:
    """The group gives its partitions to a second process after 10 s; then the first wakes in the middle of its batch."""
    service = field.rng.choice(DERIVING)
    await field.ward.start()
    async with field.flowing(25):
        await asyncio.sleep(field.rng.uniform(0.5, 2))
        field.signal(service, signal.SIGSTOP)
        stopped = field.ward.processes.pop(service)
        field.ward.processes["stopped"] = stopped
        await field.ward.start(service, KOKUNEN_INSTANCE="2")
        await asyncio.sleep(field.rng.uniform(8, 14))
        stopped.send_signal(signal.SIGCONT)
        field.fired["SIGCONT"] += 1
        await field.takes_again(service)
    await field.holds()


@pytest.mark.row("F08", "a rolling restart of all, twice", within=5)
async def test_a_rolling_restart(field: Field) -> None:
    await field.ward.start()
    async with field.flowing(20):
        for _ in range(2):
            for service in field.rng.sample(SERVICES, len(SERVICES)):
                await field.stop(service)
                field.fired["restarted"] += 1
                await field.starts_again(service)
    await field.holds()


@pytest.mark.row("F08", "all told to finish while there is no way to the broker, or to PostgreSQL", within=15)
@pytest.mark.usefixtures("exposed")
async def test_all_finish_whatever_is_away(field: Field) -> None:
    await field.ward.start()
    async with field.flowing(20):
        for away in ([field.kafka], list(field.postgres.values())):
            await asyncio.sleep(1)
            for way in away:
                way.weather.held, way.weather.refusing = {"up", "down"}, True
            await asyncio.sleep(field.rng.uniform(0.1, 3))
            began = time.monotonic()
            await field.stop()
            longest = max(field.figures.get("longest until all had ended", 0), time.monotonic() - began)
            field.figures["longest until all had ended"] = round(longest, 1)
            field.fired["told to finish"] += len(SERVICES)
            for way in away:
                way.clear()
            await field.starts_again(*SERVICES)
    await field.holds()


@pytest.mark.row("F19", "members join and leave the group again and again", within=30)
async def test_members_come_and_go(field: Field) -> None:
    service = field.rng.choice(DERIVING)
    await field.ward.start()
    first = field.ward.ports[service]
    async with field.flowing(30):
        for number in range(8):
            kept = field.ward.processes.pop(service)
            field.ward.processes["first"] = kept
            # Without a name of its own, each is a new member: the group is made anew for it.
            await field.ward.start(service, KOKUNEN_INSTANCE="")
            second = field.ward.processes.pop(service)
            field.ward.processes[service] = field.ward.processes.pop("first")
            (second.kill if number % 3 == 2 else second.terminate)()
            await asyncio.to_thread(second.wait)
            field.fired["came and went"] += 1
        field.ward.ports[service] = first
        await field.takes_again(service)
    await field.holds()
