"""Whole-pool runs over HTTP: asked for, read when computed, applied in whole or in part."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from common.contracts.vocabulary import Role
from common.http import Caller, Model, Now, Tx, may, routes
from common.identity import new_id
from matching import views
from matching.domain.runs import Application, PairState, Run, RunState, Scope
from matching.handlers import runs as handlers
from matching.store import runs as store

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


class Chosen(Model):
    """The referrals whose pairs to propose; nothing means all of them."""

    referral_ids: Annotated[tuple[UUID, ...] | None, Field(max_length=10_000)] = None


class Asked(BaseModel):
    """A run that will be computed."""

    id: UUID
    state: RunState


class Applied(BaseModel):
    """What applying came to; the run itself says which of its pairs no longer hold."""

    proposed: int
    stale: int


@router.post("/runs", status_code=201, dependencies=[may("run.ask", Role.COORDINATOR)])
async def ask_run(asked: NewRun, caller: Caller, now: Now, tx: Tx) -> Asked:
    caller.require(asked.association_id)
    scope = Scope(
        association_id=asked.association_id, programme_id=asked.programme_id, pooled=asked.pooled
    )
    run = Run(id=new_id(), scope=scope, seed=asked.seed, asked_at=now)
    await handlers.ask_run(tx, run, caller.person_id)
    return Asked(id=run.id, state=run.state)


@router.get("/runs/{run_id}", dependencies=[may("run.read", Role.COORDINATOR)])
async def read_run(run_id: UUID, caller: Caller, tx: Tx) -> views.RunView:
    run = await store.find_run(tx, run_id)
    caller.require(run["association_id"])
    lines = [views.RunLine(**each) for each in await store.lines_of(tx, run_id)]
    named = {name: run[name] for name in views.RunView.model_fields if name in run}
    return views.RunView(**named, lines=lines)


@router.post("/runs/{run_id}/application", dependencies=[may("run.apply", Role.COORDINATOR)])
async def apply_run(run_id: UUID, chosen: Chosen, caller: Caller, now: Now, tx: Tx) -> Applied:
    caller.require((await store.find_run(tx, run_id))["association_id"])
    application = Application(by=caller.person_id, at=now, chosen=chosen.referral_ids)
    made = await handlers.apply_run(tx, run_id, application)
    stale = sum(line.state is PairState.STALE for line in made)
    return Applied(proposed=len(made) - stale, stale=stale)
