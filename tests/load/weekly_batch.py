"""How long does a large weekly batch take: sealed with its papers' content, written encrypted, read again twice, dispatched, printed?

20,000 filings go their whole way through the running services first: entered, checked, decided, every other one an application with the incomes
of applicant, spouse and householder on its paper (not timed). The desk's steps are the ones that `kokunen transmittal` runs, in this process; the
papers are made beside it.
"""

import os
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
from chassis import memory
from chassis.transaction import Access
from cli import broker, local, office, services, settle, stack
from cli.access import at_work, opened
from contracts.events.filing import FilingChecked, FilingEntered, FilingSendDecided
from contracts.events.forms import AcquisitionFiling, ExemptionApplication
from contracts.events.operations import BusinessDayStarted
from contracts.vocabulary import Month
from transmittal import desk, paper

from tests.events import EVIDENCE, day
from tests.load import feed, process
from tests.load.loads import FIRST_PERSON, TODAY, adults, insured, publish, register, say, taxes

PREFIX = "weekly_"
ITEMS = 20_000
FORMS = 10_000
"""Applications of it that are printed once more, with nothing else."""
Figures = dict[str, float]


def filings(items: int) -> Iterator[feed.Line]:
    """As many filings: of each couple one applies for the cycle that runs and names the other, who reports to be in category 1 now."""
    for person in adults(items):
        number = f"F-{person}"
        content: ExemptionApplication | AcquisitionFiling
        if (person - FIRST_PERSON) % 3 == 0:
            content = ExemptionApplication(
                kind="exemption",
                first_month=Month(2026, 7),
                last_month=Month(2027, 6),
                has_spouse=True,
                spouse=person + 1,
            )
        else:
            content = AcquisitionFiling(kind="acquisition", reason="end_of_exclusion", fact_on=day(TODAY))
        told = (
            FilingEntered(
                filing=number, revision=1, received_on=day(TODAY), office="honcho", channel="counter", evidence=EVIDENCE,
                entered_by="first", content=content,
            ),
            FilingChecked(filing=number, checked_by="second", received_on=day(TODAY), content=content),
            FilingSendDecided(filing=number, decided_by="third", office="honcho", decided_on=day(TODAY)),
        )  # fmt: skip
        for event in told:
            yield feed.line("filings", person, event, TODAY)


async def measure(given: stack.Stack, items: int) -> Figures:
    """Seconds of sealing, of the way from check to dispatch, of the papers, and of applications alone; the memory of whoever makes them."""
    for name in ("registry-sync", "tax-income", "eligibility"):
        await process.wipe(given, name)
    told = items + items // 20  # some are sixty and wait for a person
    with _prefixed():
        await broker.create_topics(given.kafka)
        await publish(given, [feed.line("calendar", "calendar", BusinessDayStarted(day=day(TODAY), open=True), TODAY)])
        await publish(given, register(told * 3 // 2))
        services.up(given)
        try:
            async with settle.Watch(given) as watch:
                for lines in (insured(told), taxes(told), filings(told)):
                    await publish(given, lines)
                    await watch.settle(600)
            say("the desk")
            return await _at_the_desk(items)
        finally:
            services.down()


async def _at_the_desk(items: int) -> Figures:
    memory.look_rarely()  # as whoever types `kokunen` does
    async with office.open_office() as people:
        await people.appoint()
        began = time.perf_counter()
        async with opened("transmittal") as (own, connection), at_work(own, connection) as transaction:
            batch = await desk.seal(transaction, Access(office.CLERK, office.TERMINAL, "transmittal", "bench"))
        sealed = time.perf_counter()
        if batch is None or (sealed_items := await people.items(batch)) < items:
            raise RuntimeError(f"less than {items:,} items are in the batch")
        await people.see_off(batch)
        dispatched = time.perf_counter()
        with _memory_beside() as peak:
            papers = await people.printed(batch)
        printed = time.perf_counter()
        again, sheets = await people.sheets(batch)
        forms = [sheet for sheet in sheets if len(sheet.incomes) > 1][:FORMS]
        if len(forms) < FORMS:
            raise RuntimeError(f"less than {FORMS:,} applications show the income of more than the applicant")
        forms_began = time.perf_counter()
        for _ in paper.papers(forms, again, ""):
            pass
        forms_ended = time.perf_counter()
    mib = sum(file.stat().st_size for file in papers) / 2**20
    shutil.rmtree(local.home() / "media")
    shutil.rmtree(papers[0].parent)
    return {
        "batch_items": float(sealed_items),
        "batch_sealed_s": sealed - began,
        "batch_dispatched_s": dispatched - sealed,
        "batch_printed_s": printed - dispatched,
        "batch_whole_s": printed - began,
        "batch_paper_mib": mib,
        "batch_paper_peak_mib": peak[0] / 2**20,
        "forms_s": forms_ended - forms_began,
    }


@contextmanager
def _prefixed() -> Iterator[None]:
    before = os.environ.get("KOKUNEN_PREFIX")
    os.environ["KOKUNEN_PREFIX"] = PREFIX
    try:
        yield
    finally:
        if before is None:
            del os.environ["KOKUNEN_PREFIX"]
        else:
            os.environ["KOKUNEN_PREFIX"] = before


@contextmanager
def _memory_beside() -> Iterator[list[int]]:
    """The most memory that one of the processes which make the papers held."""
    peak, over = [0], threading.Event()

    def look() -> None:
        while not over.wait(0.1):
            for child in psutil.Process().children():
                try:
                    if "transmittal.typesetting" in child.cmdline():
                        peak[0] = max(peak[0], child.memory_info().rss)
                except psutil.Error:
                    continue  # it has ended

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield peak
    finally:
        over.set()
        looking.join()
