"""The doctor finds what is not well, with the rights of a service, and says what mends it."""

import os
import subprocess
import sys
from base64 import urlsafe_b64encode
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from common.broker import monitored
from common.doctor import Patient, broker, clock
from common.doctor import keys as key_looks
from common.doctor.examination import examine
from common.key_bucket import KeyBucket
from common.keys import create_keys, publish_keys
from common.settings import Mode, Settings
from common.simulation import ClockBucket
from common.streams import CLOCK_STREAM, KEYS_STREAM
from common.tokens import public_jwks
from local.platform import PYTHON_PATH
from local.ports import free_ports
from tests.common.bare_nats import running
from tests.common.conftest import NEW, OLD


def written(*kept):
    return ",".join(urlsafe_b64encode(key).decode() for key in kept)


BOTH = written(NEW, OLD)


@pytest.fixture
def settings(postgres, fresh_nats, secrets):
    def settings(**changes):
        told = {
            "mode": Mode.LOCAL,
            "database_url": postgres.url("intake"),
            "nats_url": fresh_nats.url("intake"),
            "nats_monitoring_url": fresh_nats.monitoring_url,
            "token_keys": public_jwks(secrets.token_signing_key),
            "http_port": 1,
        }
        return Settings(**told | changes)

    return settings


@pytest.fixture
async def patient(settings, home, declared, intake, fresh_nats):
    """Intake, with one person whose key is where it belongs."""
    async with home.begin() as tx:
        await create_keys(tx, uuid4())
    await publish_keys(home, KeyBucket(intake))
    told = await monitored(fresh_nats.monitoring_url)
    return Patient(
        service="intake",
        settings=settings(),
        keys=BOTH,
        engine=home,
        connection=intake,
        nats=told | {"asked_at": datetime.now(UTC).isoformat()},
    )


async def findings(look, patient):
    return [str(each) async for each in look(patient)]


async def bad(patient):
    found = [each async for each in examine("intake", patient.settings, patient.keys)]
    return [each for each in found if each.mend]


async def test_where_all_is_well_nothing_is_bad(patient):
    found = [str(each) async for each in examine("intake", patient.settings, patient.keys)]

    assert [each for each in found if not each.startswith("ok   ")] == []
    assert "ok   PostgreSQL: synchronous_commit is on" in found
    assert "ok   NATS: sync_always is true" in found
    assert "ok   0 of the 1 keys of people do not open" in found
    assert "ok   0 keys are not in the bucket as they are at home" in found


@contextmanager
def with_role(postgres, begin, end):
    postgres.query(begin)
    yield
    postgres.query(end)


@pytest.mark.parametrize(
    ("begin", "end", "told"),
    [
        (
            "alter role intake set synchronous_commit = off",
            "alter role intake reset synchronous_commit",
            "PostgreSQL: synchronous_commit is off",
        ),
        (
            "grant connect on database matching to intake",
            "revoke connect on database matching from intake",
            "PostgreSQL: intake may enter the database matching",
        ),
        (
            "alter role intake createdb",
            "alter role intake nocreatedb",
            "PostgreSQL: the role of intake is mighty",
        ),
    ],
)
async def test_a_database_or_a_role_that_is_not_as_it_must_be_is_found(
    patient, postgres, begin, end, told
):
    with with_role(postgres, begin, end):
        found = await bad(patient)

    assert [each.what for each in found] == [told]


async def test_a_broker_that_forgets_and_lets_do_anything_is_found(settings, tmp_path):
    port, monitoring_port = free_ports(2)
    options = ["-js", f"-sd={tmp_path}", f"-p={port}", f"-m={monitoring_port}", "-a=127.0.0.1"]
    with running(options, monitoring_port):
        told = settings(
            nats_url=f"nats://127.0.0.1:{port}",
            nats_monitoring_url=f"http://127.0.0.1:{monitoring_port}",
        )
        found = [str(each) async for each in examine("matching", told, None)]

    assert any(each.startswith("bad  NATS: sync_always is false; mend: write") for each in found)
    assert any(each.startswith("bad  NATS: the user of matching may too much") for each in found)
    assert any(each.startswith("bad  NATS: there is no stream events") for each in found)


async def test_a_broker_that_is_away_hides_nothing_of_the_database(patient, settings):
    [nowhere] = free_ports(1)
    told = settings(nats_monitoring_url=f"http://127.0.0.1:{nowhere}")

    found = [str(each) async for each in examine("intake", told, BOTH)]

    assert found[0].startswith("bad  intake cannot ask NATS: NATS does not answer at http://")
    assert "ok   PostgreSQL: fsync is on" in found
    assert "ok   0 of the 1 keys of people do not open" in found


