"""Events in: each subscription translates an event into one handler call.

What is only kept is a projection and can be heard again from the beginning; who became ready by
it is found by the clock, so that a rebuild announces nothing.
"""

from common.contracts.intake.associations import AssociationRegistered, ProgrammePublished
from common.contracts.intake.mentors import (
    MentorApplied,
    MentorApproved,
    MentorLeft,
    MentorPaused,
    MentorRefused,
    MentorResumed,
)
from common.contracts.intake.people import PersonErased, PersonRegistered, RoleGranted, RoleRevoked
from common.events import EventRouter, Tx
from training import handlers
from training.domain.paths import MentorState

router = EventRouter("training")


@router.projects(AssociationRegistered)
async def on_association_registered(event: AssociationRegistered, tx: Tx) -> None:
    await handlers.keep_association(tx, event)


@router.projects(ProgrammePublished)
async def on_programme_published(event: ProgrammePublished, tx: Tx) -> None:
    await handlers.keep_programme(tx, event)


@router.projects(MentorApplied)
async def on_mentor_applied(event: MentorApplied, tx: Tx) -> None:
    await handlers.keep_mentor(tx, event, MentorState.APPLIED)


@router.projects(MentorApproved)
async def on_mentor_approved(event: MentorApproved, tx: Tx) -> None:
    await handlers.keep_mentor(tx, event, MentorState.APPROVED)


@router.projects(MentorRefused)
async def on_mentor_refused(event: MentorRefused, tx: Tx) -> None:
    await handlers.part_with_mentor(tx, event)


@router.projects(MentorLeft)
async def on_mentor_left(event: MentorLeft, tx: Tx) -> None:
    await handlers.part_with_mentor(tx, event)


@router.projects(MentorPaused)
async def on_mentor_paused(event: MentorPaused, tx: Tx) -> None:
    handlers.keep_suspension(tx, event, suspended=event.suspended)


@router.projects(MentorResumed)
async def on_mentor_resumed(event: MentorResumed, tx: Tx) -> None:
    handlers.keep_suspension(tx, event, suspended=False)


@router.projects(PersonRegistered)
async def on_person_registered(event: PersonRegistered, tx: Tx) -> None:
    handlers.keep_person(tx, event)


@router.projects(RoleGranted)
async def on_role_granted(event: RoleGranted, tx: Tx) -> None:
    handlers.keep_grant(tx, event, held=True)


@router.projects(RoleRevoked)
async def on_role_revoked(event: RoleRevoked, tx: Tx) -> None:
    handlers.keep_grant(tx, event, held=False)


@router.on(PersonErased)
async def on_person_erased(event: PersonErased, tx: Tx) -> None:
    await handlers.forget_person(tx, event)
