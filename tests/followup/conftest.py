"""Fixtures of followup: a platform that heard of one association, and people who can be opened."""

import pytest

from tests.followup.cast import Cast


@pytest.fixture
def cast(hear, client, app, keys, sign_in):
    """Mentor, mentee, guardian and coordinators, and a clock that the test moves."""
    return Cast(hear=hear, client=client, app=app, keys=keys, sign_in=sign_in)
