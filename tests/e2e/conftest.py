"""The whole platform, as `make up` starts it: six processes, PostgreSQL and NATS, all real.

With TEST_PLATFORM=elsewhere the stories are told to one that runs already, in local mode, behind
INTAKE_URL … PORTAL_URL and with TOKEN_SIGNING_KEY; those that look behind the doors are left out.
"""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from common.settings import setting
from demo.actors import Platform as Doors
from demo.elsewhere import addresses
from local.platform import Platform
from local.ports import SERVICES, Ports
from tests.e2e.people import Town
from tests.servers import open_folder

ELSEWHERE = os.environ.get("TEST_PLATFORM") == "elsewhere"


@pytest.fixture(scope="package")
def platform() -> Iterator[Platform]:
    """One platform for all stories, each with towns of its own; time passes for all of them."""
    if ELSEWHERE:
        pytest.skip("looks behind the doors of a platform, and so needs one of its own")
    with open_folder() as folder, Platform(Path(folder), Ports.free()) as platform:
        yield platform


@pytest.fixture(scope="package")
def entrance(request: pytest.FixtureRequest) -> tuple[dict[str, str], str]:
    """Where the services are, and the key that lets everybody in."""
    if ELSEWHERE:
        return addresses(), setting("TOKEN_SIGNING_KEY")
    platform: Platform = request.getfixturevalue("platform")
    urls = {name: platform.url(name) for name in SERVICES}
    return urls, platform.secrets.token_signing_key


@pytest.fixture
async def doors(entrance: tuple[dict[str, str], str]) -> AsyncIterator[Doors]:
    async with httpx.AsyncClient(timeout=30) as http:
        yield Doors(http, *entrance)


@pytest.fixture
async def town(doors: Doors) -> Town:
    """An association, a coordinator and a school that nobody else knows."""
    return await Town.founded(doors)
