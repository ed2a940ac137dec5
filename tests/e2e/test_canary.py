"""A canary sings only to those who may hear it: no text of a person lies anywhere in clear."""

import csv
import io
from itertools import count
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select

from common.keys import person_keys
from demo.actors import Actor, Refused
from tests.canary import SONG, checkpoint, search
from tests.e2e.pages import Browser
from tests.e2e.pairs import Pair
from tests.e2e.people import Town
from tests.e2e.rows import database_of, files_with

PHONES = ("0699887761", "0699887762", "0699887763")
# As written, as normalised, and as a number.
DIGITS = "9988776"
number = count(1)


def song() -> str:
    """Make a text that is nowhere else."""
    return f"{SONG}{next(number):04}"


def contact(phone: str) -> dict[str, Any]:
    return {
        "given_name": song(),
        "family_name": song(),
        "email": f"{song()}@{song()}.example",
        "phone": phone,
    }


def wishes() -> dict[str, Any]:
    return {name: song() for name in ("motivation_text", "expectations_text", "notes")}


@pytest.fixture
async def aviary(doors) -> Town:
    """An association of which a sign in clear is known, to know that the search finds it."""
    return await Town.founded(doors)


async def test_no_text_of_a_person_is_found_in_what_the_platform_wrote_before_or_after_an_erasure(
    aviary, platform
):
    pair = await sung(aviary)

    assert await found(platform, aviary) == []

    assert pair.case.guardian
    people = [pair.case.mentee, pair.case.guardian, pair.mentor]
    keys = await keys_of(platform, [each.person_id for each in people])
    assert len(keys) == 3
    for each in people:
        await each.post("intake", f"/people/{each.person_id}/erasure")
    await aviary.doors.settle()

    assert await found(platform, aviary) == []
    assert await keys_of(platform, list(keys)) == {}
    assert [*files_with(keys.values(), platform.home / "nats")] == []


async def test_the_search_finds_what_is_in_clear(aviary, platform):
    programme = await aviary.programme("un_jeune_un_mentor")
    await aviary.doors.settle()

    await checkpoint(platform)

    folders = {file.relative_to(platform.home).parts[0] for file, _ in search(platform, programme)}
    assert "postgres" in folders
    assert "nats" in folders


async def sung(town: Town) -> Pair:
    """Let canaries live the school's story, in every free text that anybody may write."""
    programme = await town.programme("un_jeune_un_mentor")
    mentor = await town.mentor(programme, **contact(PHONES[0]), **wishes())
    case = await town.refer(
        **contact(PHONES[1]), **wishes(), other_schemes=song(), guardian=contact(PHONES[2])
    )
    pair = await Pair.formed(town, case, mentor)
    await pair.meet_first(place=song())
    await pair.sign()
    await write_everywhere(pair)
    await bring_list(town)
    await ask(town)
    await knock(town)
    await town.doors.settle()
    return pair


async def write_everywhere(pair: Pair) -> None:
    goal = await pair.do("goals", text=song())
    await pair.meet(word=song(), goals=[goal["id"]], important=True)
    for side in ("mentor", "mentee"):
        await pair.do("check-ins", side=side, mood=1, note=song())
    path = f"/pairs/{pair.id}"
    await pair.mentor.post("followup", f"{path}/safeguarding-reports", {"text": song()})
    await pair.do("closing", reason="moved", by="mentee")
    for side in ("mentor", "mentee", "guardian"):
        await pair.do("interviews", side=side, note=song())
    review = {"satisfaction": 4, "goals_reached": "yes", "shared": song(), "private": song()}
    await pair.mentor.post("followup", f"{path}/review", review)
    await pair.do("closure", rematch_mentee=False, rematch_mentor=True, contact="free")


async def bring_list(town: Town) -> None:
    """Bring a spreadsheet: a good row, a row with something wrong, a heading of no use."""
    good = {
        "Prénom": song(),
        "Nom": song(),
        "Date de naissance": "12/05/1999",
        "Ville": "Marseille 1er",
        "Téléphone": PHONES[1],
        "Mail": f"{song()}@{song()}.example",
        "Classe": "Licence",
        "Besoins": "orientation",
        "Remarques": song(),
        song(): song(),
    }
    rows = [good, good | {"Prénom": song(), "Date de naissance": song(), "Ville": song()}]
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, list(good))
    writer.writeheader()
    writer.writerows(rows)
    content = (f"{song()}.csv", file.getvalue().encode())
    told = await town.coordinator.upload(
        "intake", "/imports", content, kind="referrals", association_id=town.association_id
    )
    await town.coordinator.post("intake", f"/imports/{told['id']}/commit", {})


async def ask(town: Town) -> None:
    """Fill in the form that is open to everybody."""
    filled = {
        "given_name": song(),
        "family_name": song(),
        "birth_date": "1999-05-12",
        "email": f"{song()}@{song()}.example",
        "axis": "employment",
        "level": "licence",
        "digital": "phone",
        "motivation_text": song(),
        "notes": song(),
    }
    async with Browser.on_a_phone(town.doors.urls["portal"]) as phone:
        await phone.open("/ask")
        await phone.submit("/ask", **filled, commune="Marseille")
        assert "/thanks" in phone.address


async def knock(town: Town) -> None:
    """Send what is refused, to every service: what is wrong with it may not end in a log."""
    wrong = {"given_name": song(), song(): song(), "birth_date": song(), "email": song()}
    posts = (
        (town.school, "intake", "/referrals"),
        (town.coordinator, "matching", "/runs"),
        (town.coordinator, "training", "/sessions"),
        (town.coordinator, "followup", f"/pairs/{UUID(int=0)}/meetings"),
    )
    for actor, service, path in posts:
        await refused(actor, service, path, wrong)
        await refused(actor, service, f"{path}/{song()}", wrong)
    portal = town.doors.urls["portal"]
    headers = {"Authorization": f"Bearer {song()}"}
    for url in town.doors.urls.values():
        await town.doors.http.get(f"{url}/{song()}?{song()}={song()}", headers=headers)
    async with httpx.AsyncClient() as stranger:
        await stranger.post(f"{portal}/sign-in", data={"email": f"{song()}@mail.example"})


async def refused(actor: Actor, service: str, path: str, body: dict[str, str]) -> None:
    with pytest.raises(Refused) as no:
        await actor.post(service, path, body)
    assert SONG not in str(no.value.problem)


async def found(platform, town: Town) -> list[str]:
    """Name every place that holds a sign of a canary."""
    await checkpoint(platform)
    places = [f"{file}: {sign!r}" for file, sign in search(platform, SONG, DIGITS)]
    for name, url in town.doors.urls.items():
        metrics = (await town.doors.http.get(f"{url}/metrics")).text
        places += [f"metrics of {name}" for sign in (SONG, DIGITS) if sign in metrics]
    return places


async def keys_of(platform, people: list[UUID]) -> dict[UUID, bytes]:
    """Give the wrapped keys of people, as far as there are any."""
    async with database_of(platform, "intake") as tx:
        rows = await tx.execute(select(person_keys.c.person_id, person_keys.c.wrapped))
        held = {row.person_id: bytes(row.wrapped) for row in rows}
    return {person: held[person] for person in people if any(held[person])}
