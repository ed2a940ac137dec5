"""Who agreed to what: the guardian, the minor in person, and the child-protection service."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import TypeAlias
from uuid import UUID

from common.calendar import after_months, day_of
from common.contracts.intake.consents import (
    AdherenceGiven,
    AdherenceWithdrawn,
    AuthorisationAsked,
    AuthorisationGiven,
    AuthorisationKind,
    AuthorisationWithdrawn,
    ProtectionAgreed,
)
from common.errors import Forbidden, Invalid, NotFound

YEARLY = 12

Decision: TypeAlias = AuthorisationGiven | AuthorisationWithdrawn
OwnSay: TypeAlias = AdherenceGiven | AdherenceWithdrawn


class AuthorisationNotFound(NotFound):
    """No authorisation has this id."""

    fr = "Aucune autorisation n'a cet identifiant."


class NotTheGuardian(Forbidden):
    """Only the guardian decides; the association may only note down what they signed on paper."""

    fr = "Seul le responsable légal décide ; l'association ne note que ce qu'il a signé sur papier."


class NotInPerson(Forbidden):
    """Only the mentee agrees for themself; the association may note down a paper."""

    fr = "La personne donne son accord elle-même ; l'association peut noter un accord sur papier."


class NotYetEvaluated(Invalid):
    """An evaluation in the future proves nothing yet."""

    fr = "Cette évaluation n'a pas encore eu lieu."


class ValidTooLong(Invalid):
    """The situation is evaluated every year: the agreement holds for twelve months at most."""

    fr = "La situation est évaluée chaque année : l'accord vaut douze mois au plus."


class AlreadyOver(Invalid):
    """This agreement would already be over."""

    fr = "Cet accord serait déjà échu."


class Answer(StrEnum):
    ASKED = "asked"
    GIVEN = "given"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorisation:
    """What a guardian is asked to allow for a minor, and their answer."""

    id: UUID
    mentee_id: UUID
    guardian_id: UUID
    referral_id: UUID
    kind: AuthorisationKind
    asked_at: datetime
    answer: Answer = Answer.ASKED
    answered_at: datetime | None = None
    on_paper: bool = False
    version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Adherence:
    """A mentee's own say about taking part."""

    id: UUID
    mentee_id: UUID
    given: bool
    said_at: datetime
    on_paper: bool
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Protection:
    """The written agreement of the child-protection service, looked at every year."""

    id: UUID
    mentee_id: UUID
    evaluated_on: date
    valid_until: date
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """Who speaks: a person for themself, or the association that shows a signed paper."""

    person_id: UUID
    on_paper: bool = False
    in_charge: bool = False

    def speaks_for(self, person_id: UUID) -> bool:
        return self.person_id == person_id or (self.in_charge and self.on_paper)


def announce_asked(asked: Authorisation, association_id: UUID | None) -> AuthorisationAsked:
    return AuthorisationAsked(
        occurred_at=asked.asked_at,
        association_id=association_id,
        version=asked.version,
        authorisation_id=asked.id,
        mentee_id=asked.mentee_id,
        guardian_id=asked.guardian_id,
        referral_id=asked.referral_id,
        kind=asked.kind,
    )


def decide(
    asked: Authorisation, *, given: bool, by: Voice, at: datetime
) -> tuple[Authorisation, Decision | None]:
    """Answer for a minor; the last word counts, and saying it twice changes nothing."""
    if not by.speaks_for(asked.guardian_id):
        raise NotTheGuardian(asked.id)
    answer = Answer.GIVEN if given else Answer.WITHDRAWN
    if asked.answer is answer:
        return asked, None
    decided = replace(
        asked,
        answer=answer,
        answered_at=at,
        on_paper=by.person_id != asked.guardian_id,
        version=asked.version + 1,
    )
    kind = AuthorisationGiven if given else AuthorisationWithdrawn
    return decided, kind(
        occurred_at=at,
        association_id=None,
        version=decided.version,
        authorisation_id=decided.id,
        mentee_id=decided.mentee_id,
        guardian_id=decided.guardian_id,
        kind=decided.kind,
    )


def adhere(
    before: Adherence, *, given: bool, by: Voice, at: datetime
) -> tuple[Adherence, OwnSay | None]:
    """Take the mentee's own word; `before` has version 0 if nothing was said yet."""
    if not by.speaks_for(before.mentee_id):
        raise NotInPerson(before.mentee_id)
    if before.version and before.given is given:
        return before, None
    said = replace(
        before,
        given=given,
        said_at=at,
        on_paper=by.person_id != before.mentee_id,
        version=before.version + 1,
    )
    kind = AdherenceGiven if given else AdherenceWithdrawn
    return said, kind(
        occurred_at=at,
        association_id=None,
        version=said.version,
        adherence_id=said.id,
        mentee_id=said.mentee_id,
    )


def agree_protection(
    protection: Protection, *, at: datetime
) -> tuple[Protection, ProtectionAgreed]:
    """Note the written agreement of the child-protection service down."""
    if protection.evaluated_on > day_of(at):
        raise NotYetEvaluated("evaluated_on")
    if protection.valid_until > after_months(protection.evaluated_on, YEARLY):
        raise ValidTooLong("valid_until")
    if protection.valid_until <= day_of(at):
        raise AlreadyOver("valid_until")
    return protection, ProtectionAgreed(
        occurred_at=at,
        association_id=None,
        version=protection.version,
        protection_id=protection.id,
        mentee_id=protection.mentee_id,
        evaluated_on=protection.evaluated_on,
        valid_until=protection.valid_until,
    )
