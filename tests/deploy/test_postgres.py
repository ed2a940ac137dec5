"""The databases of a small installation, made by the script that its pod runs on an empty disk."""

import os
import subprocess

import pytest

from deploy import secrets
from deploy.check.network import SERVICES
from deploy.check.rendering import HERE
from local.ground import binaries, unprivileged
from local.ports import free_ports
from local.postgres import SUPERUSER, Postgres
from local.trouble import Trouble

SCRIPT = HERE / "components" / "postgres" / "databases.sh"


@pytest.fixture(scope="module")
def installed(folder):
    told = secrets.made()["postgres"]
    server = Postgres(
        home=folder / "installed",
        port=free_ports(1)[0],
        passwords={SUPERUSER: told["POSTGRES_PASSWORD"]},
        log=folder / "installed.log",
    )
    server.start()
    environment = {
        "PATH": f"{binaries(unprivileged())}:{os.environ['PATH']}",
        "PGHOST": "127.0.0.1",
        "PGPORT": str(server.port),
        "PGUSER": SUPERUSER,
        "PGPASSWORD": told["POSTGRES_PASSWORD"],
    }
    subprocess.run(["/bin/bash", SCRIPT], env={**environment, **told}, check=True)
    roles = {name: told[f"POSTGRES_PASSWORD_{name.upper()}"] for name in SERVICES}
    server.passwords = {**server.passwords, **roles}
    yield server
    server.kill()


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_owns_its_database_and_enters_no_other(installed, service):
    installed.query("create table mine (id int)", role=service)
    for other in {*SERVICES, SUPERUSER, "template1"} - {service}:
        with pytest.raises(Trouble, match="permission denied for database"):
            installed.query("select 1", role=service, database=other)


def test_no_role_of_a_service_may_more_than_it_must(installed):
    rights = "rolsuper or rolcreatedb or rolcreaterole or rolreplication or rolbypassrls"
    names = ", ".join(f"'{name}'" for name in SERVICES)
    query = f"select count(*) from pg_roles where rolname in ({names}) and ({rights})"  # noqa: S608 -- our own names
    assert installed.query(query) == ["0"]
