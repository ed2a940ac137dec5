"""The servers that a measure stands on: its own, in a folder of its own, as `make up` runs them."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

import httpx

from demo.actors import Platform as Doors
from local.nats import Nats
from local.platform import Platform
from local.ports import SERVICES, Ports
from local.postgres import Postgres
from local.secrets import Secrets
from tests import servers


@dataclass(frozen=True, slots=True)
class Ground:
    """A PostgreSQL and a NATS that nobody else uses."""

    postgres: Postgres
    nats: Nats


@contextmanager
def open_ground() -> Iterator[Ground]:
    secrets = Secrets.made_new()
    with servers.open_folder() as folder:
        ground = Ground(servers.postgres_in(folder, secrets), servers.nats_in(folder, secrets))
        ground.postgres.start()
        try:
            ground.nats.start()
            yield ground
        finally:
            ground.nats.stop()
            ground.postgres.stop()


@contextmanager
def open_platform(*names: str) -> Iterator[Platform]:
    """Start services as processes, all six unless some are named."""
    with (
        servers.open_folder() as folder,
        Platform(folder, Ports.free(), names=names or SERVICES) as platform,
    ):
        yield platform


@asynccontextmanager
async def doors_of(platform: Platform) -> AsyncIterator[Doors]:
    """Come as people do, over HTTP."""
    urls = {name: platform.url(name) for name in SERVICES}
    async with httpx.AsyncClient(timeout=30) as http:
        yield Doors(http, urls, platform.secrets.token_signing_key)
