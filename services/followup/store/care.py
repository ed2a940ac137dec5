"""What a pair does: goals, meetings, contacts, check-ins, and the diary that deadlines read."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    Text,
    bindparam,
    cast,
    exists,
    func,
    literal,
    null,
    select,
    union_all,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from common.contracts.followup.endings import OutcomeStage
from common.contracts.followup.pairs import Side
from common.contracts.vocabulary import Sealed
from common.statements import OneOrMany, Theirs, locking, row_of
from followup.domain.care import CheckIn, Contact, Goal, Meeting
from followup.domain.clauses import Rest
from followup.domain.deadlines import Diary
from followup.domain.errors import GoalNotFound
from followup.store.heard_tables import MOMENT
from followup.store.rows import one, rows
from followup.store.tables import (
    check_ins,
    contacts,
    goals,
    meetings,
    outcomes,
    pairs,
    rests,
    retellings,
)

# What was recorded before a pair was re-opened says nothing about its later end.
_SINCE_CLOSING = exists().where(
    pairs.c.id == outcomes.c.pair_id,
    outcomes.c.recorded_at >= func.coalesce(pairs.c.closing_since, outcomes.c.recorded_at),
)


def _everything(theirs: Theirs) -> CompoundSelect[Any]:
    """Select each kind of what pairs did, in the columns that all kinds share."""

    def entries(
        kind: str, of: Any, at: Any, *more: ColumnElement[bool], word: Any = None, end: Any = None
    ) -> Select[Any]:
        return select(
            of.label("pair_id"),
            literal(kind).label("kind"),
            cast(null() if word is None else word, Text).label("word"),
            at.label("at"),
            cast(null() if end is None else end, MOMENT).label("end"),
        ).where(theirs(of), *more)

    return union_all(
        entries("meeting", meetings.c.pair_id, meetings.c.held_at),
        entries("meeting", pairs.c.id, pairs.c.met_at, pairs.c.met_at.is_not(None)),
        entries("contact", contacts.c.pair_id, contacts.c.at),
        entries("check_in", check_ins.c.pair_id, check_ins.c.held_at, word=check_ins.c.side),
        entries("rest", rests.c.pair_id, rests.c.start, end=rests.c.end),
        entries(
            "outcome",
            outcomes.c.pair_id,
            outcomes.c.recorded_at,
            _SINCE_CLOSING,
            word=outcomes.c.stage,
        ),
    )


DIARY = OneOrMany(_everything)

ADD_MEETING = insert(meetings).on_conflict_do_nothing().returning(meetings.c.id)
ADD_CONTACT = insert(contacts).on_conflict_do_nothing().returning(contacts.c.id)
ADD_CHECK_IN = insert(check_ins)
ADD_GOAL = insert(goals)
GOALS_OF = select(goals).where(goals.c.pair_id == bindparam("of_pair")).order_by(goals.c.id)


async def add_meeting(tx: AsyncConnection, meeting: Meeting) -> Meeting | None:
    """Keep a meeting; return it as it already is, if it was told before."""
    row = row_of(meeting) | {"goals": _ids(meeting.goals)}
    if (await tx.execute(ADD_MEETING, row)).first() is not None:
        return None
    query = select(meetings).where(
        meetings.c.pair_id == meeting.pair_id, meetings.c.held_at == meeting.held_at
    )
    [told] = await rows(tx, query)
    return _meeting(told)


async def save_meeting(tx: AsyncConnection, meeting: Meeting) -> None:
    query = update(meetings).where(meetings.c.id == meeting.id)
    await tx.execute(query.values(goals=_ids(meeting.goals), important=meeting.important))


async def add_retelling(tx: AsyncConnection, meeting_id: UUID, again: Meeting) -> None:
    """Keep what another one says of a meeting that was told before."""
    retelling = insert(retellings).values(
        id=again.id,
        meeting_id=meeting_id,
        pair_id=again.pair_id,
        word=again.word,
        told_by=again.logged_by,
        told_at=again.logged_at,
    )
    await tx.execute(retelling)


async def words_again(tx: AsyncConnection, pair_id: UUID) -> list[tuple[UUID, Sealed | None]]:
    """List what others say of each meeting that was told before, the oldest first."""
    query = (
        select(retellings.c.meeting_id, retellings.c.word)
        .where(retellings.c.pair_id == pair_id)
        .order_by(retellings.c.told_at, retellings.c.id)
    )
    return [(row.meeting_id, row.word) for row in await tx.execute(query)]


async def add_contact(tx: AsyncConnection, contact: Contact) -> UUID | None:
    """Keep a contact; return the id that it already has, if it was told before."""
    if (await tx.execute(ADD_CONTACT, row_of(contact))).first() is not None:
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
    await tx.execute(ADD_CHECK_IN, row_of(check_in))


async def add_goal(tx: AsyncConnection, goal: Goal) -> None:
    await tx.execute(ADD_GOAL, row_of(goal))


async def lock_goal(tx: AsyncConnection, goal_id: UUID) -> Goal:
    row = await one(tx, locking(goals), of_id=goal_id)
    if row is None:
        raise GoalNotFound(goal_id)
    return Goal(**row)


async def save_goal(tx: AsyncConnection, goal: Goal) -> None:
    query = update(goals).where(goals.c.id == goal.id)
    await tx.execute(query.values(achieved_at=goal.achieved_at))


async def goals_of(tx: AsyncConnection, pair_id: UUID) -> list[Goal]:
    return [Goal(**row) for row in await rows(tx, GOALS_OF, of_pair=pair_id)]


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
    """Read what many pairs did, in one query however many they are."""
    entries: dict[UUID, dict[str, list[Any]]] = {
        pair_id: {each: [] for each in ("meeting", "contact", "check_in", "rest", "outcome")}
        for pair_id in pair_ids
    }
    for pair_id, kind, word, at, end in await DIARY.ask(tx, pair_ids):
        entries[pair_id][kind].append((word, at, end))
    return {pair_id: _diary(**kinds) for pair_id, kinds in entries.items()}


def _diary(
    meeting: list[Any], contact: list[Any], check_in: list[Any], rest: list[Any], outcome: list[Any]
) -> Diary:
    return Diary(
        meetings=tuple(at for _, at, _ in meeting),
        contacts=tuple(at for _, at, _ in contact),
        check_ins=tuple((Side(side), at) for side, at, _ in check_in),
        rests=tuple(Rest(start=start, end=end) for _, start, end in rest),
        outcomes=frozenset(OutcomeStage(stage) for stage, _, _ in outcome),
    )


async def forget_words(tx: AsyncConnection, pair_ids: Collection[UUID]) -> None:
    """Drop every text about a mentee; what happened, and when, stays for the figures."""
    texts = ((goals, "text"), (meetings, "word"), (retellings, "word"), (check_ins, "note"))
    for table, column in texts:
        forget = update(table).where(table.c.pair_id.in_(pair_ids))
        await tx.execute(forget.values({column: None}))


async def forget_words_by(tx: AsyncConnection, person_id: UUID) -> None:
    """Drop the texts that a mentor wrote."""
    mine = select(pairs.c.id).where(pairs.c.mentor_id == person_id)
    told = update(meetings).where(meetings.c.logged_by == person_id, meetings.c.pair_id.in_(mine))
    await tx.execute(told.values(word=None))
    again = update(retellings)
    again = again.where(retellings.c.told_by == person_id, retellings.c.pair_id.in_(mine))
    await tx.execute(again.values(word=None))
    aimed = update(goals).where(goals.c.added_by == person_id, goals.c.pair_id.in_(mine))
    await tx.execute(aimed.values(text=None))
    asked = update(check_ins).where(check_ins.c.pair_id.in_(mine), check_ins.c.side == Side.MENTOR)
    await tx.execute(asked.values(note=None))


def _ids(goals: Sequence[UUID]) -> list[str]:
    return [str(goal) for goal in goals]


def _meeting(row: dict[str, Any]) -> Meeting:
    return Meeting(**row | {"goals": tuple(UUID(goal) for goal in row["goals"])})
