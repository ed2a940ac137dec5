"""The life of a pair, through the public APIs: its proposal, signatures, meetings and end."""

from datetime import timedelta
from hashlib import sha256
from typing import Any, Self

from common.calendar import day_of, start_of
from demo.actors import Actor
from tests.e2e.pages import Mailbox
from tests.e2e.people import Case, Town


class Pair:
    """Two people whom a proposal brought together, as their association sees them."""

    def __init__(self, town: Town, case: Case, mentor: Actor, pair_id: str) -> None:
        self.town = town
        self.case = case
        self.mentor = mentor
        self.id = pair_id
        self.agreement_id = ""

    @classmethod
    async def formed(cls, town: Town, case: Case, mentor: Actor) -> Self:
        """Let the association take the referral, everyone agree, and the mentor say yes."""
        await town.accept(case)
        await agree(town, case)
        return await cls.proposed(town, case, mentor)

    @classmethod
    async def proposed(cls, town: Town, case: Case, mentor: Actor) -> Self:
        proposal_id = await propose(town, case, mentor)
        await mentor.post("matching", f"/proposals/{proposal_id}/acceptance")
        await town.doors.settle()
        return cls(town, case, mentor, proposal_id)

    @classmethod
    async def active(cls, town: Town, case: Case, mentor: Actor) -> Self:
        """Bring two people to the day on which all have signed."""
        pair = await cls.formed(town, case, mentor)
        await pair.meet_first()
        await pair.sign()
        return pair

    @property
    def mailbox(self) -> Mailbox:
        doors = self.town.doors
        return Mailbox(doors.http, doors.urls["portal"])

    async def read(self, by: Actor | None = None) -> dict[str, Any]:
        found: dict[str, Any] = await (by or self.town.coordinator).get(
            "followup", f"/pairs/{self.id}"
        )
        return found

    async def status(self) -> str:
        return str((await self.read())["status"])

    async def do(self, what: str, **body: Any) -> Any:
        """Let the coordinator do something about this pair."""
        return await self.town.coordinator.post("followup", f"/pairs/{self.id}/{what}", body)

    async def plan_first_meeting(self, **changes: Any) -> None:
        at = await self.town.doors.now() + timedelta(days=3)
        plan = {"at": at.isoformat(), "modality": "association", "place": "Salle 2"}
        await self.do("first-meeting", **(plan | changes))

    async def meet_first(self, **changes: Any) -> None:
        await self.plan_first_meeting(**changes)
        await self.town.doors.advance(timedelta(days=3, hours=2))
        met = await self.do("first-meeting/attendance", held=True)
        self.agreement_id = met["agreement_id"]
        await self.town.doors.settle()

    async def sign(self) -> None:
        """Let everyone sign whom the agreement names, each with the code from their mail."""
        agreement = await self.town.coordinator.get("followup", f"/agreements/{self.agreement_id}")
        for each in agreement["signatories"]:
            await self.sign_as(each["capacity"])
        await self.town.doors.settle()

    async def sign_as(self, capacity: str) -> None:
        signer = self.signers()[capacity]
        path = f"/agreements/{self.agreement_id}"
        text = await signer.get("followup", f"{path}/text")
        await signer.post("followup", f"{path}/codes", {"capacity": capacity})
        await self.town.doors.settle()
        card = await signer.get("intake", f"/people/{signer.person_id}")
        code = await self.mailbox.code(card["email"])
        signature = {
            "capacity": capacity,
            "code": code,
            "text_sha256": sha256(text).hexdigest(),
            "consent": True,
        }
        await signer.post("followup", f"{path}/signatures", signature)

    def signers(self) -> dict[str, Actor]:
        signers = {
            "mentor": self.mentor,
            "mentee": self.case.mentee,
            "organisation": self.town.coordinator,
        }
        return signers | ({"guardian": self.case.guardian} if self.case.guardian else {})

    async def proof(self) -> dict[str, Any]:
        path = f"/agreements/{self.agreement_id}/proof"
        proof: dict[str, Any] = await self.town.coordinator.get("followup", path)
        return proof

    async def meet(self, minutes: int = 60, **more: Any) -> None:
        """Let the mentor log a meeting that has just ended, and began today."""
        now = await self.town.doors.now()
        # Before midnight there may be no agreement yet, whose first day is today.
        held_at = max(now - timedelta(minutes=minutes), start_of(day_of(now)))
        meeting = {"held_at": held_at.isoformat(), "minutes": minutes, "modality": "association"}
        await self.mentor.post("followup", f"/pairs/{self.id}/meetings", meeting | more)

    async def check_in(self) -> None:
        for side in ("mentor", "mentee"):
            await self.do("check-ins", side=side, mood=4)

    async def alerts(self) -> list[dict[str, Any]]:
        found = await self.town.coordinator.get("followup", "/alerts")
        return [alert for alert in found if alert["pair_id"] == self.id]

    async def close(self, reason: str, by: str, **farewell: Any) -> None:
        """Close with a reason, after each side was heard."""
        await self.do("closing", reason=reason, by=by)
        for side in ("mentor", "mentee", *(["guardian"] if self.case.guardian else [])):
            await self.do("interviews", side=side, note="Merci pour tout")
        usual = {"rematch_mentee": False, "rematch_mentor": True, "contact": "free"}
        await self.do("closure", **(usual | farewell))
        await self.town.doors.settle()


async def agree(town: Town, case: Case) -> None:
    """Let the guardian authorise and the mentee say yes."""
    if case.guardian is None:
        return
    for asked in await case.guardian.get("intake", "/authorisations"):
        path = f"/authorisations/{asked['id']}/decision"
        await case.guardian.post("intake", path, {"given": True})
    await adhere(case)
    await town.doors.settle()


async def adhere(case: Case) -> None:
    path = f"/people/{case.mentee.person_id}/adherence"
    await case.mentee.post("intake", path, {"given": True})


async def propose(town: Town, case: Case, mentor: Actor) -> str:
    path = f"/referrals/{case.id}/proposals"
    proposed = await town.coordinator.post("matching", path, {"mentor_id": str(mentor.person_id)})
    await town.doors.settle()
    proposal_id: str = proposed["id"]
    return proposal_id
