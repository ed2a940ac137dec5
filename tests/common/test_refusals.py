"""A service that was told something wrong ends with one line: what is wrong, and an example."""

import base64
import subprocess
import sys
import time

import pytest

from common.server import OPERATOR, Server, configuration
from local.environment import Surroundings
from local.platform import PYTHON_PATH
from local.ports import Ports, free_ports
from local.service import OK, readiness
from tests.common import bare_nats

SERVICE, DATABASE = "followup", "refusals"
PATIENCE = 30
SHORT = base64.urlsafe_b64encode(b"k" * 16).decode()


def run(environment, *command):
    return subprocess.run(
        [sys.executable, "-m", *command],
        env=environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


@pytest.fixture(scope="module")
def right(postgres, nats, secrets):
    """Everything as it should be: a database at its newest revision, streams, modest users."""
    ports = Ports(
        postgres=postgres.port,
        nats=nats.port,
        nats_monitoring=nats.monitoring_port,
        followup=free_ports(1)[0],
    )
    around = Surroundings(ports=ports, secrets=secrets, python_path=PYTHON_PATH)
    postgres.add_databases([DATABASE], owner=SERVICE)
    told = around.of_service(SERVICE) | {"DATABASE_URL": around.database_url(SERVICE, DATABASE)}
    assert run(told, "common.migrate", SERVICE, "upgrade", "head").returncode == 0
    operator = around.of_operator()
    assert run(operator, "common.topology", "declare", SERVICE).returncode == 0
    return told


def refused(told):
    """Start the service, and return the line with which it does not."""
    done = run(told, "common.serve", SERVICE)
    assert done.returncode == 2, done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    return done.stderr.strip()


def test_told_everything_right_it_starts(right):
    command = [sys.executable, "-m", "common.serve", SERVICE]
    until = time.monotonic() + PATIENCE
    with subprocess.Popen(command, env=right, stdout=subprocess.DEVNULL) as service:
        while readiness(int(right["HTTP_PORT"]))[0] != OK and time.monotonic() < until:
            time.sleep(0.1)
        service.terminate()
    assert service.returncode == 0


def test_a_nats_that_may_lose_events(right, tmp_path):
    port, monitoring = free_ports(2)
    options = ["-js", "-a", "127.0.0.1", "-p", str(port), "-m", str(monitoring)]
    with bare_nats.running([*options, "-sd", str(tmp_path)], monitoring):
        line = refused(right | {"NATS_MONITORING_URL": f"http://127.0.0.1:{monitoring}"})
    assert line.startswith("followup cannot start: NATS_MONITORING_URL tells of a NATS that ")
    assert "for example: sync_interval: always" in line


def test_a_database_at_another_revision(right, postgres):
    turn = "update alembic_version set version_num = reverse(version_num) returning version_num"
    [other] = postgres.query(turn, role=SERVICE, database=DATABASE)
    line = refused(right)
    [head] = postgres.query(turn, role=SERVICE, database=DATABASE)
    assert line.startswith(
        "followup cannot start: DATABASE_URL leads to a database at revision "
        f"{other}, and followup needs {head}: "
    )
    assert line.endswith("for example, start the newest release of followup")


def test_a_database_without_any_revision(right, postgres, secrets):
    postgres.add_databases(["nothing_yet"], owner=SERVICE)
    line = refused(right | {"DATABASE_URL": postgres.url(SERVICE, "nothing_yet")})
    assert "at revision None" in line
    assert line.endswith("for example: python -m common.migrate followup upgrade head")


def test_a_key_of_the_wrong_size(right):
    line = refused(right | {"KEY_ENCRYPTION_KEY": SHORT})
    assert line.startswith(
        "KEY_ENCRYPTION_KEY is wrong: must be 32 bytes in base64url, and is 16; for example: "
    )


def test_the_role_of_the_superuser(right, postgres):
    line = refused(right | {"DATABASE_URL": postgres.url("postgres", DATABASE)})
    assert line.startswith("followup cannot start: DATABASE_URL is wrong: the role postgres may be")
    assert "for example: create role" in line


@pytest.mark.parametrize(
    ("own", "more"),
    [
        ("events.followup.>", "events.>"),
        ("$JS.API.DIRECT.GET.KV_keys.$KV.keys.>", "$JS.API.DIRECT.GET.KV_keys.>"),
        ("_INBOX.followup.>", "_INBOX.>"),
    ],
)
def test_a_user_with_one_right_too_many(right, secrets, tmp_path, own, more):
    port, monitoring = free_ports(2)
    server = Server(store_dir=tmp_path, port=port, monitoring_port=monitoring, local=True)
    path = tmp_path / "nats.conf"
    path.write_text(configuration(server, secrets.nats).replace(f'"{own}"', f'"{more}"'))
    url = f"nats://{SERVICE}:{secrets.nats[SERVICE]}@127.0.0.1:{port}"
    with bare_nats.running(["-c", str(path)], monitoring):
        line = refused(right | {"NATS_URL": url})
    assert line.startswith("followup cannot start: NATS_URL is wrong: its user may ")
    assert f"to {more}, which is not for followup" in line
    assert "for example: NATS_URL=nats://followup:" in line


@pytest.mark.parametrize("user", [OPERATOR, "intake"])
def test_the_user_of_somebody_else(right, nats, user):
    line = refused(right | {"NATS_URL": nats.url(user)})
    assert line.startswith("followup cannot start: NATS_URL is wrong")
    assert "for example: NATS_URL=nats://followup:" in line


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (
            "postgresql+asyncpg://followup:no@127.0.0.1:{port}/refusals",
            "this role, or its password",
        ),
        ("postgresql+asyncpg://followup:{password}@127.0.0.1:{port}/nowhere", "no such database"),
        ("postgresql+asyncpg://followup:{password}@127.0.0.1:{port}/intake", "may not enter"),
    ],
)
def test_a_database_that_does_not_let_it_in(right, postgres, secrets, wrong, told):
    url = wrong.format(port=postgres.port, password=secrets.postgres[SERVICE])
    line = refused(right | {"DATABASE_URL": url})
    assert line.startswith("followup cannot start: DATABASE_URL is wrong: ")
    assert told in line
    assert "for example: DATABASE_URL=postgresql+asyncpg://" in line
    assert secrets.postgres[SERVICE] not in line


def test_a_password_that_nats_does_not_know(right, nats):
    line = refused(right | {"NATS_URL": f"nats://followup:no@127.0.0.1:{nats.port}"})
    assert line.startswith("followup cannot start: NATS")
    assert "NATS_URL" in line
