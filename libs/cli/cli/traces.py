"""Where do the demo's spans go, and how does one trace read? A small OTLP receiver, and a tree.

For a look on one machine only. Operations point OTEL_EXPORTER_OTLP_ENDPOINT at their own collector.
"""

import gzip
import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from cli import companions


def serve(folder: Path) -> None:
    """Receive spans on a free loopback port (written to traces.port) until stopped; one JSON line each in spans.jsonl."""
    spans = (folder / "spans.jsonl").open("a", buffering=1)

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", "0")))
            if self.headers.get("content-encoding") == "gzip":
                body = gzip.decompress(body)
            spans.write("".join(json.dumps(span) + "\n" for span in _spans(ExportTraceServiceRequest.FromString(body))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *arguments: Any) -> None:
            """Requests of our own services need no log."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    companions.tell_port(folder, "traces", server.server_address[1])
    server.serve_forever()


def start() -> None:
    """Start the receiver of the local stack, unless it runs."""
    companions.start("traces", "cli.traces")


def stop() -> None:
    """Stop the receiver of the local stack, if it runs."""
    companions.stop("traces")


def _spans(request: ExportTraceServiceRequest) -> Iterator[dict[str, Any]]:
    for resource in request.resource_spans:
        for scope in resource.scope_spans:
            for span in scope.spans:
                yield {
                    "trace": span.trace_id.hex(),
                    "span": span.span_id.hex(),
                    "parent": span.parent_span_id.hex(),
                    "name": span.name,
                    "start": span.start_time_unix_nano,
                    "end": span.end_time_unix_nano,
                    "links": [link.span_id.hex() for link in span.links],
                    "event": next((a.value.string_value for a in span.attributes if a.key == "event.id"), None),
                }


def tree(spans: Path, wanted: str) -> list[str]:
    """The trace with this id, or of the event with this id, as indented lines; empty when there is none."""
    if not spans.exists():
        return []
    every = [json.loads(line) for line in spans.read_text().splitlines()]
    trace = wanted.replace("-", "").lower()
    if not any(span["trace"] == trace for span in every):
        trace = next((span["trace"] for span in every if span["event"] == wanted.lower()), "")
    children: dict[str, list[dict[str, Any]]] = defaultdict(list)
    own = {span["span"]: span for span in every if span["trace"] == trace}
    for span in sorted(own.values(), key=lambda s: s["start"]):
        children[span["parent"] if span["parent"] in own else ""].append(span)
    start = min((span["start"] for span in own.values()), default=0)
    others = {span["span"]: span for span in every if span["span"] not in own}
    lines: list[str] = []

    def walk(parent: str, depth: int) -> None:
        for span in children[parent]:
            at, took = (span["start"] - start) / 1e6, (span["end"] - span["start"]) / 1e6
            event = f", event {span['event']}" if span["event"] else ""
            lines.append(f"{'  ' * depth}{span['name']}  +{at:,.1f} ms, took {took:.1f} ms{event}")
            for link in span.get("links", ()):
                if joint := others.get(link):
                    lines.append(
                        f"{'  ' * depth}  in one with {len(joint['links']) - 1} other sampled events: {joint['name']}"
                    )
            walk(span["span"], depth + 1)

    walk("", 0)
    return lines


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
