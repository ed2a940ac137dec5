"""A service that was given more rights than it needs does not start, and says which they are."""

from contextlib import asynccontextmanager

import pytest

from common import database
from common.broker import connect
from common.rights import TooManyRights, assert_own_rights, assert_plain_role, beyond, covers
from common.server import may_publish, may_subscribe
from local.ports import SERVICES, free_ports
from tests.common import bare_nats
from tests.common.conftest import connected


@asynccontextmanager
async def engine_of(postgres, role):
    engine = database.connect(postgres.url(role))
    try:
        yield engine
    finally:
        await engine.dispose()


@pytest.mark.parametrize("name", SERVICES)
async def test_the_role_of_a_service_is_a_plain_one(postgres, name):
    async with engine_of(postgres, name) as engine:
        await assert_plain_role(engine)


async def test_the_superuser_is_refused_in_one_line(postgres):
    async with engine_of(postgres, "postgres") as engine:
        with pytest.raises(TooManyRights) as refused:
            await assert_plain_role(engine)
    assert str(refused.value).startswith(
        "DATABASE_URL is wrong: the role postgres may be superuser and create roles and "
    )
    assert "for example: " in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("might", "told"),
    [
        ("createrole", "may create roles;"),
        ("createdb", "may create databases;"),
        ("replication", "may copy the whole server;"),
        ("bypassrls", "may pass by row security;"),
    ],
)
async def test_a_role_with_one_right_too_many_is_refused_by_its_name(postgres, might, told):
    postgres.query(f"alter role training {might}")
    try:
        async with engine_of(postgres, "training") as engine:
            with pytest.raises(TooManyRights, match=told):
                await assert_plain_role(engine)
    finally:
        postgres.query(f"alter role training no{might}")


@pytest.mark.parametrize("other", ["pg_read_all_data", "pg_execute_server_program", "postgres"])
async def test_a_role_that_may_become_a_mighty_one_is_refused(postgres, other):
    postgres.query(f"grant {other} to training")
    try:
        async with engine_of(postgres, "training") as engine:
            with pytest.raises(TooManyRights, match=r"may (act as one of the pg_|be superuser)"):
                await assert_plain_role(engine)
    finally:
        postgres.query(f"revoke {other} from training")


@pytest.mark.parametrize("name", SERVICES)
async def test_the_users_of_our_configuration_have_what_was_declared_and_no_more(fresh_nats, name):
    async with connected(fresh_nats, name) as connection:
        await assert_own_rights(connection, name, local=True)


@pytest.mark.parametrize(
    ("user", "service", "told"),
    [
        ("operator", "intake", "publish to events.>"),
        ("intake", "matching", "publish to events.intake.>"),
        ("followup", "matching", "publish to events.followup.>"),
    ],
)
async def test_the_user_of_another_is_refused(fresh_nats, user, service, told):
    async with connected(fresh_nats, user) as connection:
        with pytest.raises(TooManyRights, match=told):
            await assert_own_rights(connection, service, local=True)


async def test_in_production_a_clock_that_may_be_moved_is_refused(fresh_nats):
    async with connected(fresh_nats, "reporting") as connection:
        with pytest.raises(TooManyRights, match=r"\$KV\.clock"):
            await assert_own_rights(connection, "reporting", local=False)


async def refusal(tmp_path, user):
    """Start a server on which `matching` has the rights that are given, and start matching."""
    port, monitoring = free_ports(2)
    path = tmp_path / "nats.conf"
    path.write_text(
        f'listen: "127.0.0.1:{port}"\nhttp: "127.0.0.1:{monitoring}"\n'
        f"accounts {{ A {{ users: [ {{ user: matching, password: x\n{user} }} ] }} }}\n"
    )
    with bare_nats.running(["-c", str(path)], monitoring):
        connection = await connect(f"nats://matching:x@127.0.0.1:{port}", "matching")
        try:
            with pytest.raises(TooManyRights) as refused:
                await assert_own_rights(connection, "matching", local=False)
        finally:
            await connection.close()
    return str(refused.value)


def allowing(publish, subscribe=('"_INBOX.matching.>"',)):
    return (
        f"permissions: {{ publish: {{ allow: [{', '.join(publish)}] }},"
        f" subscribe: {{ allow: [{', '.join(subscribe)}] }} }}"
    )


OWN = ['"$SYS.REQ.USER.INFO"', '"events.matching.>"']


@pytest.mark.parametrize(
    ("user", "told"),
    [
        ("", "may publish to >, listen to >, which is not for matching"),
        (allowing([*OWN, '"events.>"']), "may publish to events.>"),
        (allowing([*OWN, '"events.*.pair_formed.v1"']), "may publish to events.*.pair_formed.v1"),
        (
            allowing([*OWN, '"$JS.API.DIRECT.GET.KV_keys.>"']),
            "publish to $JS.API.DIRECT.GET.KV_keys",
        ),
        (allowing([*OWN, '"$JS.API.>"']), "may publish to $JS.API.>"),
        (allowing(OWN, ['"_INBOX.matching.>"', '"events.>"']), "may listen to events.>"),
        (allowing(OWN, ['"_INBOX.>"']), "may listen to _INBOX.>"),
        (allowing(OWN[1:]), "may not ask for its own rights"),
    ],
)
async def test_a_user_with_one_right_too_many_is_refused_by_its_name(tmp_path, user, told):
    line = await refusal(tmp_path, user)
    assert line.startswith("NATS_URL is wrong: its user may ")
    assert told in line
    assert "\n" not in line


@pytest.mark.parametrize(
    ("whole", "part", "answer"),
    [
        ("a.b", "a.b", True),
        ("a.b", "a.c", False),
        ("a.*", "a.b", True),
        ("a.b", "a.*", False),
        ("a.*", "a.b.c", False),
        ("a.*", "a.>", False),
        ("a.>", "a.b.c", True),
        ("a.>", "a.>", True),
        ("a.>", "a", False),
        ("a.>", "a.*", True),
        ("a.b.>", "a.>", False),
        ("a.b", "a", False),
        ("a", "a.b", False),
        (">", "a.b", True),
    ],
)
def test_a_subject_covers_another_as_the_server_understands_it(whole, part, answer):
    assert covers(whole, part) is answer


@pytest.mark.parametrize("name", SERVICES)
def test_what_is_declared_is_not_beyond_what_is_declared(name):
    assert beyond(may_publish(name, local=True), may_publish(name, local=True)) == []
    assert beyond(may_subscribe(name), may_subscribe(name)) == []
    assert [*beyond(["events.x.>"], may_publish(name, local=True))] == ["events.x.>"]
