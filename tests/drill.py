"""`make drill`: a ward loses its database server for good, and comes back from the second site. How much was lost, and how long did it take?

    second site      receives PostgreSQL's log as it is written (a commit waits for it) and a base backup; keeps both sealed, under a key that lies elsewhere
    disaster         the server is killed while events flow, and its disc is gone
    restore          the sealed copies are opened, the log is played to its end, consumers are rewound, services start
    verify           every invariant, the oracle, the signed log

RPO: records whose effect was committed before the disaster and is not there after the restore. RTO: from the disaster until every service takes records again.
"""

import asyncio
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

if not __package__:
    sys.path[0] = str(Path(__file__).resolve().parents[1])  # not tests/, where packages have the services' names

import asyncpg
from audit.verify import verify as verify_log
from chassis import sealing
from cli import broker, local, oracle, postgres_server, stack
from cli.services import environment_settings
from cli.town import write_town
from contracts.vocabulary import SERVICES
from cryptography.exceptions import InvalidTag
from rich.console import Console
from rich.table import Table

from tests.load import process
from tests.system.conftest import Ward

RESIDENTS = 300
RECEIVER = "second_site"
CHUNK = 1 << 20
"""Of a file, in one box."""


class SecondSite:
    """Another machine: it receives the log, and keeps what it has under a key of its own."""

    def __init__(self, admin_url: str, folder: Path) -> None:
        self.folder, self.sealed = folder, folder / "sealed"
        self.received, self.base = folder / "received", folder / "base"
        for one in (self.sealed, self.received):
            one.mkdir(parents=True)
        sealing.create(folder / "second-site.key")
        self.sealer = sealing.load(folder / "second-site.key")
        url = urlsplit(admin_url)
        self.connection = ["-h", parse_qs(url.query)["host"][0], "-U", str(url.username)]
        self.environ = {**os.environ, "PGPASSWORD": str(url.password), "PGAPPNAME": RECEIVER}

    def run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [str(postgres_server.binaries() / program), *self.connection, *arguments],
            env=self.environ,
            check=True,
            capture_output=True,
        )

    @contextmanager
    def receiving(self) -> Iterator[None]:
        """While this is open, PostgreSQL's log comes here as it is written."""
        self.run("pg_receivewal", "-D", str(self.received), "--slot", RECEIVER, "--create-slot")
        receiver = subprocess.Popen(
            [
                str(postgres_server.binaries() / "pg_receivewal"), *self.connection, "-D", str(self.received),
                "--slot", RECEIVER, "--synchronous", "--no-loop",
            ],
            env=self.environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            yield
        finally:
            receiver.terminate()
            receiver.wait()

    def take_base(self) -> None:
        """A base backup, sealed; nothing of it stays in the clear."""
        self.run("pg_basebackup", "-D", str(self.base), "-Ft", "-X", "none", "-c", "fast", "--no-manifest")
        self.seal(self.base / "base.tar", "base.tar")
        shutil.rmtree(self.base)

    def seal_log(self) -> None:
        """The log as it was received, sealed; the segment that was being written is cut where it ended."""
        for file in sorted(self.received.iterdir()):
            self.seal(file, file.name.removesuffix(".partial"))
        shutil.rmtree(self.received)

    def seal(self, file: Path, name: str) -> None:
        with file.open("rb") as plain, (self.sealed / name).open("xb") as sealed:
            number = 0
            while part := plain.read(CHUNK):
                box = self.sealer.seal(part, f"{name}/{number}")
                sealed.write(len(box).to_bytes(4, "big") + box)
                number += 1

    def open(self, name: str, into: Path) -> None:
        """One file in the clear again. InvalidTag when it was changed."""
        with (self.sealed / name).open("rb") as sealed, into.open("xb") as plain:
            number = 0
            while size := sealed.read(4):
                plain.write(self.sealer.open(sealed.read(int.from_bytes(size, "big")), f"{name}/{number}"))
                number += 1

    def refuses_a_changed_copy(self) -> bool:
        """The negative control: one byte of the copy is another one."""
        copy = self.sealed / "changed"
        content = bytearray((self.sealed / "base.tar").read_bytes())
        content[len(content) // 2] ^= 1
        copy.write_bytes(content)
        try:
            self.open("changed", self.folder / "never")
        except InvalidTag:
            return True
        finally:
            copy.unlink()
            (self.folder / "never").unlink(missing_ok=True)
        return False

    def restore(self, data: Path) -> None:
        """The data folder as the base backup has it, and the log to be played to its end."""
        log = data.parent / "log-to-play"
        log.mkdir()
        for file in sorted(self.sealed.iterdir()):
            if file.name != "base.tar":
                self.open(file.name, log / file.name)
        self.open("base.tar", self.folder / "base.tar")
        data.mkdir(mode=0o700)
        with tarfile.open(self.folder / "base.tar") as archive:
            archive.extractall(data, filter="data")
        (self.folder / "base.tar").unlink()
        with (data / "postgresql.auto.conf").open("a") as settings:
            settings.write(f"restore_command = 'cp \"{log}/%f\" \"%p\"'\nsynchronous_standby_names = ''\n")
        (data / "recovery.signal").touch()
        owner = data.parent.stat()
        for path in (log, *log.rglob("*"), data, *data.rglob("*")):
            os.chown(path, owner.st_uid, owner.st_gid)


async def wait_for_second_site(admin_url: str) -> None:
    """From now on a commit is answered when the second site has it."""
    connection = await asyncpg.connect(admin_url)
    try:
        await connection.execute(f"alter system set synchronous_standby_names = '{RECEIVER}'")
        await connection.execute("select pg_reload_conf()")
        for _ in range(100):
            if await connection.fetchval("select count(*) from pg_stat_replication where sync_state = 'sync'"):
                return
            await asyncio.sleep(0.1)
    finally:
        await connection.close()
    raise RuntimeError("the second site does not receive PostgreSQL's log")


async def positions(ward: Ward) -> dict[str, int]:
    """Records of which each service has committed the effect."""
    query = "select coalesce(sum(next_offset), 0) from ledger_head"
    return {service: int(await ward.one(service, query)) for service in SERVICES}


async def flow(ward: Ward, lines: Sequence[tuple[str, bytes]], seconds: float) -> None:
    """Publish these records evenly, whatever happens to the database meanwhile."""
    step = max(1, int(len(lines) / (seconds * 10)))
    async with ward.sender() as sender:
        for start in range(0, len(lines), step):
            await ward.publish(lines[start : start + step], sender)
            await asyncio.sleep(0.1)


def destroy(data: Path) -> None:
    """The machine is gone: no last checkpoint, no disc."""
    server = postgres_server.running_process()
    assert server is not None
    for one in [server, *server.children(recursive=True)]:
        one.kill()
    server.wait(30)
    shutil.rmtree(data)


async def drill(given: stack.Stack, folder: Path) -> dict[str, str]:
    assert given.admin_database is not None
    await broker.create_topics(given.kafka)
    write_town(RESIDENTS, 1, folder / "town")
    lines = list(oracle.records(folder / "town"))
    ward, site = Ward(given, folder), SecondSite(given.admin_database, folder / "second-site")
    data = (local.home() / "postgres").resolve() / "data"
    try:
        say("six services; a third of two years")
        await ward.start()
        with site.receiving():
            await wait_for_second_site(given.admin_database)
            await ward.publish(lines[: len(lines) // 3])
            await ward.settle()
            say("a base backup, and another third")
            await asyncio.to_thread(site.take_base)
            flowing = asyncio.create_task(flow(ward, lines[len(lines) // 3 :], 30))
            await asyncio.sleep(12)
            say("the database server and its disc are destroyed")
            before = await positions(ward)
            destroyed = time.monotonic()
            await asyncio.to_thread(destroy, data)
        await asyncio.to_thread(site.seal_log)
        if not site.refuses_a_changed_copy():
            raise RuntimeError("a copy that was changed was opened all the same")
        await asyncio.to_thread(ward.stop)
        say("the sealed copies are opened, the log is played to its end")
        await asyncio.to_thread(site.restore, data)
        await asyncio.to_thread(stack.start_database)
        restored = time.monotonic() - destroyed
        after = await positions(ward)
        say("the services start, and read on from where their databases stand")
        await ward.start()
        back = time.monotonic() - destroyed
        await flowing
        say("everything drains; every invariant is checked")
        report = await ward.keeps_its_promises(folder / "town")
        settled = time.monotonic() - destroyed
        own = environment_settings(given, "audit")
        log = await verify_log(own.database, given.kafka, own.key_file, own.prefix, lambda _: None)
    finally:
        ward.kill_all()
    lost = {service: before[service] - after[service] for service in SERVICES if after[service] < before[service]}
    return {
        "RPO: committed records lost": ", ".join(f"{service} {count}" for service, count in lost.items()) or "0",
        "RTO: database restored": f"{restored:.1f} s",
        "RTO: services take records": f"{back:.1f} s",
        "everything that had waited is worked off": f"{settled:.1f} s",
        "sealed at the second site": f"{sum(file.stat().st_size for file in site.sealed.iterdir()) / 2**20:,.0f} MiB",
        "a changed copy": "refused",
        "derived state": "equal to the oracle" if report.clean else "DIFFERENT",
        "audit log": f"{log.leaves:,} leaves, whole" if not log.findings else "NOT WHOLE",
    }


def say(what: str) -> None:
    local.say(f"{time.strftime('%H:%M:%S')}  {what}")


def main() -> None:
    with process.own_stack("drill") as given, tempfile.TemporaryDirectory() as folder:
        os.environ["KOKUNEN_KEYS"] = str(Path(folder) / "keys")
        found = asyncio.run(drill(given, Path(folder)))
    table = Table("", "", title="the database server lost, and back from the second site", show_header=False)
    for name, value in found.items():
        table.add_row(name, value)
    Console().print(table)
    good = (
        found["RPO: committed records lost"] == "0"
        and "DIFFERENT" not in found.values()
        and "NOT WHOLE" not in found.values()
    )
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
