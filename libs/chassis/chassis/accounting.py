"""How does the accounting of a batch get into the database? Partitions are locked first and moved on last."""

import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from chassis import database, ledger, telemetry
from chassis.transaction import Transaction

log = logging.getLogger(__name__)

Partition = tuple[str, int]
Place = tuple[str, int, int]
"""(topic, partition, offset)."""

nothing_before: dict[Partition, int] = {}
"""Partitions that Kafka was asked for from an earlier offset, and in which this record came first: what was before is gone."""


class Behind(Exception):
    """The database stands before these records; what is between was not read. An older database was put back while we ran, or Kafka has
    removed records."""

    def __init__(self, partitions: Collection[Partition], stands: Mapping[Partition, int]) -> None:
        super().__init__(f"{len(partitions)} partitions")
        self.partitions, self.stands = partitions, stands
        """Of which these records are, and where the database stands in every one that it knows."""


async def open_partitions(transaction: Transaction, places: Iterable[Place]) -> dict[Partition, ledger.Head]:
    """Lock the partitions of these records in order; answers where each stands. Behind where records that Kafka may have are passed over."""
    first: dict[Partition, int] = {}
    for topic, part, offset in places:
        first[topic, part] = min(first.get((topic, part), offset), offset)
    rows: list[tuple[Any, ...]] = [(*partition, nothing_before.get(partition, 0)) for partition in sorted(first)]
    heads = {
        (row["topic"], row["part"]): ledger.Head(row["next_offset"], row["run_from"], row["disposition"])
        for row in await transaction.query("open_partitions", *database.columns(rows, 3))
    }
    behind = [p for p, head in heads.items() if first[p] > max(head.next_offset, nothing_before.get(p, 0))]
    if behind:
        everything = await transaction.query("stands")
        raise Behind(behind, {(row["topic"], row["part"]): row["next_offset"] for row in everything})
    return heads


async def close_partitions(
    transaction: Transaction, heads: Mapping[Partition, ledger.Head], dispositions: Mapping[Place, str]
) -> None:
    """Account for every record of the batch; offsets that were removed unread are named, and an alarm."""
    offsets: dict[Partition, list[tuple[int, str]]] = defaultdict(list)
    for (topic, part, offset), disposition in dispositions.items():
        offsets[topic, part].append((offset, disposition))
    moved: list[tuple[Any, ...]] = []
    closed: list[tuple[Any, ...]] = []
    for partition, head in sorted(heads.items()):
        after, runs = ledger.advance(head, sorted(offsets[partition]))
        moved.append((*partition, after.next_offset, after.run_from, after.disposition))
        closed += [(*partition, run.from_offset, run.to_offset, run.disposition) for run in runs]
        for run in runs:
            if run.disposition == "missing":
                telemetry.MISSING.labels(partition[0]).inc(run.to_offset - run.from_offset + 1)
                log.error("offsets %d to %d of %s/%d were removed unread", run.from_offset, run.to_offset, *partition)
    await transaction.query("close_partitions", *database.columns(moved, 5), *database.columns(closed, 5))
