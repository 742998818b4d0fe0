"""The broker is killed while events flow and starts again on its data: is anything lost?"""

import asyncio
from pathlib import Path

import pytest
from cli import stack

from tests.system.conftest import Ward, until

pytestmark = pytest.mark.system


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
