"""One trace from the first request through every hop (W3C Trace Context), at no cost when off.

The thread of a trace is spun here in both cases: without an exporter it is two random ids in a
context variable, so that events always carry a `traceparent`; with `OTLP_ENDPOINT` set, the same
spans are made by OpenTelemetry, which is imported only then.
"""

import os
import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from typing import Any, Protocol

TRACEPARENT = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})")

_current: ContextVar[str | None] = ContextVar("traceparent", default=None)


class Tracer(Protocol):
    """Make a span: ours, which only names it, or OpenTelemetry's, which also reports it."""

    def __call__(self, parent: str | None, name: str) -> AbstractContextManager[str]: ...


@contextmanager
def named_only(parent: str | None, name: str) -> Iterator[str]:  # noqa: ARG001 - see Tracer
    """Go on with the parent's trace, or begin one; nothing is reported anywhere."""
    known = TRACEPARENT.fullmatch(parent or "")
    trace_id, flags = (known[1], known[3]) if known else (os.urandom(16).hex(), "00")
    yield f"00-{trace_id}-{os.urandom(8).hex()}-{flags}"


class Reported:
    """Spans by OpenTelemetry, sent over OTLP in the background."""

    def __init__(self, service: str, endpoint: str) -> None:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415 - see above
            OTLPSpanExporter,
        )
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

        exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces")
        self.provider = TracerProvider(resource=Resource({"service.name": service}))
        self.provider.add_span_processor(BatchSpanProcessor(exporter))
        self.tracer = self.provider.get_tracer("binome")

    @contextmanager
    def __call__(self, parent: str | None, name: str) -> Iterator[str]:
        # Exceptions are not recorded: their messages could hold what a person sent.
        started = self.tracer.start_as_current_span(
            name, context=remote(parent), record_exception=False, set_status_on_exception=False
        )
        with started as span:
            at = span.get_span_context()
            yield f"00-{at.trace_id:032x}-{at.span_id:016x}-{at.trace_flags:02x}"

    def close(self) -> None:
        self.provider.shutdown()


def remote(parent: str | None) -> Any:
    from opentelemetry.trace.propagation.tracecontext import (  # noqa: PLC0415 - see above
        TraceContextTextMapPropagator,
    )

    return TraceContextTextMapPropagator().extract({"traceparent": parent} if parent else {})


class Tracing:
    """How this process makes its spans."""

    def __init__(self) -> None:
        self.span: Tracer = named_only

    def report(self, service: str, endpoint: str | None) -> None:
        """Send spans to an OTLP endpoint, if there is one."""
        if endpoint:
            self.span = Reported(service, endpoint)

    def close(self) -> None:
        """Send what is left, and go back to naming only."""
        if isinstance(self.span, Reported):
            self.span.close()
        self.span = named_only


TRACING = Tracing()


def traceparent() -> str | None:
    """Tell where we are in the trace, to be carried by an event or a request that leaves."""
    return _current.get()


def trace_of(parent: str | None) -> str | None:
    """Name the trace, by which the spans and log lines of all services are found."""
    known = TRACEPARENT.fullmatch(parent or "")
    return known[1] if known else None


@contextmanager
def continued(parent: str | None, name: str) -> Iterator[None]:
    """Go on, in this block, with the trace that came with a request or an event."""
    with TRACING.span(parent, name) as here:
        token = _current.set(here)
        try:
            yield
        finally:
            _current.reset(token)
