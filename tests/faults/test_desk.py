"""Whoever works at the desk may lose power at any moment: twenty seeds a step, and never is anything lost, doubled, or sent without a word."""

import asyncio
import signal
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from random import Random

import pytest

from tests.system.conftest import Ward
from tests.system.test_batch_life import (
    DISC_UNTIL,
    bagged,
    command,
    decided,
    desk,
    dispatched,
    scanned,
    sealed,
    state_of,
    test_two_at_once_take_one_step_once,
    told,
    written,
)

pytestmark = [pytest.mark.system, pytest.mark.long]
SEEDS = 20


async def struck(rng: Random, usual: float, *arguments: str, by: str, at: str = "terminal-1") -> bool:
    """The command, killed at a moment drawn from the time it usually takes; whether it had ended before."""
    running = asyncio.create_task(command(*arguments, by=by, at=at, killed_after=rng.uniform(0.3, 1.1) * usual))
    status = await running
    assert status in (0, -signal.SIGKILL), f"ended with {status}"
    return status == 0


async def usually(step: Callable[[], Awaitable[int]]) -> float:
    """Seconds that a step takes when nobody disturbs it."""
    began = time.monotonic()
    assert await step() == 0
    return time.monotonic() - began


@pytest.mark.row("F04", "kill -9 while a batch is written to a medium: twenty moments")
async def test_writing(ward: Ward, lines: list[tuple[str, bytes]], tmp_path: Path) -> None:
    await sealed(ward, lines)
    for number in range(6, SEEDS + 3):
        await desk("register", f"disc-{number}", "--serial", f"S{number}", "--until", DISC_UNTIL)
    discs = (tmp_path / f"disc-{number}" for number in range(1, SEEDS + 3))

    def write(disc: Path) -> tuple[str, ...]:
        disc.mkdir(exist_ok=True)
        return "write", "1", "--medium", disc.name, "--at", str(disc)

    await decided(1)
    disc = next(discs)
    usual = await usually(lambda: command(*write(disc), by="clerk-2", at="media-1"))
    ended = 0
    for seed in range(SEEDS):
        if await state_of(1) == "written":  # lost, issued again, on another disc
            await desk("void", "1", "--reason", "test", "--again")
            await decided(1)
            disc = next(discs)
        done = await struck(Random(seed), usual, *write(disc), by="clerk-2", at="media-1")
        ended += done
        entered = await ward.one("transmittal", "select count(*) from issue where medium = $1", disc.name)
        assert (await state_of(1) == "written") == (entered == 1)
        assert entered == 1 or not done
        if not entered:  # whatever lies on the disc can't leave the house
            await desk("permit", "1", "--carrier", "clerk-3", by="head", refused="permission_after_writing")
    assert ended < SEEDS
    if await state_of(1) != "written":
        await written(1, disc)
    await desk("permit", "1", "--carrier", "clerk-3", by="head")
    await scanned(1)
    for by in ("clerk-3", "clerk-4"):
        await desk(*bagged(1, disc), by=by)
    assert await state_of(1) == "dispatched"
    assert (await ward.report()).findings == ()


@pytest.mark.row("F04", "kill -9 while a batch is sealed: twenty moments")
async def test_sealing(ward: Ward, lines: list[tuple[str, bytes]]) -> None:
    await sealed(ward, lines)

    async def everything_back() -> int:
        """All that was sealed and not given up goes into a later batch; how many items that are."""
        for one in await told("list"):
            if one["state"] == "sealed":
                await desk("void", str(one["number"]), "--reason", "test")
        return len([one for one in await told("due") if one["state"] == "pending"])

    assert await everything_back() > 0
    usual = await usually(lambda: command("seal", by="clerk-1"))
    ended = 0
    for seed in range(SEEDS):
        pending, before = await everything_back(), len(await told("list"))
        ended += await struck(Random(seed), usual, "seal", by="clerk-1")
        made = (await told("list"))[before:]
        left = len([one for one in await told("due") if one["state"] == "pending"])
        assert [one["items"] for one in made] in ([], [pending])
        assert left == (0 if made else pending)
    assert ended < SEEDS
    assert (await ward.report()).findings == ()


@pytest.mark.row("F04", "kill -9 while a batch is dispatched: twenty moments")
async def test_dispatching(ward: Ward, lines: list[tuple[str, bytes]], tmp_path: Path) -> None:
    await sealed(ward, lines)
    for number in range(6, SEEDS + 3):
        await desk("register", f"disc-{number}", "--serial", f"S{number}", "--until", DISC_UNTIL)
    first = tmp_path / "disc-1"
    began = time.monotonic()
    await dispatched(1, first)
    usual = (time.monotonic() - began) / 6
    ended = 0
    for seed in range(SEEDS):
        if await state_of(1) == "dispatched":
            await desk("void", "1", "--reason", "lost", "--again")
            disc = tmp_path / f"disc-{seed + 2}"
            await decided(1)
            await written(1, disc)
            await desk("permit", "1", "--carrier", "clerk-3", by="head")
            await desk(*bagged(1, disc), by="clerk-3")
        done = await struck(Random(seed), usual, *bagged(1, disc), by="clerk-4")
        ended += done
        out = await ward.one("transmittal", "select count(*) from movement where medium = $1", disc.name)
        assert (await state_of(1) == "dispatched") == (out == 1)
        assert out == 1 or not done
    assert ended < SEEDS
    assert (await ward.report()).findings == ()


@pytest.mark.row("control", "somebody damages a medium, deletes an attempt")
async def test_the_checks_of_these_tests_see_what_is_lost_or_altered(
    ward: Ward, lines: list[tuple[str, bytes]], tmp_path: Path
) -> None:
    """Negative control: the same looks at a ward where somebody with the database's own rights did damage."""
    await sealed(ward, lines)
    disc = tmp_path / "disc-1"
    await decided(1)
    await written(1, disc)
    await desk("permit", "1", "--carrier", "clerk-3", by="head")
    await scanned(1)
    archive = disc / "batch-0001.zip"
    archive.write_bytes(archive.read_bytes()[:-100])  # as if power had gone while it was written
    await desk(*bagged(1, disc), by="clerk-3", refused="medium_differs")
    assert (await ward.report()).findings == ()
    await ward.rows("transmittal", "alter table attempt disable trigger user")
    await ward.rows(
        "transmittal",
        "delete from attempt where (addressee, item, number) ="
        " (select addressee, item, number from attempt where batch = 1 limit 1)",
    )
    assert {finding.invariant for finding in (await ward.report()).findings} == {"I6"}


@pytest.mark.row("F40", "two do one step at once; the same hand twice; a double click")
async def test_two_at_once(ward: Ward, lines: list[tuple[str, bytes]], tmp_path: Path, seed: int) -> None:
    await test_two_at_once_take_one_step_once(ward, lines, tmp_path)
