"""What a pair does: goals, meetings, contacts, check-ins, and the diary that deadlines read."""

from collections.abc import Collection, Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from common.contracts.followup import Side
from followup.domain.care import CheckIn, Contact, Goal, Meeting
from followup.domain.deadlines import Diary
from followup.domain.errors import GoalNotFound
from followup.store.pairs import rests_of
from followup.store.rows import one, rows
from followup.store.tables import check_ins, contacts, goals, meetings, outcomes, pairs

Value = TypeVar("Value")


async def add_meeting(tx: AsyncConnection, meeting: Meeting) -> UUID | None:
    """Keep a meeting; return the id that it already has, if it was told before."""
    row = asdict(meeting) | {"goals": [str(goal) for goal in meeting.goals]}
    query = insert(meetings).values(row).on_conflict_do_nothing().returning(meetings.c.id)
    if (await tx.execute(query)).first() is not None:
        return None
    told: UUID | None = await tx.scalar(
        select(meetings.c.id).where(
            meetings.c.pair_id == meeting.pair_id, meetings.c.held_at == meeting.held_at
        )
    )
    return told


async def add_contact(tx: AsyncConnection, contact: Contact) -> UUID | None:
    """Keep a contact; return the id that it already has, if it was told before."""
    query = insert(contacts).values(asdict(contact)).on_conflict_do_nothing()
    if (await tx.execute(query.returning(contacts.c.id))).first() is not None:
        return None
    told: UUID | None = await tx.scalar(
        select(contacts.c.id).where(
            contacts.c.pair_id == contact.pair_id,
            contacts.c.at == contact.at,
            contacts.c.kind == contact.kind,
        )
    )
    return told


async def add_check_in(tx: AsyncConnection, check_in: CheckIn) -> None:
    await tx.execute(insert(check_ins).values(asdict(check_in)))


async def add_goal(tx: AsyncConnection, goal: Goal) -> None:
    await tx.execute(insert(goals).values(asdict(goal)))


async def lock_goal(tx: AsyncConnection, goal_id: UUID) -> Goal:
    query = select(goals).where(goals.c.id == goal_id).with_for_update()
    row = await one(tx, query)
    if row is None:
        raise GoalNotFound(goal_id)
    return Goal(**row)


async def save_goal(tx: AsyncConnection, goal: Goal) -> None:
    query = update(goals).where(goals.c.id == goal.id)
    await tx.execute(query.values(achieved_at=goal.achieved_at))


async def goals_of(tx: AsyncConnection, pair_id: UUID) -> list[Goal]:
    query = select(goals).where(goals.c.pair_id == pair_id).order_by(goals.c.id)
    return [Goal(**row) for row in await rows(tx, query)]


async def meetings_of(tx: AsyncConnection, pair_id: UUID) -> list[Meeting]:
    query = select(meetings).where(meetings.c.pair_id == pair_id).order_by(meetings.c.held_at)
    return [_meeting(row) for row in await rows(tx, query)]


async def contacts_of(tx: AsyncConnection, pair_id: UUID) -> list[Contact]:
    query = select(contacts).where(contacts.c.pair_id == pair_id).order_by(contacts.c.at)
    return [Contact(**row) for row in await rows(tx, query)]


async def check_ins_of(tx: AsyncConnection, pair_id: UUID) -> list[CheckIn]:
    query = select(check_ins).where(check_ins.c.pair_id == pair_id).order_by(check_ins.c.held_at)
    return [CheckIn(**row) for row in await rows(tx, query)]


