"""The stage on which matching's stories play: its doors, the people who knock, and the clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import RowMapping, Table, select
from sqlalchemy.ext.asyncio import AsyncEngine

from common import database, outbox
from common.clock import Clock
from common.contracts import Event
from common.contracts.vocabulary import Role
from matching.handlers.solving import next_piece
from matching.schedule import schedule
from matching.store import tables
from tests.deliveries import Hear
from tests.matching.cast import ASSOCIATION, COORDINATOR, MENTOR, NOW, REFERRAL

MOST_ROUNDS = 50


@dataclass(kw_only=True)
class Stage:
    """One play: facts are heard, the clock moves, people ask and answer."""

    app: FastAPI
    client: httpx.AsyncClient
    engine: AsyncEngine
    deliver: Hear
    sign_in: Any

    async def hear(self, *facts: Event) -> None:
        """Deliver facts in order; one that is not done with is a failure of the test."""
        for fact in facts:
            assert (await self.deliver(fact)).is_done

    def at(self, now: datetime) -> None:
        """Put the clock of the service, which only goes forward."""
        self.app.state.clock.move(now - datetime.now(UTC))

    async def tick(self, now: datetime = NOW) -> None:
        """Let the clock do all that is due at a moment."""
        self.at(now)
        for job in schedule.jobs:
            for _ in range(MOST_ROUNDS):
                async with database.transaction(self.engine) as tx:
                    if not await job.run(tx, now):
                        break
            else:
                pytest.fail(f"{job.name} finds work without end")
        await self.compute(now)

    async def compute(self, now: datetime = NOW, by: str = "stage") -> int:
        """Do all that is due of runs, as the process beside a replica does; count the pieces."""
        for done in range(MOST_ROUNDS):
            if not await next_piece(self.engine, now, by):
                return done
        pytest.fail("runs are computed without end")

    def coordinator(self, association_id: UUID = ASSOCIATION) -> dict[str, str]:
        headers: dict[str, str] = self.sign_in(Role.COORDINATOR, association_id, COORDINATOR)
        return headers

    def mentor(self, person_id: UUID = MENTOR) -> dict[str, str]:
        headers: dict[str, str] = self.sign_in(Role.MENTOR, ASSOCIATION, person_id)
        return headers

    async def suggestions(self, referral_id: UUID = REFERRAL) -> httpx.Response:
        path = f"/referrals/{referral_id}/suggestions"
        return await self.client.get(path, headers=self.coordinator())

    async def propose(
        self, mentor_id: UUID = MENTOR, referral_id: UUID = REFERRAL
    ) -> httpx.Response:
        return await self.client.post(
            f"/referrals/{referral_id}/proposals",
            json={"mentor_id": str(mentor_id)},
            headers=self.coordinator(),
        )

    async def proposed(self, mentor_id: UUID = MENTOR, referral_id: UUID = REFERRAL) -> str:
        answer = await self.propose(mentor_id, referral_id)
        assert answer.status_code == 201, answer.text
        proposal_id: str = answer.json()["id"]
        return proposal_id

    async def accept(self, proposal_id: str, mentor_id: UUID = MENTOR) -> httpx.Response:
        path = f"/proposals/{proposal_id}/acceptance"
        return await self.client.post(path, headers=self.mentor(mentor_id))

    async def decline(
        self, proposal_id: str, reason: str = "no_time", mentor_id: UUID = MENTOR
    ) -> httpx.Response:
        path = f"/proposals/{proposal_id}/decline"
        answer = {"reason": reason}
        return await self.client.post(path, json=answer, headers=self.mentor(mentor_id))

    async def withdraw(self, proposal_id: str) -> httpx.Response:
        path = f"/proposals/{proposal_id}/withdrawal"
        return await self.client.post(path, headers=self.coordinator())

    async def rows(self, table: Table) -> Sequence[RowMapping]:
        async with self.engine.connect() as tx:
            order = table.primary_key.columns
            return (await tx.execute(select(table).order_by(*order))).mappings().all()

    async def proposals(self) -> Sequence[RowMapping]:
        return await self.rows(tables.proposals)

    async def said(self) -> list[str]:
        """Tell what matching announced, in order, each by the last word of its subject."""
        return [row["subject"].split(".")[2] for row in await self.rows(outbox.events)]


def standing_clock() -> Clock:
    return Clock(ahead=NOW - datetime.now(UTC))
