"""What is heard of pairs moves referrals, once, in whatever order it comes."""

from itertools import permutations
from uuid import UUID

import pytest
from sqlalchemy import select

from common.contracts.followup.agreements import AgreementsForgotten, AgreementSigned
from common.contracts.followup.pairs import CloseReason, PairClosed, PairReopened, Side
from common.contracts.intake.referrals import ReferralAccepted, ReferralCompleted, ReferralEnded
from common.contracts.matching import PairFormed
from common.contracts.policy import Meetings, Per
from common.database import transaction
from common.events import Edge
from common.identity import new_id
from common.keys import create_keys, person_keys
from common.vault import ERASED
from intake.consumers import router
from intake.domain.referrals import Status
from tests.deliveries import hear_by
from tests.intake.cast import NOW, PUPIL

PAIR = UUID(int=500)
MENTOR = UUID(int=501)


@pytest.fixture
def deliver(engine):
    """Deliver one event as it comes; it may have to come again."""
    return hear_by(Edge(router, engine))


@pytest.fixture
async def accepted(join, post, load, prescriber):
    """A referral that an association has accepted."""
    afev = await join()
    submitted = await post("/referrals", prescriber, **PUPIL, chooses=False)
    await post(f"/referrals/{submitted['id']}/acceptance", afev["coordinator"])
    return await load(submitted["id"])


def about(referral, version):
    return {
        "occurred_at": NOW,
        "association_id": referral.asked.association_id,
        "version": version,
        "pair_id": PAIR,
    }


def parties(referral):
    return {"referral_id": referral.id, "mentee_id": referral.mentee_id, "mentor_id": MENTOR}


def formed(referral):
    return PairFormed(
        **about(referral, 1),
        **parties(referral),
        guardian_id=referral.guardian_id,
        programme_id=referral.asked.programme_id,
        policy_version=1,
        setting="minor",
        remote=False,
        waiting_since=NOW,
    )


def signed(referral):
    return AgreementSigned(
        **about(referral, 4),
        agreement_id=UUID(int=502),
        meetings=Meetings(count=1, per=Per.WEEK, minutes=60),
        starts_on=NOW.date(),
        ends_on=NOW.date(),
        modalities=(),
    )


def closed(referral, *, version=5, rematch=False, before_term=False):
    return PairClosed(
        **about(referral, version),
        **parties(referral),
        reason=CloseReason.NO_MORE_TIME,
        by=Side.MENTOR,
        lasted_days=200,
        before_term=before_term,
        rematch_mentee=rematch,
        rematch_mentor=True,
    )


def reopened(referral):
    return PairReopened(**about(referral, 6), **parties(referral))


async def test_a_pair_moves_its_referral_to_matched_and_in_progress(accepted, hear, load):
    await hear(formed(accepted))
    assert (await load(accepted.id)).status is Status.MATCHED

    await hear(signed(accepted))
    assert (await load(accepted.id)).status is Status.IN_PROGRESS


async def test_a_pair_that_reaches_its_term_completes_the_referral(accepted, hear, load, announced):
    for event in (formed(accepted), signed(accepted), closed(accepted)):
        await hear(event)

    assert (await load(accepted.id)).status is Status.COMPLETED
    assert isinstance((await announced())[-1], ReferralCompleted)


async def test_a_broken_pair_sends_the_mentee_back_with_the_waiting_time_kept(
    accepted, hear, load, announced
):
    for event in (formed(accepted), signed(accepted), closed(accepted, rematch=True)):
        await hear(event)

    assert (await load(accepted.id)).status is Status.IN_MATCHING
    first, again = [e for e in await announced() if isinstance(e, ReferralAccepted)]
    assert again.waiting_since == first.waiting_since == accepted.submitted_at
    assert again.version == first.version + 1


async def test_a_pair_that_ends_early_without_another_try_ends_the_referral(
    accepted, hear, load, announced
):
    for event in (formed(accepted), closed(accepted, before_term=True)):
        await hear(event)

    assert (await load(accepted.id)).status is Status.WITHDRAWN
    assert isinstance((await announced())[-1], ReferralEnded)


async def test_a_pair_that_is_opened_again_takes_its_referral_along(accepted, hear, load):
    for event in (formed(accepted), signed(accepted), closed(accepted), reopened(accepted)):
        await hear(event)

    referral = await load(accepted.id)
    assert referral.status is Status.IN_PROGRESS
    assert referral.ended_at is None


@pytest.mark.parametrize("rematch", [True, False])
async def test_duplicates_and_any_order_end_the_same(accepted, deliver, load, announced, rematch):
    story = [formed(accepted), signed(accepted), closed(accepted, rematch=rematch)]
    known = {event.subject: new_id() for event in story}
    before = len(await announced())

    for order in [*permutations(story)][:6]:
        for event in order:
            await deliver(event, known[event.subject])
    for event in story * 2:  # what had to come again, and more duplicates
        await deliver(event, new_id())

    referral = await load(accepted.id)
    assert referral.status is (Status.IN_MATCHING if rematch else Status.COMPLETED)
    assert len(await announced()) == before + 1


@pytest.mark.parametrize("order", [*permutations(range(3))])
async def test_each_order_ends_in_the_same_state(accepted, deliver, load, announced, order):
    story = [formed(accepted), signed(accepted), closed(accepted, rematch=True)]
    waiting = [(story[place], new_id()) for place in order]

    for _ in range(3):
        for event, known in list(waiting):
            if (await deliver(event, known)).is_done:
                waiting.remove((event, known))

    assert not waiting
    referral = await load(accepted.id)
    assert (referral.status, referral.version) == (Status.IN_MATCHING, accepted.version + 1)
    assert len([e for e in await announced() if isinstance(e, ReferralAccepted)]) == 2


async def test_a_signature_of_an_unknown_pair_is_heard_later(accepted, deliver):
    delivery = await deliver(signed(accepted))

    assert not delivery.is_done
    assert delivery.delays


def without_texts(referral):
    return AgreementsForgotten(**about(referral, 7))


async def key_of_the_pair(engine):
    async with engine.connect() as database:
        return await database.scalar(
            select(person_keys.c.wrapped).where(person_keys.c.person_id == PAIR)
        )


async def test_a_pair_has_a_key_of_its_own_until_none_of_its_texts_is_kept(accepted, hear, engine):
    await hear(formed(accepted))
    given = await key_of_the_pair(engine)

    await hear(without_texts(accepted))

    assert given
    assert await key_of_the_pair(engine) == ERASED


async def test_a_pair_that_is_heard_of_again_after_a_restore_keeps_its_key(accepted, hear, engine):
    async with transaction(engine) as tx:
        await create_keys(tx, PAIR)
    kept = await key_of_the_pair(engine)

    await hear(formed(accepted))

    assert await key_of_the_pair(engine) == kept


async def test_the_end_of_the_texts_of_a_pair_of_before_pairs_had_keys_changes_nothing(
    accepted, hear, engine
):
    await hear(without_texts(accepted))

    assert await key_of_the_pair(engine) is None
