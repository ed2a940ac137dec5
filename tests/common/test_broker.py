"""The connection to NATS: what is forbidden fails at once, what is stored is told its place."""

import asyncio
import time
from contextlib import suppress

import pytest

from common import broker
from common.broker import (
    ACCEPTED,
    ALLOW_UNSAFE_SYNC,
    FEW,
    BrokerUnavailable,
    Message,
    NotLetIn,
    PublishNotPermitted,
    PublishRefused,
    UnsafeBroker,
    assert_durable,
    connect,
    publish_batch,
)
from local.ports import free_ports
from tests.common.bare_nats import running
from tests.waiting import eventually

OURS = "events.intake.referral_submitted.v1"
THEIRS = "events.matching.proposal_made.v1"
MEBIBYTE = 1024**2
# More than go one by one.
MANY = 2 * FEW


def message(number, *, subject=OURS, size=10):
    return Message(subject=subject, id=f"id-{number}", payload=b"x" * size, headers={"type": "t"})


@pytest.mark.parametrize("size", [0, 1, FEW, MANY])
async def test_messages_are_stored_in_order_and_told_their_places(declared, intake, size):
    await publish_batch(intake, [message("earlier")])
    places = await publish_batch(intake, [message(number) for number in range(size)])
    assert places == list(range(2, size + 2))
    stored = [await declared.get_msg("events", place) for place in places]
    assert [each.headers["Nats-Msg-Id"] for each in stored] == [f"id-{n}" for n in range(size)]


@pytest.mark.usefixtures("declared")
async def test_more_than_the_server_takes_at_once_is_stored_all_the_same(intake):
    assert await publish_batch(intake, [message(n) for n in range(2001)]) == list(range(1, 2002))


@pytest.mark.usefixtures("declared")
@pytest.mark.parametrize("size", [FEW, MANY])
async def test_a_message_known_already_keeps_its_place_and_the_others_are_stored(intake, size):
    await publish_batch(intake, [message(number) for number in range(3)])
    again = [message(1), *(message(number) for number in range(3, size)), message(0)]
    places = [2, *range(4, size + 1), 1]
    assert await publish_batch(intake, again) == places
    assert await publish_batch(intake, again) == places


async def test_two_at_once_never_mix_their_places(declared, intake, operator):
    lots = [[message(f"{lot}-{n}") for n in range(MANY)] for lot in range(20)]
    places = await asyncio.gather(
        *(publish_batch((intake, operator)[n % 2], lot) for n, lot in enumerate(lots))
    )
    assert sorted(place for lot in places for place in lot) == list(range(1, 20 * MANY + 1))
    for lot, places_of_lot in zip(lots, places, strict=True):
        first = await declared.get_msg("events", places_of_lot[0])
        assert first.headers["Nats-Msg-Id"] == lot[0].id


@pytest.mark.parametrize("size", [1, FEW, MANY])
@pytest.mark.parametrize("forbidden", [{0}, {0, 1}, {-1}, {-2}, {0, -1}])
async def test_what_is_not_permitted_fails_at_once_and_by_name(declared, intake, size, forbidden):
    places = {place % size for place in forbidden}
    batch = [message(n, subject=THEIRS if n in places else OURS) for n in range(size)]
    started = time.monotonic()
    with pytest.raises(PublishNotPermitted) as refused:
        await publish_batch(intake, batch)
    assert refused.value.subject == THEIRS
    assert time.monotonic() - started < 1
    stored = (await declared.stream_info("events")).state.messages
    assert stored == (0 if size > FEW else min(places))


@pytest.mark.usefixtures("declared")
async def test_the_connection_is_as_good_as_new_after_a_refusal(intake):
    with pytest.raises(PublishNotPermitted):
        await publish_batch(intake, [message(1, subject=THEIRS)])
    assert await publish_batch(intake, [message(1), message(2)]) == [1, 2]


async def test_no_stream_means_unavailable_not_stored(intake):
    with pytest.raises(BrokerUnavailable):
        await publish_batch(intake, [message(1)])
    with pytest.raises(BrokerUnavailable):
        await publish_batch(intake, [message(n) for n in range(MANY)])


@pytest.mark.usefixtures("declared")
async def test_a_message_for_another_stream_is_refused(intake):
    with pytest.raises(PublishRefused):
        await publish_batch(intake, [message(1)], stream="other")
    with pytest.raises(PublishRefused):
        await publish_batch(intake, [message(n) for n in range(MANY)], stream="other")


