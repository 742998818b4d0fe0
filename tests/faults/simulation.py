"""A ward without a broker: the services' own batches, relays and work of the day, on their own PostgreSQL, in one loop; topics lie in memory.

Every await of theirs is counted, and any of them may be the last: then the sessions are gone at once, as when a process is killed, nothing that was
awaited goes on, and the service begins again from what it had committed.
"""

import asyncio
import itertools
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Coroutine, Iterable, Sequence
from types import SimpleNamespace
from typing import Any

import asyncpg
from chassis import database, sealing
from chassis.accounting import Behind
from chassis.batch import Record
from chassis.later import Later
from chassis.relay import Relay, partition_of
from chassis.settings import Settings
from cli import oracle, stack
from cli.broker import prefix
from cli.catalogue import EVERY
from cli.services import environment_settings
from cli.verify import STATEMENTS, accounting, effects, equality, runs_of, said_by
from contracts.topics import TOPICS

SERVICES = ("registry-sync", "tax-income", "eligibility")
KEPT = {"migration", "clock", "access_counter", "law"}
IN_ONE_BATCH = 7
"""Events that one of the broker's batches holds here: so that the relay has several under way."""

Lines = Sequence[tuple[str, bytes]]


class Steps:
    """Counts the awaits of a run in which something is really waited for, and ends it at one of them."""

    def __init__(self) -> None:
        self.at = 0
        self.count = 0
        self.crash: Callable[[], None] | None = None

    def factory(self, loop: asyncio.AbstractEventLoop, work: Any, **named: Any) -> "asyncio.Task[Any]":
        return asyncio.Task(_Stepped(work, self), loop=loop, **named)

    def suspended(self) -> None:
        self.count += 1
        if self.crash is not None and self.count == self.at:
            self.crash()


class _Stepped(Coroutine[Any, Any, Any]):
    """A coroutine that tells each time it waits."""

    def __init__(self, work: Any, steps: Steps) -> None:
        self.work, self.steps = work, steps

    def send(self, value: Any) -> Any:
        awaited = self.work.send(value)
        self.steps.suspended()
        return awaited

    def throw(self, *error: Any) -> Any:
        awaited = self.work.throw(*error)
        self.steps.suspended()
        return awaited

    def close(self) -> None:
        self.work.close()

    def __await__(self) -> Any:
        return self.work.__await__()


class Batch:
    """Some events for one partition, as the producer's own batches take them."""

    def __init__(self) -> None:
        self.events: list[tuple[bytes, bytes, Sequence[tuple[str, bytes]]]] = []

    def append(self, *, key: bytes, value: bytes, timestamp: None, headers: Sequence[tuple[str, bytes]]) -> bool | None:
        if len(self.events) >= IN_ONE_BATCH:
            return None
        self.events.append((key, value, headers))
        return True


class Topics:
    """What is on every partition. Also a producer: what was handed over is there, whether or not the answer is still awaited."""

    def __init__(self) -> None:
        self.records: dict[tuple[str, int], list[Record]] = defaultdict(list)

    def put(self, topic: str, key: bytes, value: bytes, headers: Sequence[tuple[str, bytes]] = ()) -> None:
        part = partition_of(key, TOPICS[topic].partitions)
        place = self.records[topic, part]
        place.append(Record(topic, part, len(place), key, value, headers))

    def create_batch(self) -> Batch:
        return Batch()

    async def partitions_for(self, topic: str) -> set[int]:
        return set(range(TOPICS[topic.removeprefix(prefix())].partitions))

    async def send_batch(self, batch: Batch, topic: str, *, partition: int) -> "asyncio.Future[None]":
        await asyncio.sleep(0)
        for event in batch.events:
            self.put(topic.removeprefix(prefix()), *event)
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[None] = loop.create_future()
        loop.call_soon(lambda: answer.done() or answer.set_result(None))
        return answer

    def events(self, topics: Iterable[str]) -> list[dict[str, Any]]:
        found = []
        for topic, part in sorted(self.records):
            if topic in topics:
                found += [json.loads(record.value or b"") for record in self.records[topic, part]]
        return found


