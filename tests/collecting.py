"""An OTLP collector that keeps what it hears, for tests of traces."""

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """One hop: who reports it, and what it came of."""

    service: str
    name: str
    trace_id: str
    id: str
    parent_id: str


@dataclass(slots=True, kw_only=True)
class Collector:
    endpoint: str = ""
    heard: list[Any] = field(default_factory=list)

    @property
    def spans(self) -> list[Span]:
        return [
            Span(
                service=service_of(reported),
                name=span.name,
                trace_id=span.trace_id.hex(),
                id=span.span_id.hex(),
                parent_id=span.parent_span_id.hex(),
            )
            for request in list(self.heard)
            for reported in request.resource_spans
            for group in reported.scope_spans
            for span in group.spans
        ]

    def of(self, trace_id: str) -> list[Span]:
        return [span for span in self.spans if span.trace_id == trace_id]


def service_of(reported: Any) -> str:
    named = {each.key: each.value.string_value for each in reported.resource.attributes}
    return str(named["service.name"])


@contextmanager
def collecting() -> Iterator[Collector]:
    collector = Collector()

    class Collect(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            if self.headers.get("content-encoding") == "gzip":
                body = gzip.decompress(body)
            collector.heard.append(ExportTraceServiceRequest.FromString(body))
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Collect)
    collector.endpoint = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield collector
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
