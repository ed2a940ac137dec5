"""How events become rows: each once, the newest of each, and nobody who was forgotten.

Reporting hears everything, so what a batch of events says is written together at its end, one
round trip for each kind of row.
"""

from dataclasses import fields
from uuid import UUID

from sqlalchemy import ColumnElement, Insert, Table, Uuid, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from common.database import later
from reporting.domain.facts import Moment
from reporting.domain.forgetting import token_of
from reporting.store.tables import (
    associations,
    forgotten,
    moments,
    offers,
    pairs,
    programmes,
    referral_facets,
    referrals,
)


def known_as(column: str) -> ColumnElement[UUID]:
    """Give in SQL the id of a person, or the token of one who was forgotten.

    It is asked when the row is written, so an erasure in the same batch is minded.
    """
    token = bindparam(f"{column}_token", type_=Uuid)
    held = select(forgotten.c.token).where(forgotten.c.token == token).scalar_subquery()
    return func.coalesce(held, bindparam(f"{column}_given", type_=Uuid))


def naming(column: str, person_id: UUID | None) -> dict[str, UUID | None]:
    """Give what `known_as` asks for."""
    token = token_of(person_id) if person_id else None
    return {f"{column}_given": person_id, f"{column}_token": token}


def newest(table: Table, *people: str) -> Insert:
    """Write a statement that keeps a row unless one as new is held already."""
    named = insert(table).values({column: known_as(column) for column in people})
    columns = {column.name: named.excluded[column.name] for column in table.c}
    return named.on_conflict_do_update(
        index_elements=["id"], set_=columns, where=table.c.version < named.excluded.version
    )


MOMENT = tuple(field.name for field in fields(Moment))
ADD_MOMENT = insert(moments).on_conflict_do_nothing()
ADD_PERSONAL_MOMENT = insert(moments).values(about_id=known_as("about_id")).on_conflict_do_nothing()
ADD_FACETS = insert(referral_facets).on_conflict_do_nothing()
KEEP_REFERRAL = newest(referrals, "mentee_id", "prescriber_id")
KEEP_PAIR = newest(pairs, "mentee_id")
KEEP_ASSOCIATION, KEEP_PROGRAMME, KEEP_OFFER = map(newest, (associations, programmes, offers))


def add_moment(tx: AsyncConnection, moment: Moment, *, personal: bool) -> None:
    row = {name: getattr(moment, name) for name in MOMENT}
    if not personal:
        later(tx, ADD_MOMENT, row)
        return
    given = naming("about_id", row.pop("about_id"))
    later(tx, ADD_PERSONAL_MOMENT, row | given)


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
