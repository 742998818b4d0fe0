"""The broker is killed while events flow, or a client stops reading: is anything lost, and does it go on by itself?"""

import asyncio
import functools
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from cli import stack

from tests.system.conftest import Ward, until

pytestmark = pytest.mark.system

DEAF = Path(__file__).parent / "deaf_registry_sync.py"


async def test_a_broker_killed_while_events_flow_loses_nothing(
    ward: Ward, town: Path, lines: list[tuple[str, bytes]]
) -> None:
    await ward.start()
    half = len(lines) // 2
    async with ward.sender() as sender:
        await ward.publish(lines[:half], sender)
        await until(lambda: ward.one("registry-sync", "select count(*) > 0 from said"), "events are flowing")
        await asyncio.to_thread(stack.kill_broker)
        publishing = asyncio.create_task(ward.publish(lines[half:], sender))
        await asyncio.to_thread(stack.start_broker)
        await publishing
    await ward.keeps_its_promises(town)


async def test_a_command_and_a_metric_say_what_does_not_answer(ward: Ward) -> None:
    await ward.start()
    for server, kill, start, silent in (
        ("kafka", stack.kill_broker, stack.start_broker, "kafka."),
        (
            "postgresql",
            stack.crash_database,
            stack.start_database,
            "registry-sync's database, tax-income's database, ",
        ),
    ):
        series = f'kokunen_no_answer{{server="{server}"}}'
        await asyncio.to_thread(kill)
        told = [await kokunen(*words) for words in (("settle", "--timeout", "5"), ("verify",))]
        await until(functools.partial(ward.tells, "eligibility", series, 1), "a metric says that it is silent")
        await asyncio.to_thread(start)
        await until(functools.partial(ward.tells, "eligibility", series, 0), "a metric says that it answers")
        for status, said in told:
            assert status == 1
            assert "Traceback" not in said
            assert f"No answer from {silent}" in said
            assert said.rstrip().endswith("`kokunen up` starts what is ours and is not running."), said


async def kokunen(*words: str) -> tuple[int, str]:
    """Status and all that is said."""
    command = Path(sys.executable).with_name("kokunen")
    process = await asyncio.create_subprocess_exec(
        command, *words, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    said, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, said.decode()


@pytest.mark.parametrize(
    ("ends", "stalled_seconds", "replaced"), [("reading", 2, True), ("reading", 3600, False), ("fetching", 3600, True)]
)
async def test_a_client_that_stops_reading_is_replaced(
    ward: Ward, lines: list[tuple[str, bytes]], ends: str, stalled_seconds: int, replaced: bool
) -> None:
    """What ends in silence is found by patience: with an hour's instead of two seconds' nothing moves. An end of fetching is known at once."""
    registered = [line for line in lines if line[0] == "resident-changes"]

    async def taken() -> int:
        return int(await ward.one("registry-sync", "select coalesce(sum(next_offset), 0) from ledger_head"))

    await ward.start_script(
        "registry-sync", "registry-sync", DEAF, TEST_STALLED_SECONDS=str(stalled_seconds), TEST_ENDS=ends
    )
    await ward.publish(registered[:1])
    await until(taken, "the first batch")
    await ward.publish(registered[1:])
    if replaced:
        await until(lambda: _all(taken, len(registered)), "a new client took the rest")
    else:
        await asyncio.sleep(8)
        assert await taken() == 1
        waiting = 'kokunen_lag_records{topic="resident-changes"}'
        await until(lambda: ward.tells("registry-sync", waiting, len(registered) - 1), "a metric says what waits")


async def _all(count: Callable[[], Awaitable[int]], wanted: int) -> bool:
    return await count() == wanted
