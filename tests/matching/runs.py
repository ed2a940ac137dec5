"""A pool of a few, and what a coordinator does with a run over it."""

from common import database
from matching.handlers import erasure
from tests.matching.cast import (
    ASSOCIATION,
    NOW,
    OTHER_MENTOR,
)
from tests.matching.facts import (
    ACCEPTED,
    APPROVED,
    PUBLISHED,
    READY,
    REGISTERED,
    accepted,
    approved,
)

OTHER = accepted(1)
THIRD = accepted(2)
POOL = (REGISTERED, PUBLISHED, APPROVED, READY, *approved(OTHER_MENTOR), ACCEPTED, OTHER, THIRD)


async def ask(stage, **more):
    answer = await stage.client.post(
        "/runs", json={"association_id": str(ASSOCIATION), **more}, headers=stage.coordinator()
    )
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


async def look_at(stage, run_id):
    return (await stage.client.get(f"/runs/{run_id}", headers=stage.coordinator())).json()


async def apply(stage, run_id, **chosen):
    path = f"/runs/{run_id}/application"
    return await stage.client.post(path, json=chosen, headers=stage.coordinator())


def counts(answer):
    applied = answer.json()
    assert len(applied["not_proposed"]) == applied["stale"]
    return applied["proposed"], applied["stale"]


async def take_leave(stage):
    async with database.transaction(stage.engine) as tx:
        assert await erasure.take_leave(tx, NOW, 10) == 1
