"""What people do about sessions: plan, sign up, come, call off."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from common.caller import Caller
from common.contracts.vocabulary import Role
from common.errors import Invalid
from common.outbox import emit
from training.domain import sessions
from training.domain.audience import NotForYou, Sight, require_trusted, require_visible
from training.domain.sessions import Plan, Session, SignUp, Wish
from training.handlers.learnt import announce_ready_mentors
from training.store import heard, learnt, planned

STAFF = (Role.COORDINATOR, Role.VOLUNTEER)


class NotOfThisAssociation(Invalid):
    """This person is neither a mentor of the association nor has any role in it."""

    fr = "Cette personne n'est ni mentor de l'association ni chargée d'un rôle chez elle."


async def schedule_session(
    tx: AsyncConnection, plan: Plan, *, session_id: UUID, now: datetime
) -> None:
    paths = await learnt.paths_in(tx, plan.association_id, plan.programme_id)
    known_modules = {module.code for path in paths for module in path.modules}
    session, event = sessions.schedule(
        plan, session_id=session_id, known_modules=known_modules, at=now
    )
    await planned.add_session(tx, session)
    await emit(tx, event)


async def cancel_session(
    tx: AsyncConnection, *, session_id: UUID, caller: Caller, now: datetime
) -> None:
    session = await planned.lock_session(tx, session_id)
    caller.require(session.association_id)
    cancelled, event = sessions.cancel(session, at=now)
    await planned.save_session(tx, cancelled)
    await emit(tx, event)


async def sign_up(tx: AsyncConnection, wish: Wish, *, seen: Sequence[Sight], now: datetime) -> UUID:
    """Take a place for oneself; return the id of the sign-up."""
    session = await planned.lock_session(tx, wish.session_id)
    require_visible(session, seen)
    if await heard.is_forgotten(tx, wish.person_id):
        # A token lives for some minutes after its person was erased.
        raise NotForYou(session.id)
    held = await planned.sign_up_of(tx, wish.session_id, wish.person_id)
    filled, taken, event = sessions.sign_up(session, wish, held, at=now)
    await save_place(tx, filled, taken)
    await emit(tx, event)
    return taken.id


async def enrol(tx: AsyncConnection, wish: Wish, *, caller: Caller, now: datetime) -> UUID:
    """Give somebody of the association a place; return the id of the sign-up."""
    session = await planned.lock_session(tx, wish.session_id)
    caller.require(session.association_id)
    if not await heard.belongs_to(tx, wish.person_id, session.association_id):
        raise NotOfThisAssociation("person_id")
    require_trusted(session, await heard.standing_of(tx, wish.person_id))
    held = await planned.sign_up_of(tx, wish.session_id, wish.person_id)
    filled, taken, event = sessions.enrol(session, wish, held, at=now)
    await save_place(tx, filled, taken)
    await emit(tx, event)
    return taken.id


async def give_up_place(
    tx: AsyncConnection, *, sign_up_id: UUID, caller: Caller, now: datetime
) -> None:
    """Give one's own place back, or as staff somebody else's."""
    session, place = await lock_place(tx, sign_up_id)
    if place.person_id != caller.person_id:
        caller.narrowed(STAFF).require(session.association_id)
    freed, given_up = sessions.give_up(session, place, at=now)
    await save_place(tx, freed, given_up)


async def record_attendance(
    tx: AsyncConnection, *, sign_up_id: UUID, minutes: int | None, caller: Caller, now: datetime
) -> None:
    """Note who was there, None being the whole session; this may complete a mentor's path."""
    session, place = await lock_place(tx, sign_up_id)
    caller.require(session.association_id)
    stayed = session.minutes if minutes is None else minutes
    recorded, event = sessions.record(session, place, minutes=stayed, at=now)
    await planned.save_sign_up(tx, recorded)
    await emit(tx, event)
    await heard.look_at_mentor(tx, event.person_id)
    await announce_ready_mentors(tx, now, limit=1, mentor_id=event.person_id)


async def lock_place(tx: AsyncConnection, sign_up_id: UUID) -> tuple[Session, SignUp]:
    """Load a sign-up under the lock of its session, which orders all that happens to places."""
    place = await planned.find_sign_up(tx, sign_up_id)
    session = await planned.lock_session(tx, place.session_id)
    return session, await planned.find_sign_up(tx, sign_up_id)


async def save_place(tx: AsyncConnection, session: Session, place: SignUp) -> None:
    await planned.save_session(tx, session)
    await planned.save_sign_up(tx, place)
