"""How long does a July's review (継続審査) take? `make review`: 30,000 and 300,000 persons on the pension service's list.

Everyone is in category 1, was exempt in full or deferred until June, has last year's income, and lives alone or with a householder
who earns. First the services learn of them (not timed); then the list arrives, and the clock runs until every pre-check is
acknowledged by the broker. 300,000 is a load figure: no ward reviews all its residents.
"""

import argparse
import datetime as dt
import itertools
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

if not __package__:
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import uvloop
from cli import local, stack
from cli.catalogue import TOPICS_OF
from contracts.events.income import AssessedIncome, Dependants, IncomeAssessed, IncomeVersion
from contracts.events.notice import ExemptionDecided, IncomeRequested, MembershipNotified
from contracts.events.operations import BusinessDayStarted
from contracts.events.registry import ResidentSpan, ResidentUpdated
from contracts.vocabulary import Month
from rich.console import Console
from rich.table import Table

from tests.events import day
from tests.load import feed, process
from tests.load.feed import Line
from tests.load.whole import ELIGIBILITY_OUT

SIZES = (30_000, 300_000)
PUBLISH_AT_ONCE = 100_000
FIRST_PERSON, FIRST_HOUSEHOLD = 10_000_000, 500_000_000
RECORDED = "2026-12-01"
"""Before the last day of the ward that `make bench` measures first: nothing here comes from the future."""
KNOWN = dt.datetime(2025, 4, 1, tzinfo=dt.UTC)
Figures = dict[str, float]


def known_before(persons: int, rng: Random) -> Iterator[Line]:
    """Register, income, membership and last year's decision of everyone on the list."""
    for n in range(persons):
        person, alone = FIRST_PERSON + n, n % 2 == 0
        household = FIRST_HOUSEHOLD + (n if alone else n - 1)
        span: Any = {
            "valid_from": day("2015-04-01"), "known_from": KNOWN, "reason": "other", "residency": "resident", "household": household,
            "relation": "householder" if alone else "child", "filed_on": day("2015-04-01"), "fact": "r",
        }  # fmt: skip
        born = day(f"{rng.randint(1980, 2000)}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}")
        yield feed.line(
            "residents", person, ResidentUpdated(birth_date=born, spans=(ResidentSpan(**span),)), "2025-04-01"
        )
        dependants = Dependants(under_16=rng.choice((0, 0, 0, 1, 2)))
        income = AssessedIncome(total_income_yen=rng.randrange(0, 1_600_000, 1000), dependants=dependants)
        version = IncomeVersion(known_from=KNOWN, version=1, state="declared", income=income, fact="t")
        yield feed.line("incomes", person, IncomeAssessed(income_year=2026, versions=(version,)), RECORDED, sequence=1)
        notices = "pension-service-notices"
        joined = MembershipNotified(version=1, category=1, acquired_on=day("2022-04-01"))
        yield feed.line(notices, person, joined, "2025-04-01")
        decided = ExemptionDecided(version=1, decision=f"D{n}", decided_on=day("2026-09-01"), first_month=Month(2026, 7),
                                   last_month=Month(2027, 6), scheme="deferral" if n % 4 == 1 else "full")  # fmt: skip
        yield feed.line(notices, person, decided, "2026-09-01")


def asked(persons: int) -> Iterator[Line]:
    """The list: one request for each person."""
    request = IncomeRequested(request="review-2027", income_year=2026, purpose="continued_review")
    for n in range(persons):
        yield feed.line("pension-service-notices", FIRST_PERSON + n, request, RECORDED)


async def measure(given: stack.Stack, persons: int) -> Figures:
    """Seconds from the moment the list lies ready to the last acknowledged pre-check, and persons a second."""
    prefix = f"review{persons}_"
    await feed.create(given.kafka, prefix, [*TOPICS_OF["eligibility"], *ELIGIBILITY_OUT])
    begins = feed.line("calendar", "calendar", BusinessDayStarted(day=day("2027-07-05"), open=True), "2027-07-05")
    await feed.publish(given.kafka, prefix, [begins])
    read = 1
    lines = known_before(persons, Random(1))
    while chunk := list(itertools.islice(lines, PUBLISH_AT_ONCE)):
        await feed.publish(given.kafka, prefix, chunk)
        read += len(chunk)
    async with process.service(given, "eligibility", prefix) as measured:
        await process.migrated(given, measured)
        await process.work_off(given, measured, read, ELIGIBILITY_OUT, give_up=read / 1000 + 120)
    lines = asked(persons)
    while chunk := list(itertools.islice(lines, PUBLISH_AT_ONCE)):
        await feed.publish(given.kafka, prefix, chunk)
    began = time.perf_counter()
    async with process.service(given, "eligibility", prefix) as measured:
        await process.work_off(given, measured, read + persons, ELIGIBILITY_OUT, give_up=persons / 500 + 120)
        seconds = time.perf_counter() - began
    await process.wipe(given, "eligibility")
    return {
        f"review_{persons}_s": seconds,
        f"review_{persons}_per_s": persons / seconds,
        f"review_{persons}_peak_mib": measured.peak_bytes / 2**20,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--persons", type=int, nargs="+", default=SIZES, help="sizes of the list")
    sizes = parser.parse_args().persons
    figures: Figures = {}
    with process.own_stack() as given:
        for persons in sizes:
            local.say(f"{time.strftime('%H:%M:%S')}  a review of {persons:,} persons")
            figures |= uvloop.run(measure(given, persons))
    table = Table(
        "persons", "seconds", "persons/s", "peak MiB", title="July's review through eligibility, start included"
    )
    for persons in sizes:
        seconds, rate, peak = (figures[f"review_{persons}_{name}"] for name in ("s", "per_s", "peak_mib"))
        table.add_row(f"{persons:,}", f"{seconds:,.1f}", f"{rate:,.0f}", f"{peak:,.0f}")
    Console().print(table)
    process.keep("review", figures)


if __name__ == "__main__":
    main()
