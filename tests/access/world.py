"""Two towns: in one of them everything has happened once, its neighbour has people of its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, TypeAlias
from uuid import UUID, uuid4

import httpx

from common.calendar import day_of
from common.caller import Caller, Grant
from common.contracts.vocabulary import Role
from common.tokens import issue
from demo.actors import Actor
from demo.actors import Platform as Doors
from local.platform import Platform
from local.ports import SERVICES
from tests.e2e.pairs import Pair, agree, propose
from tests.e2e.people import Case, Town, born

Grants: TypeAlias = frozenset[Grant]
Ids: TypeAlias = dict[str, list[str]]
SHEET = "Prénom;Nom;Commune\nYanis;Moreau;Brest\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Persona:
    """Somebody who knocks: who they are and which roles they hold."""

    name: str
    person_id: UUID
    grants: Grants

    @classmethod
    def of(cls, name: str, actor: Actor) -> "Persona":
        return cls(name=name, person_id=actor.person_id, grants=frozenset(actor.grants))

    def also(self, name: str, *grants: Grant) -> "Persona":
        """Give the same person more roles."""
        return Persona(name=name, person_id=self.person_id, grants=self.grants | {*grants})

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(grant.role for grant in self.grants)


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What there is, by the names under which paths and bodies ask for it."""

    here: UUID
    elsewhere: UUID
    ids: Ids
    # Those of the town itself: each may do some of it.
    insiders: Mapping[str, Persona]
    # Those of the neighbouring town.
    neighbours: Mapping[str, Persona]


async def walked(platform: Platform) -> World:
    urls = {name: platform.url(name) for name in SERVICES}
    async with httpx.AsyncClient(timeout=30) as http:
        doors = Doors(http, urls, platform.secrets.token_signing_key)
        here, elsewhere = await Town.founded(doors), await Town.founded(doors)
        return await Journey(here, elsewhere).walk()


