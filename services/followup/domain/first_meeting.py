"""The first meeting: planned once the gates are open, then held or missed by somebody."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from common.contracts.followup.first_meeting import (
    FirstMeetingHeld,
    FirstMeetingMissed,
    FirstMeetingPlanned,
)
from common.contracts.followup.pairs import Side
from common.contracts.policy import Policy
from common.contracts.vocabulary import Modality, Sealed
from followup.domain.errors import BeforeThePair, InTheFuture, InThePast, ModalityNotAllowed
from followup.domain.gates import Gate
from followup.domain.pairs import Pair, Status, about, move, require_gates, require_near


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """When and where mentor and mentee meet first, and who of the staff is there."""

    at: datetime
    modality: Modality
    place: Sealed | None
    staff_id: UUID


def plan(
    pair: Pair, appointment: Appointment, policy: Policy, *, at: datetime
) -> tuple[Pair, FirstMeetingPlanned]:
    require_gates(pair)
    if appointment.at <= at:
        raise InThePast("at")
    require_near(appointment.at, "at", at)
    if appointment.modality not in policy.modalities:
        raise ModalityNotAllowed("modality")
    planned = replace(
        move(pair, Status.FIRST_MEETING_PLANNED),
        meeting_at=appointment.at,
        meeting_modality=appointment.modality,
        meeting_place=appointment.place,
        staff_id=appointment.staff_id,
        made_by=pair.made_by or appointment.staff_id,
        attendance_due=appointment.at + timedelta(days=policy.meeting_log_due_days),
    )
    return planned, FirstMeetingPlanned(
        **about(planned, at), at=appointment.at, modality=appointment.modality
    )


def hold(pair: Pair, *, met_at: datetime, at: datetime) -> tuple[Pair, FirstMeetingHeld]:
    """Note that they met: what happened is kept, even behind a gate that was shut since."""
    if met_at > at:
        raise InTheFuture("held_at")
    if met_at < pair.formed_at:
        raise BeforeThePair("held_at")
    held = replace(move(pair, Status.FIRST_MEETING_HELD), met_at=met_at)
    return held, FirstMeetingHeld(
        **about(held, at),
        held_at=met_at,
        modality=pair.meeting_modality or Modality.ASSOCIATION,
        screening_valid=Gate.MENTOR_SCREENED not in pair.missing,
    )


def miss(pair: Pair, *, absent: Side, at: datetime) -> tuple[Pair, FirstMeetingMissed]:
    if pair.meeting_at is not None and pair.meeting_at > at:
        raise InTheFuture("absent")
    missed = move(pair, Status.NO_SHOW)
    return missed, FirstMeetingMissed(**about(missed, at), absent=absent)
