"""Who agreed to what, as it is kept."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import ColumnElement, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from common.statements import changing, replacing, row_of
from intake.domain.consents import Adherence, Authorisation, AuthorisationNotFound, Protection
from intake.store.people_tables import adherences, authorisations, protections


async def add_authorisations(tx: AsyncConnection, asked: Iterable[Authorisation]) -> None:
    if rows := [row_of(each) for each in asked]:
        await tx.execute(insert(authorisations), rows)


async def lock_authorisation(tx: AsyncConnection, authorisation_id: UUID) -> Authorisation:
    query = select(authorisations).where(authorisations.c.id == authorisation_id)
    row = (await tx.execute(query.with_for_update())).mappings().one_or_none()
    if row is None:
        raise AuthorisationNotFound(authorisation_id)
    return Authorisation(**row)


async def save_authorisation(tx: AsyncConnection, decided: Authorisation) -> None:
    await tx.execute(changing(authorisations), {"of_id": decided.id, **row_of(decided)})


async def authorisations_for(tx: AsyncConnection, guardian_id: UUID) -> list[Authorisation]:
    return await _authorisations(tx, authorisations.c.guardian_id == guardian_id)


async def authorisations_about(tx: AsyncConnection, mentee_id: UUID) -> list[Authorisation]:
    return await _authorisations(tx, authorisations.c.mentee_id == mentee_id)


async def _authorisations(tx: AsyncConnection, where: ColumnElement[bool]) -> list[Authorisation]:
    query = select(authorisations).where(where).order_by(authorisations.c.id)
    return [Authorisation(**row) for row in (await tx.execute(query)).mappings()]


async def lock_adherence(tx: AsyncConnection, mentee_id: UUID) -> Adherence | None:
    query = select(adherences).where(adherences.c.mentee_id == mentee_id).with_for_update()
    row = (await tx.execute(query)).mappings().one_or_none()
    return Adherence(**row) if row else None


async def save_adherence(tx: AsyncConnection, said: Adherence) -> None:
    row = row_of(said)
    await tx.execute(replacing(adherences, *row), row)


async def lock_protection(tx: AsyncConnection, mentee_id: UUID) -> Protection | None:
    query = select(protections).where(protections.c.mentee_id == mentee_id).with_for_update()
    row = (await tx.execute(query)).mappings().one_or_none()
    return Protection(**row) if row else None


async def save_protection(tx: AsyncConnection, agreed: Protection) -> None:
    row = row_of(agreed)
    await tx.execute(replacing(protections, *row), row)
