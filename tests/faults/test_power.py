"""The power of a disk is cut: what was synced stays, and what a server acknowledged with it."""

import os

import pytest

from tests.faults.drills import power
from tests.faults.drills.disk import Disk, refuse_without_fuse
from tests.faults.drills.drill import NotRun

FILES = 100


@pytest.fixture(autouse=True)
def fuse():
    try:
        refuse_without_fuse()
    except NotRun as reason:
        pytest.skip(str(reason))


def test_what_was_synced_stays_and_what_was_not_is_forgotten(tmp_path):
    folder = tmp_path / "kept"
    folder.mkdir()

    with Disk(folder) as disk:
        for number in range(FILES):
            with (folder / f"synced{number}").open("w") as file:
                file.write("synced")
                file.flush()
                os.fsync(file.fileno())
                file.write(" and more")
        for number in range(FILES):
            (folder / f"new{number}").write_text("never synced")
        assert len(list(folder.iterdir())) == 2 * FILES
        disk.cut()
        left = {file.name: file.read_text() for file in folder.iterdir()}

    assert all(left[f"synced{number}"].startswith("synced") for number in range(FILES))
    assert sum("more" in text for text in left.values()) < FILES
    assert sum(name.startswith("new") for name in left) < FILES
    assert sum("never" in text for text in left.values()) < FILES


async def test_nats_keeps_what_it_acknowledged_and_without_our_settings_it_would_not():
    harm = await power.nats_alone(cuts=5)

    assert harm.answered > 0
    assert (harm.lost, harm.doubled, harm.others) == ([], [], [])


async def test_postgresql_keeps_what_it_committed_and_without_our_settings_it_would_not():
    harm = await power.postgres_alone(cuts=2)

    assert harm.answered > 0
    assert (harm.lost, harm.doubled, harm.others) == ([], [], [])
