"""A file on its way into intake: who may bring and see it, and what a file may not be."""

import tempfile
from uuid import uuid4

import pytest

from common.contracts.intake.referrals import ReferralSubmitted
from common.contracts.vocabulary import Role
from intake.imports.fields import FIELDS, Kind
from tests.intake.cast import PRESCRIBER
from tests.intake.imports.files import (
    HEADINGS,
    INES,
    LEA,
    MENTOR_HEADINGS,
    changed,
    csv_of,
)


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
