"""`make bench`: how fast is kokunen, beside the usual way and beside the bare ceiling, in one run on this machine?

A stack of its own under .local/bench; a table on the screen and one flat object in .local/bench.json. Nothing is compared
with a stored figure here: a figure from a shared machine says little, the ratios of one run say more.
"""

import argparse
import statistics
import sys
import time
from pathlib import Path

if not __package__:
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import uvloop
from cli import local, stack
from rich.console import Console
from rich.table import Table

from tests.load import bench_page, beside, feed, latency, person_years, pipeline, process, review, weekly_batch, whole

CHANGES_PER_PERSON = 1.6
"""Of a town in two years: the first load of everyone, and the later changes of some."""
ELIGIBILITY_PERSONS = 3000
PER_MESSAGE_EVENTS = 1500
REVIEWED = 30_000
"""`make review` also takes ten times as many."""
Figures = dict[str, float]


async def measure(given: stack.Stack, events: int) -> Figures:
    """All figures of one run, counted in upstream events. What fails here fails the run."""
    folder = local.home() / "town"
    say(f"a town with {events:,} resident changes")
    changes = feed.town(int(events / CHANGES_PER_PERSON * 1.05), folder)["resident-changes"][:events]
    if len(changes) < events:
        raise RuntimeError(f"the town has only {len(changes):,} resident changes, {events:,} were asked for")
    figures: Figures = {"events": float(events)}
    figures |= await rounds(given, changes)
    say(f"latency at {latency.PER_SECOND:,} events/s")
    figures |= await latency.at_quiet_rate(given, changes)
    say("the whole path through eligibility")
    figures |= await whole.through_eligibility(given, feed.town(ELIGIBILITY_PERSONS, folder, seed=2))
    say(f"a July's review of {REVIEWED:,} persons")
    reviewed = await review.measure(given, REVIEWED)
    figures |= {"review_s": reviewed[f"review_{REVIEWED}_s"], "review_per_s": reviewed[f"review_{REVIEWED}_per_s"]}
    say(f"a weekly batch of {weekly_batch.ITEMS:,} items")
    figures |= await weekly_batch.measure(given, weekly_batch.ITEMS)
    say("person-years by the pure rules")
    figures |= person_years.measure()
    return figures


async def rounds(given: stack.Stack, changes: list[feed.Line]) -> Figures:
    """The three ways in turn, some rounds of it. A ratio is that of one round: what else the machine does changes from
    minute to minute, and so hits all three ways alike."""
    whole_runs, usual, quix, bare = [], [], [], []
    for number in range(whole.RUNS):
        say(
            f"round {number + 1} of {whole.RUNS}: the whole path, FastStream's handler per message, Quix Streams, the bare ceiling"
        )
        whole_runs.append(await whole.through_registry_sync(given, changes, number))
        some = changes[-PER_MESSAGE_EVENTS:]
        usual.append(await beside.once(given, beside.per_message, f"usual{number}_", some))
        quix.append(await beside.once(given, beside.quix, f"quix{number}_", changes))
        bare.append(await beside.once(given, beside.bare, f"bare{number}_", changes))
    rates = [measured.steady(measured.acknowledged).per_s for measured in whole_runs]
    pairs = list(zip(rates, usual, quix, bare, strict=True))
    return whole.summary(whole_runs) | {
        "per_message_per_s": statistics.median(usual),
        "quix_per_s": statistics.median(quix),
        "bare_per_s": statistics.median(bare),
        "whole_over_per_message": statistics.median(ours / theirs for ours, theirs, _, _ in pairs),
        "whole_over_quix": statistics.median(ours / theirs for ours, _, theirs, _ in pairs),
        "whole_over_bare": statistics.median(ours / theirs for ours, _, _, theirs in pairs),
    }


def say(what: str) -> None:
    local.say(f"{time.strftime('%H:%M:%S')}  {what}")


