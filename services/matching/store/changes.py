"""Which mentors changed since somebody last looked, whoever changed them and whenever they commit.

The database itself notes each change of what a suggestion depends on, by triggers: no way of
writing can forget it, and a note commits or vanishes with what it is about. A transaction that
began early may commit late, so "newer than the last number" would miss it. Instead a reader keeps
the snapshot in which it last looked, and asks for the notes of all transactions which that
snapshot did not see. (PostgreSQL's documentation, "Transaction ID and Snapshot Information
Functions".) A snapshot does not list the transaction that took it, as if that were over: so a
reader keeps beside it which one that was, for its notes may go on after the look.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    DDL,
    BigInteger,
    Column,
    DateTime,
    Identity,
    Table,
    Uuid,
    delete,
    event,
    func,
    text,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from matching.store.tables import mentors, metadata, pair_endings, proposals, readiness

# Notes are read within seconds; a replica that slept for longer reads everybody anew.
KEPT = timedelta(days=1)

pool_changes = Table(
    "pool_changes",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    # Null: everybody.
    Column("mentor_id", Uuid),
    # The transaction that changed them.
    Column(
        "changed_in",
        BigInteger,
        server_default=text("(pg_current_xact_id()::text)::bigint"),
        nullable=False,
        index=True,
    ),
    Column("noted_at", DateTime(timezone=True), server_default=func.now(), nullable=False),
)

NOTE_CHANGE = """
create or replace function note_pool_change() returns trigger language plpgsql as $$
begin
    if tg_op = 'TRUNCATE' then
        insert into pool_changes (mentor_id) values (null);
        return null;
    end if;
    if tg_op = 'UPDATE' and new is not distinct from old then
        return null;
    end if;
    if tg_op <> 'INSERT' and old.mentor_id is not null then
        insert into pool_changes (mentor_id) values (old.mentor_id);
    end if;
    if tg_op = 'INSERT' or tg_op = 'UPDATE' and new.mentor_id is distinct from old.mentor_id then
        insert into pool_changes (mentor_id)
        select new.mentor_id where new.mentor_id is not null;
    end if;
    return null;
end $$
"""
ON_EACH = """
create trigger note_pool_change after insert or update or delete on {table}
for each row execute function note_pool_change()
"""
ON_ALL = """
create trigger note_pool_change_of_all after truncate on {table}
for each statement execute function note_pool_change()
"""

# The tables that say whether a mentor may be suggested.
WATCHED = (mentors, readiness, pair_endings, proposals)

# A database made without migrations, as tests make theirs, watches too.
made_with: Any = DDL  # which says nothing of its types
event.listen(pool_changes, "after_create", made_with(NOTE_CHANGE))
for watched in WATCHED:
    event.listen(metadata, "after_create", made_with(ON_EACH.format(table=watched.name)))
    event.listen(metadata, "after_create", made_with(ON_ALL.format(table=watched.name)))

LOOK = text(
    """
    with seen as (
        select coalesce(cast(cast(:seen as text) as pg_snapshot), pg_current_snapshot()) as by
    ),
    unseen as (
        select mentor_id, changed_in = (pg_current_xact_id_if_assigned()::text)::bigint as is_mine
        from pool_changes, seen
        where changed_in >= (pg_snapshot_xmin(seen.by)::text)::bigint
        and (
            not pg_visible_in_snapshot(changed_in::text::xid8, seen.by)
            or changed_in = cast(:looked_in as bigint)
        )
    )
    select
        pg_current_snapshot()::text as snapshot,
        (pg_current_xact_id_if_assigned()::text)::bigint as looked_in,
        array(select distinct mentor_id from unseen where is_mine) as mine,
        array(select distinct mentor_id from unseen where is_mine is not true) as others
    """
)
FORGET = delete(pool_changes).where(pool_changes.c.noted_at < func.now() - KEPT)


@dataclass(frozen=True, slots=True)
class Changes:
    """Whom others changed since an earlier look, and whom this very transaction did."""

    snapshot: str
    # The transaction that looked, if it had changed anything by then.
    looked_in: int | None
    others: frozenset[UUID | None]
    mine: frozenset[UUID | None]


async def changes_since(tx: AsyncConnection, last: Changes | None) -> Changes:
    """Tell what an earlier look did not see; without one, only what this transaction did."""
    seen = {"seen": last and last.snapshot, "looked_in": last and last.looked_in}
    row: Any = (await tx.execute(LOOK, seen)).one()
    return Changes(row.snapshot, row.looked_in, frozenset(row.others), frozenset(row.mine))


async def forget_old_changes(tx: AsyncConnection) -> int:
    return (await tx.execute(FORGET)).rowcount
