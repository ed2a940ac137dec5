"""Taking a picture of the pool: all that a run depends on, as it is at one moment."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from common.calendar import day_of
from matching.domain.computation import Inputs
from matching.domain.people import Mentee
from matching.domain.runs import Run
from matching.store import mentors, people
from matching.store import runs as store


async def inputs_of(tx: AsyncConnection, run: Run, now: datetime) -> Inputs:
    """Take the picture for a run, under its own rules."""
    terms = await store.terms_of_run(tx, run, day_of(now))
    ruled = {each.programme_id for each in terms}
    waiting = await people.waiting_in(tx, run.scope.association_id, run.scope.programme_id)
    served = frozenset().union(*(each.associations for each in terms))
    pool = await mentors.pool_for(tx, served)
    return Inputs(
        at=now,
        seed=run.seed,
        mentees=tuple(without_publics(each) for each in waiting if each.programme_id in ruled),
        mentors=pool.mentors,
        terms=tuple(terms),
    )


def without_publics(mentee: Mentee) -> Mentee:
    """Leave out what was said in confidence: no rule asks for it."""
    return replace(mentee, facets=mentee.facets.model_copy(update={"publics": ()}))


def people_in(inputs: Inputs) -> set[UUID]:
    """Name everybody who is in a picture, also who stands beside a mentee."""
    people = {each.mentor_id for each in inputs.mentors}
    for each in inputs.mentees:
        people |= {each.mentee_id, *each.excluded, *each.asked}
        people.update(one for one in (each.guardian_id, each.prescriber_id) if one)
    return people
