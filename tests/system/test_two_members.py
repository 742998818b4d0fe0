"""Two processes of one service: what if partitions move in mid-batch, or if two residents of a circle change at once?"""

import asyncio
import json
from pathlib import Path
from random import Random

import pytest
from contracts.vocabulary import SERVICES

from tests.system.conftest import Ward, until

pytestmark = pytest.mark.system

SLOW = Path(__file__).parent / "slow_registry_sync.py"


async def test_partitions_that_move_in_mid_batch_bring_no_second_effect(
    ward: Ward, town: Path, lines: list[tuple[str, bytes]]
) -> None:
    flag, notes = ward.folder / "wait", ward.folder / "notes"
    flag.touch()
    await ward.start(*(name for name in SERVICES if name != "registry-sync"))
    await ward.publish(lines)  # all of it waits, so that the first batch is of many partitions
    await ward.start_script("slow", "registry-sync", SLOW, TEST_FLAG=str(flag), TEST_NOTES=str(notes))
    await until(lambda: asyncio.to_thread(flag.with_suffix(".open").exists), "a batch is open")
    second = asyncio.create_task(ward.start("registry-sync", KOKUNEN_INSTANCE="2"))
    await until(lambda: ward.members("registry-sync", 2), "the second member has partitions")
    assert not notes.exists(), "the batch was to be open still"
    flag.unlink()
    await second
    await ward.keeps_its_promises(town)
    first = json.loads(notes.read_text().splitlines()[0])
    assert first["after"]["generation"] > first["before"]["generation"]
    moved = [place for place in first["batch"] if place not in first["after"]["owned"]]
    assert moved, "no partition of the open batch has another owner now"


async def test_two_processes_of_eligibility_end_where_one_thread_ends(
    ward: Ward, town: Path, lines: list[tuple[str, bytes]]
) -> None:
    """Householders and applicants change at the same time, on different partitions, in two processes."""
    await ward.start()
    first = ward.processes.pop("eligibility")
    ward.processes["eligibility-1"] = first
    await ward.start("eligibility", KOKUNEN_INSTANCE="2")
    await until(lambda: ward.members("eligibility", 2), "both members have partitions")
    mixed = Random(7).sample(lines, len(lines))
    halves = [[line for n, line in enumerate(mixed) if n % 4 == part] for part in range(4)]
    await asyncio.gather(*(ward.publish(half) for half in halves))
    await ward.keeps_its_promises(town)
