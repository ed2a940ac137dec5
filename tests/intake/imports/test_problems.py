"""What is wrong in a spreadsheet is told by line, column and mend, and nothing else is lost."""

import pytest

from tests.intake.imports.files import (
    HEADINGS,
    INES,
    KARIM,
    LEA,
    MENTOR_HEADINGS,
    changed,
    xlsx_of,
)


async def test_every_problem_of_a_row_names_line_column_value_and_mend(stage):
    title = ["Élèves 2026"]
    wrong = changed(INES, C="31/02/2012", D="Nulle-Part", G="jongler", K="06")

    staged = await stage([title, [], HEADINGS, INES, wrong])

    assert staged["heading_line"] == 3
    assert staged["counts"] | {"ready": 1, "wrong": 1} == staged["counts"]
    told = {each["column"]: each for each in staged["problems"]}
    assert {each["line"] for each in told.values()} == {5}
    assert {column: each["heading"] for column, each in told.items()} == {
        "C": "Né(e) le",
        "D": "Ville",
        "G": "Besoin",
        "K": "Téléphone du responsable légal",
    }
    assert told["C"]["value"] == "31/02/2012"
    assert told["C"]["problem"] == "Ce n'est pas une date qui existe."
    assert told["C"]["mend"] == "Écrivez jour/mois/année, par exemple 03/09/2012."
    assert "Aide aux devoirs" in told["G"]["mend"]
    assert "dix chiffres" in told["K"]["mend"]


async def test_problems_are_told_in_the_language_of_the_reader(stage, client, afev):
    staged = await stage([HEADINGS, changed(INES, C="hier", D="Bois-le-Roi", E="")])

    english = await client.get(
        f"/imports/{staged['id']}",
        headers=afev["coordinator"] | {"Accept-Language": "en"},
    )

    told = {each["column"]: each for each in english.json()["problems"]}
    assert told["C"]["problem"] == "This is not a date that exists."
    assert told["D"]["code"] == "AmbiguousCommune"
    assert told["D"]["mend"] == "Add the postcode or the INSEE code in a column."


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        ({"A": "=HYPERLINK(1)"}, "A", "formula"),
        ({"B": "#REF!"}, "B", "formula_failed"),
        ({"A": "In\ufffds"}, "A", "unreadable"),
        ({"A": "In\0s"}, "A", "unreadable"),
        ({"A": ""}, "A", "missing"),
        ({"C": "04/03/2024"}, "C", "TooYoung"),
        ({"C": "04/03/2031"}, "C", "ImpossibleBirthDate"),
        ({"C": ""}, "C", "AgeMissing"),
        ({"F": "sorcier"}, "F", "unknown_word"),
        ({"I": "quand la lune est pleine"}, "I", "not_hours"),
        ({"J": "Samira Benali"}, "J", "which_name"),
        ({"J": "", "K": ""}, "J", "GuardianMissing"),
        ({"K": ""}, "K", "GuardianUnreachable"),
        ({"A": "x" * 81}, "A", "string_too_long"),
        ({"A": "x" * 11_000}, "A", "cell_too_long"),
    ],
)
async def test_what_the_form_or_its_reading_refuses_is_told_of_its_cell(stage, cells, column, code):
    staged = await stage([HEADINGS, changed(INES, **cells)])

    assert [(each["column"], each["code"]) for each in staged["problems"]] == [(column, code)]


async def test_an_address_with_a_slip_in_it_is_told_of_its_cell_with_the_mend(stage, client, afev):
    slip = [*LEA[:2], "lea,martin@example.org", *LEA[3:]]

    staged = await stage([MENTOR_HEADINGS, slip], kind="mentors")

    [told] = staged["problems"]
    assert (told["column"], told["problem"]) == ("C", "Ce texte n'a pas la forme attendue.")
    assert told["mend"] == "Écrivez une adresse comme prenom@exemple.fr."
    english = await client.get(
        f"/imports/{staged['id']}", headers=afev["coordinator"] | {"Accept-Language": "en"}
    )
    [told] = english.json()["problems"]
    assert told["mend"] == "Write an address like name@example.org."


async def test_surplus_missing_and_merged_cells_are_told(stage):
    def merge(sheet):
        sheet.merge_cells("D2:D3")

    ragged = await stage([HEADINGS, [*INES, "", "more"], INES[:4]])
    merged = await stage(xlsx_of([HEADINGS, INES, KARIM], merge))

    told = [(each["line"], each["column"], each["code"]) for each in ragged["problems"]]
    assert told[0] == (2, "N", "surplus")
    assert (3, "F", "missing") in told
    assert [(each["line"], each["column"], each["code"]) for each in merged["problems"]] == [
        (3, "D", "merged")
    ]


async def test_a_file_without_an_expected_column_says_which(stage):
    staged = await stage([["Prénom", "Nom", "Ville"], ["A", "B", "Lyon"]])

    assert {each["field"] for each in staged["missing"]} == {"level"}
    assert {each["code"] for each in staged["problems"]} >= {"missing"}


async def test_nothing_is_lost_of_a_file_half_wrong(stage, commit, client, afev, all_statuses):
    wrong = changed(KARIM, C="le printemps", D="=2+3")
    staged = await stage([HEADINGS, INES, wrong])
    await commit(staged)
    path = f"/imports/{staged['id']}/errors.csv"

    errors = await client.get(path, headers=afev["coordinator"])

    assert len(await all_statuses()) == 1
    lines = errors.content.decode("utf-8-sig").splitlines()
    assert lines[0].split(";") == [*HEADINGS, "À corriger"]
    assert len(lines) == 2
    assert "Ligne 3, colonne C (Né(e) le) : Ce n'est pas une date qui existe." in lines[1]
    assert "'=2+3" in lines[1]
    mended = errors.content.replace(b"le printemps", KARIM[2].encode())
    mended = mended.replace(b"'=2+3", b"Aix-en-Provence")
    again = await stage(mended)
    assert (again["problems"], again["unmapped"]) == ([], ["L"])
    assert (await commit(again))["counts"]["entered"] == 1
    assert len(await all_statuses()) == 2
