"""One life of the collective: from an empty platform to the figures of its year."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from demo import founding, year
from demo.actors import Actor, Platform
from demo.cast import Cast
from demo.chance import Chance
from demo.client import Client
from demo.figures import Row, figures_of
from demo.houses import HOUSES
from demo.moments import WHOLE_YEAR, Moment, first_day, moments
from demo.world import AT_ONCE, Case, Mentor, World
from local.trouble import Trouble

MENTORS, YOUNG = 400, 600
LEAST = 12
TIMEOUT_SECONDS = 120

Tell = Callable[[Moment, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """Which life: the seed of all chance, and the size of the collective."""

    seed: int = 2026
    scale: float = 1.0
    weeks: int = WHOLE_YEAR

    def cast(self, after: datetime) -> Cast:
        return Cast(
            chance=Chance(self.seed),
            starts_on=first_day(after),
            mentor_count=max(LEAST, round(MENTORS * self.scale)),
            young_count=max(LEAST, round(YOUNG * self.scale)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Lived:
    """What there is to tell afterwards."""

    world: World
    figures: list[Row] = field(default_factory=list)


async def play(script: Script, urls: dict[str, str], signing_key: str, tell: Tell) -> Lived:
    """Live the year through the public APIs, and read its figures."""
    async with Client(at_once=AT_ONCE, timeout=TIMEOUT_SECONDS) as http:
        doors = Platform(http, urls, signing_key)
        await refuse_a_second_life(doors.admin())
        world = await prepare(script, doors)
        ahead = list(moments(world.cast.starts_on, script.weeks))
        async for moment in year.live(world, ahead):
            tell(moment, len(ahead))
        if world.collective is None:
            raise LookupError("collective")
        last = world.now.date()
        found = await figures_of(world.collective, world.cast.starts_on, last)
        return Lived(world=world, figures=found)


async def refuse_a_second_life(admin: Actor) -> None:
    there = {each["name"] for each in await admin.get("intake", "/associations")}
    if there & {house.name for house in HOUSES}:
        raise Trouble(
            "this platform has lived a demo already",
            mend="look at it, or begin anew: stop it, remove its data (.data), `make demo`",
        )


async def prepare(script: Script, doors: Platform) -> World:
    cast = script.cast(await doors.now())
    world = World(doors=doors, cast=cast, moment=next(moments(cast.starts_on)))
    world.mentors = [Mentor(person=each) for each in cast.mentors]
    world.cases = [Case(young=each) for each in cast.young]
    await world.move_to(world.moment)
    await founding.found_collective(world)
    return world
