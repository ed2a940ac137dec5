"""The files that were brought are found again, by those who may know of them."""

from common.contracts.vocabulary import Role
from tests.intake.cast import PRESCRIBER
from tests.intake.imports.files import HEADINGS, INES, KARIM


async def test_the_files_of_an_association_are_listed_newest_first_and_say_nothing_of_people(
    stage, commit, get, afev, sign_in
):
    first = await stage([HEADINGS, INES])
    second = await commit(await stage([HEADINGS, KARIM]))
    colleague = sign_in(Role.VOLUNTEER, afev["association"])

    for who in (afev["coordinator"], colleague):
        listed = await get("/imports", who)
        assert [each["id"] for each in listed] == [second["id"], first["id"]]
        assert [each["state"] for each in listed] == ["committed", "staged"]
        assert "Ines" not in str(listed)

    assert [each["id"] for each in await get("/imports?limit=1", colleague)] == [second["id"]]
    older = await get(f"/imports?after={second['id']}", colleague)
    assert [each["id"] for each in older] == [first["id"]]


async def test_a_stranger_finds_no_file_and_who_brought_one_finds_it_from_anywhere(
    stage, get, sign_in, join
):
    prescriber = sign_in(Role.PRESCRIBER, None, PRESCRIBER)
    staged = await stage([HEADINGS, INES], who=prescriber)
    elsewhere = await join("Elsewhere")

    assert await get("/imports", elsewhere["coordinator"]) == []
    assert [each["id"] for each in await get("/imports", prescriber)] == [staged["id"]]
