"""`kokunen demo`: the whole of it on a synthetic ward, ending with a summary a person understands."""

import asyncio
import json
import os
import shutil
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Annotated, Any

import typer
from chassis.transaction import Access
from contracts.fixed_file import Refused as FileRefused
from rich.table import Table

from cli import (
    broker,
    counterpart,
    counterpart_decides,
    explain,
    identity_provider,
    local,
    office,
    publish,
    services,
    settle,
    stack,
    traces,
    verify,
)
from cli.catalogue import TOPICS_OF
from cli.screen import out
from cli.town import write_town


@dataclass(frozen=True)
class Outcome:
    """What the demo saw."""

    sent: dict[str, int]
    seconds: float
    report: verify.Report
    said: list[Any]
    loop: "Loop"


def demo(
    persons: Annotated[int, typer.Option(help="Residents at the start.")] = 2000,
    seed: Annotated[int, typer.Option(help="Same seed, same town.")] = 1,
) -> None:
    """A synthetic ward, two years of events, through the whole system; a summary; exit status 0 when all promises hold.

    Runs on a stack of its own under .local/demo. KEEP=1 leaves it running.
    """
    keep = os.environ.get("KEEP") == "1"
    os.environ.setdefault("KOKUNEN_LOCAL", str(local.REPOSITORY / ".local" / "demo"))
    services.down()
    identity_provider.stop()
    stack.reset()
    try:
        clean = _demo(persons, seed)
    finally:
        if not keep:
            services.down()
            traces.stop()
            identity_provider.stop()
            stack.down()
    if keep:
        out.print(
            f"\nIt is still running. The desk, with this town in it: {services.desk_address()} (its certificate is a local one).\n"
            "Sign in as clerk-1, clerk-2, desk-head-1 … and sit at any terminal. To look around on the command line:\n"
            f"  export KOKUNEN_LOCAL={os.environ['KOKUNEN_LOCAL']} PATH={Path(sys.executable).parent}:$PATH\n"
            "  kokunen status · kokunen explain ADDRESSEE · kokunen set-aside list · kokunen verify\n"
            "and to stop it: kokunen down && kokunen stack down",
            soft_wrap=True,
        )
    else:
        out.print("\n`KEEP=1 make demo` leaves it running, and the desk with this town open to your browser.")
    if not clean:
        raise typer.Exit(1)


def _demo(persons: int, seed: int) -> bool:
    folder = local.home() / "town"
    shutil.rmtree(folder, ignore_errors=True)
    out.rule("1  A synthetic ward")
    write_town(persons, seed, folder)
    out.print(f"{persons:,} residents, two years of events, seed {seed}: {folder}")
    out.rule("2  Kafka, PostgreSQL and the six services")
    given = stack.up()
    asyncio.run(broker.create_topics(given.kafka))
    traces.start()
    identity_provider.start()
    services.up(given)
    identity_provider.register()
    out.print("ready")
    out.rule("3  Two years, day by day")
    outcome = asyncio.run(_through(given, folder, seed))
    out.rule("4  What came of it")
    _summary(given, outcome)
    return outcome.report.clean


async def _through(given: stack.Stack, folder: Path, seed: int) -> Outcome:
    started = time.monotonic()
    sent = await publish.publish(given, folder, None, None)
    async with settle.Watch(given) as watch:
        await watch.settle(300)
        seconds = time.monotonic() - started
        loop = await _loop(folder, seed)
        await watch.settle(300)
        await _keep_for_the_oracle(given, folder)
        report = await verify.verify(watch, folder)
        return Outcome(sent, seconds, report, await verify.said_by(watch), loop)


@dataclass(frozen=True)
class Loop:
    """What went to the pension service's stand-in, and what came back."""

    media: list[Path]
    recounted: int
    answered: counterpart.Answered
    decided: counterpart.Decided
    short: int
    """Files that came one row short, were refused, and came again."""
    twice: int
    """Rows of files that came twice."""
    rows: Counter[str]
    """Rows that came back, by what became of them."""
    incomes: Counter[str]
    """Rows of our answer to its 所得情報提供依頼, by what it finds there."""
    papers: list[Path]
    """Of the last batch, as PDF."""


ANSWERED = 8
"""So many of the last batches get its 処理結果一覧; the town's own notices are those of the others."""
SHORT, TWICE = 0.4, 0.4
"""Chances of a file that lacks a row at first, and of one that is delivered once more."""


async def _loop(folder: Path, seed: int) -> Loop:
    """Every sealed batch through all hands to the stand-in and to its receipt; its answers to the last ones come back, as they come."""
    rng, recounted, short, twice = Random(seed), 0, 0, 0
    media: list[Path] = []
    came: list[counterpart.Opened] = []
    rows: Counter[str] = Counter()
    async with office.open_office() as people:
        await people.appoint()
        today = await people.today()
        for batch, sealed_on in (await people.sealed()).items():
            media.append(await people.see_off(batch))
            opened = counterpart.opened(media[-1], await people.password(batch), people.public_key())
            if await people.receipt(batch, counterpart.counted(opened, rng)):
                recounted += 1
                await people.receipt(batch, opened.counts)
            if sealed_on < today:
                came.append(opened)
        known = await asyncio.to_thread(counterpart_decides.known, folder)
        deliveries, answered = counterpart.results(came[-ANSWERED:], "R", today, rng)
        decisions, decided = counterpart.decisions(came, known, "D", today, rng)
        for delivery in (*deliveries, *([decisions] if decisions else [])):
            cover: dict[str, int] = {delivery.kind: delivery.rows}
            await people.delivered(delivery.number, cover)
            if rng.random() < SHORT:
                short += await _refused(people, delivery.short())
            rows.update(await people.let_in(delivery.number, delivery.kind, delivery.content))
            if rng.random() < TWICE:
                again = delivery.again(f"{delivery.number}-bis")
                await people.delivered(again.number, cover)
                outcome = await people.let_in(again.number, again.kind, again.content)
                twice += outcome["twice"]
        asked = counterpart.request(known, came[0].municipality, "Q-1", today)
        incomes = counterpart.told_right(known, asked, await people.income_answer("Q-1", asked))
        papers = await people.printed(len(media))
    return Loop(media, recounted, answered, decided, short, twice, rows, incomes, papers)


