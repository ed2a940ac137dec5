"""The ledger: what was answered yes, and so must be true for ever, once."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx

from demo.actors import Actor, Refused

UNAVAILABLE = 503
# Its clock or the portal's is off: the token is too old for it, or not valid yet.
UNAUTHORISED = 401
# The service has not heard yet of what it is asked about.
FORBIDDEN = 403
NOT_YET = (404, 409, 422)
AGAIN_SECONDS = 0.1


class GaveUp(Exception):
    """A command was sent again and again, and never answered yes."""


# An event that a command must have announced: its subject without version, and an id it names.
Effect = tuple[str, str]


@dataclass(slots=True)
class Ledger:
    """Every effect that was promised by an answer, and how often the answer had to be asked for."""

    patience: float = 60
    answered: int = 0
    effects: Counter[Effect] = field(default_factory=Counter)
    # Why a command was sent again: no answer, or the status of a no.
    again: Counter[str] = field(default_factory=Counter)

    async def command(self, actor: Actor, service: str, path: str, body: Any = None) -> Any:
        """Send a command under one key until it is answered yes."""
        key = str(uuid4())
        return await self._until(lambda: actor.post(service, path, body, key), path)

    async def read(self, actor: Actor, service: str, path: str) -> Any:
        """Read what one will be let see, once the service has heard of what makes it theirs."""
        return await self._until(lambda: actor.get(service, path), path, counted=0)

    def note(self, *effects: Effect) -> None:
        """Write down what the last answers mean: one event each."""
        self.effects.update(effects)

    async def _until(self, ask: Callable[[], Any], path: str, *, counted: int = 1) -> Any:
        deadline = time.monotonic() + self.patience
        while time.monotonic() < deadline:
            try:
                answer = await ask()
            except (httpx.TransportError, Refused) as trouble:
                why = reason_of(trouble, reading=not counted)
                self.again[why] += 1
                await asyncio.sleep(AGAIN_SECONDS)
            else:
                self.answered += counted
                return answer
        raise GaveUp(f"{path}: {why}")


def reason_of(trouble: Exception, *, reading: bool) -> str:
    """Say why to ask again; raise what no patience mends."""
    if not isinstance(trouble, Refused):
        return "no answer"
    if trouble.status not in (
        UNAVAILABLE,
        UNAUTHORISED,
        *NOT_YET,
        *([FORBIDDEN] if reading else []),
    ):
        raise trouble
    return str(trouble.status)
