"""Fixtures of training: what is known, who asks, and events that must be done with."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import update

from common.contracts.vocabulary import Role
from tests.deliveries import Hear, surely
from tests.training.cast import (
    APPROVED,
    ASSOCIATION,
    ASSOCIATION_REGISTERED,
    MENTOR,
    PUBLISHED,
)
from tests.training.people import TRAINING, sign_up
from training.store import tables


@pytest.fixture
def hear(hear: Hear) -> Hear:
    return surely(hear)


@pytest.fixture
async def known(hear):
    for event in (ASSOCIATION_REGISTERED, PUBLISHED, APPROVED):
        await hear(event)


@pytest.fixture
def coordinator(sign_in):
    return sign_in(Role.COORDINATOR, ASSOCIATION)


@pytest.fixture
def mentor(sign_in):
    return sign_in(Role.MENTOR, ASSOCIATION, MENTOR)


@pytest.fixture
def plan(client, coordinator):
    async def plan(headers=coordinator, **changed):
        response = await client.post("/sessions", json=TRAINING | changed, headers=headers)
        assert response.status_code == 201, response.text
        return response.json()["id"]

    return plan


@pytest.fixture
def begin(engine):
    async def begin(session_id):
        """Let the session have started."""
        async with engine.begin() as tx:
            mine = tables.sessions.c.id == UUID(session_id)
            started = datetime.now(UTC) - timedelta(hours=4)
            await tx.execute(update(tables.sessions).where(mine).values(starts_at=started))

    return begin


@pytest.fixture
def begun(client, plan, begin, mentor):
    async def begun(**changed):
        """Plan a session for which the mentor signs up, and let it have started."""
        session_id = await plan(**changed)
        sign_up_id = (await sign_up(client, session_id, mentor)).json()["id"]
        await begin(session_id)
        return f"/sign-ups/{sign_up_id}/attendance"

    return begun
