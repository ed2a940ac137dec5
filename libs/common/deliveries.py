"""One message on its way to a listener, whether the stream or the quarantine brought it."""

import random
from typing import Protocol

from nats.aio.msg import Msg

FIRST_RETRY_SECONDS = 0.1
LONGEST_RETRY_SECONDS = 60.0


class Delivery(Protocol):
    """A message that waits to be acted upon, and for word of what became of it."""

    @property
    def published_as(self) -> str:
        """The id under which the stream knows it."""

    @property
    def subject(self) -> str: ...

    @property
    def body(self) -> bytes: ...

    @property
    def times(self) -> int:
        """How often it was delivered, this time included."""

    async def done(self) -> None: ...

    async def again(self, delay: float) -> None: ...

    async def alive(self) -> None:
        """Say that the work goes on, so that nobody else is given the message."""


class FromStream:
    """A message as JetStream delivers it; it is acknowledged only after the commit."""

    def __init__(self, message: Msg) -> None:
        self._message = message
        self.subject = message.subject
        self.body = message.data

    # Read only when something goes wrong, so only then taken out of the message.
    @property
    def published_as(self) -> str:
        known_as = (self._message.headers or {}).get("Nats-Msg-Id")
        return known_as or f"sequence-{self._message.metadata.sequence.stream}"

    @property
    def times(self) -> int:
        return self._message.metadata.num_delivered

    async def done(self) -> None:
        await self._message.ack()

    async def again(self, delay: float) -> None:
        await self._message.nak(delay=delay)

    async def alive(self) -> None:
        await self._message.in_progress()


def retry_delay(times: int) -> float:
    """Return the seconds to wait after the nth failure: doubled each time, capped, with jitter."""
    grown = min(LONGEST_RETRY_SECONDS, FIRST_RETRY_SECONDS * 2.0 ** (times - 1))
    return grown * random.uniform(0.5, 1.5)  # noqa: S311 (spreads the load; guards nothing)
