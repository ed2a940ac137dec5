"""Which tests one worker of pytest-xdist takes together: they share what takes long to start.

By place, as `xdist_group` says nothing any more: xdist 3.8 writes the group into a name that
pytest 9.2 does not read.
"""

from xdist.scheduler import LoadScopeScheduling

TOGETHER = (
    "tests/access/",
    "tests/demo/test_play.py",
    "tests/deploy/",
    "tests/e2e/",
    "tests/faults/",
    "tests/local/test_backup.py",
    "tests/local/test_platform.py",
    "tests/matching/test_replicas.py",
    "tests/portal/test_journey.py",
    "tests/recovery/",
    "tests/seen/",
)


class Together(LoadScopeScheduling):
    """Every other test goes to whichever worker is free."""

    def _split_scope(self, nodeid: str) -> str:
        return next((place for place in TOGETHER if nodeid.startswith(place)), nodeid)
