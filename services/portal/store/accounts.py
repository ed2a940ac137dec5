"""Who has an account: found by a keyed hash of the address, opened only to write to them."""

from collections.abc import Iterable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, Select, bindparam, exists, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from common.caller import Grant
from common.contracts.vocabulary import Role, Sealed
from common.seal import blind_index, same_email
from common.statements import among
from common.vault import vault_of
from portal.store.tables import TO_INDEX, accounts, associations, grants

BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A person as the portal knows them: sealed, but for the language that they read."""

    id: UUID
    language: str
    sealed: dict[str, Sealed]


def index_of(key: bytes, email: str) -> str:
    return blind_index(key, "email", same_email(email))


def client_index(key: bytes, client: str) -> str:
    """Tell clients apart without keeping where they are."""
    return blind_index(key, "client", client)


async def index_next(tx: AsyncConnection, key: bytes, *, after: UUID) -> list[UUID]:
    """Make the index of some addresses that have none, in the order of ids; return whose were read.

    Not done when they are heard: a rebuild hears everything again, and holds no keys.
    """
    return await _index(tx, key, WITHOUT_INDEX.where(accounts.c.id > after).order_by(accounts.c.id))


async def index_newest(tx: AsyncConnection, key: bytes) -> None:
    """Make it of who was heard of last, and may sign in at once."""
    await _index(tx, key, WITHOUT_INDEX.order_by(accounts.c.id.desc()))


async def _index(tx: AsyncConnection, key: bytes, whose: Select[Any]) -> list[UUID]:
    # In one order, whoever asks: two who change the same rows must not wait for each other.
    rows = sorted((await tx.execute(whose.limit(BATCH))).all(), key=attrgetter("id"))
    sealed = [(row.id, "email", Sealed(row.sealed["email"])) for row in rows]
    emails = await vault_of(tx).open_many(sealed) if sealed else []
    indexed = [
        {"person": row.id, "read": row.version, "index": index_of(key, email)}
        for row, email in zip(rows, emails, strict=True)
        if email is not None
    ]
    if indexed:
        await tx.execute(_set_index, indexed)
    return [row.id for row in rows]


WITHOUT_INDEX = select(accounts.c.id, accounts.c.version, accounts.c.sealed).where(TO_INDEX)
# Whoever has another address by now keeps it for the next time.
_set_index = (
    update(accounts)
    .where(accounts.c.id == bindparam("person"), accounts.c.version == bindparam("read"))
    .values(email_index=bindparam("index"))
)


async def accounts_at(tx: AsyncConnection, key: bytes, email_index: str) -> list[Account]:
    """Find who has this address: a family may share one."""
    await index_newest(tx, key)
    query = select(accounts).where(accounts.c.email_index == email_index)
    return [_account(row) for row in (await tx.execute(query.order_by(accounts.c.id))).mappings()]


async def accounts_of(tx: AsyncConnection, person_ids: Iterable[UUID]) -> dict[UUID, Account]:
    query = select(accounts).where(among(accounts.c.id, person_ids))
    return {row["id"]: _account(row) for row in (await tx.execute(query)).mappings()}


async def grants_of(tx: AsyncConnection, person_id: UUID) -> frozenset[Grant]:
    query = select(grants.c.role, grants.c.association_id).where(
        grants.c.person_id == person_id, grants.c.held
    )
    return frozenset(Grant(row.role, row.association_id) for row in (await tx.execute(query)).all())


async def anybody_is(tx: AsyncConnection, role: Role) -> bool:
    held = exists().where(grants.c.role == role, grants.c.held)
    return bool(await tx.scalar(select(held)))


async def names_of_associations(tx: AsyncConnection) -> dict[UUID, str]:
    rows = await tx.execute(select(associations.c.id, associations.c.name))
    return {row.id: row.name for row in rows}


async def opened(
    tx: AsyncConnection, people: Iterable[Account], *fields: str
) -> dict[tuple[UUID, str], str]:
    """Open some fields of people, in one reading; what nobody can read (any more) is not there."""
    sealed = [
        (account.id, field, account.sealed[field])
        for account in people
        for field in fields
        if field in account.sealed
    ]
    texts = await vault_of(tx).open_many(sealed) if sealed else []
    named = zip(sealed, texts, strict=True)
    return {(person_id, field): text for (person_id, field, _), text in named if text is not None}


def _account(row: RowMapping) -> Account:
    return Account(id=row["id"], language=row["language"], sealed=row["sealed"])
