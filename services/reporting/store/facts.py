"""How events become rows: each once, the newest of each, and nobody who was forgotten."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Table, Uuid, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from reporting.domain.facts import Moment
from reporting.domain.forgetting import token_of
from reporting.store.tables import forgotten, moments, pairs, referral_facets, referrals


def known_as(person_id: UUID) -> ColumnElement[UUID]:
    """Give the id of a person in SQL, or the token of one who was forgotten."""
    token = select(forgotten.c.token).where(forgotten.c.token == token_of(person_id))
    return func.coalesce(token.scalar_subquery(), literal(person_id, Uuid))


def known_as_if(person_id: UUID | None) -> ColumnElement[UUID] | None:
    return known_as(person_id) if person_id else None


async def add_moment(tx: AsyncConnection, moment: Moment, *, personal: bool) -> None:
    row = asdict(moment)
    if personal:
        row["about_id"] = known_as(moment.about_id)
    await tx.execute(insert(moments).values(row).on_conflict_do_nothing())


async def keep_newest(tx: AsyncConnection, table: Table, row: Mapping[str, Any]) -> None:
    upsert = insert(table).values(row)
    newer = upsert.on_conflict_do_update(
        index_elements=["id"],
        set_={name: upsert.excluded[name] for name in row},
        where=table.c.version < upsert.excluded.version,
    )
    await tx.execute(newer)


async def add_facets(tx: AsyncConnection, row: Mapping[str, Any]) -> None:
    await tx.execute(insert(referral_facets).values(row).on_conflict_do_nothing())


async def forget(tx: AsyncConnection, person_id: UUID) -> bool:
    """Turn the id of a person into their token wherever it is; tell whether this was new."""
    token = token_of(person_id)
    noted = insert(forgotten).values(token=token).on_conflict_do_nothing()
    if (await tx.execute(noted.returning(forgotten.c.token))).first() is None:
        return False
    for column in (
        moments.c.about_id,
        referrals.c.mentee_id,
        referrals.c.prescriber_id,
        pairs.c.mentee_id,
    ):
        turned = update(column.table).where(column == person_id).values({column.name: token})
        await tx.execute(turned)
    return True
