"""The first meeting: planned by a coordinator, then held (and the agreement prepared) or missed."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from common.contracts.followup.alerts import AlertKind, AlertLevel
from common.contracts.followup.pairs import Side
from common.contracts.vocabulary import Modality
from common.outbox import emit
from followup.domain import first_meeting
from followup.domain.agreements import await_signatures
from followup.domain.alerts import raise_alert
from followup.domain.deadlines import Deadline
from followup.domain.first_meeting import Appointment
from followup.domain.pairs import Pair
from followup.domain.sight import Viewer
from followup.handlers.agreements import prepare
from followup.handlers.settling import settle, with_gates
from followup.handlers.sight import side_in
from followup.sealing import sealed
from followup.store.agreements import add_agreement
from followup.store.alerts import save_alerts
from followup.store.heard import newest_programme
from followup.store.pairs import lock_pair


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a coordinator enters for a first meeting."""

    at: datetime
    modality: Modality
    place: str | None
    staff_id: UUID | None


async def plan_first_meeting(
    tx: AsyncConnection, *, pair_id: UUID, wish: Wish, viewer: Viewer, now: datetime
) -> None:
    pair = await lock_pair(tx, pair_id)
    await side_in(tx, pair, viewer, Side.ASSOCIATION)
    pair = await with_gates(tx, pair, at=now)
    programme = await newest_programme(tx, pair.programme_id, pair.policy_version)
    appointment = Appointment(
        at=wish.at,
        modality=wish.modality,
        place=await sealed(tx, pair.mentee_id, "place", wish.place),
        staff_id=wish.staff_id or viewer.person_id,
    )
    planned, event = first_meeting.plan(pair, appointment, programme.policy, at=now)
    await settle(tx, planned, event, at=now)


async def hold_first_meeting(
    tx: AsyncConnection, *, pair_id: UUID, met_at: datetime | None, viewer: Viewer, now: datetime
) -> UUID:
    """Note that they met, and give the agreement to be signed its exact text."""
    pair = await lock_pair(tx, pair_id)
    await side_in(tx, pair, viewer, Side.ASSOCIATION)
    pair = await with_gates(tx, pair, at=now)
    held, meeting_held = first_meeting.hold(pair, met_at=met_at or pair.meeting_at or now, at=now)
    agreement = await prepare(tx, held, at=now)
    pending, prepared = await_signatures(held, agreement, at=now)
    await add_agreement(tx, agreement)
    await settle(tx, pending, meeting_held, prepared, at=now)
    await _alert_shut_gates(tx, pending, now)
    return agreement.id


async def miss_first_meeting(
    tx: AsyncConnection, *, pair_id: UUID, absent: Side, viewer: Viewer, now: datetime
) -> None:
    pair = await lock_pair(tx, pair_id)
    await side_in(tx, pair, viewer, Side.ASSOCIATION)
    missed, event = first_meeting.miss(pair, absent=absent, at=now)
    await settle(tx, missed, event, at=now)


async def _alert_shut_gates(tx: AsyncConnection, pair: Pair, now: datetime) -> None:
    """Tell a coordinator at once of a minor's meeting behind a gate that was shut meanwhile."""
    if not (pair.for_minor and pair.missing):
        return
    deadline = Deadline(
        kind=AlertKind.IMPORTANT, occasion="first meeting", level=AlertLevel.TASK, due_at=now
    )
    alert, event = raise_alert(pair, deadline, at=now)
    await save_alerts(tx, [alert])
    await emit(tx, event)
