"""Queries on whole-pool runs, their receipts and their lines."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import RowMapping, bindparam, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from common.statements import among
from matching.domain.computation import Line
from matching.domain.fairness import Tallies
from matching.domain.people import Terms
from matching.domain.receipts import Receipt
from matching.domain.refusals import PolicyUnknown
from matching.domain.runs import (
    Applied,
    ComparisonNotFound,
    PairState,
    Planned,
    Run,
    RunNotFound,
    RunState,
    Scope,
    Side,
)
from matching.domain.variants import Variant, varied
from matching.store.people import terms_in, terms_of
from matching.store.run_tables import run_pairs, run_shards, runs

VARIANT: TypeAdapter[Variant] = TypeAdapter(Variant)
# All of a run but what it is computed from, which may be long.
HEAD = tuple(each for each in runs.c if each.name != "inputs")
TALLIES: TypeAdapter[Tallies] = TypeAdapter(Tallies)


async def add_run(tx: AsyncConnection, run: Run, asked_by: UUID) -> None:
    row = {
        "id": run.id,
        "version": run.version,
        "state": run.state,
        "association_id": run.scope.association_id,
        "programme_id": run.scope.programme_id,
        "pooled": run.scope.pooled,
        "seed": run.seed,
        "asked_by": asked_by,
        "asked_at": run.asked_at,
        "comparison_id": run.comparison_id,
        "side": run.side,
        "variant": as_json(run.variant),
    }
    await tx.execute(insert(runs).values(row))


async def find_run(tx: AsyncConnection, run_id: UUID) -> RowMapping:
    row = (await tx.execute(select(*HEAD).where(runs.c.id == run_id))).mappings().one_or_none()
    if row is None:
        raise RunNotFound(run_id)
    return row


async def inputs_of(tx: AsyncConnection, run_id: UUID) -> str | None:
    """Read what a run was computed from; None: it is no longer kept."""
    text: str | None = await tx.scalar(select(runs.c.inputs).where(runs.c.id == run_id))
    return text


async def lines_of(tx: AsyncConnection, run_id: UUID) -> list[RowMapping]:
    query = select(run_pairs).where(run_pairs.c.run_id == run_id)
    return list((await tx.execute(query.order_by(run_pairs.c.referral_id))).mappings())


async def lock_run(tx: AsyncConnection, run_id: UUID) -> Run:
    query = select(*HEAD).where(runs.c.id == run_id).with_for_update()
    row = (await tx.execute(query)).mappings().one_or_none()
    if row is None:
        raise RunNotFound(run_id)
    return as_run(row)


def as_run(row: RowMapping) -> Run:
    return Run(
        id=row["id"],
        scope=Scope(
            association_id=row["association_id"],
            programme_id=row["programme_id"],
            pooled=row["pooled"],
        ),
        seed=row["seed"],
        asked_at=row["asked_at"],
        state=row["state"],
        version=row["version"],
        comparison_id=row["comparison_id"],
        side=row["side"],
        variant=VARIANT.validate_python(row["variant"] or {}),
    )


def as_json(variant: Variant) -> dict[str, Any] | None:
    """Write down what is otherwise, and nothing if nothing is."""
    written: dict[str, Any] = VARIANT.dump_python(variant, mode="json", exclude_none=True)
    return written or None


async def save_run(tx: AsyncConnection, run: Run) -> None:
    changed = update(runs).where(runs.c.id == run.id)
    await tx.execute(changed.values(state=run.state, version=run.version))


async def terms_of_run(tx: AsyncConnection, run: Run, today: date) -> list[Terms]:
    """Find the rules of a run, programme by programme, with what it would have otherwise."""
    versions = run.variant.policy_versions or {}
    found = {each.programme_id: each for each in await terms_in(tx, run.scope, today)}
    for programme_id, version in versions.items():
        if programme_id not in found:
            raise PolicyUnknown(programme_id)
        named = await terms_of(tx, programme_id, run.scope.association_id, today, version)
        pooled = found[programme_id].associations
        found[programme_id] = replace(named, associations=pooled)
    return [varied(found[each], run.variant) for each in sorted(found)]


async def refuse_run(tx: AsyncConnection, run: Run, reason: str, now: datetime) -> None:
    refused = {"state": RunState.REFUSED, "refusal": reason, "computed_at": now}
    await tx.execute(update(runs).where(runs.c.id == run.id).values(refused))
    # The parts that are done will never be put together.
    done = (run_shards.c.run_id == run.id, run_shards.c.done_at.is_not(None))
    await tx.execute(update(run_shards).where(*done).values(result=None))


async def save_receipt(
    tx: AsyncConnection, run: Run, receipt: Receipt, fairness: Tallies, now: datetime
) -> None:
    computed = {
        "state": RunState.READY,
        "begun": 0,
        "computed_at": now,
        "receipt": receipt.model_dump(mode="json"),
        "fairness": TALLIES.dump_python(fairness, mode="json"),
    }
    await tx.execute(update(runs).where(runs.c.id == run.id).values(computed))


async def sides_of(tx: AsyncConnection, comparison_id: UUID) -> list[RowMapping]:
    """Find the two runs of a comparison, the one before the other."""
    query = select(*HEAD).where(runs.c.comparison_id == comparison_id)
    found = {row["side"]: row for row in (await tx.execute(query)).mappings()}
    if not found:
        raise ComparisonNotFound(comparison_id)
    return [found[Side.ONE], found[Side.OTHER]]


async def save_pairs(
    tx: AsyncConnection, run: Run, lines: Collection[Line], mentees: Mapping[UUID, UUID]
) -> None:
    rows = [as_row(run, line, mentees) for line in lines]
    if rows:
        await tx.execute(insert(run_pairs), rows)


def as_row(run: Run, line: Line, mentees: Mapping[UUID, UUID]) -> dict[str, Any]:
    return {
        "run_id": run.id,
        "referral_id": line.referral_id,
        "mentee_id": mentees[line.referral_id],
        "mentor_id": line.mentor_id,
        "state": PairState.PLANNED if line.mentor_id else PairState.UNMATCHED,
        "fit": line.fit,
        "remote": line.remote,
        "blocked": None if line.mentor_id else line.blocked,
    }


async def planned(
    tx: AsyncConnection, run_id: UUID, chosen: Collection[UUID] | None
) -> list[Planned]:
    """Find the pairs of a run that are not proposed yet, all or those of chosen referrals."""
    waiting = run_pairs.c.state.in_((PairState.PLANNED, PairState.STALE))
    query = select(run_pairs).where(run_pairs.c.run_id == run_id, waiting)
    if chosen is not None:
        query = query.where(among(run_pairs.c.referral_id, chosen))
    rows = (await tx.execute(query.order_by(run_pairs.c.referral_id))).mappings()
    return [
        Planned(
            referral_id=row["referral_id"],
            mentor_id=row["mentor_id"],
            state=row["state"],
        )
        for row in rows
    ]


async def save_lines(tx: AsyncConnection, run_id: UUID, lines: Collection[Planned]) -> None:
    rows = [
        {
            "referral": line.referral_id,
            "state": line.state,
            "proposal_id": line.proposal_id,
            "stale_because": list(line.because) or None,
        }
        for line in lines
    ]
    if rows:
        mine = (run_pairs.c.run_id == run_id, run_pairs.c.referral_id == bindparam("referral"))
        await tx.execute(update(run_pairs).where(*mine), rows)


async def applied_so_far(tx: AsyncConnection, run: Run, made: Collection[Planned]) -> Applied:
    """Count what this application came to, beside all who waited when the run was computed."""
    row = await find_run(tx, run.id)
    waiting = select(func.count()).where(run_pairs.c.run_id == run.id)
    return Applied(
        inputs_sha256=row["receipt"]["inputs_sha256"],
        waiting=int(await tx.scalar(waiting) or 0),
        proposed=sum(line.state is PairState.PROPOSED for line in made),
        stale=sum(line.state is PairState.STALE for line in made),
    )
