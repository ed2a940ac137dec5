"""Who became ready, and which exchange sessions must be public by now."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from common.calendar import day_of
from common.identity import new_id
from common.outbox import emit
from training.domain import exchange, paths, sessions
from training.domain.paths import Mentor
from training.store import learnt, planned


async def announce_ready_mentors(
    tx: AsyncConnection, now: datetime, *, limit: int, mentor_id: UUID | None = None
) -> int:
    """Announce, once each, those whose path is complete among the mentors to look at."""
    mentors = await learnt.take_mentors_to_look_at(tx, limit, mentor_id)
    for mentor in mentors:
        await announce_if_ready(tx, mentor, now)
    return len(mentors)


async def announce_if_ready(tx: AsyncConnection, mentor: Mentor, now: datetime) -> None:
    known = await learnt.paths_of(tx, mentor.programme_ids)
    attended = await learnt.attended_by(tx, mentor.id)
    ready_in = await learnt.readiness_of(tx, mentor.id)
    for path in paths.newly_ready(mentor, known, attended, ready_in):
        event = paths.ready(mentor, path, attended, readiness_id=new_id(), at=now)
        if await learnt.add_readiness(tx, event, path.version):
            await emit(tx, event)


async def publish_exchange_sessions(
    tx: AsyncConnection, now: datetime, *, limit: int, association_id: UUID | None = None
) -> tuple[int, list[UUID]]:
    """Publish what is due; return how many programmes were looked at, and the new sessions."""
    today = day_of(now)
    calendars = await learnt.calendars_due(tx, today, limit=limit, association_id=association_id)
    published = []
    for calendar in calendars:
        for session_id, plan in exchange.plans_due(calendar, today):
            session, event = sessions.announced(plan, session_id=session_id, at=now)
            if await planned.add_session(tx, session):
                await emit(tx, event)
                published.append(session_id)
    await learnt.note_planned(tx, calendars, today)
    return len(calendars), published
