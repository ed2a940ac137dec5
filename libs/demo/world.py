"""The collective while it lives its year: who is where, as far as the people in it know."""

import asyncio
import re
from collections import Counter
from collections.abc import Awaitable, Coroutine, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from demo.actors import DECIDE, Actor, Platform, Refused
from demo.cast import Cast, Person, Young
from demo.chance import Chance
from demo.houses import House
from demo.moments import Moment

# More at once would only wait in the services' queues.
AT_ONCE = 32
FAULT = 500
LOOK_EVERY_SECONDS = 0.1
PATIENCE_SECONDS = 300
ID = re.compile(r"[0-9a-f-]{36}")


@dataclass(slots=True, kw_only=True)
class Association:
    """An association with its programme, its offer, and the people who work for it."""

    house: House
    id: str
    programme_id: str
    offer_id: str
    policy: dict[str, Any]
    coordinators: list[Actor]
    volunteer: Actor
    partners: list[Actor]

    @property
    def coordinator(self) -> Actor:
        return self.coordinators[0]

    @property
    def second(self) -> Actor:
        """Who attests and decides where the first is part of it."""
        return self.coordinators[1]


@dataclass(slots=True, kw_only=True)
class Mentor:
    """A mentor from the application on."""

    person: Person
    stage: str = "to_come"
    since: int = 0
    actor: Actor | None = None
    session_id: str | None = None
    sign_up_id: str | None = None


@dataclass(slots=True, kw_only=True)
class Case:
    """A referral from the day on which somebody thinks of it."""

    young: Young
    stage: str = "to_come"
    since: int = 0
    id: str = ""
    mentee: Actor | None = None
    guardian: Actor | None = None
    association: Association | None = None
    # How often an association was asked.
    asked: int = 0
    agreed: bool = False
    # The first week in which it makes sense to look for a mentor once more.
    look_again: int = 0


@dataclass(slots=True, kw_only=True)
class Proposal:
    """An invitation that a mentor has in their mail."""

    id: str
    case: Case
    mentor: Mentor
    made: int


@dataclass(slots=True, kw_only=True)
class Pair:
    """A mentor and a mentee, from the yes on."""

    id: str
    case: Case
    mentor: Mentor
    association: Association
    formed: int
    stage: str = "formed"
    since: int = 0
    misses: int = 0
    meeting_at: datetime | None = None
    agreement_id: str = ""
    signed: set[str] = field(default_factory=set)
    active_since: datetime | None = None
    next_meeting: datetime | None = None
    met: int = 0
    goal_id: str | None = None
    # How it will end, as (reason, side), once that is decided.
    ending: tuple[str, str] | None = None

    @property
    def key(self) -> tuple[int, int]:
        """Name the pair by its people, the same in every life of one seed."""
        return self.case.young.number, self.mentor.person.number


@dataclass(kw_only=True)
class World:
    """Everybody, what time it is, and how many hands there are to do things with."""

    doors: Platform
    cast: Cast
    moment: Moment
    associations: dict[str, Association] = field(default_factory=dict)
    mentors: list[Mentor] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    proposals: list[Proposal] = field(default_factory=list)
    pairs: list[Pair] = field(default_factory=list)
    noes: Counter[str] = field(default_factory=Counter)
    deeds: Counter[str] = field(default_factory=Counter)
    collective: Actor | None = None
    hands: int = AT_ONCE
    patience: float = PATIENCE_SECONDS

    def __post_init__(self) -> None:
        self._hands = asyncio.Semaphore(self.hands)

    @property
    def chance(self) -> Chance:
        return self.cast.chance

    @property
    def now(self) -> datetime:
        return self.moment.at

    @property
    def step(self) -> int:
        return self.moment.number

    @property
    def day(self) -> int:
        return (self.now.date() - self.cast.starts_on).days

    def of(self, house: House) -> Association:
        return self.associations[house.key]

    async def do(self, deed: Awaitable[Any]) -> Any:
        """Do one thing when a hand is free; None if the answer was no."""
        async with self._hands:
            try:
                return await deed
            except Refused as no:
                if no.status >= FAULT:
                    raise
                self.noes[told_shortly(no)] += 1
                return None

    async def move_to(self, moment: Moment) -> None:
        """Let time pass: what is under way ends before, and what was due is done after."""
        await self.doors.settle(patience=self.patience, services=DECIDE)
        ahead = moment.at - await self.doors.now()
        if ahead > timedelta():
            await self.doors.advance(ahead, patience=self.patience, services=DECIDE)
        self.moment = moment

    def ago(self, **span: float) -> str:
        return (self.now - timedelta(**span)).isoformat()


def told_shortly(no: Refused) -> str:
    """Say what was refused and why, without ids."""
    fields = ", ".join(str(each.get("field")) for each in no.problem.get("errors", ()))
    return ID.sub("…", f"{str(no).split(':')[0]}: {no.problem.get('title')} {fields}".strip())


async def together(deeds: Iterable[Coroutine[Any, Any, Any]]) -> list[Any]:
    return await asyncio.gather(*deeds)


async def in_turn(deeds: Iterable[Coroutine[Any, Any, Any]]) -> list[Any]:
    """Do one after the other what would wait for one another in the database, and keep hands free.

    Hand in a generator: a deed that is not reached is never begun.
    """
    return [await deed for deed in deeds]


async def until(world: World, reader: Actor, service: str, path: str, *states: str) -> str:
    """Look at something that a service works on until it is in one of these states."""
    async with asyncio.timeout(world.patience):
        while True:
            found: str = (await reader.get(service, path))["state"]
            if found in states:
                return found
            await asyncio.sleep(LOOK_EVERY_SECONDS)
