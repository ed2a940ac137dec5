"""The servers of the tests in containers, for TEST_BACKEND=containers; what they do is the same."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TypeAlias

from docker.models.containers import Container
from testcontainers.community.nats import NatsContainer
from testcontainers.community.postgres import PostgresContainer
from testcontainers.core.config import testcontainers_config as config

from common.server import Server
from local.nats import Nats
from local.postgres import SETTINGS, Postgres
from local.secrets import SUPERUSER
from tests.servers import NATS_IMAGE, POSTGRES_IMAGE

# Whoever starts a container here removes it: none is needed to watch over the others.
config.ryuk_disabled = True
# As patient as it is by itself, two minutes, and ten times as curious.
config.sleep_time, config.max_tries = 0.1, 1200

Started: TypeAlias = PostgresContainer | NatsContainer
# Where a container listens is its own affair.
OF_THE_MACHINE = {"listen_addresses", "unix_socket_directories"}


@contextmanager
def at_work(started: Started | None) -> Iterator[Container]:
    if started is None:
        raise LookupError("it was never started")
    container = started.get_wrapped_container()
    container.reload()
    yield container


def runs(started: Started | None) -> bool:
    if started is None:
        return False
    with at_work(started) as container:
        return container.status in {"running", "paused"}


@dataclass(slots=True, kw_only=True)
class ContainedPostgres(Postgres):
    """PostgreSQL in a container, whose store goes with it."""

    _container: PostgresContainer | None = None

    def start(self) -> None:
        options = {name: value for name, value in SETTINGS.items() if name not in OF_THE_MACHINE}
        self._container = PostgresContainer(
            POSTGRES_IMAGE,
            username=SUPERUSER,
            password=self.passwords[SUPERUSER],
            dbname=SUPERUSER,
            driver=None,
        )
        self._container.with_bind_ports(5432, self.port)
        self._container.with_command(
            ["postgres", *(f"-c{name}={value}" for name, value in options.items())]
        )
        self._container.__enter__()  # unlike start(), leaves nothing behind if it fails
        self.add_databases(set(self.passwords) - {SUPERUSER})

    def stop(self) -> None:
        self.kill()

    def kill(self) -> None:
        if self._container:
            self._container.stop()
            self._container = None

    def freeze(self) -> None:
        with at_work(self._container) as container:
            container.pause()

    def thaw(self) -> None:
        with at_work(self._container) as container:
            container.unpause()

    @property
    def is_running(self) -> bool:
        return runs(self._container)


@dataclass(slots=True, kw_only=True)
class ContainedNats(Nats):
    """NATS in a container, whose store and configuration stay in `home`."""

    _container: NatsContainer | None = None

    def start(self) -> None:
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._container = NatsContainer(
            NATS_IMAGE, client_port=self.port, management_port=self.monitoring_port
        )
        for port in (self.port, self.monitoring_port):
            self._container.with_bind_ports(port, port)
        self._container.with_volume_mapping(self.home, str(self.home), "rw")
        self._container.with_command(["-c", str(self._write_configuration())])
        self._container.with_kwargs(user=f"{os.getuid()}:{os.getgid()}")
        self._container.__enter__()

    def stop(self) -> None:
        if self._container:
            with at_work(self._container) as container:
                container.stop()
            self.kill()

    def kill(self) -> None:
        if self._container:
            self._container.stop()
            self._container = None

    def freeze(self) -> None:
        with at_work(self._container) as container:
            container.pause()

    def thaw(self) -> None:
        with at_work(self._container) as container:
            container.unpause()

    @property
    def is_running(self) -> bool:
        return runs(self._container)

    def _described(self) -> Server:
        return replace(Nats._described(self), host="0.0.0.0")  # noqa: S104, SLF001 (super() does not know a class with slots)