class World:
    """Three services, and what may befall them."""

    def __init__(self, given: stack.Stack, loop: asyncio.AbstractEventLoop) -> None:
        self.given, self.loop = given, loop
        self.steps = Steps()
        loop.set_task_factory(self.steps.factory)
        loop.set_exception_handler(_of_the_dead)
        self.settings: dict[str, Settings] = {name: environment_settings(given, name) for name in SERVICES}
        self.pools: dict[str, asyncpg.Pool] = {}
        self.topics = Topics()
        self.positions: Counter[tuple[str, str, int]] = Counter()
        self.met: Counter[str] = Counter()

    async def begin(self) -> None:
        """Empty databases and topics."""
        self.topics, self.positions = Topics(), Counter()
        for name in SERVICES:
            pool = await self._pool(name)
            key = self.settings[name].key_file
            await database.migrate(pool, EVERY[name].package, lambda key=key: sealing.create(key))  # type: ignore[misc]
            rows = await pool.fetch("select tablename from pg_tables where schemaname = 'public'")
            tables = ", ".join(row["tablename"] for row in rows if row["tablename"] not in KEPT)
            await pool.execute(f"truncate {tables} restart identity")
            await pool.execute("update clock set business_day = null")

    async def end(self) -> None:
        for pool in self.pools.values():
            pool.terminate()

    async def _pool(self, name: str) -> asyncpg.Pool:
        if name not in self.pools:
            self.pools[name] = await database.connect(self.settings[name].database, connections=3)
        return self.pools[name]

    async def _member(self, name: str) -> Later:
        settings = self.settings[name]
        return Later(EVERY[name], settings, await self._pool(name), sealing.load(settings.key_file))

    async def _until(self, name: str, work: Coroutine[Any, Any, Any], at: int, what: str) -> bool:
        """Do work of a service to its end, or to its `at`-th await. Whether it came to its end."""
        task = asyncio.ensure_future(work)
        crashed = False

        def crash() -> None:
            nonlocal crashed
            crashed = True
            self.steps.crash = None
            self.pools.pop(name).terminate()
            task.cancel()

        self.steps.count, self.steps.at, self.steps.crash = 0, at, crash if at else None
        ends = await asyncio.gather(task, return_exceptions=True)
        self.steps.crash = None
        self.met["awaits"] += self.steps.count
        if crashed:
            self.met[f"{what} ended at an await"] += 1
            await self._gone(name)
            await self.follow(name)  # as whoever starts does
        elif isinstance(ends[0], Behind):
            await self.follow(name)
            self.met["read on from the database"] += 1
            return False
        elif isinstance(ends[0], BaseException):
            raise ends[0]
        return not crashed

    async def follow(self, name: str) -> None:
        """A service reads on from where its database stands, where its group has read further."""
        rows = await (await self._pool(name)).fetch("select topic, part, next_offset from ledger_head")
        stands = {(row["topic"], row["part"]): row["next_offset"] for row in rows}
        for place in self.positions:
            if place[0] == name:
                self.positions[place] = min(self.positions[place], stands.get(place[1:], 0))

    async def _gone(self, name: str) -> None:
        """The server has seen that nobody is there any more."""
        pool = await self._pool(name)
        others = "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
        while await pool.fetchval(others):  # noqa: ASYNC110
            await asyncio.sleep(0.001)

    def waiting(self, name: str, most: int) -> list[Record]:
        """The next records of a service, a few of each partition."""
        found: list[Record] = []
        for topic, part in sorted(self.topics.records):
            if topic in EVERY[name].topics:
                at = self.positions[name, topic, part]
                found += self.topics.records[topic, part][at : at + max(1, most // 4)]
        return found[:most]

    def commit(self, name: str, records: Sequence[Record]) -> None:
        for record in records:
            self.positions[name, record.topic, record.partition] = record.offset + 1

    async def poll(self, name: str, most: int, at: int = 0) -> int:
        """A batch; its offsets are committed when it has taken effect."""
        records = self.waiting(name, most)
        if records and await self._until(name, (await self._member(name)).process(records), at, "a batch"):
            self.commit(name, records)
        return len(records)

    async def poll_twice(self, name: str, most: int) -> None:
        """Two members have the same records: one of them does not know yet that it has them no more."""
        records = self.waiting(name, most)
        if records:
            members = [await self._member(name), await self._member(name)]

            async def both() -> None:
                ends = await asyncio.gather(*(member.process(records) for member in members), return_exceptions=True)
                for end in ends:
                    if isinstance(end, BaseException):
                        raise end

            if await self._until(name, both(), 0, "two members"):
                self.commit(name, records)
                self.met["two members at once"] += 1

    def step_back(self, name: str, records: int) -> None:
        """Offsets that were not committed after all."""
        for place in self.positions:
            if place[0] == name:
                self.positions[place] = max(0, self.positions[place] - records)
        self.met["offsets lost"] += 1

    def step_ahead(self, name: str, records: int) -> None:
        """Offsets are committed of what has not taken effect: the database is an older one."""
        for topic, part in self.topics.records:
            if topic in EVERY[name].topics:
                end = len(self.topics.records[topic, part])
                self.positions[name, topic, part] = min(end, self.positions[name, topic, part] + records)
        self.met["offsets ahead"] += 1

    async def relay(self, name: str, at: int = 0) -> int:
        """One round of the relay; how many events it sent, if it came to its end."""
        pool, sent = await self._pool(name), 0

        async def work() -> None:
            nonlocal sent
            async with pool.acquire() as connection:
                sent = await Relay(self.settings[name], pool, asyncio.Event())._publish(connection, self.topics)  # type: ignore[arg-type]

        await self._until(name, work(), at, "a relay")
        return sent

    async def day(self, name: str, at: int = 0) -> int:
        """A round of the work of the day."""
        done = 0

        async def work() -> None:
            nonlocal done
            done = await (await self._member(name)).due()

        await self._until(name, work(), at, "the day")
        return done

    async def drain(self, lines: Lines) -> None:
        """No more faults, everybody has started once more: until nobody has anything to do, and nothing is wanted that was once sent."""
        for name in SERVICES:
            await self.follow(name)
        assessments: dict[str, list[tuple[str, bytes]]] = defaultdict(list)
        for topic, value in lines:
            if topic == "tax-assessments" and (whose := subject(value)):
                assessments[whose].append((topic, value))
        answered = 0
        while True:
            done = 0
            for name in SERVICES:
                done += await self.poll(name, 500) + await self.day(name) + await self.relay(name)
            if done:
                continue
            wanted = [event for event in self.topics.events(["income-needs"]) if event["type"] == "IncomesWanted"]
            if len(wanted) == answered:
                return
            for event in wanted[answered:]:
                for topic, value in assessments[event["subject"]]:
                    self.topics.put(topic, event["subject"].encode(), value)
            answered = len(wanted)

    async def findings(self, lines: Lines) -> list[Any]:
        """Against what holds always: equal to a pure fold of the inputs (I1), accounted for (I2), no effect twice or without cause (I3)."""
        watch: Any = SimpleNamespace(databases={name: await self._pool(name) for name in SERVICES})
        folded = oracle.fold(oracle.accepted(lines, "131164"))
        found: list[Any] = equality(await said_by(watch), folded.said, frozenset())
        ours = defaultdict(list)
        for event in self.topics.events(STATEMENTS):
            ours[event["source"].removeprefix("kokunen/")].append(event)
        for name in SERVICES:
            pool = self.pools[name]
            ends = {place: len(r) for place, r in self.topics.records.items() if place[0] in EVERY[name].topics}
            found += accounting(name, ends, await runs_of(watch, name), {})
            rows = await pool.fetch("select subject, max(sequence) as last from said group by subject")
            known = frozenset(str(row["id"]) for row in await pool.fetch("select id from inbox"))
            found += effects(name, ours[name], {row["subject"]: row["last"] for row in rows}, known)
        return found


def _of_the_dead(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """What a client library says of sessions that were ended under it is as it should be; everything else is told."""
    if not isinstance(context.get("exception"), (asyncpg.PostgresConnectionError, asyncpg.InterfaceError)):
        loop.default_exception_handler(context)


def subject(value: bytes) -> str:
    """Whom an event is about; nobody where it is none."""
    try:
        return str(json.loads(value)["subject"])
    except (ValueError, KeyError, TypeError):
        return ""


def some_of(lines: Lines, residents: int, days: int = 30) -> list[tuple[str, bytes]]:
    """The lines of so many residents, and every so-manieth day with the last one."""
    subjects = [s for s in dict.fromkeys(subject(v) for t, v in lines if t == "resident-changes") if s.isdigit()]
    chosen = set(itertools.islice(subjects, residents))
    calendar = [line for line in lines if line[0] == "calendar"]
    return [line for line in lines if subject(line[1]) in chosen] + calendar[::-days][::-1]
