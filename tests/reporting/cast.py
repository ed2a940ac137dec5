"""The cast of reporting's tests: journeys from a referral to its end, as others announce them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from common.contracts import Event
from common.contracts.followup.agreements import AgreementSigned
from common.contracts.followup.first_meeting import FirstMeetingHeld
from common.contracts.followup.pairs import CloseReason, PairClosed, PairReopened, Side
from common.contracts.intake.associations import AssociationRegistered, OfferPublished
from common.contracts.intake.consents import (
    AuthorisationAsked,
    AuthorisationGiven,
    AuthorisationKind,
)
from common.contracts.intake.people import PersonErased
from common.contracts.intake.referrals import (
    DeclineReason,
    ReferralAccepted,
    ReferralDeclined,
    ReferralOffered,
    ReferralOfferExpired,
    ReferralQualified,
    ReferralSubmitted,
)
from common.contracts.matching import PairFormed, ProposalReminded
from common.contracts.policy import Meetings, Per
from common.contracts.vocabulary import Door, MenteeFacets, Modality, Public, Setting
from tests.cast import people
from tests.cast.story import Story

START = datetime(2026, 9, 1, 9, tzinfo=UTC)
ASSOCIATION, ANOTHER_ASSOCIATION = UUID(int=1), UUID(int=2)
PROGRAMME, ANOTHER_PROGRAMME = UUID(int=11), UUID(int=12)
OFFER, ANOTHER_OFFER = UUID(int=13), UUID(int=14)
PRESCRIBER, MENTOR, GUARDIAN = UUID(int=21), UUID(int=22), UUID(int=23)

FACETS = people.mentee_facets(level="college", publics=(Public.BURSARY,))

ASSOCIATIONS = [
    AssociationRegistered(
        occurred_at=START,
        association_id=association_id,
        version=1,
        name=name,
        place=people.PARIS,
        pooled_with=(),
    )
    for association_id, name in (
        (ASSOCIATION, "Binômes de Seine"),
        (ANOTHER_ASSOCIATION, "=Relais; du Vexin"),
    )
]
OFFERS = [
    OfferPublished(
        occurred_at=START,
        association_id=association_id,
        version=1,
        offer_id=offer_id,
        programme_id=programme_id,
        capacity=10,
        taken=0,
        open=True,
    )
    for association_id, offer_id, programme_id in (
        (ASSOCIATION, OFFER, PROGRAMME),
        (ANOTHER_ASSOCIATION, ANOTHER_OFFER, ANOTHER_PROGRAMME),
    )
]


@dataclass(kw_only=True)
class Journey:
    """One referral; each method says what happens to it, so many days after the start."""

    number: int
    facets: MenteeFacets = FACETS
    door: Door = Door.PRESCRIBER
    mentee: int | None = None
    association_id: UUID = ASSOCIATION
    remote: bool = False
    events: list[Event] = field(default_factory=list)
    _versions: dict[str, int] = field(default_factory=dict)

    @property
    def referral_id(self) -> UUID:
        return UUID(int=1000 + self.number)

    @property
    def pair_id(self) -> UUID:
        return UUID(int=2000 + self.number)

    @property
    def mentee_id(self) -> UUID:
        return UUID(int=3000 + (self.number if self.mentee is None else self.mentee))

    def version(self, of: str) -> int:
        self._versions[of] = self._versions.get(of, 0) + 1
        return self._versions[of]

    def say(self, what: type[Event], day: float, **said: Any) -> None:
        ours = self.association_id == ASSOCIATION
        story = Story(
            at=START + timedelta(days=day),
            version=self.version(f"{what.announcer()} {what.key}"),
            association_id=self.association_id,
            referral_id=self.referral_id,
            pair_id=self.pair_id,
            mentee_id=self.mentee_id,
            mentor_id=MENTOR,
            offer_id=OFFER if ours else ANOTHER_OFFER,
            programme_id=PROGRAMME if ours else ANOTHER_PROGRAMME,
            guardian_id=GUARDIAN,
            prescriber_id=PRESCRIBER,
            facets=self.facets,
        )
        self.events.append(story.tell(what, **said))

    def submitted(self, day: float = 0) -> "Journey":
        self.say(ReferralSubmitted, day, door=self.door, association_id=None)
        self.say(ReferralQualified, day, association_id=None)
        return self

    def offered(self, day: float = 1) -> "Journey":
        due = START + timedelta(days=day)
        self.say(ReferralOffered, day, rank=1, answer_due_at=due, expires_at=due)
        return self

    def declined(self, day: float = 2, reason: str = "no_capacity") -> "Journey":
        self.say(ReferralDeclined, day, reason=DeclineReason(reason))
        return self

    def expired(self, day: float = 31) -> "Journey":
        self.say(ReferralOfferExpired, day)
        return self

    def accepted(self, day: float = 3) -> "Journey":
        self.say(ReferralAccepted, day, policy_version=1, waiting_since=START)
        return self

    def authorised(self, day: float = 4) -> "Journey":
        said = {
            "authorisation_id": UUID(int=4000 + self.number),
            "kind": AuthorisationKind.PARTICIPATION,
        }
        self.say(AuthorisationAsked, day, **said)
        self.say(AuthorisationGiven, day, **said)
        return self

    def matched(self, day: float = 10) -> "Journey":
        self.say(
            ProposalReminded,
            day - 1,
            proposal_id=self.pair_id,
            expires_at=START + timedelta(days=day),
        )
        self.say(
            PairFormed,
            day,
            policy_version=1,
            setting=Setting.MINOR,
            remote=self.remote,
            waiting_since=START,
        )
        return self

    def met(self, day: float = 20) -> "Journey":
        self.say(
            FirstMeetingHeld,
            day,
            held_at=START + timedelta(days=day),
            modality=Modality.ASSOCIATION,
            screening_valid=True,
        )
        return self

    def signed(self, day: float = 30) -> "Journey":
        self.say(
            AgreementSigned,
            day,
            agreement_id=UUID(int=5000 + self.number),
            meetings=Meetings(count=2, per=Per.MONTH, minutes=60),
            starts_on=date(2026, 10, 1),
            ends_on=date(2027, 4, 1),
            modalities=(Modality.ASSOCIATION,),
        )
        return self

    def closed(self, day: float = 100) -> "Journey":
        self.say(
            PairClosed,
            day,
            reason=CloseReason.TERM_REACHED,
            by=Side.MENTOR,
            lasted_days=70,
            before_term=False,
            rematch_mentee=False,
            rematch_mentor=True,
        )
        return self

    def reopened(self, day: float = 110) -> "Journey":
        self.say(PairReopened, day)
        return self

    def running(self) -> "Journey":
        """Go the usual way until the pair runs."""
        return self.submitted().offered().accepted().authorised().matched().met().signed()


def erased(person_id: UUID, day: float = 50) -> PersonErased:
    return PersonErased(
        occurred_at=START + timedelta(days=day),
        association_id=None,
        version=9,
        person_id=person_id,
    )


def all_of(*journeys: Journey) -> Iterator[Event]:
    yield from ASSOCIATIONS
    yield from OFFERS
    for journey in journeys:
        yield from journey.events
