"""What matching keeps of what it heard is the same in any order, however often it comes."""

from random import Random
from uuid import UUID

import pytest
from sqlalchemy import select

from matching.consumers import router
from matching.store import PROJECTIONS, metadata
from matching.store.changes import pool_changes
from matching.store.tables import PERSON
from tests.matching import facts
from tests.matching.cast import GUARDIAN, MENTEE_FACETS, MENTOR, OTHER_MENTOR, POOLED, policy

PAIR = UUID(int=70)
FURTHER = MENTEE_FACETS.model_copy(update={"reach_km": 50})
OTHER = facts.accepted(1)
# Never accepted, so that only its end is heard; then its mentee is erased.
REFUSED = facts.ENDED.model_copy(update={"referral_id": UUID(int=71), "mentee_id": UUID(int=72)})
EVERYTHING = (
    facts.REGISTERED,
    facts.REGISTERED.model_copy(update={"version": 2, "pooled_with": (POOLED,)}),
    facts.PUBLISHED,
    facts.PUBLISHED.model_copy(update={"version": 2, "policy": policy(proposal_expire_days=9)}),
    facts.ACCEPTED,
    facts.ACCEPTED.model_copy(update={"version": 5, "facets": FURTHER}),
    facts.COMPLETED,
    facts.APPROVED,
    facts.PAUSED,
    facts.RESUMED,
    facts.LEFT,
    facts.READY,
    *facts.approved(OTHER_MENTOR),
    facts.closed(PAIR, version=3),
    facts.reopened(PAIR, version=5),
    facts.closed(PAIR, version=7, rematch_mentee=False),
    OTHER,
    REFUSED,
    facts.ERASED.model_copy(update={"person_id": REFUSED.mentee_id}),
    facts.ERASED.model_copy(update={"person_id": OTHER.mentee_id}),
    facts.ERASED.model_copy(update={"person_id": OTHER_MENTOR}),
    facts.ERASED.model_copy(update={"person_id": GUARDIAN}),
)


async def kept(tx, events):
    """Hear events inside a transaction that is undone, and tell what was kept."""
    undone = tx.driver.transaction()
    await undone.start()
    for event in events:
        await router.listeners[event.subject].handle(event, tx)
    rows = {}
    for table in PROJECTIONS:
        found = await tx.execute(select(table).order_by(*table.primary_key.columns))
        rows[table.name] = found.all()
    await undone.rollback()
    return rows


async def test_any_order_and_any_repetition_end_the_same(tx):
    in_order = await kept(tx, EVERYTHING)

    for seed in range(25):
        random = Random(seed)
        thrice = list(EVERYTHING * 3)
        random.shuffle(thrice)
        assert await kept(tx, thrice) == in_order, f"seed {seed}"


async def test_the_newest_of_each_part_is_kept(tx):
    rows = await kept(tx, EVERYTHING)

    [referral] = rows["referrals"]
    assert (referral.state, referral.facets["reach_km"]) == ("completed", 50)
    assert referral.guardian_id is None
    [mentor] = rows["mentors"]
    assert (mentor.mentor_id, mentor.state, mentor.facets_version) == (MENTOR, "left", 3)
    [ending] = rows["pair_endings"]
    assert (ending.closed, ending.rematch_mentee) == (True, False)
    assert len(rows["policies"]) == 2


def names_a_person(column):
    return column.info.get(PERSON) or column.name in {
        "mentee_id",
        "mentor_id",
        "person_id",
        "proposer_id",
        "asked_by",
    }


@pytest.mark.parametrize("table", metadata.sorted_tables, ids=lambda each: each.name)
def test_whoever_is_erased_is_found_without_reading_a_whole_table(table):
    found_by = {next(iter(index.columns)).name for index in (*table.indexes, table.primary_key)}

    named = {column.name for column in table.c if names_a_person(column)}

    assert named <= found_by or table is pool_changes


@pytest.mark.parametrize("listener", router.listeners.values(), ids=lambda each: each.kind.__name__)
def test_every_event_that_is_heard_can_be_heard_again_by_a_rebuild(listener):
    assert listener.projects
