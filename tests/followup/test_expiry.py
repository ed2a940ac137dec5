"""What a pair signed is kept as long as its policy says, whoever is forgotten meanwhile."""

from base64 import b64decode
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from common.contracts.followup.agreements import AgreementsForgotten
from common.contracts.intake.people import Ground, PersonErased
from common.contracts.vocabulary import Sealed
from common.database import transaction
from followup.domain.proofs import verify
from followup.schedule import forget_old_agreements
from followup.signing_key import PublicKeys
from followup.store import tables
from followup.store.agreements import add_agreement
from followup.store.pairs import add_pair, find_pair
from tests.followup.cast import NAMES
from tests.followup.facts import (
    COORDINATOR,
    DAY,
    GUARDIAN,
    MENTEE,
    MENTOR,
    PAIR,
    POLICY,
    T0,
    a_text_for,
    programme_published,
)

# The policy of the tests keeps agreements for five years.
FIVE_YEARS = timedelta(days=5 * 365 + 2)
CLOSED_AT = T0 + 200 * DAY
AGREEMENTS = tables.agreements.c
SEALED = Sealed("s1.sealed")


def forgotten(person_id, ground, at=T0 + 30 * DAY):
    return PersonErased(
        occurred_at=at, association_id=None, version=9, person_id=person_id, ground=ground
    )


def kept_for(years):
    retention = POLICY.retention.model_copy(update={"agreement_years": years})
    return POLICY.model_copy(update={"retention": retention})


async def look(cast, engine, at):
    """Let the clock look until nothing is due, and tell at how many pairs it looked."""
    cast.clock.at = at
    looked = 0
    for _ in range(20):
        async with transaction(engine) as tx:
            done = await forget_old_agreements(tx, at)
        looked += done
        if not done:
            return looked
    raise AssertionError


async def closed(cast, announced):
    agreement_id = await cast.active(announced)
    cast.clock.at = CLOSED_AT
    await cast.close()
    return agreement_id


async def count(engine, table):
    async with engine.connect() as connection:
        return await connection.scalar(select(func.count()).select_from(table))


async def texts(engine):
    async with engine.connect() as connection:
        return (await connection.scalars(select(AGREEMENTS.text).order_by(AGREEMENTS.id))).all()


async def told_of_the_end(announced):
    return [each.pair_id for each in await announced() if isinstance(each, AgreementsForgotten)]


@pytest.mark.parametrize("who", [MENTEE, MENTOR, GUARDIAN])
async def test_the_text_outlives_the_case_of_whoever_is_forgotten_in_time(cast, announced, who):
    agreement_id = await cast.active(announced)
    cast.keys.erase(who)

    await cast.told(forgotten(who, Ground.RETENTION))

    proof = (await cast.get(COORDINATOR, f"/agreements/{agreement_id}/proof")).json()
    assert " ".join(NAMES[who]) in b64decode(proof["text"]).decode()
    assert verify(proof, PublicKeys(proof["keys"]).is_genuine) == ()
    assert await told_of_the_end(announced) == []


@pytest.mark.parametrize("who", [MENTEE, MENTOR, GUARDIAN])
@pytest.mark.parametrize("ground", [Ground.ASKED, Ground.AGAIN])
async def test_whoever_asks_to_be_forgotten_takes_the_text_and_its_key_along(
    cast, announced, engine, who, ground
):
    await cast.active(announced)
    cast.keys.erase(who)

    await cast.told(forgotten(who, ground))

    assert await texts(engine) == [None]
    assert await told_of_the_end(announced) == [PAIR]


async def test_an_erasure_that_tells_no_ground_was_asked_for(cast, announced, engine):
    await cast.active(announced)
    erasure = forgotten(MENTEE, Ground.RETENTION).model_dump(exclude={"ground"})

    await cast.told(PersonErased(**erasure))

    assert await texts(engine) == [None]


async def test_who_asks_after_the_other_was_forgotten_in_time_takes_the_text_along(
    cast, announced, engine
):
    await cast.active(announced)

    await cast.told(forgotten(MENTEE, Ground.RETENTION), forgotten(MENTOR, Ground.ASKED))

    assert await texts(engine) == [None]
    assert await told_of_the_end(announced) == [PAIR]


async def test_five_years_after_its_end_nothing_that_a_pair_signed_is_left(cast, announced, engine):
    agreement_id = await closed(cast, announced)

    await look(cast, engine, CLOSED_AT + FIVE_YEARS - 2 * DAY)
    before = await texts(engine)
    await look(cast, engine, CLOSED_AT + FIVE_YEARS)

    assert before != [None]
    assert await texts(engine) == [None]
    assert await count(engine, tables.proofs) == 0
    assert await count(engine, tables.signings) == 0
    assert await told_of_the_end(announced) == [PAIR]
    read = await cast.get(COORDINATOR, f"/agreements/{agreement_id}/text")
    assert read.json()["type"] == "TextForgotten"


async def test_that_everyone_signed_is_known_when_the_proofs_are_gone(cast, announced, engine):
    agreement_id = await closed(cast, announced)

    await look(cast, engine, CLOSED_AT + FIVE_YEARS)

    agreement = (await cast.get(COORDINATOR, f"/agreements/{agreement_id}")).json()
    assert agreement["status"] == "signed"
    assert all(each["signed"] for each in agreement["signatories"])


