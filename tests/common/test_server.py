"""Each NATS user may do what it must and nothing else, asked of the real server right by right."""

import json
import socket
import subprocess
import sysconfig
from contextlib import asynccontextmanager
from pathlib import Path

import nats
import pytest
from nats.errors import NoRespondersError

from common import topology
from common.broker import PublishNotPermitted, connect
from common.server import OPERATOR, USERS, Server, configuration, may_publish
from local.ports import SERVICES

PERSON = "00000000-0000-7000-8000-000000000001"
READ_KEY = f"$JS.API.DIRECT.GET.KV_keys.$KV.keys.{PERSON}"
WRITE_KEY = f"$KV.keys.{PERSON}"
DESTROY_KEY = "$JS.API.STREAM.MSG.DELETE.KV_keys"
# Answered after whatever was sent before it; nats-py's own flush overtakes what is pending.
ALLOWED = "$JS.API.STREAM.INFO.events"
BINARY = Path(sysconfig.get_path("scripts")) / "nats-server"

# Nobody but the operator: each of these would let a service read, forge or destroy too much.
FORBIDDEN = [
    "$JS.API.STREAM.CREATE.stolen",
    "$JS.API.STREAM.UPDATE.events",
    "$JS.API.STREAM.DELETE.events",
    "$JS.API.STREAM.PURGE.events",
    "$JS.API.STREAM.MSG.DELETE.events",
    "$JS.API.STREAM.MSG.GET.events",
    "$JS.API.DIRECT.GET.events",
    "$JS.API.STREAM.MSG.GET.KV_keys",
    "$JS.API.DIRECT.GET.KV_keys",
    "$JS.API.STREAM.DELETE.KV_keys",
    "$JS.API.STREAM.PURGE.KV_keys",
    "$JS.API.CONSUMER.CREATE.KV_keys",
    "$JS.API.CONSUMER.CREATE.KV_keys.thief.$KV.keys.>",
    "$JS.API.CONSUMER.CREATE.events",
    "$JS.API.CONSUMER.CREATE.events.thief",
    "$JS.API.CONSUMER.DURABLE.CREATE.events.thief",
    "$JS.API.CONSUMER.LIST.events",
    "$SYS.REQ.SERVER.PING",
    "events",
    "anything",
]


@asynccontextmanager
async def user(nats_server, name):
    connection = await connect(nats_server.url(name), name)
    try:
        yield connection
    finally:
        await connection.close()


async def may(connection, subject):
    """Try it: whatever the server answers, it is not a refusal of the right."""
    try:
        await connection.request(subject, b"{}", timeout=2)
    except PublishNotPermitted:
        return False
    except NoRespondersError:
        return True
    return True


def test_the_users_are_the_services():
    assert tuple(USERS) == SERVICES


@pytest.mark.usefixtures("declared")
@pytest.mark.parametrize("name", SERVICES)
async def test_a_service_announces_its_own_events_alone(fresh_nats, name):
    async with user(fresh_nats, name) as connection:
        allowed = [s for s in SERVICES if await may(connection, f"events.{s}.happened.v1")]
    assert allowed == [name]


@pytest.mark.usefixtures("declared")
@pytest.mark.parametrize("name", SERVICES)
async def test_a_service_pulls_and_acknowledges_from_its_own_consumer_alone(fresh_nats, name):
    subjects = (
        "$JS.API.CONSUMER.INFO.events.{}",
        "$JS.API.CONSUMER.MSG.NEXT.events.{}",
        "$JS.ACK.events.{}.1.1.1.1.0",
    )
    async with user(fresh_nats, name) as connection:
        for subject in subjects:
            allowed = [s for s in SERVICES if await permitted(connection, subject.format(s))]
            assert allowed == [name]


@pytest.mark.usefixtures("declared")
@pytest.mark.parametrize(
    ("name", "reads", "writes"),
    [
        ("intake", True, True),
        ("matching", False, False),
        ("followup", True, False),
        ("training", True, False),
        ("reporting", False, False),
        ("portal", True, False),
    ],
)
async def test_matching_and_reporting_cannot_read_a_key_and_only_intake_writes(
    fresh_nats, name, reads, writes
):
    async with user(fresh_nats, name) as connection:
        assert await may(connection, READ_KEY) is reads
        assert await may(connection, "$JS.API.STREAM.INFO.KV_keys") is reads
        assert await may(connection, DESTROY_KEY) is writes
        assert await may(connection, WRITE_KEY) is writes


@pytest.mark.usefixtures("declared")
@pytest.mark.parametrize("name", SERVICES)
async def test_no_service_can_do_what_is_the_operators(fresh_nats, name):
    async with user(fresh_nats, name) as connection:
        assert [subject for subject in FORBIDDEN if await may(connection, subject)] == []


