"""Associations of the collective, and who has which role in them."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from common.contracts.vocabulary import Place
from common.statements import among, row_of
from intake.domain.associations import (
    Association,
    AssociationNotFound,
    GrantNotFound,
    RoleGrant,
)
from intake.store.tables import associations, grants


def association_row(association: Association) -> dict[str, Any]:
    return {
        "id": association.id,
        "name": association.name,
        "place": association.place.model_dump(mode="json"),
        "pooled_with": [str(each) for each in association.pooled_with],
        "version": association.version,
    }


def as_association(row: RowMapping) -> Association:
    return Association(
        id=row["id"],
        name=row["name"],
        place=Place.model_validate(row["place"]),
        pooled_with=tuple(map(UUID, row["pooled_with"])),
        version=row["version"],
    )


async def add_association(tx: AsyncConnection, association: Association) -> None:
    await tx.execute(insert(associations).values(association_row(association)))


async def lock_association(tx: AsyncConnection, association_id: UUID) -> Association:
    query = select(associations).where(associations.c.id == association_id).with_for_update()
    row = (await tx.execute(query)).mappings().one_or_none()
    if row is None:
        raise AssociationNotFound(association_id)
    return as_association(row)


async def save_association(tx: AsyncConnection, changed: Association) -> None:
    where = associations.c.id == changed.id
    await tx.execute(update(associations).where(where).values(association_row(changed)))


async def known_associations(tx: AsyncConnection, ids: Collection[UUID]) -> set[UUID]:
    query = select(associations.c.id).where(among(associations.c.id, ids))
    return set((await tx.execute(query)).scalars())


async def all_associations(tx: AsyncConnection) -> list[Association]:
    query = select(associations).order_by(associations.c.name, associations.c.id)
    return [as_association(row) for row in (await tx.execute(query)).mappings()]


async def add_grants(tx: AsyncConnection, given: Collection[RoleGrant]) -> None:
    if rows := [row_of(each) for each in given]:
        await tx.execute(insert(grants), rows)


async def lock_grant(tx: AsyncConnection, grant_id: UUID) -> RoleGrant:
    query = select(grants).where(grants.c.id == grant_id).with_for_update()
    row = (await tx.execute(query)).mappings().one_or_none()
    if row is None:
        raise GrantNotFound(grant_id)
    return RoleGrant(**row)


async def save_grant(tx: AsyncConnection, changed: RoleGrant) -> None:
    await tx.execute(update(grants).where(grants.c.id == changed.id).values(row_of(changed)))


async def lock_grants_of(tx: AsyncConnection, person_id: UUID) -> list[RoleGrant]:
    query = select(grants).where(grants.c.person_id == person_id, ~grants.c.revoked)
    rows = await tx.execute(query.order_by(grants.c.id).with_for_update())
    return [RoleGrant(**row) for row in rows.mappings()]


async def grants_in(tx: AsyncConnection, association_id: UUID) -> list[RoleGrant]:
    query = select(grants).where(grants.c.association_id == association_id, ~grants.c.revoked)
    rows = await tx.execute(query.order_by(grants.c.id))
    return [RoleGrant(**row) for row in rows.mappings()]


async def grants_of(tx: AsyncConnection, person_id: UUID) -> list[RoleGrant]:
    query = select(grants).where(grants.c.person_id == person_id, ~grants.c.revoked)
    rows = await tx.execute(query.order_by(grants.c.id))
    return [RoleGrant(**row) for row in rows.mappings()]
