"""A spreadsheet on its way into intake: staged, looked over, entered, and forgotten."""

import tempfile
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select, text

from common.contracts.intake import MentorApplied, ReferralSubmitted
from common.contracts.vocabulary import Door, Role
from common.database import transaction
from common.keys import erase_key
from intake.imports import enter
from intake.imports.fields import FIELDS, Kind
from intake.imports.staging import KEPT, REMEMBERED
from intake.imports.tables import imported_rows, staged_rows
from intake.store.people_tables import person_keys
from tests.intake.cast import PRESCRIBER
from tests.intake.imports.files import (
    HEADINGS,
    INES,
    KARIM,
    LEA,
    MENTOR_HEADINGS,
    changed,
    csv_of,
    xlsx_of,
)


async def test_good_rows_become_referrals_and_what_they_say_is_understood(
    stage, commit, get, afev, all_statuses, announced, client
):
    staged = await stage([HEADINGS, INES, KARIM])
    assert staged["problems"] == []
    assert staged["unmapped"] == ["L"]
    assert staged["counts"]["ready"] == 2
    assert await all_statuses() == []

    committed = await commit(staged)

    assert committed["state"] == "committed"
    assert committed["counts"]["entered"] == 2
    submitted = [each for each in await announced() if isinstance(each, ReferralSubmitted)]
    assert [each.door for each in submitted] == [Door.SPREADSHEET] * 2
    facets = submitted[0].facets
    assert facets.place.commune == "13205"
    assert (facets.level, facets.axis, facets.age_band) == ("4e", "education", "11-14")
    assert facets.needs == ("school_work", "orientation")
    assert facets.modalities == ("home", "association")
    assert facets.slots == tuple(range(2 * 24 + 14, 2 * 24 + 18))
    path = f"/imports/{staged['id']}/rows"
    rows = await get(f"{path}?state=entered", afev["coordinator"])
    assert [each["line"] for each in rows] == [2, 3]
    assert [UUID(each["id"]) for each in rows] == [each.referral_id for each in submitted]


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


async def test_a_workbook_and_a_text_of_the_same_people_are_the_same_rows(stage, commit):
    await commit(await stage([HEADINGS, INES, KARIM]))

    again = await stage(xlsx_of([HEADINGS, changed(INES, E=13005, K=612345678), KARIM]))

    assert again["counts"]["known"] == 2
    assert again["counts"]["ready"] == 0


async def test_rows_become_mentors_of_the_only_programme(stage, commit, announced, afev):
    staged = await stage([MENTOR_HEADINGS, LEA], "mentors")

    await commit(staged)

    [applied] = [each for each in await announced() if isinstance(each, MentorApplied)]
    assert applied.programme_ids == (afev["programme"],)
    assert applied.facets.modalities == ("home",)


async def test_mentors_name_one_of_several_programmes(stage, post, afev):
    path = f"/associations/{afev['association']}/programmes"
    await post(path, afev["coordinator"], name="À distance", template="remote", overrides={})
    headings = [*MENTOR_HEADINGS, "Programme"]

    staged = await stage([headings, [*LEA, "a DISTANCE"], [*LEA, ""], [*LEA, "Autre"]], "mentors")

    assert [(each["line"], each["code"]) for each in staged["problems"]] == [
        (3, "which_programme"),
        (4, "unknown_programme"),
    ]
    chosen = await stage([headings, [*LEA, ""]], "mentors", programme_id=str(afev["programme"]))
    assert chosen["problems"] == []


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
    mended = errors.content.replace(b"le printemps", b"06/05/2011")
    mended = mended.replace(b"'=2+3", b"Aix-en-Provence")
    again = await stage(mended)
    assert (again["problems"], again["unmapped"]) == ([], ["L"])
    assert (await commit(again))["counts"]["entered"] == 1
    assert len(await all_statuses()) == 2


async def test_a_file_sent_twice_is_entered_once(stage, commit, all_statuses):
    first = await stage([HEADINGS, INES, KARIM])
    second = await stage([HEADINGS, INES, KARIM])
    assert second["counts"]["ready"] == 2

    await commit(first)
    assert (await commit(second))["counts"]["known"] == 2
    assert (await commit(first))["counts"]["entered"] == 2

    assert len(await all_statuses()) == 2
    third = await stage([HEADINGS, INES, KARIM])
    assert third["counts"]["known"] == 2


async def test_a_crash_half_way_loses_no_row_and_enters_none_twice(
    stage, client, afev, engine, all_statuses, let_time_pass, monkeypatch
):
    monkeypatch.setattr(enter, "BATCH", 2)
    staged = await stage([HEADINGS, *(changed(INES, A=f"Inès {letter}") for letter in "abcde")])
    await client.post(f"/imports/{staged['id']}/commit", headers=afev["coordinator"])
    now = datetime.now(UTC)
    async with transaction(engine) as tx:
        await enter.enter_next(tx, now=now)
    with pytest.raises(ZeroDivisionError):
        await crash_while_entering(engine, now)

    assert len(await all_statuses()) == 2
    await let_time_pass()

    assert len(await all_statuses()) == 5


