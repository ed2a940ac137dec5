"""HTTP in: applications of mentors, their screening, their pauses."""

from datetime import date
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Query

from common.calendar import day_of
from common.contracts.policy import Check
from common.contracts.vocabulary import Role
from common.http import Model, Now, Tx, may, public, routes
from intake.api.pages import Asked
from intake.api.readers import By, knock
from intake.api.referrals import STAFF
from intake.api.views import names_of, opened
from intake.domain import mentors as domain
from intake.domain import screening
from intake.domain.duplicates import Suspicion
from intake.domain.mentors import Mentor, RefusalReason, Status
from intake.domain.people import NotTheirs
from intake.domain.sight import NotYourCase, Reader
from intake.forms import MentorForm
from intake.handlers import mentors as handlers
from intake.store import mentors as store
from intake.store import people

router = routes()

TEXTS = ("motivation_text", "expectations_text", "notes")


class CheckForm(Model):
    check: Check
    seen_on: date


class RefusalForm(Model):
    reason: RefusalReason


@router.post("/mentors", status_code=201, dependencies=[may("mentor.enter", *STAFF)])
async def enter_mentor(form: MentorForm, by: By, now: Now, tx: Tx) -> dict[str, Any]:
    if not by.works_at(form.association_id):
        raise NotYourCase(form.association_id)
    applied = await handlers.apply_as_mentor(tx, form.request(on=day_of(now)), now=now)
    return {"id": applied.id, "status": applied.status}


@router.post(
    "/mentors/public",
    status_code=201,
    dependencies=[public("mentor.apply_publicly"), Depends(knock)],
)
async def apply_publicly(form: MentorForm, now: Now, tx: Tx) -> dict[str, Any]:
    applied = await handlers.apply_as_mentor(tx, form.request(on=day_of(now)), now=now)
    return {"id": applied.id, "status": applied.status}


@router.get("/mentors", dependencies=[may("mentor.list", *STAFF)])
async def mentors(
    by: By, tx: Tx, asked: Asked, status: Annotated[list[Status] | None, Query()] = None
) -> list[dict[str, Any]]:
    found = await store.mentors_of(tx, by.staff_of, statuses=status, page=asked)
    names = await names_of(tx, [each.id for each in found])
    return [shown(each) | names.get(each.id, {}) for each in found]


@router.get("/mentors/{mentor_id}", dependencies=[may("mentor.read", *STAFF, Role.MENTOR)])
async def mentor(mentor_id: UUID, by: By, now: Now, tx: Tx) -> dict[str, Any]:
    found = await store.mentor(tx, mentor_id)
    if by.person_id != mentor_id:
        check_theirs(found, by)
        await people.note_access(tx, mentor_id, reader_id=by.person_id, at=now)
    names = await names_of(tx, [mentor_id])
    texts = await opened(tx, mentor_id, found.sealed, TEXTS)
    lacking = await lacking_checks(tx, found, on=day_of(now))
    alike = await people.suspicions_about(tx, mentor_id)
    return (
        shown(found)
        | names.get(mentor_id, {})
        | texts
        | {"missing_checks": lacking, "may_be": [other_of(each, mentor_id) for each in alike]}
    )


def other_of(suspicion: Suspicion, mentor_id: UUID) -> dict[str, Any]:
    """Name who may be the same person by id alone, and what they have in common."""
    others = {suspicion.person_id, suspicion.known_id} - {mentor_id}
    return {"person_id": others.pop(), "traces": suspicion.traces}


async def lacking_checks(tx: Tx, found: Mentor, *, on: date) -> list[Check]:
    if found.facets is None:
        return []
    policies = await handlers.policies_of(tx, found)
    return sorted(screening.lacking(found, policies, on=on))


