"""Who may do what with matching over HTTP, and what each no says."""

from uuid import uuid4

import pytest

from common.contracts.vocabulary import Role
from tests.matching.cast import (
    ASSOCIATION,
    MENTEE,
    MENTOR,
    OTHER_MENTOR,
    POOLED,
    REFERRAL,
    STRANGERS,
)
from tests.matching.facts import ACCEPTED, APPROVED, PUBLISHED, READY, REGISTERED, approved

POOL = (REGISTERED, PUBLISHED, APPROVED, READY, ACCEPTED)
SOMEBODY = uuid4()
NOTHING = uuid4()
READS = ("/pool", "/proposals", "/proposals/{proposal}", "/referrals/{referral}/suggestions")
WRITES = (
    ("/referrals/{referral}/proposals", {"mentor_id": str(MENTOR)}),
    ("/proposals/{proposal}/acceptance", None),
    ("/proposals/{proposal}/decline", {"reason": "no_time"}),
    ("/proposals/{proposal}/withdrawal", None),
    ("/runs", {"association_id": str(ASSOCIATION)}),
)


def filled(path, proposal_id):
    return path.format(referral=REFERRAL, proposal=proposal_id)


async def test_suggestions_come_with_their_reasons(stage):
    await stage.hear(*POOL, *approved(OTHER_MENTOR, slots=(1,)))

    page = (await stage.suggestions()).json()

    assert (page["considered"], page["suitable"], page["blocked"]) == (2, 1, {"slot": 1})
    [best] = page["suggestions"]
    sector = next(each for each in best["contributions"] if each["criterion"] == "sector")
    assert sector["evidence"] == ["health"]
    assert sum(each["contribution"] for each in best["contributions"]) == pytest.approx(best["fit"])
    missing = [each["criterion"] for each in best["contributions"] if each["missing"]]
    assert missing == ["function", "mother_tongue"]


async def test_a_second_choice_says_what_it_costs_and_by_which_criterion(stage):
    await stage.hear(*POOL, *approved(OTHER_MENTOR, hobbies=("chess",)))

    path = f"/referrals/{REFERRAL}/suggestions/{OTHER_MENTOR}"
    reasons = (await stage.client.get(path, headers=stage.coordinator())).json()
    [first, second] = (await stage.suggestions()).json()["suggestions"]

    assert (first["less_than_first"], second["less_than_first"]) == (0, pytest.approx(0.15))
    assert reasons["behind"]["first_id"] == first["mentor_id"]
    assert reasons["behind"]["less"] == pytest.approx(0.15)
    assert reasons["behind"]["by_criterion"] == {"hobby": pytest.approx(0.15)}


async def test_a_referral_that_nobody_suits_says_which_rule_emptied_the_pool(stage):
    late, absent = approved(MENTOR, slots=(1,)), approved(OTHER_MENTOR, slots=(2,), capacity=0)
    await stage.hear(REGISTERED, PUBLISHED, ACCEPTED, *late, *absent)

    told = (await stage.suggestions()).json()["emptied"]

    assert (told["considered"], told["emptied_by"]) == (2, "slot")
    assert told["steps"][:2] == [
        {"constraint": "geography", "remaining": 2},
        {"constraint": "slot", "remaining": 0},
    ]
    assert told["openings"] == [{"constraints": ["slot"], "opens": 1}]


async def test_why_not_names_the_rule_and_what_would_change_it(stage):
    await stage.hear(*POOL, *approved(OTHER_MENTOR, capacity=0))

    path = f"/referrals/{REFERRAL}/suggestions/{OTHER_MENTOR}"
    reasons = (await stage.client.get(path, headers=stage.coordinator())).json()

    assert reasons["blocking"] == ["capacity"]
    one_more = {"kind": "mentor_has_more_places", "number": 1, "any_of": []}
    assert reasons["would_match_if"] == [one_more]
    assert reasons["lifts"] == [{"constraint": "capacity", "ways": [[one_more]], "never": None}]
    assert reasons["would_fit"] == reasons["fit"]


async def test_of_another_associations_mentor_nothing_is_said(stage):
    stranger = APPROVED.model_copy(update={"mentor_id": OTHER_MENTOR, "association_id": STRANGERS})
    await stage.hear(*POOL, stranger)

    path = f"/referrals/{REFERRAL}/suggestions/{OTHER_MENTOR}"
    reasons = (await stage.client.get(path, headers=stage.coordinator())).json()

    assert reasons["blocking"] == ["association"]
    assert (reasons["fit"], reasons["distance_km"], reasons["contributions"]) == (None, None, [])
    assert (reasons["would_match_if"], reasons["would_fit"]) == ([], None)
    [lift] = reasons["lifts"]
    assert lift["ways"] == [[{"kind": "associations_pool", "number": None, "any_of": []}]]


async def test_associations_that_pool_share_their_mentors(stage):
    pooling = REGISTERED.model_copy(update={"version": 2, "pooled_with": (POOLED,)})
    theirs = APPROVED.model_copy(update={"association_id": POOLED})
    await stage.hear(REGISTERED, PUBLISHED, ACCEPTED, theirs, READY)
    alone = (await stage.suggestions()).json()

    await stage.hear(pooling)
    together = (await stage.suggestions()).json()

    assert (alone["considered"], together["suitable"]) == (0, 1)


