"""The whole platform, as `make up` starts it: six processes, PostgreSQL and NATS, all real."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from demo.actors import Platform as Doors
from local.platform import Platform
from local.ports import SERVICES, Ports
from tests.e2e.people import Town
from tests.servers import open_folder


@pytest.fixture(scope="session")
def platform() -> Iterator[Platform]:
    """One platform for all stories of a worker; who breaks it starts one of their own."""
    with open_folder() as folder, Platform(Path(folder), Ports.free()) as platform:
        yield platform


@pytest.fixture
async def doors(platform: Platform) -> AsyncIterator[Doors]:
    urls = {name: platform.url(name) for name in SERVICES}
    async with httpx.AsyncClient(timeout=30) as http:
        yield Doors(http, urls, platform.secrets.token_signing_key)


@pytest.fixture
async def town(doors: Doors) -> Town:
    """An association, a coordinator and a school that nobody else knows."""
    return await Town.founded(doors)