async def diaries(tx: AsyncConnection, pair_ids: Collection[UUID]) -> dict[UUID, Diary]:
    """Read what many pairs did, in five queries however many they are."""
    met = _by_pair(await _moments(tx, meetings, meetings.c.held_at, pair_ids))
    first = _by_pair(await _first_meetings(tx, pair_ids))
    touched = _by_pair(await _moments(tx, contacts, contacts.c.at, pair_ids))
    asked = _by_pair(await _asked(tx, pair_ids))
    rested = _by_pair(await rests_of(tx, pair_ids))
    known = _by_pair(await _stages(tx, pair_ids))
    return {
        pair_id: Diary(
            meetings=tuple(met.get(pair_id, []) + first.get(pair_id, [])),
            contacts=tuple(touched.get(pair_id, [])),
            check_ins=tuple(asked.get(pair_id, [])),
            rests=tuple(rested.get(pair_id, [])),
            outcomes=frozenset(known.get(pair_id, [])),
        )
        for pair_id in pair_ids
    }


async def forget_words(tx: AsyncConnection, pair_ids: Collection[UUID]) -> None:
    """Drop every text about a mentee; what happened, and when, stays for the figures."""
    for table, column in ((goals, "text"), (meetings, "word"), (check_ins, "note")):
        forget = update(table).where(table.c.pair_id.in_(pair_ids))
        await tx.execute(forget.values({column: None}))


async def forget_words_by(tx: AsyncConnection, person_id: UUID) -> None:
    """Drop the texts that a mentor wrote."""
    mine = select(pairs.c.id).where(pairs.c.mentor_id == person_id)
    told = update(meetings).where(meetings.c.logged_by == person_id, meetings.c.pair_id.in_(mine))
    await tx.execute(told.values(word=None))
    aimed = update(goals).where(goals.c.added_by == person_id, goals.c.pair_id.in_(mine))
    await tx.execute(aimed.values(text=None))
    asked = update(check_ins).where(check_ins.c.pair_id.in_(mine), check_ins.c.side == Side.MENTOR)
    await tx.execute(asked.values(note=None))


async def _moments(
    tx: AsyncConnection, table: Any, column: Any, pair_ids: Collection[UUID]
) -> list[tuple[UUID, datetime]]:
    rows = await tx.execute(select(table.c.pair_id, column).where(table.c.pair_id.in_(pair_ids)))
    return [(row[0], row[1]) for row in rows]


async def _first_meetings(
    tx: AsyncConnection, pair_ids: Collection[UUID]
) -> list[tuple[UUID, datetime]]:
    met = select(pairs.c.id, pairs.c.met_at).where(
        pairs.c.id.in_(pair_ids), pairs.c.met_at.is_not(None)
    )
    return [(row[0], row[1]) for row in await tx.execute(met)]


async def _asked(
    tx: AsyncConnection, pair_ids: Collection[UUID]
) -> list[tuple[UUID, tuple[Side, datetime]]]:
    columns = [check_ins.c.pair_id, check_ins.c.side, check_ins.c.held_at]
    rows = await tx.execute(select(*columns).where(check_ins.c.pair_id.in_(pair_ids)))
    return [(row[0], (row[1], row[2])) for row in rows]


async def _stages(tx: AsyncConnection, pair_ids: Collection[UUID]) -> list[tuple[UUID, Any]]:
    # What was recorded before a pair was re-opened says nothing about its later end.
    query = (
        select(outcomes.c.pair_id, outcomes.c.stage)
        .join(pairs, pairs.c.id == outcomes.c.pair_id)
        .where(
            outcomes.c.pair_id.in_(pair_ids),
            outcomes.c.recorded_at >= func.coalesce(pairs.c.closing_since, outcomes.c.recorded_at),
        )
    )
    return [(row[0], row[1]) for row in await tx.execute(query)]


def _by_pair(rows: Iterable[tuple[UUID, Value]]) -> dict[UUID, list[Value]]:
    grouped: dict[UUID, list[Value]] = {}
    for pair_id, value in rows:
        grouped.setdefault(pair_id, []).append(value)
    return grouped


def _meeting(row: dict[str, Any]) -> Meeting:
    return Meeting(**row | {"goals": tuple(UUID(goal) for goal in row["goals"])})
