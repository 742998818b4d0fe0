"""How do records get from Kafka to their transaction, and when is an offset committed? After PostgreSQL, never before.

The subscriber takes raw bytes in batches under the MANUAL policy: FastStream's own decoding, its default
acknowledgement (at most once) and its header parsing (which fails on bytes that are not UTF-8) are all replaced here.
"""

import asyncio
import functools
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import CommitFailedError, CorruptRecordException, IllegalStateError, KafkaError
from contracts.topics import TOPICS
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.message import KafkaAckableMessage

from chassis import faults, telemetry, wire
from chassis.accounting import Behind, Partition, nothing_before
from chassis.batch import BROKEN_ENVIRONMENT, Record
from chassis.relay import first_of, partition_of, pause
from chassis.service import Process
from chassis.settings import Settings

log = logging.getLogger(__name__)
_client_log = logging.getLogger("kafka_client")

MAX_RECORDS = 2000
"""Records of one poll, whose offsets are committed together."""
GATHER_MS = 100
"""While much comes, so long may records gather at the broker, up to the bytes below: what costs is each answer, not each record."""
GATHER_BYTES = 16 * 1024
PATIENT_BYTES = 256 * 1024
"""Each answer of the broker names every partition, which takes longer to read than a few records."""
QUIET_MS = 1_000
"""When nothing has come for so long, the broker is asked only as often, and hands over the next record at once."""
MAX_POLL_MS = 300_000
"""A member that takes longer over one poll is taken for dead, and its partitions go to others."""
LONGEST_BACKOFF_SECONDS = 5.0
STALLED_SECONDS = 30.0
"""So long without a batch while records wait: then the client has ended in silence, and another takes its place."""
LOOK_SECONDS = 0.1
"""Between two looks whether the batch of a client that is to be replaced is done."""
PROBE_MS = 5_000
STOP_SECONDS = 60.0
HANGS_SECONDS = 15.0
"""So long a client may take over a commit, or, when it is replaced, over its end. After a broker's crash aiokafka may wait for ever."""


