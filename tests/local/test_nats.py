"""A real NATS server: its life, its one store, and who it lets in."""

import json
from urllib.request import urlopen

import pytest
from nats.errors import Error as NatsError

from common.broker import connect
from common.server import OPERATOR
from common.topology import declare
from local.nats import Nats
from local.secrets import Secrets
from local.trouble import Trouble
from tests import servers

SECRETS = Secrets.made_new()


@pytest.fixture
def nats(tmp_path):
    server = servers.nats_of(Nats, tmp_path, SECRETS)
    server.start()
    yield server
    server.stop()


async def messages(server):
    connection = await connect(server.url(OPERATOR), OPERATOR)
    try:
        return (await connection.jetstream().stream_info("events")).state.messages
    finally:
        await connection.close()


async def declare_and_say_something(server):
    await declare(server.url(OPERATOR), {})
    connection = await connect(server.url(OPERATOR), OPERATOR)
    try:
        await connection.jetstream().publish("events.intake.something.v1", b"said", timeout=5)
    finally:
        await connection.close()


def test_what_it_acknowledged_is_on_the_disk(nats):
    with urlopen(f"{nats.monitoring_url}/varz", timeout=5) as answer:
        told = json.load(answer)

    assert told["jetstream"]["config"]["sync_always"] is True


async def test_what_it_took_outlives_a_kill(nats):
    await declare_and_say_something(nats)

    nats.kill()
    assert not nats.is_running
    nats.start()

    assert await messages(nats) == 1


async def test_a_wiped_server_has_forgotten_everything(nats):
    await declare_and_say_something(nats)
    nats.kill()

    nats.wipe()
    nats.start()

    with pytest.raises(NatsError):
        await messages(nats)


@pytest.mark.usefixtures("nats")
def test_two_servers_never_use_one_store(tmp_path):
    second = servers.nats_of(Nats, tmp_path, SECRETS)

    with pytest.raises(Trouble, match="another NATS server uses"):
        second.start()


def test_the_disk_of_a_running_server_cannot_be_wiped(nats):
    with pytest.raises(Trouble, match="another NATS server uses"):
        nats.wipe()

    assert nats.store.exists()


def test_its_passwords_are_for_our_eyes_only(nats):
    configuration = nats.home / "nats.conf"

    assert configuration.stat().st_mode & 0o077 == 0


def test_a_frozen_server_goes_on_where_it_was(nats):
    nats.freeze()
    assert nats.is_running

    nats.thaw()

    with urlopen(f"{nats.monitoring_url}/healthz", timeout=5) as answer:
        assert answer.status == 200


def test_a_server_that_cannot_start_says_where_to_look(tmp_path, nats):
    second = servers.nats_of(Nats, tmp_path / "second", SECRETS)
    (tmp_path / "second").mkdir()
    second.port = nats.port

    with pytest.raises(Trouble, match=r"NATS ended with 1; mend: see .*nats\.log"):
        second.start()
