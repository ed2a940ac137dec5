"""Ask a durable consumer for messages, and take what comes the moment it is there.

Not by the `fetch` of nats-py: after a quiet moment it may have two requests under way, and what
the older one brings then lies unseen until the newer one runs out, for seconds.
"""

import asyncio
import json
from contextlib import suppress

from nats.aio.msg import Msg
from nats.aio.subscription import Subscription

from common.broker import Connection
from common.streams import EVENTS_STREAM

BATCH = 256
# A request that was lost with its connection is made again after so long.
ASK_SECONDS = 2.0
GRACE_SECONDS = 0.5
# A batch of this size costs little more a message than a larger one.
ENOUGH = 32
# Nothing came, or not as much as was asked for: the usual ends of a request.
USUAL_ENDS = frozenset({"404", "408"})


class RequestRefused(Exception):
    """The server does not hand out messages now: there is no such consumer, or it moves."""


class Pull:
    """One consumer's messages, by one request after another."""

    def __init__(
        self, connection: Connection, consumer: str, patience_seconds: float = 0.0
    ) -> None:
        """Take what comes the moment it is there, or with what comes in the moments after."""
        self._connection = connection
        self._patience = patience_seconds
        self._subject = f"$JS.API.CONSUMER.MSG.NEXT.{EVENTS_STREAM}.{consumer}"
        self._inbox = connection.new_inbox()
        self._answers: asyncio.Queue[Msg] = asyncio.Queue()
        self._in_hand: list[Msg] = []
        self._subscription: Subscription | None = None
        # How many messages the request under way may still bring.
        self._left = 0

    async def take(self) -> list[Msg]:
        """Wait for messages and take what is there; nothing if none came."""
        if self._subscription is None:
            hear = self._answers.put
            self._subscription = await self._connection.subscribe(self._inbox, cb=hear)
        if self._left <= 0:
            await self._ask()
        try:
            async with asyncio.timeout(ASK_SECONDS + GRACE_SECONDS):
                self._in_hand.append(await self._answers.get())
        except TimeoutError:
            self._left = 0
            return []
        if self._patience and not status_of(self._in_hand[0]):
            await self._gather()
        answers, self._in_hand = self._in_hand + self._at_hand(), []
        return self._messages_among(answers)

    def _at_hand(self) -> list[Msg]:
        return [self._answers.get_nowait() for _ in range(self._answers.qsize())]

    async def _gather(self) -> None:
        """Let a batch come together, unless there is a backlog already."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._patience):
                while len(self._in_hand) + self._answers.qsize() < ENOUGH:
                    self._in_hand.append(await self._answers.get())

    async def leave(self) -> list[Msg]:
        """Ask for nothing more, and give what came and was not taken."""
        if self._subscription is not None:
            await self._subscription.unsubscribe()
        came = self._in_hand + self._at_hand()
        return [answer for answer in came if not status_of(answer)]

    async def _ask(self) -> None:
        self._left = BATCH
        request = {"batch": BATCH, "expires": int(ASK_SECONDS * 1_000_000_000)}
        await self._connection.publish(self._subject, json.dumps(request).encode(), self._inbox)

    def _messages_among(self, answers: list[Msg]) -> list[Msg]:
        """Sort out what ends a request; without a message, an unusual end is told."""
        ends = [status for answer in answers if (status := status_of(answer))]
        messages = [answer for answer in answers if not status_of(answer)]
        self._left = 0 if ends else self._left - len(messages)
        if not messages and ends and ends[-1] not in USUAL_ENDS:
            raise RequestRefused(ends[-1])
        return messages


def status_of(answer: Msg) -> str | None:
    return (answer.headers or {}).get("Status")
