"""One real platform with one real journey on it, at whose doors strangers knock."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.platform import Platform
from local.ports import Ports
from tests.access.world import World, walked
from tests.servers import open_folder


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep for the end what leaves nothing as it was."""
    items.sort(key=lambda item: item.path.name == "test_openapi.py")


@pytest.fixture(scope="package")
def platform() -> Iterator[Platform]:
    with open_folder() as folder, Platform(Path(folder), Ports.free()) as platform:
        yield platform


@pytest.fixture(scope="package")
def world(platform: Platform) -> World:
    """Two towns: one in which everything has happened once, and its neighbour."""
    return asyncio.run(walked(platform))
