"""What is asked of a platform by whom: every door, what is brought there, and what came back."""

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import httpx

from common.access import ActionRow, action_table
from common.contracts.vocabulary import Role
from demo.actors import Platform as Doors
from local.platform import Platform
from tests.access.bodies import Writer
from tests.access.knocking import assembled
from tests.access.test_roles import BEHIND_TOKENS
from tests.access.world import Persona, World, headers_of

AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Door:
    """One route, and the smallest body that it understands."""

    service: str
    row: ActionRow
    content: tuple[str, Any] | None


@dataclass(frozen=True, slots=True)
class Try:
    """One request that somebody makes."""

    door: Door
    path: str
    who: Persona

    @property
    def row(self) -> ActionRow:
        return self.door.row

    def __str__(self) -> str:
        return f"{self.who.name}: {self.door.service} {self.row.method} {self.row.path}"


def doors_of(platform: Platform, world: World) -> list[Door]:
    """List every door that names roles, with what to bring there."""
    found = []
    for service in BEHIND_TOKENS:
        app = assembled(service, platform.secrets)
        writer = Writer(app.openapi(), world.ids)
        found += [
            Door(service, row, writer.content(row.method, row.path))
            for row in action_table(app)
            if row.roles
        ]
    return found


def parameters(path: str) -> list[str]:
    return re.findall(r"\{([^}]+)\}", path)


def paths(row: ActionRow, world: World) -> Iterator[str]:
    """Put every id that there is where the path wants one."""
    names = parameters(row.path)
    if all(name in world.ids for name in names):
        for chosen in product(*(world.ids[name] for name in names)):
            yield row.path.format(**dict(zip(names, chosen, strict=True)))


def tries(doors_shut: list[Door], world: World, people: list[Persona]) -> Iterator[Try]:
    for door in doors_shut:
        for who, path in product(people, paths(door.row, world)):
            yield Try(door, path, who)


async def sent(doors: Doors, attempt: Try) -> httpx.Response:
    more: dict[str, Any] = {}
    match attempt.door.content:
        case ("multipart/form-data", {"file": file, **fields}):
            more = {"data": fields, "files": {"file": ("rows.csv", file, "text/csv")}}
        case (_, body):
            more = {"json": body}
    url = f"{doors.urls[attempt.door.service]}{attempt.path}"
    headers = headers_of(attempt.who, doors)
    return await doors.http.request(attempt.row.method, url, headers=headers, **more)


async def all_sent(doors: Doors, attempts: list[Try]) -> list[tuple[Try, httpx.Response]]:
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(attempt: Try) -> tuple[Try, httpx.Response]:
        async with gate:
            return attempt, await sent(doors, attempt)

    return await asyncio.gather(*map(one, attempts))


def opens(attempt: Try, *, besides: frozenset[Role] = frozenset()) -> bool:
    """Tell whether a role opens the door of the route: only then is it about the object."""
    return bool(set(attempt.row.roles) & (attempt.who.roles - besides))
