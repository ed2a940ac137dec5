"""A spreadsheet is kept sealed, and no longer than it is needed."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, text

from common.database import transaction
from common.keys import erase_key
from intake.imports.staging import KEPT, REMEMBERED
from intake.imports.tables import imported_rows, staged_rows
from intake.store.people_tables import person_keys
from tests.intake.imports.files import (
    HEADINGS,
    INES,
    KARIM,
    changed,
)

# Long enough that no sealed text contains it by chance.
CANARY = "zqxwvzqx"


async def everything_kept(engine) -> str:
    async with engine.connect() as connection:
        names = await connection.execute(
            text("select table_name from information_schema.tables where table_schema = 'public'")
        )
        rows = [
            (await connection.execute(text(f'select * from "{name}"'))).all()
            for (name,) in names.all()
        ]
    return str(rows)


async def test_nothing_of_a_file_lies_in_the_tables_in_the_clear(
    bring, stage, commit, engine, capfd
):
    canary = changed(
        INES,
        A="Zqxwvzqxprenom",
        B="Zqxwvzqxnom",
        C="Zqxwvzqxdate",
        L="Zqxwvzqxcouleur",
        J="ZQXWVZQX Mère",
    )
    good = changed(INES, A="Zqxwvzqxdeux", L="Zqxwvzqxautre")

    await commit(await stage([[*HEADINGS, "Zqxwvzqxtitre"], canary, good]))

    assert CANARY not in (await everything_kept(engine)).lower()
    assert CANARY not in "".join(capfd.readouterr()).lower()


async def test_an_import_whose_key_goes_while_somebody_looks_is_shown_without_its_content(
    stage, get, engine, afev
):
    staged = await stage([HEADINGS, INES, changed(KARIM, C="31/02/2012")])
    async with transaction(engine) as tx:
        await erase_key(tx, UUID(staged["id"]), at=datetime.now(UTC))

    shown = await get(f"/imports/{staged['id']}", afev["coordinator"])

    assert shown["counts"] == staged["counts"]
    assert [each["heading"] for each in staged["columns"]] == HEADINGS
    assert not any(each["heading"] for each in shown["columns"])


async def test_the_key_of_an_import_goes_when_nothing_is_left_to_mend(
    stage, commit, client, afev, engine, let_time_pass
):
    good = await stage([HEADINGS, INES])
    half = await stage([HEADINGS, KARIM, changed(INES, C="hier")])
    await commit(good)
    await commit(half)

    assert await erased(engine, good)
    assert not await erased(engine, half)
    await let_time_pass(datetime.now(UTC) + KEPT + timedelta(minutes=1))
    assert await erased(engine, half)
    async with transaction(engine) as tx:
        assert await tx.scalar(select(func.count()).select_from(staged_rows)) == 0
    gone = await client.get(f"/imports/{good['id']}/errors.csv", headers=afev["coordinator"])
    assert (gone.status_code, gone.json()["type"]) == (409, "ImportForgotten")


async def erased(engine, staged) -> bool:
    query = select(person_keys.c.erased_at).where(person_keys.c.person_id == UUID(staged["id"]))
    async with transaction(engine) as tx:
        return await tx.scalar(query) is not None


async def test_after_a_week_what_nobody_committed_is_destroyed(
    stage, get, client, afev, engine, let_time_pass
):
    staged = await stage([HEADINGS, INES])
    await let_time_pass(datetime.now(UTC) + KEPT - timedelta(minutes=1))
    assert not await erased(engine, staged)

    await let_time_pass(datetime.now(UTC) + KEPT + timedelta(minutes=1))

    assert await erased(engine, staged)
    path = f"/imports/{staged['id']}"
    assert (await get(path, afev["coordinator"]))["state"] == "forgotten"
    late = await client.post(f"{path}/commit", headers=afev["coordinator"])
    assert (late.status_code, late.json()["type"]) == (409, "ImportForgotten")


async def test_after_a_year_even_the_hashes_of_rows_are_forgotten(
    stage, commit, engine, let_time_pass
):
    await commit(await stage([HEADINGS, INES]))

    await let_time_pass(datetime.now(UTC) + REMEMBERED + timedelta(days=1))

    async with transaction(engine) as tx:
        assert await tx.scalar(select(func.count()).select_from(imported_rows)) == 0
