"""What training keeps of what others announce."""

from sqlalchemy.ext.asyncio import AsyncConnection

from common.contracts.erasure import TrainingForgot
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
from common.contracts.vocabulary import Modality
from common.database import later
from common.outbox import emit
from training.domain.paths import MentorState
from training.store import heard, tables


async def keep_association(tx: AsyncConnection, event: AssociationRegistered) -> None:
    row = {
        "id": event.association_id,
        "name": event.name,
        "department": event.place.department,
        "version": event.version,
    }
    await heard.keep_newest(tx, tables.associations, row)


async def keep_programme(tx: AsyncConnection, event: ProgrammePublished) -> None:
    policy = event.policy.model_dump(mode="json", include={"training", "exchange"})
    row = {
        "id": event.programme_id,
        "association_id": event.association_id,
        "name": event.name,
        "modules": policy["training"],
        "exchange": policy["exchange"],
        "remote": Modality.REMOTE in event.policy.modalities,
        "version": event.version,
    }
    if await heard.keep_newest(tx, tables.programmes, row):
        await heard.look_at_mentors_of(tx, event.programme_id)


async def keep_mentor(
    tx: AsyncConnection, event: MentorApplied | MentorApproved, state: MentorState
) -> None:
    if await heard.is_forgotten(tx, event.mentor_id):
        return
    row = {
        "id": event.mentor_id,
        "association_id": event.association_id,
        "programme_ids": sorted(event.programme_ids),
        "state": state,
        "version": event.version,
        "to_look_at": True,
    }
    await heard.keep_newest(tx, tables.mentors, row)


async def part_with_mentor(tx: AsyncConnection, event: MentorLeft | MentorRefused) -> None:
    if await heard.is_forgotten(tx, event.mentor_id):
        return
    row = {
        "id": event.mentor_id,
        "association_id": event.association_id,
        "programme_ids": [],
        "state": MentorState.GONE,
        "version": event.version,
        "to_look_at": False,
    }
    await heard.keep_newest(tx, tables.mentors, row)


def keep_suspension(
    tx: AsyncConnection, event: MentorPaused | MentorResumed, *, suspended: bool
) -> None:
    """Keep it apart from the rest of a mentor, which an approval in between says anew."""
    row = {"mentor_id": event.mentor_id, "suspended": suspended, "version": event.version}
    later(tx, heard.KEEP_SUSPENSION, row)


def keep_person(tx: AsyncConnection, event: PersonRegistered) -> None:
    """Keep the sealed name, which attendance lists show to staff, and nothing else."""
    row = {
        "id": event.person_id,
        "given_name": event.sealed.get("given_name"),
        "family_name": event.sealed.get("family_name"),
        "version": event.version,
    }
    later(tx, heard.KEEP_PERSON, row)


def keep_grant(tx: AsyncConnection, event: RoleGranted | RoleRevoked, *, held: bool) -> None:
    row = {
        "id": event.grant_id,
        "person_id": event.person_id,
        "association_id": event.association_id,
        "held": held,
        "version": event.version,
    }
    later(tx, heard.KEEP_GRANT, row)


async def forget_person(tx: AsyncConnection, event: PersonErased) -> None:
    if await heard.forget(tx, event.person_id):
        await emit(
            tx,
            TrainingForgot(
                occurred_at=event.occurred_at,
                association_id=None,
                version=1,
                person_id=event.person_id,
            ),
        )
