"""How long do the big loads take? `make loads`: 300,000 addressees, then the resident tax of 200,000 of them, all services running.

First the register's whole content lies ready; the clock runs from the start of the services until registry-sync has published what
follows, and until every service is at rest. Then (not timed) the pension service tells who is insured, so that everybody assessed is
one whose income may be held. Then the year's tax load is published to the running services. Then the register tells everything anew
under other ids, and nobody has anything to say of it. Last, a full snapshot of the register is compared with what is held.
"""

import argparse
import asyncio
import itertools
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from random import Random
from typing import Any

if not __package__:
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import asyncpg
import psutil
import uvloop
from chassis import database
from cli import broker, local, services, settle, stack
from contracts.events.income import TaxAssessed, TaxRecord
from contracts.events.notice import MembershipNotified
from contracts.events.operations import BusinessDayStarted
from contracts.events.registry import ResidentChanged, ResidentRecord
from rich.console import Console
from rich.table import Table

from tests.events import day
from tests.load import feed, process
from tests.load.feed import Line

ADDRESSEES, ASSESSED = 300_000, 200_000
PUBLISH_AT_ONCE = 50_000
FIRST_PERSON, FIRST_HOUSEHOLD = 10_000_000, 500_000_000
TODAY = "2026-06-10"
GIVE_UP_SECONDS = 1800
Figures = dict[str, float]


def register(persons: int, told_on: str = "2025-04-01") -> Iterator[Line]:
    """Everybody's entry: couples with a child, three to a household."""
    rng = Random(1)
    for n in range(persons):
        place = n % 3
        born = f"{rng.randint(1966, 2004) if place < 2 else rng.randint(2007, 2025)}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}"
        record: dict[str, Any] = {
            "name": f"架空 {n}", "name_kana": reading(n), "birth_date": day(born), "sex": "female" if place == 1 else "male",
            "household": FIRST_HOUSEHOLD + n // 3, "relation": ("householder", "spouse", "child")[place], "residency": "resident",
            "address": f"架空区見本町一丁目{n % 40 + 1}番{n % 20 + 1}号",
        }  # fmt: skip
        changed = ResidentChanged(
            reason="other", changed_on=day("2015-04-01") if place < 2 else day(born), filed_on=day("2015-04-01"), version=1,
            record=ResidentRecord(**record),
        )  # fmt: skip
        yield feed.line("resident-changes", FIRST_PERSON + n, changed, told_on, sequence=1)


