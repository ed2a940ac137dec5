"""What is counted and timed, with few labels: never an id, never a raw path."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from prometheus_client import Counter, Gauge, Histogram

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60, 600, 3600)

EVENT_SECONDS = Histogram(
    "binome_event_handle_seconds", "Time to handle one event", ["event"], buckets=SECONDS
)
EVENT_LAG = Histogram(
    "binome_event_lag_seconds", "From the fact to its handling", ["event"], buckets=SECONDS
)
DUPLICATES = Counter("binome_event_duplicates_total", "Messages heard before", ["service"])
RETRIED = Counter("binome_event_retries_total", "Messages to be tried again", ["event"])
PUT_ASIDE = Counter("binome_event_put_aside_total", "Messages in quarantine", ["service", "kind"])
QUARANTINE = Gauge("binome_quarantine_depth", "Messages that wait in quarantine", ["service"])


@contextmanager
def handling(event: str, occurred_at: datetime) -> Iterator[None]:
    """Time the handling of one event, and how late it comes."""
    EVENT_LAG.labels(event).observe(max(0.0, (datetime.now(UTC) - occurred_at).total_seconds()))
    started = time.perf_counter()
    try:
        yield
    finally:
        EVENT_SECONDS.labels(event).observe(time.perf_counter() - started)
