"""Rows of a spreadsheet become referrals and mentors: each once, whatever happens meanwhile."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from common.contracts.intake.mentors import MentorApplied
from common.contracts.intake.referrals import ReferralSubmitted
from common.contracts.vocabulary import Door
from common.database import transaction
from intake.imports import enter
from tests.intake.imports.files import (
    HEADINGS,
    INES,
    KARIM,
    LEA,
    MENTOR_HEADINGS,
    changed,
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


@pytest.fixture
async def no_third_form(engine):
    """A database that takes no referral of one level: a fault of ours, and none of the row."""
    async with engine.begin() as tx:
        told = "alter table referrals add constraint no_3e check (facets->>'level' <> '3e')"
        await tx.execute(text(told))
    yield
    async with engine.begin() as tx:
        await tx.execute(text("alter table referrals drop constraint no_3e"))


async def test_a_row_that_fails_is_put_aside_alone_and_the_others_go_on(
    stage, commit, get, afev, all_statuses, announced, no_third_form
):
    others = [changed(INES, A=f"Inès {letter}") for letter in "abcdef"]
    staged = await stage([HEADINGS, *others[:4], KARIM, *others[4:]])

    committed = await commit(staged)

    assert committed["state"] == "committed"
    assert committed["counts"] | {"entered": 6, "wrong": 1} == committed["counts"]
    [problem] = committed["problems"]
    assert (problem["line"], problem["code"]) == (6, "fault")
    assert problem["mend"]
    assert len(await all_statuses()) == 6
    submitted = [each for each in await announced() if isinstance(each, ReferralSubmitted)]
    rows = await get(f"/imports/{staged['id']}/rows?state=entered", afev["coordinator"])
    assert [each.referral_id for each in submitted] == [UUID(each["id"]) for each in rows]


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
    rows = [headings, [*INES[:4], "4e", "0612345678", "ROUX Lou"]]
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
