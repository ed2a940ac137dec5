"""Whole-pool runs: dry until applied, the same again from the same inputs, honest when stale."""

import json
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.contracts.policy import Objective
from matching.domain.computation import Inputs, canonical, compute, read
from matching.domain.judgement import judge
from matching.domain.protection import is_protected
from matching.store import tables
from tests.matching import cast
from tests.matching.cast import (
    A_MENTEE,
    A_MENTOR,
    ASSOCIATION,
    MENTOR,
    NOW,
    OTHER_MENTOR,
    PROGRAMME,
    REFERRAL,
    TERMS,
)
from tests.matching.facts import (
    ACCEPTED,
    APPROVED,
    ERASED,
    LEFT,
    PUBLISHED,
    READY,
    REGISTERED,
    accepted,
    approved,
)

OTHER = accepted(1)
THIRD = accepted(2)
POOL = (REGISTERED, PUBLISHED, APPROVED, READY, *approved(OTHER_MENTOR), ACCEPTED, OTHER, THIRD)


def inputs_of(mentees, mentors, terms=TERMS, seed=0):
    return Inputs(at=NOW, seed=seed, mentees=tuple(mentees), mentors=tuple(mentors), terms=(terms,))


def several(one, number):
    return [
        replace(one, referral_id=UUID(int=800 + each), mentee_id=UUID(int=900 + each))
        for each in range(number)
    ]


@settings(max_examples=60)
@given(
    st.lists(cast.mentees(), max_size=5, unique_by=lambda each: each.referral_id),
    cast.pools(most=6),
    cast.terms(),
    st.integers(0, 3),
)
def test_every_pair_of_a_run_is_possible_and_everyone_else_is_told_why(
    mentees, mentors, terms, seed
):
    result = compute(inputs_of(mentees, mentors, terms, seed))

    known = {each.referral_id: each for each in mentees}
    pool = {each.mentor_id: each for each in mentors}
    assert [line.referral_id for line in result.lines] == sorted(known)
    for line in result.lines:
        if line.mentor_id:
            assert judge(known[line.referral_id], pool[line.mentor_id], terms).feasible
        else:
            assert line.blocked or not mentors
    assert result.reached.served == sum(line.mentor_id is not None for line in result.lines)
    assert result.reached.served >= result.first_come.served


@settings(max_examples=60)
@given(
    st.lists(cast.mentees(), max_size=5, unique_by=lambda each: each.referral_id),
    cast.pools(most=6),
    st.randoms(),
)
def test_the_order_in_which_people_came_changes_no_run(mentees, mentors, random):
    likely = [cast.likely(each) for each in mentors]
    shuffled = inputs_of(random.sample(mentees, len(mentees)), random.sample(likely, len(likely)))

    assert compute(shuffled) == compute(inputs_of(mentees, likely))


@given(st.lists(cast.mentees(), max_size=3), cast.pools(most=3), cast.terms())
def test_inputs_are_written_in_one_way_and_read_back_whole(mentees, mentors, terms):
    inputs = inputs_of(mentees, mentors, terms)

    text = canonical(inputs)

    assert read(text) == inputs
    assert canonical(read(text)) == text


def test_whoever_waited_longest_is_served_when_there_is_one_place():
    first, *others = several(A_MENTEE, 4)
    long_ago = replace(first, waiting_since=NOW - timedelta(days=61))

    result = compute(inputs_of([*others, long_ago], [A_MENTOR]))

    [served] = [line for line in result.lines if line.mentor_id]
    assert served.referral_id == long_ago.referral_id


def test_a_broken_pair_comes_before_a_long_wait():
    first, second = several(A_MENTEE, 2)
    waiting = replace(first, waiting_since=NOW - timedelta(days=300))
    broken = replace(second, broken_pairs=1)

    result = compute(inputs_of([waiting, broken], [A_MENTOR]))

    [served] = [line for line in result.lines if line.mentor_id]
    assert served.referral_id == broken.referral_id
    assert (result.protected, result.reached.protected_served) == (2, 1)


def test_protection_begins_on_the_day_that_the_policy_names():
    day = NOW - timedelta(days=60)

    assert is_protected(replace(A_MENTEE, waiting_since=day), TERMS, NOW)
    later = day + timedelta(seconds=1)
    assert not is_protected(replace(A_MENTEE, waiting_since=later), TERMS, NOW)


def test_a_mentor_whose_places_went_to_others_is_named_as_capacity():
    result = compute(inputs_of(several(A_MENTEE, 2), [A_MENTOR]))

    [left] = [line for line in result.lines if line.mentor_id is None]
    assert left.blocked == {"capacity": 1}


def test_programmes_that_disagree_serve_most_first():
    fit_first = cast.policy(matching=cast.matching_policy(objective=Objective.FIT_FIRST))
    other = replace(TERMS, programme_id=UUID(int=5), policy=fit_first)

    one = compute(inputs_of([], [], replace(TERMS, policy=fit_first)))
    two = compute(replace(inputs_of([], []), terms=(TERMS, other)))

    assert one.objective is Objective.FIT_FIRST
    assert two.objective is Objective.MOST_SERVED_THEN_FIT


