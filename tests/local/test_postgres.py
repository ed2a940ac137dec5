"""A real PostgreSQL on any machine: its life, its rights, and what stands in its way."""

import os
import pwd
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from local.ground import PROGRAMS, copied
from local.ports import SERVICES, free_ports
from local.postgres import Postgres
from local.secrets import SUPERUSER
from local.trouble import Trouble

PASSWORDS = {name: f"{name}' \\ %" for name in (SUPERUSER, *SERVICES)}


@pytest.fixture(scope="module")
def postgres(open_folder):
    server = postgres_in(open_folder)
    server.start()
    yield server
    server.stop()


def postgres_in(folder, port=None):
    return Postgres(
        home=folder / "postgres",
        port=port or free_ports(1)[0],
        passwords=PASSWORDS,
        log=folder / "postgres.log",
    )


def test_every_service_owns_the_database_of_its_name(postgres):
    owners = postgres.query(
        "select datname, datdba::regrole from pg_database"
        " where datdba <> 'postgres'::regrole order by 1"
    )

    assert owners == [f"{name}|{name}" for name in sorted(SERVICES)]


def test_new_passwords_are_told_at_the_next_start(open_folder):
    server = postgres_in(open_folder / "rotated")
    server.start()
    server.stop()

    server.passwords = {**PASSWORDS, "intake": "new"}
    server.start()

    assert server.query("select current_user", role="intake") == ["intake"]
    server.passwords = PASSWORDS
    with pytest.raises(Trouble, match="password authentication failed"):
        server.query("select 1", role="intake")
    server.stop()


@pytest.mark.parametrize("database", ["matching", "postgres", "template1"])
def test_no_service_enters_another_database(postgres, database):
    with pytest.raises(Trouble, match="permission denied"):
        postgres.query("select 1", role="intake", database=database)


def test_no_service_is_more_than_a_plain_role(postgres):
    powerful = postgres.query(
        "select rolname from pg_roles where rolcanlogin and"
        " (rolsuper or rolcreatedb or rolcreaterole or rolreplication or rolbypassrls)"
    )

    assert powerful == [SUPERUSER]


def test_a_wrong_password_is_refused(postgres, tmp_path):
    stranger = postgres_in(tmp_path, postgres.port)
    stranger.passwords = {SUPERUSER: "guessed"}

    with pytest.raises(Trouble, match="password authentication failed"):
        stranger.query("select 1")


def test_what_is_committed_is_on_the_disk(postgres):
    assert postgres.query("show fsync; show synchronous_commit; show full_page_writes") == [
        *("on", "on", "on")
    ]


def test_it_does_not_run_as_root(postgres):
    owner = Path(f"/proc/{postgres.pid}").stat().st_uid

    assert owner != 0


def test_its_store_is_closed_to_others(postgres):
    mode = postgres.home.resolve().stat().st_mode

    assert stat.S_IMODE(mode) == 0o700


def test_what_was_committed_outlives_a_kill(postgres):
    postgres.query("create table kept (word text); insert into kept values ('still here')")

    postgres.kill()
    assert not postgres.is_running
    postgres.start()

    assert postgres.query("select word from kept") == ["still here"]


def test_it_stops_and_starts_again_with_its_data(postgres):
    postgres.query("create table again (word text); insert into again values ('again')")

    postgres.stop()
    postgres.start()

    assert postgres.query("select word from again") == ["again"]


def test_a_folder_with_something_else_in_it_is_left_alone(open_folder):
    mine = open_folder / "elsewhere" / "postgres" / "thesis.txt"
    mine.parent.mkdir(parents=True)
    mine.write_text("years of work")

    with pytest.raises(Trouble, match="not a PostgreSQL store; mend: "):
        postgres_in(mine.parent.parent).start()

    assert mine.read_text() == "years of work"


def test_a_store_of_another_version_is_left_alone(open_folder):
    store = open_folder / "older" / "postgres"
    store.mkdir(parents=True)
    (store / "PG_VERSION").write_text("15\n")

    with pytest.raises(Trouble, match="made by PostgreSQL 15"):
        postgres_in(store.parent).start()


def test_its_programs_run_wherever_they_are_copied(open_folder):
    programs = copied(open_folder / "postgresql") / PROGRAMS
    nobody = pwd.getpwnam("nobody").pw_uid if os.getuid() == 0 else None

    for name in ("postgres", "initdb", "psql"):
        done = subprocess.run(
            [programs / name, "--version"], user=nobody, capture_output=True, text=True, check=False
        )

        assert "(PostgreSQL) 18" in done.stdout, done.stderr


def test_where_only_its_owner_may_look_it_starts_and_starts_anew(closed_folder):
    server = postgres_in(closed_folder)
    server.start()
    server.query("create table old ()")
    server.stop()
    throw_away(server.home)

    server.start()

    try:
        assert server.query("select count(*) from pg_class where relname = 'old'") == ["0"]
    finally:
        server.stop()


def throw_away(home):
    """Remove what a person would remove: root's home is only a sign to where the store is."""
    if home.is_symlink():
        home.unlink()
    else:
        shutil.rmtree(home)