def show(figures: Figures) -> None:
    """The table a person reads."""

    def row(name: str, key: str, unit: str, digits: int = 0) -> None:
        table.add_row(name, f"{figures[key]:,.{digits}f}", unit)

    table = Table("", "", "", title="kokunen beside the usual way and the bare ceiling", show_header=False)
    row("whole path through registry-sync, acknowledged", "whole_path_per_s", "events/s")
    row("    lowest run", "whole_path_lowest_per_s", "events/s")
    row("    highest run", "whole_path_highest_per_s", "events/s")
    row("    changes for each event published", "whole_path_changes_per_published", "", 2)
    row("    CPU of the service process", "whole_path_cpu_us_per_event", "µs/event")
    row("    CPU of PostgreSQL", "whole_path_postgres_cpu_us_per_event", "µs/event")
    row("    CPU of the broker", "whole_path_broker_cpu_us_per_event", "µs/event")
    row("same step, FastStream per message", "per_message_per_s", "events/s")
    row("same step, Quix Streams, exactly once, told every five seconds", "quix_per_s", "events/s")
    row("bare ceiling", "bare_per_s", "events/s")
    row("whole path / per message", "whole_over_per_message", "×", 1)
    row("whole path / Quix Streams", "whole_over_quix", "×", 2)
    row("whole path / bare", "whole_over_bare", "×", 2)
    row("through eligibility with determination, read", "eligibility_per_s", "events/s")
    row("    CPU of the service process", "eligibility_cpu_us_per_event", "µs/event")
    row("all services together, upstream events", "pipeline_per_s", "events/s")
    row("    a resident's entry to what eligibility says, at 500/s: p50", "pipeline_p50_ms", "ms", 1)
    row("    p99", "pipeline_p99_ms", "ms", 1)
    for prefix, when in (("load_percent_", "meanwhile"), ("idle_percent_", "while nothing comes")):
        for key in sorted(key for key in figures if key.startswith(prefix)):
            row(f"{when}: {key.removeprefix(prefix)}", key, "% of a core", 1)
    for key in sorted(key for key in figures if key.startswith("rebuild_per_s_")):
        row(f"rebuilt from the log, beside the running service: {key.removeprefix('rebuild_per_s_')}", key, "events/s")
    row(f"a July's review of {REVIEWED:,} persons, start included", "review_s", "s", 1)
    row("    persons reviewed", "review_per_s", "a second")
    row(f"a weekly batch of {weekly_batch.ITEMS:,} items, sealed", "batch_sealed_s", "s", 1)
    row("    checked, decided, written encrypted, read and compared twice, dispatched", "batch_dispatched_s", "s", 1)
    row("    all its papers as PDF", "batch_printed_s", "s", 1)
    row("    all of it", "batch_whole_s", "s", 1)
    row("    peak memory of a process that makes papers", "batch_paper_peak_mib", "MiB")
    row(f"{weekly_batch.FORMS:,} applications with incomes, as PDF", "forms_s", "s", 1)
    row("person-years by the pure rules, one core", "person_years_rules_per_s", "a second")
    row("    with timeline, household and trace", "person_years_determine_per_s", "a second")
    row(f"latency p50 at {figures['latency_rate_per_s']:,.0f} events/s", "latency_p50_ms", "ms", 1)
    row("latency p99", "latency_p99_ms", "ms", 1)
    row("latency max", "latency_max_ms", "ms", 1)
    for key in sorted(key for key in figures if key.startswith("peak_mib_")):
        row(f"peak memory of {key.removeprefix('peak_mib_')}", key, "MiB")
    Console().print(table)
    print(f"The bare ceiling omits: {beside.OMITTED}.")
    print(
        f"Rates: medians of {whole.RUNS} runs. This machine may be busy with other work: see the lowest and highest run."
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=30_000, help="resident changes of one run")
    events = parser.parse_args().events
    began = time.monotonic()
    with process.own_stack() as given:
        figures = uvloop.run(measure(given, events))
    with process.own_stack("bench-pipeline") as given:
        say("all services together")
        figures |= uvloop.run(pipeline.measure(given, local.home() / "town"))
    figures["seconds"] = time.monotonic() - began
    show(figures)
    result = process.keep("bench", figures)
    print(f"{result}, {bench_page.keep(figures)}, after {figures['seconds']:.0f} s")


if __name__ == "__main__":
    main()
