"""The pool, and who in it suits one mentee: reads, which decide nothing."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from common.caller import Caller as Person
from common.contracts.vocabulary import Role
from common.http import Caller, Now, Tx, may, routes
from matching import views
from matching.domain.changes import Case
from matching.domain.emptied import Emptied, emptied
from matching.domain.judgement import judge
from matching.domain.people import Mentee, Terms
from matching.domain.pool import judge_all, pool_of
from matching.domain.refusals import MentorNotFound, NotWaiting
from matching.store import figures, mentors, people
from matching.store.pool_in_memory import pool_in_memory

router = routes()

PAGE = 200
Page = Annotated[int, Query(ge=1, le=PAGE)]
Best = Annotated[int, Query(ge=1, le=100)]


def coordinated(caller: Person) -> frozenset[UUID]:
    """Name the associations whose staff the caller is."""
    return frozenset(
        grant.association_id
        for grant in caller.grants
        if grant.role is Role.COORDINATOR and grant.association_id
    )


async def waiting_mentee(tx: Tx, caller: Person, referral_id: UUID) -> Mentee:
    """Find who waits under a referral of the caller's own association."""
    caller.require(await people.association_of(tx, referral_id))
    mentee = await people.find_waiting(tx, referral_id)
    if mentee is None:
        raise NotWaiting(referral_id)
    return mentee


@router.get("/pool", dependencies=[may("pool.read", Role.COORDINATOR, Role.COLLECTIVE, Role.ADMIN)])
async def read_pool(
    caller: Caller, tx: Tx, after: UUID | None = None, limit: Page = 50
) -> views.PoolPage:
    """Give figures to whoever looks after all, and the waiting list to a coordinator alone."""
    counted = await figures.figures(tx, caller.associations)
    waiting = await figures.waiting_page(tx, coordinated(caller), after, limit)
    return views.PoolPage(
        figures=[
            views.PoolFigures(association_id=each, **counted[each]) for each in sorted(counted)
        ],
        referrals=[views.waiting(row) for row in waiting],
    )


@router.get(
    "/referrals/{referral_id}/suggestions", dependencies=[may("suggestion.list", Role.COORDINATOR)]
)
async def suggest_mentors(
    referral_id: UUID, caller: Caller, now: Now, tx: Tx, limit: Best = 20
) -> views.SuggestionPage:
    mentee = await waiting_mentee(tx, caller, referral_id)
    terms = await people.terms_for(tx, mentee, now)
    found = await pool_in_memory(tx).suggest(tx, mentee, terms, limit=limit)
    nobody = None
    if not found.suitable:
        nobody = await why_nobody(tx, mentee, terms)
    return views.suggestion_page(mentee, found, nobody)


async def why_nobody(tx: Tx, mentee: Mentee, terms: Terms) -> Emptied:
    """Go through the whole pool, some at a time: others are answered in between."""
    parts = [
        judge_all(mentee, pool_of(some), terms).blocked
        async for some in mentors.read_all(tx, terms.associations)
    ]
    # Of nobody at all the rules are named, too.
    return emptied(*parts or [judge_all(mentee, pool_of(()), terms).blocked])


@router.get(
    "/referrals/{referral_id}/suggestions/{mentor_id}",
    dependencies=[may("suggestion.explain", Role.COORDINATOR)],
)
async def explain_mentor(
    referral_id: UUID, mentor_id: UUID, caller: Caller, now: Now, tx: Tx
) -> views.Reasons:
    mentee = await waiting_mentee(tx, caller, referral_id)
    mentor = await mentors.find_mentor(tx, mentor_id)
    if mentor is None:
        raise MentorNotFound(mentor_id)
    terms = await people.terms_for(tx, mentee, now)
    best = (await pool_in_memory(tx).suggest(tx, mentee, terms, limit=1)).ranked
    verdict = judge(mentee, mentor, terms)
    return views.reasons(Case(mentee, mentor, terms), verdict, best[0] if best else None)
