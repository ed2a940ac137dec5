"""Messages are taken the moment they are there, also after a quiet time."""

import asyncio

import pytest

from common import pulling
from common.broker import connect
from common.pulling import Pull, RequestRefused
from common.streams import EVENTS_STREAM

SUBJECT = "events.followup.pair_closed.v1"
AT_ONCE_SECONDS = 1.5


@pytest.fixture
async def pull(declared, intake):
    pull = Pull(intake, "intake")
    yield pull
    await pull.leave()


@pytest.fixture
async def publish(declared, fresh_nats):
    followup = await connect(fresh_nats.url("followup"), "followup")

    async def publish(*texts: str) -> None:
        for text in texts:
            await followup.jetstream().publish(SUBJECT, text.encode())

    yield publish
    await followup.close()


async def taken(pull: Pull) -> list[str]:
    """Take what there is, and say that it was taken."""
    messages = await pull.take()
    for message in messages:
        await message.ack()
    return [message.data.decode() for message in messages]


async def test_each_message_after_a_quiet_time_is_taken_at_once(pull, publish, monkeypatch):
    monkeypatch.setattr(pulling, "ASK_SECONDS", 0.2)
    assert [await taken(pull), await taken(pull)] == [[], []]
    monkeypatch.setattr(pulling, "ASK_SECONDS", 30.0)

    for text in ("one", "two", "three"):
        await publish(text)
        async with asyncio.timeout(AT_ONCE_SECONDS):
            while not (came := await taken(pull)):
                pass
        assert came == [text]


async def test_what_lies_ready_is_taken_in_order_and_nothing_is_lost(pull, publish, monkeypatch):
    monkeypatch.setattr(pulling, "BATCH", 3)
    texts = [str(number) for number in range(10)]
    await publish(*texts)

    came: list[str] = []
    async with asyncio.timeout(AT_ONCE_SECONDS * 2):
        while len(came) < len(texts):
            came += await taken(pull)

    assert came == texts


async def test_the_patient_take_what_comes_within_moments_together(declared, intake, publish):
    patient = Pull(intake, "intake", patience_seconds=0.5)
    taking = asyncio.create_task(taken(patient))

    for text in ("one", "two", "three"):
        await publish(text)
        await asyncio.sleep(0.02)

    assert await taking == ["one", "two", "three"]
    await patient.leave()


async def test_who_leaves_while_a_batch_comes_together_hands_back_what_came(
    declared, intake, publish
):
    patient = Pull(intake, "intake", patience_seconds=30.0)
    taking = asyncio.create_task(patient.take())
    await publish("one")
    await asyncio.sleep(0.5)

    taking.cancel()

    assert [message.data for message in await patient.leave()] == [b"one"]


async def test_a_consumer_that_is_gone_is_told_instead_of_waited_for(declared, intake, pull):
    await declared.delete_consumer(EVENTS_STREAM, "intake")

    with pytest.raises(RequestRefused):
        await pull.take()
