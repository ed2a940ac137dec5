"""Events on their way to a service and back from it, without the stream in between."""

import json
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias
from uuid import UUID

from common.contracts import Event
from common.envelope import unwrap, wrap
from common.events import Edge
from common.identity import new_id

Hear: TypeAlias = Callable[..., Awaitable["ByHand"]]


@dataclass(slots=True, kw_only=True)
class ByHand:
    """One delivery, and what became of it."""

    subject: str
    body: bytes
    published_as: str
    times: int = 1
    is_done: bool = False
    delays: list[float] = field(default_factory=list)

    async def done(self) -> None:
        self.is_done = True

    async def again(self, delay: float) -> None:
        self.delays.append(delay)

    async def alive(self) -> None:
        pass


def delivery_of(event: Event, message_id: UUID | None = None, *, times: int = 1) -> ByHand:
    known_as = message_id or new_id()
    return ByHand(
        subject=event.subject,
        body=wrap(event, known_as).encode(),
        published_as=str(known_as),
        times=times,
    )


def hear_by(edge: Edge) -> Hear:
    """Give a function that delivers one event through the real event edge."""

    async def hear(event: Event, message_id: UUID | None = None, *, times: int = 1) -> ByHand:
        delivery = delivery_of(event, message_id, times=times)
        await edge.take([delivery])
        return delivery

    return hear


def surely(hear: Hear) -> Hear:
    """Deliver an event; one that is not done with is a failure of the test."""

    async def heard(event: Event, message_id: UUID | None = None, *, times: int = 1) -> ByHand:
        delivery = await hear(event, message_id, times=times)
        assert delivery.is_done
        return delivery

    return heard


def read_back(body: str) -> Event:
    """Read an event that a service wrote for the stream."""
    subject = json.loads(body)["type"]
    [kind] = [each for each in every_kind(Event) if each.subject == subject]
    return unwrap(body.encode(), kind).event


def every_kind(kind: type[Event]) -> Iterator[type[Event]]:
    for narrower in kind.__subclasses__():
        yield from every_kind(narrower)
        if "subject" in vars(narrower):
            yield narrower
