"""What does a real service process do per second while it works off what was published?

It is started as `kokunen up` starts it. Several times a second we ask the broker how far it is (end offsets of what it
publishes, committed offsets of what it reads) and the system what it cost. Steady state is what lies between the first
15 % and the last 5 % of the work: start, group join and the tail are left out.
"""

import asyncio
import json
import logging
import os
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
import psutil
from aiokafka import AIOKafkaConsumer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import GroupCoordinatorNotAvailableError
from chassis import database
from cli import local, services, stack

from tests.load import feed

FIRST_PORT = 8381
EVERY_SECONDS = 0.2
GIVE_UP_SECONDS = 120
HEAD, TAIL = 0.15, 0.95


@contextmanager
def own_stack(name: str = "bench") -> Iterator[stack.Stack]:
    """A new stack for measurements alone (`.local/bench`), stopped afterwards with every service on it."""
    os.environ.pop("KOKUNEN_PREFIX", None)
    os.environ["KOKUNEN_LOCAL"] = str(local.REPOSITORY / ".local" / name)
    # A topic just made has no leader for a moment; the client says so many times and tries again, with success or an error.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    services.down()
    stack.reset()
    try:
        yield stack.up()
    finally:
        services.down()
        stack.down()


def keep(name: str, figures: Mapping[str, float]) -> Path:
    """The figures of a measurement as a file, which is returned."""
    file = local.REPOSITORY / ".local" / f"{name}.json"
    file.write_text(json.dumps({key: round(value, 3) for key, value in figures.items()}, indent=2) + "\n")
    return file


@dataclass(frozen=True)
class Sample:
    """Where things stood at one moment; CPU seconds since each process began."""

    at: float
    read: int
    published: int
    cpu: float
    cpu_postgres: float
    cpu_broker: float


@dataclass(frozen=True)
class Steady:
    """Rates between the head and the tail of the work; CPU in microseconds an event."""

    per_s: float
    cpu_us: float
    cpu_us_postgres: float
    cpu_us_broker: float


@dataclass
class Measured:
    """A running service and what was seen of it."""

    name: str
    process: psutil.Process
    prefix: str
    samples: list[Sample] = field(default_factory=list)
    peak_bytes: int = 0

    @property
    def read_per_published(self) -> float:
        """Events read for each event published, over the whole run: changes of one resident in one batch become one."""
        return self.samples[-1].read / max(self.samples[-1].published, 1)

    def acknowledged(self, sample: Sample) -> float:
        """Upstream events whose outcome the broker has acknowledged."""
        return sample.published * self.read_per_published

    def steady(self, counted: Callable[[Sample], float]) -> Steady:
        """What happened in the steady part, by the count given."""
        end = counted(self.samples[-1])
        inside = [s for s in self.samples if HEAD * end <= counted(s) <= TAIL * end]
        if len(inside) < 2 or counted(inside[-1]) == counted(inside[0]):
            raise RuntimeError(f"{self.name}: too few events for a steady state; raise --events")
        first, last = inside[0], inside[-1]
        done = counted(last) - counted(first)
        return Steady(
            done / (last.at - first.at),
            (last.cpu - first.cpu) / done * 1e6,
            (last.cpu_postgres - first.cpu_postgres) / done * 1e6,
            (last.cpu_broker - first.cpu_broker) / done * 1e6,
        )


@asynccontextmanager
async def service(given: stack.Stack, name: str, prefix: str) -> AsyncIterator[Measured]:
    """A service process under a prefix; ended by SIGTERM, as an operator would."""
    port = FIRST_PORT
    while not local.port_is_free(port):
        port += 1
    child = services.start(given, name, port, {"KOKUNEN_PREFIX": prefix})
    measured = Measured(name, psutil.Process(child.pid), prefix)
    try:
        yield measured
    finally:
        child.terminate()
        try:
            status = await asyncio.to_thread(child.wait, 30)
        except subprocess.TimeoutExpired:
            child.kill()
            raise
        if status != 0:
            raise RuntimeError(f"{name} ended with status {status}; see {local.home()}/log/{name}.log")


