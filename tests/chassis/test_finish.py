"""A service that is told to finish, and a task of it cannot: it ends all the same, and says when something else had failed."""

import subprocess
import sys

import pytest

ENDS = """
import asyncio
from chassis import run

run.log_to_stderr()
run.SECONDS_TO_FINISH = 0.1

class Pool:
    async def close(self):
        await asyncio.sleep({pool})

class Service:
    name = "registry-sync"

async def never():
    await asyncio.sleep(60)

async def fails():
    raise ArithmeticError("sabotage")

async def ends():
    pass

async def main():
    runner = run.Runner(Service, None)
    runner.pool = Pool()
    run.SECONDS_TO_HANG_UP = 0.1
    await runner._finish([asyncio.create_task(work()) for work in ({tasks},)])

asyncio.run(main())
"""


@pytest.mark.parametrize(
    ("tasks", "pool", "status", "says"),
    [
        ("ends", 0, 0, ""),
        ("ends, fails", 0, 1, "ArithmeticError"),
        ("ends, never", 0, 0, "left: never"),
        ("fails, never", 0, 1, "ends because of an error"),
        ("ends", 60, 0, "left: Pool.close"),
    ],
)
def test_it_ends_and_says_why(tasks: str, pool: int, status: int, says: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ENDS.format(tasks=tasks, pool=pool)],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == status, done.stderr
    assert says in done.stderr
