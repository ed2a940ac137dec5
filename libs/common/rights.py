"""Refuse to start with more rights than the work needs: whoever breaks in would have them too."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from nats.errors import NoRespondersError
from nats.errors import TimeoutError as NoAnswer
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from common.broker import BrokerUnavailable, Connection, PublishNotPermitted
from common.direct import Direct
from common.server import ABOUT_ME, may_publish, may_subscribe

ANYTHING = ">"

# What makes a role mighty, of itself or through a role that it may become. The owner of a database
# is always a member of pg_database_owner, and gains nothing by it; a superuser may become anybody.
MIGHT = text("""
    select current_user, concat_ws(' and ',
        case when bool_or(rolsuper) then 'be superuser' end,
        case when bool_or(rolcreaterole) then 'create roles' end,
        case when bool_or(rolcreatedb) then 'create databases' end,
        case when bool_or(rolreplication) then 'copy the whole server' end,
        case when bool_or(rolbypassrls) then 'pass by row security' end,
        case when bool_or(starts_with(rolname, 'pg_')) then 'act as one of the pg_ roles' end)
    from pg_roles
    where pg_has_role(current_user, oid, 'member') and rolname <> 'pg_database_owner'
        and not (starts_with(rolname, 'pg_') and current_setting('is_superuser') = 'on')
""")


class TooManyRights(Exception):
    """This user may do more than its work needs."""


async def assert_plain_role(engine: AsyncEngine) -> None:
    """Refuse a role of PostgreSQL that could do harm outside its own database."""
    async with Direct(engine) as connection:
        role, might = (await connection.execute(MIGHT)).one()
    if might:
        raise TooManyRights(
            f"DATABASE_URL is wrong: the role {role} may {might}; give the service a plain role, "
            "for example: create role intake login password '…'"
        )


async def assert_own_rights(connection: Connection, name: str, *, local: bool) -> None:
    """Refuse a user of NATS that may say or hear more than was declared for this service."""
    permissions = await _permissions(connection, name)
    said = beyond(_allowed(permissions, "publish"), may_publish(name, local=local))
    heard = beyond(_allowed(permissions, "subscribe"), may_subscribe(name))
    too_many = [f"publish to {each}" for each in said] + [f"listen to {each}" for each in heard]
    if too_many:
        raise TooManyRights(
            f"NATS_URL is wrong: its user may {', '.join(too_many)}, which is not for {name}: "
            "configure the server as `python -m common.topology config` prints it, "
            f"for example: NATS_URL=nats://{name}:…@127.0.0.1:4222"
        )


def beyond(granted: Iterable[str], declared: Iterable[str]) -> list[str]:
    """List what is granted without being declared."""
    known = list(declared)
    return sorted(each for each in granted if not any(covers(whole, each) for whole in known))


def covers(whole: str, part: str) -> bool:
    """Tell whether everything that a subject stands for is among what another one stands for."""
    wide, narrow = whole.split("."), part.split(".")
    for place, token in enumerate(wide):
        if token == ANYTHING:
            return len(narrow) > place
        if place >= len(narrow) or narrow[place] == ANYTHING:
            return False
        if token not in ("*", narrow[place]):
            return False
    return len(wide) == len(narrow)


def _allowed(permissions: dict[str, Any], verb: str) -> Iterator[str]:
    """Read a list of rights; without one, everything is allowed."""
    yield from (permissions.get(verb) or {}).get("allow") or [ANYTHING]


async def _permissions(connection: Connection, name: str) -> dict[str, Any]:
    """Ask the server what this connection may do."""
    try:
        answer = await connection.request(ABOUT_ME)
    except PublishNotPermitted:
        raise TooManyRights(
            f"NATS_URL is wrong: its user may not ask for its own rights ({ABOUT_ME}); configure "
            "the server as `python -m common.topology config` prints it"
        ) from None
    except (NoRespondersError, NoAnswer):
        raise BrokerUnavailable(
            f"NATS_URL is wrong, or NATS too busy: its user hears no answer meant for {name}; "
            f"for example: NATS_URL=nats://{name}:…@127.0.0.1:4222"
        ) from None
    told: dict[str, Any] = json.loads(answer.data)["data"].get("permissions") or {}
    return told