class Journey:
    """One way through everything that a town does, which leaves one of each thing behind."""

    # Whoever asked to be.
    forgotten: Actor

    def __init__(self, here: Town, elsewhere: Town) -> None:
        self.here = here
        self.elsewhere = elsewhere
        self.doors = here.doors
        self.ids: Ids = {}

    async def walk(self) -> World:
        programme = await self.here.programme("un_jeune_un_mentor")
        paired, invited = await self.here.mentors(programme, {}, {})
        pair = await self.active(paired)
        waiting = await self.accepted()
        await self.doors.settle()
        await self.run()
        await self.doors.settle()
        proposal_id = await propose(self.here, waiting, invited)
        received = await self.here.refer()
        await self.note_people(pair, invited, (pair.case, waiting, received))
        self.note(programme_id=programme, offer_id=self.here.offer_id)
        self.note(proposal_id=proposal_id, pair_id=pair.id, agreement_id=pair.agreement_id)
        await self.follow(pair)
        await self.plan(invited)
        await self.bring()
        await self.forget()
        await self.doors.settle()
        return await self.world(pair, invited)

    def note(self, **found: Any) -> None:
        for name, each in found.items():
            self.ids.setdefault(name, []).append(str(each))

    async def active(self, mentor: Actor) -> Pair:
        """Bring two people to the day on which all have signed, on paper."""
        pair = await Pair.formed(self.here, await self.here.refer(), mentor)
        await pair.meet_first()
        path = f"/agreements/{pair.agreement_id}"
        agreement = await self.here.coordinator.get("followup", path)
        today = day_of(await self.doors.now()).isoformat()
        for each in agreement["signatories"]:
            scan = {"capacity": each["capacity"], "scan_sha256": "0" * 64, "signed_on": today}
            await self.here.coordinator.post("followup", f"{path}/attestations", scan)
        await self.doors.settle()
        return pair

    async def accepted(self) -> Case:
        case = await self.here.refer()
        await self.here.accept(case)
        await agree(self.here, case)
        return case

    async def note_people(self, pair: Pair, invited: Actor, cases: tuple[Case, ...]) -> None:
        self.note(association_id=self.here.association_id)
        assert pair.case.guardian
        self.note(person_id=pair.case.mentee.person_id)
        self.note(person_id=pair.case.guardian.person_id)
        self.note(person_id=pair.mentor.person_id, mentor_id=pair.mentor.person_id)
        self.note(mentor_id=invited.person_id)
        for case in cases:
            self.note(referral_id=case.id)
            asked = await self.here.coordinator.get(
                "intake", f"/people/{case.mentee.person_id}/authorisations"
            )
            for each in asked:
                self.note(authorisation_id=each["id"])

    async def follow(self, pair: Pair) -> None:
        goal = await pair.mentor.post("followup", f"/pairs/{pair.id}/goals", {"text": "Le brevet"})
        self.note(goal_id=goal["id"])
        await pair.meet(word="Il doute de lui", important=True)
        await self.doors.settle()
        for alert in await pair.alerts():
            self.note(alert_id=alert["id"])
        report = {"text": "Une inquiétude"}
        await pair.mentor.post("followup", f"/pairs/{pair.id}/safeguarding-reports", report)

    async def plan(self, mentor: Actor) -> None:
        session = {
            "association_id": self.here.association_id,
            "kind": "exchange",
            "starts_at": (await self.doors.now() + timedelta(days=20)).isoformat(),
            "minutes": 90,
            "places": 5,
            "remote": True,
        }
        planned = await self.here.coordinator.post("training", "/sessions", session)
        self.note(session_id=planned["id"])
        path = f"/sessions/{planned['id']}/sign-ups"
        self.note(sign_up_id=(await mentor.post("training", path, {}))["id"])

    async def run(self) -> None:
        asked = {"association_id": self.here.association_id}
        self.note(run_id=(await self.here.coordinator.post("matching", "/runs", asked))["id"])
        compared = await self.here.coordinator.post("matching", "/runs/comparisons", asked)
        self.note(comparison_id=compared["id"])

    async def bring(self) -> None:
        """Bring a spreadsheet that is looked over, and entered by nobody."""
        coordinator = Persona.of("coordinator", self.here.coordinator)
        response = await self.doors.http.post(
            f"{self.doors.urls['intake']}/imports",
            data={"kind": "referrals", "association_id": self.here.association_id},
            files={"file": ("referrals.csv", SHEET, "text/csv")},
            headers=headers_of(coordinator, self.doors),
        )
        assert response.is_success, response.text
        self.note(import_id=response.json()["id"], line=2)

    async def forget(self) -> None:
        today = (await self.doors.now()).date()
        case = await self.here.refer(birth_date=born(today, age=16), level="cap")
        path = f"/people/{case.mentee.person_id}/erasure"
        self.note(erasure_id=(await case.mentee.post("intake", path))["id"])
        self.forgotten = case.mentee

    async def world(self, pair: Pair, invited: Actor) -> World:
        here, elsewhere = self.here, self.elsewhere
        assert pair.case.guardian
        insiders = {
            "coordinator": here.coordinator,
            "second coordinator": await here.appoint("coordinator", "second@here.example"),
            "forgotten": self.forgotten,
            "volunteer": await here.appoint("volunteer", "volunteer@here.example"),
            "funder": await here.appoint("funder", "funder@here.example"),
            "prescriber": here.school,
            "mentor": pair.mentor,
            "invited": invited,
            "mentee": pair.case.mentee,
            "guardian": pair.case.guardian,
        }
        path = f"/associations/{here.association_id}/staff"
        for granted in (await here.coordinator.get("intake", path))[:2]:
            self.note(grant_id=granted["id"])
        programme = await elsewhere.programme("un_jeune_un_mentor")
        other = await elsewhere.refer()
        assert other.guardian
        neighbours = {
            "coordinator": elsewhere.coordinator,
            "volunteer": await elsewhere.appoint("volunteer", "volunteer@elsewhere.example"),
            "funder": await elsewhere.appoint("funder", "funder@elsewhere.example"),
            "prescriber": elsewhere.school,
            "mentor": await elsewhere.mentor(programme),
            "mentee": other.mentee,
            "guardian": other.guardian,
        }
        await self.doors.settle()
        return World(
            here=UUID(here.association_id),
            elsewhere=UUID(elsewhere.association_id),
            ids=self.ids,
            insiders={name: Persona.of(name, each) for name, each in insiders.items()},
            neighbours={name: Persona.of(name, each) for name, each in neighbours.items()},
        )


def headers_of(persona: Persona, doors: Doors) -> dict[str, str]:
    token = token_of(persona, doors.signing_key)
    return {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())}


@cache
def token_of(persona: Persona, signing_key: str) -> str:
    """Sign somebody in for longer than the tests take; tokens of ours last ten minutes."""
    caller = Caller(person_id=persona.person_id, grants=persona.grants)
    return issue(signing_key, caller, now=datetime.now(UTC))
