"""A backup is whole or is none, and a restore refuses what would not be the truth afterwards."""

import asyncio
import json
import os
import re
import subprocess
import sys
from itertools import count
from uuid import UUID

import asyncpg
import pytest
from alembic import command

from common import archive
from common.archive import BadBackup
from common.backup import KEYS, NotBackedUp, back_up
from common.database import plain
from common.keys import person_keys
from common.migrate import configuration
from common.relay import RELAY_LOCK
from common.restore import NotRestored, restore, restore_keys
from common.seal import DataKey, KeyRing
from common.vault import ERASED
from local.platform import PYTHON_PATH

NAME = "training"
OLD, NEW = b"o" * 32, b"n" * 32
ZOE, TOM = "00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"
PUT_IN = "insert into inbox (message_id) values ($1)"
number = count(1)


@pytest.fixture
def new_database(postgres):
    """Make an empty database that a role owns, and give its address."""

    def new_database(role=NAME):
        name = f"{role}_{next(number)}"
        postgres.add_databases([name], owner=role)
        return postgres.url(role, name)

    return new_database


@pytest.fixture
async def database(new_database):
    url = new_database()
    await migrate(url, NAME)
    await execute(url, PUT_IN, ZOE)
    return url


@pytest.fixture
async def kept(database, tmp_path):
    return await back_up(database, NAME, tmp_path)


async def migrate(url, service):
    config = configuration(service)
    config.attributes["database_url"] = url
    await asyncio.to_thread(command.upgrade, config, "head")


async def execute(url, statement, *values):
    connection = await asyncpg.connect(plain(url))
    try:
        return await connection.fetch(statement, *values)
    finally:
        await connection.close()


async def test_what_was_backed_up_is_put_back(kept, new_database):
    url = new_database()

    await restore(url, NAME, kept)

    assert [str(row[0]) for row in await execute(url, "select message_id from inbox")] == [ZOE]


async def test_the_newest_of_several_is_put_back_and_older_ones_can_be_dropped(
    database, kept, new_database, tmp_path
):
    await execute(database, PUT_IN, TOM)
    await back_up(database, NAME, tmp_path)
    url = new_database()

    await restore(url, NAME, tmp_path)
    archive.drop_all_but_newest(tmp_path, NAME)

    assert len(await execute(url, "select from inbox")) == 2
    assert len(archive.kept(tmp_path, NAME)) == 1
    assert not kept.exists()


@pytest.mark.parametrize("name", ["inbox.copy.gz", archive.MANIFEST, archive.SUMS])
@pytest.mark.parametrize("what", ["changed", "shortened", "removed"])
async def test_a_backup_that_lost_a_byte_is_refused_and_nothing_is_touched(
    kept, database, name, what
):
    spoil(kept / name, what)

    with pytest.raises(BadBackup, match="another"):
        await restore(database, NAME, kept, over=True)

    assert len(await execute(database, "select from inbox")) == 1


def spoil(path, what):
    whole = path.read_bytes()
    if what == "removed":
        path.unlink()
    elif what == "shortened":
        path.write_bytes(whole[: len(whole) // 2])
    else:
        path.write_bytes(whole[:40] + bytes([whole[40] ^ 1]) + whole[41:])


async def test_the_backup_of_another_service_is_refused(kept, new_database):
    with pytest.raises(BadBackup, match=r"is a backup of training, not of matching"):
        await restore(new_database("matching"), "matching", kept)


async def test_the_backup_of_a_newer_release_is_refused(kept, database, new_database):
    rewrite(kept, revision="f00df00df00d")

    with pytest.raises(BadBackup, match="a newer release made this backup"):
        await restore(new_database(), NAME, kept)


def rewrite(kept, **changes):
    """Change a manifest as somebody would who also writes the hashes anew."""
    path = kept / archive.MANIFEST
    old = archive.sum_of(path)
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))
    sums = kept / archive.SUMS
    sums.write_text(sums.read_text().replace(old, archive.sum_of(path)))


async def test_a_backup_of_an_older_revision_comes_up_to_date(new_database, tmp_path):
    old, new = new_database("intake"), new_database("intake")
    config = configuration("intake")
    config.attributes["database_url"] = old
    await asyncio.to_thread(command.upgrade, config, "83bf6017bfac")
    await execute(old, PUT_IN, ZOE)
    await back_up(old, "intake", tmp_path)

    await restore(new, "intake", tmp_path)

    assert len(await execute(new, "select from inbox")) == 1
    assert await execute(new, "select from imports") == []


async def test_nothing_is_put_over_what_is_there_unless_one_says_so(kept, database):
    await execute(database, PUT_IN, TOM)

    with pytest.raises(NotRestored, match=r"holds rows already \(inbox.*--over"):
        await restore(database, NAME, kept)
    assert len(await execute(database, "select from inbox")) == 2

    await restore(database, NAME, kept, over=True)
    assert len(await execute(database, "select from inbox")) == 1


