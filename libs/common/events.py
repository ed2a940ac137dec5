"""The event edge: from a fetched batch of messages to handler calls inside one transaction."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from common import metrics
from common.contracts import Event
from common.crash import crash_point
from common.database import is_away, transaction
from common.deliveries import Delivery, retry_delay
from common.envelope import Heard, Malformed, unwrap
from common.errors import DomainError, NotFound
from common.hearing import hearing_of
from common.inbox import note_down
from common.quarantine import Kind, keep
from common.tracing import continued, trace_of

log = structlog.get_logger()

Tx: TypeAlias = AsyncConnection
AnyEvent = TypeVar("AnyEvent", bound=Event)
Handler: TypeAlias = Callable[[AnyEvent, AsyncConnection], Awaitable[None]]

# After so many deliveries (a quarter of an hour, with growing delays) a message is put aside.
LAST_DELIVERY = 20
# Often enough that no message is given to another meanwhile: `ack_wait` in common.streams.
BEAT_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Listener:
    """What a service does about one kind of event."""

    kind: type[Event]
    handle: Handler[Any]
    # It only keeps what it heard, and can hear everything again from the beginning.
    projects: bool


class EventRouter:
    """The events that one service hears, in the order in which they come.

    When one comes, a patient service waits for others, so that those of a moment cost it one
    transaction: for a service from which nobody else hears, and nobody waits for what it heard.
    """

    def __init__(self, service: str, *, patience_seconds: float = 0.0) -> None:
        self.service = service
        self.patience_seconds = patience_seconds
        self.listeners: dict[str, Listener] = {}

    @property
    def subjects(self) -> list[str]:
        return sorted(self.listeners)

    def on(self, kind: type[AnyEvent]) -> Callable[[Handler[AnyEvent]], Handler[AnyEvent]]:
        """Act upon an event: once, although it may come twice."""
        return self._listen(kind, projects=False)

    def projects(self, kind: type[AnyEvent]) -> Callable[[Handler[AnyEvent]], Handler[AnyEvent]]:
        """Keep what an event says, and announce nothing: a rebuild hears it all again."""
        return self._listen(kind, projects=True)

    def _listen(
        self, kind: type[AnyEvent], *, projects: bool
    ) -> Callable[[Handler[AnyEvent]], Handler[AnyEvent]]:
        def keep_listener(handle: Handler[AnyEvent]) -> Handler[AnyEvent]:
            if kind.subject in self.listeners:
                raise ValueError(f"{self.service} listens to {kind.subject} twice")
            self.listeners[kind.subject] = Listener(kind, handle, projects)
            return handle

        return keep_listener


@dataclass(frozen=True, slots=True)
class Read:
    """A delivery whose message could be read, and who listens to it."""

    delivery: Delivery
    heard: Heard
    listener: Listener

    @property
    def trace_id(self) -> str | None:
        return trace_of(self.heard.traceparent)


class Edge:
    """Take batches of messages to the listeners of one service.

    One fetched batch is one transaction: its inbox, its state and its events are committed
    together, and only then are its messages acknowledged. If one of them fails, the batch is
    taken apart, in order, until the one that fails is alone.
    """

    def __init__(
        self, router: EventRouter, engine: AsyncEngine, after: Callable[[], None] = lambda: None
    ) -> None:
        """Call `after` when something was acted upon: what it changed may be due for something."""
        self._after = after
        self.patience_seconds = router.patience_seconds
        self._router = router
        self._engine = engine

    async def take(self, deliveries: Sequence[Delivery]) -> None:
        """Act upon messages, each once; raise only if the database cannot be reached."""
        async with _beating(deliveries):
            readable = [read for each in deliveries if (read := await self._read(each))]
            await self._take(readable)

    async def _read(self, delivery: Delivery) -> Read | None:
        listener = self._router.listeners.get(delivery.subject)
        if listener is None:
            await self._leave(delivery)
            return None
        if delivery.times > LAST_DELIVERY:
            # Nobody lived to give up on it; after `max_deliver` the server would in silence.
            await self._put_aside(delivery, Kind.FAULT, "delivered too often")
            return None
        try:
            return Read(delivery, unwrap(delivery.body, listener.kind), listener)
        except Malformed as error:
            await self._put_aside(delivery, Kind.MALFORMED, str(error))
            return None

    async def _take(self, batch: Sequence[Read]) -> None:
        if not batch:
            return
        try:
            await self._act(batch)
        except Exception as error:
            if is_away(error):
                raise
            await self._take_apart(batch, error)
        else:
            crash_point("events.committed")
            # Before it is acknowledged: nobody is to see nothing waiting, and nothing due yet.
            self._after()
            for read in batch:
                await read.delivery.done()
            _tell(batch)

    async def _act(self, batch: Sequence[Read]) -> None:
        async with transaction(self._engine) as tx:
            hearing = hearing_of(read.listener.kind for read in batch)
            new = await note_down(tx, [read.heard.message_id for read in batch], hearing)
            metrics.DUPLICATES.inc(len(batch) - len(new))
            for read in batch:
                if read.heard.message_id in new:
                    # The same message may stand twice in one batch.
                    new.remove(read.heard.message_id)
                    await self._call(read, tx)
            crash_point("events.handled")

    async def _call(self, read: Read, tx: AsyncConnection) -> None:
        heard = read.heard
        with (
            structlog.contextvars.bound_contextvars(message_id=str(heard.message_id)),
            continued(heard.traceparent, read.listener.kind.subject),
            metrics.handling(read.listener.kind.subject, heard.time),
        ):
            await read.listener.handle(heard.event, tx)

    async def _take_apart(self, batch: Sequence[Read], error: Exception) -> None:
        if len(batch) == 1:
            with structlog.contextvars.bound_contextvars(trace_id=batch[0].trace_id):
                await self._failed(batch[0].delivery, error)
            return
        middle = len(batch) // 2
        await self._take(batch[:middle])
        await self._take(batch[middle:])

    async def _failed(self, delivery: Delivery, error: Exception) -> None:
        """Take a no as final; try the unknown and the faulty again, and at last put them aside."""
        reason = type(error).__name__
        if isinstance(error, DomainError) and not isinstance(error, NotFound):
            await self._put_aside(delivery, Kind.REFUSED, reason)
        elif delivery.times >= LAST_DELIVERY:
            unknown = isinstance(error, NotFound)
            await self._put_aside(delivery, Kind.UNKNOWN if unknown else Kind.FAULT, reason)
        else:
            again = log.info if isinstance(error, NotFound) else log.exception
            again("message_retried", published_as=delivery.published_as, reason=reason)
            await self._retry(delivery)

    async def _leave(self, delivery: Delivery) -> None:
        """Leave it to a replica of a newer release, for which our consumer hears it already."""
        if delivery.times >= LAST_DELIVERY:
            await self._put_aside(delivery, Kind.MALFORMED, "nobody listens to it here")
        else:
            log.info("message_left", published_as=delivery.published_as)
            await self._retry(delivery)

    async def _retry(self, delivery: Delivery) -> None:
        metrics.RETRIED.labels(delivery.subject).inc()
        await delivery.again(retry_delay(delivery.times))

    async def _put_aside(self, delivery: Delivery, kind: Kind, reason: str) -> None:
        async with transaction(self._engine) as tx:
            await keep(tx, delivery, kind, reason)
        log.error("message_put_aside", published_as=delivery.published_as, kind=kind, reason=reason)
        metrics.PUT_ASIDE.labels(kind).inc()
        await delivery.done()


def _tell(batch: Sequence[Read]) -> None:
    """Write one line for all that was heard together: each trace is found in it, at little cost."""
    log.info(
        "events_handled",
        count=len(batch),
        event_types=sorted({read.listener.kind.subject for read in batch}),
        trace_ids=sorted({each for read in batch if (each := read.trace_id)}),
    )


@asynccontextmanager
async def _beating(deliveries: Sequence[Delivery]) -> AsyncIterator[None]:
    """Tell the stream, for as long as the work takes, that it goes on."""
    beating = asyncio.create_task(_beat(deliveries))
    try:
        yield
    finally:
        beating.cancel()
        # To await the task itself, and to suppress its end, would swallow that we are to end.
        await asyncio.wait([beating])


async def _beat(deliveries: Sequence[Delivery]) -> None:
    while True:
        await asyncio.sleep(BEAT_SECONDS)
        for delivery in deliveries:
            await delivery.alive()
