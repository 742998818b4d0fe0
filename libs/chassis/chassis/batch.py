"""What becomes of the records of one batch?

A record is *delivered* (nothing written; Kafka gives it again), *claimed* (its id is in the inbox of an open transaction;
a crash rolls that back and Kafka gives it again) or *effective* (committed with its outgoing events; a repeat is dropped).

Three things can go wrong, and each has its own end. Bytes that are no event: set aside. An event that our own code fails
on: set aside with its resident parked, so that this resident's later events wait in order while everyone else's flow. A
broken environment: nothing is written, the batch comes again.
"""

import asyncio
import datetime as dt
import hashlib
import logging
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple
from uuid import uuid5

import asyncpg
from contracts.decoder import Refusal, decode
from contracts.envelope import NAMESPACE, Event
from contracts.events.operations import BusinessDayStarted, RecordSetAside
from contracts.vocabulary import JST
from opentelemetry.trace import Span, SpanKind

from chassis import database, erasure, faults, telemetry
from chassis.accounting import Behind, close_partitions, open_partitions
from chassis.accounts import REGISTERED
from chassis.sealing import Sealer
from chassis.service import Service
from chassis.settings import Settings
from chassis.transaction import Cause, Transaction, to_json

log = logging.getLogger(__name__)

MAX_RECORDS = 500
"""Records in one transaction: large enough that its cost is shared, small enough that a repeat is cheap."""
TURN = 25
"""Records decoded in one turn of the event loop."""
MAX_KEY = 128
"""A record key is an addressee number; a longer one is no key of ours."""
CIRCLE_TRIES = 20
"""Times a batch begins again because someone joined the circle of its residents while it waited for locks."""
BROKEN_ENVIRONMENT = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.TransactionRollbackError,
    asyncpg.LockNotAvailableError,
    asyncpg.PostgresSystemError,
    asyncpg.InternalClientError,  # asked in the moment in which the server says that it ends the session
    asyncpg.InvalidCatalogNameError,  # in the moment in which another database is put in its place
    MemoryError,
)
"""Errors that say nothing about the event: the same batch may succeed later."""


