"""One platform under trial: its people live, something breaks, and the audit follows."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

import httpx

from common.server import OPERATOR
from demo.actors import Platform as Doors
from demo.actors import Refused
from local.platform import Platform
from local.ports import SERVICES, Ports
from local.service import Service
from tests.faults.audit import Findings, audit, fingerprints
from tests.faults.balance import Balanced
from tests.faults.ledger import Ledger
from tests.faults.nursery import Newborn, Nursery
from tests.faults.village import Village
from tests.servers import open_folder

PATIENCE_SECONDS = 60


class Trial:
    """A platform, a village that lives on it, and the ledger of what it was promised."""

    def __init__(
        self, platform: Platform, doors: Doors, ledger: Ledger, balanced: Balanced
    ) -> None:
        self.platform = platform
        self.doors = doors
        self.ledger = ledger
        self.balanced = balanced
        self.village = Village(doors, ledger)

    @classmethod
    @asynccontextmanager
    async def on(cls, platform: Platform, ledger: Ledger) -> AsyncIterator[Self]:
        urls = {name: platform.url(name) for name in SERVICES}
        balanced = Balanced()
        async with httpx.AsyncClient(timeout=20, transport=balanced) as http:
            doors = Doors(http, urls, platform.secrets.token_signing_key)
            trial = cls(platform, doors, ledger, balanced)
            await trial.village.found()
            yield trial

    def restart(self, service: str, crash_at: str | None = None) -> None:
        """Start a service that does not run, aimed at a place where it will die."""
        self._start(service, Newborn.launch, {"CRASH_AT": crash_at} if crash_at else {})

    def restart_cold(self, service: str, **told: str) -> None:
        """Start a service as in production, in a process of its own; tell it something more."""
        self._start(service, Service.launch, told)

    def _start(self, service: str, launch: Callable[[Any], None], told: dict[str, str]) -> None:
        ours = self.platform.service(service)
        usual, ours.environment = ours.environment, ours.environment | told
        launch(ours)
        ours.environment = usual

    async def death_of(self, service: str, within: float) -> bool:
        """Wait until a service has died of itself."""
        ours = self.platform.service(service)
        deadline = time.monotonic() + within
        while ours.is_running and time.monotonic() < deadline:
            await asyncio.sleep(0.01)
        return not ours.is_running

    async def ready(self, service: str) -> float:
        """Wait until a service is ready; tell how many seconds that took."""
        since = time.monotonic()
        while True:
            try:
                url = f"{self.platform.url(service)}/readyz"
                if (await self.doors.http.get(url)).is_success:
                    return time.monotonic() - since
            except httpx.TransportError:
                pass
            if time.monotonic() - since > PATIENCE_SECONDS:
                raise TimeoutError(f"{service} does not become ready")
            await asyncio.sleep(0.02)

    async def all_ready(self) -> float:
        return max(await asyncio.gather(*(self.ready(name) for name in SERVICES)))

    async def well_again(self) -> float:
        """Wait until a step that a person begins now is through all services; tell the seconds."""
        since = time.monotonic()
        case = await self.village.referral()
        path = f"/journeys/{case['id']}"
        await self.ledger.read(self.village.coordinator, "reporting", path)
        await self.all_ready()
        return time.monotonic() - since

    async def rest(self) -> float:
        """Wait until all is heard and all that is due is done; tell how many seconds that took."""
        since = time.monotonic()
        # Twice: what one service does in its turn may be due work for another.
        for _ in range(2):
            await self._settle()
        return time.monotonic() - since

    async def _settle(self) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                await self.doors.advance(timedelta(seconds=1))
            except (httpx.HTTPError, Refused):
                if time.monotonic() > deadline:
                    raise
                await asyncio.sleep(0.1)
            else:
                return

    async def verdict(self) -> Findings:
        await self.all_ready()
        await self.rest()
        return await audit(self.platform, self.ledger)

    async def rebuilt(self) -> dict[str, tuple[str, str]]:
        """Rebuild every projection from zero; tell which differ, before and after."""
        await self.rest()
        before = await fingerprints(self.platform)
        rebuilding = (asyncio.to_thread(self._rebuild, name) for name in SERVICES)
        if any(await asyncio.gather(*rebuilding)):
            raise RuntimeError("a rebuild failed: see the log of its service")
        await self.rest()
        after = await fingerprints(self.platform)
        return {
            table: (before[table], after[table])
            for table in before
            if before[table] != after[table]
        }

    def _rebuild(self, service: str) -> int:
        as_operator = {"NATS_URL": self.platform.surroundings.nats_url(OPERATOR)}
        environment = self.platform.environment_of(service) | as_operator
        newborn = self.platform.service(service)
        assert isinstance(newborn, Newborn)
        return newborn.perform("common.rebuild:main", environment)


@contextmanager
def standing() -> Iterator[Platform]:
    """Start a platform whose services come out of a nursery."""
    with open_folder() as folder, Nursery(Path(folder) / "nursery.log") as nursery:
        platform = Platform(Path(folder), Ports.free())
        platform.services = {
            name: Newborn(
                name=name,
                port=each.port,
                environment=each.environment,
                log=each.log,
                nursery=nursery,
            )
            for name, each in platform.services.items()
        }
        with platform:
            yield platform
