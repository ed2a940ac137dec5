"""What followup does about what it hears: a new pair, and facts that open or shut its gates."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from common.contracts.intake.consents import AuthorisationGiven, AuthorisationWithdrawn
from common.contracts.matching import PairFormed
from followup.domain.heard import Heard, heard_by, of_authorisation
from followup.domain.pairs import follow_gates, open_pair
from followup.handlers.forgetting import end_erased
from followup.handlers.settling import follow, settle, settle_all, with_gates, with_gates_all
from followup.store.heard import erased_among, heard_about, keep_heard, newest_programme
from followup.store.pairs import add_pair, lock_pairs_of


async def open_formed_pair(tx: AsyncConnection, formed: PairFormed) -> None:
    """Start to look after a pair; heard of again, it is the one that is there."""
    programme = await newest_programme(tx, formed.programme_id, formed.policy_version)
    pair = open_pair(formed, programme.policy)
    if not await add_pair(tx, pair):
        return
    gone = await erased_among(tx, [pair.mentor_id, pair.mentee_id])
    if gone:
        await end_erased(tx, pair, min(gone), at=formed.occurred_at)
        return
    facts = await heard_about(tx, pair.mentor_id, pair.mentee_id)
    at = heard_by(pair, facts, formed.occurred_at)
    followed, events = follow_gates(await with_gates(tx, pair, at=at), at=at)
    await settle(tx, followed, *events, at=at)


async def hear(tx: AsyncConnection, fact: Heard) -> None:
    """Keep a fact if it is news, and let the gates of the pairs that it concerns follow it."""
    if not await keep_heard(tx, fact):
        return
    pairs = await lock_pairs_of(tx, fact.person_id)
    if pairs:
        at = _latest(fact.at, *(pair.formed_at for pair in pairs))
        looked = await with_gates_all(tx, pairs, at=at)
        await settle_all(tx, follow(looked, at=at), at=at)


def _latest(*moments: datetime) -> datetime:
    return max(moments)


async def hear_authorisation(
    tx: AsyncConnection, event: AuthorisationGiven | AuthorisationWithdrawn
) -> None:
    fact = of_authorisation(event)
    if fact is not None:
        await hear(tx, fact)
