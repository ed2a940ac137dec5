"""Facts that intake announces of people, whoever they are in a mentoring."""

from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from common.contracts import Event
from common.contracts.vocabulary import Role, Sealed


class PersonRegistered(Event):
    """A person is known, or what is known of them changed; who it is stays sealed."""

    subject: ClassVar[str] = "events.intake.person_registered.v1"
    key: ClassVar[str] = "person_id"

    person_id: UUID
    language: Annotated[str, Field(pattern=r"^(fr|en)$")]
    # Field name (given_name, family_name, email, phone, birth_date) to sealed text.
    sealed: dict[str, Sealed]


class Ground(StrEnum):
    """Why a person is forgotten."""

    ASKED = "asked"
    RETENTION = "retention"
    # A restore brought back somebody whose erasure it did not know.
    AGAIN = "again"


class PersonErased(Event):
    """A person is forgotten: their key is destroyed, and everyone forgets them."""

    subject: ClassVar[str] = "events.intake.person_erased.v1"
    key: ClassVar[str] = "person_id"
    alone: ClassVar[bool] = True

    person_id: UUID
    # Whoever does not say so was asked.
    ground: Ground = Ground.ASKED


class RoleGranted(Event):
    """A person may now act in this role; `grant_id` is the thing that has a version."""

    subject: ClassVar[str] = "events.intake.role_granted.v1"
    key: ClassVar[str] = "grant_id"

    grant_id: UUID
    person_id: UUID
    role: Role


class RoleRevoked(Event):
    """A person may no longer act in this role."""

    subject: ClassVar[str] = "events.intake.role_revoked.v1"
    key: ClassVar[str] = "grant_id"

    grant_id: UUID
    person_id: UUID
    role: Role


class GuardianNamed(Event):
    """Somebody answers for a minor."""

    subject: ClassVar[str] = "events.intake.guardian_named.v1"
    key: ClassVar[str] = "guardianship_id"

    guardianship_id: UUID
    mentee_id: UUID
    guardian_id: UUID
