"""`kokunen reconcile SNAPSHOT`: is what we hold what the register holds, and what is told anew where it is not?"""

import asyncio
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import asyncpg
import typer
from aiokafka import AIOKafkaProducer
from chassis import settings, wire
from contracts.events.registry import ResidentChanged
from registry_sync.reconciliation import (
    JAPANESE,
    REPAIRED,
    Entry,
    Head,
    Kind,
    Leaf,
    Refused,
    Tree,
    differences,
    entries,
    leaf,
    repair,
    tree,
)
from registry_sync.store import QUERIES
from rich.table import Table

from cli import stack
from cli.access import AsJson, opened
from cli.broker import prefix
from cli.local import say
from cli.screen import out

SHOWN = 10
IN_FLIGHT = 1_000


def reconcile(
    snapshot: Annotated[Path, typer.Argument(help="JSON lines: a head, then one line for each entry of the register.")],
    repaired: Annotated[
        bool, typer.Option("--repair", help="Tell anew what the register has and we have not.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Compare a full snapshot of the resident register with our state, by a tree of hashes. Exit status 1 while they differ."""
    municipality = settings.municipality()
    try:
        with snapshot.open("rb") as file:
            head, theirs = _theirs(file, municipality)
        ours, changes = asyncio.run(_ours())
    except Refused as refused:
        say(f"スナップショットは使えません。何も比較していません。 The snapshot was refused: {refused}")
        raise typer.Exit(1) from None
    found = differences(ours, theirs)
    told = asyncio.run(_tell(snapshot, municipality, head, found, changes)) if repaired else 0
    counts = Counter(found.values())
    if as_json:
        print(json.dumps({"entries": head.entries, "differences": counts, "told": told}))
    else:
        table = Table("", "件数", "宛名番号（先頭）", title=f"住民記録との突合（{head.made_on}、{head.entries:,}件）")
        for kind, japanese in JAPANESE.items():
            numbers = [str(number) for number, one in found.items() if one == kind][:SHOWN]
            table.add_row(japanese, f"{counts[kind]:,}", " ".join(numbers))
        out.print(table)
        if told:
            print(f"{told:,} entries were told anew; run it once more when they are worked off.")
    if found:
        raise typer.Exit(1)


def _theirs(lines: Iterator[bytes], municipality: str) -> tuple[Head, Tree]:
    """The head, and the tree of everything after it; the records themselves are not kept."""
    every = entries(lines, municipality)
    head = next(every)
    assert isinstance(head, Head)
    theirs = tree((one.addressee, leaf(one.version, one.record)) for one in every if isinstance(one, Entry))
    return head, theirs


async def _ours() -> tuple[Tree, dict[int, str]]:
    """The tree of whom the register lets live here, and the change that says so; who left is in no snapshot."""
    async with opened("registry-sync") as (_, connection), connection.transaction():
        leaves: list[tuple[int, Leaf]] = []
        changes: dict[int, str] = {}
        async for row in connection.cursor(QUERIES["newest_entries"], prefetch=2_000):
            one = _leaf(row)
            if one is not None:
                leaves.append((row["addressee"], one))
                changes[row["addressee"]] = str(row["event_id"])
        return tree(leaves), changes


def _leaf(row: asyncpg.Record) -> Leaf | None:
    record = ResidentChanged.model_validate_json(row["data"]).record
    return leaf(row["version"], record) if record.residency == "resident" else None


async def _tell(snapshot: Path, municipality: str, head: Head, found: dict[int, Kind], changes: dict[int, str]) -> int:
    """Publish what the register would have sent; the number of events."""
    told = 0
    pending = []
    async with AIOKafkaProducer(
        **wire.kafka(stack.read().kafka), acks="all", enable_idempotence=True, linger_ms=2
    ) as producer:
        with snapshot.open("rb") as file:
            for entry in entries(file, municipality):
                if not isinstance(entry, Entry) or found.get(entry.addressee) not in REPAIRED:
                    continue
                replaced = changes.get(entry.addressee) if found[entry.addressee] == "differs" else None
                event = json.dumps(repair(head, entry, replaced), ensure_ascii=False).encode()
                pending.append(
                    await producer.send(prefix() + "resident-changes", event, key=str(entry.addressee).encode())
                )
                told += 1
                if len(pending) >= IN_FLIGHT:
                    await asyncio.gather(*pending)
                    pending.clear()
        await asyncio.gather(*pending)
    return told
