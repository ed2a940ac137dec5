"""Whole-pool runs: asked for, computed dry, and applied as far as they still hold."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from common.calendar import day_of
from common.identity import new_id
from common.outbox import emit
from matching.domain import runs as rules
from matching.domain.runs import Application, InputsForgotten, Planned, Run
from matching.store import mentors, people
from matching.store import proposals as proposal_store
from matching.store import runs as store
from matching.store import shards as shard_store


async def ask_run(tx: AsyncConnection, run: Run, asked_by: UUID) -> None:
    """Keep the wish for a run; some rules, of the versions that it names, must be known."""
    await store.terms_of_run(tx, run, day_of(run.asked_at))
    await store.add_run(tx, run, asked_by)


async def ask_costs(tx: AsyncConnection, run_id: UUID, now: datetime) -> None:
    """Have it computed what each hard criterion of a run costs."""
    rules.require_ready(store.as_run(await store.find_run(tx, run_id)))
    if not await shard_store.ask_costs(tx, run_id, now):
        raise InputsForgotten(run_id)


async def apply_run(tx: AsyncConnection, run_id: UUID, wish: Application) -> list[Planned]:
    """Make proposals of a run's pairs, or of those chosen; say which no longer hold, and why."""
    # Asked before any lock: a run at work is locked itself, and nobody else should wait for it.
    rules.require_applicable(store.as_run(await store.find_run(tx, run_id)))
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
    held = await still_held(tx, run, lines, wish.at)
    tried = [rules.propose_if_it_holds(line, held, new_id(), wish) for line in lines]
    made = [each for _, each in tried if each]
    await proposal_store.add_proposals(tx, [proposal for proposal, _ in made])
    await emit(tx, *(event for _, event in made))
    outcomes = [outcome for outcome, _ in tried]
    await store.save_lines(tx, run.id, outcomes)
    return outcomes


async def still_held(
    tx: AsyncConnection, run: Run, lines: list[Planned], now: datetime
) -> rules.Held:
    """Look at the planned people as they are now: everybody else waits while we do."""
    terms = {each.programme_id: each for each in await store.terms_of_run(tx, run, day_of(now))}
    waiting = await people.waiting_among(tx, [line.referral_id for line in lines])
    invited = await mentors.find_mentors(tx, {line.mentor_id for line in lines})
    return rules.Held(
        mentees={each.referral_id: each for each in waiting if each.programme_id in terms},
        mentors={each.mentor_id: each for each in invited},
        terms=terms,
    )
