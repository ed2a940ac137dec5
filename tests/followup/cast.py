"""The people of the stories of followup, and what they do."""

from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

from common.clock import Clock
from common.contracts.intake.people import PersonRegistered
from common.contracts.vocabulary import Sealed, Setting
from tests.followup import facts
from tests.followup.facts import (
    ASSOCIATION,
    COORDINATOR,
    DAY,
    GUARDIAN,
    MENTEE,
    MENTOR,
    PAIR,
    T0,
)

SECOND_COORDINATOR, SOMEBODY_ELSE = UUID(int=5), UUID(int=6)
NAMES = {
    MENTOR: ("Inès", "Le Goff"),
    MENTEE: ("Yanis", "Moreau"),
    GUARDIAN: ("Claire", "Moreau"),
    COORDINATOR: ("Alimatou", "Benali"),
    SECOND_COORDINATOR: ("Zoé", "Petit"),
}


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
    # Pairs that were formed before pairs had keys have none.
    pair_has_key: bool = True
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
        await self.told(facts.association_registered(), facts.programme_published())
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
        return facts.STORY.tell(
            PersonRegistered,
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

    async def cleared(self, setting: Setting = Setting.MINOR) -> None:
        await self.known()
        if self.pair_has_key:
            self.keys.create(PAIR)
        await self.told(facts.pair_formed(setting=setting), *facts.that_clear_the_pair())
        if setting is Setting.CHILD_PROTECTION:
            await self.told(facts.protection_agreed())

    async def planned(self, setting: Setting = Setting.MINOR) -> None:
        await self.cleared(setting)
        meeting = {"at": (T0 + 3 * DAY).isoformat(), "modality": "association", "place": "Salle 2"}
        answer = await self.post(COORDINATOR, f"/pairs/{PAIR}/first-meeting", meeting)
        assert answer.status_code == 204, answer.text

    async def met(self, setting: Setting = Setting.MINOR) -> UUID:
        """Let them meet, and give the agreement that is to be signed."""
        await self.planned(setting)
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

    async def close(self, reason: str = "objective_reached", contact: str = "free") -> None:
        path = f"/pairs/{PAIR}"
        begun = await self.post(COORDINATOR, f"{path}/closing", {"reason": reason, "by": "mentee"})
        assert begun.status_code == 204, begun.text
        for side in ("mentor", "mentee", "guardian"):
            await self.post(COORDINATOR, f"{path}/interviews", {"side": side, "note": "Merci"})
        farewell = {"rematch_mentee": True, "rematch_mentor": True, "contact": contact}
        closed = await self.post(COORDINATOR, f"{path}/closure", farewell)
        assert closed.status_code == 204, closed.text
