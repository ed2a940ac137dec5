"""Whole-pool runs over HTTP: asked for, read when computed, applied in whole or in part."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from common.contracts.policy import Constraint
from common.contracts.vocabulary import Role
from common.http import Caller, Model, Now, Tx, may, routes
from common.identity import new_id
from matching import run_views as views
from matching.domain.runs import Application, Gone, PairState, Run, RunNotReady, RunState, Scope
from matching.handlers import runs as handlers
from matching.store import runs as store
from matching.store import shards as shard_store

router = routes()

LARGEST_SEED = 2**31 - 1


class NewRun(Model):
    """Whom to look for mentors for, all at once."""

    association_id: UUID
    programme_id: UUID | None = None
    # Mentors of the associations that it pools with take part.
    pooled: bool = True
    # Two runs with one seed and one pool are equal to the byte.
    seed: Annotated[int, Field(ge=0, le=LARGEST_SEED)] = 0

    @property
    def scope(self) -> Scope:
        return Scope(
            association_id=self.association_id, programme_id=self.programme_id, pooled=self.pooled
        )


class Chosen(Model):
    """The referrals whose pairs to propose; nothing means all of them."""

    referral_ids: Annotated[tuple[UUID, ...] | None, Field(max_length=10_000)] = None


class Asked(BaseModel):
    """A run that will be computed."""

    id: UUID
    state: RunState


class Stale(BaseModel):
    """A pair that no longer held, and why."""

    referral_id: UUID
    because: tuple[Gone | Constraint, ...]


class Applied(BaseModel):
    """What applying came to."""

    proposed: int
    stale: int
    # Each pair that no longer held; the run's own lines say the same.
    not_proposed: list[Stale]


@router.post("/runs", status_code=201, dependencies=[may("run.ask", Role.COORDINATOR)])
async def ask_run(asked: NewRun, caller: Caller, now: Now, tx: Tx) -> Asked:
    caller.require(asked.association_id)
    run = Run(id=new_id(), scope=asked.scope, seed=asked.seed, asked_at=now)
    await handlers.ask_run(tx, run, caller.person_id)
    return Asked(id=run.id, state=run.state)


@router.get("/runs/{run_id}", dependencies=[may("run.read", Role.COORDINATOR)])
async def read_run(run_id: UUID, caller: Caller, tx: Tx) -> views.RunView:
    run = await store.find_run(tx, run_id)
    caller.require(run["association_id"])
    lines = await store.lines_of(tx, run_id)
    return views.run_view(run, lines, await shard_store.progress_of(tx, run_id))


@router.get("/runs/{run_id}/receipt", dependencies=[may("run.replay", Role.COORDINATOR)])
async def export_receipt(run_id: UUID, caller: Caller, tx: Tx) -> views.Exported:
    """Hand out all that `python -m matching.replay` needs."""
    run = await store.find_run(tx, run_id)
    caller.require(run["association_id"])
    if run["receipt"] is None:
        raise RunNotReady(run_id)
    return views.Exported(receipt=run["receipt"], inputs=await store.inputs_of(tx, run_id))


@router.post(
    "/runs/{run_id}/costs", status_code=204, dependencies=[may("run.price", Role.COORDINATOR)]
)
async def ask_costs(run_id: UUID, caller: Caller, now: Now, tx: Tx) -> None:
    caller.require((await store.find_run(tx, run_id))["association_id"])
    await handlers.ask_costs(tx, run_id, now)


@router.post("/runs/{run_id}/application", dependencies=[may("run.apply", Role.COORDINATOR)])
async def apply_run(run_id: UUID, chosen: Chosen, caller: Caller, now: Now, tx: Tx) -> Applied:
    caller.require((await store.find_run(tx, run_id))["association_id"])
    application = Application(by=caller.person_id, at=now, chosen=chosen.referral_ids)
    made = await handlers.apply_run(tx, run_id, application)
    stale = [
        Stale(referral_id=line.referral_id, because=line.because)
        for line in made
        if line.state is PairState.STALE
    ]
    return Applied(proposed=len(made) - len(stale), stale=len(stale), not_proposed=stale)
