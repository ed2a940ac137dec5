"""The people of the stories: an association's town, its school, its mentors and young people."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count, cycle
from secrets import randbelow
from typing import Any, Self

from common.calendar import day_of
from demo.actors import Actor
from demo.actors import Platform as Doors

# Nobody is met twice, also where the stories were told before.
number = count(randbelow(10**9))
ADULTS_BIRTH_DATE = "1985-05-20"
# Far from one another, so that no story is served by the association of another one.
NORTH = ["29019", "59350", "67482", "21231", "14118", "44109", "76540", "54395", "72181", "80021"]
SOUTH = ["64102", "06088", "87085", "63113", "66136", "31555", "69123", "33063", "38185", "15014"]
FAR_APART = cycle([*NORTH, *SOUTH])


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A referral with the people whom it is about."""

    id: str
    status: str
    mentee: Actor
    mentee_email: str
    guardian: Actor | None
    guardian_email: str


class Town:
    """One association with a coordinator, and a school that refers to it."""

    association_id: str
    coordinator: Actor
    coordinator_email: str
    school: Actor
    # The offer that was published last.
    offer_id: str

    def __init__(self, doors: Doors, commune: str) -> None:
        self.doors = doors
        self.commune = commune

    @classmethod
    async def founded(cls, doors: Doors, commune: str | None = None) -> Self:
        town = cls(doors, commune or next(FAR_APART))
        admin, each = doors.admin(), next(number)
        body = {"name": f"Association {each}", "commune": town.commune}
        town.association_id = (await admin.post("intake", "/associations", body))["id"]
        town.coordinator_email = f"coord{each}@asso.example"
        town.coordinator = await town.appoint("coordinator", town.coordinator_email)
        town.school = await town.appoint("prescriber", f"school{each}@ecole.example")
        return town

    async def appoint(self, role: str, email: str) -> Actor:
        body = {"role": role, "given_name": "Camille", "family_name": "Morel", "email": email}
        path = f"/associations/{self.association_id}/staff"
        person = (await self.doors.admin().post("intake", path, body))["person_id"]
        return self.doors.actor(role, self.association_id, person)

    async def programme(self, template: str, capacity: int = 20, **overrides: Any) -> str:
        """Publish a programme from a template, with an offer in this town."""
        path = f"/associations/{self.association_id}/programmes"
        body = {"name": template, "template": template, "overrides": overrides}
        programme_id: str = (await self.coordinator.post("intake", path, body))["id"]
        offer = {"title": template, "capacity": capacity, "commune": self.commune}
        path = f"/programmes/{programme_id}/offers"
        self.offer_id = (await self.coordinator.post("intake", path, offer))["id"]
        return programme_id

    async def policy(self, programme_id: str) -> dict[str, Any]:
        programmes = await self.coordinator.get("intake", "/programmes")
        found = next(each for each in programmes if each["id"] == programme_id)
        policy: dict[str, Any] = found["policy"]
        return policy

    async def mentor(self, programme_id: str, **profile: Any) -> Actor:
        """Find one mentor who is ready."""
        [mentor] = await self.mentors(programme_id, profile)
        return mentor

    async def mentors(self, programme_id: str, *profiles: dict[str, Any]) -> list[Actor]:
        """Let people apply, be screened, approved and trained: mentors who are ready."""
        policy = await self.policy(programme_id)
        mentors = [await self._approved(programme_id, policy, each) for each in profiles]
        await self.doors.settle()
        await self._train(mentors, programme_id, policy)
        return mentors

    async def _approved(
        self, programme_id: str, policy: dict[str, Any], profile: dict[str, Any]
    ) -> Actor:
        form = self.application(programme_id) | profile
        applied = await self.coordinator.post("intake", "/mentors", form)
        today = (await self.doors.now()).date().isoformat()
        path = f"/mentors/{applied['id']}"
        asked = {
            check for place in form["settings"] for check in policy["screening"].get(place, ())
        }
        for check in sorted(asked):
            seen = {"check": check, "seen_on": today}
            await self.coordinator.post("intake", f"{path}/checks", seen)
        await self.coordinator.post("intake", f"{path}/approval")
        return self.doors.actor("mentor", self.association_id, applied["id"])

    def application(self, programme_id: str) -> dict[str, Any]:
        each = next(number)
        return {
            "given_name": "Nadia",
            "family_name": f"Benali{each}",
            "email": f"mentor{each}@mail.example",
            "commune": self.commune,
            "birth_date": ADULTS_BIRTH_DATE,
            "modalities": ["association"],
            "sectors": ["digital"],
            "languages": ["fr"],
            "settings": ["minor"],
            "association_id": self.association_id,
            "programme_ids": [programme_id],
        }

    async def _train(self, mentors: list[Actor], programme_id: str, policy: dict[str, Any]) -> None:
        """Hold one session that covers the whole path, with all of them present."""
        session = {
            "association_id": self.association_id,
            "programme_id": programme_id,
            "kind": "training",
            "modules": [module["code"] for module in policy["training"]],
            "starts_at": (await self.doors.now() + timedelta(hours=1)).isoformat(),
            "minutes": sum(module["minutes"] for module in policy["training"]),
            "places": len(mentors),
            "remote": False,
        }
        planned = await self.coordinator.post("training", "/sessions", session)
        path = f"/sessions/{planned['id']}/sign-ups"
        sign_ups = [await mentor.post("training", path, {}) for mentor in mentors]
        await self.doors.advance(timedelta(hours=12))
        for sign_up in sign_ups:
            path = f"/sign-ups/{sign_up['id']}/attendance"
            await self.coordinator.post("training", path, {"present": True})
        await self.doors.settle()

    async def refer(self, by: Actor | None = None, **profile: Any) -> Case:
        """Refer a pupil of fourteen, unless the story says otherwise."""
        form = await self.referral() | profile
        answer = await (by or self.school).post("intake", "/referrals", form)
        await self.doors.settle()
        guardian_id = answer["guardian_id"]
        guardian = self.doors.actor("guardian", None, guardian_id) if guardian_id else None
        return Case(
            id=answer["id"],
            status=answer["status"],
            mentee=self.doors.actor("mentee", None, answer["mentee_id"]),
            mentee_email=form["email"],
            guardian=guardian,
            guardian_email=form["guardian"]["email"] if guardian else "",
        )

    async def referral(self) -> dict[str, Any]:
        each = next(number)
        return {
            "given_name": "Yanis",
            "family_name": f"Moreau{each}",
            "email": f"jeune{each}@mail.example",
            "commune": self.commune,
            "birth_date": born((await self.doors.now()).date(), age=14),
            "axis": "education",
            "level": "3e",
            "needs": ["school_work"],
            "supports": ["technical"],
            "languages": ["fr"],
            "modalities": ["association"],
            "chooses": False,
            "offer_id": self.offer_id,
            "guardian": {
                "given_name": "Leïla",
                "family_name": f"Moreau{each}",
                "email": f"parent{each}@mail.example",
            },
        }

    async def accept(self, case: Case) -> None:
        await self.coordinator.post("intake", f"/referrals/{case.id}/acceptance")
        await self.doors.settle()

    async def status(self, case: Case) -> str:
        found = await self.coordinator.get("intake", f"/referrals/{case.id}")
        status: str = found["status"]
        return status

    async def journey(self, case: Case) -> list[str]:
        """Read the timeline of a referral, as its association sees it."""
        found = await self.coordinator.get("reporting", f"/journeys/{case.id}")
        return [step["kind"] for step in found["steps"]]

    async def figure(self, indicator: str, measure: str, version: int = 1) -> int | str | None:
        """Read one figure of this association about all that happened until today."""
        # As figures count days: late in the evening, it is already tomorrow there.
        today = day_of(await self.doors.now())
        span = {"from": (today - timedelta(days=1000)).isoformat(), "to": today.isoformat()}
        asked = span | {"version": version}
        answer = await self.coordinator.get("reporting", f"/indicators/{indicator}", **asked)
        assert answer["indicator"]["version"] == version
        [figure] = [each for each in answer["figures"] if each["measure"] == measure]
        return "few" if figure["hidden"] else figure["n"]


def born(today: date, *, age: int) -> str:
    """Give the birth date of somebody who has been of this age for half a year."""
    return (today.replace(year=today.year - age, day=1) - timedelta(days=180)).isoformat()