async def _refused(people: office.Office, delivery: counterpart.Delivery) -> bool:
    """Whether a file that is not what its cover announces is refused."""
    try:
        await people.let_in(delivery.number, delivery.kind, delivery.content)
    except FileRefused:
        return True
    return False


async def _keep_for_the_oracle(given: stack.Stack, folder: Path) -> None:
    """What came back belongs to the town's history: the oracle folds it, too."""
    async with broker.Broker(given.kafka) as asked:
        values = [record.value async for record in asked.everything(["pension-service-notices"])]
    with (folder / "pension-service-notices.jsonl").open("ab") as file:
        file.writelines(v + b"\n" for v in values if json.loads(v).get("source", "").startswith("kokunen/"))


_STEPS = {
    "InsuredStatusAcquired": "gained {after}",
    "InsuredStatusLost": "lost {before}",
    "CategoryChanged": "changed from {before} to {after}",
}


def _summary(given: stack.Stack, outcome: Outcome) -> None:
    _table("Events in, by topic", outcome.sent)
    status: Counter[str] = Counter()
    exemptions: Counter[str] = Counter()
    months: Counter[str] = Counter()
    filings: Counter[str] = Counter()
    hints: Counter[str] = Counter()
    for one in outcome.said:
        value = one.value
        if one.type in _STEPS:
            _, _, step = one.key.partition("/")
            before, _, after = step.partition("-")
            status[
                _STEPS[one.type].format(before=before, after=after) + f": {value['reason']}, {value['certainty']}"
            ] += 1
        elif one.type == "ExemptionAssessed":
            exemptions[f"{value['kind']}: {value['outcome']} {value.get('scheme', '')}".strip()] += 1
        elif one.type == "MonthsExempted":
            months[f"{value['exemption']}, by {value['basis']}"] += 1
        elif one.type in ("FilingReceived", "ClaimReceived"):
            filings[f"{value['state']}: {value['kind']}"] += 1
        elif one.type == "HintRaised":
            hints[value["hint"]] += 1
    _table("Insured status gained, changed and lost", dict(status.most_common(14)))
    _table("Exemptions, by kind and outcome (pre-check 参考判定)", dict(exemptions.most_common()))
    _table("Exempt months, runs by ground", dict(months.most_common()))
    _table("Filings and claims at the counter", dict(filings.most_common(14)))
    _table("Hints for the clerks", dict(hints.most_common()))
    _loop_summary(outcome)
    loop = outcome.loop
    out.print(f"the last medium: {loop.media[-1]}", soft_wrap=True)
    out.print("its papers: " + ", ".join(str(path) for path in loop.papers), soft_wrap=True)
    _one_resident(given, outcome)
    verify.show(outcome.report)
    total = sum(outcome.sent.values())
    out.print(
        f"\n{total:,} events in {outcome.seconds:.0f} s with {len(TOPICS_OF)} services; two years ran as they would, day by day."
    )


def _loop_summary(outcome: Outcome) -> None:
    loop, decided = outcome.loop, outcome.loop.decided
    beside = agreement(outcome.said)
    out.print(
        f"{len(loop.media)} batches went to the pension service's stand-in through all hands; {loop.recounted} were counted short at first. "
        f"Of the last {ANSWERED} it accepted {loop.answered.accepted} filings and returned {len(loop.answered.returned)}; "
        f"{loop.short} of its files came a row short and were refused until they were whole, {loop.twice} rows came twice and changed nothing."
    )
    out.print(
        f"By its own reading of the law it decided {decided.numbers} applications ({decided.left_open} were not plain): {beside['agrees']} as "
        f"our pre-check, {beside['disagrees']} otherwise ({len(decided.on_purpose)} of its decisions are wrong on purpose), "
        f"{beside['not_compared']} where we left it to a person."
    )
    out.print(
        "Its list of incomes wanted (所得情報提供依頼) was answered, row by row: "
        + ", ".join(f"{what} {rows}" for what, rows in loop.incomes.most_common())
    )


def agreement(said: Sequence[Any]) -> Counter[str]:
    """The stand-in's decisions beside our pre-check (参考判定)."""
    words = {True: "agrees", False: "disagrees", None: "not_compared"}
    values = [one.value for one in said if one.type == "ExemptionDecisionRecorded"]
    return Counter(words[value.get("agrees")] for value in values if value["decision"].startswith("J-"))


def _table(title: str, counts: dict[str, int]) -> None:
    table = Table("", "", title=title, show_header=False)
    for name, count in counts.items():
        table.add_row(name, f"{count:,}")
    out.print(table)


def _one_resident(given: stack.Stack, outcome: Outcome) -> None:
    shown = next((s for s in outcome.said if s.topic == "exemption-events" and s.value.get("outcome") == "pass"), None)
    if shown is not None:
        access = Access("dev-clerk", "dev-terminal", "status", "demo")
        explain.show(asyncio.run(explain.explain(given, shown.subject, None, access, language="en")))