class Consumer:
    """One member of a service's consumer group."""

    def __init__(self, settings: Settings, topics: Sequence[str], process: Process, *, patient: bool = False) -> None:
        """`patient`: nothing follows from a record at once, so that some may gather before they are read."""
        self.settings, self.process = settings, process
        self.gather_bytes = PATIENT_BYTES if patient else GATHER_BYTES
        self.topics = topics
        self.group = f"{settings.prefix}{settings.service}"
        self.failures = 0
        self.in_process = False
        self.moved_at = time.monotonic()
        self._damaged: set[TopicPartition] = set()
        self._in_hand: dict[TopicPartition, int] = {}
        """Where the open batch begins: the client has gone on behind it."""
        self._sought: dict[Partition, int] = {}
        """From where partitions are read since they were given to us, because the database stood there."""
        self._unreadable = asyncio.Event()
        telemetry.begin(topics)
        self._connect()

    def _connect(self) -> None:
        # FastStream takes a text for one address; Kafka's own clients take it for a list.
        self.broker = KafkaBroker(
            self.settings.kafka.split(","),
            security=wire.security(),
            allow_auto_create_topics=False,  # with the partitions of the catalogue, by who may
            apply_types=False,
            logger=_client_log,
            graceful_timeout=30,
        )
        subscriber = self.broker.subscriber(
            *(self.settings.prefix + topic for topic in self.topics),
            group_id=self.group,
            group_instance_id=self.settings.instance,
            batch=True,
            max_records=MAX_RECORDS,
            batch_timeout_ms=QUIET_MS,
            ack_policy=AckPolicy.MANUAL,
            auto_offset_reset="earliest",
            isolation_level="read_committed",
            session_timeout_ms=10_000,
            heartbeat_interval_ms=3_000,
            max_poll_interval_ms=MAX_POLL_MS,
            fetch_max_wait_ms=GATHER_MS,
            fetch_min_bytes=self.gather_bytes,
            max_partition_fetch_bytes=1024 * 1024,
            listener=_LeavesOut(self),
        )
        subscriber(self._on_batch, parser=_as_it_came, decoder=_undecoded)
        self.subscriber = subscriber

    async def _on_batch(self, message: KafkaAckableMessage) -> None:
        started = time.perf_counter()
        self.moved_at = time.monotonic()
        raw: tuple[Any, ...] = message.raw_message
        skip = len(self.settings.prefix)
        records = [Record(r.topic[skip:], r.partition, r.offset, r.key, r.value, r.headers) for r in raw]
        faults.point("read")
        consumer: Any = message.consumer
        try:
            self.in_process, self._in_hand = True, _first(raw)
            await self.process(records)
        except Behind as behind:
            _rewind(consumer, self._in_hand)
            self._read_on(consumer, behind, records)
            return
        except Exception as error:
            # Whatever it is, it must not leave this function: FastStream would swallow it and go on past the batch.
            self.failures += 1
            telemetry.BATCH_FAILING.set(1)
            wait = min(0.1 * 2**self.failures, LONGEST_BACKOFF_SECONDS)
            known = isinstance(error, (*BROKEN_ENVIRONMENT, KafkaError))
            log.log(
                logging.WARNING if known else logging.ERROR,
                "a batch could not be taken (%s); it comes again in %.1f s",
                type(error).__name__,
                wait,
                exc_info=not known,
            )
            await asyncio.sleep(wait)
            _rewind(consumer, self._in_hand)
            return
        finally:
            self.in_process, self._in_hand = False, {}
            # The message is its own decoded form and so keeps itself; tasks that were begun meanwhile keep it, too.
            # Its records, some megabytes, would stay until Python looks for such circles, which is rarely.
            message.raw_message = ()
            message.clear_cache()
        self.failures = 0
        telemetry.BATCH_FAILING.set(0)
        if self._sought:
            for record in records:
                self._sought.pop((record.topic, record.partition), None)
        faults.point("before_offset_commit")
        try:
            await asyncio.wait_for(_commit(consumer, raw), HANGS_SECONDS)
        except TimeoutError:
            log.warning(
                "offsets were not committed in %.0f s; their records come again, to another client", HANGS_SECONDS
            )
            self._unreadable.set()
            return
        faults.point("after_offset_commit")
        self.moved_at = time.monotonic()
        telemetry.BATCH_RECORDS.observe(len(records))
        telemetry.BATCH_SECONDS.observe(time.perf_counter() - started)
        _notice_foreign(records)

    def _read_on(self, consumer: Any, behind: Behind, records: Sequence[Record]) -> None:
        """Read everything from where the database stands. Where that was done already, Kafka has nothing in between."""
        gone = {p for p in behind.partitions if self._sought.get(p) == behind.stands[p]}
        for partition in gone:
            nothing_before[partition] = min(r.offset for r in records if (r.topic, r.partition) == partition)
        if len(gone) == len(behind.partitions):
            return
        log.warning("the database stands before what is read: everything is read on from there")
        telemetry.READ_AGAIN.inc(len(behind.partitions) - len(gone))
        for place in consumer.assignment():
            partition = place.topic.removeprefix(self.settings.prefix), place.partition
            if partition not in gone:
                self._sought[partition] = behind.stands.get(partition, 0)
                _seek(consumer, place, self._sought[partition])

    async def start(self) -> None:
        await self.broker.start()
        # The task that reads was made last and has not run yet: from its first call on it goes through here.
        live: Any = self.subscriber.consumer
        live.getmany = functools.partial(self._next, live, live.getmany)
        live._fetcher.error_future.add_done_callback(self._fetching_ended)

    async def _next(self, live: Any, getmany: Callable[..., Awaitable[Any]], **how: Any) -> Any:
        """The next records, whenever they come. From damage on this client gives nothing more."""
        try:
            while not (found := await getmany(**how)):
                _fetches(live, at_least=1, at_most_ms=QUIET_MS)
        except CorruptRecordException:
            # What other partitions gave in the same call is gone with it; their next records would leave a gap.
            self._unreadable.set()
            return await asyncio.Event().wait()
        # The next fetch goes out after these were taken, so it is of this kind already.
        _fetches(live, self.gather_bytes, GATHER_MS)
        return found

    def _fetching_ended(self, fetching: asyncio.Task[None]) -> None:
        """For want of memory, say. aiokafka tells nobody, and whoever asks for records waits for ever."""
        if fetching is self._fetching() and not fetching.cancelled() and fetching.exception() is not None:
            self._unreadable.set()

    def _fetching(self) -> asyncio.Task[None] | None:
        """The task that fetches for this client, where it has begun."""
        live: Any = self.subscriber.consumer
        return live._fetcher.error_future if live and live._fetcher else None

    async def stop(self) -> None:
        """Finish the open batch, commit its offsets, leave the group. A client that cannot within a minute is a TimeoutError."""
        await asyncio.wait_for(self.broker.stop(), STOP_SECONDS)

    async def watch(self, stopping: asyncio.Event) -> None:
        """Put a new client in the place of one that stopped reading: because its fetching ended, in silence, as after a
        broker's crash, or because a partition is damaged, which the new one leaves out.

        The records that wait are seen by another client, so a member without work, or without a broker, is left alone.
        """
        while await first_of(STALLED_SECONDS / 3, stopping, self._unreadable) is not stopping:
            if self.in_process:
                await pause(stopping, LOOK_SECONDS)
                continue
            fetching = self._fetching()
            if fetching is None or not fetching.done():
                moved_at = self.moved_at
                if not (self._unreadable.is_set() or time.monotonic() - moved_at >= STALLED_SECONDS):
                    continue
                try:
                    waiting = await self._seen_by_another()
                except KafkaError as error:
                    log.info("nobody else can read either (%s)", type(error).__name__)
                    await pause(stopping, STALLED_SECONDS / 30)
                    continue
                # What came only just now is this client's to take.
                still = waiting and not await pause(stopping, STALLED_SECONDS / 3) and moved_at == self.moved_at
                if self.in_process or not (self._unreadable.is_set() or still):
                    continue  # a batch that began meanwhile is finished first
            log.error("records wait and the Kafka client does not read them; another takes its place")
            telemetry.CLIENT_REPLACED.inc()
            await self._replace()
            await pause(stopping, STALLED_SECONDS / 30)  # where it could not start, the next attempt is not at once

    async def _replace(self) -> None:
        """Another client instead of this one; where that fails too, the next look tries again."""
        try:
            # No batch is open (`watch`), and what hangs is not waited for.
            self.broker.config.broker_config.graceful_timeout = None
            await asyncio.wait_for(self.broker.stop(), HANGS_SECONDS)
        except Exception as error:  # whatever broke it: that is why it goes
            log.warning("the client that is replaced could not be stopped (%s)", type(error).__name__)
        try:
            self._connect()
            await self.start()
        except (KafkaError, OSError) as error:
            log.warning("the new client could not start (%s)", type(error).__name__)
        else:
            self._unreadable.clear()
            self.moved_at = time.monotonic()

    async def _seen_by_another(self) -> bool:
        """Whether a client outside the group can read what this member owns and has not read; damage is named."""
        live: Any = self.subscriber.consumer
        own = sorted(live.assignment() - self._damaged) if live else []
        probe = AIOKafkaConsumer(
            **wire.kafka(self.settings.kafka),
            group_id=self.group,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            isolation_level="read_committed",
        )
        try:
            await probe.start()
            places = own or self._every_place()
            await meet(probe, places)
            ends = await probe.end_offsets(places)
            readable = False
            for place in places:
                committed = await probe.committed(place) or 0
                if committed >= ends[place]:
                    continue
                probe.assign([place])
                try:
                    readable = bool(await probe.getmany(timeout_ms=PROBE_MS, max_records=MAX_RECORDS)) or readable
                except CorruptRecordException:
                    log.error("%s/%d is damaged from offset %d on and is not read", *place, committed)
                    telemetry.DAMAGED.labels(place.topic.removeprefix(self.settings.prefix), place.partition).set(1)
                    self._damaged.add(place)
            return readable
        finally:
            await probe.stop()

    async def measure(self) -> None:
        """How many records wait, as the broker says: also while a batch fails, or nothing is read. ConnectionError without an answer."""
        live: Any = self.subscriber.consumer
        if live is None or live._fetcher is None:  # while one takes another's place it is there before it can be asked
            raise ConnectionError("no client runs")
        own = live.assignment()
        waiting = dict.fromkeys(self.topics, 0)
        try:
            # Who has no partition asks too whether anybody answers.
            ends = await live.end_offsets(own or self._every_place()[:1])
            for place in own:
                at = self._in_hand.get(place)
                if at is None:
                    at = await live.position(place)
                waiting[place.topic.removeprefix(self.settings.prefix)] += max(ends[place] - at, 0)
        except IllegalStateError:
            return  # a partition went to another member meanwhile
        except KafkaError as error:
            raise ConnectionError("the broker does not say where its topics end") from error
        for topic, count in waiting.items():
            telemetry.LAG.labels(topic).set(count)

    def leave_out(self, assigned: Iterable[TopicPartition]) -> None:
        """Do not read what is known to be damaged; a restart tries it again."""
        live: Any = self.subscriber.consumer
        live.pause(*(place for place in assigned if place in self._damaged))
        self._sought.clear()  # what was sought is read from where the group stands
        telemetry.BATCH_FAILING.set(0)  # what failed here may be another member's now

    def _every_place(self) -> list[TopicPartition]:
        return [TopicPartition(self.settings.prefix + t, p) for t in self.topics for p in range(TOPICS[t].partitions)]