async def test_a_full_store_says_so_loses_nothing_and_takes_more_once_there_is_room(
    declared, intake
):
    limit = (await declared.stream_info("events")).config.max_bytes
    await shrink(declared, 2 * MEBIBYTE)
    with pytest.raises(BrokerUnavailable):
        await fill(intake)
    stored = (await declared.stream_info("events")).state.messages
    assert stored > 100
    await shrink(declared, limit)
    assert await publish_batch(intake, [message("after")]) == [stored + 1]


@pytest.mark.usefixtures("declared")
async def test_a_broker_that_was_killed_is_found_again(intake, fresh_nats):
    await publish_batch(intake, [message(1), message(2)])
    fresh_nats.kill()
    fresh_nats.start()
    assert await until_published(intake, [message(2), message(3)]) == [2, 3]


@pytest.mark.usefixtures("declared")
async def test_a_request_ends_with_its_connection(intake, fresh_nats):
    fresh_nats.freeze()
    started = time.monotonic()
    publishing = asyncio.create_task(publish_batch(intake, [message(1)]))
    await asyncio.sleep(0.1)
    fresh_nats.kill()
    with pytest.raises(BrokerUnavailable):
        await publishing
    assert time.monotonic() - started < 2
    fresh_nats.start()
    assert await until_published(intake, [message(1)]) == [1]


@pytest.mark.usefixtures("declared")
async def test_while_the_broker_stays_away_a_request_is_refused_at_once(
    intake, fresh_nats, monkeypatch
):
    monkeypatch.setattr(broker, "PATIENCE", 0.5)
    fresh_nats.kill()
    # What is asked in the first moment may be answered still.
    with pytest.raises((BrokerUnavailable, TimeoutError)):
        await publish_batch(intake, [message(1)])
    await eventually(lambda: refused_at_once(intake))
    fresh_nats.start()
    assert await until_published(intake, [message(1)]) == [1]


async def refused_at_once(connection):
    started = time.monotonic()
    with suppress(TimeoutError, BrokerUnavailable):
        await publish_batch(connection, [message(1)])
    return time.monotonic() - started < broker.PATIENCE / 5


async def test_our_own_server_is_durable(fresh_nats):
    await assert_durable(fresh_nats.monitoring_url, {})


async def test_a_server_that_may_lose_events_is_refused_with_the_mend(careless_server):
    with pytest.raises(UnsafeBroker, match=r"sync_interval: always.*ALLOW_UNSAFE_SYNC="):
        await assert_durable(careless_server, {})
    with pytest.raises(UnsafeBroker):
        await assert_durable(careless_server, {ALLOW_UNSAFE_SYNC: "yes"})


async def test_only_who_says_it_by_name_starts_with_a_server_that_may_lose_events(careless_server):
    await assert_durable(careless_server, {ALLOW_UNSAFE_SYNC: ACCEPTED})


async def test_a_wrong_password_is_told_by_name_and_not_shown(fresh_nats):
    with pytest.raises(NotLetIn) as refused:
        await connect(f"nats://intake:wrong@127.0.0.1:{fresh_nats.port}", "intake")
    assert str(refused.value) == "intake"


async def test_a_wrong_address_ends_the_start_and_is_told_without_the_password():
    [nobody_there] = free_ports(1)
    with pytest.raises(BrokerUnavailable, match=f"at 127.0.0.1:{nobody_there}$"):
        await connect(f"nats://intake:hush@127.0.0.1:{nobody_there}", "intake")


async def test_a_wrong_monitoring_address_is_told_by_name():
    [nobody_there] = free_ports(1)
    with pytest.raises(BrokerUnavailable, match="NATS_MONITORING_URL"):
        await assert_durable(f"http://127.0.0.1:{nobody_there}", {})


@pytest.fixture
def careless_server(tmp_path):
    """Run a server as it comes: it writes to the disk every two minutes."""
    port, monitoring = free_ports(2)
    with running(["-js", "-sd", str(tmp_path), "-p", str(port), "-m", str(monitoring)], monitoring):
        yield f"http://127.0.0.1:{monitoring}"


async def shrink(jetstream, max_bytes):
    config = (await jetstream.stream_info("events")).config
    await jetstream.update_stream(config.evolve(max_bytes=max_bytes))


async def fill(connection):
    for lot in range(1000):
        await publish_batch(connection, [message(f"{lot}-{n}", size=1_000) for n in range(MANY)])


async def until_published(connection, messages):
    """Try as the relay does: the same messages again, whatever happened to them."""
    while True:
        try:
            return await publish_batch(connection, messages)
        except BrokerUnavailable:
            await asyncio.sleep(0.1)
