"""Loading what routing needs, and keeping what became of referrals: many at once as one."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from common.contracts import Event
from common.outbox import emit
from intake.blueprints import collective_policy
from intake.domain import asking
from intake.domain.forwarding import Catalogue, with_retention
from intake.domain.pairs import frees_place
from intake.domain.referrals import Referral
from intake.store import catalogue as shelves
from intake.store import referrals as store


async def open_catalogue(tx: AsyncConnection) -> Catalogue:
    return Catalogue(shelves=await shelves.shelves(tx), rules=collective_policy())


async def retained(tx: AsyncConnection, changed: Sequence[Referral]) -> list[Referral]:
    """Say when each is to be forgotten, under the rules of the programme that took it."""
    asked = {(each.asked.programme_id, each.asked.policy_version) for each in changed if each.asked}
    in_force = await shelves.policies_in_force(tx, asked) if asked else {}
    rules = collective_policy()
    return [
        with_retention(
            each,
            (
                in_force.get((each.asked.programme_id, each.asked.policy_version), rules)
                if each.asked
                else rules
            ).retention,
        )
        for each in changed
    ]


async def keep(tx: AsyncConnection, changed: Referral, *events: Event) -> None:
    """Save one referral with the facts about it."""
    await keep_all(tx, [changed], events)


async def keep_all(
    tx: AsyncConnection, changed: Sequence[Referral], events: Iterable[Event]
) -> None:
    await store.save_referrals(tx, await retained(tx, changed))
    await emit(tx, *events)


async def note_freed(
    tx: AsyncConnection, before: Referral, after: Referral, *, at: datetime
) -> None:
    """Tell those who wait that a place came up, or is there for others again."""
    if before.asked is None:
        return
    if frees_place(before, after):
        await shelves.note_opening(tx, before.asked.offer_id, at=at)
    elif asking.is_over(before, after):
        await shelves.note_return(tx, before.asked.offer_id)
