"""The pool in memory says what the database says, at every moment, to everyone who may see it."""

import asyncio
import gc
from contextlib import suppress
from dataclasses import replace
from random import Random
from uuid import UUID

import pytest
from sqlalchemy import text

from common import database
from common.contracts.vocabulary import MentorFacets
from matching.domain.pool import pool_of
from matching.domain.suggestions import suggest
from matching.store import changes, facts, mentors
from matching.store.pool_in_memory import PoolInMemory, pool_in_memory
from matching.store.tables import MentorState
from tests.matching.cast import A_MENTEE, ASSOCIATION, MENTOR, OTHER_MENTOR, POOLED, TERMS
from tests.matching.facts import (
    ACCEPTED,
    APPROVED,
    ERASED,
    LEFT,
    PAUSED,
    PUBLISHED,
    READY,
    REGISTERED,
    RESUMED,
    accepted,
    approved,
    closed,
)


class Failed(Exception):
    """A transaction came to nothing."""


MENTORS = [UUID(int=600 + number) for number in range(8)]


@pytest.fixture
async def here(stage):
    await stage.hear(REGISTERED, PUBLISHED, ACCEPTED, APPROVED, READY)
    return stage


async def seen(memory, tx):
    """Tell whom memory suggests, and check that the database would say the same."""
    found = await memory.suggest(tx, A_MENTEE, TERMS, limit=20)
    pool = await mentors.pool_for(tx, TERMS.associations)
    by_database = suggest(A_MENTEE, pool, TERMS, limit=20)
    assert found == by_database
    return [each.mentor_id for each in found.ranked]


async def seen_now(memory, engine):
    async with database.transaction(engine) as tx:
        return await seen(memory, tx)


async def test_who_left_is_suggested_no_more(here):
    memory = PoolInMemory()
    assert await seen_now(memory, here.engine) == [MENTOR]

    await here.hear(PAUSED)
    assert await seen_now(memory, here.engine) == []
    await here.hear(RESUMED)
    assert await seen_now(memory, here.engine) == [MENTOR]
    await here.hear(LEFT)
    assert await seen_now(memory, here.engine) == []


async def test_whoever_is_full_is_suggested_no_more_and_comes_back(here):
    memory = PoolInMemory()
    await seen_now(memory, here.engine)

    proposal_id = await here.proposed()
    assert await seen_now(memory, here.engine) == []
    await here.withdraw(proposal_id)
    assert await seen_now(memory, here.engine) == [MENTOR]


async def test_a_pair_that_closes_frees_a_place(here):
    memory = PoolInMemory()
    proposal_id = await here.proposed()
    await here.accept(proposal_id)
    assert await seen_now(memory, here.engine) == []

    await here.hear(closed(UUID(proposal_id)))

    assert await seen_now(memory, here.engine) == [MENTOR]


async def test_who_comes_and_who_changes_is_seen_with_the_next_question(here):
    memory = PoolInMemory()
    await seen_now(memory, here.engine)

    await here.hear(*approved(OTHER_MENTOR, hobbies=()))
    assert await seen_now(memory, here.engine) == [MENTOR, OTHER_MENTOR]
    better = APPROVED.facets.model_copy(update={"hobbies": ()})
    await here.hear(
        APPROVED.model_copy(update={"version": 9, "facets": better, "mentor_id": MENTOR})
    )
    await here.hear(approved(OTHER_MENTOR)[0].model_copy(update={"version": 9}))
    assert await seen_now(memory, here.engine) == [OTHER_MENTOR, MENTOR]


async def test_nothing_is_kept_of_whoever_was_erased(here):
    memory = PoolInMemory()
    await seen_now(memory, here.engine)

    await here.hear(ERASED.model_copy(update={"person_id": MENTOR}))

    assert await seen_now(memory, here.engine) == []
    assert not memory.knows(MENTOR)


def facets_in_memory(hobby):
    """Find what anybody in this process still holds of mentors with a hobby."""
    gc.collect()
    return [
        each for each in gc.get_objects() if type(each) is MentorFacets and hobby in each.hobbies
    ]


async def test_no_facets_are_kept_of_whoever_was_erased(here):
    memory = PoolInMemory()
    await here.hear(*approved(OTHER_MENTOR, hobbies=("harp",)))
    await seen_now(memory, here.engine)
    before = len(facets_in_memory("harp"))

    await here.hear(ERASED.model_copy(update={"person_id": OTHER_MENTOR}))
    await seen_now(memory, here.engine)

    assert before
    assert facets_in_memory("harp") == []


async def test_a_change_that_is_not_committed_is_seen_by_nobody_else(here):
    memory = PoolInMemory()
    await seen_now(memory, here.engine)

    async with (
        database.transaction(here.engine) as mine,
        database.transaction(here.engine) as other,
    ):
        await facts.keep_mentor_state(mine, PAUSED, MentorState.PAUSED)
        assert await seen(memory, mine) == []
        assert await seen(memory, other) == [MENTOR]
        assert await seen(memory, mine) == []

    assert await seen_now(memory, here.engine) == []


async def test_a_change_that_failed_never_was(here):
    memory = PoolInMemory()
    await seen_now(memory, here.engine)

    with suppress(Failed):
        async with database.transaction(here.engine) as tx:
            await facts.keep_mentor_state(tx, PAUSED, MentorState.PAUSED)
            assert await seen(memory, tx) == []
            raise Failed

    assert await seen_now(memory, here.engine) == [MENTOR]


