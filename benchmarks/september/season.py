"""One season as it was seen: what is measured, before anything is made of it."""

import time
from dataclasses import dataclass, field

from benchmarks.september.month import Script
from benchmarks.september.pace import Answer, PacedWorld
from benchmarks.september.watch import Sample


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """How much lies on the disk: bytes by database, and what the stream holds."""

    databases: dict[str, int]
    stream_bytes: int
    stream_messages: int


@dataclass(slots=True, kw_only=True)
class Season:
    """All that was seen of it."""

    script: Script
    world: PacedWorld
    answers: list[Answer]
    samples: list[Sample]
    before: Stored
    after: Stored
    sessions: dict[str, int]
    # What to add to the clock that latencies are measured by for the time of day.
    to_time_of_day: float = field(default_factory=lambda: time.time() - time.perf_counter())

    @property
    def referrals(self) -> int:
        return self.script.referrals