async def migrated(given: stack.Stack, measured: Measured) -> None:
    """Return when the service's tables are there."""
    connection = await asyncpg.connect(given.databases[measured.name], server_settings=database.SESSION)
    try:
        for _ in range(300):
            if await connection.fetchval("select to_regclass('set_aside') is not null"):
                return
            await asyncio.sleep(0.1)
    finally:
        await connection.close()
    raise RuntimeError(f"{measured.name} did not start within 30 s; see {local.home()}/log/{measured.name}.log")


async def work_off(
    given: stack.Stack, measured: Measured, reads: int, publishes: Sequence[str], give_up: float = GIVE_UP_SECONDS
) -> None:
    """Sample until `reads` records are committed and the outbox is empty; at most `give_up` seconds."""
    tables = await asyncpg.connect(given.databases[measured.name], server_settings=database.SESSION)
    consumer = AIOKafkaConsumer(bootstrap_servers=given.kafka)
    admin = AIOKafkaAdminClient(bootstrap_servers=given.kafka)
    await consumer.start()
    await admin.start()
    places = feed.partitions(measured.prefix, publishes)
    latest = time.monotonic() + give_up
    try:
        while True:
            read = await _committed(admin, measured.prefix + measured.name)
            ends = await consumer.end_offsets(places)
            measured.samples.append(_sample(given, measured, read, sum(ends.values())))
            if read >= reads and not await tables.fetchval("select count(*) from outbox"):
                ends = await consumer.end_offsets(places)
                measured.samples.append(_sample(given, measured, read, sum(ends.values())))
                if await tables.fetchval("select count(*) from set_aside"):
                    raise RuntimeError(f"{measured.name} set records aside: this is no measurement")
                return
            if not measured.process.is_running() or time.monotonic() > latest:
                raise RuntimeError(f"{measured.name} read {read:,} of {reads:,} records; see {local.home()}/log")
            await asyncio.sleep(EVERY_SECONDS)
    finally:
        await admin.close()
        await consumer.stop()
        await tables.close()


async def _committed(admin: AIOKafkaAdminClient, group: str) -> int:
    """Records a group has committed; none while a new broker still makes the topic for its groups."""
    try:
        found = await admin.list_consumer_group_offsets(group)
    except GroupCoordinatorNotAvailableError:
        return 0
    return sum(max(meta.offset, 0) for meta in found.values())


def _sample(given: stack.Stack, measured: Measured, read: int, published: int) -> Sample:
    measured.peak_bytes = max(measured.peak_bytes, measured.process.memory_info().rss)
    broker = given.broker.process
    return Sample(
        time.perf_counter(),
        read,
        published,
        cpu(measured.process),
        sum(cpu(process) for process in postgres()),
        cpu(broker) if broker else 0.0,
    )


def cpu(process: psutil.Process) -> float:
    """Seconds of a core that a process has used."""
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(times.user + times.system)


def postgres() -> list[psutil.Process]:
    """The server of this stack with its backends."""
    record = local.home() / "postgres" / "data" / "postmaster.pid"
    if not record.exists():
        return []
    server = psutil.Process(int(_first_line(record)))
    return [server, *server.children(recursive=True)]


def _first_line(path: Path) -> str:
    return path.read_text().splitlines()[0]


async def wipe(given: stack.Stack, name: str) -> None:
    """Forget everything a service knows except its migrations and the business day, so that the same events are new."""
    connection = await asyncpg.connect(given.databases[name], server_settings=database.SESSION)
    try:
        tables = await connection.fetch(
            "select quote_ident(tablename) as name from pg_tables where schemaname = current_schema()"
            " and tablename not in ('migration', 'clock', 'access_counter')"
        )
        if tables:
            await connection.execute("truncate " + ", ".join(row["name"] for row in tables))
    finally:
        await connection.close()
