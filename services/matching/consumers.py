"""Events in: matching only keeps what it hears, so that a rebuild can hear it all again.

What follows from it (an invitation to take back, a mentor to look for, a person to take leave
of) is found by the clock within a second, from what is held, whatever the order it came in.
"""

from common.contracts.followup.pairs import PairClosed, PairReopened
from common.contracts.intake.associations import AssociationRegistered, ProgrammePublished
from common.contracts.intake.mentors import (
    MentorApproved,
    MentorLeft,
    MentorPaused,
    MentorRefused,
    MentorResumed,
)
from common.contracts.intake.people import PersonErased
from common.contracts.intake.referrals import ReferralAccepted, ReferralCompleted, ReferralEnded
from common.contracts.training import MentorReady
from common.events import EventRouter, Tx
from matching.store import facts
from matching.store.tables import MentorState

router = EventRouter("matching")


@router.projects(AssociationRegistered)
async def on_association_registered(event: AssociationRegistered, tx: Tx) -> None:
    await facts.keep_association(tx, event)


@router.projects(ProgrammePublished)
async def on_programme_published(event: ProgrammePublished, tx: Tx) -> None:
    await facts.keep_policy(tx, event)


@router.projects(ReferralAccepted)
async def on_referral_accepted(event: ReferralAccepted, tx: Tx) -> None:
    await facts.keep_referral(tx, event)


@router.projects(ReferralCompleted)
async def on_referral_completed(event: ReferralCompleted, tx: Tx) -> None:
    await facts.complete_referral(tx, event)


@router.projects(ReferralEnded)
async def on_referral_ended(event: ReferralEnded, tx: Tx) -> None:
    await facts.end_referral(tx, event)


@router.projects(MentorApproved)
async def on_mentor_approved(event: MentorApproved, tx: Tx) -> None:
    await facts.keep_mentor(tx, event)


@router.projects(MentorPaused)
async def on_mentor_paused(event: MentorPaused, tx: Tx) -> None:
    await facts.keep_mentor_state(tx, event, MentorState.PAUSED)


@router.projects(MentorResumed)
async def on_mentor_resumed(event: MentorResumed, tx: Tx) -> None:
    await facts.keep_mentor_state(tx, event, MentorState.AVAILABLE)


@router.projects(MentorLeft)
async def on_mentor_left(event: MentorLeft, tx: Tx) -> None:
    await facts.keep_mentor_state(tx, event, MentorState.LEFT)


@router.projects(MentorRefused)
async def on_mentor_refused(event: MentorRefused, tx: Tx) -> None:
    await facts.keep_mentor_state(tx, event, MentorState.LEFT)


@router.projects(MentorReady)
async def on_mentor_ready(event: MentorReady, tx: Tx) -> None:
    await facts.keep_readiness(tx, event)


@router.projects(PairClosed)
async def on_pair_closed(event: PairClosed, tx: Tx) -> None:
    await facts.keep_pair_ending(tx, event)


@router.projects(PairReopened)
async def on_pair_reopened(event: PairReopened, tx: Tx) -> None:
    await facts.keep_pair_reopening(tx, event)


@router.projects(PersonErased)
async def on_person_erased(event: PersonErased, tx: Tx) -> None:
    await facts.forget(tx, event.person_id)
