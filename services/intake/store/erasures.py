"""Erasures as they are kept: who was forgotten by whom, and nothing of who it was."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import ARRAY, RowMapping, Text, cast, exists, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from intake.domain.erasures import Erasure, ErasureNotFound, Service
from intake.domain.people import Part
from intake.store.people_tables import erasures, people
from intake.store.tables import referrals

FORGOTTEN = TypeAdapter(dict[Service, datetime])


def to_row(erasure: Erasure) -> dict[str, Any]:
    plain = {name: getattr(erasure, name) for name in Erasure.__slots__}
    return plain | {"forgotten_at": FORGOTTEN.dump_python(erasure.forgotten_at, mode="json")}


def from_row(row: RowMapping) -> Erasure:
    return Erasure(**{**row, "forgotten_at": FORGOTTEN.validate_python(row["forgotten_at"])})


async def add_erasure(tx: AsyncConnection, erasure: Erasure) -> None:
    await tx.execute(insert(erasures).values(to_row(erasure)))


async def erasure(tx: AsyncConnection, erasure_id: UUID) -> Erasure:
    query = select(erasures).where(erasures.c.id == erasure_id)
    row = (await tx.execute(query)).mappings().one_or_none()
    if row is None:
        raise ErasureNotFound(erasure_id)
    return from_row(row)


async def lock_erasure_of(tx: AsyncConnection, person_id: UUID) -> Erasure | None:
    query = select(erasures).where(erasures.c.person_id == person_id).with_for_update()
    row = (await tx.execute(query)).mappings().one_or_none()
    return from_row(row) if row else None


async def lone_guardians(tx: AsyncConnection, since: datetime, limit: int) -> Sequence[UUID]:
    """Name the guardians all of whose children were forgotten, everywhere, before this moment."""
    told = erasures.c.guardian_id == people.c.id
    everywhere = erasures.c.forgotten_at.has_all(cast(sorted(Service), ARRAY(Text)))
    query = select(people.c.id).where(
        people.c.part == Part.GUARDIAN,
        ~people.c.erased,
        exists().where(told),
        ~exists().where(told, or_(erasures.c.key_destroyed_at > since, ~everywhere)),
        ~exists().where(referrals.c.guardian_id == people.c.id, referrals.c.facets.is_not(None)),
    )
    return (await tx.scalars(query.order_by(people.c.id).limit(limit))).all()


async def save_erasure(tx: AsyncConnection, changed: Erasure) -> None:
    await tx.execute(update(erasures).where(erasures.c.id == changed.id).values(to_row(changed)))
