"""Folders to run servers in: one that everybody may look into, one that nobody else may."""

import shutil

import pytest

from tests import servers


@pytest.fixture(scope="module")
def open_folder():
    with servers.open_folder() as folder:
        yield folder


@pytest.fixture
def closed_folder(tmp_path):
    """Pytest's own folders are closed to others; root's PostgreSQL then stands elsewhere."""
    yield tmp_path
    home = tmp_path / "postgres"
    if home.is_symlink():
        shutil.rmtree(home.readlink())
