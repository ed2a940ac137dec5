"""The people of the stories of followup, what others say of them, and what they do."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

from common.clock import Clock
from common.contracts.intake.associations import AssociationRegistered, ProgrammePublished
from common.contracts.intake.consents import (
    AdherenceGiven,
    AuthorisationGiven,
    AuthorisationKind,
    ProtectionAgreed,
)
from common.contracts.intake.mentors import MentorApproved
from common.contracts.intake.people import GuardianNamed, PersonRegistered
from common.contracts.matching import PairFormed
from common.contracts.policy import Policy
from common.contracts.training import MentorReady
from common.contracts.vocabulary import MentorFacets, Place, Sealed, Setting

T0 = datetime(2026, 9, 1, 9, tzinfo=UTC)
DAY = timedelta(days=1)

ASSOCIATION, OTHER_ASSOCIATION = UUID(int=10), UUID(int=11)
PROGRAMME = UUID(int=20)
MENTOR, MENTEE, GUARDIAN = UUID(int=1), UUID(int=2), UUID(int=3)
COORDINATOR, SECOND_COORDINATOR, SOMEBODY_ELSE = UUID(int=4), UUID(int=5), UUID(int=6)
PAIR, REFERRAL = UUID(int=30), UUID(int=31)

NAMES = {
    MENTOR: ("Inès", "Le Goff"),
    MENTEE: ("Yanis", "Moreau"),
    GUARDIAN: ("Claire", "Moreau"),
    COORDINATOR: ("Ali", "Benali"),
    SECOND_COORDINATOR: ("Zoé", "Petit"),
}

PLACE = Place(
    commune="92040",
    department="92",
    latitude=48.82,
    longitude=2.27,
    rural=False,
    priority_district=None,
)

POLICY = Policy.model_validate(
    {
        "ages": [11, 30],
        "axes": ["education"],
        "levels": [],
        "settings": ["adult", "minor", "child_protection"],
        "modalities": ["association", "remote"],
        "min_duration_months": 6,
        "recommended_duration_months": 12,
        "meetings": {"count": 1, "per": "month", "minutes": 60},
        "first_meeting_within_days": 14,
        "agreement_signed_within_days": 14,
        "proposal_remind_days": 3,
        "proposal_expire_days": 7,
        "referral_answer_working_days": 2,
        "referral_remind_days": 10,
        "referral_expire_days": 30,
        "check_ins": {"first_month": 2, "then_every_months": 1},
        "ladder": {"nudge": 1, "task": 2, "warn": 3, "silence_periods": 1.5},
        "exchange": {"every_months": 2, "minutes": 90, "published_months_ahead": 6},
        "meeting_log_due_days": 1,
        "quick_break_days": 30,
        "early_break_days": 90,
        "waiting_list": {"confirm_every_months": 4, "remind_days": 7, "withdraw_days": 14},
        "mentor_capacity": 1,
        "mentor_capacity_max": 3,
        "retention": {
            "unanswered_referral_months": 6,
            "case_years": 2,
            "agreement_years": 5,
            "screening_years_after_leaving": 1,
        },
        "signatories": ["mentor", "mentee", "organisation"],
        "agreement_template": "clavim",
        "screening": {
            "adult": ["identity"],
            "minor": ["criminal_record_3"],
            "child_protection": ["honourability"],
        },
        "screening_valid_months": 12,
        "training": [],
        "positive_exit": {"kinds": ["job"], "jobs": ["job"], "within_months": 12},
        "matching": {
            "objective": "most_served_then_fit",
            "proposer": "coordinator",
            "hard": ["geography"],
            "weights": {"sector": 1.0},
            "protect_after_days": 60,
            "age_bands_older": 0,
        },
    }
)

FACETS = MentorFacets.model_validate(
    {
        "age_band": "26-30",
        "gender": "female",
        "settings": ["adult", "minor", "child_protection"],
        "axes": ["education"],
        "levels": [],
        "supports": [],
        "sectors": [],
        "functions": [],
        "languages": ["fr"],
        "mother_tongue": None,
        "hobbies": [],
        "motivation": None,
        "expectations": [],
        "modalities": ["association"],
        "place": PLACE,
        "reach_km": 10,
        "slots": [],
        "capacity": 1,
        "experienced": False,
    }
)


def pair_formed(**changes: Any) -> PairFormed:
    formed = PairFormed(
        occurred_at=T0,
        association_id=ASSOCIATION,
        version=1,
        pair_id=PAIR,
        referral_id=REFERRAL,
        mentee_id=MENTEE,
        mentor_id=MENTOR,
        guardian_id=GUARDIAN,
        programme_id=PROGRAMME,
        policy_version=1,
        setting=Setting.MINOR,
        remote=False,
        waiting_since=T0,
        proposed_by=COORDINATOR,
    )
    return formed.model_copy(update=changes)


def programme_published(version: int = 1, policy: Policy = POLICY) -> ProgrammePublished:
    return ProgrammePublished(
        occurred_at=T0 - DAY,
        association_id=ASSOCIATION,
        version=version,
        programme_id=PROGRAMME,
        name="Espace Jeunes",
        template="clavim",
        policy=policy,
    )


def association_registered() -> AssociationRegistered:
    return AssociationRegistered(
        occurred_at=T0 - DAY,
        association_id=ASSOCIATION,
        version=1,
        name="CLAVIM",
        place=PLACE,
        pooled_with=(),
    )


def mentor_approved(mentor_id: UUID = MENTOR, **changes: Any) -> MentorApproved:
    return MentorApproved(
        occurred_at=T0 - DAY,
        association_id=ASSOCIATION,
        version=3,
        mentor_id=mentor_id,
        programme_ids=(PROGRAMME,),
        facets=FACETS,
        screened_until=date(2027, 12, 31),
    ).model_copy(update=changes)


def mentor_ready(mentor_id: UUID = MENTOR) -> MentorReady:
    return MentorReady(
        occurred_at=T0 - DAY,
        association_id=ASSOCIATION,
        version=1,
        readiness_id=UUID(int=mentor_id.int + 1000),
        mentor_id=mentor_id,
        programme_id=PROGRAMME,
        minutes=120,
    )


def authorisation_given(**changes: Any) -> AuthorisationGiven:
    return AuthorisationGiven(
        occurred_at=T0 - DAY,
        association_id=ASSOCIATION,
        version=2,
        authorisation_id=UUID(int=40),
        mentee_id=MENTEE,
        guardian_id=GUARDIAN,
        kind=AuthorisationKind.PARTICIPATION,
    ).model_copy(update=changes)


def adherence_given() -> AdherenceGiven:
    return AdherenceGiven(
        occurred_at=T0 - DAY,
        association_id=ASSOCIATION,
        version=1,
        adherence_id=UUID(int=41),
        mentee_id=MENTEE,
    )


def guardian_named() -> GuardianNamed:
    return GuardianNamed(
        occurred_at=T0 - DAY,
        association_id=ASSOCIATION,
        version=1,
        guardianship_id=UUID(int=42),
        mentee_id=MENTEE,
        guardian_id=GUARDIAN,
    )


def protection_agreed(valid_until: date = date(2027, 8, 31)) -> ProtectionAgreed:
    return ProtectionAgreed(
        occurred_at=T0 - DAY,
        association_id=ASSOCIATION,
        version=1,
        protection_id=UUID(int=43),
        mentee_id=MENTEE,
        evaluated_on=date(2026, 8, 31),
        valid_until=valid_until,
    )


def facts() -> list[Any]:
    """List all that opens the gates of a minor's pair."""
    return [
        mentor_approved(),
        mentor_ready(),
        authorisation_given(),
        adherence_given(),
        guardian_named(),
    ]


