"""Who may: the pair's own people and its association's coordinators, and nobody else."""

import pytest

from common.contracts.vocabulary import Setting
from tests.followup.cast import SOMEBODY_ELSE
from tests.followup.facts import (
    COORDINATOR,
    DAY,
    GUARDIAN,
    MENTEE,
    MENTOR,
    OTHER_ASSOCIATION,
    PAIR,
    T0,
    pair_formed,
    that_clear_the_pair,
)

HELD = {"held_at": (T0 + 5 * DAY).isoformat(), "minutes": 45, "modality": "remote"}
CHECK_IN = {"side": "mentee", "mood": 4}
CLOSING = {"reason": "moved", "by": "mentee"}
NOT_STAFF = (MENTOR, MENTEE, GUARDIAN, SOMEBODY_ELSE)


@pytest.mark.parametrize(
    ("who", "side"),
    [
        (COORDINATOR, "association"),
        (MENTOR, "mentor"),
        (MENTEE, "mentee"),
        (GUARDIAN, "guardian"),
    ],
)
async def test_everyone_of_a_pair_sees_it_as_themselves(cast, who, side):
    await cast.cleared()

    answer = await cast.get(who, f"/pairs/{PAIR}")

    assert answer.json()["side"] == side
    assert answer.json()["mentor"]["name"] == "Inès Le Goff"


async def test_a_stranger_sees_nothing(cast):
    await cast.cleared()

    answer = await cast.get(SOMEBODY_ELSE, f"/pairs/{PAIR}")

    assert answer.status_code == 403
    assert (await cast.get(SOMEBODY_ELSE, "/pairs")).json() == []
    assert (await cast.get(SOMEBODY_ELSE, "/today")).json() == []


async def test_pairs_are_found_by_their_ids_by_those_alone_who_may_see_them(cast):
    await cast.cleared()
    asked = f"/pairs?id={PAIR}&id={OTHER_ASSOCIATION}"

    [found] = (await cast.get(COORDINATOR, asked)).json()

    assert found["id"] == str(PAIR)
    assert (await cast.get(SOMEBODY_ELSE, asked)).json() == []
    assert (await cast.get(COORDINATOR, f"/pairs?id={OTHER_ASSOCIATION}")).json() == []


@pytest.mark.parametrize(("limit", "status"), [("1", 200), ("200", 200), ("0", 422), ("x", 422)])
async def test_one_asks_for_as_many_pairs_as_fit_on_a_page(cast, limit, status):
    await cast.cleared()

    answer = await cast.get(COORDINATOR, f"/pairs?limit={limit}")

    assert answer.status_code == status
    assert status != 200 or [each["id"] for each in answer.json()] == [str(PAIR)]


async def test_a_coordinator_of_another_association_sees_nothing(cast):
    await cast.cleared()

    answer = await cast.get(COORDINATOR, f"/pairs/{PAIR}", association=OTHER_ASSOCIATION)
    pairs = await cast.get(COORDINATOR, "/pairs", association=OTHER_ASSOCIATION)
    alerts = await cast.get(COORDINATOR, "/alerts", association=OTHER_ASSOCIATION)

    assert answer.status_code == 403
    assert pairs.json() == []
    assert alerts.json() == []


async def test_alerts_of_one_pair_are_asked_for_alone(cast, announced):
    await cast.active(announced)
    await cast.log_meeting(cast.clock.at, important=True)

    of_it = await cast.get(COORDINATOR, f"/alerts?pair_id={PAIR}")
    of_another = await cast.get(COORDINATOR, f"/alerts?pair_id={OTHER_ASSOCIATION}")

    assert [each["pair_id"] for each in of_it.json()] == [str(PAIR)]
    assert of_another.json() == []


@pytest.mark.parametrize("who", [MENTOR, MENTEE, GUARDIAN])
async def test_who_coordinates_elsewhere_sees_no_alert_about_themselves(cast, announced, who):
    await cast.active(announced)
    await cast.log_meeting(cast.clock.at, important=True)
    cast.roles[who] = "coordinator"

    alerts = await cast.get(who, "/alerts", association=OTHER_ASSOCIATION)

    assert alerts.json() == []
    assert len((await cast.get(COORDINATOR, "/alerts")).json()) == 1


async def test_a_stranger_is_not_told_how_far_the_signing_is(cast, announced):
    agreement_id = await cast.active(announced)
    code = {"capacity": "mentor"}

    answer = await cast.post(SOMEBODY_ELSE, f"/agreements/{agreement_id}/codes", code)
    known = await cast.post(MENTOR, f"/agreements/{agreement_id}/codes", code)

    assert (answer.status_code, known.status_code) == (403, 409)


