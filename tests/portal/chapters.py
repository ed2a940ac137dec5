"""The chapters of a journey, each done by hand on the pages by whoever does it in life."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from common.calendar import WHERE_PEOPLE_LIVE
from demo.actors import Platform as Doors
from local.environment import FIRST_ADMIN_EMAIL
from tests.portal.people import Reader, tree_of

AGE = 16


@dataclass
class Town:
    """Everybody of one small place, each with a phone of their own."""

    doors: Doors
    people: dict[str, Reader] = field(default_factory=dict)
    association_id: str = ""
    referral_id: str = ""
    mentor_id: str = ""
    proposal_id: str = ""
    pair_id: str = ""
    agreement_id: str = ""

    def __getitem__(self, name: str) -> Reader:
        return self.people[name]

    async def later(self, **span: float) -> None:
        """Let time pass for everybody."""
        await self.doors.advance(timedelta(**span))

    async def quiet(self) -> None:
        """Wait until all that was said has been heard."""
        await self.doors.settle()

    async def when(self, **ahead: float) -> dict[str, str]:
        """Write a time from now as a form takes it."""
        at = (await self.doors.now() + timedelta(**ahead)).astimezone(WHERE_PEOPLE_LIVE)
        return {"day": f"{at:%Y-%m-%d}", "time": f"{at:%H:%M}"}


async def found(town: Town) -> None:
    """The first administrator registers an association; its coordinator publishes an offer."""
    admin, coordinator = town["admin"], town["coordinator"]
    await admin.sign_in(FIRST_ADMIN_EMAIL)
    await admin.open("/associations")
    await admin.send("/do/association.register", name="Volcans", commune="63113")
    town.association_id = admin.id_in_address()
    for role, email in (("coordinator", "lea@volcans.example"), ("prescriber", "ecole@c.example")):
        who = {"given_name": "Léa", "family_name": "Morel", "email": email}
        await admin.send("/do/association.staff", role=role, **who)
    await town.quiet()
    await coordinator.sign_in("lea@volcans.example")
    here = f"/associations/{town.association_id}"
    await coordinator.open(here)
    await coordinator.send("/do/programme.publish", name="Réussir", template="clavim")
    await coordinator.open(here)
    await coordinator.send("/do/offer.publish", title="Un mentor à Clermont", capacity=5)


async def recruit(town: Town) -> None:
    """A neighbour offers to be a mentor; the coordinator sees the checks and approves."""
    stranger, coordinator = town["stranger"], town["coordinator"]
    await stranger.open("/volunteer")
    options = [node.get("value", "") for node in tree_of(stranger.page).iter("option")]
    [programme] = [each for each in options if "/" in each]
    await stranger.send(
        "/volunteer",
        given_name="Paul",
        family_name="Vidal",
        birth_date="1985-04-02",
        commune="63113",
        email="paul@mentors.example",
        programme=programme,
        modalities=["association", "remote"],
        axes=["education"],
        capacity="2",
    )
    await coordinator.open("/mentors")
    [page] = [each for each in coordinator.links() if each.startswith("/mentors/")]
    town.mentor_id = page.rpartition("/")[2]
    await coordinator.open(page)
    seen = (await town.when())["day"]
    while "Il manque" in coordinator.page:
        await coordinator.send("/do/mentor.check", seen_on=seen)
    await coordinator.send("/do/mentor.approve")


async def train(town: Town) -> None:
    """The coordinator plans a session, enrols the mentor, and says that he was there."""
    coordinator = town["coordinator"]
    await coordinator.open("/sessions")
    inputs = tree_of(coordinator.page).iter("input")
    modules = [node.get("value") for node in inputs if node.get("name") == "modules"]
    when = await town.when(hours=2)
    await coordinator.send("/do/session.plan", minutes=240, modules=modules, **when)
    await coordinator.send("/do/session.sign_up", person_id=town.mentor_id)
    await town.later(days=1)
    await coordinator.open("/today")
    [session] = sessions_on(coordinator)
    await coordinator.open("/sessions")
    assert session in coordinator.links()
    await coordinator.open(session)
    await coordinator.send("/do/session.attend", present="yes")
    await coordinator.open("/today")
    assert not sessions_on(coordinator)


def sessions_on(reader: Reader) -> set[str]:
    return {each for each in reader.links() if each.startswith("/sessions/")}


async def refer(town: Town) -> None:
    """The school refers a pupil to the association."""
    await town["school"].sign_in("ecole@c.example")
    town.referral_id = await refer_pupil(town, "Inès", "ines@eleves.example")


async def refer_pupil(town: Town, given_name: str, email: str) -> str:
    """Fill in the school's form, and choose the offer that fits."""
    school = town["school"]
    before = await referred(school)
    await school.open("/refer")
    born = (await town.doors.now()).year - AGE
    pupil: dict[str, Any] = {
        "given_name": given_name,
        "family_name": "Roche",
        "birth_date": f"{born}-01-01",
        "commune": "63113",
        "email": email,
        "guardian.given_name": "Sofia",
        "guardian.family_name": "Roche",
        "guardian.email": "sofia@familles.example",
        "axis": "education",
        "level": "2nde_gt",
        "needs": ["school_work"],
        "modalities": ["association", "remote"],
    }
    await school.send("/refer", None, **pupil)
    await town.quiet()
    [mine] = await referred(school) - before
    await school.open(mine)
    await school.send("/do/referral.offer")
    return mine.rpartition("/")[2]


