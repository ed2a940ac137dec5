"""Object by object: what belongs to one town is neither read nor changed by any stranger."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from uuid import UUID

import httpx
import pytest

from common.access import action_table
from common.caller import Grant
from common.contracts.vocabulary import Role
from demo.actors import Platform as Doors
from local.platform import Platform
from tests.access.attempts import Door, Try, all_sent, doors_of, opens, parameters, paths, tries
from tests.access.knocking import assembled
from tests.access.test_roles import BEHIND_TOKENS
from tests.access.world import Persona, World, headers_of

IN_TOWN = (Role.COORDINATOR, Role.VOLUNTEER, Role.PRESCRIBER, Role.FUNDER)
PERSONAL = (Role.MENTOR, Role.MENTEE, Role.GUARDIAN)
STRANGER = UUID(int=77)
# What everybody may know of a town: that it is there, its programmes and its offers.
PUBLIC = {"association_id", "programme_id", "offer_id", "grant_id", "line"}
# What stands in bodies and is about nobody.
NAMES_NOBODY = {"association_id", "line"}
# What every mentor of a town may see of it: its sessions.
OPEN_TO_MEMBERS = {"another mentor here": {"session.see", "session.sign_up"}}


@pytest.fixture
async def doors(platform: Platform) -> AsyncIterator[Doors]:
    urls = {name: platform.url(name) for name in BEHIND_TOKENS}
    async with httpx.AsyncClient(timeout=30) as http:
        yield Doors(http, urls, platform.secrets.token_signing_key)


def strangers(world: World) -> list[Persona]:
    """Everyone who has nothing to do with what happened in the town."""
    here, elsewhere = world.here, world.elsewhere
    everything = frozenset(Grant(role, elsewhere) for role in (*IN_TOWN, *PERSONAL))
    neighbours = [
        each.also(f"{name} elsewhere, funder here", Grant(Role.FUNDER, here))
        for name, each in world.neighbours.items()
    ]
    busy = world.neighbours["mentor"].also("mentor elsewhere, all roles there", *everything)
    rootless = [
        Persona(name=f"{role} of nowhere", person_id=STRANGER, grants=frozenset({Grant(role)}))
        for role in (*IN_TOWN, *PERSONAL)
    ]
    others = [
        Persona(
            name=f"another {role} here", person_id=STRANGER, grants=frozenset({Grant(role, here)})
        )
        for role in (*PERSONAL, Role.PRESCRIBER)
    ]
    return [*neighbours, busy, *rootless, *others]


def climbers(name: str, insider: Persona, world: World) -> list[Persona]:
    """Give somebody of the town, in the other town alone, each role that they lack here."""
    return [
        insider.also(f"{name} here, {role} elsewhere", Grant(role, world.elsewhere))
        for role in (*IN_TOWN, *PERSONAL)
        if role not in insider.roles
    ]


def opens_anyway(attempt: Try, insider: Persona) -> bool:
    return bool(set(attempt.row.roles) & insider.roles)


@pytest.fixture(scope="module")
def doors_shut(platform: Platform, world: World) -> list[Door]:
    return doors_of(platform, world)


def is_about_an_object(attempt: Try) -> bool:
    sent_ids = parameters(attempt.row.path) or attempt.row.method != "GET"
    return bool(sent_ids) and attempt.row.action not in OPEN_TO_MEMBERS.get(attempt.who.name, ())


def is_about_themselves(attempt: Try) -> bool:
    return str(attempt.who.person_id) in attempt.path


def private(world: World) -> set[str]:
    """Name all that nobody from outside may ever read, list or find."""
    return {each for name, ids in world.ids.items() if name not in PUBLIC for each in ids}


def refused_properly(attempt: Try, answer: httpx.Response) -> bool:
    told = answer.status_code in {403, 404}
    # Who was asked and comes too late is told so.
    too_late = attempt.row.action in {"referral.accept", "referral.decline"}
    return told or (too_late and answer.status_code == 409)


async def test_no_stranger_reads_or_changes_anything_that_belongs_to_others(
    world, doors_shut, doors, record_property
):
    attempts = [
        each
        for each in tries(doors_shut, world, strangers(world))
        if opens(each) and is_about_an_object(each)
    ]

    answers = await all_sent(doors, attempts)

    record_property("checks", len(attempts))
    leaks = [
        (str(each), got.status_code) for each, got in answers if not refused_properly(each, got)
    ]
    assert leaks == []


async def test_a_role_in_another_town_adds_nothing_to_the_roles_in_this_one(
    world, doors_shut, doors, record_property
):
    attempts = [
        each
        for name, insider in world.insiders.items()
        for each in tries(doors_shut, world, climbers(name, insider, world))
        if opens(each, besides=insider.roles)
        and not opens_anyway(each, insider)
        and is_about_an_object(each)
        and not is_about_themselves(each)
    ]

    answers = await all_sent(doors, attempts)

    record_property("checks", len(attempts))
    leaks = [(str(each), got.status_code) for each, got in answers if got.is_success]
    assert leaks == []


async def test_nobody_brings_what_belongs_to_others_into_their_own_town_by_its_id(
    platform, world, doors, record_property
):
    """At their own door, the ids of the other town stand in what is sent."""
    at_home = replace(world, ids={**world.ids, "association_id": [str(world.elsewhere)]})
    theirs = {each for name, ids in world.ids.items() if name not in NAMES_NOBODY for each in ids}
    shut = [each for each in doors_of(platform, at_home) if brings(each, theirs)]
    attempts = [
        each
        for each in tries(shut, at_home, list(world.neighbours.values()))
        if opens(each) and set(parameters(each.row.path)) <= {"association_id"}
    ]

    answers = await all_sent(doors, attempts)

    record_property("checks", len(attempts))
    assert {each.row.action for each in attempts} >= {"staff.appoint"}
    assert [(str(each), got.status_code) for each, got in answers if got.status_code < 400] == []


def brings(door: Door, ids: set[str]) -> bool:
    """Tell whether what is sent at this door names any of these."""
    return any(each in json.dumps(door.content) for each in ids)


async def test_no_list_tells_a_stranger_of_what_belongs_to_others(world, doors_shut, doors):
    hidden = private(world)
    attempts = [
        each
        for each in tries(doors_shut, world, strangers(world))
        if opens(each) and not is_about_an_object(each) and each.who.name not in OPEN_TO_MEMBERS
    ]

    answers = await all_sent(doors, attempts)

    faults = [str(each) for each, got in answers if got.status_code != 200]
    leaks = [str(each) for each, got in answers if any(one in got.text for one in hidden)]
    assert (faults, leaks) == ([], [])


async def test_what_strangers_are_refused_is_there_for_its_own_people(world, doors_shut, doors):
    """Refusals prove nothing about ids that do not exist."""
    people = list(world.insiders.values())
    attempts = [
        each
        for each in tries(doors_shut, world, people)
        if opens(each) and each.row.method == "GET" and parameters(each.row.path)
    ]

    answers = await all_sent(doors, attempts)

    read = {(each.door.service, each.row.path) for each, got in answers if got.is_success}
    never = {(each.door.service, each.row.path) for each in attempts} - read
    assert never == set()


async def test_what_is_reported_about_a_pair_is_for_a_second_pair_of_eyes(world, doors):
    """The coordinator who proposed the pair is not the one who reads."""
    [pair_id] = world.ids["pair_id"]
    url = f"{doors.urls['followup']}/pairs/{pair_id}/safeguarding-reports"
    read = {
        name: (await doors.http.get(url, headers=headers_of(world.insiders[name], doors)))
        for name in ("coordinator", "second coordinator")
    }

    assert read["coordinator"].json()["type"] == "FourEyes"
    assert [each["text"] for each in read["second coordinator"].json()] == ["Une inquiétude"]


async def test_every_page_of_the_portal_leads_strangers_to_the_sign_in(platform, world, doors):
    portal = assembled("portal", platform.secrets)
    pages = [row for row in action_table(portal) if row.roles and row.method == "GET"]

    answers = [
        await doors.http.get(platform.url("portal") + path)
        for row in pages
        for path in paths(row, world)
    ]

    assert len(answers) > 20
    assert {answer.status_code for answer in answers} == {303}
    assert {answer.headers["location"].split("?")[0] for answer in answers} == {"/sign-in"}
