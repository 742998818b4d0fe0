"""How fast does the audit log take records, sign them, prove one of ten million, and how fast does an auditor check a million?

`make log`: audit alone takes the records that lie ready on one topic; then one record at a time, from its publication to a signed
checkpoint that covers it. Then the log is filled with made-up leaves, copied and checked at a million, and asked for proofs at the end.
"""

import argparse
import asyncio
import base64
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

if not __package__:
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import asyncpg
import uvloop
from aiokafka import AIOKafkaProducer
from audit import copy, log_check, proofs
from audit.log_check import WIDTH, Leaf, leaf_hash
from audit.merkle import Frontier, Tile, completed
from audit.notary import Notary
from audit.signer import POLICY
from chassis import database, sealing
from cli import broker, local, stack
from cli.services import environment_settings
from rich.console import Console
from rich.table import Table

from tests.load import process

CHUNK = 65_536
Figures = dict[str, str]


def say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')}  {text}", file=sys.stderr, flush=True)


async def measure(given: stack.Stack, records: int, checked: int, leaves: int) -> Figures:
    """The figures, each as it is printed."""
    await broker.create_topics(given.kafka)
    found: Figures = {}
    say(f"{records:,} records are published")
    await _published(given, records)
    connection = await asyncpg.connect(given.databases["audit"], server_settings=database.SESSION)
    try:
        async with process.service(given, "audit", "") as measured:
            await process.migrated(given, measured)
            found["records a second, audit alone (steady part)"] = f"{await _taken(connection, records):,.0f}"
            delays = [await _signed_after(given, connection) for _ in range(20)]
            found["from publication to a signed checkpoint, median and slowest of 20"] = (
                f"{statistics.median(delays):.2f} s, {max(delays):.2f} s"
            )
        own = environment_settings(given, "audit")
        pool = await database.connect(own.database)
        try:
            notary = Notary(own, pool, sealing.load(own.key_file))
            log = _Filling(connection)
            await log.begin()
            say(f"the log is filled to {checked:,} leaves")
            await log.fill(checked)
            await notary.sign(connection)
            found |= await _checked(connection, notary)
            say(f"the log is filled to {leaves:,} leaves")
            await log.fill(leaves)
            await notary.sign(connection)
            found |= await _proved(connection, notary.signer.origin)
        finally:
            await pool.close()
    finally:
        await connection.close()
    return found


async def _published(given: stack.Stack, records: int) -> None:
    async with AIOKafkaProducer(bootstrap_servers=given.kafka, acks="all", enable_idempotence=True) as sender:
        pending = []
        for number in range(records):
            key, value = str(10_000_000 + number % 50_000), b"{" + b"x" * 700 + b"}"
            pending.append(await sender.send("residents", value, key=key.encode()))
        await asyncio.gather(*pending)


async def _taken(connection: asyncpg.Connection, records: int) -> float:
    """Leaves a second between 15 and 95 % of them."""
    times: dict[int, float] = {}
    while not times or max(times) < records:
        times[await connection.fetchval("select size from log_head")] = time.perf_counter()
        await asyncio.sleep(0.1)
    steady = {size: at for size, at in times.items() if 0.15 * records <= size <= 0.95 * records}
    return (max(steady) - min(steady)) / (steady[max(steady)] - steady[min(steady)])


async def _signed_after(given: stack.Stack, connection: asyncpg.Connection) -> float:
    """Seconds from the publication of one record to a signed checkpoint over it."""
    async with AIOKafkaProducer(bootstrap_servers=given.kafka, acks="all") as sender:
        wanted = await connection.fetchval("select size from log_head") + 1
        began = time.perf_counter()
        await sender.send_and_wait("residents", b"{}", key=b"10000000")
    while True:
        if (await connection.fetchval("select max(size) from checkpoint") or 0) >= wanted:
            return time.perf_counter() - began
        await asyncio.sleep(0.01)


