"""What does a service tell operations? Metrics, and one trace from an upstream event to what followed from it.

A batch joins many events, so a batch span as a parent would end their traces. Instead every *sampled* event gets its own span under
its own remote parent, linked with the span of the batch; what the event causes carries that span's context through the outbox and the relay, into
the attempt that transmittal makes of it, and to its line of a weekly batch. Unsampled events cost nothing. Spans hold event ids and types, never
personal data.
"""

import os
import re
from collections.abc import Iterable, Mapping
from typing import Any

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Link, NonRecordingSpan, Span, SpanContext, SpanKind, TraceFlags
from prometheus_client import Counter, Gauge, Histogram

RECORDS = Counter("kokunen_records", "Records by what became of them", ["topic", "disposition"])
BATCH_RECORDS = Histogram("kokunen_batch_records", "Records in a batch", buckets=(1, 5, 10, 50, 100, 250, 500, 1000))
BATCH_SECONDS = Histogram("kokunen_batch_seconds", "Time from poll to committed offsets")
LAG = Gauge("kokunen_lag_records", "Records of this process's partitions that it has not yet taken", ["topic"])
BATCH_FAILING = Gauge("kokunen_batch_failing", "1 while a batch fails and is tried again")
NO_ANSWER = Gauge("kokunen_no_answer", "1 while this server did not answer when it was last asked", ["server"])
UNSENT = Gauge("kokunen_outbox_events", "Events written but not yet published")
UNSENT_AGE = Gauge("kokunen_outbox_oldest_seconds", "Age of the oldest unpublished event")
ACCESSES_WAIT = Gauge(
    "kokunen_accesses_unacknowledged_seconds",
    "How long the oldest access record has waited for audit to acknowledge it",
)
PARKED = Gauge("kokunen_parked_residents", "Residents whose later events wait behind one that failed")
PUBLISHED = Counter("kokunen_published", "Events published by the relay", ["topic"])
BUSINESS_DAY = Gauge(
    "kokunen_business_day_seconds", "When the day began at which this service is, in seconds since 1970"
)
DAY_FAILING = Gauge("kokunen_day_failing", "1 while the work of the business day fails and is tried again")
CLIENT_REPLACED = Counter("kokunen_kafka_client_replaced", "Kafka clients that stopped reading and were replaced")
FOREIGN_PARTITION = Counter("kokunen_foreign_partition", "Records whose key another partitioner placed", ["topic"])
ID_REUSED = Counter("kokunen_id_reused", "Event ids that came again with other bytes", ["topic"])
DAMAGED = Gauge(
    "kokunen_damaged_partition", "1 = the broker's copy can't be read on; it waits for a person", ["topic", "partition"]
)
MISSING = Counter("kokunen_missing_offsets", "Offsets that were removed before they were read", ["topic"])
READ_AGAIN = Counter("kokunen_read_again", "Partitions read again from where an older database stands")

CALLS = Counter("kokunen_calls", "Calls at the doors by status", ["door", "status"])
CALL_SECONDS = Histogram("kokunen_call_seconds", "Time of a call at a door", ["door"])


def lag() -> dict[str, int]:
    """By topic, records of this process's partitions that it has not taken yet, as last measured."""
    return {one.labels["topic"]: int(one.value) for metric in LAG.collect() for one in metric.samples}


def failing() -> bool:
    """Whether a batch, or the work of the day, fails in this process and is tried again."""
    return any(
        one.value for gauge in (BATCH_FAILING, DAY_FAILING) for metric in gauge.collect() for one in metric.samples
    )


def begin(topics: Iterable[str]) -> None:
    """Count from nothing what hardly ever happens: a counter that begins with 1 has never risen, as Prometheus sees it."""
    for topic in topics:
        for rare in (FOREIGN_PARTITION, ID_REUSED, MISSING):
            rare.labels(topic)
        RECORDS.labels(topic, "set_aside")


_TRACEPARENT = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})")
_ABSENT = {"0" * 32, "0" * 16}


def start(service: str, collector: str | None = None) -> None:
    """Send spans to a collector, or that of OTEL_EXPORTER_OTLP_ENDPOINT; without one, contexts are passed on and not recorded."""
    provider = TracerProvider(resource=Resource.create({"service.name": service}))
    if collector or os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT"):
        exporter = OTLPSpanExporter(f"{collector}/v1/traces" if collector else None)
        provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=500))
    trace.set_tracer_provider(provider)


def stop() -> None:
    """Send what is left."""
    provider = trace.get_tracer_provider()
    if isinstance(provider, TracerProvider):
        provider.shutdown()


def context_of(headers: Iterable[tuple[str, bytes]], attribute: str | None) -> SpanContext | None:
    """The sampled remote context of a record: its `traceparent` header, else the event's attribute. Malformed = none."""
    text = attribute or ""
    for name, value in headers:
        if name == "traceparent" and value is not None and len(value) == 55:
            text = value.decode("ascii", "replace")
    found = _TRACEPARENT.fullmatch(text) if text else None
    if not found or found[1] in _ABSENT or found[2] in _ABSENT or not int(found[3], 16) & 1:
        return None
    return SpanContext(int(found[1], 16), int(found[2], 16), True, TraceFlags(TraceFlags.SAMPLED))


def span(name: str, parent: SpanContext, kind: SpanKind, together: Span, **attributes: str) -> Span:
    """Start a span under a remote parent, linked with the work that it is done together with; the caller ends it."""
    started = trace.get_tracer("kokunen").start_span(
        name,
        trace.set_span_in_context(NonRecordingSpan(parent)),
        kind,
        {k.replace("_", "."): v for k, v in attributes.items()},
        [Link(together.get_span_context())],
    )
    together.add_link(started.get_span_context())
    return started


def together(name: str) -> Span:
    """Start the span of work on many events at once, a trace of its own; the caller ends it."""
    return trace.get_tracer("kokunen").start_span(name, Context(), SpanKind.INTERNAL)


def published(service: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """Of each sampled event among these rows of the outbox: from when it was written until now, when the broker has it."""
    for row in rows:
        if row["traceparent"] and (parent := context_of((), row["traceparent"])) is not None:
            trace.get_tracer("kokunen").start_span(
                f"{service} publishes to {row['topic']}",
                trace.set_span_in_context(NonRecordingSpan(parent)),
                SpanKind.PRODUCER,
                start_time=int(row["created_at"].timestamp() * 1e9),
            ).end()


def traceparent(active: Span) -> str:
    """W3C text of a span's context."""
    context = active.get_span_context()
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{int(context.trace_flags):02x}"