class Record(NamedTuple):
    """One record as the broker gave it; `topic` without the deployment's prefix."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]] = ()


_WAITS = Refusal("waiting", rule="waits behind a parked event of this resident")


class CircleGrew(Exception):
    """Someone joined the circle while we waited for locks: begin again with these as well."""


@dataclass
class Incoming:
    """A record on its way to its disposition."""

    record: Record
    hash: bytes
    event: Event[Any] | None = None
    refusal: Refusal | None = None
    disposition: str = "applied"
    parks: bool = False
    release_on: dt.date | None = None
    span: Span | None = None

    def refuse(self, disposition: str, refusal: Refusal, *, parks: bool = False) -> None:
        self.disposition, self.refusal, self.parks = disposition, refusal, parks

    def begin_again(self) -> None:
        """Forget what an attempt that was rolled back made of it."""
        if self.event is not None:
            self.disposition, self.refusal, self.parks, self.release_on = "applied", None, False, None

    @property
    def event_id(self) -> str | None:
        return self.event.id if self.event is not None else None

    @cached_property
    def subject(self) -> int | None:
        return int(self.event.subject) if self.event is not None and self.event.subject.isdigit() else None


class Batches:
    """Takes a service's records through their transactions."""

    def __init__(self, service: Service, settings: Settings, pool: asyncpg.Pool, sealer: Sealer) -> None:
        self.service, self.settings, self.pool, self.sealer = service, settings, pool, sealer
        self._circle = database.queries(service.package)[service.circle] if service.circle else None
        circle = self._circle or "select unnest($1::bigint[]) as addressee"
        self._surroundings = database.queries("chassis")["surroundings"].replace(
            "{circle}", circle.rstrip().rstrip(";")
        )
        self.last_statements = 0
        self.written = asyncio.Event()
        """Set when a batch put something into the outbox."""

    async def process(self, records: Sequence[Record]) -> None:
        """Bring every record to its disposition, `MAX_RECORDS` a transaction, in two lanes where there is more: one computes while the
        database works for the other. Everything about a resident is in one partition, and so in one lane.

        Raises only when the environment is broken, or the records begin too late (Behind); then the transaction that met it wrote nothing, and none follows it in its lane.
        """
        lanes = [records] if len(records) <= MAX_RECORDS else apart(records)
        ends = await asyncio.gather(*(self._in_order(lane) for lane in lanes), return_exceptions=True)
        for end in ends:
            if end is not None:
                raise end

    async def _in_order(self, records: Sequence[Record]) -> None:
        """One transaction after the other; while one waits, the records of the next are decoded."""
        parts = [records[start : start + MAX_RECORDS] for start in range(0, len(records), MAX_RECORDS)]
        decoded = asyncio.create_task(self._decoded(parts[0]))
        for following in [*parts[1:], ()]:
            incoming = await decoded
            decoded = asyncio.create_task(self._decoded(following))
            try:
                await self._take_effect(incoming)
            except BaseException:
                decoded.cancel()
                raise

    async def _decoded(self, records: Sequence[Record]) -> list[Incoming]:
        incoming = []
        for number, record in enumerate(records):
            if number % TURN == 0:
                await asyncio.sleep(0)  # let answers of the database through
            incoming.append(self._decode(record))
        return incoming

    async def _take_effect(self, incoming: list[Incoming]) -> None:
        failures = 0
        while True:
            try:
                await self._commit(incoming, alone=failures >= 3)
            except (*BROKEN_ENVIRONMENT, Behind):
                raise
            except Exception:
                failures += 1
                log.exception("a batch of %d records failed, attempt %d", len(incoming), failures)
                if failures > 3:
                    raise
                for item in incoming:
                    item.begin_again()
                continue
            for labels, count in Counter((item.record.topic, item.disposition) for item in incoming).items():
                telemetry.RECORDS.labels(*labels).inc(count)
            return

    def _decode(self, record: Record) -> Incoming:
        faults.point("decode")
        item = Incoming(record, hashlib.sha256(record.value or b"").digest())
        try:
            if record.key is not None and len(record.key) > MAX_KEY:
                raise Refusal("key", rule=f"a record key of at most {MAX_KEY} bytes")
            event = decode(record.topic, record.value)
            if event.municipality != self.settings.municipality:
                raise Refusal("municipality", "municipality", f"events of {self.settings.municipality} only", event.id)
            item.event = event
        except Refusal as refusal:
            item.refuse("held" if refusal.held else "set_aside", refusal)
        return item

    async def _commit(self, incoming: list[Incoming], *, alone: bool) -> None:
        more: frozenset[int] = frozenset()
        for _ in range(CIRCLE_TRIES):
            transaction = None
            try:
                async with self.pool.acquire() as connection:
                    async with connection.transaction():
                        transaction = Transaction(self.settings, connection, self.sealer)
                        await self._fill(transaction, incoming, more, alone=alone)
                        faults.point("before_commit")
                    faults.point("after_commit")
                if transaction.spoke:
                    self.written.set()
                self.last_statements = transaction.statements
                return
            except CircleGrew as grew:
                more |= frozenset(grew.args[0])
                for item in incoming:
                    item.begin_again()
            finally:
                for item in incoming:
                    if item.span is not None:
                        item.span.end()
                        item.span = None
                if transaction is not None and transaction.span is not None:
                    transaction.span.end()
        raise RuntimeError("the circle of residents did not come to rest")

    async def _fill(
        self, transaction: Transaction, incoming: list[Incoming], more: frozenset[int], *, alone: bool
    ) -> None:
        places = {(i.record.topic, i.record.partition, i.record.offset): i for i in incoming}
        heads = await open_partitions(transaction, places)
        faults.point("opened")
        events = [item for item in incoming if item.event is not None and item.disposition == "applied"]
        if alone:
            await self._take_alone(transaction, events, more)
        else:
            await self._take(transaction, events, more)
        await self._set_aside(transaction, [item for item in incoming if item.refusal is not None])
        faults.point("before_outbox")
        await transaction.send()
        await close_partitions(transaction, heads, {place: item.disposition for place, item in places.items()})

    async def _take(self, transaction: Transaction, items: list[Incoming], more: frozenset[int]) -> None:
        """Claim, lock, apply. What remains of `items` as 'applied' took effect."""
        if not items:
            return
        items = await self._claim(transaction, items)
        faults.point("claimed")
        days = [item.event.data.day for item in items if item.event and type(item.event.data) is BusinessDayStarted]
        residents = [item for item in items if item.subject is not None]
        facts: list[Any] = []
        failed: list[tuple[Incoming, Exception]] = []
        for item in residents:
            handler = self.service.handlers.get(type(item.event.data))  # type: ignore[union-attr]
            try:
                if handler is not None:
                    facts.append((item, handler(item.event)))  # type: ignore[arg-type]
            except Exception as error:
                failed.append((item, error))
        if days:
            await transaction.query("advance_day", max(days))
        events = [item.event for item in items if item.event is not None]
        await self._set_register(transaction, events)
        await erasure.carry_out(transaction, self.service.erase, events)
        if not residents:
            return
        touched = {item.subject for item in residents if item.subject is not None}
        parked, erased = await self._lock(transaction, touched, [f for _, f in facts], more)
        faults.point("locked")
        for item in residents:
            if item.subject in erased and item.event.time <= erased[item.subject]:  # type: ignore[union-attr]
                item.disposition = "stale"
        failed = [(item, failure) for item, failure in failed if item.disposition == "applied"]
        facts = [(item, fact) for item, fact in facts if item.disposition == "applied"]
        for item, failure in failed:
            if item.subject not in parked:
                raise failure
            item.refuse("held", _WAITS)
        usable: list[Any] = []
        for item, fact in facts:
            if item.subject in parked:
                item.refuse("held", _WAITS)
            elif self._too_early(item.event, transaction.business_day):
                item.refuse("held", Refusal("early", "time", "recorded later than the next business day"))
                item.release_on = item.event.time.astimezone(JST).date() - dt.timedelta(days=1)
            else:
                usable.append(fact)
                self._begin_span(transaction, item)
        if usable:
            own = sorted({item.subject for item, _ in facts if item.disposition == "applied"})
            await self.service.apply(transaction, usable, own)
        for item in items:
            if item.event is not None and item.disposition == "applied":
                item.disposition = transaction.dispositions.get(item.event.id, "applied")

    def _too_early(self, event: Event[Any] | None, business_day: dt.date | None) -> bool:
        """Whether it was recorded later than the next business day: no sender's clock has authority (decision 2)."""
        if event is None or business_day is None:
            return False
        return event.time.astimezone(JST).date() > business_day + dt.timedelta(days=1)

    async def _set_register(self, transaction: Transaction, events: Sequence[Event[Any]]) -> None:
        """Accounts and terminals as they were last set: of each the newest version."""
        for kind, place in REGISTERED.items():
            newest: dict[str, Any] = {}
            for event in events:
                name = event.subject.removeprefix(f"{place}/")
                if type(event.data) is kind and event.data.version > getattr(newest.get(name), "version", 0):
                    newest[name] = event.data
            if newest:
                rows = [(name, data.version, to_json(data).decode()) for name, data in sorted(newest.items())]
                await transaction.query(f"set_{place}s", *database.columns(rows, 3))

    async def _claim(self, transaction: Transaction, items: list[Incoming]) -> list[Incoming]:
        """Those whose id is new. A repeat is a duplicate; the same id with other bytes is set aside with an alarm."""
        first: dict[str, Incoming] = {}
        for item in items:
            known = first.setdefault(item.event.id, item)  # type: ignore[union-attr]
            if known is not item:
                self._repeat(item, differs=known.hash != item.hash)
        given = sorted((event_id, item.hash) for event_id, item in first.items())
        fresh = []
        for row in await transaction.query("claim", *database.columns(given, 2)):
            item = first[str(row["id"])]
            if row["fresh"]:
                fresh.append(item)
            else:
                self._repeat(item, differs=row["differs"])
        fresh.sort(key=lambda item: (item.record.topic, item.record.partition, item.record.offset))
        return fresh

    def _repeat(self, item: Incoming, *, differs: bool) -> None:
        if differs:
            telemetry.ID_REUSED.labels(item.record.topic).inc()
            item.refuse("set_aside", Refusal("id_reused", "id", "one id, one content", item.event_id))
        else:
            item.disposition = "duplicate"

    async def _lock(
        self, transaction: Transaction, residents: set[int], facts: list[Any], more: frozenset[int]
    ) -> tuple[frozenset[int], dict[int, dt.datetime]]:
        """Lock the residents and their circle; returns those of them who are parked, and who were erased when."""
        wanted = set(residents) | more
        named: tuple[list[int], ...] = ()
        if self._circle is not None:
            assert self.service.circle_of is not None
            named = self.service.circle_of(facts)
            rows = await transaction.fetch(self._circle, sorted(residents), *named)
            wanted |= {row["addressee"] for row in rows}
        # What they meet in is locked as well: of two who are new to one household at once neither sees the other.
        met_in = {_number_of(name) for names in named for name in names}
        await transaction.query("lock_residents", sorted(wanted | met_in))
        rows = await transaction.fetch(self._surroundings, sorted(residents), *named)
        found = next(row for row in rows if row["circle"] is not None)
        if grown := set(found["circle"]) - wanted:
            raise CircleGrew(grown | wanted)
        transaction.business_day, transaction.residents = found["business_day"], tuple(sorted(wanted))
        transaction.last_said = [row for row in rows if row is not found]
        transaction.said_before_erasure = {number: sequence for number, _, sequence in found["erased"]}
        return frozenset(found["parked"]), {number: at for number, at, _ in found["erased"]}

    def _begin_span(self, transaction: Transaction, item: Incoming) -> None:
        event = item.event
        assert event is not None
        assert item.subject is not None
        parent = telemetry.context_of(item.record.headers, event.traceparent)
        forward = None
        if parent is not None:
            if transaction.span is None:
                transaction.span = telemetry.together(f"{self.service.name} batch")
            item.span = telemetry.span(
                f"{self.service.name} {event.type}",
                parent,
                SpanKind.CONSUMER,
                transaction.span,
                event_id=event.id,
                event_type=event.type,
            )
            forward = telemetry.traceparent(item.span)
        cause = Cause(event.time, event.id, event.correlation or event.id, forward)
        known = transaction.causes.pop(item.subject, None)
        transaction.causes[item.subject] = cause if known is None else latest(known, cause)

    async def _take_alone(self, transaction: Transaction, items: list[Incoming], more: frozenset[int]) -> None:
        """One event at a time, each behind a savepoint: what fails is parked, its resident's later events wait.

        As everywhere, what this service does nothing about waits for nothing.
        """
        parked: set[int] = set()
        for item in items:
            if item.subject in parked and type(item.event.data) in self.service.handlers:  # type: ignore[union-attr]
                await self._keep(transaction, item, "held", _WAITS)
                continue
            outgoing, causes = len(transaction.outgoing), dict(transaction.causes)
            transaction.causes.clear()
            try:
                async with transaction.connection.transaction():
                    await self._take(transaction, [item], more)
            except (*BROKEN_ENVIRONMENT, CircleGrew):
                raise
            except Exception as error:
                log.exception("resident %s is parked", item.subject or "(none)")
                del transaction.outgoing[outgoing:]
                rule = f"{type(error).__name__} in {self.service.name}"
                await self._keep(transaction, item, "set_aside", Refusal("failed", rule=rule, event=item.event_id))
                if item.subject is not None:
                    parked.add(item.subject)
            transaction.causes = causes

    async def _keep(self, transaction: Transaction, item: Incoming, disposition: str, refusal: Refusal) -> None:
        """Claim an event that takes no effect now."""
        item.begin_again()
        if await self._claim(transaction, [item]):
            if item.subject is not None:
                await transaction.query("lock_residents", [item.subject])
            item.refuse(disposition, refusal, parks=disposition == "set_aside")

    async def _set_aside(self, transaction: Transaction, items: list[Incoming]) -> None:
        if not items:
            return
        rows = [
            (
                item.record.topic,
                item.record.partition,
                item.record.offset,
                item.subject,
                item.event_id,
                item.disposition,
                item.refusal.reason,
                item.refusal.field,
                item.refusal.rule,
                self.sealer.seal(item.record.value or b"", place_of(item.record)),
                item.parks,
                item.release_on,
            )
            for item in items
            if item.refusal is not None
        ]
        new = {tuple(row) for row in await transaction.query("set_aside", *database.columns(rows, 12))}
        for item in items:
            record, refusal = item.record, item.refusal
            if refusal is None or (record.topic, record.partition, record.offset) not in new:
                continue
            level = logging.WARNING if item.disposition == "set_aside" else logging.INFO
            log.log(level, "%s/%d@%d %s: %s", record.topic, record.partition, record.offset, item.disposition, refusal)
            data = RecordSetAside(
                service=self.service.name,
                topic=record.topic,
                partition=record.partition,
                offset=record.offset,
                disposition="held" if item.disposition == "held" else "set_aside",
                reason=refusal.reason,
                field=refusal.field,
                rule=refusal.rule,
                event=item.event_id,
            )
            event_id = str(uuid5(NAMESPACE, f"{self.service.name}|set-aside|{place_of(record)}"))
            subject = f"{record.topic}/{record.partition}/{record.offset}"
            cause = Cause(item.event.time, item.event.id) if item.event is not None else transaction.cause_of(0)
            transaction.emit(
                f"{self.service.name}.set-aside", subject, event_id, "RecordSetAside", to_json(data), cause
            )


def latest(*causes: Cause) -> Cause:
    """The latest recorded event speaks for a resident, whatever the order of arrival; the trace of one that is not sampled is that of the latest that is."""
    ordered = sorted(causes, key=lambda cause: (cause.time, cause.event or ""))
    traces = [cause.traceparent for cause in ordered if cause.traceparent is not None]
    return replace(ordered[-1], traceparent=traces[-1]) if traces else ordered[-1]


def apart(records: Sequence[Record]) -> list[list[Record]]:
    """The records in two lanes of much the same length, each partition number in one of them, in its order."""
    of_partition: dict[int, list[Record]] = defaultdict(list)
    for record in records:
        of_partition[record.partition].append(record)
    lanes: list[list[Record]] = [[], []]
    for group in sorted(of_partition.values(), key=len, reverse=True):
        min(lanes, key=len).extend(group)
    return [lane for lane in lanes if lane]


def _number_of(name: int | str) -> int:
    """A lock's number for whatever a circle is looked for by: a resident, a household, a filing."""
    return (
        name
        if isinstance(name, int)
        else int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
    )


def place_of(record: Record) -> str:
    return f"{record.topic}/{record.partition}/{record.offset}"