async def crash_while_entering(engine, now):
    async with transaction(engine) as tx:
        await enter.enter_next(tx, now=now)
        raise ZeroDivisionError


async def test_a_repeated_row_is_entered_once_and_the_same_person_is_pointed_out(
    stage, commit, all_statuses
):
    await commit(await stage([HEADINGS, KARIM]))
    moved = changed(INES, D="Lyon", E="69003")

    staged = await stage([HEADINGS, INES, INES, moved, changed(KARIM, F="4e")])

    assert staged["counts"] | {"ready": 3, "repeated": 1} == staged["counts"]
    assert [(each["line"], each["code"], each["of_line"]) for each in staged["warnings"]] == [
        (3, "same_in_file", 2),
        (4, "same_in_file", 2),
        (5, "known_person", None),
    ]
    committed = await commit(staged, leave_out=[4])
    assert committed["counts"] | {"entered": 2, "left_out": 1} == committed["counts"]
    assert len(await all_statuses()) == 3


async def test_all_doubtful_rows_can_be_left_out_at_once(stage, commit):
    staged = await stage([HEADINGS, INES, changed(INES, D="Lyon", E="69003")])

    committed = await commit(staged, leave_out_doubtful=True)

    assert committed["counts"] | {"entered": 1, "left_out": 1} == committed["counts"]


async def test_a_line_that_does_not_wait_cannot_be_left_out(stage, client, afev):
    staged = await stage([HEADINGS, INES])

    response = await client.post(
        f"/imports/{staged['id']}/commit", json={"leave_out": [7]}, headers=afev["coordinator"]
    )

    assert response.status_code == 422
    assert response.json()["errors"][0]["field"] == "leave_out"


async def test_what_a_heading_means_is_said_once_and_remembered_after_a_commit(stage, commit):
    headings = ["Prénom", "Nom", "Né(e) le", "Où ?", "Étape", "Contact de la maman", "Maman"]
    rows = [headings, ["Inès", "Benali", "04/03/2012", "Marseille", "4e", "0612345678", "ROUX Lou"]]
    unknown = await stage(rows)
    assert unknown["unmapped"] == ["D", "E", "F", "G"]
    mapping = '{"D":"commune","e":"level","F":"guardian.phone","G":"guardian.full_name"}'
    said = await stage(rows, mapping=mapping)
    assert [each["how"] for each in said["columns"]][3:] == ["said"] * 4
    assert (await stage(rows))["unmapped"] == ["D", "E", "F", "G"]

    await commit(said)

    known = await stage(rows)
    assert [each["how"] for each in known["columns"]][3:] == ["remembered"] * 4
    assert known["counts"]["known"] == 1


@pytest.mark.parametrize(
    "mapping", ['{"Z": "commune"}', '{"A": "password"}', '{"A": "programmes"}', "[]", '{"A": 1}']
)
async def test_a_mapping_that_makes_no_sense_is_refused(bring, mapping):
    response = await bring(csv_of([HEADINGS, INES]), mapping=mapping)

    assert response.status_code == 422
    assert response.json()["errors"][0]["field"] == "mapping"


async def test_a_prescriber_brings_a_file_of_their_own(stage, commit, prescriber, announced):
    staged = await stage([HEADINGS, INES], who=prescriber)

    await commit(staged, who=prescriber)

    [submitted] = [each for each in await announced() if isinstance(each, ReferralSubmitted)]
    assert submitted.prescriber_id == PRESCRIBER


async def test_what_is_in_a_file_is_shown_only_to_who_brought_it(
    stage, client, afev, sign_in, join
):
    staged = await stage([HEADINGS, changed(INES, C="hier")])
    path = f"/imports/{staged['id']}"
    colleague = sign_in(Role.VOLUNTEER, afev["association"])
    stranger = (await join("Elsewhere"))["coordinator"]

    seen = await client.get(path, headers=colleague)

    assert seen.json()["problems"][0]["value"] is None
    assert seen.json()["columns"][0]["heading"] is None
    for hidden in ("/errors.csv", "/rows/2"):
        assert (await client.get(path + hidden, headers=colleague)).status_code == 403
    for anything in ("", "/rows", "/rows/2", "/errors.csv"):
        assert (await client.get(path + anything, headers=stranger)).status_code == 403
    assert (await client.post(f"{path}/commit", headers=stranger)).status_code == 403
    assert (await client.get(path + "/rows/2", headers=afev["coordinator"])).json()["cells"][
        "A"
    ] == "Inès"


