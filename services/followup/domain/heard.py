"""What other services said of a mentor or a mentee, reduced to what the gates ask for."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TypeAlias
from uuid import UUID

from common.contracts.intake.consents import (
    AdherenceGiven,
    AdherenceWithdrawn,
    AuthorisationGiven,
    AuthorisationKind,
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
from common.contracts.intake.people import GuardianNamed
from common.contracts.policy import Check, Policy
from common.contracts.training import MentorReady
from common.contracts.vocabulary import Setting
from followup.domain.gates import Standing
from followup.domain.pairs import Pair


class Topic(StrEnum):
    APPROVAL = "approval"
    SUSPENSION = "suspension"
    CHECK = "check"
    READINESS = "readiness"
    AUTHORISATION = "authorisation"
    ADHERENCE = "adherence"
    PROTECTION = "protection"
    GUARDIANSHIP = "guardianship"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """The newest that was said of one thing about one person; an older word never replaces it."""

    topic: Topic
    # The id of the thing in the mouth of its announcer, and (for a check) which one.
    id: UUID
    detail: str = ""
    person_id: UUID
    version: int
    at: datetime
    holds: bool = True
    until: date | None = None
    # A guardian or a programme, where the fact names one.
    other_id: UUID | None = None
    settings: tuple[Setting, ...] = ()


OfMentor: TypeAlias = MentorApproved | MentorRefused | MentorLeft
OfAuthorisation: TypeAlias = AuthorisationGiven | AuthorisationWithdrawn


def of_approval(event: OfMentor) -> Heard:
    approved = event if isinstance(event, MentorApproved) else None
    return Heard(
        topic=Topic.APPROVAL,
        id=event.mentor_id,
        person_id=event.mentor_id,
        version=event.version,
        at=event.occurred_at,
        holds=approved is not None,
        until=approved.screened_until if approved else None,
        settings=approved.facets.settings if approved else (),
    )


def of_suspension(event: MentorPaused | MentorResumed) -> Heard:
    return Heard(
        topic=Topic.SUSPENSION,
        id=event.mentor_id,
        person_id=event.mentor_id,
        version=event.version,
        at=event.occurred_at,
        holds=isinstance(event, MentorPaused) and event.suspended,
    )


def of_check(event: MentorScreened) -> Heard:
    return Heard(
        topic=Topic.CHECK,
        id=event.mentor_id,
        detail=event.check.value,
        person_id=event.mentor_id,
        version=event.version,
        at=event.occurred_at,
        until=event.valid_until,
    )


def of_readiness(event: MentorReady) -> Heard:
    return Heard(
        topic=Topic.READINESS,
        id=event.readiness_id,
        person_id=event.mentor_id,
        version=event.version,
        at=event.occurred_at,
        other_id=event.programme_id,
    )


def of_authorisation(event: OfAuthorisation) -> Heard | None:
    """Leave out an image: it is authorised apart, and opens or shuts no gate."""
    if event.kind is not AuthorisationKind.PARTICIPATION:
        return None
    return Heard(
        topic=Topic.AUTHORISATION,
        id=event.authorisation_id,
        person_id=event.mentee_id,
        version=event.version,
        at=event.occurred_at,
        holds=isinstance(event, AuthorisationGiven),
        other_id=event.guardian_id,
    )


def of_adherence(event: AdherenceGiven | AdherenceWithdrawn) -> Heard:
    return Heard(
        topic=Topic.ADHERENCE,
        id=event.adherence_id,
        person_id=event.mentee_id,
        version=event.version,
        at=event.occurred_at,
        holds=isinstance(event, AdherenceGiven),
    )


def of_protection(event: ProtectionAgreed) -> Heard:
    return Heard(
        topic=Topic.PROTECTION,
        id=event.protection_id,
        person_id=event.mentee_id,
        version=event.version,
        at=event.occurred_at,
        until=event.valid_until,
    )


def of_guardianship(event: GuardianNamed) -> Heard:
    return Heard(
        topic=Topic.GUARDIANSHIP,
        id=event.guardianship_id,
        person_id=event.mentee_id,
        version=event.version,
        at=event.occurred_at,
        other_id=event.guardian_id,
    )


def standing_of(pair: Pair, heard: Iterable[Heard], policy: Policy) -> Standing:
    """Sum up what is known of the two people of a pair, whatever the order it came in."""
    facts = list(heard)
    mentor = [each for each in facts if each.person_id == pair.mentor_id]
    mentee = [each for each in facts if each.person_id == pair.mentee_id]
    approval = _newest(mentor, Topic.APPROVAL)
    return Standing(
        approved=approval is not None and approval.holds,
        suspended=any(each.holds for each in _about(mentor, Topic.SUSPENSION)),
        trained=any(
            each.holds and each.other_id == pair.programme_id
            for each in _about(mentor, Topic.READINESS)
        ),
        settings=frozenset(approval.settings) if approval else frozenset(),
        screened_until=approval.until if approval else None,
        checks={
            Check(each.detail): each.until for each in _about(mentor, Topic.CHECK) if each.until
        },
        required=policy.screening.get(pair.setting, ()),
        authorised=is_authorised(mentee),
        agrees=_holds(_newest(mentee, Topic.ADHERENCE)),
        protected_until=max(
            (each.until for each in _about(mentee, Topic.PROTECTION) if each.until), default=None
        ),
    )


def is_authorised(heard: Iterable[Heard]) -> bool:
    """One guardian's yes is enough, unless another guardian's last word is a no."""
    words: dict[UUID | None, Heard] = {}
    for each in sorted(_about(heard, Topic.AUTHORISATION), key=lambda each: (each.at, each.id)):
        words[each.other_id] = each
    return bool(words) and all(word.holds for word in words.values())


def authorising_guardian(pair: Pair, heard: Iterable[Heard]) -> UUID | None:
    """Name the guardian who signs: the pair's own if that one authorised, else who did."""
    given = sorted(
        (each for each in _about(heard, Topic.AUTHORISATION) if each.holds),
        key=lambda each: (each.other_id != pair.guardian_id, each.at, each.id),
    )
    return given[0].other_id if given else pair.guardian_id


def heard_by(pair: Pair, heard: Iterable[Heard], at: datetime) -> datetime:
    """Return the moment at which all of this was true, whatever came last."""
    return max([at, pair.formed_at, *(each.at for each in heard)])


def _about(heard: Iterable[Heard], topic: Topic) -> list[Heard]:
    return [each for each in heard if each.topic is topic]


def _newest(heard: Iterable[Heard], topic: Topic) -> Heard | None:
    return max(_about(heard, topic), key=lambda each: (each.at, each.version), default=None)


def _holds(heard: Heard | None) -> bool:
    return heard is not None and heard.holds
