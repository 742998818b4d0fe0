"""How long does a page of the desk take? `make desk`: a hundred clerks at work, 300,000 residents, a hundred events a second.

Each clerk is a session of the desk's own, signed in at the development identity provider, and does what clerks do: today's work, a search, the sheet
of somebody, the records beside it, the choice of a form, the form, what would become of it, the reception book; between two pages she reads
or talks for half a minute. Six services, broker, database and this measurement share the machine. Measured is from before the request to
the whole page, which has the answers of one to eight doors in it, each on record before it is given.
"""

import argparse
import asyncio
import itertools
import re
import ssl
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

if not __package__:
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import httpx
import uvloop
from cli import broker, certificates, identity_provider, services, settle, stack
from contracts.events.filing import FilingEntered
from contracts.events.forms import ExemptionApplication
from contracts.events.operations import BusinessDayStarted
from contracts.vocabulary import Month
from rich.console import Console
from rich.table import Table

from tests.events import EVIDENCE, day
from tests.load import feed, process
from tests.load.loads import FIRST_PERSON, TODAY, born, insured, publish, reading, register, say, taxes, told_anew

PERSONS = 300_000
USERS, THINKS_SECONDS = 100, 30.0
EVENTS_A_SECOND = 100
SECONDS = 120.0
FILINGS = 2_000
PAGES = ("today", "ages", "search", "person", "records", "choose", "form", "look", "book")
Took = dict[str, list[float]]


def filings(count: int) -> Iterator[feed.Line]:
    """Applications that wait for their check, in the last days."""
    form = ExemptionApplication(kind="exemption", first_month=Month(2025, 7), last_month=Month(2026, 6))
    for n in range(count):
        received = day(TODAY).replace(day=1 + n % 10)
        entered = FilingEntered(
            filing=f"L-{n}", revision=1, received_on=received, office="honcho", channel="counter", evidence=EVIDENCE,
            entered_by="somebody", content=form,
        )  # fmt: skip
        yield feed.line("filings", FIRST_PERSON + 3 * n, entered, received.isoformat())