async def meet(consumer: AIOKafkaConsumer, places: Iterable[TopicPartition]) -> None:
    """Let a consumer that owns nothing learn of these topics together, before it is asked where they begin or end.

    By itself aiokafka learns of one after the other, with a tenth of a second between.
    """
    new = sorted({place.topic for place in places if consumer.partitions_for_topic(place.topic) is None})
    await asyncio.gather(*(consumer.end_offsets([TopicPartition(topic, 0)]) for topic in new))


async def ends_of(settings: Settings, topic: str) -> dict[int, int]:
    """The offset that the next record of each partition will have. ConnectionError where nobody answers."""
    asking = AIOKafkaConsumer(**wire.kafka(settings.kafka), enable_auto_commit=False, request_timeout_ms=PROBE_MS)
    try:
        await asking.start()
        places = [TopicPartition(settings.prefix + topic, part) for part in range(TOPICS[topic].partitions)]
        return {place.partition: end for place, end in (await asking.end_offsets(places)).items()}
    except KafkaError as error:
        raise ConnectionError(f"the broker does not say where {topic} ends") from error
    finally:
        await asking.stop()


def _fetches(live: Any, at_least: int, at_most_ms: int) -> None:
    """From its next fetch on, a client is answered when there are so many bytes, or after so long. aiokafka fixes both for good."""
    live._fetcher._fetch_min_bytes, live._fetcher._fetch_max_wait_ms = at_least, at_most_ms


