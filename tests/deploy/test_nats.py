"""What is deployed as NATS is run: its streams, what each user may do, and what KEDA would see."""

import asyncio
import os
from contextlib import ExitStack, asynccontextmanager
from urllib.parse import urlencode

import httpx
import pytest

from common import topology
from common.broker import Message, PublishNotPermitted, assert_durable, connect, publish_batch
from common.server import OPERATOR
from deploy.check.network import SERVICES
from tests.deploy.cluster import running
from tests.waiting import PATIENCE_SECONDS, eventually

HEARD = topology.heard_by(SERVICES)


@pytest.fixture(scope="module")
def clusters(overlays, tmp_path_factory):
    with ExitStack() as leaving:
        yield {
            name: leaving.enter_context(running(rendered, tmp_path_factory.mktemp(name)))
            for name, rendered in overlays.items()
        }


@pytest.fixture(params=["small", "collective"])
async def declared(request, clusters):
    cluster = clusters[request.param]
    await topology.declare(cluster.url(OPERATOR), HEARD, replicas=cluster.replicas)
    return cluster


@asynccontextmanager
async def connected(cluster, user, server=0):
    connection = await connect(cluster.url(user, server), user)
    try:
        yield connection
    finally:
        await connection.close()


def message(subject):
    return Message(subject=subject, id=os.urandom(8).hex(), payload=b"{}", headers={})


def event(service):
    return message(f"events.{service}.told.v1")


async def test_it_says_that_it_syncs_always(declared):
    for server in range(len(declared.ports)):
        await assert_durable(declared.monitoring(server), environment={})


async def test_every_stream_has_its_copies_and_every_consumer_is_there(declared):
    async with connected(declared, OPERATOR) as operator:
        jetstream = operator.jetstream()
        streams = {each.config.name: each.config for each in await jetstream.streams_info()}
        consumers = {each.name for each in await jetstream.consumers_info("events")}
        limit = (await jetstream.account_info()).limits.max_storage
    assert set(streams) == {"events", "KV_keys", "KV_clock"}
    assert {each.num_replicas for each in streams.values()} == {declared.replicas}
    assert streams["events"].max_bytes == int(limit * 0.75) // declared.replicas
    assert consumers == {name for name, subjects in HEARD.items() if subjects}


async def test_declared_again_nothing_is_to_be_done(declared):
    told = await topology.declare(declared.url(OPERATOR), HEARD, replicas=declared.replicas)
    assert [line for line in told if not line.endswith(": as declared")] == []


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_announces_its_own_events_and_nobody_elses(declared, service):
    async with connected(declared, service) as connection:
        assert await publish_batch(connection, [event(service)])
        for other in {*SERVICES} - {service}:
            with pytest.raises(PublishNotPermitted):
                await publish_batch(connection, [event(other)])
        with pytest.raises(PublishNotPermitted):
            await connection.request("$KV.clock.now", b"later")


@pytest.mark.parametrize("service", ["matching", "reporting"])
async def test_matching_and_reporting_read_no_key(declared, service):
    async with connected(declared, service) as connection:
        with pytest.raises(PublishNotPermitted):
            await connection.request("$JS.API.DIRECT.GET.KV_keys.$KV.keys.somebody")


async def test_keda_finds_the_lag_of_matching_where_the_manifest_sends_it(declared, overlays):
    [scaler] = overlays["collective"].of_kind("ScaledObject")
    asked = scaler["spec"]["triggers"][0]["metadata"]
    async with connected(declared, "intake") as intake:
        before = lag(declared, asked)
        heard = next(each for each in HEARD["matching"] if each.startswith("events.intake."))
        await publish_batch(intake, [message(heard)])
    await eventually(lambda: lag(declared, asked) == before + 1)


def lag(cluster, asked):
    """Ask as KEDA 2.20 does: find the consumer's leader among the servers, and believe it."""
    for server in range(len(cluster.ports)):
        question = urlencode({"acc": asked["account"], "consumers": "true", "config": "true"})
        answer = httpx.get(f"{cluster.monitoring(server)}/jsz?{question}").json()
        name = httpx.get(f"{cluster.monitoring(server)}/varz").json()["server_name"]
        [account] = answer["account_details"]
        [stream] = (each for each in account["stream_detail"] if each["name"] == asked["stream"])
        listed = stream["consumer_detail"]
        [consumer] = (each for each in listed if each["name"] == asked["consumer"])
        if len(cluster.ports) == 1 or consumer["cluster"]["leader"] == name:
            return consumer["num_pending"] + consumer["num_ack_pending"]
    raise AssertionError("no server leads the consumer")


async def test_two_servers_of_three_take_what_is_said(overlays, tmp_path):
    with running(overlays["collective"], tmp_path) as cluster:
        await topology.declare(cluster.url(OPERATOR), HEARD, replicas=3)
        async with connected(cluster, "intake", server=1) as intake:
            [first] = await publish_batch(intake, [event("intake")])
            cluster.servers[0].kill()
            assert await again(intake) > first


async def again(connection):
    """Publish until there is a leader again, under one id, as the relay does."""
    said = event("intake")
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            try:
                [sequence] = await publish_batch(connection, [said])
            except Exception:  # noqa: BLE001 -- whatever it says while it votes
                await asyncio.sleep(0.2)
            else:
                return sequence


async def test_who_does_not_know_the_password_of_the_peers_joins_no_cluster(overlays, tmp_path):
    with running(overlays["collective"], tmp_path) as cluster:
        port = cluster.ports[0][2]
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        await reader.readline()
        writer.write(
            b'CONNECT {"verbose":false,"user":"peer","pass":"guess","name":"x"}\r\nPING\r\n'
        )
        said = await asyncio.wait_for(reader.read(), PATIENCE_SECONDS)
        writer.close()
    assert b"Authorization Violation" in said