class _Filling:
    """Makes up leaves with their tiles, as the service would have written them."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection, self._frontier = connection, Frontier()
        self._open: dict[int, list[bytes]] = defaultdict(list)

    async def begin(self) -> None:
        """Take up the log where it stands."""
        row = await self._connection.fetchrow("select size, edge from log_head")
        self._frontier = Frontier(row["size"], row["edge"])
        level = 0
        while entries := row["size"] >> 8 * level:
            self._open[level] = await proofs.open_tile(self._connection.fetch, level, entries // WIDTH)
            level += 1

    async def fill(self, size: int) -> None:
        while self._frontier.size < size:
            await self._add(min(CHUNK, size - self._frontier.size))

    async def _add(self, count: int) -> None:
        before = self._frontier.size
        bodies = [
            Leaf("filled", 0, number, number.to_bytes(32, "big")).encode() for number in range(before, before + count)
        ]
        hashes = [leaf_hash(body) for body in bodies]
        tiles = completed(before, self._open, hashes)
        self._keep(hashes, tiles)
        self._frontier.extend(hashes)
        async with self._connection.transaction():
            rows = zip(range(before, before + count), hashes, bodies, strict=True)
            await self._connection.copy_records_to_table("leaf", columns=("idx", "leaf_hash", "body"), records=rows)
            await self._connection.copy_records_to_table("tile", records=tiles)
            head = self._frontier.size, self._frontier.edge, self._frontier.root()
            await self._connection.execute("update log_head set size = $1, edge = $2, root = $3", *head)

    def _keep(self, hashes: list[bytes], tiles: list[Tile]) -> None:
        """The entries of the tiles that are open now."""
        self._open[0] += hashes
        for tile in tiles:
            self._open[tile.level + 1].append(tile.root)
        for entries in self._open.values():
            del entries[: len(entries) - len(entries) % WIDTH]


async def _checked(connection: asyncpg.Connection, notary: Notary) -> Figures:
    """Copy the log and check the copy as an auditor does, in a Python without our packages."""
    folder = Path(tempfile.mkdtemp(dir=local.home()))
    try:
        began, size = time.perf_counter(), 0
        async for written, _ in copy.write(connection, folder, notary.signer.origin, quorum=0):
            size = written
        copied = time.perf_counter()
        policy = notary.signer.folder / POLICY
        command = [sys.executable, "-I", "-S", log_check.__file__, "full", str(folder), str(policy)]
        done = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, check=True)
        say(done.stdout.strip())
        ended = time.perf_counter()
        return {
            f"{size:,} leaves copied": f"{copied - began:.1f} s",
            f"{size:,} leaves checked by `log_check.py full`": f"{ended - copied:.1f} s",
        }
    finally:
        shutil.rmtree(folder)


async def _proved(connection: asyncpg.Connection, origin: str) -> Figures:
    """Proofs of leaves and of growth, drawn from all over the log; each is checked against what is signed."""
    signed = await proofs.published(connection.fetch, origin, 0)
    assert signed is not None
    size, rng = signed.size, random.Random(1)
    root = base64.b64decode(signed.note.splitlines()[2])
    times: dict[str, list[float]] = {"inclusion": [], "consistency": []}
    for _ in range(200):
        index = rng.randrange(size)
        leaf = await connection.fetchval("select leaf_hash from leaf where idx = $1", index)
        began = time.perf_counter()
        proof = await proofs.inclusion(connection.fetch, index, size)
        times["inclusion"].append(time.perf_counter() - began)
        old_root = await proofs.root(connection.fetch, index + 1)
        began = time.perf_counter()
        grown = await proofs.consistency(connection.fetch, index + 1, size)
        times["consistency"].append(time.perf_counter() - began)
        if not log_check.included(leaf, index, size, proof, root):
            raise RuntimeError("a proof does not hold")
        if not log_check.consistent(index + 1, old_root, size, root, grown):
            raise RuntimeError("a proof of growth does not hold")
    return {
        f"proof of {kind} at {size:,} leaves, median and slowest of 200": (
            f"{statistics.median(taken) * 1000:.1f} ms, {max(taken) * 1000:.1f} ms"
        )
        for kind, taken in times.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=200_000)
    parser.add_argument("--checked", type=int, default=1_000_000)
    parser.add_argument("--leaves", type=int, default=10_000_000)
    asked = parser.parse_args()
    with process.own_stack() as given:
        found = uvloop.run(measure(given, asked.records, asked.checked, asked.leaves))
    table = Table("the audit log", "")
    for what, figure in found.items():
        table.add_row(what, figure)
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
