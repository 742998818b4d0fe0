"""How long does a large weekly batch take at the desk: sealed, checked, decided, written encrypted, read again twice and dispatched?

20,000 applications lie pending in transmittal's own database, told to a real service (not timed). The desk's steps are the ones that
`kokunen transmittal` runs, in this process.
"""

import os
import shutil
import time

from chassis.transaction import Access
from cli import local, office, stack
from cli.access import at_work, opened
from cli.catalogue import TOPICS_OF
from contracts.events.eligibility import FilingReceived
from contracts.events.operations import BusinessDayStarted
from contracts.vocabulary import Month
from transmittal import desk

from tests.events import day
from tests.load import feed, process

PREFIX = "weekly_"
ITEMS = 20_000
FIRST_PERSON = 10_000_000
TODAY = "2026-07-09"
Figures = dict[str, float]


def filings(items: int) -> list[feed.Line]:
    """As many applications for July to June, each accepted and decided to be sent."""
    return [
        feed.line(
            "eligibility-events",
            FIRST_PERSON + n,
            FilingReceived(
                filing=f"F2026-{n:06d}", kind="exemption", received_on=day("2026-07-06"), office="honcho", channel="counter",
                state="accepted", route="send", send_decided_on=day("2026-07-07"), first_month=Month(2026, 7), last_month=Month(2027, 6),
            ),
            TODAY,
            sequence=1,
        )
        for n in range(items)
    ]  # fmt: skip


async def measure(given: stack.Stack, items: int) -> Figures:
    """Seconds of sealing, and of the way from check to dispatch."""
    await feed.create(given.kafka, PREFIX, [*TOPICS_OF["transmittal"], "transmittals", "access-records"])
    begins = feed.line("calendar", "calendar", BusinessDayStarted(day=day(TODAY), open=True), TODAY)
    await feed.publish(given.kafka, PREFIX, [begins, *filings(items)])
    async with process.service(given, "transmittal", PREFIX) as measured:
        await process.migrated(given, measured)
        await process.work_off(given, measured, items + 1, [], give_up=120)
    before = os.environ.get("KOKUNEN_PREFIX")
    os.environ["KOKUNEN_PREFIX"] = PREFIX
    try:
        async with office.open_office() as people:
            await people.appoint()
            began = time.perf_counter()
            async with opened("transmittal") as (own, connection), at_work(own, connection) as transaction:
                batch = await desk.seal(transaction, Access(office.CLERK, office.TERMINAL, "transmittal", "bench"))
            sealed = time.perf_counter()
            if batch is None or await people.items(batch) != items:
                raise RuntimeError(f"not all of the {items:,} items are in the batch")
            await people.see_off(batch)
            dispatched = time.perf_counter()
    finally:
        if before is None:
            del os.environ["KOKUNEN_PREFIX"]
        else:
            os.environ["KOKUNEN_PREFIX"] = before
    shutil.rmtree(local.home() / "media")
    return {
        "batch_items": float(items),
        "batch_sealed_s": sealed - began,
        "batch_dispatched_s": dispatched - sealed,
    }
