"""What needs somebody now: gates, first meetings, signatures, alerts, endings, reports."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from common.contracts.followup.alerts import AlertLevel
from common.contracts.followup.pairs import Side
from common.contracts.policy import Signatory
from followup.domain.agreements import Agreement
from followup.domain.alerts import TOLD, Alert
from followup.domain.deadlines import LADDER_STEPS
from followup.domain.pairs import Pair, Status
from followup.domain.reports import Report
from followup.domain.sight import Viewer
from followup.store.agreements import pending_agreements, signed_by_agreement
from followup.store.alerts import most_urgent_alerts
from followup.store.heard import wards_of
from followup.store.pairs import pairs_to_help_on, seen_by
from followup.store.reports import unread_reports


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing that somebody should do now."""

    kind: str
    pair_id: UUID
    due_at: datetime
    detail: tuple[str, ...] = ()
    side: Side | None = None
    subject_id: UUID | None = None


async def to_do(tx: AsyncConnection, *, viewer: Viewer, now: datetime, limit: int) -> list[Item]:
    """List what waits for this person: reports, then what a pair told, then the longest due.

    A report is told nowhere else, so no limit cuts it off.
    """
    wards = await wards_of(tx, viewer.person_id)
    visible = seen_by(viewer.person_id, wards, viewer.coordinates)
    pairs = await pairs_to_help_on(tx, visible, now=now, limit=limit)
    pending = await pending_agreements(tx, [pair.id for pair in pairs])
    signed = await signed_by_agreement(tx, [agreement.id for agreement in pending.values()])
    alerts = await most_urgent_alerts(tx, visible, limit)
    reports = await unread_reports(tx, viewer, wards)
    items = [
        *(item for pair in pairs for item in _steps(pair, viewer, now)),
        *_signatures(pairs, pending, signed, viewer),
        *(item for alert in alerts for item in _alerts(alert, viewer)),
    ]
    return [*(_report(report) for report in reports), *sorted(items, key=_urgency)[:limit]]


def _urgency(item: Item) -> tuple[bool, datetime, str, UUID]:
    return item.kind not in TOLD, item.due_at, item.kind, item.pair_id


def _steps(pair: Pair, viewer: Viewer, now: datetime) -> Iterator[Item]:
    """Say what a coordinator does next for a pair that is on its way in or out."""
    if pair.association_id not in viewer.coordinates:
        return
    due = pair.first_meeting_due
    if pair.missing and not pair.ended:
        detail = tuple(gate.value for gate in pair.missing)
        yield Item(kind="gates_missing", pair_id=pair.id, due_at=due, detail=detail)
    elif pair.status in {Status.CLEARED, Status.NO_SHOW}:
        yield Item(kind="first_meeting_to_plan", pair_id=pair.id, due_at=due)
    if pair.status is Status.FIRST_MEETING_PLANNED and pair.meeting_at and pair.meeting_at <= now:
        yield Item(kind="attendance_to_record", pair_id=pair.id, due_at=pair.meeting_at)
    if pair.status is Status.CLOSING and pair.closing_since:
        yield Item(kind="closing_to_finish", pair_id=pair.id, due_at=pair.closing_since)


def _signatures(
    pairs: Sequence[Pair],
    pending: dict[UUID, Agreement],
    signed: dict[UUID, set[Signatory]],
    viewer: Viewer,
) -> Iterator[Item]:
    for pair in pairs:
        agreement = pending.get(pair.id)
        if agreement is None:
            continue
        waiting = set(agreement.signatories) - signed.get(agreement.id, set())
        mine = {each for each in waiting if agreement.signatories[each] == viewer.person_id}
        if pair.association_id in viewer.coordinates:
            mine = waiting
        if mine:
            yield Item(
                kind="agreement_to_sign",
                pair_id=pair.id,
                due_at=agreement.sign_by,
                detail=tuple(sorted(mine)),
                subject_id=agreement.id,
            )


def _alerts(alert: Alert, viewer: Viewer) -> Iterator[Item]:
    """Show a nudge to everyone of the pair, a task and the ladder to the coordinator alone."""
    coordinates = alert.association_id in viewer.coordinates
    if alert.level is AlertLevel.NUDGE or coordinates:
        proposed = (LADDER_STEPS[alert.step - 1],) if alert.step else ()
        yield Item(
            kind=alert.kind.value,
            pair_id=alert.pair_id,
            due_at=alert.due_at,
            detail=(alert.level.value, *proposed),
            side=alert.side,
            subject_id=alert.id,
        )


def _report(report: Report) -> Item:
    return Item(
        kind="report_to_read",
        pair_id=report.pair_id,
        due_at=report.written_at,
        subject_id=report.id,
    )
