"""Facts that intake announces: associations, people, mentors, referrals and consents."""

from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import AwareDatetime, Field, NonNegativeInt, PositiveInt

from common.contracts import Event
from common.contracts.policy import Check, Policy
from common.contracts.vocabulary import Door, MenteeFacets, MentorFacets, Place, Role, Sealed


class DeclineReason(StrEnum):
    """Why an association does not take a referral."""

    OUT_OF_TERRITORY = "out_of_territory"
    AGE = "age"
    PUBLIC = "public"
    NO_CAPACITY = "no_capacity"
    MODALITY = "modality"
    NOT_MENTORING = "not_mentoring"
    DUPLICATE = "duplicate"
    UNREACHABLE = "unreachable"
    REFUSES = "refuses"


class ReferralEnd(StrEnum):
    """How a referral ends without a completed mentoring."""

    WITHDRAWN = "withdrawn"
    DUPLICATE = "duplicate"
    ENTERED_IN_ERROR = "entered_in_error"
    TRANSFERRED = "transferred"


class AuthorisationKind(StrEnum):
    """What is authorised; an image is never a condition for taking part."""

    PARTICIPATION = "participation"
    IMAGE = "image"


class AssociationRegistered(Event):
    """An association of the collective is known, or what is known of it changed."""

    subject: ClassVar[str] = "events.intake.association_registered.v1"
    key: ClassVar[str] = "association_id"

    association_id: UUID
    # The name of an organisation, which is public.
    name: Annotated[str, Field(min_length=1, max_length=200)]
    place: Place
    # Associations whose mentors may serve this one's mentees.
    pooled_with: tuple[UUID, ...]


class ProgrammePublished(Event):
    """A programme has a new version of its policy; what was signed before keeps its own."""

    subject: ClassVar[str] = "events.intake.programme_published.v1"
    key: ClassVar[str] = "programme_id"

    association_id: UUID
    programme_id: UUID
    name: Annotated[str, Field(min_length=1, max_length=200)]
    template: Annotated[str, Field(max_length=60)]
    policy: Policy


class OfferPublished(Event):
    """An offer of a programme is in the catalogue, with the places it has left."""

    subject: ClassVar[str] = "events.intake.offer_published.v1"
    key: ClassVar[str] = "offer_id"

    association_id: UUID
    offer_id: UUID
    programme_id: UUID
    capacity: NonNegativeInt
    taken: NonNegativeInt
    open: bool


class PersonRegistered(Event):
    """A person is known, or what is known of them changed; who it is stays sealed."""

    subject: ClassVar[str] = "events.intake.person_registered.v1"
    key: ClassVar[str] = "person_id"

    person_id: UUID
    language: Annotated[str, Field(pattern=r"^(fr|en)$")]
    # Field name (given_name, family_name, email, phone, birth_date) to sealed text.
    sealed: dict[str, Sealed]


class PersonErased(Event):
    """A person asked to be forgotten: their key is destroyed, and everyone forgets them."""

    subject: ClassVar[str] = "events.intake.person_erased.v1"
    key: ClassVar[str] = "person_id"

    person_id: UUID


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


class AuthorisationAsked(Event):
    """A guardian is asked to authorise a minor to take part."""

    subject: ClassVar[str] = "events.intake.authorisation_asked.v1"
    key: ClassVar[str] = "authorisation_id"

    authorisation_id: UUID
    mentee_id: UUID
    guardian_id: UUID
    referral_id: UUID
    kind: AuthorisationKind


class AuthorisationGiven(Event):
    """A guardian authorised a minor."""

    subject: ClassVar[str] = "events.intake.authorisation_given.v1"
    key: ClassVar[str] = "authorisation_id"

    authorisation_id: UUID
    mentee_id: UUID
    guardian_id: UUID
    kind: AuthorisationKind


class AuthorisationWithdrawn(Event):
    """A guardian refused, or took back an authorisation."""

    subject: ClassVar[str] = "events.intake.authorisation_withdrawn.v1"
    key: ClassVar[str] = "authorisation_id"

    authorisation_id: UUID
    mentee_id: UUID
    guardian_id: UUID
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


class ReferralSubmitted(Event):
    """Somebody asked for a mentor for a person."""

    subject: ClassVar[str] = "events.intake.referral_submitted.v1"
    key: ClassVar[str] = "referral_id"

    referral_id: UUID
    mentee_id: UUID
    door: Door
    prescriber_id: UUID | None
    facets: MenteeFacets


class ReferralQualified(Event):
    """A referral is complete enough to be offered to an association."""

    subject: ClassVar[str] = "events.intake.referral_qualified.v1"
    key: ClassVar[str] = "referral_id"

    referral_id: UUID
    mentee_id: UUID


class ReferralOffered(Event):
    """An association is asked to serve a referral."""

    subject: ClassVar[str] = "events.intake.referral_offered.v1"
    key: ClassVar[str] = "referral_id"

    association_id: UUID
    referral_id: UUID
    mentee_id: UUID
    offer_id: UUID
    programme_id: UUID
    # 1 for the first association asked.
    rank: PositiveInt
    answer_due_at: AwareDatetime
    expires_at: AwareDatetime


