"""A ward in bad weather: events flow, and a test brings faults; where it asks so, services see Kafka and PostgreSQL through proxies."""

import asyncio
import os
import re
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from random import Random
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

import httpx
import psutil
from audit.verify import verify as verify_log
from chassis.settings import variable
from cli import local, settle
from cli.catalogue import TOPICS_OF
from cli.services import environment_settings
from contracts.vocabulary import SERVICES

from tests.faults.proxy import Proxy
from tests.system.conftest import Ward, until

SABOTAGED = Path(__file__).parent / "sabotaged.py"
"""A service with one thing changed."""
DERIVING = ("registry-sync", "tax-income", "eligibility")
POINTS = (
    "read", "decode", "opened", "claimed", "locked", "before_outbox", "before_commit", "after_commit",
    "before_offset_commit", "after_offset_commit", "relay_sent", "relay_deleted",
)  # fmt: skip
"""Where a service that derives may end: around each step of a batch and of the relay."""
AUDIT_POINTS = ("read", "opened", "before_commit", "after_commit", "before_offset_commit", "sequenced", "signed")
POSITION = "select coalesce(sum(next_offset), 0) from ledger_head"
NAME = re.compile(rb'"(?:name|name_kana|householder_name|address)":"([^"]{6,})"')
TELLING = re.compile(rb'"level": "(WARNING|ERROR|CRITICAL)"')


_K = TypeVar("_K")


