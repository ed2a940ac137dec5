"""Whoever reads the stream from its beginning reads all of it, or is told that he did not."""

from collections.abc import Callable

import pytest
from nats.js import JetStreamContext

from common import history as module
from common.broker import BrokerUnavailable, Connection
from common.history import history
from local.nats import Nats

SUBJECT = "events.intake.referral_qualified.v1"
ANOTHER = "events.intake.referral_ended.v1"


async def read(operator: Connection, *subjects: str) -> list[bytes]:
    return [message.data async for batch in history(operator, subjects) for message in batch]


async def test_all_that_was_said_comes_in_its_order(
    declared: JetStreamContext, operator: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BATCH", 3)
    for number in range(10):
        await declared.publish(SUBJECT, b"%d" % number)
        await declared.publish(ANOTHER, b"another")

    assert await read(operator, SUBJECT) == [b"%d" % number for number in range(10)]


async def test_an_empty_stream_says_nothing(
    declared: JetStreamContext, operator: Connection
) -> None:
    assert await read(operator, SUBJECT) == []


async def test_it_leaves_no_consumer_behind(
    declared: JetStreamContext, operator: Connection
) -> None:
    await declared.publish(SUBJECT, b"1")
    before = len(await declared.consumers_info("events"))

    await read(operator, SUBJECT)

    assert len(await declared.consumers_info("events")) == before


async def test_what_was_read_never_comes_again_however_long_its_reader_takes(
    declared: JetStreamContext, operator: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BATCH", 3)
    for number in range(6):
        await declared.publish(SUBJECT, b"%d" % number)
    known = {each.name for each in await declared.consumers_info("events")}

    waiting = [
        each.num_ack_pending
        async for _ in history(operator, [SUBJECT])
        for each in await declared.consumers_info("events")
        if each.name not in known
    ]

    assert waiting == [0, 0]


async def test_a_stream_that_stops_answering_is_an_error_and_not_the_end(
    declared: JetStreamContext,
    operator: Connection,
    fresh_nats: Nats,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "BATCH", 1)
    monkeypatch.setattr(module, "PATIENCE", 0.3)
    for _ in range(3):
        await declared.publish(SUBJECT, b"1")

    with pytest.raises(BrokerUnavailable):
        await read_until(fresh_nats.freeze, operator)
    fresh_nats.thaw()


async def read_until(trouble: Callable[[], None], operator: Connection) -> None:
    async for _ in history(operator, [SUBJECT]):
        trouble()