class ReferralReminded(Event):
    """The association asked has not answered yet and was reminded."""

    subject: ClassVar[str] = "events.intake.referral_reminded.v1"
    key: ClassVar[str] = "referral_id"

    association_id: UUID
    referral_id: UUID
    offer_id: UUID


class ReferralDeclined(Event):
    """The association asked does not take the referral."""

    subject: ClassVar[str] = "events.intake.referral_declined.v1"
    key: ClassVar[str] = "referral_id"

    association_id: UUID
    referral_id: UUID
    mentee_id: UUID
    offer_id: UUID
    reason: DeclineReason


class ReferralOfferExpired(Event):
    """The association asked never answered."""

    subject: ClassVar[str] = "events.intake.referral_offer_expired.v1"
    key: ClassVar[str] = "referral_id"

    association_id: UUID
    referral_id: UUID
    mentee_id: UUID
    offer_id: UUID


class ReferralWaitlisted(Event):
    """No offer can serve the referral now; it waits for one."""

    subject: ClassVar[str] = "events.intake.referral_waitlisted.v1"
    key: ClassVar[str] = "referral_id"

    referral_id: UUID
    mentee_id: UUID


class ReferralNeedAsked(Event):
    """The people of a referral on the waiting list are asked whether the need is still there."""

    subject: ClassVar[str] = "events.intake.referral_need_asked.v1"
    key: ClassVar[str] = "referral_id"

    referral_id: UUID
    mentee_id: UUID
    guardian_id: UUID | None
    prescriber_id: UUID | None
    # The first question was not answered.
    reminder: bool
    # Without an answer by then, the referral is withdrawn.
    answer_by: AwareDatetime


class ReferralAccepted(Event):
    """An association takes the referral: the mentee waits for a mentor there."""

    subject: ClassVar[str] = "events.intake.referral_accepted.v1"
    key: ClassVar[str] = "referral_id"

    association_id: UUID
    referral_id: UUID
    mentee_id: UUID
    offer_id: UUID
    programme_id: UUID
    policy_version: PositiveInt
    facets: MenteeFacets
    # Since when the mentee waits for a mentor, over all offers of this referral.
    waiting_since: AwareDatetime
    guardian_id: UUID | None
    prescriber_id: UUID | None


class ReferralCompleted(Event):
    """The mentoring that the referral asked for ended at its term."""

    subject: ClassVar[str] = "events.intake.referral_completed.v1"
    key: ClassVar[str] = "referral_id"

    association_id: UUID
    referral_id: UUID
    mentee_id: UUID


class ReferralEnded(Event):
    """A referral ended without a completed mentoring; nobody looks for a mentor any more."""

    subject: ClassVar[str] = "events.intake.referral_ended.v1"
    key: ClassVar[str] = "referral_id"

    referral_id: UUID
    mentee_id: UUID
    reason: ReferralEnd


class MentorApplied(Event):
    """A person offers to be a mentor in a programme."""

    subject: ClassVar[str] = "events.intake.mentor_applied.v1"
    key: ClassVar[str] = "mentor_id"

    association_id: UUID
    mentor_id: UUID
    programme_ids: tuple[UUID, ...]
    facets: MentorFacets


class MentorScreened(Event):
    """A check of a mentor was seen; the document was not kept."""

    subject: ClassVar[str] = "events.intake.mentor_screened.v1"
    key: ClassVar[str] = "mentor_id"

    association_id: UUID
    mentor_id: UUID
    check: Check
    seen_on: date
    valid_until: date


class MentorApproved(Event):
    """An association wants this mentor; `facets.settings` says for whom the screening suffices."""

    subject: ClassVar[str] = "events.intake.mentor_approved.v1"
    key: ClassVar[str] = "mentor_id"

    association_id: UUID
    mentor_id: UUID
    programme_ids: tuple[UUID, ...]
    facets: MentorFacets
    screened_until: date | None


class MentorRefused(Event):
    """An association does not want this mentor."""

    subject: ClassVar[str] = "events.intake.mentor_refused.v1"
    key: ClassVar[str] = "mentor_id"

    association_id: UUID
    mentor_id: UUID


class MentorPaused(Event):
    """A mentor takes no new mentee for now, by choice or (`suspended`) by the association's."""

    subject: ClassVar[str] = "events.intake.mentor_paused.v1"
    key: ClassVar[str] = "mentor_id"

    association_id: UUID
    mentor_id: UUID
    suspended: bool


class MentorResumed(Event):
    """A mentor is available again."""

    subject: ClassVar[str] = "events.intake.mentor_resumed.v1"
    key: ClassVar[str] = "mentor_id"

    association_id: UUID
    mentor_id: UUID


class MentorLeft(Event):
    """A mentor left the association."""

    subject: ClassVar[str] = "events.intake.mentor_left.v1"
    key: ClassVar[str] = "mentor_id"

    association_id: UUID
    mentor_id: UUID
