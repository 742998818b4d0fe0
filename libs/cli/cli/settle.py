"""Has everything that was published been worked off? For every group committed = end, every outbox and work table empty."""

import asyncio
import datetime as dt
import time
from dataclasses import dataclass

import asyncpg
from aiokafka.errors import KafkaError
from chassis import database
from transmittal.sealing_day import last_sealing_day

from cli.broker import Broker
from cli.catalogue import TOPICS_OF
from cli.stack import Stack

_WORK = {
    "eligibility": "select count(*) from due where next_due_on <= (select business_day from clock)",
    "audit": "select count(*) from access, overseen where idx > until",
}
# A signature of the log follows within a second of whatever happens, and nothing follows from it.
_UNSENT = "select count(*) from outbox where topic not like '%audit-checkpoints'"
_SEALED = "select sealed_until, (select business_day from clock) as day from sealing"
_RELEASABLE = "select count(*) from set_aside where state = 'open' and release_on <= (select business_day from clock)"


class NotSettled(Exception):
    """The time ran out; the message says what was still open."""


@dataclass(frozen=True)
class Backlog:
    """What is left to do, by service."""

    lag: dict[str, int]
    unsent: dict[str, int]
    work: dict[str, int]
    ends: dict[tuple[str, int], int]

    @property
    def empty(self) -> bool:
        return not any((*self.lag.values(), *self.unsent.values(), *self.work.values()))

    def __str__(self) -> str:
        parts = [f"{s}: {n} records behind" for s, n in self.lag.items() if n]
        parts += [f"{s}: {n} events unsent" for s, n in self.unsent.items() if n]
        parts += [f"{s}: {n} pieces of work due" for s, n in self.work.items() if n]
        return "; ".join(parts) or "nothing is left"


class Watch:
    """Questions about the backlog, over open connections."""

    def __init__(self, given: Stack) -> None:
        self.stack = given
        self.broker = Broker(given.kafka)
        self.databases: dict[str, asyncpg.Connection] = {}

    async def __aenter__(self) -> "Watch":
        await self.broker.__aenter__()
        try:
            for service in TOPICS_OF:
                self.databases[service] = await asyncpg.connect(
                    self.stack.databases[service], server_settings=database.SESSION
                )
        except BaseException:
            await self.__aexit__()
            raise
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.broker.__aexit__(*exc)
        for connection in self.databases.values():
            await connection.close()

    async def backlog(self) -> Backlog:
        """What is left to do now."""
        topics = sorted({topic for topics in TOPICS_OF.values() for topic in topics})
        # Committed first: an end read later can only make the backlog look larger, never smaller.
        committed = {service: await self.broker.committed(service) for service in TOPICS_OF}
        unsent = {s: await c.fetchval(_UNSENT) for s, c in self.databases.items()}
        work = {s: await c.fetchval(_RELEASABLE) for s, c in self.databases.items()}
        for service, query in _WORK.items():
            work[service] += await self.databases[service].fetchval(query)
        work["transmittal"] += await self._sealing_due()
        ends = await self.broker.ends(topics)
        lag = {
            service: sum(
                end - max(committed[service].get(place, 0), 0)
                for place, end in ends.items()
                if place[0] in TOPICS_OF[service]
            )
            for service in TOPICS_OF
        }
        return Backlog(lag, unsent, work, ends)

    async def _sealing_due(self) -> bool:
        """Whether a sealing day has come and its batch is not sealed: what was asked for it may have been away."""
        sealed_until, day = await self.databases["transmittal"].fetchrow(_SEALED)
        if day is None:
            return False
        return last_sealing_day(sealed_until or day - dt.timedelta(days=1), day) is not None

    async def at_rest(self, at_most: float) -> Backlog:
        """The backlog when nothing is left, or after so many seconds."""
        started = time.monotonic()
        while True:
            backlog = await self.backlog()
            if backlog.empty or time.monotonic() - started > at_most:
                return backlog
            await asyncio.sleep(0.03)

    async def settle(self, at_most: float) -> float:
        """Wait until the backlog is empty twice with the same end offsets; returns the seconds it took.

        A broker that is away for a moment, as when a node of a cluster starts, is asked again.
        """
        started = time.monotonic()
        before: Backlog | None = None
        while True:
            try:
                now = await self.backlog()
            except KafkaError:
                if time.monotonic() - started > at_most:
                    raise
                before = None
                await asyncio.sleep(0.5)
                continue
            if now.empty and before is not None and before.empty and before.ends == now.ends:
                return time.monotonic() - started
            if time.monotonic() - started > at_most:
                raise NotSettled(f"Not settled within {at_most:.0f} s: {now}.")
            before = now
            if not now.empty:
                await asyncio.sleep(0.1)

    async def day_reached(self, day: dt.date, at_most: float = 60) -> None:
        """Wait until every service that keeps a clock has come to this business day."""
        started = time.monotonic()
        for service, connection in self.databases.items():
            if "calendar" not in TOPICS_OF[service] or service == "audit":
                continue
            while not await connection.fetchval("select coalesce(business_day >= $1, false) from clock", day):
                if time.monotonic() - started > at_most:
                    raise NotSettled(f"{service} has not come to business day {day} within {at_most:.0f} s.")
                await asyncio.sleep(0.005)
