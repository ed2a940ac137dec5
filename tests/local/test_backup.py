"""Backups of one machine: two places apart, put back by one command, watched by the doctor."""

import json
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from common import archive
from common.backup import KEYS
from local.backup import NOTE, backed_up
from local.doctor import backups
from local.platform import PYTHON_PATH, Platform, throw_away
from local.ports import Ports
from local.recover import as_operator
from local.restore import restored
from local.trouble import Trouble


@pytest.fixture(scope="module")
def platform(tmp_path_factory):
    """The servers of a platform of one service, which need not run to be backed up."""
    home = tmp_path_factory.mktemp("backed-up")
    platform = Platform(home, Ports.free(), names=["intake"])
    platform.start_servers()
    yield platform
    platform.stop()
    throw_away(home)


@pytest.fixture
def places(tmp_path):
    return tmp_path / "data", tmp_path / "keys"


def found(platform):
    return [str(finding) for finding in backups(platform)]


def test_the_doctor_finds_whole_backups_and_the_keys_apart(platform, places):
    told = list(backed_up(platform, *places))

    assert [line.partition(":")[0] for line in told] == ["intake", "keys"]
    assert [line for line in found(platform) if line.startswith("bad")] == []
    assert f"ok   the keys are backed up to {places[1]}, the data to {places[0]}" in found(platform)


def test_the_doctor_finds_a_backup_that_is_damaged_old_or_gone(platform, places):
    list(backed_up(platform, *places))
    damaged, old = archive.newest(places[0], "intake"), archive.newest(places[1], KEYS)

    (damaged / "inbox.copy.gz").write_bytes(b"")
    age(old, timedelta(hours=30))

    assert "is damaged or gone" in found(platform)[0]
    assert (
        found(platform)[1]
        == "bad  the backup of keys is whole and 30 hours old; mend: `make backup`"
    )
    shutil.rmtree(places[0])
    assert found(platform)[0].startswith("bad  ")


def age(folder, by):
    """Let a backup say that it was taken earlier."""
    path = folder / archive.MANIFEST
    before = archive.sum_of(path)
    told = json.loads(path.read_text()) | {"taken_at": (datetime.now(UTC) - by).isoformat()}
    path.write_text(json.dumps(told))
    sums = folder / archive.SUMS
    sums.write_text(sums.read_text().replace(before, archive.sum_of(path)))


def test_a_new_platform_need_not_have_been_backed_up_an_older_one_must(platform):
    (platform.home / NOTE).unlink(missing_ok=True)
    secrets = platform.home / "secrets.json"

    assert found(platform) == ["ok   no backup was made yet"]
    os.utime(secrets, (0, 0))
    assert found(platform) == ["bad  no backup was made yet; mend: `make backup`"]

    os.utime(secrets)


@pytest.mark.parametrize("inner", ["data", "keys"])
def test_the_keys_are_not_backed_up_beside_what_they_open(platform, tmp_path, inner):
    one = tmp_path / "one"
    places = (one / "in", one) if inner == "data" else (one, one / "in")

    with pytest.raises(Trouble, match="no place apart"):
        list(backed_up(platform, *places))


def test_what_an_operator_types_is_answered_in_lines(platform, places):
    told = as_operator(platform, "intake", "common.backup", "intake", str(places[0]))
    assert told[0].startswith("intake: ")

    with (
        pytest.raises(Trouble, match=r"nobody has a key: first .*restore keys"),
        somebody(platform),
    ):
        as_operator(platform, "intake", "common.rejoin", "intake")

    assert as_operator(platform, "intake", "common.rejoin", "intake") == [
        "intake: announced and not known here any more: nothing",
        "intake: keys of people who were erased since, erased again: 0",
        "intake: 0 events are published again",
        "intake: hears everything again",
    ]


@contextmanager
def somebody(platform):
    """Let somebody have been registered whose key is not there."""
    where = "from events where subject = 'events.intake.person_registered.v1'"
    platform.postgres.query(
        "insert into events (message_id, subject, body)"
        " values (gen_random_uuid(), 'events.intake.person_registered.v1', '{}')",
        role="intake",
    )
    try:
        yield
    finally:
        platform.postgres.query(f"delete {where}", role="intake")


def test_a_backup_is_put_back_on_another_machine_that_has_the_secrets(platform, places, tmp_path):
    list(backed_up(platform, *places))
    other = tmp_path / "other"
    options = ["--data", other, "--from", places[0], "--keys", places[1]]

    assert (
        said(*options)
        == f"bad  no secrets.json in {other}; mend: put there the one that was backed up\n"
    )

    other.mkdir()
    shutil.copy(platform.home / "secrets.json", other)
    there = Platform(other, Ports.free(), names=["intake"])
    told = list(restored(there, *places))

    throw_away(other)
    assert told[0].startswith("intake is again what it was at ")
    assert told[-1] == "intake: hears everything again"


def said(*options):
    """Type the command as a person would, and read what it complains of."""
    done = subprocess.run(
        [sys.executable, "-m", "local.restore", *options],
        env={"PYTHONPATH": PYTHON_PATH, "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return done.stderr
