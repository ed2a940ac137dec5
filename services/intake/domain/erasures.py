"""Being forgotten: the key is destroyed at once, and every service says when it is done."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from common.contracts.intake.people import Ground, PersonErased
from common.errors import NotFound
from intake.domain.people import Person, PersonForgotten


class ErasureNotFound(NotFound):
    """No erasure has this id."""

    fr = "Aucun effacement n'a cet identifiant."


class Service(StrEnum):
    """Those who hold something of a person beside intake, and must forget it."""

    MATCHING = "matching"
    FOLLOWUP = "followup"
    TRAINING = "training"
    REPORTING = "reporting"
    PORTAL = "portal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """The forgetting of one person, by whom it was asked and who has done it."""

    id: UUID
    person_id: UUID
    # The guardian at the time, who may read the certificate of a child.
    guardian_id: UUID | None
    asked_by: UUID | None
    ground: Ground
    key_destroyed_at: datetime
    forgotten_at: dict[Service, datetime]

    @property
    def complete(self) -> bool:
        return set(self.forgotten_at) == set(Service)


def erase(person: Person, *, ground: Ground, at: datetime) -> tuple[Person, PersonErased]:
    """Keep nothing of a person but that there was one."""
    if person.erased:
        raise PersonForgotten(person.id)
    erased = replace(person, sealed={}, erased=True, version=person.version + 1)
    return erased, PersonErased(
        occurred_at=at,
        association_id=None,
        version=erased.version,
        person_id=person.id,
        ground=ground,
    )


def acknowledge(erasure: Erasure, service: Service, *, at: datetime) -> Erasure:
    """Note that a service has forgotten; the first time it said so counts."""
    if service in erasure.forgotten_at:
        return erasure
    return replace(erasure, forgotten_at={**erasure.forgotten_at, service: at})
