"""What the portal keeps of what others announced: the newest of each, whatever the order."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Table, bindparam, delete, exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from common.contracts.vocabulary import Role
from common.errors import NotYetKnown
from common.statements import finding, replacing_older
from portal.store.tables import (
    accounts,
    attempts,
    calendars,
    forgotten,
    grants,
    guardians,
    mails,
    pairs,
    referrals,
    sessions,
)


class PairNotYetKnown(NotYetKnown):
    """This pair has not been heard of yet."""

    fr = "On n'a pas encore entendu parler de ce binôme."


class ReferralNotYetKnown(NotYetKnown):
    """This referral has not been heard of yet."""

    fr = "On n'a pas encore entendu parler de cette orientation."


FORGOTTEN = select(exists().where(forgotten.c.person_id == bindparam("of_person")))
COORDINATORS = (
    select(grants.c.person_id)
    .where(
        grants.c.association_id == bindparam("of_association"),
        grants.c.role == Role.COORDINATOR,
        grants.c.held,
    )
    .distinct()
)
GUARDIANS = (
    select(guardians.c.guardian_id)
    .where(guardians.c.mentee_id == bindparam("of_mentee"))
    .distinct()
    .order_by(guardians.c.guardian_id)
)


async def keep_newest(tx: AsyncConnection, table: Table, row: Mapping[str, Any]) -> None:
    """Keep a row unless one as new is held already."""
    await tx.execute(replacing_older(table, *row), row)


async def is_forgotten(tx: AsyncConnection, person_id: UUID) -> bool:
    return bool(await tx.scalar(FORGOTTEN, {"of_person": person_id}))


async def forget(tx: AsyncConnection, person_id: UUID) -> bool:
    """Forget a person: account, roles, sessions, calendar and mails; tell whether it is new."""
    noted = insert(forgotten).values(person_id=person_id).on_conflict_do_nothing()
    if (await tx.execute(noted.returning(forgotten.c.person_id))).first() is None:
        return False
    address = select(accounts.c.email_index).where(accounts.c.id == person_id).scalar_subquery()
    await tx.execute(delete(attempts).where(attempts.c.email_index == address))
    alone = ~exists().where(accounts.c.email_index == address, accounts.c.id != person_id)
    undecided = sessions.c.person_id.is_(None) & (sessions.c.email_index == address) & alone
    await tx.execute(delete(sessions).where((sessions.c.person_id == person_id) | undecided))
    await tx.execute(delete(calendars).where(calendars.c.person_id == person_id))
    await tx.execute(delete(mails).where(mails.c.person_id == person_id))
    await tx.execute(delete(grants).where(grants.c.person_id == person_id))
    await tx.execute(delete(accounts).where(accounts.c.id == person_id))
    return True


async def coordinators_of(tx: AsyncConnection, association_id: UUID) -> list[UUID]:
    return list(await tx.scalars(COORDINATORS, {"of_association": association_id}))


async def prescriber_of(tx: AsyncConnection, referral_id: UUID) -> UUID | None:
    """Find who referred, if it was a prescriber."""
    row = (await tx.execute(finding(referrals), {"of_id": referral_id})).one_or_none()
    if row is None:
        raise ReferralNotYetKnown(referral_id)
    prescriber_id: UUID | None = row.prescriber_id
    return prescriber_id


async def family_of(tx: AsyncConnection, mentee_id: UUID) -> list[UUID]:
    """Find whom a young person's news concern: themselves first, then who answers for them."""
    return [mentee_id, *await tx.scalars(GUARDIANS, {"of_mentee": mentee_id})]


async def pair_of(tx: AsyncConnection, pair_id: UUID) -> Mapping[str, Any]:
    row = (await tx.execute(finding(pairs), {"of_id": pair_id})).mappings().one_or_none()
    if row is None:
        raise PairNotYetKnown(pair_id)
    return dict(row)
