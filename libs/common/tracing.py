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
from importlib import import_module
from typing import Protocol

TRACEPARENT = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})")

_current: ContextVar[str | None] = ContextVar("traceparent", default=None)


class Tracer(Protocol):
    """Make a span: ours, which only names it, or OpenTelemetry's, which also reports it."""

    def __call__(self, parent: str | None, name: str, /) -> AbstractContextManager[str]: ...


class Reporter(Tracer, Protocol):
    """Make spans that leave this process."""

    def close(self) -> None: ...


@contextmanager
def named_only(parent: str | None, _name: str, /) -> Iterator[str]:
    """Go on with the parent's trace, or begin one; nothing is reported anywhere."""
    known = TRACEPARENT.fullmatch(parent or "")
    trace_id, flags = (known[1], known[3]) if known else (os.urandom(16).hex(), "00")
    yield f"00-{trace_id}-{os.urandom(8).hex()}-{flags}"


class Tracing:
    """How this process makes its spans."""

    def __init__(self) -> None:
        self.span: Tracer = named_only
        self.reporter: Reporter | None = None

    def report(self, service: str, endpoint: str | None) -> None:
        """Send spans to an OTLP endpoint, if there is one."""
        if endpoint:
            self.span = self.reporter = import_module("common.otlp").Reported(service, endpoint)

    def close(self) -> None:
        """Send what is left, and go back to naming only."""
        if self.reporter:
            self.reporter.close()
        self.span, self.reporter = named_only, None


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