async def test_nobody_brings_a_file_for_another_association(bring, sign_in, join, afev):
    elsewhere = await join("Elsewhere")

    response = await bring(csv_of([HEADINGS, INES]), association_id=str(elsewhere["association"]))

    assert response.status_code == 403
    mentee = sign_in(Role.MENTEE, None)
    assert (await bring(csv_of([HEADINGS, INES]), who=mentee)).status_code == 403
    foreign = await bring(csv_of([MENTOR_HEADINGS, LEA]), "mentors", programme_id=str(uuid4()))
    assert foreign.json()["errors"][0]["field"] == "programme_ids"


async def everything_kept(engine) -> str:
    async with engine.connect() as connection:
        names = await connection.execute(
            text("select table_name from information_schema.tables where table_schema = 'public'")
        )
        rows = [
            (await connection.execute(text(f'select * from "{name}"'))).all()  # noqa: S608 -- our own names
            for (name,) in names.all()
        ]
    return str(rows)


async def test_nothing_of_a_file_lies_in_the_tables_in_the_clear(
    bring, stage, commit, engine, capfd
):
    canary = changed(INES, A="Zqxprenom", B="Zqxnom", C="Zqxdate", L="Zqxcouleur", J="ZQX Mère")
    good = changed(INES, A="Zqxdeux", L="Zqxautre")

    await commit(await stage([[*HEADINGS, "Zqxtitre"], canary, good]))

    assert "zqx" not in (await everything_kept(engine)).lower()
    assert "zqx" not in "".join(capfd.readouterr()).lower()


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


async def test_a_row_that_the_rules_refuse_in_the_meantime_is_kept_to_be_mended(
    stage, client, get, afev, let_time_pass, all_statuses
):
    born_today = datetime.now(UTC).strftime("%d/%m/") + "2001"
    headings = [*HEADINGS[:9], "Mail"]
    adult = [*changed(INES, C=born_today)[:9], "ines@example.org"]
    staged = await stage([headings, adult])
    assert staged["problems"] == []
    await client.post(f"/imports/{staged['id']}/commit", headers=afev["coordinator"])

    await let_time_pass(datetime.now(UTC) + timedelta(days=366 * 100))

    assert await all_statuses() == []


@pytest.mark.parametrize(
    ("content", "status"),
    [(b"", 422), (b"%PDF-1.4 \x00\x01\x02" * 99, 422), (b"a;b\n" * 20_001, 413)],
)
async def test_a_file_that_cannot_be_read_is_a_problem_of_the_file(bring, content, status):
    response = await bring(content)

    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"


async def test_a_file_with_headings_only_or_none_that_is_known_is_refused(bring):
    only = await bring(csv_of([HEADINGS]))
    none = await bring(csv_of([["a", "b"], ["c", "d"]]))

    assert "aucune ligne" in only.json()["errors"][0]["message"]
    assert "Aucun titre" in none.json()["errors"][0]["message"]


async def test_a_file_of_a_hundred_megabytes_is_refused_while_it_comes(client, afev):
    sent = 0

    async def body():
        nonlocal sent
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
        for _ in range(100):
            sent += 1
            yield b"a" * 1024 * 1024

    response = await client.post(
        "/imports",
        content=body(),
        headers=afev["coordinator"] | {"Content-Type": "multipart/form-data; boundary=x"},
    )

    assert response.status_code == 413
    assert response.headers["content-type"] == "application/problem+json"
    assert sent < 30


async def test_a_file_that_is_sent_never_goes_through_a_disk(stage, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere")
    rows = [changed(INES, A=f"Inès {number}", L="x" * 9000) for number in range(300)]

    staged = await stage([HEADINGS, *rows])

    assert staged["counts"]["ready"] == 300


@pytest.mark.parametrize("kind", list(Kind))
async def test_the_template_is_a_file_whose_every_column_is_recognised(client, kind):
    response = await client.get(f"/imports/template.csv?kind={kind}")

    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    headings = response.content.decode("utf-8-sig").strip().split(";")
    assert len(headings) > len(FIELDS[kind]) - 6
    assert "Prénom" in headings


async def test_an_upload_repeated_with_its_key_is_staged_once(client, afev, engine):
    async def send():
        return await client.post(
            "/imports",
            headers=afev["coordinator"] | {"Idempotency-Key": "the-same-key-twice"},
            content=(
                b'--x\r\nContent-Disposition: form-data; name="kind"\r\n\r\nreferrals\r\n'
                b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
                + csv_of([HEADINGS, INES])
                + b"\r\n--x--\r\n"
            ),
        )

    client.headers["Content-Type"] = "multipart/form-data; boundary=x"
    first, second = await send(), await send()

    assert first.json() == second.json()
    assert first.status_code == second.status_code == 201