class _LeavesOut(ConsumerRebalanceListener):  # type: ignore[misc]
    """Tells a consumer what it was given, before it reads any of it."""

    def __init__(self, consumer: Consumer) -> None:
        self.consumer = consumer

    def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        """Nothing: an open batch is finished, and fenced by the ledger."""

    def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        self.consumer.leave_out(assigned)


async def _as_it_came(raw: tuple[Any, ...], original: Any) -> KafkaAckableMessage:
    """FastStream's message around the untouched records: no header is decoded, no body joined."""
    return KafkaAckableMessage(raw_message=raw, body=b"", headers={}, consumer=original.__self__._consumer)


async def _undecoded(message: KafkaAckableMessage) -> KafkaAckableMessage:
    return message


def _first(raw: Sequence[Any]) -> dict[TopicPartition, int]:
    """Where these records begin, which come partition by partition and in order."""
    return {TopicPartition(r.topic, r.partition): r.offset for r in reversed(raw)}


def _rewind(consumer: Any, places: Mapping[TopicPartition, int]) -> None:
    for place, offset in places.items():
        _seek(consumer, place, offset)


def _seek(consumer: Any, place: TopicPartition, offset: int) -> None:
    try:
        consumer.seek(place, offset)
    except IllegalStateError:
        log.info("%s/%d has another owner now", *place)


async def _commit(consumer: Any, raw: Sequence[Any]) -> None:
    """Commit the offsets behind this batch. When that fails the records come again, and the inbox drops them."""
    ends: dict[TopicPartition, int] = {}
    for record in raw:
        ends[TopicPartition(record.topic, record.partition)] = record.offset + 1
    try:
        await consumer.commit(ends)
    except (CommitFailedError, IllegalStateError):
        log.info("the group was rebalanced during a batch; its records may come again")
    except KafkaError as error:
        log.warning("offsets were not committed (%s); their records come again", type(error).__name__)
        _rewind(consumer, _first(raw))


def _notice_foreign(records: Sequence[Record]) -> None:
    last = {(record.topic, record.partition): record for record in records}
    for (topic, partition), record in last.items():
        count = TOPICS[topic].partitions if topic in TOPICS else 1
        if record.key and partition_of(record.key, count) != partition:
            telemetry.FOREIGN_PARTITION.labels(topic).inc()
