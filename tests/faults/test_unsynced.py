"""What a power cut undoes, and what it may not: the model behind the disk that forgets."""

import os
import random

import pytest

from tests.faults.drills.unsynced import SECTOR, Unsynced


class Unlucky(random.Random):
    """Nothing that was not synced survives."""

    def choice(self, seq):
        return seq[0]


class Halfway(random.Random):
    """The first write survives whole, and a sector of the second."""

    def choice(self, seq):
        return seq[-1]

    def randint(self, *_):
        return 1


@pytest.fixture
def unsynced(tmp_path):
    (tmp_path / "attic").mkdir()
    return Unsynced(tmp_path / "attic")


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "kept"
    path.write_bytes(b"held")
    return path


@pytest.fixture
def file(path):
    number = os.open(path, os.O_RDWR)
    yield number
    os.close(number)


def test_what_was_written_and_cut_off_since_the_last_sync_is_undone(unsynced, path, file):
    unsynced.write(file, b"sync", 0)
    unsynced.sync(file)
    unsynced.write(file, b"S", 0)
    unsynced.write(file, b"longer than before", 2)
    unsynced.write(file, b"and again", 2)
    unsynced.cut(file, 1)
    assert path.read_bytes() == b"S"

    unsynced.forget(Unlucky())

    assert path.read_bytes() == b"sync"


def test_a_beginning_of_what_was_written_may_survive_and_the_next_write_may_be_torn(
    unsynced, path, file
):
    unsynced.write(file, b"a" * SECTOR, 0)
    unsynced.write(file, b"b" * 2 * SECTOR, SECTOR)
    unsynced.write(file, b"c" * SECTOR, 3 * SECTOR)

    unsynced.forget(Halfway())

    assert path.read_bytes() == b"a" * SECTOR + b"b" * SECTOR


def test_a_file_that_was_renamed_over_another_gives_the_other_back(unsynced, path, tmp_path):
    new = tmp_path / "new"
    new.write_bytes(b"new")
    unsynced.rename(new, path)
    assert path.read_bytes() == b"new"

    unsynced.forget(Unlucky())

    assert (path.read_bytes(), new.read_bytes()) == (b"held", b"new")


def test_a_sync_of_any_file_keeps_all_names_that_were_given_before(unsynced, path, file, tmp_path):
    unsynced.mkdir(tmp_path / "early", 0o700)
    unsynced.rename(path, tmp_path / "early" / "moved")
    unsynced.sync(file)
    unsynced.mkdir(tmp_path / "late", 0o700)
    unsynced.remove(tmp_path / "early" / "moved")

    unsynced.forget(Unlucky())

    assert (tmp_path / "early" / "moved").read_bytes() == b"held"
    assert not (tmp_path / "late").exists()
    assert list((tmp_path / "attic").iterdir()) == []