async def test_contacts_are_shown_only_once_the_pair_is_cleared(cast):
    await cast.known()
    await cast.told(pair_formed())
    before = (await cast.get(MENTOR, f"/pairs/{PAIR}")).json()

    await cast.told(*that_clear_the_pair())

    after = (await cast.get(MENTOR, f"/pairs/{PAIR}")).json()
    assert before["mentee"]["email"] is None
    assert after["mentee"]["email"] == "yanis.moreau@example.org"


@pytest.mark.parametrize("contact", ["none", "through_association", "free"])
@pytest.mark.parametrize("who", [MENTOR, MENTEE, GUARDIAN, COORDINATOR])
async def test_after_the_end_they_reach_each_other_only_if_that_was_agreed(
    cast, announced, who, contact
):
    await cast.active(announced)
    await cast.close(contact=contact)

    pair = (await cast.get(who, f"/pairs/{PAIR}")).json()
    [listed] = (await cast.get(who, "/pairs")).json()

    shown = {each[side]["email"] for each in (pair, listed) for side in ("mentor", "mentee")}
    known = {"inès.legoff@example.org", "yanis.moreau@example.org"}
    assert shown == (known if contact == "free" or who == COORDINATOR else {None})
    assert pair["contact_after"] == contact
    assert pair["mentee"]["name"] == "Yanis Moreau"


@pytest.mark.parametrize("named", [None, GUARDIAN])
async def test_an_adult_has_no_guardian_who_looks_on(cast, named):
    await cast.known()
    await cast.told(pair_formed(setting=Setting.ADULT, guardian_id=named), *that_clear_the_pair())

    assert (await cast.get(GUARDIAN, f"/pairs/{PAIR}")).status_code == 403
    assert (await cast.get(GUARDIAN, "/pairs")).json() == []
    assert (await cast.get(GUARDIAN, "/today")).json() == []
    [pair] = (await cast.get(MENTOR, "/pairs")).json()
    assert pair["mentee"]["email"] == "yanis.moreau@example.org"
    assert pair["guardian"] is None


@pytest.mark.parametrize("who", NOT_STAFF)
@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("first-meeting", {"at": (T0 + DAY).isoformat(), "modality": "remote"}),
        ("first-meeting/attendance", {"held": True}),
        ("check-ins", CHECK_IN),
        ("pause", None),
        ("resumption", None),
        ("closing", CLOSING),
        ("interviews", {"side": "mentor"}),
        ("closure", {"rematch_mentee": True, "rematch_mentor": True, "contact": "none"}),
        ("reopening", None),
        ("outcomes", {"stage": "exit", "kind": "job"}),
    ],
)
async def test_only_a_coordinator_decides(cast, who, path, body):
    await cast.cleared()

    answer = await cast.post(who, f"/pairs/{PAIR}/{path}", body)

    assert answer.status_code == 403


@pytest.mark.parametrize("who", [GUARDIAN, SOMEBODY_ELSE])
async def test_only_the_pair_and_its_coordinators_log_meetings(cast, announced, who):
    await cast.active(announced)

    assert (await cast.post(who, f"/pairs/{PAIR}/meetings", HELD)).status_code == 403


async def test_without_a_token_nobody_comes_in(cast):
    assert (await cast.client.get("/pairs")).status_code == 401


async def test_the_private_part_of_a_review_stays_in_the_pair(cast, announced):
    await cast.active(announced)
    await cast.close()
    review = {
        "satisfaction": 5,
        "goals_reached": "mostly",
        "shared": "Une belle année",
        "private": "Merci pour tout",
    }
    written = await cast.post(MENTEE, f"/pairs/{PAIR}/review", review)

    by_mentor = (await cast.get(MENTOR, f"/pairs/{PAIR}/review")).json()
    by_staff = (await cast.get(COORDINATOR, f"/pairs/{PAIR}/review")).json()

    assert written.status_code == 204
    assert by_mentor[0]["private"] == "Merci pour tout"
    assert by_mentor[0]["side"] == "mentee"
    assert by_staff[0]["private"] is None
    assert by_staff[0]["shared"] == "Une belle année"


async def test_a_new_mentor_does_not_read_the_notes_of_the_one_before(cast, announced):
    await cast.active(announced)
    await cast.log_meeting(T0 + 4 * DAY, word="Notes du premier mentor")
    await cast.close()
    new_pair = pair_formed(pair_id=SOMEBODY_ELSE, mentor_id=SOMEBODY_ELSE, occurred_at=T0 + 5 * DAY)

    await cast.told(new_pair)

    theirs = await cast.get(SOMEBODY_ELSE, f"/pairs/{SOMEBODY_ELSE}/meetings")
    before = await cast.get(SOMEBODY_ELSE, f"/pairs/{PAIR}/meetings")
    assert theirs.json() == []
    assert before.status_code == 403
