"""Keeping what others announced: which part of which row each fact is about."""

import hashlib
from typing import Any
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from common.contracts.followup.pairs import PairClosed, PairReopened
from common.contracts.intake.associations import AssociationRegistered, ProgrammePublished
from common.contracts.intake.mentors import (
    MentorApproved,
    MentorLeft,
    MentorPaused,
    MentorRefused,
    MentorResumed,
)
from common.contracts.intake.referrals import ReferralAccepted, ReferralCompleted, ReferralEnded
from common.contracts.training import MentorReady
from matching.store.newest import Row, keep_newest, keep_parts
from matching.store.pools import note_change, note_free_place
from matching.store.tables import (
    PERSON,
    PROJECTIONS,
    MentorState,
    ReferralState,
    associations,
    forgotten,
    mentors,
    pair_endings,
    policies,
    readiness,
    referrals,
)

StateFact = MentorPaused | MentorResumed | MentorLeft | MentorRefused


async def keep_association(tx: AsyncConnection, event: AssociationRegistered) -> None:
    row = {
        "association_id": event.association_id,
        "pooled_with": list(event.pooled_with),
        "version": event.version,
    }
    await keep_newest(tx, associations, row)
    note_change(tx, event.association_id)


async def keep_policy(tx: AsyncConnection, event: ProgrammePublished) -> None:
    row = {
        "programme_id": event.programme_id,
        "version": event.version,
        "association_id": event.association_id,
        "policy": event.policy.model_dump(mode="json"),
    }
    await keep_newest(tx, policies, row)


async def keep_referral(tx: AsyncConnection, event: ReferralAccepted) -> None:
    facets = {
        "facets_version": event.version,
        "mentee_id": event.mentee_id,
        "association_id": event.association_id,
        "programme_id": event.programme_id,
        "facets": event.facets.model_dump(mode="json"),
        "waiting_since": event.waiting_since,
        "guardian_id": event.guardian_id,
        "prescriber_id": event.prescriber_id,
    }
    state = referral_state(event, ReferralState.ACCEPTED)
    await keep_parts(tx, referrals, facets, state, of=event.mentee_id)


async def complete_referral(tx: AsyncConnection, event: ReferralCompleted) -> None:
    await keep_end(tx, event, ReferralState.COMPLETED)


async def end_referral(tx: AsyncConnection, event: ReferralEnded) -> None:
    await keep_end(tx, event, ReferralState.ENDED)


async def keep_end(
    tx: AsyncConnection, event: ReferralCompleted | ReferralEnded, state: ReferralState
) -> None:
    """Keep whose it was: it may be all that is heard here of somebody who is forgotten later."""
    ended = {**referral_state(event, state), "mentee_id": event.mentee_id}
    await keep_parts(tx, referrals, ended, of=event.mentee_id)


def referral_state(
    event: ReferralAccepted | ReferralCompleted | ReferralEnded, state: ReferralState
) -> Row:
    return {"referral_id": event.referral_id, "state": state, "state_version": event.version}


async def keep_mentor(tx: AsyncConnection, event: MentorApproved) -> None:
    written = event.facets.model_dump_json()
    facets = {
        "facets_version": event.version,
        "association_id": event.association_id,
        "programme_ids": list(event.programme_ids),
        "facets": event.facets.model_dump(mode="json"),
        "facets_digest": hashlib.sha256(written.encode()).hexdigest(),
        "screened_until": event.screened_until,
    }
    state = mentor_state(event, MentorState.AVAILABLE)
    await keep_parts(tx, mentors, facets, state, of=event.mentor_id)
    note_change(tx, event.association_id)


async def keep_mentor_state(tx: AsyncConnection, event: StateFact, state: MentorState) -> None:
    await keep_parts(tx, mentors, mentor_state(event, state), of=event.mentor_id)
    note_change(tx, event.association_id)


def mentor_state(event: MentorApproved | StateFact, state: MentorState) -> Row:
    return {
        "mentor_id": event.mentor_id,
        "state": state,
        "state_version": event.version,
        "state_since": event.occurred_at,
    }


async def keep_readiness(tx: AsyncConnection, event: MentorReady) -> None:
    row = {
        "readiness_id": event.readiness_id,
        "version": event.version,
        "mentor_id": event.mentor_id,
        "programme_id": event.programme_id,
    }
    await keep_newest(tx, readiness, row)
    note_change(tx, event.association_id)


async def keep_pair_ending(tx: AsyncConnection, event: PairClosed) -> None:
    over = {
        "closed": True,
        "before_term": event.before_term,
        "rematch_mentee": event.rematch_mentee,
        "rematch_mentor": event.rematch_mentor,
    }
    await keep_newest(tx, pair_endings, ending_of(event) | over)
    note_free_place(tx, event.mentor_id)


async def keep_pair_reopening(tx: AsyncConnection, event: PairReopened) -> None:
    going_on = {
        "closed": False,
        "before_term": False,
        "rematch_mentee": True,
        "rematch_mentor": True,
    }
    await keep_newest(tx, pair_endings, ending_of(event) | going_on)


def ending_of(event: PairClosed | PairReopened) -> dict[str, Any]:
    return {
        "pair_id": event.pair_id,
        "version": event.version,
        "since": event.occurred_at,
        "referral_id": event.referral_id,
        "mentee_id": event.mentee_id,
        "mentor_id": event.mentor_id,
    }


async def forget(tx: AsyncConnection, person_id: UUID) -> None:
    """Drop the facets of a person, and their id wherever a row must stay for others' sake."""
    await tx.execute(insert(forgotten).values(person_id=person_id).on_conflict_do_nothing())
    await tx.execute(delete(referrals).where(referrals.c.mentee_id == person_id))
    await tx.execute(delete(mentors).where(mentors.c.mentor_id == person_id))
    for table in PROJECTIONS:
        for column in (each for each in table.c if each.info.get(PERSON)):
            nobody = update(table).where(column == person_id).values({column.name: None})
            await tx.execute(nobody)
