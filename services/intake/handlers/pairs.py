"""What is heard of pairs moves the referrals that they come from."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from common.contracts.followup.agreements import AgreementsForgotten, AgreementSigned
from common.contracts.followup.pairs import PairClosed, PairReopened
from common.contracts.matching import PairFormed
from common.errors import NotYetKnown
from common.keys import create_keys, erase_keys
from intake.domain import pairs as domain
from intake.domain.referrals import Referral
from intake.handlers.catalogue import keep, note_freed
from intake.store import pairs as store
from intake.store import referrals


class PairNotYetKnown(NotYetKnown):
    """This pair has not been heard of yet."""

    fr = "On n'a pas encore entendu parler de ce binôme."


async def note_formed(tx: AsyncConnection, event: PairFormed) -> None:
    referral = await referrals.lock_referral(tx, event.referral_id)
    # A pair that is known already was heard of before, or has gone further since.
    if await store.lock_pair(tx, event.pair_id) is None:
        pair = domain.formed(event)
        await store.save_pair(tx, pair)
        # Its agreements are sealed under a key of the pair, to outlive the case.
        await create_keys(tx, pair.id)
        await keep(tx, domain.match(referral, pair))


async def note_signed(tx: AsyncConnection, event: AgreementSigned) -> None:
    referral = await lock_referral_of(tx, event.pair_id)
    pair = await store.lock_pair(tx, event.pair_id)
    if pair and domain.is_news(pair, event):
        signed = domain.signed(pair, event)
        await store.save_pair(tx, signed)
        await keep(tx, domain.start(referral, signed, at=event.occurred_at))


async def lock_referral_of(tx: AsyncConnection, pair_id: UUID) -> Referral:
    """Lock the referral before the pair, as everybody does, so that nobody waits in a circle."""
    referral_id = await store.referral_of(tx, pair_id)
    if referral_id is None:
        raise PairNotYetKnown(pair_id)
    return await referrals.lock_referral(tx, referral_id)


async def note_closed(tx: AsyncConnection, event: PairClosed) -> None:
    referral = await referrals.lock_referral(tx, event.referral_id)
    pair = await store.lock_pair(tx, event.pair_id) or domain.formed(event)
    if domain.is_news(pair, event):
        await store.save_pair(tx, domain.closed(pair, event))
        finished, announced = domain.finish(referral, event)
        await keep(tx, finished, *([announced] if announced else []))
        await note_freed(tx, referral, finished, at=event.occurred_at)


async def note_reopened(tx: AsyncConnection, event: PairReopened) -> None:
    referral = await referrals.lock_referral(tx, event.referral_id)
    pair = await store.lock_pair(tx, event.pair_id) or domain.formed(event)
    if domain.is_news(pair, event):
        reopened = domain.reopened(pair, event)
        await store.save_pair(tx, reopened)
        await keep(tx, domain.resume(referral, reopened, at=event.occurred_at))


async def note_forgotten(tx: AsyncConnection, event: AgreementsForgotten) -> None:
    """Destroy the key of a pair: nothing is kept under it any more."""
    await erase_keys(tx, [event.pair_id], at=event.occurred_at)
