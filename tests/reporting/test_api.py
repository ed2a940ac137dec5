"""HTTP in: what reporting answers, to whom, and what it refuses."""

import csv
import io
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from common.clock import Clock
from common.contracts.followup.pairs import PairCleared
from common.contracts.matching import PairFormed
from common.contracts.vocabulary import Role
from common.events import Edge
from reporting.consumers import router
from tests.deliveries import delivery_of
from tests.reporting.cast import (
    ANOTHER_ASSOCIATION,
    ASSOCIATION,
    PRESCRIBER,
    Journey,
    all_of,
)

YEAR = "from=2026-09-01&to=2027-08-31"
STARTED = f"/indicators/pairs_started?{YEAR}"
LONG = Journey(number=99, association_id=ANOTHER_ASSOCIATION).submitted().offered().declined(2)
LONG.association_id = ASSOCIATION
LONG.offered(3).accepted(4).authorised(5).matched(10).met(20).signed(30).closed(130)


@pytest.fixture(autouse=True)
async def told(engine):
    journeys = [
        *(Journey(number=n).running() for n in range(6)),
        *(Journey(number=10 + n, association_id=ANOTHER_ASSOCIATION).running() for n in range(8)),
        LONG,
    ]
    await Edge(router, engine).take([delivery_of(event) for event in all_of(*journeys)])


@pytest.fixture
def collective(sign_in):
    return sign_in(Role.COLLECTIVE)


def shown(response):
    return {each["group"]: each["n"] for each in response.json()["figures"]}


async def test_the_catalogue_says_each_definition_in_the_readers_language(client, collective):
    french = (await client.get("/indicators", headers=collective)).json()
    english = (
        await client.get("/indicators", headers=collective | {"Accept-Language": "en"})
    ).json()

    assert {each["number"] for each in french} == set(range(1, 11))
    assert french[0]["definition"].startswith("Orientations reçues")
    assert english[0]["definition"].startswith("Referrals received")


async def test_a_figure_is_published_with_its_definition_period_and_coverage(
    app, client, collective
):
    app.state.clock = Clock(ahead=datetime(2027, 1, 15, tzinfo=UTC) - datetime.now(UTC))
    answer = (await client.get(STARTED, headers=collective)).json()

    assert answer["indicator"]["version"] == 1
    assert answer["indicator"]["definition"] == (
        "Binômes commencés, au sens strict : convention signée."
    )
    assert answer["period"] == {"from": "2026-09-01", "to": "2027-08-31", "complete": False}
    assert answer["coverage"]["associations"] == 2
    assert answer["coverage"]["events"] > 100
    assert answer["hidden_under"] == 5
    assert answer["figures"] == [
        {
            "measure": "started",
            "group": None,
            "hidden": False,
            "n": 15,
            "values": {},
            "label": "Ensemble",
        }
    ]


async def test_the_collective_and_a_funder_see_all_associations_together(client, sign_in):
    for role in (Role.COLLECTIVE, Role.ADMIN, Role.FUNDER):
        response = await client.get(f"{STARTED}&split=association", headers=sign_in(role))

        assert shown(response) == {
            str(ASSOCIATION): 7,
            str(ANOTHER_ASSOCIATION): 8,
            None: 15,
        }


async def test_a_funder_of_one_association_sees_that_one(client, sign_in):
    response = await client.get(STARTED, headers=sign_in(Role.FUNDER, ASSOCIATION))

    assert shown(response) == {None: 7}


async def test_a_funder_may_not_take_one_association_out_of_the_whole(client, sign_in):
    url = f"{STARTED}&association={ASSOCIATION}"

    for association in (None, ASSOCIATION):
        response = await client.get(url, headers=sign_in(Role.FUNDER, association))
        assert response.status_code == 403


async def test_a_coordinator_sees_the_own_association_alone(client, sign_in):
    coordinator = sign_in(Role.COORDINATOR, ASSOCIATION)

    own = await client.get(STARTED, headers=coordinator)
    split = await client.get(f"{STARTED}&split=association", headers=coordinator)
    other = await client.get(f"{STARTED}&association={ANOTHER_ASSOCIATION}", headers=coordinator)

    assert shown(own) == {None: 7}
    assert shown(split) == {str(ASSOCIATION): 7, None: 7}
    assert other.status_code == 403


@pytest.mark.parametrize("role", [Role.MENTOR, Role.MENTEE, Role.GUARDIAN, Role.PRESCRIBER])
async def test_others_see_no_figures(client, sign_in, role):
    for url in (STARTED, "/indicators"):
        response = await client.get(url, headers=sign_in(role, ASSOCIATION))
        assert response.status_code == 403


