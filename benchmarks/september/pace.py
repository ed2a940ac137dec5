"""Deeds at an even pace: when one is due does not depend on how soon the others are answered.

Who waits for an answer before asking again asks least when the service is slowest, and so measures
its slowness once where all who came meanwhile would have felt it: Gil Tene's "coordinated
omission". As in his wrk2, each deed here has its time, and its latency runs from then on, whether
or not it could be sent.
"""

import asyncio
import re
import time
from collections.abc import Awaitable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import httpx

from demo.client import Client
from demo.world import World

ID = re.compile(r"/[0-9a-f-]{36}")
# Asked again and again until the platform is at rest: no deed of anybody.
NOT_COUNTED = "/clock"
COMMAND = "POST"

due_at: ContextVar[float | None] = ContextVar("due_at", default=None)


class Pace:
    """So many deeds a second, and none sooner because another was late."""

    def __init__(self, a_second: float) -> None:
        self._apart = 1 / a_second
        self._last = 0.0

    async def turn(self) -> float:
        """Wait until the next deed is due, and tell when that is."""
        self._last = due = max(self._last + self._apart, time.perf_counter())
        await asyncio.sleep(due - time.perf_counter())
        return due


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One request: what was asked, when it was due, sent and answered."""

    service: str
    method: str
    route: str
    status: int
    due: float
    sent: float
    answered: float

    @property
    def seconds(self) -> float:
        """Tell how long whoever wanted it waited."""
        return self.answered - self.due

    @property
    def is_command(self) -> bool:
        return self.method == COMMAND


class Stopwatch(Client):
    """A client that notes each answer, and when it was due."""

    def __init__(self, urls: Mapping[str, str], **more: Any) -> None:
        super().__init__(**more)
        self._names = {httpx.URL(url).netloc: name for name, url in urls.items()}
        self.answers: list[Answer] = []

    async def request(self, method: str, url: httpx.URL | str, **more: Any) -> httpx.Response:
        sent = time.perf_counter()
        due = due_at.get() or sent
        # The next request of the same deed begins when this one is answered.
        due_at.set(None)
        response = await super().request(method, url, **more)
        asked = response.request.url
        if not asked.path.startswith(NOT_COUNTED):
            answer = Answer(
                service=self._names[asked.netloc],
                method=method,
                route=ID.sub("/…", asked.path),
                status=response.status_code,
                due=due,
                sent=sent,
                answered=time.perf_counter(),
            )
            self.answers.append(answer)
        return response


@dataclass(kw_only=True)
class PacedWorld(World):
    """The world of the demo, in which nobody waits for others to be answered."""

    pace: Pace
    rests: list[float] = field(default_factory=list)

    async def do(self, deed: Awaitable[Any]) -> Any:
        due_at.set(await self.pace.turn())
        return await super().do(deed)