@pytest.mark.usefixtures("declared")
@pytest.mark.parametrize("name", SERVICES)
async def test_a_service_listens_to_its_own_answers_alone(fresh_nats, name):
    others = [f"_INBOX.{other}.>" for other in (*SERVICES, OPERATOR) if other != name]
    for subject in ("events.>", "$KV.keys.>", "$JS.>", "_INBOX.>", "*", ">", *others):
        assert await listening_is_refused(fresh_nats, name, subject), subject
    assert not await listening_is_refused(fresh_nats, name, f"_INBOX.{name}.any.thing")


async def test_a_service_hears_what_its_consumer_filters_and_acknowledges_it(declared, fresh_nats):
    await declared.publish("events.matching.pair_formed.v1", b"heard")
    await declared.publish("events.matching.proposal_made.v1", b"not for followup")
    async with user(fresh_nats, "followup") as connection:
        pulling = await connection.jetstream().pull_subscribe_bind("followup", "events")
        [heard] = await pulling.fetch(10, timeout=0.5)
        await heard.ack_sync()
        state = await pulling.consumer_info()
    assert heard.data == b"heard"
    assert (state.ack_floor.stream_seq, state.num_ack_pending, state.num_pending) == (1, 0, 0)


@pytest.mark.usefixtures("declared")
async def test_every_service_follows_the_clock_and_may_move_it_in_local_mode(fresh_nats):
    for name in SERVICES:
        async with user(fresh_nats, name) as connection:
            clock = await connection.jetstream().key_value("clock")
            await clock.put("now", name.encode())
            watching = await clock.watch("now")
            assert (await watching.updates(timeout=2)).value == name.encode()
            assert (await clock.get("now")).value == name.encode()
            await watching.stop()


def test_nobody_moves_the_clock_in_production():
    for name in SERVICES:
        added = {*may_publish(name, local=True)} - {*may_publish(name, local=False)}
        assert "$KV.clock.>" in added
        assert all("clock" in subject for subject in added)


@pytest.mark.parametrize(
    "login", [{}, {"user": "nobody", "pass": "x"}, {"user": "intake", "pass": ""}]
)
def test_nobody_comes_in_without_a_name_and_its_password(fresh_nats, login):
    with socket.create_connection(("127.0.0.1", fresh_nats.port), timeout=5) as connection:
        connection.sendall(f"CONNECT {json.dumps(login)}\r\nPING\r\n".encode())
        said = b"".join(iter(lambda: connection.recv(4096), b""))
    assert b"Authorization Violation" in said
    assert b"PONG" not in said


def test_the_configuration_is_one_that_the_server_accepts(tmp_path, secrets):
    path = tmp_path / "nats.conf"
    path.write_text(configuration(Server(store_dir=tmp_path), secrets.nats))
    assert check(path).returncode == 0


def test_printed_for_a_deployment_it_holds_no_password(tmp_path, secrets, capsys):
    topology.main(["config", "--store-dir", str(tmp_path)])
    path = tmp_path / "nats.conf"
    path.write_text(capsys.readouterr().out)
    assert not any(password in path.read_text() for password in secrets.nats.values())
    assert b"NATS_PASSWORD_INTAKE" in check(path).stderr
    environment = {
        f"NATS_PASSWORD_{name.upper()}": f"p{word}" for name, word in secrets.nats.items()
    }
    assert check(path, environment).returncode == 0


def test_a_password_may_hold_any_sign(tmp_path, secrets):
    path = tmp_path / "nats.conf"
    odd = dict.fromkeys(secrets.nats, 'a"b\\c}d é#$HOME')
    path.write_text(configuration(Server(store_dir=tmp_path), odd))
    assert check(path).returncode == 0


def check(path, environment=None):
    command = [BINARY, "-t", "-c", path]
    return subprocess.run(command, capture_output=True, check=False, env=environment or {})


async def permitted(connection, subject):
    """Publish without waiting for an answer, which an acknowledgement would not get."""
    with connection.unless_refused(subject) as refusal:
        await connection.publish(subject, json.dumps({"no_wait": True}).encode())
        await connection.request(ALLOWED)
        return not refusal.done()


async def listening_is_refused(nats_server, name, subject):
    heard = []

    async def hear(error):
        heard.append(str(error))

    url = nats_server.url(name)
    connection = await nats.connect(url, inbox_prefix=f"_INBOX.{name}", error_cb=hear)
    await connection.subscribe(subject)
    await connection.request(ALLOWED)
    await connection.close()
    return any("permissions violation for subscription" in error for error in heard)
