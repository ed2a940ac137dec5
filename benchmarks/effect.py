"""How soon a command has its effect in the next service, at fifty a second over the platform.

Six real processes. A coordinator accepts referrals in intake, over HTTP; the effect is a row in
the pool of matching, which is committed and which anybody who asks would see from then on. It is
looked for in matching's database every few milliseconds: a question over HTTP for each of them
would be a load of its own. The time runs from the answer to the command.
"""

import asyncio
import time
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from benchmarks.ground import doors_of, open_platform
from benchmarks.table import Aim, Line, timed
from common.database import connect
from tests.e2e.people import Town

COMMANDS = 300
A_SECOND = 50
AT_ONCE = 8
LOOK_EVERY_SECONDS = 0.002
PATIENCE_SECONDS = 30

NEW = text("select referral_id from referrals where state = 'accepted' and referral_id = any(:ids)")
HEARD = text("select count(*) from referrals where state = 'accepted'")


@dataclass(slots=True)
class Watch:
    """When each command was answered, and when its effect was there."""

    answered: dict[UUID, float] = field(default_factory=dict)
    seen: dict[UUID, float] = field(default_factory=dict)

    async def look(self, engine: AsyncEngine, expected: set[UUID]) -> None:
        """Note what is new in the pool, for as long as anything is missing."""
        async with engine.connect() as opened:
            reading = await opened.execution_options(isolation_level="AUTOCOMMIT")
            while missing := expected - self.seen.keys():
                new = (await reading.execute(NEW, {"ids": list(missing)})).scalars().all()
                self.seen |= dict.fromkeys(new, time.perf_counter())
                await asyncio.sleep(LOOK_EVERY_SECONDS)

    def waits(self) -> list[float]:
        """Tell how long each effect let wait: one that was there before its answer, not at all."""
        return [max(0.0, self.seen[each] - self.answered[each]) for each in self.answered]


async def effect(count: int = COMMANDS) -> list[Line]:
    """Time from an answered command to its effect in the next service."""
    with open_platform() as platform:
        engine = connect(platform.surroundings.database_url("matching"))
        async with doors_of(platform) as doors:
            town = await Town.founded(doors)
            await town.programme("afev", capacity=count)
            referred = await refer(town, count)
            await doors.settle()
            watch = await accept(town, referred, engine)
            async with engine.connect() as reading:
                assert await reading.scalar(HEARD) == count
        await engine.dispose()
    aims = {
        50: Aim(goal=500, moonshot=100, unit="ms"),
        99: Aim(goal=500, moonshot=100, unit="ms"),
    }
    return timed("E4", f"answer to effect in the next service, {A_SECOND}/s", watch.waits(), aims)


async def refer(town: Town, count: int) -> list[UUID]:
    """Bring the referrals that will be accepted, a few at a time."""
    turns = asyncio.Semaphore(AT_ONCE)

    async def one() -> UUID:
        async with turns:
            answer = await town.school.post("intake", "/referrals", await town.referral())
            return UUID(answer["id"])

    return await asyncio.gather(*(one() for _ in range(count)))


async def accept(town: Town, referred: list[UUID], engine: AsyncEngine) -> Watch:
    """Accept them at an even pace, whether or not the one before is answered."""
    watch = Watch()

    async def one(referral_id: UUID) -> None:
        await town.coordinator.post("intake", f"/referrals/{referral_id}/acceptance")
        watch.answered[referral_id] = time.perf_counter()

    looking = asyncio.create_task(watch.look(engine, set(referred)))
    began = time.perf_counter()
    async with asyncio.TaskGroup() as commands:
        for place, referral_id in enumerate(referred):
            await asyncio.sleep(began + place / A_SECOND - time.perf_counter())
            commands.create_task(one(referral_id))
    await asyncio.wait_for(looking, PATIENCE_SECONDS)
    return watch