async def measure(given: stack.Stack, persons: int, seconds: float) -> tuple[Took, float]:
    """Milliseconds of every page, by page, and the events sent a second meanwhile."""
    await broker.create_topics(given.kafka)
    await publish(given, [feed.line("calendar", "calendar", BusinessDayStarted(day=day(TODAY), open=True), TODAY)])
    say(f"{persons:,} entries of the register are laid ready")
    await publish(given, register(persons))
    identity_provider.start()
    try:
        say("the services start")
        services.up(given)
        await asyncio.to_thread(identity_provider.register, ["clerk-1", "clerk-2"])
        async with settle.Watch(given) as watch:
            await watch.settle(1800)
            for name, lines in (
                ("who is insured", insured(persons * 2 // 3)),
                ("taxes", taxes(persons // 30)),
                ("filings", filings(FILINGS)),
            ):
                say(name)
                await publish(given, lines)
                await watch.settle(1800)
        say(f"{USERS} clerks under {EVENTS_A_SECOND} events a second")
        births = {int(line.key): born(line.value) for line in itertools.islice(register(persons), persons)}
        load = asyncio.create_task(told_anew(given, persons, EVENTS_A_SECOND, seconds + 10))
        took = await _work(births, seconds)
        return took, await load
    finally:
        identity_provider.stop()


class Clerk:
    """Somebody's browser, as far as the network sees it."""

    def __init__(self, account: str, births: dict[int, str], rng: Random, took: Took) -> None:
        trust = ssl.create_default_context(cafile=certificates.environment()["KOKUNEN_TLS_AUTHORITY"])
        self.client = httpx.AsyncClient(
            base_url=services.desk_address(), verify=trust, timeout=60, trust_env=False, follow_redirects=True
        )
        self.account, self.births, self.rng, self.took = account, births, rng, took

    async def sign_in(self) -> None:
        asks = await self.client.get("/")
        answer = await self.client.post(str(asks.url), data={"account": self.account, "terminal": "dev-terminal"})
        answer.raise_for_status()

    async def _page(self, name: str, path: str, data: dict[str, Any] | None = None, *, thinks: bool = True) -> str:
        began = time.perf_counter()
        answer = await (self.client.get(path) if data is None else self.client.post(path, data=data))
        self.took[name].append((time.perf_counter() - began) * 1000)
        if answer.status_code != 200:
            raise RuntimeError(f"the page {name} was answered {answer.status_code}")
        if thinks:
            await asyncio.sleep(self.rng.uniform(0.5, 1.5) * THINKS_SECONDS)
        return answer.text

    async def work(self, ends: float) -> None:
        """One person after the other, until the time is over."""
        await asyncio.sleep(self.rng.uniform(0, THINKS_SECONDS))
        while time.perf_counter() < ends:
            number = 3 * self.rng.randrange(len(self.births) // 3)
            token = _found(r'name="csrf" content="([0-9a-f]+)"', await self._page("today", "/"))
            await self._page("ages", "/ages", thinks=False)
            asked = {
                "csrf": token,
                "purpose": "exemption",
                "kana": reading(number),
                "born": self.births[FIRST_PERSON + number],
            }
            sheet = _found(r'href="(/people/[^"/]+)"', await self._page("search", "/people", asked))
            await self._page("person", sheet)
            await self._page("records", f"{sheet}/records")
            reception = sheet.replace("/people/", "/reception/")
            await self._page("choose", reception)
            form = await self._page("form", f"{reception}/exemption")
            draft = _found(r'name="draft" value="([0-9a-f-]+)"', form)
            look = {"csrf": token, "draft": draft, "version": "0", "do": "look", "received_on": TODAY, "channel": "counter",
                    "cycle": "2025-07/2026-06", "schemes": ["full", "deferral"]}  # fmt: skip
            await self._page("look", f"{reception}/exemption", look)
            await self._page("book", "/book?purpose=exemption")


def _found(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    if found is None:
        raise RuntimeError(f"the page has no {pattern}")
    return found[1]


async def _work(births: dict[int, str], seconds: float) -> Took:
    took: Took = defaultdict(list)
    clerks = [Clerk(f"clerk-{1 + n % 2}", births, Random(n), took) for n in range(USERS)]
    for clerk in clerks:  # people come one after the other
        await clerk.sign_in()
    ends = time.perf_counter() + seconds
    await asyncio.gather(*(clerk.work(ends) for clerk in clerks))
    for clerk in clerks:
        await clerk.client.aclose()
    return took


def figures(took: Took, events: float) -> dict[str, float]:
    """Half and ninety-five of a hundred, of every page and of all."""
    found: dict[str, float] = {"events_per_s": events}
    every = [one for of_page in took.values() for one in of_page]
    for name, times in [*took.items(), ("all", every)]:
        hundredths = statistics.quantiles(times, n=100)
        found |= {f"{name}_pages": len(times), f"{name}_p50_ms": hundredths[49], f"{name}_p95_ms": hundredths[94]}
    return found


def show(found: dict[str, float]) -> None:
    table = Table(
        "page", "asked", "p50 ms", "p95 ms", title=f"{USERS} clerks, {found['events_per_s']:.0f} events a second"
    )
    for name in (*PAGES, "all"):
        if f"{name}_pages" in found:
            row = (found[f"{name}_pages"], found[f"{name}_p50_ms"], found[f"{name}_p95_ms"])
            table.add_row(name, *(f"{one:,.0f}" for one in row))
    Console().print(table)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--persons", type=int, default=PERSONS)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    asked = parser.parse_args()
    with process.own_stack("desk") as given:
        found = figures(*uvloop.run(measure(given, asked.persons, asked.seconds)))
    show(found)
    process.keep("desk", found)


if __name__ == "__main__":
    main()
