"""Which tests one worker of pytest-xdist takes together: they share what takes long to start.

By place, as `xdist_group` says nothing any more: xdist 3.8 writes the group into a name that
pytest 9.2 does not read.
"""

from xdist.scheduler import LoadScopeScheduling

TOGETHER = (
    "tests/access/",
    "tests/deploy/",
    "tests/e2e/",
    "tests/faults/",
    "tests/local/test_platform.py",
    "tests/portal/test_journey.py",
)


class Together(LoadScopeScheduling):
    """Every other test goes to whichever worker is free."""

    def _split_scope(self, nodeid: str) -> str:
        return next((place for place in TOGETHER if nodeid.startswith(place)), nodeid)
