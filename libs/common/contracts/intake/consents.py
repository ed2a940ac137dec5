"""Facts that intake announces of who agreed that a minor takes part."""

from datetime import date
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from common.contracts import Event


class AuthorisationKind(StrEnum):
    """What is authorised; an image is never a condition for taking part."""

    PARTICIPATION = "participation"
    IMAGE = "image"


class AuthorisationEvent(Event):
    """What every fact about an authorisation says."""

    key: ClassVar[str] = "authorisation_id"

    authorisation_id: UUID
    mentee_id: UUID
    guardian_id: UUID


class AuthorisationAsked(AuthorisationEvent):
    """A guardian is asked to authorise a minor to take part."""

    subject: ClassVar[str] = "events.intake.authorisation_asked.v1"

    referral_id: UUID
    kind: AuthorisationKind


class AuthorisationGiven(AuthorisationEvent):
    """A guardian authorised a minor."""

    subject: ClassVar[str] = "events.intake.authorisation_given.v1"

    kind: AuthorisationKind


class AuthorisationWithdrawn(AuthorisationEvent):
    """A guardian refused, or took back an authorisation."""

    subject: ClassVar[str] = "events.intake.authorisation_withdrawn.v1"

    kind: AuthorisationKind


class AdherenceGiven(Event):
    """The mentee agrees to take part, in person: a minor's own say."""

    subject: ClassVar[str] = "events.intake.adherence_given.v1"
    key: ClassVar[str] = "adherence_id"

    adherence_id: UUID
    mentee_id: UUID


class AdherenceWithdrawn(Event):
    """The mentee no longer wants to take part."""

    subject: ClassVar[str] = "events.intake.adherence_withdrawn.v1"
    key: ClassVar[str] = "adherence_id"

    adherence_id: UUID
    mentee_id: UUID


class ProtectionAgreed(Event):
    """The child-protection service agreed in writing, for one year at most."""

    subject: ClassVar[str] = "events.intake.protection_agreed.v1"
    key: ClassVar[str] = "protection_id"

    protection_id: UUID
    mentee_id: UUID
    evaluated_on: date
    valid_until: date
