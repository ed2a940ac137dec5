"""A village that goes on living, whatever breaks: its commands cross every service."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

from demo.actors import Actor
from demo.actors import Platform as Doors
from tests.canary import SONG
from tests.faults.ledger import Effect, Ledger

number = count(1)
COMMUNE = "29019"
GLANCE_SECONDS = 0.2


class Village:
    """One association; whatever its people do is written into the ledger."""

    def __init__(self, doors: Doors, ledger: Ledger) -> None:
        self.doors = doors
        self.ledger = ledger
        self.association_id = ""
        self.programme_id = ""

    async def found(self) -> None:
        """Register the association, its staff, and a programme whose mentors need no training."""
        body = {"name": f"Village {next(number)}", "commune": COMMUNE}
        made = await self.do(self.doors.admin(), "intake", "/associations", body)
        self.association_id = made["id"]
        self.ledger.note(("intake.association_registered", made["id"]))
        self.coordinator = await self._appoint("coordinator")
        self.school = await self._appoint("prescriber")
        form = {"name": "Ensemble", "template": "remote", "overrides": {"training": []}}
        path = f"/associations/{self.association_id}/programmes"
        made = await self.do(self.coordinator, "intake", path, form)
        self.programme_id = made["id"]
        offer = {"title": "Ensemble", "capacity": 5000}
        await self.do(self.coordinator, "intake", f"/programmes/{made['id']}/offers", offer)
        self.ledger.note(("intake.programme_published", self.programme_id))

    async def do(self, actor: Actor, service: str, path: str, body: Any = None) -> Any:
        return await self.ledger.command(actor, service, path, body)

    async def _appoint(self, role: str) -> Actor:
        body = self.person() | {"role": role}
        path = f"/associations/{self.association_id}/staff"
        person = (await self.do(self.doors.admin(), "intake", path, body))["person_id"]
        self.ledger.note(*known(person))
        return self.doors.actor(role, self.association_id, person)

    def person(self) -> dict[str, Any]:
        each = f"{SONG}{next(number)}{uuid4().hex[:8]}"
        return {"given_name": SONG, "family_name": each, "email": f"{each}@mail.example"}

    async def journey(self) -> None:
        """From a referral and an application to the date of the first meeting."""
        mentor, case = await asyncio.gather(self.mentor(), self.referral())
        await self._agree(case)
        pair_id = await self._match(case["id"], mentor)
        await self.plan_first_meeting(pair_id)
        await self.ledger.read(self.coordinator, "reporting", f"/journeys/{case['id']}")

    async def brought_together(self, mentor: Actor) -> str:
        """From a referral to a pair with a mentor who is ready; training need not be there."""
        case = await self.referral()
        await self._agree(case)
        return await self._match(case["id"], mentor)

    async def plan_first_meeting(self, pair_id: str) -> None:
        at = datetime.now(UTC) + timedelta(days=3)
        meeting = {"at": at.isoformat(), "modality": "remote"}
        await self.do(self.coordinator, "followup", f"/pairs/{pair_id}/first-meeting", meeting)
        self.ledger.note(
            ("followup.pair_cleared", pair_id), ("followup.first_meeting_planned", pair_id)
        )

    async def mentor(self) -> Actor:
        """Apply, be seen, be approved; nothing to be learnt."""
        form = self.person() | {
            "birth_date": "1985-05-20",
            "commune": COMMUNE,
            "modalities": ["remote"],
            "languages": ["fr"],
            "settings": ["minor"],
            "association_id": self.association_id,
            "programme_ids": [self.programme_id],
        }
        applied = await self.do(self.coordinator, "intake", "/mentors", form)
        mentor_id = applied["id"]
        today = datetime.now(UTC).date().isoformat()
        seen = {"check": "criminal_record_3", "seen_on": today}
        await self.do(self.coordinator, "intake", f"/mentors/{mentor_id}/checks", seen)
        await self.do(self.coordinator, "intake", f"/mentors/{mentor_id}/approval")
        said = "mentor_applied", "mentor_screened", "mentor_approved"
        self.ledger.note(*((f"intake.{each}", mentor_id) for each in said))
        self.ledger.note(*known(mentor_id), ("training.mentor_ready", mentor_id))
        return self.doors.actor("mentor", self.association_id, mentor_id)

    async def referral(self) -> dict[str, Any]:
        """Refer a minor, whom the association accepts."""
        case = await self.refer()
        await self.do(self.coordinator, "intake", f"/referrals/{case['id']}/acceptance")
        self.ledger.note(("intake.referral_accepted", case["id"]))
        return case

    async def refer(self) -> dict[str, Any]:
        """Refer a minor, about whom nobody has decided yet."""
        form = self.person() | {
            "birth_date": f"{datetime.now(UTC).year - 14}-01-01",
            "commune": COMMUNE,
            "axis": "education",
            "level": "3e",
            "needs": ["school_work"],
            "languages": ["fr"],
            "modalities": ["remote"],
            "chooses": False,
            "guardian": self.person(),
        }
        case: dict[str, Any] = await self.do(self.school, "intake", "/referrals", form)
        self.ledger.note(
            ("intake.referral_submitted", case["id"]),
            *known(case["mentee_id"]),
            *known(case["guardian_id"]),
            ("intake.guardian_named", case["mentee_id"]),
        )
        return case

    async def _agree(self, case: dict[str, Any]) -> None:
        guardian = self.doors.actor("guardian", None, case["guardian_id"])
        mentee = self.doors.actor("mentee", None, case["mentee_id"])
        for asked in await self.ledger.read(guardian, "intake", "/authorisations"):
            path = f"/authorisations/{asked['id']}/decision"
            await self.do(guardian, "intake", path, {"given": True})
            self.ledger.note(("intake.authorisation_given", asked["id"]))
        path = f"/people/{case['mentee_id']}/adherence"
        await self.do(mentee, "intake", path, {"given": True})
        self.ledger.note(("intake.adherence_given", case["mentee_id"]))

    async def _match(self, referral_id: str, mentor: Actor) -> str:
        path, body = f"/referrals/{referral_id}/proposals", {"mentor_id": str(mentor.person_id)}
        proposal_id: str = (await self.do(self.coordinator, "matching", path, body))["id"]
        await self.do(mentor, "matching", f"/proposals/{proposal_id}/acceptance")
        said = "proposal_made", "proposal_accepted", "pair_formed"
        self.ledger.note(*((f"matching.{each}", proposal_id) for each in said))
        return proposal_id

    async def session(self, by: Actor | None = None) -> None:
        """Plan a session, and sign up for it."""
        actor = by or self.coordinator
        session = {
            "association_id": self.association_id,
            "kind": "outing",
            "starts_at": (datetime.now(UTC) + timedelta(days=200)).isoformat(),
            "minutes": 60,
            "places": 10,
            "remote": True,
        }
        planned = await self.do(actor, "training", "/sessions", session)
        path = f"/sessions/{planned['id']}/sign-ups"
        signed_up = await self.do(actor, "training", path, {})
        self.ledger.note(
            ("training.session_scheduled", planned["id"]), ("training.signed_up", signed_up["id"])
        )

    async def erasure(self) -> None:
        """Refer somebody who then wants to be forgotten."""
        await self.forget(await self.refer())

    async def forget(self, case: dict[str, Any]) -> None:
        """Forget somebody who asks for it: every service must say that it did."""
        path = f"/people/{case['mentee_id']}/erasure"
        await self.do(self.doors.actor("mentee", None, case["mentee_id"]), "intake", path)
        self.ledger.note(("intake.person_erased", case["mentee_id"]))
        for service in ("matching", "followup", "training", "reporting", "portal"):
            self.ledger.note((f"{service}.person_forgotten", case["mentee_id"]))

    @asynccontextmanager
    async def living(self, households: int = 3) -> AsyncIterator[None]:
        """Let journeys begin for as long as the context lasts; leave when all have arrived."""
        leaving = asyncio.Event()
        async with asyncio.TaskGroup() as everybody:
            for _ in range(households):
                everybody.create_task(self._live(leaving))
            everybody.create_task(self._browse(leaving))
            try:
                yield
            finally:
                leaving.set()

    async def _live(self, leaving: asyncio.Event) -> None:
        while not leaving.is_set():
            await self.journey()
            await self.session()
            await self.erasure()

    async def _browse(self, leaving: asyncio.Event) -> None:
        """Let somebody look at pages and figures meanwhile."""
        while not leaving.is_set():
            await self.ledger.read(self.coordinator, "portal", "/sign-in")
            await self.ledger.read(self.coordinator, "reporting", "/indicators")
            await asyncio.sleep(GLANCE_SECONDS)


def known(person_id: str) -> tuple[Effect, Effect]:
    """Say what is announced of everybody new."""
    return ("intake.person_registered", person_id), ("intake.role_granted", person_id)