def shown(mentor: Mentor) -> dict[str, Any]:
    return {
        "id": mentor.id,
        "association_id": mentor.association_id,
        "programme_ids": mentor.programme_ids,
        "status": mentor.status,
        "applied_at": mentor.applied_at,
        "facets": mentor.facets.model_dump(mode="json") if mentor.facets else None,
        "checks": [
            {"check": each.check, "seen_on": each.seen_on, "valid_until": each.valid_until}
            for each in mentor.seen
        ],
    }


def check_theirs(mentor: Mentor, by: Reader) -> None:
    if mentor.association_id not in by.staff_of:
        raise NotYourCase(mentor.id)


async def in_charge(mentor_id: UUID, by: By, tx: Tx) -> Mentor:
    """Lock a mentor of the coordinator's own association."""
    found = await store.lock_mentor(tx, mentor_id)
    check_theirs(found, by)
    return found


async def in_charge_or_self(mentor_id: UUID, by: By, tx: Tx) -> Mentor:
    found = await store.lock_mentor(tx, mentor_id)
    if by.person_id != mentor_id and found.association_id not in by.staff_of:
        raise NotTheirs(mentor_id)
    return found


@router.post(
    "/mentors/{mentor_id}/checks",
    status_code=204,
    dependencies=[may("mentor.screen", Role.COORDINATOR)],
)
async def note_check(mentor_id: UUID, form: CheckForm, by: By, now: Now, tx: Tx) -> None:
    """Note that a check was seen; the document itself is shown, and never kept."""
    found = await in_charge(mentor_id, by, tx)
    seen = (form.check, form.seen_on, by.person_id)
    await handlers.note_check(tx, found, seen, now=now)


@router.post(
    "/mentors/{mentor_id}/approval",
    status_code=204,
    dependencies=[may("mentor.approve", Role.COORDINATOR)],
)
async def approve_mentor(mentor_id: UUID, by: By, now: Now, tx: Tx) -> None:
    await handlers.approve_mentor(tx, await in_charge(mentor_id, by, tx), now=now)


@router.post(
    "/mentors/{mentor_id}/refusal",
    status_code=204,
    dependencies=[may("mentor.refuse", Role.COORDINATOR)],
)
async def refuse_mentor(mentor_id: UUID, form: RefusalForm, by: By, now: Now, tx: Tx) -> None:
    found = await in_charge(mentor_id, by, tx)
    await handlers.refuse_mentor(tx, found, form.reason, now=now)


@router.post(
    "/mentors/{mentor_id}/pause",
    status_code=204,
    dependencies=[may("mentor.pause", *STAFF, Role.MENTOR)],
)
async def pause_mentor(mentor_id: UUID, by: By, now: Now, tx: Tx) -> None:
    found = await in_charge_or_self(mentor_id, by, tx)
    await handlers.decide(tx, found, partial(domain.pause, at=now))


@router.post(
    "/mentors/{mentor_id}/suspension",
    status_code=204,
    dependencies=[may("mentor.suspend", Role.COORDINATOR)],
)
async def suspend_mentor(mentor_id: UUID, by: By, now: Now, tx: Tx) -> None:
    found = await in_charge(mentor_id, by, tx)
    await handlers.decide(tx, found, partial(domain.suspend, at=now))


@router.post(
    "/mentors/{mentor_id}/resumption",
    status_code=204,
    dependencies=[may("mentor.resume", *STAFF, Role.MENTOR)],
)
async def resume_mentor(mentor_id: UUID, by: By, now: Now, tx: Tx) -> None:
    found = await in_charge_or_self(mentor_id, by, tx)
    by_association = found.association_id in by.staff_of and by.person_id != mentor_id
    decision = partial(domain.resume, by_association=by_association, at=now)
    await handlers.decide(tx, found, decision)


@router.post(
    "/mentors/{mentor_id}/departure",
    status_code=204,
    dependencies=[may("mentor.leave", *STAFF, Role.MENTOR)],
)
async def leave(mentor_id: UUID, by: By, now: Now, tx: Tx) -> None:
    await handlers.leave(tx, await in_charge_or_self(mentor_id, by, tx), now=now)
