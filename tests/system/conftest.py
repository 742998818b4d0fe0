"""A ward for each system test: topics, databases and processes of its own, on one Kafka and PostgreSQL for all."""

import asyncio
import itertools
import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterable, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.records_to_delete import RecordsToDelete
from chassis import database, wire
from cli import broker, databases, kafka_broker, local, oracle, publish, services, settle, stack, tax_office, verify
from cli.town import write_town
from contracts.topics import TOPICS
from contracts.vocabulary import SERVICES

from tests.system import forked

WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:])
HOME = local.REPOSITORY / ".local" / f"system{os.environ.get('PYTEST_XDIST_WORKER', '')}"
"""Of the stack on which these tests run: each worker that pytest starts has its own."""
SECONDS = 180
LOG_LINES = 25
_numbers = itertools.count(1)

Lines = Iterable[tuple[str, bytes]]
"""(topic, value) of each record."""


async def until(true: Callable[[], Awaitable[Any]], what: str, seconds: float = SECONDS) -> Any:
    """Poll until the answer is true; the deadline names what was waited for."""
    deadline = time.monotonic() + seconds
    while not (answer := await true()):
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s: {what}"
        await asyncio.sleep(0.05)
    return answer


class Ward:
    """What a test does to a running system."""

    def __init__(self, given: stack.Stack, folder: Path) -> None:
        self.given, self.folder = given, folder
        self.processes: dict[str, forked.Process] = {}
        self.ports: dict[str, int] = {}
        self.surroundings: dict[str, str] = {}
        """Variables that every process of ours finds."""
        self.begin: Callable[[stack.Stack, str, int, dict[str, str]], forked.Process] = forked.start
        services.choose_door_ports(SERVICES, first=_free_port())
        self.doors = services.door_ports()

    async def start(self, *names: str, **variables: str) -> None:
        """Start these services, all of them without names, and wait until they are ready."""
        entries = []
        for service in names or SERVICES:
            # Where all others have been told; a second process of it, nearby.
            services.choose_door_ports([service], first=self.doors[service])
            port = _free_port()
            self.processes[service] = self.begin(self.given, service, port, self.surroundings | variables)
            self.ports[service] = port
            entries.append(services.Running(service, self.processes[service].pid, port))
        await asyncio.to_thread(services.wait_ready, entries)

    async def start_script(self, name: str, service: str, script: Path, **variables: str) -> None:
        """Start a sabotaged service: a script of the tests beside this file."""
        port = self.ports[name] = _free_port()
        self.processes[name] = self._run(
            script, service, services.environment(self.given, service, port) | self.surroundings | variables
        )
        entry = services.Running(service, self.processes[name].pid, port)
        await asyncio.to_thread(services.wait_ready, [entry])

    @staticmethod
    def _run(script: Path, service: str, environment: dict[str, str]) -> subprocess.Popen[bytes]:
        logs = local.home() / "log"
        logs.mkdir(parents=True, exist_ok=True)
        with (logs / f"{service}.log").open("ab") as log:
            return subprocess.Popen([sys.executable, script], env=environment, stdout=log, stderr=log)

    def start_to_die(self, service: str, fault: str) -> None:
        """Start a service that kills itself at a named point."""
        variables = self.surroundings | {"KOKUNEN_FAULT": fault}
        self.processes[service] = self.begin(self.given, service, _free_port(), variables)

    def start_script_to_die(self, service: str, script: Path, fault: str, **variables: str) -> None:
        """Start a sabotaged service that kills itself at a named point."""
        given = services.environment(self.given, service, _free_port()) | self.surroundings | variables
        self.processes[service] = self._run(script, service, given | {"KOKUNEN_FAULT": fault})

    async def died_there(self, service: str) -> None:
        """The fault point was reached: the process ended by SIGKILL and by nothing else."""
        process = self.processes.pop(service)
        try:
            status = await asyncio.to_thread(process.wait, SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            pytest.fail(f"{service} never came to its fault point")
        assert status == -signal.SIGKILL, f"{service} ended with {status}, not at its fault point"

    def stop(self, *names: str) -> None:
        """Ask these processes to finish, all without names, and wait for them."""
        gone = [self.processes.pop(name) for name in names or tuple(self.processes)]
        for process in gone:
            process.terminate()
        for process in gone:
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                raise

    def kill_all(self) -> None:
        for process in self.processes.values():
            process.kill()
            process.wait()
        self.processes.clear()

    def sender(self) -> AIOKafkaProducer:
        return AIOKafkaProducer(**wire.kafka(self.given.kafka), acks="all", enable_idempotence=True)

    async def publish(self, lines: Lines, sender: AIOKafkaProducer | None = None) -> None:
        """Put records on the topics, keyed by subject; what has none gets no key."""
        if sender is None:
            async with self.sender() as own:
                return await self.publish(lines, own)
        sent = [await sender.send(broker.prefix() + topic, value, key=_key(value)) for topic, value in lines]
        await asyncio.gather(*sent)
        return None

    async def settle(self) -> None:
        async with settle.Watch(self.given) as watch:
            await watch.settle(SECONDS)

    async def tax_office_answers(self, sent: Lines) -> None:
        """Settled, and nothing is wanted any more that the tax system once sent."""
        async with (
            settle.Watch(self.given) as watch,
            self.sender() as sender,
            tax_office.tax_office(self.given, tax_office.assessments(sent)) as office,
        ):
            await publish.settle_with(watch, sender, office, SECONDS)

    async def outbox_empty(self, service: str) -> None:
        """Everything this service wrote has reached the broker."""

        async def empty() -> bool:
            return bool(await self.one(service, "select count(*) = 0 from outbox"))

        await until(empty, f"the outbox of {service} is empty")

    async def report(self, town: Path | None = None) -> verify.Report:
        """Settled: what a step at a desk left behind is on record, too."""
        await self.settle()
        async with settle.Watch(self.given) as watch:
            return await verify.verify(watch, town)

    async def keeps_its_promises(self, town: Path | None = None) -> verify.Report:
        """Settled, and every invariant holds; with a town, equal to the oracle once the tax system sent what is wanted."""
        if town is None:
            await self.settle()
        else:
            await self.tax_office_answers(oracle.records(town))
        report = await self.report(town)
        assert report.findings == ()
        for counts in report.counts["accounting"].values():
            assert counts["records"] == sum(n for name, n in counts.items() if name != "records")
        return report

    async def rows(self, service: str, query: str, *arguments: Any) -> list[asyncpg.Record]:
        connection = await asyncpg.connect(self.given.databases[service], server_settings=database.SESSION)
        try:
            return list(await connection.fetch(query, *arguments))
        finally:
            await connection.close()

    async def one(self, service: str, query: str, *arguments: Any) -> Any:
        """The first column of the first row."""
        return (await self.rows(service, query, *arguments))[0][0]

    async def taken_twice(self, service: str) -> int:
        """Records that took effect and whose offset was not committed: Kafka gives them again."""
        effective = await self.rows(service, "select topic, part, next_offset from ledger_head")
        async with broker.Broker(self.given.kafka) as asked:
            committed = await asked.committed(service)
        return sum(row["next_offset"] - max(committed.get((row["topic"], row["part"]), 0), 0) for row in effective)

    async def members(self, service: str, wanted: int) -> bool:
        """Whether the group is at rest with so many members."""
        admin = AIOKafkaAdminClient(**wire.kafka(self.given.kafka))
        await admin.start()
        try:
            answer = (await admin.describe_consumer_groups([broker.prefix() + service]))[0]
        finally:
            await admin.close()
        _, _, state, _, _, members, *_ = answer.groups[0]
        return state == "Stable" and len(members) == wanted

    async def ends(self, *topics: str) -> dict[tuple[str, int], int]:
        async with broker.Broker(self.given.kafka) as asked:
            return await asked.ends(topics)

    async def remove_records(self, place: tuple[str, int], before: int) -> None:
        """What retention does: everything of a partition before this offset is gone."""
        admin = AIOKafkaAdminClient(**wire.kafka(self.given.kafka))
        await admin.start()
        try:
            at = TopicPartition(broker.prefix() + place[0], place[1])
            await admin.delete_records({at: RecordsToDelete(before_offset=before)})
        finally:
            await admin.close()

    async def metrics(self, service: str) -> str:
        """What a service tells Prometheus."""
        async with httpx.AsyncClient(trust_env=False) as client:
            return (await client.get(f"http://127.0.0.1:{self.ports[service]}/metrics")).text

    async def tells(self, service: str, series: str, value: float) -> bool:
        """Whether a service tells Prometheus just this."""
        said = dict(line.rsplit(" ", 1) for line in (await self.metrics(service)).splitlines() if line[:1] != "#")
        return series in said and float(said[series]) == value

    async def values(self, *topics: str) -> list[bytes]:
        """Every record of these topics."""
        async with broker.Broker(self.given.kafka) as asked:
            return [record.value async for record in asked.everything(topics)]


def _key(value: bytes) -> bytes | None:
    try:
        return str(json.loads(value)["subject"]).encode()
    except (ValueError, KeyError, TypeError):
        return None


def _own_ports() -> Iterator[int]:
    """Free ports of this worker, sixty apart: the doors of a ward lie between. All are below those of whoever calls out, and
    none comes again soon, so that nobody else has it before it is taken.
    """
    span = 300 // int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    for number in itertools.count(secrets.randbelow(span)):
        port = 10_000 + 60 * (WORKER * span + number % span)
        if local.port_is_free(port):
            yield port


_ports = _own_ports()


def _free_port() -> int:
    return next(_ports)


def tell_what_was_said(report: pytest.TestReport) -> None:
    """What the services last said stands below a test that failed."""
    for log in sorted((HOME / "log").glob("*.log")):
        said = [line for line in log.read_text(errors="replace").splitlines() if '"logger": "aiokafka' not in line]
        report.sections.append((f"the end of {log.name}", "\n".join(said[-LOG_LINES:])))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    report: Any = yield
    if report.failed and "ward" in getattr(item, "fixturenames", ()):
        tell_what_was_said(report)
    return report


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two years of 120 residents."""
    folder = tmp_path_factory.mktemp("town")
    write_town(120, 1, folder)
    return folder


@pytest.fixture(scope="session")
def lines(town: Path) -> list[tuple[str, bytes]]:
    return list(oracle.records(town))


@pytest.fixture(scope="session")
def home() -> Iterator[Path]:
    """The folder of the stack for these tests. What we started we also remove; what ran already goes on."""
    ran = (HOME / "stack.json").exists()
    with pytest.MonkeyPatch.context() as patch:
        # A broker that a test has killed gets its port back: no other worker's may have taken it meanwhile.
        patch.setattr(kafka_broker, "DEFAULT_PORT", kafka_broker.DEFAULT_PORT + 200 * (WORKER + 1))
        yield HOME
        if not ran:
            patch.setenv("KOKUNEN_LOCAL", str(HOME))
            stack.reset()


@pytest.fixture
async def ward(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Ward]:
    for name in [name for name in os.environ if name.startswith("KOKUNEN_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("KOKUNEN_LOCAL", str(home))
    monkeypatch.setenv("KOKUNEN_REQUIRE_APACHE_KAFKA", "1")
    monkeypatch.setenv("KOKUNEN_PREFIX", f"t{secrets.token_hex(3)}_{next(_numbers)}_")
    monkeypatch.setenv("KOKUNEN_KEYS", str(tmp_path / "keys"))
    monkeypatch.setenv("KOKUNEN_OUTPUT", str(tmp_path / "out"))
    given = await asyncio.to_thread(stack.up)
    await broker.create_topics(given.kafka)
    here = Ward(given, tmp_path)
    yield here
    here.kill_all()
    assert given.admin_database is not None
    await asyncio.to_thread(databases.drop, given.admin_database)
    await delete_topics(given)


async def delete_topics(given: stack.Stack) -> None:
    """The topics of this ward, so that a broker that serves many of them one after the other does not grow."""
    admin = AIOKafkaAdminClient(bootstrap_servers=given.kafka)
    await admin.start()
    try:
        await admin.delete_topics([broker.prefix() + topic for topic in TOPICS])
    finally:
        await admin.close()