async def test_two_definitions_answer_side_by_side(client, collective):
    strict = await client.get(f"{STARTED}&version=1", headers=collective)
    wide = await client.get(f"{STARTED}&version=2", headers=collective)

    assert strict.json()["indicator"]["version"] == 1
    assert wide.json()["indicator"]["version"] == 2


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("/indicators/nothing?from=2026-09-01&to=2026-09-30", 404),
        ("/indicators/pairs_started?from=2026-09-01&to=2026-09-30&version=9", 404),
        ("/indicators/pairs_started?from=2026-09-30&to=2026-09-01", 422),
        ("/indicators/pairs_started?from=2026-02-30&to=2026-03-01", 422),
        ("/indicators/pairs_started?from=0001-01-01&to=9999-12-31", 422),
        ("/indicators/pairs_started?from=0&to=1700000000", 422),
        ("/indicators/pairs_started?to=2026-09-30", 422),
        (f"{STARTED}&split=shoe_size", 422),
        (f"{STARTED}&split=public", 422),
        (f"{STARTED}&version=0", 422),
        (f"{STARTED}&version=99999999999999999999", 422),
        (f"{STARTED}&association=x", 422),
        (f"{STARTED}&surprise=1", 422),
        (f"/indicators/priority_publics?{YEAR}&split=association", 422),
    ],
)
async def test_a_bad_question_is_refused_in_words(client, collective, url, status):
    response = await client.get(url, headers=collective)

    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["title"]


@pytest.mark.parametrize(
    ("url", "accept"),
    [
        (STARTED.replace("?", ".csv?"), "*/*"),
        (STARTED, "text/csv"),
    ],
)
async def test_figures_open_in_a_french_spreadsheet(client, collective, url, accept):
    response = await client.get(f"{url}&split=association", headers=collective | {"Accept": accept})

    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert (
        'filename="pairs_started-v1-2026-09-01-2027-08-31.csv"'
        in (response.headers["content-disposition"])
    )
    text = response.content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))
    assert [row["effectif"] for row in rows] == ["7", "8", "15"]
    assert {row["version"] for row in rows} == {"1"}
    assert {row["du"] for row in rows} == {"2026-09-01"}
    # An association called `=Relais; du Vexin` must not become a formula, nor a column.
    assert rows[1]["libelle"] == "'=Relais; du Vexin"


async def test_the_association_in_charge_follows_the_whole_journey(client, sign_in):
    url = f"/journeys/{LONG.referral_id}"

    answer = (await client.get(url, headers=sign_in(Role.COORDINATOR, ASSOCIATION))).json()

    kinds = [step["kind"] for step in answer["steps"]]
    assert kinds[0] == "referral_submitted"
    assert {"authorisation_given", "proposal_reminded", "first_meeting_held"} <= set(kinds)
    assert kinds[-1] == "pair_closed"
    [declined] = [step for step in answer["steps"] if step["kind"] == "referral_declined"]
    assert (declined["association_id"], declined["facts"]) == (None, {})


async def test_what_came_at_the_same_instant_is_told_in_the_order_of_the_way(
    engine, client, sign_in
):
    formed = next(event for event in LONG.events if isinstance(event, PairFormed))
    cleared = PairCleared(
        occurred_at=formed.occurred_at,
        association_id=formed.association_id,
        version=1,
        pair_id=formed.pair_id,
        screening_valid=True,
    )
    await Edge(router, engine).take([delivery_of(cleared)])

    url = f"/journeys/{LONG.referral_id}"
    answer = (await client.get(url, headers=sign_in(Role.COORDINATOR, ASSOCIATION))).json()

    kinds = [step["kind"] for step in answer["steps"]]
    assert kinds.index("pair_cleared") == kinds.index("pair_formed") + 1


async def test_a_prescriber_follows_the_own_referral_by_its_status_alone(client, sign_in):
    prescriber = sign_in(Role.PRESCRIBER, None, PRESCRIBER)

    answer = (await client.get(f"/journeys/{LONG.referral_id}", headers=prescriber)).json()

    assert answer["status"] == "in_progress"
    assert all(set(step) == {"at", "status"} for step in answer["steps"])
    assert "closed" not in str(answer)
    assert "declined" not in str(answer)


async def test_nobody_else_follows_a_journey(client, sign_in, collective):
    url = f"/journeys/{LONG.referral_id}"

    for headers in (
        sign_in(Role.COORDINATOR, ANOTHER_ASSOCIATION),
        sign_in(Role.PRESCRIBER),
        sign_in(Role.FUNDER, ASSOCIATION),
        sign_in(Role.MENTOR, ASSOCIATION),
        collective,
    ):
        assert (await client.get(url, headers=headers)).status_code == 403


async def test_a_journey_that_is_not_known_is_not_found(client, sign_in):
    coordinator = sign_in(Role.COORDINATOR, ASSOCIATION)

    assert (await client.get(f"/journeys/{uuid4()}", headers=coordinator)).status_code == 404
    assert (await client.get("/journeys/x", headers=coordinator)).status_code == 422


async def test_without_a_token_there_is_nothing_to_see(client):
    for url in ("/indicators", STARTED, f"/journeys/{LONG.referral_id}"):
        assert (await client.get(url)).status_code == 401