async def test_what_was_forgotten_in_time_ends_with_the_agreement_s_years(cast, announced, engine):
    await cast.active(announced)
    await cast.told(forgotten(MENTEE, Ground.RETENTION, at=CLOSED_AT))

    await look(cast, engine, CLOSED_AT + FIVE_YEARS)

    assert await texts(engine) == [None]
    assert await count(engine, tables.signings) == 0
    assert await told_of_the_end(announced) == [PAIR]


async def test_the_end_is_told_once(cast, announced, engine):
    await closed(cast, announced)
    await look(cast, engine, CLOSED_AT + FIVE_YEARS)

    assert await look(cast, engine, CLOSED_AT + 2 * FIVE_YEARS) == 0
    assert await told_of_the_end(announced) == [PAIR]


async def test_a_pair_that_goes_on_keeps_what_it_signed(cast, announced, engine):
    await cast.active(announced)

    await look(cast, engine, T0 + 2 * FIVE_YEARS)
    going_on = await texts(engine)
    looked_again = await look(cast, engine, T0 + 2 * FIVE_YEARS + 2 * DAY)
    await cast.close()
    await look(cast, engine, T0 + 4 * FIVE_YEARS)

    assert (going_on != [None], looked_again) == (True, 0)
    assert await texts(engine) == [None]


async def test_a_text_that_never_came_into_force_is_kept_from_the_day_of_its_writing(
    cast, announced, engine
):
    await cast.met()
    cast.clock.at = CLOSED_AT
    await cast.close()

    await look(cast, engine, T0 + 4 * DAY + FIVE_YEARS)

    assert await texts(engine) == [None]


async def test_an_agreement_is_kept_as_long_as_the_policy_says_that_it_was_written_under(
    cast, announced, engine
):
    await closed(cast, announced)
    await cast.told(programme_published(version=2, policy=kept_for(years=1)))

    await look(cast, engine, CLOSED_AT + 400 * DAY)

    assert await texts(engine) != [None]


async def test_a_pair_is_without_text_when_the_last_one_is_forgotten(cast, announced, engine):
    await closed(cast, announced)
    async with transaction(engine) as tx:
        pair = await find_pair(tx, PAIR)
        longer = replace(a_text_for(pair, number=77, at=CLOSED_AT), policy_version=2)
        await add_agreement(tx, replace(longer, text=SEALED, next_due=T0))
    await cast.told(programme_published(version=2, policy=kept_for(years=9)))

    await look(cast, engine, CLOSED_AT + FIVE_YEARS)
    first = await told_of_the_end(announced)
    await look(cast, engine, CLOSED_AT + 2 * FIVE_YEARS)

    assert first == []
    assert await told_of_the_end(announced) == [PAIR]


async def test_a_text_of_before_pairs_had_keys_is_read_and_forgotten_as_it_was(
    cast, announced, engine
):
    cast.pair_has_key = False
    agreement_id = await cast.active(announced)
    read = await cast.get(MENTOR, f"/agreements/{agreement_id}/text")
    cast.keys.erase(MENTEE)

    await cast.told(forgotten(MENTEE, Ground.RETENTION))

    assert "Yanis Moreau" in read.text
    assert await texts(engine) == [None]
    proof = (await cast.get(MENTOR, f"/agreements/{agreement_id}/proof")).json()
    assert proof["text"] is None
    assert verify(proof, PublicKeys(proof["keys"]).is_genuine) == ()


async def test_what_an_older_release_wrote_learns_how_long_it_is_kept(cast, announced, engine):
    await closed(cast, announced)
    async with engine.begin() as tx:
        await tx.execute(text("update agreements set next_due = default"))

    await look(cast, engine, CLOSED_AT + FIVE_YEARS - 2 * DAY)
    before = await texts(engine)
    await look(cast, engine, CLOSED_AT + FIVE_YEARS)

    assert before != [None]
    assert await texts(engine) == [None]


async def test_an_agreement_that_cannot_be_looked_at_keeps_no_other_from_it(
    cast, announced, engine
):
    await closed(cast, announced)
    async with transaction(engine) as tx:
        pair = replace(await find_pair(tx, PAIR), id=MENTEE)
        await add_pair(tx, pair)
        lost = replace(a_text_for(pair, number=78, at=T0), policy_version=99)
        await add_agreement(tx, replace(lost, text=SEALED, next_due=T0))

    await look(cast, engine, CLOSED_AT + FIVE_YEARS)

    assert sorted(await texts(engine), key=str) == [None, SEALED]


async def test_what_is_due_is_found_by_an_index(engine):
    due = select(AGREEMENTS.id).where(AGREEMENTS.next_due <= T0)
    async with engine.begin() as connection:
        await connection.execute(text("set local enable_seqscan = off"))
        plain = due.compile(connection, compile_kwargs={"literal_binds": True})
        plan = "".join(await connection.scalars(text(f"explain {plain}")))
    assert "ix_agreements_next_due" in plan


async def test_no_text_is_opened_without_the_key_of_the_pair(cast, announced):
    agreement_id = await cast.active(announced)
    cast.keys.erase(PAIR)

    answer = await cast.get(MENTOR, f"/agreements/{agreement_id}/text")

    assert answer.json()["type"] == "KeyErased"
