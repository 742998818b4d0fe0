"""Do a service's memory and the cost of an event stay flat over a million events? `make memory`, some minutes, 5 GB of disk.

A synthetic ward is published again and again as another ward: other people, households and event ids. registry-sync and
eligibility work it off side by side, and after each round we look at what they hold.
"""

import argparse
import asyncio
import json
import sys
import time
import uuid
from pathlib import Path
from typing import NamedTuple

if not __package__:
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import asyncpg
import psutil
import uvloop
from chassis import database
from cli import broker, local, services, stack
from cli.catalogue import TOPICS_OF
from rich.console import Console
from rich.table import Table

from tests.load import feed, process
from tests.load.feed import Line

WATCHED = ("registry-sync", "eligibility")
SHIFT = 10**9
"""Between the numbers of one round's people and the next one's; keeps them below twelve digits."""
FIRST_PORT = 8391
LONGEST_ROUND_SECONDS = 600


def another_ward(line: Line, number: int) -> Line:
    """The same event about another person of another ward."""
    event = json.loads(line.value)
    event["id"] = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{event['id']}|{number}"))
    if "supersedes" in event:
        event["supersedes"] = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{event['supersedes']}|{number}"))
    event["subject"] = str(int(event["subject"]) + number * SHIFT)
    for holder, member in ((event["data"], "into"), (event["data"].get("record", {}), "household")):
        if member in holder:
            holder[member] += number * SHIFT
    return Line(line.topic, event["subject"].encode(), json.dumps(event, ensure_ascii=False).encode())


class Round(NamedTuple):
    """One more ward."""

    done: int
    """Events so far."""
    per_s: float
    peak: dict[str, float]
    """MiB by service."""
    cost: dict[str, float]
    """Microseconds of a core for each event of the round, by service; and of PostgreSQL, for both."""


async def measure(given: stack.Stack, total: int) -> list[Round]:
    """What each round took."""
    ward = feed.town(30_000, local.home() / "town")
    changes, first_day = ward["resident-changes"], ward["calendar"][-1]
    await broker.create_topics(given.kafka)
    watched = {name: psutil.Process(services.start(given, name, FIRST_PORT + i).pid) for i, name in enumerate(WATCHED)}
    rounds: list[Round] = []
    done = number = 0
    try:
        while done < total:
            lines = [another_ward(line, number) for line in changes]
            began, used = time.monotonic(), _used(watched)
            await feed.publish(given.kafka, broker.prefix(), lines if number else [first_day, *lines])
            peak = await _worked_off(given, watched)
            done, number = done + len(lines), number + 1
            cost = {name: (now - used[name]) / len(lines) * 1e6 for name, now in _used(watched).items()}
            rounds.append(Round(done, len(lines) / (time.monotonic() - began), peak, cost))
            held = ", ".join(f"{name} {mib:.0f} MiB" for name, mib in peak.items())
            spent = ", ".join(f"{name} {us:.0f} µs" for name, us in cost.items())
            local.say(f"{done:>9,} events, {rounds[-1].per_s:,.0f} events/s: {held}; {spent}")
    finally:
        for one in watched.values():
            one.terminate()
            one.wait(30)
    return rounds


def _used(watched: dict[str, psutil.Process]) -> dict[str, float]:
    """Seconds of a core so far."""
    used = {name: process.cpu(one) for name, one in watched.items()}
    return used | {"PostgreSQL": sum(process.cpu(one) for one in process.postgres())}


async def _worked_off(given: stack.Stack, watched: dict[str, psutil.Process]) -> dict[str, float]:
    """Wait until both have caught up; their highest memory meanwhile, in MiB."""
    peak = dict.fromkeys(watched, 0.0)
    give_up = time.monotonic() + LONGEST_ROUND_SECONDS
    async with broker.Broker(given.kafka) as asked:
        while any([await _behind(given, asked, name) for name in watched]):  # upstream first
            if time.monotonic() > give_up:
                raise RuntimeError(f"a round took more than {LONGEST_ROUND_SECONDS} s; see {local.home()}/log")
            for name, one in watched.items():
                peak[name] = max(peak[name], one.memory_info().rss / 2**20)
            await asyncio.sleep(0.5)
    return peak


async def _behind(given: stack.Stack, asked: broker.Broker, name: str) -> int:
    """Records not yet consumed and events not yet published."""
    committed = await asked.committed(name)
    connection = await asyncpg.connect(given.databases[name], server_settings=database.SESSION)
    try:
        unsent: int = await connection.fetchval("select count(*) from outbox")
    finally:
        await connection.close()
    ends = await asked.ends(TOPICS_OF[name])
    return unsent + sum(end - max(committed.get(place, 0), 0) for place, end in ends.items())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=1_000_000, help="resident changes in all")
    total = parser.parse_args().events
    with process.own_stack() as given:
        rounds = uvloop.run(measure(given, total))
    spent = (*WATCHED, "PostgreSQL")
    heads = *(f"{name}, MiB" for name in WATCHED), *(f"{name}, µs an event" for name in spent)
    table = Table("events so far", "events/s", *heads, title="memory, and the cost of an event")
    for one in rounds:
        cells = *(f"{one.peak[name]:.0f}" for name in WATCHED), *(f"{one.cost[name]:.0f}" for name in spent)
        table.add_row(f"{one.done:,}", f"{one.per_s:,.0f}", *cells)
    Console().print(table)


if __name__ == "__main__":
    main()
