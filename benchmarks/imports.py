"""What a spreadsheet costs: 5,000 rows brought, looked over and entered, errors included.

`python benchmarks/imports.py` starts a PostgreSQL of its own, writes a CSV and an XLSX file of
the same people (one row in twenty with something wrong), and prints for each, as medians of the
rounds: reading apart, staging (every row understood, sealed and judged), entering (referrals
routed, people sealed under keys of their own, events written), and the longest time for which the
event loop could do nothing else.
"""

import argparse
import asyncio
import csv
import io
import statistics
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from random import Random
from uuid import UUID

import openpyxl  # type: ignore[import-untyped]  # it ships no types
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from common.contracts.vocabulary import Place
from common.database import connect, transaction
from common.identity import new_id
from common.keys import vault_at_home
from common.seal import KeyRing
from common.vault import with_vault
from intake import territories
from intake.blueprints import policy_from
from intake.domain.associations import Association
from intake.domain.programmes import Programme
from intake.domain.sight import Reader
from intake.forms import place_of
from intake.handlers import associations
from intake.imports import enter, store
from intake.imports.apart import Readers
from intake.imports.fields import Kind
from intake.imports.origins import origin_for
from intake.imports.stage import Brought, stage
from intake.imports.staging import RowState
from local.secrets import Secrets
from tests import servers

TOWNS = ("Marseille", "Lyon", "Lille", "Rennes", "Nantes", "Toulouse")
HEADINGS = (
    *("Prénom", "Nom", "Date de naissance", "Genre", "Ville", "Code postal", "Classe"),
    *("Besoins", "Modalités", "Disponibilités", "Langues", "Secteur", "Remarques"),
    *("Prénom du responsable légal", "Nom du responsable légal", "Mail du responsable légal"),
    "Téléphone du responsable légal",
)
SYLLABLES = ("ma", "lé", "sou", "ka", "ni", "ra", "chlo", "thé", "o", "yas", "in", "bé", "dri")
WRONG_ONE_IN = 20


def name(chance: Random) -> str:
    return "".join(chance.choices(SYLLABLES, k=3)).capitalize()


def row(number: int, chance: Random) -> list[str]:
    """Make up a pupil and a guardian."""
    town = territories.resolve(chance.choice(TOWNS))
    postcode = chance.choice(territories.find(town.code).postcodes or ("13001",))
    born = date(2010, 1, 1) + timedelta(days=chance.randrange(1800))
    given, family = name(chance), name(chance)
    cells = [
        given,
        family,
        born.strftime("%d/%m/%Y"),
        chance.choice(("fille", "garçon", "F", "M", "")),
        town.name,
        postcode,
        chance.choice(("6e", "5ème", "4e", "3e", "Seconde", "1ère générale")),
        chance.choice(("aide aux devoirs", "orientation, confiance", "français ; devoirs")),
        chance.choice(("à distance", "domicile ; association", "école")),
        chance.choice(("mercredi après-midi", "lundi 17h-19h ; samedi matin", "")),
        chance.choice(("français", "français, arabe", "anglais")),
        chance.choice(("informatique", "santé", "")),
        "Aime le dessin et veut de l'aide en mathématiques." if number % 3 else "",
        name(chance),
        family,
        f"parent{number}@example.org",
        f"06{chance.randrange(10**8):08d}",
    ]
    if number % WRONG_ONE_IN == 0:
        wrong, place = chance.choice((("31/02/2012", 2), ("Nulle-Part", 4), ("jongler", 7)))
        cells[place] = wrong
    return cells


