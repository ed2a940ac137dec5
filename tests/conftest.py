"""Fixtures: the tests in `tests/<service>/` run on the real database of that service."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any, TypeAlias
from uuid import UUID, uuid4

import httpx
import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from common import database, outbox
from common.caller import Caller, Grant
from common.contracts import Event
from common.contracts.vocabulary import Role
from common.direct import Direct
from common.events import Edge
from common.keys import vault_at_home
from common.seal import KeyRing
from common.tokens import issue
from common.vault import VaultFor, with_vault
from local.environment import OPENS_NAMES, Surroundings
from local.nats import Nats
from local.platform import PYTHON_PATH
from local.ports import SERVICES, Ports
from local.postgres import Postgres
from local.secrets import Secrets
from tests import servers
from tests.deliveries import Hear, hear_by, read_back
from tests.keys import KeysInHand
from tests.together import Together

Announced: TypeAlias = Callable[[], Awaitable[list[Event]]]
SignIn: TypeAlias = Callable[..., dict[str, str]]

# How long one example takes says something about the machine, and nothing about a rule.
settings.register_profile("rules", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("rules")


@pytest.fixture(scope="session")
def folder() -> Iterator[Path]:
    with servers.open_folder() as folder:
        yield folder


@pytest.fixture(scope="session")
def secrets() -> Secrets:
    return Secrets.made_new()


@pytest.fixture(scope="session")
def postgres(folder: Path, secrets: Secrets) -> Iterator[Postgres]:
    """A PostgreSQL that all tests of a worker share: do not stop this one."""
    server = servers.postgres_in(folder, secrets)
    server.start()
    yield server
    server.kill()  # a stop would first write down all that is thrown away next


@pytest.fixture(scope="session")
def nats(folder: Path, secrets: Secrets) -> Iterator[Nats]:
    """A NATS server that all tests of a worker share: do not stop this one."""
    server = servers.nats_in(folder, secrets)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def service(request: pytest.FixtureRequest) -> str:
    """Name the service under test: a folder under `tests/`."""
    [name] = [part.name for part in request.path.parents if part.name in SERVICES]
    return name


@pytest.fixture
def keys(secrets: Secrets) -> KeysInHand:
    """The keys of people as followup, training and portal find them."""
    return KeysInHand(KeyRing.parse(secrets.key_encryption_key))


@pytest.fixture
async def engine(
    service: str, postgres: Postgres, secrets: Secrets, keys: KeysInHand
) -> AsyncIterator[AsyncEngine]:
    """The service's own database, as the service's own role, with empty tables."""
    engine = database.connect(postgres.url(service))
    await servers.empty_tables(engine, service)
    if service in OPENS_NAMES:
        engine = with_vault(engine, _vault_for(service, secrets, keys))
    yield engine
    await engine.dispose()


def _vault_for(service: str, secrets: Secrets, keys: KeysInHand) -> VaultFor:
    if service == "intake":
        return vault_at_home(KeyRing.parse(secrets.key_encryption_key))
    return lambda _: keys.vault


@pytest.fixture
async def tx(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A transaction that is never committed."""
    async with Direct(engine) as connection:
        never_committed = connection.driver.transaction()
        await never_committed.start()
        connection.info[database.LAST_WORK] = {}
        yield connection
        connection.info.clear()
        await never_committed.rollback()


@pytest.fixture
def announced(tx: AsyncConnection) -> Announced:
    """Tell what was announced so far: what is committed, then what `tx` has promised."""

    async def announced() -> list[Event]:
        bodies = await tx.scalars(select(outbox.events.c.body).order_by(outbox.events.c.position))
        return [*map(read_back, bodies), *(event for event, _ in outbox.promised(tx))]

    return announced


@pytest.fixture
def sign_in(secrets: Secrets) -> SignIn:
    """Give the headers of a person with one role: `sign_in(Role.MENTOR, association_id)`."""

    def sign_in(
        role: Role | str, association_id: UUID | None = None, person_id: UUID | None = None
    ) -> dict[str, str]:
        grants = frozenset({Grant(Role(role), association_id)})
        caller = Caller(person_id=person_id or uuid4(), grants=grants)
        token = issue(secrets.token_signing_key, caller, now=datetime.now(UTC))
        return {"Authorization": f"Bearer {token}"}

    return sign_in


@pytest.fixture
async def app(
    service: str,
    engine: AsyncEngine,
    postgres: Postgres,
    secrets: Secrets,
    monkeypatch: pytest.MonkeyPatch,
) -> Any:
    """The service under test, assembled as in production, on the engine of the test."""
    ports = Ports(postgres=postgres.port, nats=1, nats_monitoring=1)
    around = Surroundings(ports=ports, secrets=secrets, python_path=PYTHON_PATH)
    for name, value in around.of_service(service).items():
        monkeypatch.setenv(name, value)
    app = import_module(f"{service}.app").create_app()
    await app.state.engine.dispose()
    app.state.engine = engine
    return app


@pytest.fixture
async def client(app: Any) -> AsyncIterator[httpx.AsyncClient]:
    """HTTP to the service under test, without a network and without a broker.

    Every POST carries a new Idempotency-Key, unless the test gives its own.
    """
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(
        transport=transport,
        base_url="http://service.test",
        event_hooks={"request": [_with_key]},
    ) as client:
        yield client


async def _with_key(request: httpx.Request) -> None:
    if request.method == "POST":
        request.headers.setdefault("Idempotency-Key", str(uuid4()))


@pytest.fixture
def hear(service: str, engine: AsyncEngine) -> Hear:
    """Deliver an event to the service under test, as the stream would."""
    router = import_module(f"{service}.consumers").router
    return hear_by(Edge(router, engine))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Together:
    return Together(config, log)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many checks the generated tests made."""
    checks = sum(
        count
        for report in terminalreporter.getreports("passed")
        for name, count in report.user_properties
        if name == "checks"
    )
    if checks:
        terminalreporter.write_line(f"{checks} checks of roles by association and route")
