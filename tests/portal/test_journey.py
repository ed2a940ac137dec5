"""A school refers a fourteen-year-old, and everybody does their part by hand, on the pages."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from demo.actors import Platform as Doors
from local.environment import FIRST_ADMIN_EMAIL
from local.platform import Platform
from local.ports import SERVICES, Ports
from portal.words import LANGUAGES, PARIS
from tests.portal.people import Reader, told, tree_of
from tests.servers import open_folder

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.xdist_group("pages")]

CAST = ("admin", "coordinator", "school", "mentor", "guardian", "mentee", "stranger")
LARGEST_PAGE = 100 * 1024
# Downloads, and what leads out of a page.
NOT_PAGES = ("/calendar.ics", "/language/", "/figures/", "/outbox/")
NAMES = ("Inès", "Roche", "Sofia", "Vidal", "ines@", "sofia@", "paul@")
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
        at = (await self.doors.now() + timedelta(**ahead)).astimezone(PARIS)
        return {"day": f"{at:%Y-%m-%d}", "time": f"{at:%H:%M}"}


@pytest.fixture(scope="module")
def platform() -> Iterator[Platform]:
    """The platform as `make up` starts it, for the people of this journey alone."""
    with open_folder() as folder, Platform(Path(folder), Ports.free()) as platform:
        yield platform


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def town(platform: Platform) -> AsyncIterator[Town]:
    """Live the whole journey once; the tests look at what is there afterwards."""
    urls = {name: platform.url(name) for name in SERVICES}
    async with AsyncExitStack() as leaving:
        http = await leaving.enter_async_context(httpx.AsyncClient(timeout=60))
        town = Town(Doors(http, urls, platform.secrets.token_signing_key))
        for name in CAST:
            town.people[name] = await leaving.enter_async_context(Reader(urls["portal"]))
        for chapter in (found, recruit, train, refer, accept, agree, match, meet, sign, follow):
            await chapter(town)
            await town.quiet()
        yield town


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
    session = coordinator.address.partition("?")[0]
    await coordinator.send("/do/session.sign_up", person_id=town.mentor_id)
    await town.later(days=1)
    await coordinator.open(session)
    await coordinator.send("/do/session.attend", present="yes")


async def refer(town: Town) -> None:
    """The school refers a pupil to the association."""
    school = town["school"]
    await school.sign_in("ecole@c.example")
    await school.open("/refer")
    born = (await town.doors.now()).year - AGE
    pupil: dict[str, Any] = {
        "given_name": "Inès",
        "family_name": "Roche",
        "birth_date": f"{born}-01-01",
        "commune": "63113",
        "email": "ines@eleves.example",
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
    await school.open("/mine/referrals")
    [mine] = [each for each in school.links() if each.startswith("/mine/referrals/")]
    await school.open(mine)
    await school.send("/do/referral.offer")


async def accept(town: Town) -> None:
    """The coordinator finds it among what needs her today, and accepts."""
    coordinator = town["coordinator"]
    await coordinator.open("/today")
    [page] = [each for each in coordinator.links() if each.startswith("/referrals/")]
    town.referral_id = page.rpartition("/")[2]
    await coordinator.open(page)
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
    """Everybody reads the text, asks for a code, and signs with it."""
    emails = {
        "mentor": "paul@mentors.example",
        "mentee": "ines@eleves.example",
        "guardian": "sofia@familles.example",
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


async def follow(town: Town) -> None:
    """The mentor tells about a meeting, and sets a goal with the pupil."""
    await town.later(days=10)
    mentor = town["mentor"]
    await mentor.open(f"/pairs/{town.pair_id}")
    await mentor.send("/do/pair.meeting", word="Un bon début", time="00:01")
    await mentor.send("/do/pair.goal", text="Réviser ensemble")


async def test_the_pair_is_active_after_the_whole_journey(town: Town) -> None:
    page = await town["mentor"].open(f"/pairs/{town.pair_id}")

    assert '<li aria-current="step">Actif</li>' in page
    assert "Un bon début" in page
    assert "Réviser ensemble" in page


async def test_the_prescriber_hears_how_far_it_is_and_never_who(town: Town) -> None:
    page = await town["school"].open("/mine/referrals")

    assert "En cours" in page
    assert not any(name in page for name in NAMES)


async def test_the_family_sees_who_opened_the_card(town: Town) -> None:
    guardian = town["guardian"]
    await guardian.open("/mine/privacy")
    cards = [each for each in guardian.links() if each.startswith("/mine/privacy/")]

    seen = [await guardian.open(each) for each in cards]

    assert any("Coordination – Volcans" in page for page in seen)


async def test_another_person_gets_a_page_that_says_no(town: Town) -> None:
    answer = await town["school"].http.get(f"/pairs/{town.pair_id}")

    assert answer.status_code == 403
    assert "<h1>" in answer.text
    assert not any(name in answer.text for name in NAMES)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", CAST)
async def test_every_page_that_one_can_reach_is_sound(town: Town, name: str, language: str) -> None:
    reader = town[name]
    await reader.http.get(f"/language/{language}")
    seen: dict[str, httpx.Response] = {}
    left = {"/", "/catalogue", "/ask", "/volunteer", "/sign-in", "/thanks"}
    while left:
        path = left.pop()
        seen[path] = response = await reader.http.get(path)
        reader.page, reader.address = response.text, str(response.url)
        if response.status_code == 200:
            left |= {each for each in reader.links() - seen.keys() if is_page(each)}

    for path, response in seen.items():
        assert response.status_code == 200, f"{path}: {response.status_code} {told(response.text)}"
        check(response, language)
    await reader.http.get("/language/fr")


def is_page(path: str) -> bool:
    return not path.startswith(NOT_PAGES) and not path.endswith((".json", ".csv"))


def check(response: httpx.Response, language: str) -> None:
    """Hold a page against what every page promises."""
    tree = tree_of(response.text)
    headers = response.headers
    assert tree.get("lang") == language
    assert len(response.content) <= LARGEST_PAGE, f"{response.url}: {len(response.content)} bytes"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["x-frame-options"] == "DENY"
    assert headers["cache-control"] == "no-store"
    assert len(list(tree.iter("h1"))) == 1, response.url
    assert len(list(tree.iter("main"))) == 1
    assert not any("style" in node.attrib or "onclick" in node.attrib for node in tree.iter())
    assert not any(name in str(response.url) for name in ("%40", "@", "Roche"))
    check_labels(tree, str(response.url))


def check_labels(tree: object, url: str) -> None:
    """Every field that one fills in has a label, and no two things have one id."""
    nodes = list(tree.iter())  # type: ignore[attr-defined]  # an element of html5lib
    ids = [node.get("id") for node in nodes if node.get("id")]
    labelled = {node.get("for") for node in nodes if node.tag == "label"}
    wrapped = {id(field) for node in nodes if node.tag == "label" for field in node.iter("input")}
    for node in nodes:
        filled_in = node.tag in ("input", "select", "textarea") and node.get("type") != "hidden"
        if filled_in and id(node) not in wrapped:
            assert node.get("id") in labelled or node.get("aria-label"), f"{url}: {node.attrib}"
    assert len(ids) == len(set(ids)), f"{url}: {sorted(ids)}"
