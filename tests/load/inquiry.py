"""How long does the sheet of a person take? `make inquiries`: a hundred users at eligibility's door, at rest and under five hundred events a second.

Each user has an account of the register, and asks every thirty seconds about somebody else, for an exemption: the sheet, the household, and the
incomes of applicant, spouse and householder, from three services' doors, each answer on record before it is given. All services and this
measurement share the machine. Measured is from before the call to its whole answer.
"""

import argparse
import asyncio
import ssl
import statistics
import sys
import time
from pathlib import Path
from random import Random

if not __package__:
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import httpx
import uvloop
from cli import broker, certificates, services, settle, stack
from contracts.events.operations import BusinessDayStarted
from rich.console import Console
from rich.table import Table

from tests.events import day
from tests.load import feed, process
from tests.load.loads import FIRST_PERSON, TODAY, born, insured, publish, register, say, taxes, told_anew
from tests.system.doors import register as known

PERSONS = 30_000
USERS, THINKS_SECONDS = 100, 30.0
EVENTS_A_SECOND = 500
SECONDS = 90.0
Figures = dict[str, float]


async def measure(given: stack.Stack, persons: int, seconds: float) -> Figures:
    """Milliseconds of an inquiry, half of them and ninety-five of a hundred, at rest and under load."""
    await broker.create_topics(given.kafka)
    await publish(given, [feed.line("calendar", "calendar", BusinessDayStarted(day=day(TODAY), open=True), TODAY)])
    await publish(given, register(persons))
    say("the services start")
    services.up(given)
    async with settle.Watch(given) as watch:
        for lines in (insured(persons * 2 // 3), taxes(persons * 2 // 3)):
            await publish(given, lines)
            await watch.settle(900)
    users = [f"user-{n}" for n in range(USERS)]
    for user in users:
        await known(given.databases["eligibility"], user, ["clerk"], "counter-1", "office")
    births = {int(line.key): born(line.value) for line in register(persons)}
    say(f"{USERS} users, at rest")
    idle = await _ask(users, births, seconds)
    say(f"{USERS} users under {EVENTS_A_SECOND} events a second")
    load = asyncio.create_task(told_anew(given, persons, EVENTS_A_SECOND, seconds + 5))
    await asyncio.sleep(5)
    busy = await _ask(users, births, seconds)
    sent = await load
    return {
        **_quantiles("idle", idle),
        **_quantiles("busy", busy),
        "events_per_s": sent,
    }


def _quantiles(name: str, took: list[float]) -> Figures:
    hundredths = statistics.quantiles(took, n=100)
    return {f"{name}_asked": len(took), f"{name}_p50_ms": hundredths[49], f"{name}_p95_ms": hundredths[94]}


async def _ask(users: list[str], births: dict[int, str], seconds: float) -> list[float]:
    """Every user asks about somebody, thinks, and asks again; milliseconds of each answer."""
    took: list[float] = []
    ends = time.perf_counter() + seconds
    trust = ssl.create_default_context(cafile=certificates.environment()["KOKUNEN_TLS_AUTHORITY"])
    base = f"https://127.0.0.1:{services.door_ports()['eligibility']}"

    async def use(user: str, rng: Random) -> None:
        headers = {
            "authorization": f"Bearer {certificates.development_token(user, 'eligibility', ['clerk'])}",
            "Kokunen-Terminal": "counter-1", "Kokunen-Purpose": "exemption", "Kokunen-Case": "bench",
        }  # fmt: skip
        async with httpx.AsyncClient(
            base_url=base, headers=headers, verify=trust, timeout=60, trust_env=False
        ) as client:
            await asyncio.sleep(rng.uniform(0, THINKS_SECONDS))
            while time.perf_counter() < ends:
                person = FIRST_PERSON + 3 * rng.randrange(len(births) // 3)
                began = time.perf_counter()
                answer = await client.post("/inquiries", json={"addressee": person, "birth_date": births[person]})
                took.append((time.perf_counter() - began) * 1000)
                if answer.status_code != 200 or len(answer.json()["persons"]) < 2:
                    raise RuntimeError(f"an inquiry was answered {answer.status_code}: {answer.text[:200]}")
                await asyncio.sleep(rng.uniform(0.5, 1.5) * THINKS_SECONDS)

    await asyncio.gather(*(use(user, Random(n)) for n, user in enumerate(users)))
    return took


def show(figures: Figures) -> None:
    table = Table("", "answers", "p50 ms", "p95 ms", title=f"the sheet of a person, {USERS} users")
    for name, key in (("at rest", "idle"), (f"under {figures['events_per_s']:.0f} events a second", "busy")):
        table.add_row(
            name,
            f"{figures[f'{key}_asked']:,.0f}",
            f"{figures[f'{key}_p50_ms']:.0f}",
            f"{figures[f'{key}_p95_ms']:.0f}",
        )
    Console().print(table)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--persons", type=int, default=PERSONS)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    asked = parser.parse_args()
    with process.own_stack() as given:
        figures = uvloop.run(measure(given, asked.persons, asked.seconds))
    show(figures)
    process.keep("inquiries", figures)


if __name__ == "__main__":
    main()
