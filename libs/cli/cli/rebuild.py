"""`kokunen rebuild SERVICE`: what follows from the log, taken from its first record once more, compared with what the service has, and put in its place."""

import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from aiokafka import TopicPartition
from chassis import sealing
from chassis.batch import Record
from chassis.rebuild import Compared, Rebuild
from chassis.rebuild import rebuild as shadow_of
from contracts.topics import BY_RESIDENT, TOPICS
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from cli.broker import Broker, prefix
from cli.catalogue import EVERY
from cli.local import StackError
from cli.screen import out
from cli.services import environment_settings
from cli.stack import Stack

AT_ONCE = 20_000
"""Records in memory, of one partition number: each resident's come together, and what follows for somebody is derived once."""
NEARLY = 2_000
"""So many records the service may wait for."""
CHASES = 10

Place = tuple[str, int]
"""(topic, partition)"""


@dataclass(frozen=True)
class Rebuilt:
    """What came of it."""

    compared: tuple[Compared, ...]
    taken: int
    """Events that took effect in the shadow."""
    seconds: float
    """That it took to take them."""
    forgotten: int
    """Events that the service saw and need not keep (tax-income: of persons outside its scope)."""
    missing: int
    """Events that took effect and are on none of the topics."""
    complete: bool
    """Nothing is missing but what the archive left out, because its persons were erased."""
    switched: bool
    residents: int
    """Who were looked at again after the switch."""

    @property
    def equal(self) -> bool:
        return self.complete and all(one.equal for one in self.compared)


async def rebuild(
    given: Stack, service: str, *, switch: bool, archive: str | None = None, left_out: int = 0, quiet: bool = False
) -> Rebuilt:
    """Build the shadow and compare; with `switch`, put it in the place of what differs. `archive`: prefix of the topics that `audit replay` wrote,
    where it left out so many records of persons who were erased.

    StackError when the topics no longer hold everything and no archive is named: nothing was begun.
    """
    own = environment_settings(given, service)
    if EVERY[service].undecoded is not None:
        raise StackError(f"{service} keeps the log itself: `kokunen audit verify` proves it, a backup restores it.")
    async with Broker(given.kafka) as broker:
        starts = await broker.starts(EVERY[service].topics)
        if archive is None and (cut := sorted({topic for (topic, _), start in starts.items() if start})):
            raise StackError(
                f"Kafka no longer holds the beginning of {', '.join(cut)}: write each with `kokunen audit replay TOPIC --into PREFIX`, then add "
                "`--from PREFIX`."
            )
        async with shadow_of(EVERY[service], own, sealing.load(own.key_file)) as made:
            return await _Reading(made, broker, quiet).run(switch=switch, archive=archive, left_out=left_out)


class _Reading:
    """From Kafka into the shadow."""

    def __init__(self, made: Rebuild, broker: Broker, quiet: bool) -> None:
        self.made, self.broker = made, broker
        # Whom a service may know of, and who was erased, comes before what is known of them.
        first, then = ("calendar", "accounts", "erasures"), made.service.rebuilt_first
        rest = tuple(topic for topic in made.service.topics if topic not in (*first, *then))
        self.order = (first, then, rest)
        columns = TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed:,}"), TimeElapsedColumn()
        shown = sys.stderr.isatty() and not quiet
        self.progress = Progress(*columns, console=Console(stderr=True), transient=True, disable=not shown)

    async def run(self, *, switch: bool, archive: str | None, left_out: int) -> Rebuilt:
        made, began, read = self.made, time.monotonic(), dict[Place, int]()
        with self.progress:
            if archive is not None:
                await self._archived(archive)
            for _ in range(CHASES):
                heads = await made.heads()
                if sum(heads.values()) - sum(read.values()) < NEARLY:
                    break
                await self._read(prefix(), read, heads)
                read = heads
            async with made.at_rest() as connection:
                await self._read(prefix(), read, await made.heads())
                await self._once_more()
                seconds = time.monotonic() - began
                compared, missing = await made.compare(connection), await made.missing()
                complete = missing <= left_out
                switching = switch and complete and any(not one.equal for one in compared)
                if switching:
                    await made.switch(connection, compared)
            residents = await made.look_again() if switching else 0
        again = made.again
        return Rebuilt(
            tuple(compared),
            again.taken,
            seconds,
            again.forgotten,
            missing,
            complete=complete,
            switched=switching,
            residents=residents,
        )

    async def _archived(self, archive: str) -> None:
        """Everything on the topics under another prefix, those that are there."""
        there = await self.broker.consumer.topics()
        topics = [topic for topic in self.made.service.topics if archive + topic in there]
        places = [TopicPartition(archive + topic, part) for topic in topics for part in range(TOPICS[topic].partitions)]
        ends = await self.broker.ends_of(places) if places else {}
        await self._read(archive, {}, {(tp.topic.removeprefix(archive), tp.partition): end for tp, end in ends.items()})

    async def _read(self, prefixed: str, after: Mapping[Place, int], ends: Mapping[Place, int]) -> None:
        """Into the shadow what lies between, partition number by partition number: the same one holds all about a resident."""
        task = self.progress.add_task("reading", total=sum(ends.values()) - sum(after.values()))
        for topics in self.order:
            for part in range(BY_RESIDENT):
                places = {
                    TopicPartition(prefixed + topic, part): (after.get((topic, part), 0), ends[topic, part])
                    for topic in topics
                    if (topic, part) in ends
                }
                gathered: list[Record] = []
                async for records in self.broker.between(places):
                    gathered += (
                        Record(r.topic.removeprefix(prefixed), r.partition, r.offset, r.key, r.value, r.headers)
                        for r in records
                    )
                    if len(gathered) >= AT_ONCE:
                        await self.made.again.take(gathered)
                        gathered = []
                    self.progress.advance(task, len(records))
                await self.made.again.take(gathered)

    async def _once_more(self) -> None:
        """What had not taken effect when we saw it may have since: it came just then, or was tried again."""
        left, self.made.again.left = self.made.again.left, []
        for topics in self.order:
            await self.made.again.take([record for record in left if record.topic in topics])


def show(service: str, done: Rebuilt) -> None:
    """Table by table, and what it means."""
    table = Table(
        "table",
        "rows",
        "sha256",
        "from the log",
        "only here",
        "only from the log",
        title=f"{service}, beside what follows from the log",
    )
    for one in done.compared:
        only = [f"{len(rows):,}" if rows else "" for rows in (one.only_here, one.only_from_the_log)]
        table.add_row(
            one.table, f"{one.rows:,}", one.sha256[:16], "the same" if one.equal else one.from_the_log[:16], *only
        )
    out.print(table)
    print(
        f"{done.taken:,} events took effect in {done.seconds:.1f} s ({done.taken / max(done.seconds, 0.001):,.0f} a second)."
    )
    for sentence in sentences(service, done):
        print(sentence)


def sentences(service: str, done: Rebuilt) -> Iterator[str]:
    """What the person at the keyboard has to know."""
    if done.forgotten:
        yield f"{done.forgotten:,} more were seen and need not be kept."
    if done.missing:
        yield f"{done.missing:,} events that took effect are on none of these topics."
    if done.switched:
        yield f"What differed is put right, and {done.residents:,} residents were looked at again: only what changes for them was said."
    elif done.equal:
        yield "Nothing differs, and nothing was changed."
    elif done.complete:
        yield f"Nothing was changed. `kokunen rebuild {service} --switch` puts what follows from the log in the place of what differs."
    else:
        yield "Nothing was changed: this is not the whole log."
