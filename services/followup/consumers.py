"""Events in: each subscription translates an event into one handler call."""

from common.contracts.intake.associations import AssociationRegistered, ProgrammePublished
from common.contracts.intake.consents import (
    AdherenceGiven,
    AdherenceWithdrawn,
    AuthorisationGiven,
    AuthorisationWithdrawn,
    ProtectionAgreed,
)
from common.contracts.intake.mentors import (
    MentorApproved,
    MentorLeft,
    MentorPaused,
    MentorRefused,
    MentorResumed,
    MentorScreened,
)
from common.contracts.intake.people import GuardianNamed, PersonErased, PersonRegistered
from common.contracts.matching import PairFormed
from common.contracts.training import MentorReady
from common.events import EventRouter, Tx
from followup.domain import heard
from followup.handlers import forgetting, hearing
from followup.store.heard import keep_association, keep_heard, keep_person, keep_programme

router = EventRouter("followup")


@router.on(PairFormed)
async def on_pair_formed(event: PairFormed, tx: Tx) -> None:
    await hearing.open_formed_pair(tx, event)


@router.on(MentorReady)
async def on_mentor_ready(event: MentorReady, tx: Tx) -> None:
    await hearing.hear(tx, heard.of_readiness(event))


@router.on(MentorApproved)
async def on_mentor_approved(event: MentorApproved, tx: Tx) -> None:
    await hearing.hear(tx, heard.of_approval(event))


@router.on(MentorRefused)
async def on_mentor_refused(event: MentorRefused, tx: Tx) -> None:
    await hearing.hear(tx, heard.of_approval(event))


@router.on(MentorLeft)
async def on_mentor_left(event: MentorLeft, tx: Tx) -> None:
    await hearing.hear(tx, heard.of_approval(event))


@router.on(MentorScreened)
async def on_mentor_screened(event: MentorScreened, tx: Tx) -> None:
    await hearing.hear(tx, heard.of_check(event))


@router.on(MentorPaused)
async def on_mentor_paused(event: MentorPaused, tx: Tx) -> None:
    await hearing.hear(tx, heard.of_suspension(event))


@router.on(MentorResumed)
async def on_mentor_resumed(event: MentorResumed, tx: Tx) -> None:
    await hearing.hear(tx, heard.of_suspension(event))


@router.on(AuthorisationGiven)
async def on_authorisation_given(event: AuthorisationGiven, tx: Tx) -> None:
    await hearing.hear_authorisation(tx, event)


@router.on(AuthorisationWithdrawn)
async def on_authorisation_withdrawn(event: AuthorisationWithdrawn, tx: Tx) -> None:
    await hearing.hear_authorisation(tx, event)


@router.on(AdherenceGiven)
async def on_adherence_given(event: AdherenceGiven, tx: Tx) -> None:
    await hearing.hear(tx, heard.of_adherence(event))


@router.on(AdherenceWithdrawn)
async def on_adherence_withdrawn(event: AdherenceWithdrawn, tx: Tx) -> None:
    await hearing.hear(tx, heard.of_adherence(event))


@router.on(ProtectionAgreed)
async def on_protection_agreed(event: ProtectionAgreed, tx: Tx) -> None:
    await hearing.hear(tx, heard.of_protection(event))


@router.on(PersonErased)
async def on_person_erased(event: PersonErased, tx: Tx) -> None:
    await forgetting.forget_person(tx, event)


@router.projects(GuardianNamed)
async def on_guardian_named(event: GuardianNamed, tx: Tx) -> None:
    await keep_heard(tx, heard.of_guardianship(event))


@router.projects(PersonRegistered)
async def on_person_registered(event: PersonRegistered, tx: Tx) -> None:
    keep_person(tx, event)


@router.projects(AssociationRegistered)
async def on_association_registered(event: AssociationRegistered, tx: Tx) -> None:
    await keep_association(tx, event)


@router.projects(ProgrammePublished)
async def on_programme_published(event: ProgrammePublished, tx: Tx) -> None:
    await keep_programme(tx, event)
