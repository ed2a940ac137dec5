"""HTTP in: the three doors by which referrals come, and what is done with them."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends
from pydantic import Field

from common.calendar import day_of
from common.contracts.intake.referrals import ReferralEnd
from common.contracts.vocabulary import Code, Door, Modality, Role, Support
from common.errors import Invalid
from common.http import Model, Now, Tx, may, public, routes
from intake.api.pages import Asked
from intake.api.readers import By, knock
from intake.api.views import case_of, names_of, opened, seen_as, status_of
from intake.domain.people import GuardianMissing
from intake.domain.referrals import Referral, Status
from intake.domain.sight import NotYourCase, Reader, Sight, check_sight, sight_of
from intake.forms import FARTHEST_KM, Codes, ReferralForm
from intake.handlers import referrals as handlers
from intake.handlers.referrals import Completion
from intake.store import people
from intake.store import referrals as store
from intake.vocabularies import UnknownWord, vocabulary

router = routes()

STAFF = (Role.COORDINATOR, Role.VOLUNTEER)
BRINGS = (*STAFF, Role.PRESCRIBER, Role.COLLECTIVE)
CONCERNED = (*BRINGS, Role.MENTEE, Role.GUARDIAN)
OPEN_DOORS = frozenset({Door.FAMILY, Door.SELF})
TEXTS = ("motivation_text", "expectations_text", "other_schemes", "notes")


class WhichAssociation(Invalid):
    """Say for which of your associations you enter this."""

    fr = "Dites pour laquelle de vos associations vous faites cette saisie."


class NotByThisDoor(Invalid):
    """This door is for oneself and for one's family."""

    fr = "Cette entrée est ouverte aux jeunes et à leur famille."


class StaffReferralForm(ReferralForm):
    association_id: UUID | None = None


class QualificationForm(Model):
    needs: Codes | None = None
    supports: tuple[Support, ...] | None = None
    modalities: tuple[Modality, ...] | None = None
    languages: Codes | None = None
    level: Code | None = None
    reach_km: Annotated[int, Field(ge=0, le=FARTHEST_KM)] | None = None
    # The coordinator knows how to reach the person, though no contact was given.
    reachable: bool = False


class EndForm(Model):
    reason: ReferralEnd = ReferralEnd.WITHDRAWN


@router.post("/referrals", status_code=201, dependencies=[may("referral.submit", *BRINGS)])
async def submit_referral(form: StaffReferralForm, by: By, now: Now, tx: Tx) -> dict[str, Any]:
    request = form.request(
        on=day_of(now),
        door=form.door or (Door.PRESCRIBER if by.prescriber else Door.API),
        prescriber_id=by.person_id if by.prescriber else None,
        origin_id=origin_of(form.association_id, by),
    )
    submitted = await handlers.submit_referral(tx, request, now=now)
    return receipt(submitted)


@router.post(
    "/referrals/public",
    status_code=201,
    dependencies=[public("referral.submit_publicly"), Depends(knock)],
)
async def submit_publicly(form: ReferralForm, now: Now, tx: Tx) -> dict[str, Any]:
    """Take a request without an account: the answer says that it came in, and no more."""
    door = form.door or (Door.FAMILY if form.guardian else Door.SELF)
    if door not in OPEN_DOORS:
        raise NotByThisDoor("door")
    if door is Door.FAMILY and form.guardian is None:
        raise GuardianMissing("guardian")
    request = form.request(on=day_of(now), door=door)
    submitted = await handlers.submit_referral(tx, request, now=now)
    return {"id": submitted.id, "status": Status.SUBMITTED}


def origin_of(association_id: UUID | None, by: Reader) -> UUID | None:
    """Know which association enters a referral: the one that is named, or the only one there is."""
    if association_id is not None:
        if association_id not in by.staff_of:
            raise NotYourCase(association_id)
        return association_id
    if len(by.staff_of) > 1:
        raise WhichAssociation("association_id")
    return next(iter(by.staff_of), None)


def receipt(referral: Referral) -> dict[str, Any]:
    """Answer with ids and states alone: answers to commands are kept for a week."""
    return {
        "id": referral.id,
        "mentee_id": referral.mentee_id,
        "guardian_id": referral.guardian_id,
        "status": referral.status,
    }


@router.get("/referrals", dependencies=[may("referral.list", *CONCERNED)])
async def referrals(
    by: By, tx: Tx, asked: Asked, status: Status | None = None
) -> list[dict[str, Any]]:
    """List what concerns the reader: their cases, what they brought, their own requests."""
    found = await store.cases(tx, by, status=status, page=asked)
    sights = {each.id: sight_of(each, by) for each in found}
    named = [each.mentee_id for each in found if sights[each.id] is Sight.WHOLE]
    names = await names_of(tx, named)
    return [seen_as(each, sights[each.id]) | names.get(each.mentee_id, {}) for each in found]


@router.get("/referrals/{referral_id}", dependencies=[may("referral.read", *CONCERNED)])
async def referral(referral_id: UUID, by: By, now: Now, tx: Tx) -> dict[str, Any]:
    found = await store.referral(tx, referral_id)
    if check_sight(found, by) is Sight.STATUS:
        return status_of(found)
    if by.person_id != found.mentee_id:
        await people.note_access(tx, found.mentee_id, reader_id=by.person_id, at=now)
    names = await names_of(tx, [found.mentee_id])
    texts = await opened(tx, found.mentee_id, found.sealed, TEXTS)
    return case_of(found) | names.get(found.mentee_id, {}) | texts


@router.post(
    "/referrals/{referral_id}/qualification",
    status_code=204,
    dependencies=[may("referral.qualify", *STAFF, Role.COLLECTIVE)],
)
async def qualify_referral(
    referral_id: UUID, by: By, now: Now, tx: Tx, form: QualificationForm | None = None
) -> None:
    given = form or QualificationForm()
    check_words(given)
    completion = Completion(**{name: getattr(given, name) for name in type(given).model_fields})
    await handlers.qualify_referral(tx, referral_id, completion, by, now=now)


def check_words(form: QualificationForm) -> None:
    if form.level is not None and form.level not in vocabulary("levels"):
        raise UnknownWord("level")
    for field in ("needs", "languages"):
        if any(code not in vocabulary(field) for code in getattr(form, field) or ()):
            raise UnknownWord(field)


@router.post(
    "/referrals/{referral_id}/withdrawal",
    status_code=204,
    dependencies=[may("referral.end", *CONCERNED)],
)
async def end_referral(
    referral_id: UUID, by: By, now: Now, tx: Tx, form: EndForm | None = None
) -> None:
    reason = (form or EndForm()).reason
    await handlers.end_referral(tx, referral_id, reason, by, now=now)


@router.post(
    "/referrals/{referral_id}/confirmation",
    status_code=204,
    dependencies=[may("referral.confirm", *CONCERNED)],
)
async def confirm_referral(referral_id: UUID, by: By, now: Now, tx: Tx) -> None:
    """Say that the need is still there, for a referral that waits."""
    await handlers.confirm_referral(tx, referral_id, by, now=now)
