"""Fixtures: both overlays, rendered once, and the databases as the pod of PostgreSQL makes them."""

import os
import subprocess
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path

import pytest

from deploy.check.network import SERVICES
from deploy.check.rendering import HERE, OVERLAYS, Rendered, render
from deploy.check.told import made
from local.ground import binaries, unprivileged
from local.ports import HOST, free_ports
from local.postgres import Postgres
from local.secrets import SUPERUSER

SCRIPT = HERE / "components" / "postgres" / "databases.sh"


@pytest.fixture(scope="session")
def overlays() -> dict[str, Rendered]:
    return {name: render(HERE / "overlays" / name) for name in OVERLAYS}


@pytest.fixture(params=OVERLAYS)
def overlay(request: pytest.FixtureRequest, overlays: dict[str, Rendered]) -> Rendered:
    return overlays[request.param]


@pytest.fixture
def copy_of(overlays: dict[str, Rendered]) -> Callable[[str], Rendered]:
    """Give a copy that a test may break."""
    return lambda name: deepcopy(overlays[name])


@pytest.fixture(scope="session")
def installed(folder: Path) -> Iterator[Postgres]:
    """A PostgreSQL on which the script of the small overlay was run, with the secrets made."""
    told = made()["postgres"]
    server = Postgres(
        home=folder / "installed",
        port=free_ports(1)[0],
        passwords={SUPERUSER: told["POSTGRES_PASSWORD"]},
        log=folder / "installed.log",
    )
    server.start()
    environment = {
        "PATH": f"{binaries(unprivileged())}:{os.environ['PATH']}",
        "PGHOST": HOST,
        "PGPORT": str(server.port),
        "PGUSER": SUPERUSER,
        "PGPASSWORD": told["POSTGRES_PASSWORD"],
    }
    subprocess.run(["/bin/bash", SCRIPT], env={**environment, **told}, check=True)
    roles = {name: told[f"POSTGRES_PASSWORD_{name.upper()}"] for name in SERVICES}
    server.passwords = {**server.passwords, **roles}
    yield server
    server.kill()