def csv_of(rows: list[list[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows([HEADINGS, *rows])
    return text.getvalue().encode("cp1252")


def xlsx_of(rows: list[list[str]]) -> bytes:
    book = openpyxl.Workbook()
    for each in (HEADINGS, *rows):
        book.active.append(each)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


async def a_collective(tx: AsyncConnection, now: datetime) -> UUID:
    """Let an association join in each town, with an offer each; the first one imports."""
    ids = []
    for town in TOWNS:
        place: Place = place_of(town)
        association = Association(id=new_id(), name=town, place=place)
        await associations.register_association(tx, association, now=now)
        programme = Programme(
            id=new_id(),
            association_id=association.id,
            name=town,
            template="afev",
            policy=policy_from("afev", {}),
        )
        await associations.publish_programme(tx, programme, now=now)
        await associations.publish_offer(tx, programme, None, (town, 500, 15), now=now)
        ids.append(association.id)
    return ids[0]


@asynccontextmanager
async def longest_pause() -> AsyncIterator[list[float]]:
    """Note the longest time between two looks at the clock."""
    longest = [0.0]

    async def look() -> None:
        seen = time.perf_counter()
        while True:
            await asyncio.sleep(0.001)
            longest[0] = max(longest[0], time.perf_counter() - seen - 0.001)
            seen = time.perf_counter()

    looking = asyncio.create_task(look())
    try:
        yield longest
    finally:
        looking.cancel()


async def measured(engine: AsyncEngine, content: bytes, association_id: UUID) -> dict[str, float]:
    """Bring one file, as the routes and the clock do."""
    now = datetime.now(UTC)
    by = Reader(person_id=new_id(), staff_of=frozenset({association_id}))
    times = [time.perf_counter()]
    async with longest_pause() as longest:
        sheet = await Readers().read(content)
        times.append(time.perf_counter())
        async with transaction(engine) as tx:
            origin = await origin_for(tx, Kind.REFERRALS, association_id, (), by)
            staged = await stage(tx, Brought(sheet=sheet), origin, now=now)
        times.append(time.perf_counter())
        await enter_all(engine, staged.id, now)
        times.append(time.perf_counter())
    await check(engine, staged.id, rows=len(sheet.rows) - 1)
    parts = (after - before for before, after in pairwise(times))
    whole = times[-1] - times[0]
    return dict(zip(("read", "stage", "enter"), parts, strict=True)) | {
        "all": whole,
        "pause": longest[0],
    }


async def enter_all(engine: AsyncEngine, import_id: UUID, now: datetime) -> None:
    async with transaction(engine) as tx:
        await enter.commit(tx, import_id, enter.Say())
    handled = 1
    while handled:
        async with transaction(engine) as tx:
            handled = await enter.enter_next(tx, now=now)


async def check(engine: AsyncEngine, import_id: UUID, *, rows: int) -> None:
    """Make sure that every row was entered or found wrong, and the right ones."""
    async with transaction(engine) as tx:
        counts = await store.counts(tx, import_id)
    wrong = (rows + WRONG_ONE_IN - 1) // WRONG_ONE_IN
    assert counts == {RowState.ENTERED: rows - wrong, RowState.WRONG: wrong}, counts


async def main(count: int, rounds: int) -> None:
    with servers.open_folder() as folder:
        secrets = Secrets.made_new()
        postgres = servers.postgres_in(folder, secrets)
        postgres.start()
        try:
            engine = with_vault(
                connect(postgres.url("intake")),
                vault_at_home(KeyRing.parse(secrets.key_encryption_key)),
            )
            await compare(engine, count, rounds)
            await engine.dispose()
        finally:
            postgres.kill()


async def compare(engine: AsyncEngine, count: int, rounds: int) -> None:
    kept: dict[str, list[dict[str, float]]] = {"csv": [], "xlsx": []}
    chance = Random(7)
    for _ in range(rounds):
        rows = [row(number, chance) for number in range(count)]
        for kind, write in (("csv", csv_of), ("xlsx", xlsx_of)):
            await servers.empty_tables(engine, "intake")
            async with transaction(engine) as tx:
                association_id = await a_collective(tx, datetime.now(UTC))
            kept[kind].append(await measured(engine, write(rows), association_id))
    report(kept, count)


def report(kept: dict[str, list[dict[str, float]]], count: int) -> None:
    print(f"{count} rows, one in {WRONG_ONE_IN} with something wrong; seconds, medians")
    print(f"  {'':<6}{'read':>8}{'stage':>8}{'enter':>8}{'all':>8}   longest pause of the loop")
    for kind, times in kept.items():
        median = {part: statistics.median(each[part] for each in times) for part in times[0]}
        parts = "".join(f"{median[part]:8.2f}" for part in ("read", "stage", "enter", "all"))
        print(f"  {kind:<6}{parts}   {median['pause'] * 1000:.0f} ms")


if __name__ == "__main__":
    line = argparse.ArgumentParser(description=__doc__)
    line.add_argument("--rows", type=int, default=5000)
    line.add_argument("--rounds", type=int, default=3)
    asked = line.parse_args()
    asyncio.run(main(asked.rows, asked.rounds))
