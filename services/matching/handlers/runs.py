"""Whole-pool runs: asked for, computed dry, and applied as far as they still hold."""

from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from common.identity import new_id
from common.outbox import emit
from matching.domain import runs as rules
from matching.domain.computation import Inputs, Result, canonical
from matching.domain.receipts import receipt_of
from matching.domain.runs import Application, Planned, Run
from matching.handlers.computing import SOLVER, Unsolved, code_version
from matching.store import erasure, people
from matching.store import proposals as proposal_store
from matching.store import runs as store

log = structlog.get_logger()


async def ask_run(tx: AsyncConnection, run: Run, asked_by: UUID) -> None:
    await people.terms_in(tx, run.scope, run.asked_at.date())
    await store.add_run(tx, run, asked_by)


async def compute_next_run(tx: AsyncConnection, now: datetime) -> int:
    """Compute the run that was asked for first; a replica that dies here leaves it to another."""
    run = await store.lock_asked_run(tx)
    if run is None:
        return 0
    inputs = await inputs_of(tx, run, now)
    text = canonical(inputs)
    try:
        result = await SOLVER.solved(text, lambda: tx.execute(select(1)))
    except Unsolved as reason:
        log.warning("run_refused", run_id=str(run.id), reason=str(reason))
        await store.refuse_run(tx, run, str(reason), now)
        return 1
    receipt = receipt_of(inputs, text, result, code_version())
    await store.save_receipt(tx, run, receipt, now)
    await save_what_is_remembered(tx, run, inputs, result)
    return 1


async def save_what_is_remembered(
    tx: AsyncConnection, run: Run, inputs: Inputs, result: Result
) -> None:
    """Save a run's inputs and pairs, but for those who were erased while it was computed."""
    # Whoever takes leave of a person holds this lock: they come before this check, or after.
    await proposal_store.lock_proposals(tx)
    mentees = {each.referral_id: each.mentee_id for each in inputs.mentees}
    people_in_it = [*mentees.values(), *(each.mentor_id for each in inputs.mentors)]
    erased = await erasure.erased_among(tx, people_in_it)
    if not erased:
        await store.save_inputs(tx, run, canonical(inputs))
    kept = [
        line for line in result.lines if not erased & {mentees[line.referral_id], line.mentor_id}
    ]
    await store.save_pairs(tx, run, kept, mentees)


async def inputs_of(tx: AsyncConnection, run: Run, now: datetime) -> Inputs:
    """Take a picture of the pool as it is now."""
    terms = await people.terms_in(tx, run.scope, now.date())
    ruled = {each.programme_id for each in terms}
    waiting = await people.waiting_in(tx, run.scope.association_id, run.scope.programme_id)
    served = frozenset().union(*(each.associations for each in terms))
    pool = await people.pool_for(tx, served)
    return Inputs(
        at=now,
        seed=run.seed,
        mentees=tuple(each for each in waiting if each.programme_id in ruled),
        mentors=pool.mentors,
        terms=tuple(sorted(terms, key=lambda each: each.programme_id)),
    )


async def apply_run(tx: AsyncConnection, run_id: UUID, wish: Application) -> list[Planned]:
    """Make proposals of a run's pairs, or of those chosen; say which no longer hold."""
    # Asked before any lock: a run at work is locked itself, and nobody else should wait for it.
    rules.require_ready(store.as_run(await store.find_run(tx, run_id)))
    await proposal_store.lock_proposals(tx)
    run = await store.lock_run(tx, run_id)
    lines = await store.planned(tx, run_id, wish.chosen)
    made = await invite_as_planned(tx, run, lines, wish)
    applied = await store.applied_so_far(tx, run, made)
    changed, event = rules.apply(run, applied, at=wish.at)
    await store.save_run(tx, changed)
    await emit(tx, event)
    return made


async def invite_as_planned(
    tx: AsyncConnection, run: Run, lines: list[Planned], wish: Application
) -> list[Planned]:
    held = await still_held(tx, run, wish.at)
    made = []
    for line in lines:
        proposed = rules.propose_if_it_holds(line, held, new_id(), wish)
        made.append(rules.outcome(line, proposed[0] if proposed else None))
        if proposed:
            await proposal_store.add_proposal(tx, proposed[0])
            await emit(tx, proposed[1])
    await store.save_lines(tx, run.id, made)
    return made


async def still_held(tx: AsyncConnection, run: Run, now: datetime) -> rules.Held:
    """Look at the pool of a run as it is now."""
    inputs = await inputs_of(tx, run, now)
    return rules.Held(
        mentees={each.referral_id: each for each in inputs.mentees},
        mentors={each.mentor_id: each for each in inputs.mentors},
        terms={each.programme_id: each for each in inputs.terms},
    )
