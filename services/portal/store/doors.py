"""Attempts to sign in, and the sessions that they open."""

from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.domain.codes import Attempt
from portal.domain.sessions import Session
from portal.store.tables import attempts, sessions

BATCH = 200


async def add_attempt(tx: AsyncConnection, attempt: Attempt) -> None:
    await tx.execute(insert(attempts), asdict(attempt))


async def save_attempt(tx: AsyncConnection, attempt: Attempt) -> None:
    changed = update(attempts).where(attempts.c.id == attempt.id)
    await tx.execute(changed.values(tries=attempt.tries, used=attempt.used))


async def lock_latest_attempt(tx: AsyncConnection, browser: str) -> Attempt | None:
    """Load the last attempt of a browser in order to count a try; another try waits."""
    query = select(attempts).where(attempts.c.browser == browser)
    latest = query.order_by(attempts.c.asked_at.desc()).limit(1).with_for_update()
    row = (await tx.execute(latest)).mappings().one_or_none()
    return None if row is None else Attempt(**row)


async def attempt_of(tx: AsyncConnection, attempt_id: UUID) -> Attempt | None:
    row = (await tx.execute(select(attempts).where(attempts.c.id == attempt_id))).mappings().first()
    return None if row is None else Attempt(**row)


async def count_attempts(
    tx: AsyncConnection, *, email_index: str, client: str, since: datetime
) -> tuple[int, int]:
    """Count the codes asked for one address and from one client."""
    lately = attempts.c.asked_at > since
    for_address = select(func.count()).where(lately, attempts.c.email_index == email_index)
    from_client = select(func.count()).where(lately, attempts.c.client == client)
    return (await tx.scalar(for_address)) or 0, (await tx.scalar(from_client)) or 0


async def forget_attempts(tx: AsyncConnection, *, before: datetime) -> int:
    old = select(attempts.c.id).where(attempts.c.asked_at < before).limit(BATCH)
    return (await tx.execute(delete(attempts).where(attempts.c.id.in_(old)))).rowcount


async def add_session(tx: AsyncConnection, session: Session) -> None:
    await tx.execute(insert(sessions), asdict(session))


async def session_of(tx: AsyncConnection, id_hash: str) -> Session | None:
    query = select(sessions).where(sessions.c.id_hash == id_hash)
    row = (await tx.execute(query)).mappings().one_or_none()
    return None if row is None else Session(**row)


async def note_seen(tx: AsyncConnection, id_hash: str, *, at: datetime) -> None:
    await tx.execute(update(sessions).where(sessions.c.id_hash == id_hash).values(seen_at=at))


async def choose_person(tx: AsyncConnection, id_hash: str, person_id: UUID) -> None:
    chosen = update(sessions).where(sessions.c.id_hash == id_hash).values(person_id=person_id)
    await tx.execute(chosen)


async def end_session(tx: AsyncConnection, id_hash: str) -> None:
    await tx.execute(delete(sessions).where(sessions.c.id_hash == id_hash))


async def forget_sessions(tx: AsyncConnection, *, unseen_since: datetime) -> int:
    old = select(sessions.c.id_hash).where(sessions.c.seen_at < unseen_since).limit(BATCH)
    return (await tx.execute(delete(sessions).where(sessions.c.id_hash.in_(old)))).rowcount
