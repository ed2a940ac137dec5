"""What other services announce to followup, in the tests, of one pair of a minor."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from common.contracts import Event
from common.contracts.intake.associations import AssociationRegistered, ProgrammePublished
from common.contracts.intake.consents import (
    AdherenceGiven,
    AuthorisationGiven,
    AuthorisationKind,
    ProtectionAgreed,
)
from common.contracts.intake.mentors import MentorApproved
from common.contracts.intake.people import GuardianNamed
from common.contracts.matching import PairFormed
from common.contracts.policy import Policy
from common.contracts.training import MentorReady
from common.contracts.vocabulary import Setting
from followup.domain.agreements import Agreement, signatories_of
from followup.domain.clauses import terms_of
from followup.domain.pairs import Pair
from tests.cast import people, rules
from tests.cast.story import Story

T0 = datetime(2026, 9, 1, 9, tzinfo=UTC)
DAY = timedelta(days=1)

ASSOCIATION, OTHER_ASSOCIATION = UUID(int=10), UUID(int=11)
PROGRAMME = UUID(int=20)
MENTOR, MENTEE, GUARDIAN = UUID(int=1), UUID(int=2), UUID(int=3)
COORDINATOR = UUID(int=4)
PAIR, REFERRAL = UUID(int=30), UUID(int=31)

POLICY = rules.policy(
    meetings={"count": 1, "per": "month", "minutes": 60},
    signatories=["mentor", "mentee", "organisation"],
    agreement_template="clavim",
)
STORY = Story(
    at=T0 - DAY,
    association_id=ASSOCIATION,
    programme_id=PROGRAMME,
    pair_id=PAIR,
    referral_id=REFERRAL,
    mentee_id=MENTEE,
    mentor_id=MENTOR,
    guardian_id=GUARDIAN,
    # What the guardian gave.
    authorisation_id=UUID(int=40),
    kind=AuthorisationKind.PARTICIPATION,
)


def association_registered() -> AssociationRegistered:
    return STORY.tell(AssociationRegistered, name="CLAVIM", place=people.PARIS, pooled_with=())


def programme_published(version: int = 1, policy: Policy = POLICY) -> ProgrammePublished:
    return STORY.tell(
        ProgrammePublished,
        version=version,
        name="Espace Jeunes",
        template="clavim",
        policy=policy,
    )


def pair_formed(**changes: Any) -> PairFormed:
    usual = {
        "occurred_at": T0,
        "policy_version": 1,
        "setting": Setting.MINOR,
        "remote": False,
        "waiting_since": T0,
        "proposed_by": COORDINATOR,
    }
    return STORY.tell(PairFormed, **usual | changes)


def a_text_for(pair: Pair, *, number: int, at: datetime) -> Agreement:
    """Prepare a text that nobody has signed."""
    return Agreement(
        id=UUID(int=number),
        pair_id=pair.id,
        association_id=pair.association_id,
        template="clavim",
        template_version=1,
        policy_version=1,
        language="fr",
        terms=terms_of(POLICY),
        signatories=signatories_of(pair, POLICY, GUARDIAN),
        text_sha256="0" * 64,
        text=None,
        key_id=None,
        prepared_at=at,
        sign_by=at + 14 * DAY,
    )


def mentor_approved(mentor_id: UUID = MENTOR, **changes: Any) -> MentorApproved:
    usual = {
        "version": 3,
        "mentor_id": mentor_id,
        "programme_ids": (PROGRAMME,),
        "facets": people.mentor_facets(settings=tuple(Setting)),
        "screened_until": date(2027, 12, 31),
    }
    return STORY.tell(MentorApproved, **usual | changes)


def mentor_ready() -> MentorReady:
    return STORY.tell(MentorReady, readiness_id=UUID(int=1001), minutes=120)


def authorisation_given(**changes: Any) -> AuthorisationGiven:
    return STORY.tell(AuthorisationGiven, **{"version": 2} | changes)


def adherence_given() -> AdherenceGiven:
    return STORY.tell(AdherenceGiven, adherence_id=UUID(int=41))


def guardian_named() -> GuardianNamed:
    return STORY.tell(GuardianNamed, guardianship_id=UUID(int=42))


def protection_agreed(valid_until: date = date(2027, 8, 31)) -> ProtectionAgreed:
    return STORY.tell(
        ProtectionAgreed,
        protection_id=UUID(int=43),
        evaluated_on=date(2026, 8, 31),
        valid_until=valid_until,
    )


def that_clear_the_pair() -> list[Event]:
    """List all that opens the gates of a minor's pair."""
    return [
        mentor_approved(),
        mentor_ready(),
        authorisation_given(),
        adherence_given(),
        guardian_named(),
    ]
