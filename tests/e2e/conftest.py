"""The whole platform, as `make up` starts it: six processes, PostgreSQL and NATS, all real."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from demo.actors import Platform as Doors
from local.platform import Platform
from local.ports import SERVICES, Ports
from tests.e2e.people import Town
from tests.servers import open_folder


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep all stories on one worker: they share one platform."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("e2e"))


@pytest.fixture(scope="session")
def platform() -> Iterator[Platform]:
    """One platform for all stories, each with towns of its own; time passes for all of them."""
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
