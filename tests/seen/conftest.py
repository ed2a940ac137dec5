"""A platform whose traces are collected, and on which one person did one thing."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from demo.actors import Platform as Doors
from local.environment import FIRST_ADMIN_EMAIL
from local.platform import Platform
from local.ports import SERVICES, Ports
from tests.collecting import Collector, collecting
from tests.e2e.pages import Browser
from tests.servers import open_folder

TRACE = "0af7651916cd43dd8448eb211c80319c"
BEFORE = "b7ad6b7169203331"
REQUEST_ID = "01a20152-d520-777b-b5fc-3f3cb70bd57a"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep all of them on one loop: they share one platform."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest.fixture(scope="package")
def collector() -> Iterator[Collector]:
    with collecting() as collector:
        yield collector


@pytest.fixture(scope="package")
def platform(collector: Collector) -> Iterator[Platform]:
    with (
        pytest.MonkeyPatch.context() as environment,
        open_folder() as folder,
    ):
        environment.setenv("OTLP_ENDPOINT", collector.endpoint)
        with Platform(Path(folder), Ports.free()) as platform:
            yield platform


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def registered(platform: Platform) -> AsyncIterator[httpx.AsyncClient]:
    """An admin registered an association on the portal, in a trace that her browser began."""
    urls = {name: platform.url(name) for name in SERVICES}
    async with httpx.AsyncClient(follow_redirects=True, timeout=30) as http:
        browser = Browser(http, urls["portal"])
        await browser.open("/sign-in")
        await browser.sign_in(FIRST_ADMIN_EMAIL)
        await browser.open("/associations")
        hers = {"traceparent": f"00-{TRACE}-{BEFORE}-01", "x-request-id": REQUEST_ID}
        http.headers.update(hers)
        await browser.submit("/do/association.register", name="Les Passerelles", commune="29019")
        for name in hers:
            del http.headers[name]
        await Doors(http, urls, platform.secrets.token_signing_key).settle()
        yield http
