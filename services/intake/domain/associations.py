"""Associations of the collective, and who works for them in which role."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from common.contracts.intake.associations import AssociationRegistered
from common.contracts.intake.people import GuardianNamed, PersonRegistered, RoleGranted, RoleRevoked
from common.contracts.vocabulary import Place, Role, Sealed
from common.errors import Conflict, Forbidden, Invalid, NotFound
from intake.domain.people import Part, Person, PersonForgotten

# Whom an association itself may name; the rest belongs to the collective.
OF_AN_ASSOCIATION = frozenset({Role.COORDINATOR, Role.VOLUNTEER, Role.PRESCRIBER, Role.FUNDER})
OF_THE_COLLECTIVE = frozenset({Role.COLLECTIVE, Role.ADMIN, Role.PRESCRIBER, Role.FUNDER})


class AssociationNotFound(NotFound):
    """No association has this id."""

    fr = "Aucune association n'a cet identifiant."


class AssociationUnknown(Invalid):
    """There is no such association."""

    fr = "Cette association n'existe pas."


class RoleNotOfStaff(Invalid):
    """This role is not given here."""

    fr = "Ce rôle ne se donne pas ici."


class NotOfTheHouse(Forbidden):
    """A role is given to who works for the collective, or is a mentor of this association."""

    fr = "Un rôle se donne à qui travaille pour le collectif, ou est mentor de cette association."


class GrantNotFound(NotFound):
    """No role was granted under this id."""

    fr = "Aucun rôle n'a été donné sous cet identifiant."


class AlreadyRevoked(Conflict):
    """This role has already been taken back."""

    fr = "Ce rôle a déjà été retiré."


@dataclass(frozen=True, slots=True, kw_only=True)
class Association:
    """An organisation that pairs people; its name is public."""

    id: UUID
    name: str
    place: Place
    pooled_with: tuple[UUID, ...] = ()
    version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleGrant:
    """A role that a person has, in one association or everywhere."""

    id: UUID
    person_id: UUID
    role: Role
    association_id: UUID | None
    revoked: bool = False
    version: int = 1


def register(association: Association, *, at: datetime) -> AssociationRegistered:
    return AssociationRegistered(
        occurred_at=at,
        association_id=association.id,
        version=association.version,
        name=association.name,
        place=association.place,
        pooled_with=association.pooled_with,
    )


def pool(
    association: Association, others: tuple[UUID, ...], *, at: datetime
) -> tuple[Association, AssociationRegistered]:
    """Let the mentors of other associations serve this one's mentees."""
    pooled = replace(
        association,
        pooled_with=tuple(each for each in others if each != association.id),
        version=association.version + 1,
    )
    return pooled, register(pooled, at=at)


def grant(given: RoleGrant, *, at: datetime) -> RoleGranted:
    return RoleGranted(
        occurred_at=at,
        association_id=given.association_id,
        version=given.version,
        grant_id=given.id,
        person_id=given.person_id,
        role=given.role,
    )


def grant_staff(given: RoleGrant, *, at: datetime) -> RoleGranted:
    """Name somebody who works for an association, or for the collective."""
    allowed = OF_AN_ASSOCIATION if given.association_id else OF_THE_COLLECTIVE
    if given.role not in allowed:
        raise RoleNotOfStaff("role")
    return grant(given, at=at)


def check_appointable(person: Person, given: RoleGrant, *, mentor_at: UUID | None) -> None:
    """Raise unless somebody who is known may be given this role: a role opens their card."""
    if person.erased:
        raise PersonForgotten(person.id)
    their_own = mentor_at is not None and mentor_at == given.association_id
    if person.part is not Part.STAFF and not their_own:
        raise NotOfTheHouse(person.id)


def revoke(given: RoleGrant, *, at: datetime) -> tuple[RoleGrant, RoleRevoked]:
    if given.revoked:
        raise AlreadyRevoked(given.id)
    revoked = replace(given, revoked=True, version=given.version + 1)
    return revoked, RoleRevoked(
        occurred_at=at,
        association_id=revoked.association_id,
        version=revoked.version,
        grant_id=revoked.id,
        person_id=revoked.person_id,
        role=revoked.role,
    )


def announce_person(person: Person, *, at: datetime) -> PersonRegistered:
    return PersonRegistered(
        occurred_at=at,
        association_id=None,
        version=person.version,
        person_id=person.id,
        language=person.language,
        sealed={field: Sealed(text) for field, text in person.sealed.items()},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Guardianship:
    """That somebody answers for a minor."""

    id: UUID
    mentee_id: UUID
    guardian_id: UUID


def name_guardian(guardianship: Guardianship, *, at: datetime) -> GuardianNamed:
    return GuardianNamed(
        occurred_at=at,
        association_id=None,
        version=1,
        guardianship_id=guardianship.id,
        mentee_id=guardianship.mentee_id,
        guardian_id=guardianship.guardian_id,
    )
