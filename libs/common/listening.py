"""How a service hears: it fetches the next batch while it acts upon this one."""

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass, field, replace

import structlog
from nats.errors import Error as NatsError

from common.broker import Connection
from common.database import is_away
from common.deliveries import Delivery, FromStream, retry_delay
from common.events import Edge
from common.pulling import Pull, RequestRefused
from common.streams import EVENTS_STREAM

log = structlog.get_logger()

LONGEST_WAIT_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What a service has still to act upon, and for how long it has been seen to wait."""

    messages: int
    # Up to where everything was acted upon: the oldest that waits comes next.
    floor: int
    since: float = field(default_factory=time.monotonic)

    @property
    def age_seconds(self) -> float:
        return time.monotonic() - self.since if self.messages else 0.0

    def goes_on(self, before: "Waiting") -> bool:
        """Tell whether the oldest was already the oldest then."""
        return bool(self.messages and before.messages) and self.floor == before.floor


class Listening:
    """The one durable consumer of a service, and what is heard by it."""

    def __init__(self, connection: Connection, service: str, edge: Edge) -> None:
        self._connection = connection
        self._stream = connection.jetstream()
        self._service = service
        self._edge = edge
        self._seen = Waiting(messages=0, floor=0)

    async def run(self) -> None:
        """Hear for as long as the service lives; a broker or a database that is away delays."""
        pull = Pull(self._connection, self._service, self._edge.patience_seconds)
        fetching = asyncio.create_task(_fetch(pull))
        in_hand: list[Delivery] = []
        try:
            while True:
                in_hand = await fetching
                fetching = asyncio.create_task(_fetch(pull))
                await self._take(in_hand)
                in_hand = []
        finally:
            fetching.cancel()
            with suppress(asyncio.CancelledError):
                in_hand = in_hand + await fetching
            with suppress(NatsError):
                in_hand += map(FromStream, await pull.leave())
            await _hand_back(in_hand)

    async def exists(self) -> bool:
        """Ask the server: a consumer that was deleted is otherwise silent for ever."""
        try:
            await self._stream.consumer_info(EVENTS_STREAM, self._service)
        except NatsError:
            return False
        return True

    async def waiting(self) -> Waiting:
        """Look at what was not yet acted upon; the next look sees whether it still waits."""
        consumer = await self._stream.consumer_info(EVENTS_STREAM, self._service)
        pending = (consumer.num_pending or 0) + (consumer.num_ack_pending or 0)
        floor = consumer.ack_floor.stream_seq if consumer.ack_floor else 0
        seen = Waiting(messages=pending, floor=floor)
        if not seen.goes_on(self._seen):
            self._seen = seen
        return replace(seen, since=self._seen.since)

    async def room(self) -> tuple[int, int]:
        """Tell how many bytes the stream holds, and how many it may."""
        stream = await self._stream.stream_info(EVENTS_STREAM)
        return stream.state.bytes, max(stream.config.max_bytes or 0, 0)

    async def _take(self, batch: list[Delivery]) -> None:
        times = 0
        while batch:
            try:
                await self._edge.take(batch)
            except Exception as error:
                if not is_away(error):
                    # What is not acknowledged comes again.
                    log.exception("batch_failed")
                    return
                times += 1
                log.warning("database_away", times=times)
                await asyncio.sleep(min(retry_delay(times), LONGEST_WAIT_SECONDS))
            else:
                return


async def _hand_back(deliveries: list[Delivery]) -> None:
    """Let others have at once what was not acted upon: the server would miss it only later."""
    for delivery in deliveries:
        # Some of it may be acknowledged already, or the way to the server be cut.
        with suppress(NatsError, OSError):
            await delivery.again(0)


async def _fetch(pull: Pull) -> list[Delivery]:
    """Wait for messages and take what is there; nothing if the server is away."""
    try:
        return [FromStream(message) for message in await pull.take()]
    except (NatsError, OSError, RequestRefused):
        log.warning("fetch_failed", exc_info=True)
        await asyncio.sleep(1)
        return []
