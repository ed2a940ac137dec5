"""At which secret address each calendar is read; one address a person, kept as a hash alone."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from common.statements import replacing
from portal.store.tables import calendars


async def keep_address(tx: AsyncConnection, person_id: UUID, secret_hash: str) -> None:
    """Open an address, in the place of the one before."""
    row = {"person_id": person_id, "secret_hash": secret_hash}
    await tx.execute(replacing(calendars), row)


async def person_at(tx: AsyncConnection, secret_hash: str) -> UUID | None:
    query = select(calendars.c.person_id).where(calendars.c.secret_hash == secret_hash)
    return (await tx.scalars(query)).one_or_none()
