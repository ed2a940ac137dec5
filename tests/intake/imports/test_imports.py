"""A spreadsheet on its way into intake: staged, looked over, entered, and forgotten."""

from tests.intake.imports.files import HEADINGS, INES, KARIM, changed


async def test_good_rows_become_referrals_and_what_they_say_is_understood(
    stage, commit, get, afev, all_statuses
):
    staged = await stage([HEADINGS, INES, KARIM])
    assert staged["problems"] == []
    assert staged["counts"]["ready"] == 2
    assert await all_statuses() == []

    committed = await commit(staged)

    assert committed["state"] == "committed"
    assert committed["counts"]["entered"] == 2
    assert len(await all_statuses()) == 2
