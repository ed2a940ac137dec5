"""HTTP in: which offers could serve a referral, whom to ask, and what was answered."""

from typing import Any
from uuid import UUID

from common.contracts.intake.referrals import DeclineReason
from common.contracts.vocabulary import Role
from common.http import Model, Now, Tx, may, routes
from intake.api.readers import By
from intake.api.referrals import CONCERNED, STAFF
from intake.api.views import names_of, rated_offer
from intake.domain.referrals import Referral
from intake.domain.sight import Reader, Sight, check_in_charge, check_may_choose, sight_of
from intake.handlers import duplicates, routing
from intake.handlers.duplicates import Candidate, Say
from intake.store import people
from intake.store import referrals as store

router = routes()


class ChoiceForm(Model):
    # The best offer, if none is chosen.
    offer_id: UUID | None = None


class DeclineForm(Model):
    reason: DeclineReason


class DuplicateForm(Model):
    person_id: UUID
    same: bool


@router.get("/referrals/{referral_id}/routing", dependencies=[may("referral.route", *CONCERNED)])
async def read_routing(referral_id: UUID, by: By, tx: Tx) -> dict[str, Any]:
    """Rank every offer with its reasons: a first choice, a second one, and why not the others."""
    referral = await store.referral(tx, referral_id)
    check_may_choose(referral, by)
    ranking = await routing.ranking_of(tx, referral)
    suitable = [rated.shelf.offer_id for rated in ranking if rated.suits]
    first, second = (*suitable, None, None)[:2]
    return {
        "referral_id": referral_id,
        "asked": referral.asked.offer_id if referral.asked else None,
        "first_choice": first,
        "second_choice": second,
        "offers": [rated_offer(rated) for rated in ranking],
    }


@router.post(
    "/referrals/{referral_id}/offers",
    status_code=201,
    dependencies=[may("referral.offer", *CONCERNED)],
)
async def ask_association(
    referral_id: UUID, by: By, now: Now, tx: Tx, form: ChoiceForm | None = None
) -> dict[str, Any]:
    chosen = form.offer_id if form else None
    offered = await routing.ask_association(tx, referral_id, chosen, by, now=now)
    asked = offered.asked
    return {
        "id": offered.id,
        "status": offered.status,
        "offer_id": asked.offer_id if asked else None,
        "association_id": asked.association_id if asked else None,
    }


@router.post(
    "/referrals/{referral_id}/acceptance",
    status_code=204,
    dependencies=[may("referral.accept", Role.COORDINATOR)],
)
async def accept_referral(referral_id: UUID, by: By, now: Now, tx: Tx) -> None:
    await routing.accept_referral(tx, referral_id, by, now=now)


@router.post(
    "/referrals/{referral_id}/decline",
    status_code=204,
    dependencies=[may("referral.decline", Role.COORDINATOR)],
)
async def decline_referral(referral_id: UUID, form: DeclineForm, by: By, now: Now, tx: Tx) -> None:
    await routing.decline_referral(tx, referral_id, by, form.reason, now=now)


@router.get(
    "/referrals/{referral_id}/duplicates",
    dependencies=[may("referral.read_duplicates", *STAFF, Role.COLLECTIVE)],
)
async def read_duplicates(referral_id: UUID, by: By, now: Now, tx: Tx) -> list[dict[str, Any]]:
    """Show who may be the same person: the name, what is in common, and where it stands."""
    referral = await store.referral(tx, referral_id)
    check_in_charge(referral, by)
    candidates = await duplicates.candidates_for(tx, referral)
    # Another association's case is told by what is in common alone.
    own = [each.other for each in candidates if each.other and in_hands(each.other, by)]
    names = await names_of(tx, [each.mentee_id for each in own])
    for each in own:
        await people.note_access(tx, each.mentee_id, reader_id=by.person_id, at=now)
    cases = {each.mentee_id: {"referral_id": each.id, "status": each.status} for each in own}
    return [
        shown(each) | cases.get(each.other_id, {}) | names.get(each.other_id, {})
        for each in candidates
    ]


def in_hands(referral: Referral, by: Reader) -> bool:
    return sight_of(referral, by) is Sight.WHOLE


def shown(candidate: Candidate) -> dict[str, Any]:
    return {
        "person_id": candidate.other_id,
        "traces": candidate.suspicion.traces,
        "verdict": candidate.suspicion.verdict,
        "live": candidate.other is not None,
    }


@router.post(
    "/referrals/{referral_id}/duplicate-decision",
    dependencies=[may("referral.decide_duplicate", Role.COORDINATOR, Role.COLLECTIVE)],
)
async def decide_duplicate(
    referral_id: UUID, form: DuplicateForm, by: By, now: Now, tx: Tx
) -> dict[str, str]:
    say = Say(known_id=form.person_id, same=form.same, by=by)
    return {"verdict": await duplicates.decide_duplicate(tx, referral_id, say, now=now)}
