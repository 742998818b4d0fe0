"""How long does a list of 300,000 take? `make requests`: let in, its people found at registry-sync's door, and answered.

First the services learn of 450,000 addressees (couples with a child), of who is insured, and of the tax of nine couples in ten; the tenth
moved in this year (not timed). Then the list asks about every adult: the clock runs from the file on the disk to the last row looked for,
and over the writing of the answer. That the services tell each other whose incomes are wanted goes on meanwhile.
"""

import argparse
import asyncio
import datetime as dt
import itertools
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

if not __package__:
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import asyncpg
import uvloop
from chassis import database
from cli import broker, local, services, settle, stack
from cli.services import environment_settings
from contracts.events.operations import BusinessDayStarted
from rich.console import Console
from rich.table import Table

from tests.events import day
from tests.load import feed, process
from tests.load.loads import TODAY, Watched, insured, publish, reading, register, say, taxes
from tests.tax_income.lists import a_list, row

ROWS = 300_000
BASIS = "国民年金法108条"
Figures = dict[str, float]


def asked(rows: int) -> Iterator[dict[str, Any]]:
    """Every adult of the register, as the pension service writes them: the same random people as `register` makes."""
    rng = Random(1)
    lines = itertools.count(1)
    for n in range(rows * 3 // 2):
        place = n % 3
        born = dt.date(
            rng.randint(1966, 2004) if place < 2 else rng.randint(2007, 2025), rng.randint(1, 12), rng.randint(1, 28)
        )
        if place < 2:
            yield row(
                next(lines), birth_date=born, sex=2 if place == 1 else 1, name_kana=reading(n), name=f"架空 {n}",
                address=f"架空区見本町1-{n % 40 + 1}-{n % 20 + 1}",
            )  # fmt: skip


def assessed_here(rows: int) -> Iterator[feed.Line]:
    """The tax of nine couples in ten."""
    for number, line in enumerate(taxes(rows)):
        if number // 2 % 10:
            yield line


def desk(*arguments: str) -> float:
    """Seconds of a command at the desk, as a clerk runs it."""
    began = time.perf_counter()
    done = subprocess.run([Path(sys.executable).parent / "kokunen", "income-requests", *arguments], check=False)
    if done.returncode != 0:
        raise RuntimeError(f"income-requests {arguments[0]} ended with status {done.returncode}")
    return time.perf_counter() - began


async def learn(given: stack.Stack, rows: int) -> Watched:
    await broker.create_topics(given.kafka)
    today = BusinessDayStarted(day=day(TODAY), open=True)
    await publish(given, [feed.line("calendar", "calendar", today, TODAY)])
    await publish(given, register(rows * 3 // 2))
    watched = Watched(given, services.up(given))
    async with settle.Watch(given) as watch:
        await watched.rested(watch)
        await publish(given, insured(rows))
        await watched.rested(watch)
        await publish(given, assessed_here(rows))
        await watched.rested(watch)
    await database_rested(given)
    return watched


async def database_rested(given: stack.Stack) -> None:
    """PostgreSQL has tidied up after the load: no such worker for ten seconds, or three minutes are over."""
    connection = await asyncpg.connect(given.databases["tax-income"], server_settings=database.SESSION)
    try:
        quiet, give_up = 0, time.monotonic() + 180
        while quiet < 10 and time.monotonic() < give_up:
            workers = await connection.fetchval(
                "select count(*) from pg_stat_activity where backend_type = 'autovacuum worker'"
            )
            quiet = 0 if workers else quiet + 1
            await asyncio.sleep(1)
    finally:
        await connection.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=ROWS)
    rows = parser.parse_args().rows
    figures: Figures = {}
    with process.own_stack() as given:
        say(f"the services learn of {rows * 3 // 2:,} addressees")
        watched = uvloop.run(learn(given, rows))
        file = local.home() / "list.dat"
        file.write_bytes(a_list("unpaid_premium", "LOAD-1", asked(rows)))
        say("the list")
        figures["import_and_match_s"] = desk(
            "import", str(file), "--number", "LOAD-1", "--kind", "unpaid_premium", "--basis", BASIS
        )
        watched.look()
        say("the answer")
        figures["answer_s"] = desk("answer", "LOAD-1")
        watched.look()
        written = environment_settings(given, "tax-income").output / "LOAD-1-answer.dat"
        figures["answer_mib"] = written.stat().st_size / 2**20
        figures |= {f"peak_mib_{name}": peak / 2**20 for name, peak in watched.peak.items()}
    table = Table("", "seconds", "rows/s", title=f"a list of {rows:,} rows")
    for name, key in (("let in, people found", "import_and_match_s"), ("answered", "answer_s")):
        table.add_row(name, f"{figures[key]:,.1f}", f"{rows / figures[key]:,.0f}")
    Console().print(table)
    process.keep("requests", figures)


if __name__ == "__main__":
    main()