class MovedClock(Clock):
    """A clock that stands where the test puts it."""

    def __init__(self, at: datetime) -> None:
        super().__init__()
        self.at = at

    def now(self) -> datetime:
        return self.at


@dataclass
class Cast:
    """Everyone, and the little that a test has to say to let them act."""

    hear: Any
    client: Any
    app: Any
    keys: Any
    sign_in: Any
    clock: MovedClock = field(default_factory=lambda: MovedClock(T0))
    roles: dict[UUID, str] = field(
        default_factory=lambda: {
            MENTOR: "mentor",
            MENTEE: "mentee",
            GUARDIAN: "guardian",
            COORDINATOR: "coordinator",
            SECOND_COORDINATOR: "coordinator",
            SOMEBODY_ELSE: "mentor",
        }
    )

    def __post_init__(self) -> None:
        self.app.state.clock = self.clock

    async def told(self, *events: Any) -> None:
        for event in events:
            delivery = await self.hear(event)
            assert delivery.is_done, event

    async def known(self) -> None:
        """Let followup hear of the association, the programme and everyone's sealed names."""
        await self.told(association_registered(), programme_published())
        for person_id in NAMES:
            await self.told(await self.registered(person_id))

    async def registered(self, person_id: UUID, version: int = 1) -> PersonRegistered:
        given, family = NAMES[person_id]
        address = f"{given}.{family}@example.org".lower().replace(" ", "")
        texts = {"given_name": given, "family_name": family, "email": address}
        sealed = {
            name: Sealed(await self.keys.seal(person_id, name, text))
            for name, text in texts.items()
        }
        return PersonRegistered(
            occurred_at=T0 - DAY,
            association_id=None,
            version=version,
            person_id=person_id,
            language="fr",
            sealed=sealed,
        )

    async def post(
        self, who: UUID, path: str, body: Any = None, association: UUID = ASSOCIATION
    ) -> Any:
        headers = self.headers(who, association)
        return await self.client.post(path, json=body, headers=headers)

    async def get(self, who: UUID, path: str, association: UUID = ASSOCIATION) -> Any:
        return await self.client.get(path, headers=self.headers(who, association))

    def headers(self, who: UUID, association: UUID = ASSOCIATION) -> dict[str, str]:
        headers: dict[str, str] = self.sign_in(self.roles[who], association, who)
        return headers | {"Idempotency-Key": str(uuid4())}

    async def cleared(self) -> None:
        await self.known()
        await self.told(pair_formed(), *facts())

    async def planned(self) -> None:
        await self.cleared()
        meeting = {"at": (T0 + 3 * DAY).isoformat(), "modality": "association", "place": "Salle 2"}
        answer = await self.post(COORDINATOR, f"/pairs/{PAIR}/first-meeting", meeting)
        assert answer.status_code == 204, answer.text

    async def met(self) -> UUID:
        """Let them meet, and give the agreement that is to be signed."""
        await self.planned()
        self.clock.at = T0 + 4 * DAY
        path = f"/pairs/{PAIR}/first-meeting/attendance"
        answer = await self.post(COORDINATOR, path, {"held": True})
        assert answer.status_code == 200, answer.text
        return UUID(answer.json()["agreement_id"])

    async def code_for(self, who: UUID, agreement_id: UUID, capacity: str, announced: Any) -> str:
        """Read, ask for a code, and open it as the portal would."""
        await self.get(who, f"/agreements/{agreement_id}/text")
        asked = await self.post(who, f"/agreements/{agreement_id}/codes", {"capacity": capacity})
        assert asked.status_code == 201, asked.text
        issued = [each for each in await announced() if hasattr(each, "sealed_code")][-1]
        code: str = await self.keys.vault.open(who, "signature_code", issued.sealed_code)
        return code

    async def sign(self, who: UUID, agreement_id: UUID, capacity: str, announced: Any) -> Any:
        code = await self.code_for(who, agreement_id, capacity, announced)
        return await self.send(who, agreement_id, capacity, code)

    async def send(self, who: UUID, agreement_id: UUID, capacity: str, code: str) -> Any:
        text = await self.get(who, f"/agreements/{agreement_id}/text")
        body = {
            "capacity": capacity,
            "code": code,
            "text_sha256": sha256(text.content).hexdigest(),
            "consent": True,
        }
        return await self.post(who, f"/agreements/{agreement_id}/signatures", body)

    async def active(self, announced: Any) -> UUID:
        """Bring the pair to the day after its first meeting, with everyone's signature."""
        agreement_id = await self.met()
        for who, capacity in (
            (MENTOR, "mentor"),
            (MENTEE, "mentee"),
            (GUARDIAN, "guardian"),
            (COORDINATOR, "organisation"),
        ):
            answer = await self.sign(who, agreement_id, capacity, announced)
            assert answer.status_code == 204, answer.text
        return agreement_id

    async def status(self) -> str:
        answer = await self.get(COORDINATOR, f"/pairs/{PAIR}")
        status: str = answer.json()["status"]
        return status

    async def log_meeting(self, at: datetime, **more: Any) -> Any:
        body = {"held_at": at.isoformat(), "minutes": 60, "modality": "association"} | more
        return await self.post(MENTOR, f"/pairs/{PAIR}/meetings", body)

    async def close(self, reason: str = "objective_reached") -> None:
        path = f"/pairs/{PAIR}"
        begun = await self.post(COORDINATOR, f"{path}/closing", {"reason": reason, "by": "mentee"})
        assert begun.status_code == 204, begun.text
        for side in ("mentor", "mentee", "guardian"):
            await self.post(COORDINATOR, f"{path}/interviews", {"side": side, "note": "Merci"})
        farewell = {"rematch_mentee": True, "rematch_mentor": True, "contact": "free"}
        closed = await self.post(COORDINATOR, f"{path}/closure", farewell)
        assert closed.status_code == 204, closed.text