class Field:
    """What a row of the fault matrix does to a ward, and how it knows that the ward has got over it."""

    def __init__(self, ward: Ward, lines: list[tuple[str, bytes]], town: Path, seed: int) -> None:
        self.ward, self.lines, self.town = ward, lines, town
        self.seed, self.rng = seed, Random(seed)
        self.kafka: Proxy
        self.postgres: dict[str, Proxy] = {}
        self.proxies: list[Proxy] = []
        """None, unless faults befall what goes between the services and their surroundings."""
        self.fired: Counter[str] = Counter()
        """How often each fault befell the ward; a row without any shows nothing."""
        self.waits: list[float] = []
        """Seconds from the end of each fault to the first record that was taken after it."""
        self.figures: dict[str, Any] = {}
        """What else a row measured."""

    def one_of(self, *kinds: _K) -> _K:
        """Seed by seed each of these kinds of a fault in turn."""
        kind = kinds[self.seed % len(kinds)]
        self.figures["kind"] = kind
        return kind

    @asynccontextmanager
    async def between(self) -> AsyncIterator["Field"]:
        """Proxies stand between the services and what they talk to."""
        host, _, port = self.ward.given.kafka.partition(":")
        self.kafka = Proxy((host, int(port)), self.rng.random(), kafka=True)
        urls = {service: self.ward.given.databases[service] for service in SERVICES}
        self.postgres = {service: Proxy(place_of(url), self.rng.random()) for service, url in urls.items()}
        self.proxies = [self.kafka, *self.postgres.values()]
        async with AsyncExitStack() as stack:
            for proxy in self.proxies:
                await stack.enter_async_context(proxy)
            self.ward.surroundings["KOKUNEN_KAFKA"] = self.kafka.address
            for service, url in urls.items():
                self.ward.surroundings[variable(service)] = through(url, self.postgres[service].address)
            try:
                yield self
            finally:
                self.ward.kill_all()

    @asynccontextmanager
    async def flowing(self, seconds: float = 8.0) -> AsyncIterator[None]:
        """The town's events come evenly over about so many seconds, the last of them once the faults are over; at the end all
        of them are on their topics.
        """
        over = asyncio.Event()
        flow = asyncio.create_task(self._flow(seconds, over))
        try:
            yield
            over.set()
            await flow
        finally:
            flow.cancel()
            for proxy in self.proxies:
                proxy.clear()

    async def _flow(self, seconds: float, over: asyncio.Event) -> None:
        evenly = -(-len(self.lines) // max(1, int(seconds / 0.1)))
        left = self.lines
        async with self.ward.sender() as sender:
            while left:
                # However long a slow machine takes over its faults, something still comes for the next one to strike.
                ebbs = len(left) <= len(self.lines) // 4 and not over.is_set()
                size = max(1, min(evenly, len(left) // 20)) if ebbs else evenly
                await self.ward.publish(left[:size], sender)
                left = left[size:]
                await asyncio.sleep(0.1)

    async def killed_at(self, service: str, point: str) -> None:
        """End a service at a named point, in one of its first batches."""
        if service in self.ward.processes:
            self.kill(service)
        # All that waits may leave in one round of the relay.
        nth = 1 if point.startswith("relay") else self.rng.randint(1, 3)
        self.ward.start_to_die(service, f"{point}:{nth}")
        await self.ward.died_there(service)
        self.fired[point] += 1

    def kill(self, service: str) -> None:
        process = self.ward.processes.pop(service)
        process.kill()
        process.wait()
        self.fired["killed"] += 1

    async def lives(self, service: str) -> bool:
        """What whoever watches processes asks of them."""
        try:
            async with httpx.AsyncClient(trust_env=False, timeout=5) as client:
                answer = await client.get(f"http://127.0.0.1:{self.ward.ports[service]}/health/live")
            return answer.status_code == 200
        except httpx.HTTPError:
            return False

    async def stop(self, *services: str) -> None:
        """Ask to finish, and wait in a thread: the proxies, through which a service finishes, run in this loop."""
        await asyncio.to_thread(self.ward.stop, *services)

    def signal(self, service: str, what: signal.Signals) -> None:
        os.kill(self.ward.processes[service].pid, what)
        self.fired[what.name] += 1

    async def starts_again(self, *services: str) -> None:
        """Start what was killed; it takes records again."""
        began = time.monotonic()
        await self.ward.start(*services)
        await self.takes_again(*services, since=began)

    async def takes_again(self, *services: str, since: float | None = None, seconds: float = 120) -> None:
        """From now, the end of a fault: wait until each of these services has taken a record or has none to take."""
        began = since or time.monotonic()
        async with settle.Watch(self.ward.given) as watch:

            async def position(service: str) -> int:
                return int(await watch.databases[service].fetchval(POSITION))

            stood = {service: await position(service) for service in services}

            async def took(service: str) -> bool:
                now = await position(service)
                return now > stood[service] or now >= sum((await watch.broker.ends(TOPICS_OF[service])).values())

            for service in services:
                await until(lambda service=service: took(service), f"{service} takes records again", seconds)  # type: ignore[misc]
        self.waits.append(time.monotonic() - began)

    def memory(self) -> dict[str, int]:
        """MiB of each service."""
        return {s: psutil.Process(p.pid).memory_info().rss // 2**20 for s, p in self.ward.processes.items()}

    async def position(self, service: str) -> int:
        return int(await self.ward.one(service, POSITION))

    async def holds(self) -> None:
        """After the last fault everything drains, and every invariant holds: the oracle, the accounting, the log."""
        for proxy in self.proxies:
            proxy.clear()
            self.fired.update(proxy.fired)
        assert sum(self.fired.values()), "no fault befell anybody"
        began = time.monotonic()
        await self.ward.keeps_its_promises(self.town)
        self.figures["drained_seconds"] = round(time.monotonic() - began, 1)
        await self._log_is_whole()
        self._nobody_is_named()

    def _nobody_is_named(self) -> None:
        """I7: whatever went wrong, no log and no metric tells who lives here."""
        names = {name for _, value in self.lines for name in NAME.findall(value)}
        assert len(names) > 20
        for log in sorted((local.home() / "log").glob("*.log")):
            said = log.read_bytes()
            assert not [name for name in names if name in said], f"{log.name} names somebody"

    async def _log_is_whole(self) -> None:
        own = environment_settings(self.ward.given, "audit")
        report = await verify_log(own.database, self.ward.given.kafka, own.key_file, own.prefix, lambda _: None)
        assert report.findings == []
        assert report.leaves > 0


def log_lines() -> list[bytes]:
    """What the services said that somebody should read: warnings and worse."""
    files = sorted((local.home() / "log").glob("*.log"))
    return [line for file in files for line in file.read_bytes().splitlines() if TELLING.search(line)]


def place_of(url: str) -> tuple[str, int] | str:
    """Where a server listens: the path of its socket, or host and port."""
    parts = urlsplit(url)
    folder = re.search(r"host=([^&]+)", parts.query)
    return f"{folder[1]}/.s.PGSQL.{parts.port or 5432}" if folder else (str(parts.hostname), parts.port or 5432)


def through(url: str, address: str) -> str:
    parts = urlsplit(url)
    login = parts.netloc.rpartition("@")[0]
    return urlunsplit((parts.scheme, f"{login}@{address}", parts.path, "", ""))
