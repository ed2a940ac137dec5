"""HTTP in: the end of a pair, what was said about it, and what became of the mentee."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from common.contracts.followup.endings import GoalsReached, OutcomeKind, OutcomeStage
from common.contracts.followup.pairs import CloseReason, Side
from common.contracts.vocabulary import Role
from common.http import Model, Now, Tx, may, routes
from followup.api.asking import COORDINATOR, OF_PAIR, Asker
from followup.domain.endings import Farewell, Impossible, Interview, Outcome, Review
from followup.domain.pairs import ContactAfter
from followup.handlers import endings
from followup.handlers.endings import Ending
from followup.handlers.sight import side_in
from followup.sealing import opened
from followup.store.endings import interviews_of, outcomes_of, reviews_of
from followup.store.pairs import find_pair

router = routes()

Text = Annotated[str, Field(max_length=5000)]


class Closing(Model):
    reason: CloseReason
    by: Side


class NewInterview(Model):
    side: Side
    impossible: Impossible | None = None
    note: Text | None = None


class NewReview(Model):
    satisfaction: Annotated[int, Field(ge=1, le=5)]
    goals_reached: GoalsReached
    shared: Text | None = None
    # Only mentor and mentee read this part.
    private: Text | None = None


class ShownReview(Model):
    side: Side
    satisfaction: int
    goals_reached: GoalsReached
    shared: str | None
    private: str | None
    written_at: datetime


class Closure(Model):
    rematch_mentee: bool
    rematch_mentor: bool
    contact: ContactAfter


class NewOutcome(Model):
    stage: OutcomeStage
    kind: OutcomeKind


class ShownInterview(Model):
    side: Side
    held_at: datetime
    impossible: Impossible | None
    note: str | None


class ShownOutcome(Model):
    stage: OutcomeStage
    kind: OutcomeKind
    recorded_at: datetime


@router.post(
    "/pairs/{pair_id}/closing", status_code=204, dependencies=[may("pair.close", COORDINATOR)]
)
async def begin_closing(pair_id: UUID, body: Closing, asker: Asker, now: Now, tx: Tx) -> None:
    ending = Ending(reason=body.reason, by=body.by)
    await endings.begin_closing(tx, pair_id=pair_id, ending=ending, viewer=asker, now=now)


@router.post(
    "/pairs/{pair_id}/interviews",
    status_code=204,
    dependencies=[may("interview.hold", COORDINATOR)],
)
async def hold_interview(pair_id: UUID, body: NewInterview, asker: Asker, now: Now, tx: Tx) -> None:
    interview = Interview(
        pair_id=pair_id,
        side=body.side,
        held_at=now,
        held_by=asker.person_id,
        impossible=body.impossible,
        note=None,
    )
    await endings.hold_interview(tx, interview, note=body.note, viewer=asker)


@router.get("/pairs/{pair_id}/interviews", dependencies=[may("interview.list", COORDINATOR)])
async def list_interviews(pair_id: UUID, asker: Asker, tx: Tx) -> list[ShownInterview]:
    pair = await find_pair(tx, pair_id)
    await side_in(tx, pair, asker, Side.ASSOCIATION)
    held = await interviews_of(tx, pair_id)
    notes = await opened(tx, pair.mentee_id, "interview", [each.note for each in held])
    return [
        ShownInterview(side=each.side, held_at=each.held_at, impossible=each.impossible, note=note)
        for each, note in zip(held, notes, strict=True)
    ]


@router.post(
    "/pairs/{pair_id}/review",
    status_code=204,
    dependencies=[may("review.write", Role.MENTOR, Role.MENTEE)],
)
async def write_review(pair_id: UUID, body: NewReview, asker: Asker, now: Now, tx: Tx) -> None:
    review = Review(
        pair_id=pair_id,
        side=Side.MENTEE,
        satisfaction=body.satisfaction,
        goals_reached=body.goals_reached,
        shared=None,
        private=None,
        written_by=asker.person_id,
        written_at=now,
    )
    await endings.write_review(tx, review, shared=body.shared, private=body.private, viewer=asker)


@router.get("/pairs/{pair_id}/review", dependencies=[may("review.read", *OF_PAIR)])
async def read_reviews(pair_id: UUID, asker: Asker, tx: Tx) -> list[ShownReview]:
    """Show how both sides look back; what is private is opened for the two of them alone."""
    pair = await find_pair(tx, pair_id)
    side = await side_in(tx, pair, asker, Side.MENTOR, Side.MENTEE, Side.ASSOCIATION)
    reviews = await reviews_of(tx, pair_id)
    shared = await opened(tx, pair.mentee_id, "review_shared", [each.shared for each in reviews])
    theirs = [each.private if side is not Side.ASSOCIATION else None for each in reviews]
    private = await opened(tx, pair.mentee_id, "review_private", theirs)
    return [
        ShownReview(
            side=each.side,
            satisfaction=each.satisfaction,
            goals_reached=each.goals_reached,
            shared=for_all,
            private=for_two,
            written_at=each.written_at,
        )
        for each, for_all, for_two in zip(reviews, shared, private, strict=True)
    ]


@router.post(
    "/pairs/{pair_id}/closure", status_code=204, dependencies=[may("pair.end", COORDINATOR)]
)
async def close_pair(pair_id: UUID, body: Closure, asker: Asker, now: Now, tx: Tx) -> None:
    farewell = Farewell(
        rematch_mentee=body.rematch_mentee,
        rematch_mentor=body.rematch_mentor,
        contact=body.contact,
    )
    await endings.close_pair(tx, pair_id=pair_id, farewell=farewell, viewer=asker, now=now)


@router.post(
    "/pairs/{pair_id}/reopening", status_code=204, dependencies=[may("pair.reopen", COORDINATOR)]
)
async def reopen_pair(pair_id: UUID, asker: Asker, now: Now, tx: Tx) -> None:
    await endings.reopen_pair(tx, pair_id=pair_id, viewer=asker, now=now)


@router.post(
    "/pairs/{pair_id}/outcomes",
    status_code=204,
    dependencies=[may("outcome.record", COORDINATOR)],
)
async def record_outcome(pair_id: UUID, body: NewOutcome, asker: Asker, now: Now, tx: Tx) -> None:
    outcome = Outcome(
        pair_id=pair_id,
        stage=body.stage,
        kind=body.kind,
        recorded_by=asker.person_id,
        recorded_at=now,
    )
    await endings.record_outcome(tx, outcome, viewer=asker)


@router.get("/pairs/{pair_id}/outcomes", dependencies=[may("outcome.list", COORDINATOR)])
async def list_outcomes(pair_id: UUID, asker: Asker, tx: Tx) -> list[ShownOutcome]:
    await side_in(tx, await find_pair(tx, pair_id), asker, Side.ASSOCIATION)
    return [
        ShownOutcome(stage=each.stage, kind=each.kind, recorded_at=each.recorded_at)
        for each in await outcomes_of(tx, pair_id)
    ]
