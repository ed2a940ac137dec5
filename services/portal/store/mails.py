"""Mails that people are owed, those that left, and those that did not."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, delete, exists, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from common.contracts.vocabulary import Sealed
from common.identity import new_id
from common.statements import among
from portal.domain.letters import Kind, Mail
from portal.store.tables import mails

BATCH = 50
PURGED_AT_ONCE = 200
COLUMNS = [mails.c[name] for name in Mail.__dataclass_fields__]
OWE = insert(mails)
OWED = select(
    exists().where(
        mails.c.person_id == bindparam("to_whom"),
        mails.c.kind == bindparam("of_kind"),
        mails.c.facts == bindparam("with_facts"),
    )
)


async def owe(
    tx: AsyncConnection,
    kind: Kind,
    person_ids: Sequence[UUID | None],
    *,
    facts: dict[str, str],
    sealed: dict[str, Sealed] | None = None,
) -> None:
    """Owe the same mail to several people."""
    same: dict[str, Any] = {"kind": kind, "facts": facts, "sealed": sealed or {}}
    rows = [{"id": new_id(), "person_id": each} | same for each in dict.fromkeys(person_ids)]
    if rows:
        await tx.execute(OWE, rows)


async def was_owed(tx: AsyncConnection, kind: Kind, person_id: UUID, facts: dict[str, str]) -> bool:
    mail = {"to_whom": person_id, "of_kind": kind, "with_facts": facts}
    return bool(await tx.scalar(OWED, mail))


async def take_due(
    tx: AsyncConnection, kinds: Collection[Kind], *, at: datetime, lease: timedelta
) -> list[Mail]:
    """Take some mails of these kinds that are due; nobody else does for the time of the lease.

    SKIP LOCKED is right here: mails have no order among them.
    """
    due = select(mails.c.id).where(_of(kinds), mails.c.next_try_at <= at)
    oldest = due.order_by(mails.c.next_try_at).limit(BATCH)
    locked = oldest.with_for_update(skip_locked=True)
    taken = (
        update(mails)
        .where(mails.c.id.in_(locked))
        .values(next_try_at=at + lease, tries=mails.c.tries + 1)
        .returning(*COLUMNS)
    )
    return [Mail(**row) for row in (await tx.execute(taken)).mappings()]


def _of(kinds: Collection[Kind]) -> ColumnElement[bool]:
    """Match these kinds, written out: of a parameter no plan knows that the index of codes fits."""
    return mails.c.kind.in_(
        bindparam(None, sorted(kinds), mails.c.kind.type, expanding=True, literal_execute=True)
    )


async def give_back(tx: AsyncConnection, mail_ids: Collection[UUID], *, at: datetime) -> None:
    """Let mails that were taken and not tried be taken again at once."""
    untried = update(mails).where(among(mails.c.id, mail_ids))
    await tx.execute(untried.values(next_try_at=at, tries=mails.c.tries - 1))


async def note_sent(tx: AsyncConnection, mail_id: UUID, *, at: datetime) -> None:
    done = update(mails).where(mails.c.id == mail_id).values(sent_at=at, next_try_at=None)
    await tx.execute(done)


async def note_failed(tx: AsyncConnection, mail_id: UUID, *, next_try_at: datetime | None) -> None:
    """Put a mail off, or give it up."""
    await tx.execute(update(mails).where(mails.c.id == mail_id).values(next_try_at=next_try_at))


async def latest(tx: AsyncConnection, *, before: UUID | None, limit: int) -> list[Mail]:
    """List the newest mails first, for the page of local mode."""
    query = select(*COLUMNS).order_by(mails.c.id.desc()).limit(limit)
    if before is not None:
        query = query.where(mails.c.id < before)
    return [
        Mail(**(dict(row) | {"next_try_at": row["next_try_at"] or row["created_at"]}))
        for row in (await tx.execute(query)).mappings()
    ]


async def mail_of(tx: AsyncConnection, mail_id: UUID) -> Mail | None:
    row = (await tx.execute(select(*COLUMNS).where(mails.c.id == mail_id))).mappings().first()
    if row is None:
        return None
    return Mail(**(dict(row) | {"next_try_at": row["next_try_at"] or row["created_at"]}))


async def forget_old(tx: AsyncConnection, *, before: datetime) -> int:
    old = select(mails.c.id).where(mails.c.created_at < before).limit(PURGED_AT_ONCE)
    return (await tx.execute(delete(mails).where(mails.c.id.in_(old)))).rowcount
