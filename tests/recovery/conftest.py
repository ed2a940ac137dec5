"""A village whose platform is backed up, lost, and put back: one for all tests of this folder."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.faults.ledger import Ledger
from tests.faults.trial import Trial, standing
from tests.recovery.safe import Safe


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep those who share the platform on one loop."""
    for item in items:
        if Path(__file__).parent in item.path.parents and "safe" in getattr(
            item, "fixturenames", ()
        ):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest.fixture(scope="package")
def safe() -> Iterator[Safe]:
    with standing() as platform:
        yield Safe(platform)


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def trial(safe: Safe) -> AsyncIterator[Trial]:
    async with Trial.on(safe.platform, Ledger()) as trial:
        yield trial