async def referred(school: Reader) -> set[str]:
    await school.open("/mine/referrals")
    return {each for each in school.links() if each.startswith("/mine/referrals/")}


async def accept(town: Town) -> None:
    """The coordinator finds it among what needs her today, and accepts."""
    coordinator = town["coordinator"]
    await coordinator.open("/today")
    assert f"/referrals/{town.referral_id}" in coordinator.links()
    await coordinator.open(f"/referrals/{town.referral_id}")
    await coordinator.send("/do/referral.accept")


async def agree(town: Town) -> None:
    """The guardian authorises, and the pupil agrees: each for themselves."""
    guardian, mentee = town["guardian"], town["mentee"]
    await guardian.sign_in("sofia@familles.example")
    await guardian.open("/mine/authorisations")
    await guardian.send("/do/authorisation.decide")
    await mentee.sign_in("ines@eleves.example")
    await mentee.open("/mine")
    await mentee.send("/do/adherence.say")


async def match(town: Town) -> None:
    """The coordinator proposes the mentor who suits; he reads the profile and says yes."""
    coordinator, mentor = town["coordinator"], town["mentor"]
    await coordinator.open(f"/referrals/{town.referral_id}/suggestions")
    await coordinator.send("/do/proposal.make")
    await town.quiet()
    await mentor.sign_in("paul@mentors.example")
    await mentor.open("/mine")
    [page] = [each for each in mentor.links() if each.startswith("/mine/proposals/")]
    await mentor.open(page)
    assert not any(name in mentor.page for name in ("Inès", "Roche", "ines@"))
    town.proposal_id = town.pair_id = page.rpartition("/")[2]
    await mentor.send("/do/proposal.accept")


async def meet(town: Town) -> None:
    """The first meeting is planned, and held."""
    coordinator = town["coordinator"]
    await coordinator.open(f"/pairs/{town.pair_id}")
    await coordinator.send("/do/pair.plan", **await town.when(days=2), place="Salle 2")
    await town.later(days=3)
    await coordinator.open(f"/pairs/{town.pair_id}")
    await coordinator.send("/do/pair.attend")


async def sign(town: Town) -> None:
    """Everybody reads the text, asks for a code, and signs with it; the family signs on paper."""
    emails = {
        "mentor": "paul@mentors.example",
        "mentee": "ines@eleves.example",
        "coordinator": "lea@volcans.example",
    }
    for name, email in emails.items():
        reader = town[name]
        await reader.open(f"/pairs/{town.pair_id}")
        [page] = {each for each in reader.links() if each.startswith("/agreements/")}
        town.agreement_id = page.rpartition("/")[2]
        await reader.open(page)
        await reader.send("/do/agreement.code")
        await town.quiet()
        code = await reader.code_for(email)
        await reader.open(page)
        await reader.send("/do/agreement.sign", code=code, consent="yes")
    coordinator = town["coordinator"]
    paper = ("scan", "convention.pdf", b"%PDF-1.7 signed with a pen")
    seen = {"capacity": "guardian", "signed_on": (await town.when())["day"]}
    await coordinator.bring("/do/agreement.attest", paper, **seen)


async def follow(town: Town) -> None:
    """The mentor tells about a meeting, and sets a goal with the pupil."""
    await town.later(days=10)
    mentor = town["mentor"]
    await mentor.open(f"/pairs/{town.pair_id}")
    await mentor.send("/do/pair.meeting", word="Un bon début", time="00:01")
    await mentor.send("/do/pair.goal", text="Réviser ensemble")


CHAPTERS = (found, recruit, train, refer, accept, agree, match, meet, sign, follow)
