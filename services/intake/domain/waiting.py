"""The waiting list: a place in it, and the question whether the need is still there."""

from dataclasses import replace
from datetime import datetime, timedelta

from common.calendar import after_months
from common.contracts.intake.referrals import (
    ReferralEnd,
    ReferralEnded,
    ReferralNeedAsked,
    ReferralWaitlisted,
)
from common.contracts.policy import WaitingList
from intake.domain.asking import NotYetTime
from intake.domain.referrals import (
    ROUTABLE,
    NotInThisState,
    Referral,
    Status,
    Waiting,
    end,
)


def waitlist(
    referral: Referral, rules: WaitingList, *, at: datetime
) -> tuple[Referral, ReferralWaitlisted]:
    """Let the referral wait for a place, as no offer can serve it now."""
    if referral.status not in ROUTABLE - {Status.WAITING_LIST}:
        raise NotInThisState(referral.id)
    waiting = replace(
        referral,
        status=Status.WAITING_LIST,
        version=referral.version + 1,
        waiting=Waiting(confirm_at=after_months(at, rules.confirm_every_months)),
        choose_by=None,
        looked_in=None,
    )
    return waiting, ReferralWaitlisted(
        occurred_at=at,
        association_id=waiting.custodian_id,
        version=waiting.version,
        referral_id=waiting.id,
        mentee_id=waiting.mentee_id,
    )


def ask_need(
    referral: Referral, rules: WaitingList, *, at: datetime
) -> tuple[Referral, ReferralNeedAsked]:
    """Ask whether the need is still there: a first time, and once more as a reminder."""
    place = waiting_place(referral)
    if at < (place.remind_at or place.confirm_at) or place.reminded:
        raise NotYetTime(referral.id)
    is_reminder = place.remind_at is not None
    withdraw_at = place.withdraw_at or at + timedelta(days=rules.withdraw_days)
    asked = replace(
        place,
        remind_at=place.remind_at or at + timedelta(days=rules.remind_days),
        withdraw_at=withdraw_at,
        reminded=is_reminder,
    )
    waiting = replace(referral, waiting=asked, version=referral.version + 1)
    return waiting, ReferralNeedAsked(
        occurred_at=at,
        association_id=waiting.custodian_id,
        version=waiting.version,
        referral_id=waiting.id,
        mentee_id=waiting.mentee_id,
        guardian_id=waiting.guardian_id,
        prescriber_id=waiting.prescriber_id,
        reminder=is_reminder,
        answer_by=withdraw_at,
    )


def confirm_need(referral: Referral, rules: WaitingList, *, at: datetime) -> Referral:
    """Hear that the need is still there; the next question comes after the usual time."""
    waiting_place(referral)
    confirm_at = after_months(at, rules.confirm_every_months)
    return replace(referral, waiting=Waiting(confirm_at=confirm_at), last_contact_at=at)


def give_up(referral: Referral, *, at: datetime) -> tuple[Referral, ReferralEnded]:
    """Withdraw a referral whose people did not say that the need is still there."""
    place = waiting_place(referral)
    if not place.reminded or place.withdraw_at is None or at < place.withdraw_at:
        raise NotYetTime(referral.id)
    return end(referral, ReferralEnd.WITHDRAWN, at=at)


def waiting_place(referral: Referral) -> Waiting:
    if referral.status is not Status.WAITING_LIST or referral.waiting is None:
        raise NotInThisState(referral.id)
    return referral.waiting
