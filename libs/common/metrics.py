"""What an operator watches: few numbers, and never an id, a path or a name among their labels."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)

REGISTRY = CollectorRegistry(auto_describe=True)
# Memory, processor and files of this process.
ProcessCollector(registry=REGISTRY)
QUICK = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
SLOW = (0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60, 300, 1800, 3600, 6 * 3600, 24 * 3600)


def histogram(
    name: str, told: str, labels: tuple[str, ...], buckets: tuple[float, ...]
) -> Histogram:
    return Histogram(f"binome_{name}", told, labels, buckets=buckets, registry=REGISTRY)


def counter(name: str, told: str, *labels: str) -> Counter:
    return Counter(f"binome_{name}", told, labels, registry=REGISTRY)


def gauge(name: str, told: str, *labels: str) -> Gauge:
    return Gauge(f"binome_{name}", told, labels, registry=REGISTRY)


HTTP_SECONDS = histogram(
    "http_seconds",
    "Time from a request to its answer, by route template and class of status",
    ("method", "route", "status"),
    QUICK,
)
HTTP_REPLAYED = counter("http_replayed", "Commands answered from the kept answer", "route")
HTTP_FAULTS = counter("http_faults", "Requests that ended in a fault", "route", "error")

EVENT_LAG = histogram(
    "event_lag_seconds", "Age of an event when it is handled, in real time", ("event",), SLOW
)
EVENT_SECONDS = histogram(
    "event_handle_seconds", "Time that a handler takes for an event", ("event",), QUICK
)
PUBLISHED = counter("events_published", "Events that left for the stream")
DUPLICATES = counter("event_duplicates", "Messages heard again and dropped")
RETRIED = counter("event_retries", "Deliveries put off for later", "event")
PUT_ASIDE = counter("event_put_aside", "Messages refused or given up", "kind")

# Not "job", nor "service" above: who collects them gives labels of these names by itself.
JOB_SECONDS = histogram("job_seconds", "Time of one batch of due work", ("name",), QUICK)
JOB_FAILURES = counter("job_failures", "Batches of due work that failed", "name")

CHECK_PASSES = gauge("check_passes", "What readiness asks for: 1 if it is well, or 0", "check")
OUTBOX_DEPTH = gauge("outbox_depth", "Events promised and not yet published")
OUTBOX_AGE_SECONDS = gauge("outbox_age_seconds", "Age of the oldest promise")
QUARANTINE_DEPTH = gauge("quarantine_depth", "Events set aside, waiting for a person")
CONSUMER_PENDING = gauge("consumer_pending", "Events not yet handled by this service")
CONSUMER_AGE_SECONDS = gauge(
    "consumer_age_seconds", "For how long the oldest of them has been seen to wait"
)
STREAM_BYTES = gauge("stream_bytes", "What the stream of events holds")
STREAM_BYTES_MOST = gauge("stream_bytes_most", "What it may hold before it says no")
DATABASE_CONNECTIONS = gauge("database_connections", "Connections to PostgreSQL in use")
DATABASE_CONNECTIONS_MOST = gauge("database_connections_most", "How many there may be")
DATABASE_BYTES = gauge("database_bytes", "What the database holds on the disk")
WORK_PIECES = gauge("work_pieces", "Pieces of long work that are not done: scale replicas by it")
WORK_AGE_SECONDS = gauge("work_age_seconds", "Age of the oldest piece of long work")
LOOP_LAG_SECONDS = gauge("loop_lag_seconds", "How late the event loop's heart beats")


def exposition() -> bytes:
    """Write all of them in the text format of Prometheus."""
    return generate_latest(REGISTRY)


@contextmanager
def handling(event: str, occurred_at: datetime) -> Iterator[None]:
    """Time the handling of one event, and how late it comes."""
    lag, seconds = _of(event)
    lag.observe(max(0.0, (datetime.now(UTC) - occurred_at).total_seconds()))
    started = time.perf_counter()
    try:
        yield
    finally:
        seconds.observe(time.perf_counter() - started)


@cache
def _of(event: str) -> tuple[Histogram, Histogram]:
    """Look the two up once for each kind of event: it costs more than to observe."""
    return EVENT_LAG.labels(event), EVENT_SECONDS.labels(event)