async def test_a_mentor_sees_a_profile_without_a_name_and_no_id_before_the_yes(stage):
    await stage.hear(*POOL)
    proposal_id = await stage.proposed()

    path = f"/proposals/{proposal_id}"
    before = (await stage.client.get(path, headers=stage.mentor())).json()
    await stage.accept(proposal_id)
    after = (await stage.client.get(path, headers=stage.mentor())).json()

    assert (before["mentee_id"], after["mentee_id"]) == (None, str(MENTEE))
    assert before["profile"]["sectors"] == ["health", "industry"]
    assert "publics" not in before["profile"]


async def test_a_coordinator_reads_who_waits_and_the_collective_counts_alone(stage):
    await stage.hear(*POOL)
    collective = stage.sign_in(Role.COLLECTIVE)

    pool = (await stage.client.get("/pool", headers=stage.coordinator())).json()
    counted = (await stage.client.get("/pool", headers=collective)).json()

    [waiting] = pool["referrals"]
    assert waiting["referral_id"] == str(REFERRAL)
    assert "publics" not in waiting["facets"]
    assert counted["referrals"] == []
    assert counted["figures"] == pool["figures"]
    [figures] = counted["figures"]
    assert (figures["waiting"], figures["mentors"]) == (1, 1)


async def test_pages_follow_one_another_from_the_newest_on(stage):
    await stage.hear(*POOL)
    made = []
    for _ in range(3):
        made.append(await stage.proposed())
        await stage.withdraw(made[-1])

    read, path = [], "/proposals?limit=2"
    while page := (await stage.client.get(path, headers=stage.coordinator())).json():
        read += [each["id"] for each in page]
        path = f"/proposals?limit=2&after={read[-1]}"

    assert read == made[::-1]


async def test_a_list_is_narrowed_to_what_is_open_with_one_mentor(stage):
    await stage.hear(*POOL)
    proposal_id = await stage.proposed()

    async def listed(query):
        answer = await stage.client.get(f"/proposals?{query}", headers=stage.coordinator())
        return [each["id"] for each in answer.json()]

    mine = f"status=open&mentor_id={MENTOR}"
    assert await listed(mine) == [str(proposal_id)]
    assert await listed(f"status=open&mentor_id={SOMEBODY}") == []
    await stage.decline(proposal_id)
    assert await listed(mine) == []


@pytest.mark.parametrize("path", READS)
@pytest.mark.parametrize("role", [Role.PRESCRIBER, Role.GUARDIAN, Role.MENTEE, Role.FUNDER])
async def test_who_has_no_part_in_matching_reads_nothing(stage, path, role):
    headers = stage.sign_in(role, ASSOCIATION)

    answer = await stage.client.get(filled(path, NOTHING), headers=headers)

    assert answer.status_code == 403


async def test_another_associations_coordinator_sees_and_changes_nothing(stage):
    await stage.hear(*POOL)
    proposal_id = await stage.proposed()
    stranger = stage.coordinator(STRANGERS)

    reads = [
        (await stage.client.get(filled(path, proposal_id), headers=stranger)) for path in READS
    ]
    writes = [
        (await stage.client.post(filled(path, proposal_id), json=body, headers=stranger))
        for path, body in WRITES
    ]

    assert [each.status_code for each in reads] == [200, 200, 403, 403]
    assert reads[0].json() == {"figures": [], "referrals": []}
    assert reads[1].json() == []
    assert [each.status_code for each in writes] == [403] * len(WRITES)
    assert await stage.said() == ["proposal_made"]


async def test_another_mentor_sees_and_answers_nothing(stage):
    await stage.hear(*POOL)
    proposal_id = await stage.proposed()

    mine = await stage.client.get("/proposals", headers=stage.mentor(SOMEBODY))
    read = await stage.client.get(f"/proposals/{proposal_id}", headers=stage.mentor(SOMEBODY))
    yes = await stage.accept(proposal_id, SOMEBODY)
    no = await stage.decline(proposal_id, mentor_id=SOMEBODY)

    assert mine.json() == []
    assert (read.status_code, yes.status_code, no.status_code) == (403, 403, 403)


async def test_nobody_answers_unsigned(stage):
    for path, body in WRITES:
        answer = await stage.client.post(filled(path, NOTHING), json=body)
        assert answer.status_code == 401, path


async def test_what_does_not_exist_is_not_found(stage):
    await stage.hear(*POOL)

    missing = [
        await stage.suggestions(NOTHING),
        await stage.propose(MENTOR, NOTHING),
        await stage.propose(NOTHING),
        await stage.accept(NOTHING),
        await stage.client.get(f"/runs/{NOTHING}", headers=stage.coordinator()),
    ]

    assert [each.status_code for each in missing] == [404] * 5


async def test_a_rule_in_the_way_is_a_conflict_in_the_readers_language(stage):
    await stage.hear(*POOL, *approved(OTHER_MENTOR, languages=("en",)))

    answer = await stage.propose(OTHER_MENTOR)

    assert answer.status_code == 409
    assert answer.json()["title"] == "Une règle empêche ce binôme."
    assert await stage.proposals() == []


async def test_a_programme_whose_rules_are_unknown_is_a_conflict(stage):
    await stage.hear(REGISTERED, ACCEPTED, APPROVED, READY)

    assert (await stage.suggestions()).status_code == 409


async def test_a_proposal_is_made_once_under_one_key(stage):
    await stage.hear(*POOL)
    headers = {**stage.coordinator(), "Idempotency-Key": "one-key-for-two"}
    path, body = f"/referrals/{REFERRAL}/proposals", {"mentor_id": str(MENTOR)}

    first = await stage.client.post(path, json=body, headers=headers)
    again = await stage.client.post(path, json=body, headers=headers)

    assert first.json() == again.json()
    assert len(await stage.proposals()) == 1
