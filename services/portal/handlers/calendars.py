"""Open a calendar at a secret address, and know again whose it is."""

import secrets
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from common.caller import Caller
from portal.domain.calendars import CalendarNotFound, hash_of
from portal.handlers.signin import caller_of
from portal.store import calendars


async def open_calendar(tx: AsyncConnection, person_id: UUID) -> str:
    """Return the secret of a new address; the one before is closed by it."""
    secret = secrets.token_hex(32)
    await calendars.keep_address(tx, person_id, hash_of(secret))
    return secret


async def reader_at(tx: AsyncConnection, secret: str) -> Caller:
    """Find whose calendar this is, with the roles that they hold by now."""
    person_id = await calendars.person_at(tx, hash_of(secret))
    if person_id is None:
        raise CalendarNotFound
    return await caller_of(tx, person_id)
