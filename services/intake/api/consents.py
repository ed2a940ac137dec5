"""HTTP in: guardians authorise, mentees agree, the child-protection service evaluates."""

from datetime import date
from typing import Any
from uuid import UUID

from common.contracts.intake.consents import AuthorisationKind
from common.contracts.vocabulary import Role
from common.http import Model, Now, Tx, may, routes
from intake.api.readers import By
from intake.api.referrals import STAFF
from intake.domain.consents import Authorisation, Voice
from intake.domain.people import NotTheirs
from intake.domain.sight import Reader, check_in_charge
from intake.handlers import consents as handlers
from intake.store import consents as store
from intake.store import people, referrals

router = routes()


class DecisionForm(Model):
    given: bool
    # The association was shown a signed paper.
    on_paper: bool = False


class AskForm(Model):
    referral_id: UUID
    kind: AuthorisationKind = AuthorisationKind.IMAGE


class ProtectionForm(Model):
    evaluated_on: date
    valid_until: date


@router.get("/authorisations", dependencies=[may("authorisation.list", Role.GUARDIAN)])
async def authorisations(by: By, tx: Tx) -> list[dict[str, Any]]:
    """List what the guardian is asked to authorise, and what they answered."""
    return [shown(each) for each in await store.authorisations_for(tx, by.person_id)]


@router.get(
    "/people/{person_id}/authorisations",
    dependencies=[may("authorisation.read", *STAFF, Role.GUARDIAN, Role.MENTEE)],
)
async def authorisations_about(person_id: UUID, by: By, tx: Tx) -> list[dict[str, Any]]:
    if not await speaks_about(tx, person_id, by):
        raise NotTheirs(person_id)
    return [shown(each) for each in await store.authorisations_about(tx, person_id)]


def shown(asked: Authorisation) -> dict[str, Any]:
    return {
        "id": asked.id,
        "mentee_id": asked.mentee_id,
        "guardian_id": asked.guardian_id,
        "referral_id": asked.referral_id,
        "kind": asked.kind,
        "answer": asked.answer,
        "asked_at": asked.asked_at,
        "answered_at": asked.answered_at,
        "on_paper": asked.on_paper,
    }


@router.post(
    "/authorisations",
    status_code=201,
    dependencies=[may("authorisation.ask", Role.COORDINATOR)],
)
async def ask_authorisation(form: AskForm, by: By, now: Now, tx: Tx) -> dict[str, UUID]:
    referral = await referrals.lock_referral(tx, form.referral_id)
    check_in_charge(referral, by)
    asked = await handlers.ask_authorisation(tx, referral, form.kind, now=now)
    return {"id": asked.id}


@router.post(
    "/authorisations/{authorisation_id}/decision",
    status_code=204,
    dependencies=[may("authorisation.decide", Role.GUARDIAN, Role.COORDINATOR)],
)
async def decide_authorisation(
    authorisation_id: UUID, form: DecisionForm, by: By, now: Now, tx: Tx
) -> None:
    asked = await store.lock_authorisation(tx, authorisation_id)
    voice = await voice_of(tx, asked.mentee_id, by, on_paper=form.on_paper)
    await handlers.decide_authorisation(tx, asked, given=form.given, by=voice, now=now)


@router.post(
    "/people/{person_id}/adherence",
    status_code=201,
    dependencies=[may("adherence.say", Role.MENTEE, Role.COORDINATOR)],
)
async def say_adherence(
    person_id: UUID, by: By, now: Now, tx: Tx, form: DecisionForm
) -> dict[str, UUID]:
    await people.lock_person(tx, person_id)
    voice = await voice_of(tx, person_id, by, on_paper=form.on_paper)
    said = await handlers.say_adherence(tx, person_id, given=form.given, by=voice, now=now)
    return {"id": said}


@router.post(
    "/people/{person_id}/protection-agreement",
    status_code=201,
    dependencies=[may("protection.agree", Role.COORDINATOR)],
)
async def agree_protection(
    person_id: UUID, form: ProtectionForm, by: By, now: Now, tx: Tx
) -> dict[str, UUID]:
    await people.lock_person(tx, person_id)
    if not await in_charge(tx, person_id, by):
        raise NotTheirs(person_id)
    agreed = await handlers.agree_protection(
        tx, person_id, evaluated_on=form.evaluated_on, valid_until=form.valid_until, now=now
    )
    return {"id": agreed}


async def voice_of(tx: Tx, mentee_id: UUID, by: Reader, *, on_paper: bool) -> Voice:
    return Voice(
        person_id=by.person_id, on_paper=on_paper, in_charge=await in_charge(tx, mentee_id, by)
    )


async def in_charge(tx: Tx, mentee_id: UUID, by: Reader) -> bool:
    about = await referrals.referrals_concerning(tx, mentee_id)
    return any(by.works_at(each.custodian_id) for each in about)


async def speaks_about(tx: Tx, person_id: UUID, by: Reader) -> bool:
    about = await referrals.referrals_concerning(tx, person_id)
    people_concerned = {each for r in about for each in (r.mentee_id, r.guardian_id)}
    return by.person_id in people_concerned or any(by.works_at(r.custodian_id) for r in about)
