"""How many events a second go the whole path: consume, validate, state, outbox, publish — durable and effectively once?"""

import statistics
from collections.abc import Sequence

from cli import stack
from cli.catalogue import TOPICS_OF

from tests.load import feed, process
from tests.load.feed import Line
from tests.load.process import Measured

RUNS = 3
REGISTRY_OUT = ("residents", "registry-sync.set-aside")
TAX_OUT = ("incomes", "income-needs", "tax-income.set-aside")
ELIGIBILITY_OUT = (
    "eligibility-events",
    "exemption-events",
    "claim-events",
    "insured-status",
    "persons-concerned",
    "eligibility.set-aside",
)
Figures = dict[str, float]


async def through_registry_sync(given: stack.Stack, changes: Sequence[Line], run: int) -> Measured:
    """Resident changes that lie ready → `residents`; counted are the changes whose outcome is acknowledged there."""
    prefix = f"whole{run}_"
    await feed.create(given.kafka, prefix, [*TOPICS_OF["registry-sync"], *REGISTRY_OUT])
    await feed.publish(given.kafka, prefix, changes)
    async with process.service(given, "registry-sync", prefix) as measured:
        await process.migrated(given, measured)
        await process.work_off(given, measured, len(changes), REGISTRY_OUT)
    await process.wipe(given, "registry-sync")
    return measured


def summary(measured: Sequence[Measured]) -> Figures:
    """Medians of the runs through registry-sync."""
    runs = [one.steady(one.acknowledged) for one in measured]
    return {
        "whole_path_per_s": statistics.median(run.per_s for run in runs),
        "whole_path_lowest_per_s": min(run.per_s for run in runs),
        "whole_path_highest_per_s": max(run.per_s for run in runs),
        "whole_path_changes_per_published": statistics.median(one.read_per_published for one in measured),
        "whole_path_cpu_us_per_event": statistics.median(run.cpu_us for run in runs),
        "whole_path_postgres_cpu_us_per_event": statistics.median(run.cpu_us_postgres for run in runs),
        "whole_path_broker_cpu_us_per_event": statistics.median(run.cpu_us_broker for run in runs),
        "peak_mib_registry-sync": max(one.peak_bytes for one in measured) / 2**20,
    }


async def through_eligibility(given: stack.Stack, ward: dict[str, list[Line]]) -> Figures:
    """A ward's residents, incomes, filings and notices → determinations. Counted is what eligibility has committed."""
    ready, peaks = await _derived(given, ward)
    lines = [*ready, *ward["filings"], *ward["pension-service-notices"]]
    await _begin_last_day(given, ward["calendar"][-1])
    runs, peak = [], 0
    for run in range(RUNS):
        prefix = f"determine{run}_"
        await feed.create(given.kafka, prefix, [*TOPICS_OF["eligibility"], *ELIGIBILITY_OUT])
        await feed.publish(given.kafka, prefix, lines)
        async with process.service(given, "eligibility", prefix) as measured:
            await process.work_off(given, measured, len(lines), ELIGIBILITY_OUT)
        await process.wipe(given, "eligibility")
        runs.append(measured.steady(lambda sample: sample.read))
        peak = max(peak, measured.peak_bytes)
    return {
        "eligibility_per_s": statistics.median(run.per_s for run in runs),
        "eligibility_lowest_per_s": min(run.per_s for run in runs),
        "eligibility_highest_per_s": max(run.per_s for run in runs),
        "eligibility_cpu_us_per_event": statistics.median(run.cpu_us for run in runs),
        "eligibility_events": float(len(lines)),
        "peak_mib_eligibility": peak / 2**20,
        **peaks,
    }


async def _derived(given: stack.Stack, ward: dict[str, list[Line]]) -> tuple[list[Line], Figures]:
    """What registry-sync and tax-income make of the ward; everybody assessed is concerned."""
    prefix = "ward_"
    changes, assessments = ward["resident-changes"], ward["tax-assessments"]
    topics = [*TOPICS_OF["registry-sync"], *TOPICS_OF["tax-income"], *REGISTRY_OUT, *TAX_OUT]
    await feed.create(given.kafka, prefix, topics)
    await feed.publish(given.kafka, prefix, changes)
    async with process.service(given, "registry-sync", prefix) as measured:
        await process.migrated(given, measured)
        await process.work_off(given, measured, len(changes), REGISTRY_OUT)
    await process.wipe(given, "registry-sync")
    concerned = feed.concerned(sorted({int(line.key) for line in assessments}))
    await feed.publish(given.kafka, prefix, concerned)
    news = len(concerned) + measured.samples[-1].published
    async with process.service(given, "tax-income", prefix) as measured:
        await process.migrated(given, measured)
        await process.work_off(given, measured, news, TAX_OUT)
        await feed.publish(given.kafka, prefix, assessments)
        await process.work_off(given, measured, news + len(assessments), TAX_OUT)
    await process.wipe(given, "tax-income")
    peaks = {"peak_mib_tax-income": measured.peak_bytes / 2**20}
    return await feed.everything(given.kafka, prefix, ["residents", "incomes"]), peaks


async def _begin_last_day(given: stack.Stack, day: Line) -> None:
    """Tell eligibility the business day, without which it determines nothing; `wipe` leaves it standing."""
    prefix = "day_"
    await feed.create(given.kafka, prefix, [*TOPICS_OF["eligibility"], *ELIGIBILITY_OUT])
    await feed.publish(given.kafka, prefix, [day])
    async with process.service(given, "eligibility", prefix) as measured:
        await process.migrated(given, measured)
        await process.work_off(given, measured, 1, ELIGIBILITY_OUT)
    await process.wipe(given, "eligibility")