def reading(n: int) -> str:
    """A reading of somebody's own, as made up as the name."""
    return "カクウ " + "".join(_SYLLABLES[n // 36**place % 36] for place in range(4))


_SYLLABLES = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤ"


def adults(count: int) -> Iterator[int]:
    """Householders and spouses."""
    return (FIRST_PERSON + n for n in itertools.islice((n for n in itertools.count() if n % 3 < 2), count))


def insured(count: int) -> Iterator[Line]:
    """Every householder is in category 1; with them their spouses are inside the scope."""
    joined = MembershipNotified(version=1, category=1, acquired_on=day("2022-04-01"))
    for person in adults(count):
        if (person - FIRST_PERSON) % 3 == 0:
            yield feed.line("pension-service-notices", person, joined, "2025-04-01")


def taxes(count: int) -> Iterator[Line]:
    rng = Random(2)
    for person in adults(count):
        record = TaxRecord(
            total_income_yen=rng.randrange(0, 6_000_000, 1000), social_insurance_yen=rng.randrange(0, 600_000, 1000),
            dependants_under_16=rng.choice((0, 0, 1)),
        )  # fmt: skip
        assessed = TaxAssessed(tax_year=2026, version=1, state="declared", record=record)
        yield feed.line("tax-assessments", person, assessed, TODAY)


async def publish(given: stack.Stack, lines: Iterable[Line]) -> int:
    published = 0
    lines = iter(lines)
    while chunk := list(itertools.islice(lines, PUBLISH_AT_ONCE)):
        await feed.publish(given.kafka, broker.prefix(), chunk)
        published += len(chunk)
    return published


def born(entry: bytes) -> str:
    """The birth date in an entry of the register."""
    return entry.partition(b'"birth_date":"')[2][:10].decode()


async def told_anew(given: stack.Stack, persons: int, a_second: float, seconds: float) -> float:
    """The register tells of everybody anew, at a rate; the events sent a second."""
    lines = itertools.cycle(itertools.islice(register(persons, TODAY), int(a_second * seconds)))
    began, sent = time.perf_counter(), 0
    while (now := time.perf_counter() - began) < seconds:
        if (due := int(now * a_second) - sent) > 0:
            await feed.publish(given.kafka, broker.prefix(), list(itertools.islice(lines, due)))
            sent += due
        await asyncio.sleep(0.1)
    return sent / seconds


class Watched:
    """The running services: how far they are, and the most memory each has held."""

    def __init__(self, given: stack.Stack, running: list[services.Running]) -> None:
        self.given = given
        self.processes = {one.service: psutil.Process(one.pid) for one in running}
        self.peak = dict.fromkeys(self.processes, 0)

    def look(self) -> None:
        for name, one in self.processes.items():
            self.peak[name] = max(self.peak[name], one.memory_info().rss)

    async def until(self, true: Callable[[settle.Backlog], bool], watch: settle.Watch) -> None:
        give_up = time.monotonic() + GIVE_UP_SECONDS
        while not true(backlog := await watch.backlog()):
            self.look()
            if time.monotonic() > give_up:
                raise RuntimeError(f"not done within {GIVE_UP_SECONDS} s: {backlog}")
            await asyncio.sleep(0.5)

    async def rested(self, watch: settle.Watch) -> None:
        await self.until(lambda backlog: backlog.empty, watch)
        await watch.settle(GIVE_UP_SECONDS)


def said_all(service: str) -> Callable[[settle.Backlog], bool]:
    """The service has read everything and the broker has acknowledged what follows."""
    return lambda backlog: not (backlog.lag[service] or backlog.unsent[service] or backlog.work.get(service))


async def measure(given: stack.Stack, addressees: int, assessed: int) -> Figures:
    await broker.create_topics(given.kafka)
    today = BusinessDayStarted(day=day(TODAY), open=True)
    say(f"the register's {addressees:,} entries are laid ready")
    await publish(given, [feed.line("calendar", "calendar", today, TODAY)])
    await publish(given, register(addressees))
    say("the services start")
    figures: Figures = {}
    began = time.perf_counter()
    watched = Watched(given, services.up(given))
    async with settle.Watch(given) as watch:
        await watched.until(said_all("registry-sync"), watch)
        figures["addressees_published_s"] = time.perf_counter() - began
        await watched.rested(watch)
        figures["addressees_settled_s"] = time.perf_counter() - began
        say("who is insured (not timed)")
        await publish(given, insured(assessed))
        await watched.rested(watch)
        say(f"the tax of {assessed:,}")
        began = time.perf_counter()
        await publish(given, taxes(assessed))
        await watched.until(said_all("tax-income"), watch)
        figures["tax_published_s"] = time.perf_counter() - began
        await watched.rested(watch)
        figures["tax_settled_s"] = time.perf_counter() - began
        await _all_there(given, addressees, assessed)
        say(f"the register's {addressees:,} entries once more, under other ids")
        before = await _sayings(given)
        began = time.perf_counter()
        await publish(given, register(addressees, TODAY))
        await watched.rested(watch)
        figures["reload_settled_s"] = time.perf_counter() - began
        if await _sayings(given) != before:
            raise RuntimeError("what was told anew was said anew")
    figures["reconciled_s"] = reconciled(addressees)
    figures |= {f"peak_mib_{name}": peak / 2**20 for name, peak in watched.peak.items()}
    return figures


async def _all_there(given: stack.Stack, addressees: int, assessed: int) -> None:
    """Every addressee and every income is said; nothing was set aside: else this is no measurement."""
    for service, topic, wanted in (("registry-sync", "residents", addressees), ("tax-income", "incomes", assessed)):
        connection = await asyncpg.connect(given.databases[service], server_settings=database.SESSION)
        try:
            said = await connection.fetchval("select count(*) from said where topic = $1", topic)
            aside = await connection.fetchval("select count(*) from set_aside")
        finally:
            await connection.close()
        if (said, aside) != (wanted, 0):
            raise RuntimeError(f"{service} says {said:,} of {wanted:,} and set {aside:,} records aside")


async def _sayings(given: stack.Stack) -> dict[str, int]:
    """How often each service has said something."""
    said = {}
    for service, url in given.databases.items():
        connection = await asyncpg.connect(url, server_settings=database.SESSION)
        try:
            said[service] = await connection.fetchval("select coalesce(sum(sequence), 0) from said")
        finally:
            await connection.close()
    return said


def reconciled(addressees: int) -> float:
    """Seconds of `kokunen reconcile` over a snapshot in which every entry is as it is held."""
    file = local.home() / "snapshot.jsonl"
    with file.open("w") as out:
        out.write(json.dumps({"municipality": "131164", "made_on": TODAY, "entries": addressees}) + "\n")
        for number, line in enumerate(register(addressees), FIRST_PERSON):
            data = json.loads(line.value)["data"]
            entry = {"addressee": number} | {name: data[name] for name in ("version", "changed_on", "record")}
            out.write(json.dumps(entry, ensure_ascii=False) + "\n")
    say(f"a snapshot of {addressees:,} entries is compared")
    began = time.perf_counter()
    subprocess.run([Path(sys.executable).parent / "kokunen", "reconcile", str(file)], check=True)
    return time.perf_counter() - began


def say(what: str) -> None:
    local.say(f"{time.strftime('%H:%M:%S')}  {what}")


def show(figures: Figures, addressees: int, assessed: int) -> None:
    table = Table("", "seconds", "a second", title="the big loads through all running services")
    for name, key, count in (
        (f"{addressees:,} addressees: published by registry-sync", "addressees_published_s", addressees),
        ("    all services at rest", "addressees_settled_s", addressees),
        (f"{assessed:,} tax records: published by tax-income", "tax_published_s", assessed),
        ("    all services at rest", "tax_settled_s", assessed),
        (f"{addressees:,} addressees told anew: all services at rest", "reload_settled_s", addressees),
        (f"a snapshot of {addressees:,} compared", "reconciled_s", addressees),
    ):
        table.add_row(name, f"{figures[key]:,.1f}", f"{count / figures[key]:,.0f}")
    Console().print(table)
    peaks = (f"{k.removeprefix('peak_mib_')} {v:.0f}" for k, v in figures.items() if k.startswith("peak_mib_"))
    print("Peak memory in MiB: " + ", ".join(peaks))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--addressees", type=int, default=ADDRESSEES)
    parser.add_argument("--assessed", type=int, default=ASSESSED)
    asked = parser.parse_args()
    with process.own_stack() as given:
        figures = uvloop.run(measure(given, asked.addressees, asked.assessed))
    show(figures, asked.addressees, asked.assessed)
    process.keep("loads", figures)


if __name__ == "__main__":
    main()