def test_anyone_computes_the_same_from_the_same_text():
    inputs = inputs_of(several(A_MENTEE, 3), [A_MENTOR], seed=7)
    text = canonical(inputs)

    done = subprocess.run(
        [sys.executable, "-m", "matching.solve"],
        input=text.encode(),
        stdout=subprocess.PIPE,
        check=True,
        env={"PYTHONPATH": ":".join(sys.path)},
    )

    assert done.stdout.decode() == compute(inputs).model_dump_json()


async def ask(stage, **more):
    answer = await stage.client.post(
        "/runs", json={"association_id": str(ASSOCIATION), **more}, headers=stage.coordinator()
    )
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


async def look_at(stage, run_id):
    return (await stage.client.get(f"/runs/{run_id}", headers=stage.coordinator())).json()


async def apply(stage, run_id, **chosen):
    path = f"/runs/{run_id}/application"
    return await stage.client.post(path, json=chosen, headers=stage.coordinator())


async def test_a_run_is_dry_until_it_is_applied(stage):
    await stage.hear(*POOL)
    run_id = await ask(stage, seed=3)
    asked = await look_at(stage, run_id)

    await stage.tick()
    ready = await look_at(stage, run_id)
    dry = await stage.proposals()
    applied = await apply(stage, run_id)

    assert (asked["state"], asked["receipt"]) == ("asked", None)
    assert ready["state"] == "ready"
    assert ready["receipt"]["reached"]["served"] == 2
    assert ready["receipt"]["policy_versions"] == {str(PROGRAMME): 1}
    assert sorted(line["state"] for line in ready["lines"]) == ["planned", "planned", "unmatched"]
    assert dry == []
    assert applied.json() == {"proposed": 2, "stale": 0}
    assert {row["proposed_by"] for row in await stage.proposals()} == {"run"}
    assert (await stage.said())[-3:] == ["proposal_made", "proposal_made", "run_applied"]


async def test_a_receipt_is_computed_again_to_the_byte(stage):
    await stage.hear(*POOL)
    first, second = await ask(stage, seed=3), await ask(stage, seed=3)
    await stage.tick()

    receipts = [(await look_at(stage, each))["receipt"] for each in (first, second)]
    [row, _] = await stage.rows(tables.runs)

    assert receipts[0] == receipts[1]
    again = compute(read(row["inputs"])).model_dump(mode="json", exclude={"lines"})
    assert {name: receipts[0][name] for name in again} == again


async def test_applying_a_stale_run_touches_what_still_holds_and_reports_the_rest(stage):
    await stage.hear(*POOL)
    run_id = await ask(stage)
    await stage.tick()

    await stage.hear(LEFT)
    applied = await apply(stage, run_id)
    lines = (await look_at(stage, run_id))["lines"]

    assert applied.json() == {"proposed": 1, "stale": 1}
    states = {line["mentor_id"]: line["state"] for line in lines}
    assert states[str(MENTOR)] == "stale"
    assert states[str(OTHER_MENTOR)] == "proposed"


async def test_a_part_of_a_run_may_be_applied_and_the_rest_later(stage):
    await stage.hear(*POOL)
    run_id = await ask(stage)
    await stage.tick()
    lines = (await look_at(stage, run_id))["lines"]
    chosen = next(line["referral_id"] for line in lines if line["mentor_id"])

    some = await apply(stage, run_id, referral_ids=[chosen])
    rest = await apply(stage, run_id)
    none = await apply(stage, run_id)

    assert some.json() == {"proposed": 1, "stale": 0}
    assert rest.json() == {"proposed": 1, "stale": 0}
    assert none.json() == {"proposed": 0, "stale": 0}
    assert (await stage.said()).count("run_applied") == 3


async def test_a_mentee_who_has_an_open_proposal_is_not_in_a_run(stage):
    await stage.hear(*POOL)
    await stage.proposed()
    run_id = await ask(stage)

    await stage.tick()

    lines = (await look_at(stage, run_id))["lines"]
    assert str(REFERRAL) not in {line["referral_id"] for line in lines}
    assert sum(line["mentor_id"] is not None for line in lines) == 1


async def test_a_run_that_is_not_computed_yet_cannot_be_applied(stage):
    await stage.hear(*POOL)
    run_id = await ask(stage)

    assert (await apply(stage, run_id)).status_code == 409


async def test_a_run_for_a_programme_that_nobody_knows_is_refused(stage):
    await stage.hear(*POOL)

    answer = await stage.client.post(
        "/runs",
        json={"association_id": str(ASSOCIATION), "programme_id": str(UUID(int=77))},
        headers=stage.coordinator(),
    )

    assert answer.status_code == 409


async def test_a_run_forgets_who_was_erased_and_keeps_its_receipt(stage):
    await stage.hear(*POOL)
    run_id = await ask(stage)
    await stage.tick()
    before = await look_at(stage, run_id)

    await stage.hear(ERASED)
    await stage.tick()
    after = await look_at(stage, run_id)
    [row] = await stage.rows(tables.runs)

    assert after["receipt"] == before["receipt"]
    assert row["inputs"] is None
    assert str(ERASED.person_id) not in json.dumps(after)
    assert str(REFERRAL) not in json.dumps(after)


@pytest.mark.parametrize("seed", [0, 1, 2])
async def test_a_seed_decides_among_equals_alone(stage, seed):
    await stage.hear(*POOL)
    run_id = await ask(stage, seed=seed)

    await stage.tick()

    reached = (await look_at(stage, run_id))["receipt"]["reached"]
    assert (reached["served"], reached["points"] > 0) == (2, True)
