"""One platform on which everything breaks in turn, and one ledger of all that it answered."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from local.platform import Platform
from tests.faults.ledger import Ledger
from tests.faults.trial import Trial, standing


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep those that share the one platform on one loop."""
    for item in items:
        ours = Path(__file__).parent in item.path.parents
        if ours and "trial" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest.fixture(scope="package")
def platform() -> Iterator[Platform]:
    with standing() as platform:
        yield platform


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def trial(platform: Platform) -> AsyncIterator[Trial]:
    """A village that lives through all the tests; each ends with an audit of its whole life."""
    async with Trial.on(platform, Ledger()) as trial:
        yield trial
