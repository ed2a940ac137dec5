"""Forget a person: what could name them goes, what the figures and the proofs need stays."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from common.contracts import Event
from common.contracts.erasure import FollowupForgot
from common.contracts.followup.pairs import REACHED, CloseReason, Side
from common.contracts.intake.people import Ground, PersonErased
from common.outbox import emit
from followup.domain import endings
from followup.domain.endings import Farewell
from followup.domain.pairs import ContactAfter, Pair, Status
from followup.handlers.endings import void_pending
from followup.handlers.expiry import tell_forgotten
from followup.handlers.settling import settle
from followup.store.agreements import forget_shut_texts, forget_signer, pairs_naming
from followup.store.care import forget_words, forget_words_by
from followup.store.endings import forget_endings, forget_endings_by
from followup.store.heard import erase_person
from followup.store.pairs import lock_all_pairs_of, lock_pairs, pairs_guarded_by
from followup.store.reports import forget_reports


async def forget_person(tx: AsyncConnection, erased: PersonErased) -> None:
    """Forget somebody, once, and say so."""
    if not await erase_person(tx, erased.person_id, erased.occurred_at):
        return
    pairs = await lock_all_pairs_of(tx, erased.person_id)
    for pair in pairs:
        await end_erased(tx, pair, erased.person_id, at=erased.occurred_at)
    as_mentee = [pair.id for pair in pairs if pair.mentee_id == erased.person_id]
    as_mentor = [pair.id for pair in pairs if pair.mentor_id == erased.person_id]
    await forget_words(tx, as_mentee)
    await forget_endings(tx, as_mentee)
    await forget_reports(tx, as_mentee)
    await forget_words_by(tx, erased.person_id)
    await forget_endings_by(tx, as_mentor, Side.MENTOR)
    as_guardian = await pairs_guarded_by(tx, erased.person_id)
    await forget_endings_by(tx, as_guardian, Side.GUARDIAN)
    if erased.ground is Ground.RETENTION:
        await forget_shut_texts(tx, erased.person_id)
    else:
        # Whoever signs holds the pair first, and then the agreement.
        await lock_pairs(tx, await pairs_naming(tx, erased.person_id))
        dropped = await forget_signer(tx, erased.person_id)
        await tell_forgotten(tx, dropped, at=erased.occurred_at)
    await emit(
        tx,
        FollowupForgot(
            occurred_at=erased.occurred_at,
            association_id=None,
            version=1,
            person_id=erased.person_id,
        ),
    )


async def end_erased(tx: AsyncConnection, pair: Pair, person_id: UUID, *, at: datetime) -> None:
    """End what can no longer go on; nobody is left to be heard about it."""
    at = max(at, pair.formed_at)
    side = Side.MENTEE if pair.mentee_id == person_id else Side.MENTOR
    place = pair.meeting_place if side is Side.MENTOR else None
    events: list[Event] = []
    forgotten = replace(pair, erased=True, meeting_place=place)
    if not forgotten.ended:
        await void_pending(tx, pair)
        forgotten, closing = endings.begin_closing(
            forgotten, reason=CloseReason.ACCOUNT_CLOSED, by=side, at=at
        )
        events.append(closing)
    if forgotten.status is Status.CLOSING:
        farewell = Farewell(
            rematch_mentee=side is Side.MENTOR and forgotten.closing_reason not in REACHED,
            rematch_mentor=side is Side.MENTEE,
            contact=ContactAfter.NONE,
        )
        sides = endings.sides_to_hear(forgotten)
        forgotten, closed = endings.close(forgotten, sides, farewell, at=at)
        events.append(closed)
    await settle(tx, forgotten, *events, at=at)
