"""A school refers a fourteen-year-old, and everybody does their part by hand, on the pages."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from demo.actors import Platform as Doors
from local.platform import Platform
from local.ports import SERVICES, Ports
from portal.words import LANGUAGES
from tests.intake.imports.files import HEADINGS, INES, KARIM, changed, csv_of, xlsx_of
from tests.portal import endings
from tests.portal.chapters import CHAPTERS, Town
from tests.portal.people import Reader, told, tree_of
from tests.servers import open_folder

pytestmark = pytest.mark.asyncio(loop_scope="module")

CAST = ("admin", "coordinator", "school", "mentor", "guardian", "mentee", "stranger")
LARGEST_PAGE = 100 * 1024
# Downloads, and what leads out of a page.
NOT_PAGES = ("/calendar.ics", "/language/", "/figures/", "/outbox/")
NAMES = ("Inès", "Roche", "Sofia", "Vidal", "ines@", "sofia@", "paul@")


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
        for chapter in CHAPTERS:
            await chapter(town)
            await town.quiet()
        yield town


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


async def test_a_half_wrong_workbook_is_looked_at_and_its_good_rows_are_taken(town: Town) -> None:
    coordinator = town["coordinator"]
    wrong, twin = changed(KARIM, C="31/02/2011"), changed(INES, F="3e")
    workbook = xlsx_of([HEADINGS, INES, wrong, twin])
    await coordinator.open("/imports")

    page = await coordinator.bring("/imports", ("file", "liste.xlsx", workbook))

    report = coordinator.address
    assert "C – Né(e) le" in page
    assert "<q>31/02/2011</q>" in page
    assert "Ce n&#39;est pas une date qui existe." in page
    assert "Colonnes qui ne sont pas lues\u00a0: L." in page
    assert "Laisser de côté la ligne 4" in page
    assert "This is not a date that exists." in await in_english(coordinator, report)
    check(await coordinator.http.get(report), "fr")
    to_mend = await coordinator.http.get(f"{report}/errors.csv")
    assert "31/02/2011" in to_mend.content.decode("utf-8-sig")
    assert "attachment" in to_mend.headers["content-disposition"]
    await coordinator.send("/do/import.commit", leave_out="4")
    page = await coordinator.open(report, patience=30, until="Les personnes sont dans les listes")
    assert "<dt>Laissées de côté</dt><dd>1</dd>" in page
    assert "<dt>Enregistrées</dt><dd>1</dd>" in page


async def test_a_school_says_what_a_column_is_about_in_a_file_of_old_letters(town: Town) -> None:
    school = town["school"]
    await school.open("/imports")
    template = await school.http.get("/imports/template.csv?kind=referrals")
    assert "Prénom" in template.content.decode("utf-8-sig")
    content = csv_of([HEADINGS, changed(KARIM, L="préfère écrire")], encoding="cp1252")
    letters = ("file", "liste.csv", content)
    assert "Colonnes qui ne sont pas lues" in await school.bring("/imports", letters)

    page = await school.bring("/imports", letters, **{"column.L": "notes"})

    assert "Colonnes qui ne sont pas lues" not in page
    report = school.address
    await school.send("/do/import.commit")
    await school.open(report, patience=30, until="Les personnes sont dans les listes")


async def test_what_is_no_spreadsheet_is_refused_beside_the_form(town: Town) -> None:
    coordinator = town["coordinator"]
    await coordinator.open("/imports")

    [form] = [each for each in coordinator.forms() if each.action == "/imports"]
    files = {"file": ("liste.pdf", b"%PDF-1.7 no rows here")}
    answer = await coordinator.http.post("/imports", data=form.fields, files=files)

    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert 'type="file"' in answer.text


async def in_english(reader: Reader, address: str) -> str:
    await reader.http.get("/language/en")
    page = (await reader.http.get(address)).text
    await reader.http.get("/language/fr")
    return page


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


async def test_a_figure_is_shown_and_downloaded(town: Town) -> None:
    coordinator = town["coordinator"]
    await coordinator.open("/figures")
    [first, *_] = sorted(each for each in coordinator.links() if each.startswith("/figures/"))

    await coordinator.open(first)

    [sheet] = [each for each in coordinator.links() if each.endswith(".csv")]
    asked = {"from": "2026-01-01", "to": "2026-12-31"}
    answer = await coordinator.http.get(sheet, params=asked)
    assert answer.headers["content-type"].startswith("text/csv")
    assert len(answer.text.splitlines()) > 1


async def test_a_run_over_the_pool_is_tried_and_then_applied(town: Town) -> None:
    page = await endings.run_over_the_pool(town)

    assert "/do/run.apply" not in page
    assert "Paul Vidal" in page


async def test_other_rules_are_compared_with_those_of_today(town: Town) -> None:
    page = await endings.compare_policies(town)

    assert "Règles actuelles" in page
    assert "/do/run.apply" not in page


async def test_the_association_asks_how_it_goes_and_is_told_with_whom_it_does_not(
    town: Town,
) -> None:
    page = await endings.check_in(town)
    assert "Épuisée" in page
    assert "Point de suivi inquiétant · Inès Roche" in page

    today = await town["coordinator"].open("/today")
    assert "Point de suivi inquiétant · Inès Roche" in today

    await town["coordinator"].open(f"/pairs/{town.pair_id}")
    assert "inquiétant" not in await town["coordinator"].send("/do/alert.handle")


async def test_an_alert_is_there_until_it_is_handled(town: Town) -> None:
    assert "Rencontre signalée importante" in await endings.raise_an_alert(town)

    page = await town["coordinator"].send("/do/alert.handle")

    assert "/do/alert.handle" not in page


async def test_a_pair_ends_with_interviews_a_review_and_an_outcome(town: Town) -> None:
    page = await endings.close(town)

    assert '<li aria-current="step">Clos</li>' in page
    assert "Passage en classe supérieure" in page
    mentor = await town["mentor"].open(f"/pairs/{town.pair_id}")
    assert "Merci de mentee" in mentor


async def test_who_is_erased_is_known_to_nobody_any_more(town: Town) -> None:
    assert "<code>" in await endings.forget(town)

    page = await town["coordinator"].open(f"/pairs/{town.pair_id}")

    assert "Inès" not in page


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


def check_labels(tree: Any, url: str) -> None:
    """Every field that one fills in has a label, and no two things have one id."""
    nodes = list(tree.iter())
    ids = [node.get("id") for node in nodes if node.get("id")]
    labelled = {node.get("for") for node in nodes if node.tag == "label"}
    wrapped = {id(field) for node in nodes if node.tag == "label" for field in node.iter("input")}
    for node in nodes:
        filled_in = node.tag in ("input", "select", "textarea") and node.get("type") != "hidden"
        if filled_in and id(node) not in wrapped:
            assert node.get("id") in labelled or node.get("aria-label"), f"{url}: {node.attrib}"
    assert len(ids) == len(set(ids)), f"{url}: {sorted(ids)}"
