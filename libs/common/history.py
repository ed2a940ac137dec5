"""What a stream holds, read again from the beginning, by an operator's command."""

from collections.abc import AsyncIterator, Sequence
from contextlib import suppress

from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.errors import TimeoutError as NothingCame
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

from common.broker import PATIENCE, BrokerUnavailable, Connection
from common.streams import EVENTS_STREAM

BATCH = 1000
FORGOTTEN_AFTER_SECONDS = 60


async def history(
    connection: Connection,
    subjects: Sequence[str],
    *,
    stream: str = EVENTS_STREAM,
    headers_only: bool = False,
) -> AsyncIterator[list[Msg]]:
    """Give all that was said on these subjects until now, in order, in batches.

    Whoever reads to the end has read everything: a stream that stops answering is an error,
    and never the end.
    """
    jetstream = connection.jetstream(timeout=PATIENCE)
    reader = ConsumerConfig(
        filter_subjects=list(subjects),
        deliver_policy=DeliverPolicy.ALL,
        # Each comes once: to a slow reader they would come again, and be taken for those after.
        ack_policy=AckPolicy.NONE,
        headers_only=headers_only,
        inactive_threshold=FORGOTTEN_AFTER_SECONDS,
    )
    info = await jetstream.add_consumer(stream, reader)
    subscription = await jetstream.pull_subscribe_bind(consumer=info.name, stream=stream)
    left = info.num_pending or 0
    try:
        while left > 0:
            try:
                messages = await subscription.fetch(min(left, BATCH), timeout=PATIENCE)
            except NothingCame:
                raise BrokerUnavailable(f"{left} messages did not come") from None
            yield messages
            left -= len(messages)
    finally:
        # It goes by itself after a while, if the stream does not answer now.
        with suppress(BrokerUnavailable, NatsError, OSError):
            await jetstream.delete_consumer(stream, info.name)
