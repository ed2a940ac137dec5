"""Asking associations: a choice, an answer, and the next one if the answer was no."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from common.contracts.intake.referrals import DeclineReason
from common.errors import Conflict
from common.identity import new_id
from intake.domain import asking, forwarding
from intake.domain.referrals import Ask, Referral, Status
from intake.domain.routing import Rated, chosen, rank, want_of
from intake.domain.sight import Reader, check_may_choose
from intake.handlers.catalogue import keep, keep_all, note_freed, open_catalogue
from intake.store import catalogue as shelves
from intake.store import referrals as store

BATCH = 200


class NoOfferSuits(Conflict):
    """No offer of the catalogue can serve this referral now."""

    fr = "Aucune offre du catalogue ne peut répondre à cette orientation pour l'instant."


async def ranking_of(tx: AsyncConnection, referral: Referral) -> tuple[Rated, ...]:
    """Rank every offer for a referral, each with its reasons."""
    return rank(want_of(referral), await shelves.shelves(tx))


async def ask_association(
    tx: AsyncConnection, referral_id: UUID, offer_id: UUID | None, by: Reader, *, now: datetime
) -> Referral:
    """Ask the association that was chosen, or the best one; the same one again changes nothing."""
    referral = await store.lock_referral(tx, referral_id)
    check_may_choose(referral, by)
    asked = referral.asked if referral.status is Status.OFFERED else None
    if asked is not None and offer_id in {None, asked.offer_id}:
        return referral
    catalogue = await open_catalogue(tx)
    ranking = rank(want_of(referral), catalogue.shelves)
    if offer_id is None and not any(rated.suits for rated in ranking):
        raise NoOfferSuits(referral_id)
    shelf = chosen(ranking, offer_id or ranking[0].shelf.offer_id)
    offered, events = forwarding.ask(referral, shelf, catalogue, at=now)
    await keep(tx, offered, *events)
    await note_freed(tx, referral, offered, at=now)
    return offered


async def accept_referral(
    tx: AsyncConnection, referral_id: UUID, by: Reader, *, now: datetime
) -> None:
    """Give a place to a referral: whoever holds the offer's lock counts, so none is given twice."""
    referral = await store.lock_referral(tx, referral_id)
    asked = asking.answerable(referral, by=by.staff_of, at=now)
    offer = await shelves.lock_offer(tx, asked.offer_id)
    free = offer.capacity - await store.places_taken(tx, offer.id) if offer.open else 0
    accepted, event = asking.accept(referral, by=by.staff_of, free_places=free, at=now)
    await keep(tx, asking.seek_mentor(accepted), event)
    await store.note_answer(tx, asked, None, at=now)


async def decline_referral(
    tx: AsyncConnection,
    referral_id: UUID,
    by: Reader,
    reason: DeclineReason,
    *,
    now: datetime,
) -> None:
    """Not take a referral: the next association is asked in the same breath."""
    referral = await store.lock_referral(tx, referral_id)
    asked = asking.open_ask(referral)
    declined, event = asking.decline(referral, by=by.staff_of, reason=reason, at=now)
    catalogue = await open_catalogue(tx)
    passed, more = forwarding.pass_on(declined, catalogue, at=now)
    await keep(tx, passed, event, *more)
    await note_freed(tx, referral, passed, at=now)
    await note_refusal(tx, asked, passed, at=now)


async def note_refusal(tx: AsyncConnection, asked: Ask, after: Referral, *, at: datetime) -> None:
    await store.note_answer(tx, asked, after.refusals[-1], at=at)


async def take_due_steps(tx: AsyncConnection, *, now: datetime) -> int:
    """Do what time asks of referrals: reminders, expiries, choices nobody made, questions."""
    due = await store.due_referrals(tx, now, BATCH)
    if not due:
        return 0
    catalogue = await open_catalogue(tx)
    steps = [forwarding.take_due_step(referral, catalogue, at=now) for referral in due]
    changed = [referral for referral, _ in steps]
    await keep_all(tx, changed, (event for _, events in steps for event in events))
    for before, after in zip(due, changed, strict=True):
        await note_freed(tx, before, after, at=now)
        if before.asked and len(after.refusals) > len(before.refusals):
            await note_refusal(tx, before.asked, after, at=now)
    return len(due)


async def serve_waiting(tx: AsyncConnection, *, now: datetime) -> int:
    """When a place came up somewhere, look for one for those who wait, the longest first.

    Whoever has just begun to wait is looked at once in any case: a place may have come up unseen.
    """
    sweep = await shelves.sweep(tx)
    waiting = await store.waiting_referrals(tx, sweep, BATCH)
    if not waiting:
        if sweep:
            await shelves.end_sweep(tx, sweep)
        return 0
    catalogue = await open_catalogue(tx)
    steps = [forwarding.pass_on(referral, catalogue, at=now) for referral in waiting]
    events = (event for _, events in steps for event in events)
    looked_in = sweep or new_id()
    looked = [replace(referral, looked_in=looked_in) for referral, _ in steps]
    await keep_all(tx, looked, events)
    return len(waiting)
