"""Fixtures of intake: a collective with associations that can be asked."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from common.contracts.vocabulary import Role
from common.database import transaction
from intake.store import referrals as store
from intake.store.tables import referrals
from tests.deliveries import Hear, surely
from tests.intake.cast import COLLECTIVE, PRESCRIBER

Post = Callable[..., Awaitable[Any]]


@pytest.fixture
def hear(hear: Hear) -> Hear:
    return surely(hear)


@pytest.fixture
def collective(sign_in):
    return sign_in(Role.COLLECTIVE, None, COLLECTIVE)


@pytest.fixture
def prescriber(sign_in):
    return sign_in(Role.PRESCRIBER, None, PRESCRIBER)


@pytest.fixture
def post(client) -> Post:
    """Do what must succeed, and give what was answered."""

    async def post(path: str, who: dict[str, str] | None = None, **body: Any) -> Any:
        response = await client.post(path, json=body, headers=who or {})
        assert response.is_success, response.text
        return response.json() if response.content else None

    return post


@pytest.fixture
def get(client):
    async def get(path: str, who: dict[str, str] | None = None) -> Any:
        response = await client.get(path, headers=who or {})
        assert response.is_success, response.text
        return response.json()

    return get


@pytest.fixture
def join(post, collective, sign_in):
    """Let an association join with a programme and an offer: ids, and its coordinator."""

    async def join(name="AFEV Marseille", template="afev", capacity=10, **more):
        commune = more.pop("commune", "13055")
        association = await post("/associations", collective, name=name, commune=commune)
        coordinator = sign_in(Role.COORDINATOR, UUID(association["id"]))
        programme = await post(
            f"/associations/{association['id']}/programmes",
            coordinator,
            name=name,
            template=template,
            overrides=more.pop("overrides", {}),
        )
        offer = await post(
            f"/programmes/{programme['id']}/offers",
            coordinator,
            title=name,
            capacity=capacity,
            **more,
        )
        return {
            "association": UUID(association["id"]),
            "programme": UUID(programme["id"]),
            "offer": UUID(offer["id"]),
            "coordinator": coordinator,
        }

    return join


@pytest.fixture
def load(engine):
    """Read a referral as it is kept."""

    async def load(referral_id):
        async with transaction(engine) as tx:
            return await store.referral(tx, UUID(str(referral_id)))

    return load


@pytest.fixture
def later(engine):
    """Let so many days pass, then do all that is due."""

    async def later(job, **delay):
        now = datetime.now(UTC) + timedelta(**delay)
        handled = 0
        while True:
            async with transaction(engine) as tx:
                done = await job(tx, now)
            handled += done
            if not done:
                return handled

    return later


@pytest.fixture
def all_statuses(engine):
    async def all_statuses():
        async with transaction(engine) as tx:
            return list((await tx.execute(select(referrals.c.status))).scalars())

    return all_statuses
