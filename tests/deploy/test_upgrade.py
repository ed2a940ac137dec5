"""Two releases side by side, on one database, one stream and one consumer, while people work."""

import asyncio
from contextlib import asynccontextmanager
from itertools import count

import httpx
import pytest

from demo.actors import Platform as Doors
from local.platform import PYTHON_PATH, Platform
from local.ports import Ports
from tests.deploy.releases import NAMES, Release
from tests.faults.ledger import Ledger
from tests.servers import open_folder

# On a busy machine messages are left more often, and wait longer before they are tried again.
PATIENCE_SECONDS = 150
# So many more of something: enough to see that it goes on.
SOME = 5
LOOK_AGAIN_SECONDS = 0.2
BETWEEN_COMMANDS_SECONDS = 0.2
number = count(1)


@pytest.fixture(scope="module")
def platform():
    with open_folder() as folder, Platform(folder, Ports.free(), names=NAMES) as platform:
        yield platform


@pytest.fixture
def older(platform):
    release = Release(platform, PYTHON_PATH, platform.ports)
    release.intake, release.training = (platform.service(name) for name in NAMES)
    return release


@pytest.fixture
def newer(platform, tmp_path):
    release = Release.newer(platform, tmp_path)
    yield release
    for service in (release.intake, release.training):
        service.stop()


class Crowd:
    """People who register associations all the while, one after the other, each at one door."""

    def __init__(self, platform):
        self.platform = platform
        self.ledger = Ledger()
        self.registered = set()
        self.urls: list[dict[str, str]] = [{}, {}]

    def go_to(self, *releases):
        """Send the first of them to the first release, and the other to the last."""
        for urls, release in zip(self.urls, (releases[0], releases[-1]), strict=True):
            urls["intake"] = release.intake.url

    @asynccontextmanager
    async def at_work(self):
        leaving = asyncio.Event()
        async with httpx.AsyncClient(timeout=20) as http, asyncio.TaskGroup() as everybody:
            for urls in self.urls:
                doors = Doors(http, urls, self.platform.secrets.token_signing_key)
                everybody.create_task(self._register(doors, leaving))
            try:
                yield
            finally:
                leaving.set()

    async def _register(self, doors, leaving):
        while not leaving.is_set():
            form = {"name": f"Association {next(number)}", "commune": "29019"}
            made = await self.ledger.command(doors.admin(), "intake", "/associations", form)
            self.registered.add(made["id"])
            await asyncio.sleep(BETWEEN_COMMANDS_SECONDS)

    def asked(self, query, service="training"):
        return self.platform.postgres.query(query, role=service)

    @property
    def heard(self):
        return set(self.asked("select id from associations"))

    @property
    def said_in_praise(self):
        query = "select body::json->>'partitionkey' from events where subject like '%praised%'"
        return set(self.asked(query, "intake"))

    @property
    def heard_in_praise(self):
        return set(self.asked("select id from praises"))

    async def some_more(self, *figures):
        """Wait until there are some more of each of these than there are now."""
        before = [len(getattr(self, each)) for each in figures]
        await self.until(
            lambda: all(
                len(getattr(self, each)) >= known + SOME
                for each, known in zip(figures, before, strict=True)
            )
        )

    async def until(self, holds):
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not await asyncio.to_thread(holds):
                await asyncio.sleep(LOOK_AGAIN_SECONDS)


async def start(*services):
    for service in services:
        service.launch()
    for service in services:
        await asyncio.to_thread(service.wait_until_ready)


async def stop(*services):
    for service in services:
        await asyncio.to_thread(service.stop)


async def roll_out(crowd, older, newer):
    """Let the newer release come beside the older one, and the older one leave."""
    await start(newer.intake)
    crowd.go_to(older, newer)
    # Not yet where it is heard.
    await crowd.some_more("heard", "said_in_praise")
    await start(newer.training)
    await crowd.some_more("heard", "heard_in_praise")
    crowd.go_to(newer)
    await stop(older.intake, older.training)
    await crowd.some_more("heard", "heard_in_praise")


async def roll_back(crowd, older, newer):
    """Let the older release come again; what only the newer one hears is still being said."""
    await start(older.intake, older.training)
    await stop(newer.training)
    await crowd.some_more("heard", "said_in_praise")
    crowd.go_to(older)
    await stop(newer.intake)
    await crowd.some_more("heard")


async def test_a_release_is_rolled_out_and_back_and_out_and_nothing_is_lost(platform, older, newer):
    crowd = Crowd(platform)
    crowd.go_to(older)
    async with crowd.at_work():
        await asyncio.to_thread(newer.bootstrap)
        # Its node is drained between the two steps of an upgrade.
        await stop(older.training)
        await start(older.training)
        await roll_out(crowd, older, newer)
        await roll_back(crowd, older, newer)
        assert "serves this one" in await asyncio.to_thread(older.bootstrap)
        await stop(older.training)
        await start(newer.intake, newer.training)

    assert crowd.said_in_praise < crowd.registered
    await crowd.until(lambda: crowd.heard == crowd.registered)
    await crowd.until(lambda: crowd.heard_in_praise == crowd.said_in_praise)
    assert [crowd.asked("select * from quarantine", name) for name in NAMES] == [[], []]
    said = crowd.asked("select message_id from events", "intake")
    assert sorted(crowd.asked("select message_id from inbox")) == sorted(said)