async def test_nothing_is_put_back_under_a_service_that_runs(kept, database):
    relay = await asyncpg.connect(plain(database))
    await relay.execute("select pg_advisory_lock($1)", RELAY_LOCK)

    with pytest.raises(NotRestored, match="stop all its replicas"):
        await restore(database, NAME, kept, over=True)

    await relay.close()


async def test_no_service_starts_on_half_a_restore(kept, database, new_database):
    url = new_database()
    more = json.loads((kept / archive.MANIFEST).read_text())["tables"]
    whole = json.loads(json.dumps(more))
    more["inbox"]["rows"] += 1
    rewrite(kept, tables=more)

    with pytest.raises(BadBackup, match="inbox should hold 2 rows"):
        await restore(url, NAME, kept)

    assert await execute(url, "select from alembic_version") == []
    assert await execute(url, "select from inbox") == []

    rewrite(kept, tables=whole)
    await restore(url, NAME, kept)
    assert len(await execute(url, "select from inbox")) == 1


async def test_a_database_that_was_not_meant_is_not_backed_up_and_not_written_to(
    database, kept, new_database, home, tmp_path
):
    for url, part in ((new_database(), NAME), (home, NAME), (database, KEYS)):
        with pytest.raises(NotBackedUp, match="DATABASE_URL leads to a database at revision"):
            await back_up(url, part, tmp_path / "more")

    with pytest.raises(NotRestored, match="which training does not know"):
        await restore(home, NAME, kept, over=True)
    assert archive.kept(tmp_path / "more", NAME) == []


def test_the_commands_say_what_they_did_and_what_is_wrong_in_one_line(new_database, tmp_path):
    url = new_database()

    assert said("common.backup", NAME, tmp_path, "--keep", "2", url=url).stderr.startswith(
        "training is not backed up: DATABASE_URL leads to a database at revision"
    )
    assert said("common.migrate", NAME, "upgrade", "head", url=url).returncode == 0
    done = said("common.backup", NAME, tmp_path, "--keep", "2", url=url)
    assert re.fullmatch(r"training: 0 rows of \d+ tables are in .*Z\n", done.stdout)
    done = said("common.restore", NAME, tmp_path, url=url)
    assert re.fullmatch(r"training: is again what it was at .*\n", done.stdout)
    done = said("common.restore", NAME, tmp_path / "nowhere", url=url)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)


def said(module, *options, url):
    """Type a command as an operator would."""
    return subprocess.run(
        [sys.executable, "-m", module, *options],
        env={"PYTHONPATH": PYTHON_PATH, "PATH": os.environ["PATH"], "DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.fixture
async def home(new_database):
    """A home of keys, with one for Zoé."""
    url = new_database("intake")
    await migrate(url, "intake")
    await give_key(url, ZOE, KeyRing([OLD]))
    return url


async def give_key(url, person_id, ring):
    wrapped = ring.wrap(UUID(person_id), DataKey.new())
    statement = "insert into person_keys (person_id, wrapped) values ($1, $2)"
    await execute(url, statement, person_id, wrapped)


async def keys_in(url):
    rows = await execute(url, "select person_id, wrapped from person_keys")
    return {str(person_id): bytes(wrapped) for person_id, wrapped in rows}


async def test_the_keys_are_in_their_own_backup_and_in_no_other(home, new_database, tmp_path):
    data = await back_up(home, "intake", tmp_path / "data")
    await back_up(home, KEYS, tmp_path / "keys")

    assert person_keys.name not in archive.verified(data, "intake").tables
    url = new_database("intake")
    await restore(url, "intake", data)
    assert await keys_in(url) == {}

    await restore_keys(url, tmp_path / "keys", KeyRing([NEW, OLD]))
    assert await keys_in(url) == await keys_in(home)


async def test_no_key_comes_back_that_was_erased_here_or_there(home, new_database, tmp_path):
    await give_key(home, TOM, KeyRing([OLD]))
    await back_up(home, KEYS, tmp_path / "early")
    await execute(home, "update person_keys set wrapped = '' where person_id = $1", ZOE)
    await back_up(home, KEYS, tmp_path / "late")
    ring, other = KeyRing([OLD]), new_database("intake")
    await migrate(other, "intake")

    await restore_keys(home, tmp_path / "early", ring)
    assert (await keys_in(home))[ZOE] == ERASED

    for place in ("early", "late"):
        await restore_keys(other, tmp_path / place, ring)
    assert await keys_in(other) == await keys_in(home)


async def test_the_keys_that_are_there_outlive_a_restore_of_the_data(home, tmp_path):
    await back_up(home, "intake", tmp_path)
    await give_key(home, TOM, KeyRing([OLD]))
    before = await keys_in(home)

    await restore(home, "intake", tmp_path, over=True)

    assert await keys_in(home) == before


async def test_keys_that_nobody_here_could_open_are_refused(home, new_database, tmp_path):
    await back_up(home, KEYS, tmp_path)
    url = new_database("intake")
    await migrate(url, "intake")

    with pytest.raises(NotRestored, match="KEY_ENCRYPTION_KEY does not open these keys"):
        await restore_keys(url, tmp_path, KeyRing([NEW]))

    assert await keys_in(url) == {}