async def test_the_first_question_may_come_from_a_transaction_that_fails(here):
    memory = PoolInMemory()

    with suppress(Failed):
        async with database.transaction(here.engine) as tx:
            await facts.keep_mentor_state(tx, PAUSED, MentorState.PAUSED)
            assert await seen(memory, tx) == []
            raise Failed

    assert await seen_now(memory, here.engine) == [MENTOR]


async def test_what_others_changed_before_a_transaction_that_fails_is_not_lost(here):
    memory = PoolInMemory()
    await seen_now(memory, here.engine)
    await here.hear(PAUSED)

    with suppress(Failed):
        async with database.transaction(here.engine) as tx:
            await facts.keep_mentor_state(tx, RESUMED, MentorState.AVAILABLE)
            assert await seen(memory, tx) == [MENTOR]
            raise Failed

    assert await seen_now(memory, here.engine) == []


async def test_who_began_first_and_committed_last_is_seen(here):
    memory = PoolInMemory()
    await here.hear(*approved(OTHER_MENTOR))
    await seen_now(memory, here.engine)

    # Said by another association: two who note a change of the same pool wait for one another.
    paused = PAUSED.model_copy(update={"association_id": POOLED})
    async with database.transaction(here.engine) as slow:
        await facts.keep_mentor_state(slow, paused, MentorState.PAUSED)
        await here.hear(LEFT.model_copy(update={"mentor_id": OTHER_MENTOR}))
        assert await seen_now(memory, here.engine) == [MENTOR]

    assert await seen_now(memory, here.engine) == []


async def test_what_a_transaction_changes_before_and_after_its_look_is_seen_once_it_commits(here):
    memory = PoolInMemory()
    await here.hear(*approved(OTHER_MENTOR))
    await seen_now(memory, here.engine)

    left = [LEFT.model_copy(update={"mentor_id": each}) for each in (MENTOR, OTHER_MENTOR)]
    async with database.transaction(here.engine) as slow:
        await facts.keep_mentor_state(slow, left[0], MentorState.LEFT)
        # Another that began later is over: to the snapshot of the first, all before it is past.
        await here.hear(*(accepted(number) for number in range(3)))
        assert await seen(memory, slow) == [OTHER_MENTOR]
        await facts.keep_mentor_state(slow, left[1], MentorState.LEFT)

    assert await seen_now(memory, here.engine) == []


async def test_a_rebuild_that_empties_the_tables_is_noticed(here):
    memory = PoolInMemory()
    await seen_now(memory, here.engine)

    async with database.transaction(here.engine) as tx:
        await tx.execute(text("truncate mentors, readiness"))

    assert await seen_now(memory, here.engine) == []
    await here.hear(APPROVED, READY)
    assert await seen_now(memory, here.engine) == [MENTOR]


async def test_notes_are_forgotten_after_a_day_and_not_before(here):
    async with database.transaction(here.engine) as tx:
        assert await changes.forget_old_changes(tx) == 0
        await tx.execute(text("update pool_changes set noted_at = now() - interval '25 hours'"))
        assert await changes.forget_old_changes(tx) > 0


async def test_each_engine_has_a_pool_of_its_own(here):
    async with database.transaction(here.engine) as one, database.transaction(here.engine) as two:
        assert pool_in_memory(one) is pool_in_memory(two)


@pytest.mark.parametrize("seed", range(3))
async def test_a_crowd_that_changes_while_many_ask_is_always_as_the_database_has_it(here, seed):
    random = Random(seed)
    await here.hear(*(fact for each in MENTORS for fact in approved(each)))
    others = [accepted(number) for number in range(6)]
    await here.hear(*others)
    memory = PoolInMemory()

    for version in range(10, 16):
        happenings = [random.choice([PAUSED, RESUMED, LEFT]) for _ in range(3)]
        changed = [
            each.model_copy(update={"mentor_id": random.choice(MENTORS), "version": version})
            for each in happenings
        ]
        asking = [memory_answers(memory, here.engine) for _ in range(4)]
        proposing = [here.propose(random.choice(MENTORS), each.referral_id) for each in others[:3]]
        await asyncio.gather(here.hear(*changed), *asking, *proposing)
        await seen_now(memory, here.engine)


async def memory_answers(memory, engine):
    async with database.transaction(engine) as tx:
        await memory.suggest(tx, A_MENTEE, TERMS, limit=5)


async def test_mentors_of_pooled_associations_are_looked_at_and_no_others(here):
    memory = PoolInMemory()
    pooled = approved(OTHER_MENTOR)[0].model_copy(update={"association_id": POOLED})
    await here.hear(pooled, approved(OTHER_MENTOR)[1])
    alone = replace(TERMS, associations=frozenset({ASSOCIATION}))

    async with database.transaction(here.engine) as tx:
        both = await memory.suggest(tx, A_MENTEE, TERMS, limit=5)
        one = await memory.suggest(tx, A_MENTEE, alone, limit=5)

    assert (both.considered, one.considered) == (2, 1)
    assert [each.mentor_id for each in one.ranked] == [MENTOR]
    assert one == suggest(A_MENTEE, pool_of(one.mentors), alone, limit=5)
