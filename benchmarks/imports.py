"""How long a spreadsheet takes: 5,000 rows brought, looked over and entered, errors included.

A CSV and an XLSX file of the same people, one row in twenty with something wrong: read apart,
staged (every row understood, sealed and judged), entered (referrals routed, people sealed under
keys of their own, events written). `python -m benchmarks.imports` measures this alone.
"""

import asyncio
import csv
import io
import statistics
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from random import Random
from uuid import UUID

import openpyxl
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from benchmarks.table import Aim, Line, table
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
ROWS = 5000
ROUNDS = 3


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


async def importing(rounds: int = ROUNDS, count: int = ROWS) -> list[Line]:
    """Bring the same people as CSV and as XLSX, on a PostgreSQL of its own."""
    secrets = Secrets.made_new()
    with servers.open_folder() as folder:
        postgres = servers.postgres_in(folder, secrets)
        postgres.start()
        engine = with_vault(
            connect(postgres.url("intake")),
            vault_at_home(KeyRing.parse(secrets.key_encryption_key)),
        )
        try:
            kept = await compared(engine, count, rounds)
        finally:
            await engine.dispose()
            postgres.kill()
    return [line for kind, times in kept.items() for line in told(kind, times, count)]


async def compared(
    engine: AsyncEngine, count: int, rounds: int
) -> dict[str, list[dict[str, float]]]:
    kept: dict[str, list[dict[str, float]]] = {"CSV": [], "XLSX": []}
    chance = Random(7)  # noqa: S311 -- people to measure with, no secrets
    for _ in range(rounds):
        rows = [row(number, chance) for number in range(count)]
        for kind, write in (("CSV", csv_of), ("XLSX", xlsx_of)):
            await servers.empty_tables(engine, "intake")
            async with transaction(engine) as tx:
                association_id = await a_collective(tx, datetime.now(UTC))
            kept[kind].append(await measured(engine, write(rows), association_id))
    return kept


def told(kind: str, times: list[dict[str, float]], count: int) -> list[Line]:
    median = {part: statistics.median(each[part] for each in times) for part in times[0]}
    parts = ", ".join(f"{part} {median[part]:.2f}" for part in ("read", "stage", "enter"))
    pause = f"the loop paused for {median['pause'] * 1000:.0f} ms at most"
    whole = Line(
        number="E8",
        measure=f"import of {count:,} rows of {kind}, errors included",
        figure=f"{median['all']:.1f} s, median of {len(times)}",
        value=median["all"],
        aim=Aim(goal=10, moonshot=3, unit="s"),
    )
    return [whole, Line(number="", measure=f"  {parts} s", figure=pause)]


if __name__ == "__main__":
    sys.stdout.write(f"{table(asyncio.run(importing()))}\n")
