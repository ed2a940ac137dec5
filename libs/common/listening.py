"""How a service hears: it fetches the next batch while it acts upon this one."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

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


class Listening:
    """The one durable consumer of a service, and what is heard by it."""

    def __init__(
        self, connection: Connection, service: str, edge: Edge, after: Callable[[], None]
    ) -> None:
        """Call `after` when a batch was acted upon: what it changed may be due for something."""
        self._connection = connection
        self._stream = connection.jetstream()
        self._service = service
        self._edge = edge
        self._after = after

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

    async def pending(self) -> int:
        """Count the messages that were not yet acted upon."""
        consumer = await self._stream.consumer_info(EVENTS_STREAM, self._service)
        return (consumer.num_pending or 0) + (consumer.num_ack_pending or 0)

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
                self._after()
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
