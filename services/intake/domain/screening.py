"""The checks that a mentor needs for a public, and the approval that they allow."""

from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from common.calendar import after_months, day_of
from common.contracts.intake.mentors import MentorApproved, MentorScreened
from common.contracts.policy import Check, Policy
from common.contracts.vocabulary import Setting
from intake.domain.mentors import (
    APPLYING,
    ENGAGED,
    CheckIsOver,
    CheckNotAsked,
    Mentor,
    NotWithThisMentor,
    ScreeningMissing,
    Seen,
    SeenInTheFuture,
    Status,
    known,
)


def required(mentor: Mentor, policies: tuple[Policy, ...]) -> dict[Setting, frozenset[Check]]:
    """Name the checks that each public needs which this mentor would meet there."""
    wished = known(mentor).settings
    served = [setting for setting in wished if any(setting in p.settings for p in policies)]
    return {
        setting: frozenset(
            check for policy in policies for check in policy.screening.get(setting, ())
        )
        for setting in served
    }


def see(
    mentor: Mentor, seen: tuple[Check, date, UUID], policies: tuple[Policy, ...], *, at: datetime
) -> tuple[Mentor, tuple[MentorScreened | MentorApproved, ...]]:
    """Note that a check was seen; for an approved mentor that renews the screening."""
    check, seen_on, seen_by = seen
    if mentor.status not in APPLYING | ENGAGED:
        raise NotWithThisMentor(mentor.id)
    if all(check not in checks for checks in required(mentor, policies).values()):
        raise CheckNotAsked("check")
    if seen_on > day_of(at):
        raise SeenInTheFuture("seen_on")
    valid_until = after_months(seen_on, min(policy.screening_valid_months for policy in policies))
    if valid_until <= day_of(at):
        raise CheckIsOver("seen_on")
    noted = Seen(check=check, seen_on=seen_on, seen_by=seen_by, valid_until=valid_until)
    screened = replace(
        mentor,
        status=Status.SCREENING if mentor.status in APPLYING else mentor.status,
        seen=(*(each for each in mentor.seen if each.check is not check), noted),
        version=mentor.version + 1,
    )
    event = MentorScreened(
        occurred_at=at,
        association_id=screened.association_id,
        version=screened.version,
        mentor_id=screened.id,
        check=check,
        seen_on=seen_on,
        valid_until=valid_until,
    )
    if screened.status not in ENGAGED:
        return screened, (event,)
    renewed, approval = announce_approval(screened, policies, at=at)
    return renewed, (event, approval)


def lacking(mentor: Mentor, policies: tuple[Policy, ...], *, on: date) -> frozenset[Check]:
    """Name the checks that are missing or no longer valid."""
    valid = valid_checks(mentor, on=on)
    return frozenset().union(*required(mentor, policies).values()) - valid


def valid_checks(mentor: Mentor, *, on: date) -> frozenset[Check]:
    return frozenset(each.check for each in mentor.seen if each.valid_until > on)


def approve(
    mentor: Mentor, policies: tuple[Policy, ...], *, at: datetime
) -> tuple[Mentor, MentorApproved]:
    """Want this mentor, once every check of their path was seen and is valid."""
    if mentor.status not in APPLYING:
        raise NotWithThisMentor(mentor.id)
    if missing := lacking(mentor, policies, on=day_of(at)):
        raise ScreeningMissing(missing)
    return announce_approval(replace(mentor, status=Status.AVAILABLE), policies, at=at)


def announce_approval(
    mentor: Mentor, policies: tuple[Policy, ...], *, at: datetime
) -> tuple[Mentor, MentorApproved]:
    """Say for which publics the screening suffices, and until when it does."""
    approved = replace(mentor, version=mentor.version + 1)
    valid = valid_checks(mentor, on=day_of(at))
    needed = {
        setting: checks for setting, checks in required(mentor, policies).items() if checks <= valid
    }
    counting = frozenset().union(*needed.values())
    ends = [each.valid_until for each in mentor.seen if each.check in counting]
    facets = known(mentor).model_copy(update={"settings": tuple(needed)})
    return approved, MentorApproved(
        occurred_at=at,
        association_id=approved.association_id,
        version=approved.version,
        mentor_id=approved.id,
        programme_ids=approved.programme_ids,
        facets=facets,
        screened_until=min(ends, default=None),
    )
