"""What the platform is seen doing from outside, second by second: what waits, and who holds what.

Events that wait are counted by NATS itself; memory and processor time by the kernel, each program
with its children, PostgreSQL with its sessions.
"""

import asyncio
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from common.streams import EVENTS_STREAM
from local.platform import Platform
from local.process import children_of

LOOK_EVERY_SECONDS = 1.0
PAGE = os.sysconf("SC_PAGE_SIZE")
TICK = os.sysconf("SC_CLK_TCK")
# Where /proc/<pid>/stat has the processor time of a process and of its children that ended,
# counted from the state that follows the name.
TIMES = slice(11, 15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One look: events not yet handled by consumer, bytes and seconds by program."""

    at: float
    waiting: Mapping[str, int]
    memory: Mapping[str, int]
    processor: Mapping[str, float]


@dataclass(slots=True)
class Watch:
    """Look every second, for as long as it runs."""

    platform: Platform
    samples: list[Sample] = field(default_factory=list)

    async def run(self) -> None:
        async with httpx.AsyncClient(base_url=self.platform.nats.monitoring_url) as http:
            while True:
                self.samples.append(await self._look(http))
                await asyncio.sleep(LOOK_EVERY_SECONDS)

    async def _look(self, http: httpx.AsyncClient) -> Sample:
        stream = await events_stream(http)
        families = {name: family_of(pid) for name, pid in self._programs().items()}
        return Sample(
            at=time.perf_counter(),
            waiting={
                each["name"]: each["num_pending"] + each["num_ack_pending"]
                for each in stream["consumer_detail"]
            },
            memory={name: sum(map(memory_of, pids)) for name, pids in families.items()},
            processor={name: sum(map(seconds_of, pids)) for name, pids in families.items()},
        )

    def _programs(self) -> dict[str, int]:
        platform = self.platform
        services = {name: each.pid for name, each in platform.services.items()}
        servers = {"nats": platform.nats.pid, "postgres": platform.postgres.pid}
        return {name: pid for name, pid in {**services, **servers}.items() if pid}


async def events_stream(http: httpx.AsyncClient) -> dict[str, Any]:
    """Ask NATS about the stream of events and who hears it; it tells of all streams or of none."""
    told = (await http.get("/jsz", params={"consumers": "true"})).raise_for_status().json()
    streams = (each for account in told["account_details"] for each in account["stream_detail"])
    found: dict[str, Any] = next(each for each in streams if each["name"] == EVENTS_STREAM)
    return found


def family_of(pid: int) -> list[int]:
    return [pid, *children_of(pid)]


def memory_of(pid: int) -> int:
    """Count what a process holds for itself: what it shares with others does not grow by it."""
    try:
        _, resident, shared, *_ = Path(f"/proc/{pid}/statm").read_text().split()
    except OSError:
        return 0
    return (int(resident) - int(shared)) * PAGE


def seconds_of(pid: int) -> float:
    try:
        told = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return 0.0
    return sum(map(int, told.rpartition(")")[2].split()[TIMES])) / TICK