async def test_a_store_that_fills_is_found(patient):
    jetstream = {"config": {"max_storage": 100}, "stats": {"storage": 85}}
    full = replace(patient, nats={"jetstream": jetstream})

    first, second = await findings(broker.store, full)

    assert first.startswith("bad  NATS: 85% of its store is taken")
    assert second.startswith("ok   NATS: 0% of the share of the events is taken")


async def test_a_consumer_that_is_gone_is_found(patient, operator):
    await operator.jetstream().delete_consumer("events", "intake")

    [found] = await bad(patient)

    assert found.what == "NATS: intake has no consumer, and hears nothing"


async def test_keys_with_fewer_copies_than_the_events_are_found(patient, operator):
    await operator.jetstream().delete_stream(CLOCK_STREAM)

    found = await findings(broker.copies, patient)

    assert any(each.startswith(f"bad  NATS: there is no stream {CLOCK_STREAM}") for each in found)
    assert any(each == f"ok   NATS: {KEYS_STREAM} is kept in 1 of 1 copies" for each in found)


async def test_a_key_that_is_not_where_the_others_read_it_is_found(patient, operator):
    await operator.jetstream().delete_msg(KEYS_STREAM, 1)

    [found] = await bad(patient)

    assert found.what == "1 keys are not in the bucket as they are at home"
    assert "common.keys refill" in str(found)


async def test_keys_on_their_way_to_the_bucket_are_not_missed(patient, home):
    async with home.begin() as tx:
        await create_keys(tx, uuid4())

    assert await bad(patient) == []


async def test_a_key_that_nothing_opens_or_an_older_key_wrapped_is_found(patient, home):
    old, other = replace(patient, keys=written(OLD, NEW)), replace(patient, keys=written(OLD))

    assert (await findings(key_looks.opened, old))[1].startswith("bad  1 of them are wrapped by")
    assert (await findings(key_looks.opened, other))[0].startswith("bad  1 of the 1 keys")


@pytest.mark.parametrize(
    ("service", "given", "told"),
    [
        ("intake", "c2hvcnQ", "intake: KEY_ENCRYPTION_KEY must be 32 bytes in base64url, and is 5"),
        ("followup", None, "followup: KEY_ENCRYPTION_KEY must be 32 bytes in base64url, and is 0"),
        ("matching", BOTH, "matching is given a key, and should open no name"),
    ],
)
async def test_a_key_of_the_wrong_size_or_in_the_wrong_hands_is_found(
    patient, service, given, told
):
    [found] = await findings(key_looks.sizes, replace(patient, service=service, keys=given))

    assert found.startswith(f"bad  {told}; mend: ")


async def test_a_clock_that_is_hours_off_is_found(patient):
    late = datetime.now(UTC) - timedelta(hours=2)
    found = await findings(clock.clocks, replace(patient, nats=patient.nats | {"now": f"{late}"}))

    assert found[0].startswith("ok   the clock of PostgreSQL is ")
    assert found[1].startswith("bad  the clock of NATS is 7")


async def test_a_clock_that_was_moved_is_bad_in_production_alone(patient, intake, settings):
    await ClockBucket(intake).put(datetime.now(UTC) + timedelta(days=30, minutes=1))
    real = replace(patient, settings=settings(mode=Mode.PRODUCTION))

    assert await findings(clock.simulated, patient) == [
        "ok   the clock was moved 30 days ahead, as MODE=local allows"
    ]
    [found] = await findings(clock.simulated, real)
    assert found.startswith("bad  MODE=production, and the clock was moved 30 days ahead; mend: ")


async def test_a_user_that_may_move_the_clock_is_bad_in_production(patient, settings):
    real = replace(patient, settings=settings(mode=Mode.PRODUCTION))

    [found] = await findings(broker.user, real)

    assert found.startswith("bad  NATS: the user of intake may too much; mend: ")


def test_the_command_takes_settings_from_the_environment_and_from_files(
    patient, settings, tmp_path
):
    told = settings()
    (tmp_path / "nats_url").write_text(str(told.nats_url))
    (tmp_path / "key_encryption_key").write_text(BOTH)
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": PYTHON_PATH,
        "SECRETS_DIR": str(tmp_path),
        "MODE": "production",
        "DATABASE_URL": str(told.database_url),
        "NATS_MONITORING_URL": str(told.nats_monitoring_url),
        "TOKEN_KEYS": told.token_keys,
        "HTTP_PORT": "1",
    }

    done = subprocess.run(
        [sys.executable, "-m", "common.doctor", "intake"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    wrong = [line for line in done.stdout.splitlines() if not line.startswith("ok   ")]
    assert [line.partition(";")[0] for line in wrong] == [
        "bad  NATS: the user of intake may too much"
    ]
    assert (done.returncode, done.stderr) == (1, "")
