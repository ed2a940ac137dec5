"""Of the backups that were taken, which are kept."""

from datetime import UTC, datetime

from common import archive

NAME = "training"


def test_of_many_a_day_the_last_one_is_kept_for_days_and_of_the_newest_day_all(tmp_path):
    taken = [datetime(2026, 9, day, hour, tzinfo=UTC) for day in range(1, 21) for hour in (1, 2)]
    for instant in taken:
        archive.folder_of(tmp_path, NAME, instant).mkdir(parents=True)
    (tmp_path / NAME / ".killed").mkdir()

    archive.drop_all_but_days(tmp_path, NAME, 14)

    last_of_days = [each for each in taken if each.day >= 7 and each.hour == 2]
    keep = sorted([*last_of_days, datetime(2026, 9, 20, 1, tzinfo=UTC)])
    assert archive.kept(tmp_path, NAME) == [archive.folder_of(tmp_path, NAME, at) for at in keep]
    assert not (tmp_path / NAME / ".killed").exists()
