"""The people of the stories: an association's town, its school, mentors and young people."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from itertools import count
from typing import Any, Self
from uuid import UUID

from demo.actors import Actor
from demo.actors import Platform as Doors

number = count(1)
ADULTS_BIRTH_DATE = "1985-05-20"


async def eventually(look: Callable[[], Awaitable[Any]], patience: float = 15) -> Any:
    """Look again until there is something to see."""
    async with asyncio.timeout(patience):
        while not (found := await look()):
            await asyncio.sleep(0.05)
    return found


class Town:
    """One association with a coordinator, and a school that refers to it."""

    def __init__(self, doors: Doors) -> None:
        self.doors = doors

    @classmethod
    async def founded(cls, doors: Doors, commune: str = "92040") -> Self:
        town = cls(doors)
        town.commune = commune
        admin = doors.admin()
        each = next(number)
        body = {"name": f"Association {each}", "commune": commune}
        town.association_id = (await admin.post("intake", "/associations", body))["id"]
        town.coordinator = await town.appoint(admin, "coordinator", f"coord{each}@asso.example")
        town.school = await town.appoint(admin, "prescriber", f"school{each}@ecole.example")
        return town

    async def appoint(self, by: Actor, role: str, email: str) -> Actor:
        body = {"role": role, "given_name": "Camille", "family_name": "Morel", "email": email}
        path = f"/associations/{self.association_id}/staff"
        person = (await by.post("intake", path, body))["person_id"]
        return self.doors.actor(role, self.association_id, person)

    async def programme(self, template: str, capacity: int = 20, **overrides: Any) -> str:
        """Publish a programme from a template, with an offer near the association."""
        path = f"/associations/{self.association_id}/programmes"
        body = {"name": template, "template": template, "overrides": overrides}
        programme_id = (await self.coordinator.post("intake", path, body))["id"]
        offer = {"title": template, "capacity": capacity, "commune": self.commune}
        await self.coordinator.post("intake", f"/programmes/{programme_id}/offers", offer)
        return programme_id

    async def mentor(self, programme_id: str, **profile: Any) -> Actor:
        """Let somebody apply, be screened, approved and trained: a mentor who is ready."""
        applied = await self.coordinator.post("intake", "/mentors", self.application(profile) | {
            "association_id": self.association_id, "programme_ids": [programme_id]
        })
        mentor = self.doors.actor("mentor", self.association_id, applied["id"])
        today = (await self.doors.now()).date()
        mentor_path = f"/mentors/{mentor.person_id}"
        for check in ("identity", "declaration", "criminal_record_3", "honourability"):
            body = {"check": check, "seen_on": today.isoformat()}
            await self.coordinator.post("intake", f"{mentor_path}/checks", body)
        await self.coordinator.post("intake", f"{mentor_path}/approval")
        await self.train(mentor, programme_id)
        return mentor

    def application(self, profile: dict[str, Any]) -> dict[str, Any]:
        each = next(number)
        return {
            "given_name": "Nadia",
            "family_name": f"Mentore{each}",
            "email": f"mentor{each}@mail.example",
            "commune": self.commune,
            "birth_date": ADULTS_BIRTH_DATE,
            "modalities": ["association", "remote"],
            "sectors": ["digital"],
            "languages": ["fr"],
            "settings": ["adult", "minor"],
        } | profile

    async def train(self, mentor: Actor, programme_id: str) -> None:
        """Hold one session that covers the whole path, with the mentor present."""
        programmes = await self.coordinator.get("intake", "/programmes")
        policy = next(each for each in programmes["items"] if each["id"] == programme_id)["policy"]
        modules = [module["code"] for module in policy["training"]]
        session = {
            "association_id": self.association_id,
            "programme_id": programme_id,
            "kind": "training",
            "modules": modules,
            "starts_at": (await self.doors.now() + timedelta(hours=1)).isoformat(),
            "minutes": 180,
            "places": 10,
            "remote": False,
        }

        async def plan() -> Any:
            return await self.coordinator.post("training", "/sessions", session)

        await self.doors.settle()
        session_id = (await plan())["id"]
        sign_up = await mentor.post("training", f"/sessions/{session_id}/sign-ups")
        await self.doors.advance(timedelta(hours=4))
        path = f"/sign-ups/{sign_up['id']}/attendance"
        await self.coordinator.post("training", path, {"present": True})
        await self.doors.settle()

    async def refer(self, by: Actor, **profile: Any) -> dict[str, Any]:
        each = next(number)
        body = {
            "given_name": "Yanis",
            "family_name": f"Mentoré{each}",
            "email": f"jeune{each}@mail.example",
            "commune": self.commune,
            "birth_date": "2012-04-02",
            "axis": "education",
            "level": "3e",
            "needs": ["school_work"],
            "supports": ["technical"],
            "languages": ["fr"],
            "modalities": ["association", "remote"],
            "guardian": {
                "given_name": "Leïla",
                "family_name": f"Parent{each}",
                "email": f"parent{each}@mail.example",
            },
        }
        return await by.post("intake", "/referrals", body | profile)

    async def code_for(self, email: str) -> str:
        """Read the latest code in the mails that the platform sent on this machine."""
        outbox = await self.doors.http.get(f"{self.doors.urls['portal']}/outbox.json")
        mails = [mail for mail in outbox.json()["items"] if mail["to"] == email]
        return re.findall(r"\b\d{6}\b", mails[-1]["text"])[-1]


def age_in(years: int, today: date) -> str:
    return date(today.year - years, today.month, 1).isoformat()


def ids(rows: list[dict[str, Any]]) -> set[UUID]:
    return {UUID(row["id"]) for row in rows}
