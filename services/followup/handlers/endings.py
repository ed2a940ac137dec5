"""How a pair comes to its end, and how it goes on again."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from common.contracts.followup.pairs import CloseReason, Side
from common.identity import new_id
from followup.domain import endings
from followup.domain.agreements import void
from followup.domain.endings import Farewell, Interview, Outcome, Review
from followup.domain.errors import MatchedAgain
from followup.domain.pairs import Pair, first_meeting_due
from followup.domain.reports import Report
from followup.domain.sight import Viewer
from followup.handlers.settling import settle, with_gates
from followup.handlers.sight import side_in
from followup.sealing import sealed
from followup.store.agreements import find_agreement, save_agreement
from followup.store.endings import (
    add_interview,
    add_review,
    keep_outcome,
    sides_heard,
)
from followup.store.heard import newest_programme
from followup.store.pairs import has_another_pair, lock_pair
from followup.store.reports import add_report


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """Why a pair ends, and who wants it to."""

    reason: CloseReason
    by: Side


async def begin_closing(
    tx: AsyncConnection, *, pair_id: UUID, ending: Ending, viewer: Viewer, now: datetime
) -> None:
    pair = await lock_pair(tx, pair_id)
    await side_in(tx, pair, viewer, Side.ASSOCIATION)
    closing, event = endings.begin_closing(pair, reason=ending.reason, by=ending.by, at=now)
    await void_pending(tx, pair)
    if ending.reason is CloseReason.SAFEGUARDING:
        await add_report(tx, _reason_apart(pair, viewer, now))
    await settle(tx, closing, event, at=now)


async def hold_interview(
    tx: AsyncConnection, interview: Interview, *, note: str | None, viewer: Viewer
) -> None:
    pair = await lock_pair(tx, interview.pair_id)
    await side_in(tx, pair, viewer, Side.ASSOCIATION)
    heard, event = endings.hold_interview(pair, interview, at=interview.held_at)
    kept = replace(interview, note=await sealed(tx, pair.mentee_id, "interview", note))
    await add_interview(tx, kept)
    await settle(tx, heard, event, at=interview.held_at)


async def write_review(
    tx: AsyncConnection,
    review: Review,
    *,
    shared: str | None,
    private: str | None,
    viewer: Viewer,
) -> None:
    """Keep how the mentor or the mentee looks back, each for their own side."""
    pair = await lock_pair(tx, review.pair_id)
    side = await side_in(tx, pair, viewer, Side.MENTOR, Side.MENTEE)
    reviewed, event = endings.write_review(pair, replace(review, side=side), at=review.written_at)
    kept = replace(
        review,
        side=side,
        shared=await sealed(tx, pair.mentee_id, "review_shared", shared),
        private=await sealed(tx, pair.mentee_id, "review_private", private),
    )
    await add_review(tx, kept)
    await settle(tx, reviewed, event, at=review.written_at)


async def close_pair(
    tx: AsyncConnection, *, pair_id: UUID, farewell: Farewell, viewer: Viewer, now: datetime
) -> None:
    pair = await lock_pair(tx, pair_id)
    await side_in(tx, pair, viewer, Side.ASSOCIATION)
    closed, event = endings.close(pair, await sides_heard(tx, pair), farewell, at=now)
    await settle(tx, closed, event, at=now)


async def reopen_pair(tx: AsyncConnection, *, pair_id: UUID, viewer: Viewer, now: datetime) -> None:
    pair = await lock_pair(tx, pair_id)
    await side_in(tx, pair, viewer, Side.ASSOCIATION)
    if await has_another_pair(tx, pair):
        raise MatchedAgain(pair_id)
    programme = await newest_programme(tx, pair.programme_id, pair.policy_version)
    looked = await with_gates(tx, pair, at=now)
    due = first_meeting_due(programme.policy, now)
    reopened, event = endings.reopen(looked, first_meeting_due=due, at=now)
    await settle(tx, reopened, event, at=now)


async def record_outcome(tx: AsyncConnection, outcome: Outcome, *, viewer: Viewer) -> None:
    pair = await lock_pair(tx, outcome.pair_id)
    await side_in(tx, pair, viewer, Side.ASSOCIATION)
    recorded, event = endings.record_outcome(pair, outcome, at=outcome.recorded_at)
    await keep_outcome(tx, outcome)
    await settle(tx, recorded, event, at=outcome.recorded_at)


async def void_pending(tx: AsyncConnection, pair: Pair) -> None:
    """Withdraw the text that the pair has not signed; a signed one stays as it is."""
    if pair.agreement_id is not None:
        await save_agreement(tx, void(await find_agreement(tx, pair.agreement_id)))


def _reason_apart(pair: Pair, viewer: Viewer, now: datetime) -> Report:
    """Keep the reason that only a second coordinator reads where only that one reads."""
    return Report(
        id=new_id(),
        pair_id=pair.id,
        association_id=pair.association_id,
        author_id=viewer.person_id,
        written_at=now,
        text=None,
        closes=True,
    )
