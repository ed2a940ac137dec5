"""Alerts, open and past: one row for each occasion."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncConnection

from common.statements import OneOrMany, among, finding, locking, replacing, row_of
from followup.domain.alerts import TOLD, Alert, Occasion
from followup.domain.errors import AlertNotFound
from followup.store.rows import one, rows
from followup.store.tables import alerts, pairs

SAVE = replacing(alerts)
OF_PAIRS = OneOrMany(lambda theirs: select(alerts).where(theirs(alerts.c.pair_id)))


async def alerts_of(
    tx: AsyncConnection, pair_ids: Collection[UUID]
) -> dict[UUID, dict[Occasion, Alert]]:
    found: dict[UUID, dict[Occasion, Alert]] = {}
    for row in await OF_PAIRS.ask(tx, pair_ids):
        known = found.setdefault(row.pair_id, {})
        known[(row.kind, row.occasion)] = Alert(**row._asdict())
    return found


async def save_alerts(tx: AsyncConnection, changed: Collection[Alert]) -> None:
    if changed:
        await tx.execute(SAVE, [row_of(alert) for alert in changed])


async def lock_alert(tx: AsyncConnection, alert_id: UUID) -> Alert:
    row = await one(tx, locking(alerts), of_id=alert_id)
    if row is None:
        raise AlertNotFound(alert_id)
    return Alert(**row)


async def find_alert(tx: AsyncConnection, alert_id: UUID) -> Alert:
    row = await one(tx, finding(alerts), of_id=alert_id)
    if row is None:
        raise AlertNotFound(alert_id)
    return Alert(**row)


async def open_alerts(
    tx: AsyncConnection,
    associations: Collection[UUID],
    *,
    pair_id: UUID | None,
    after: UUID | None,
    limit: int,
) -> list[Alert]:
    """List what is still to be handled in the pairs of some associations, or in one of them."""
    query = select(alerts).where(
        among(alerts.c.association_id, associations), alerts.c.handled_at.is_(None)
    )
    if pair_id is not None:
        query = query.where(alerts.c.pair_id == pair_id)
    if after is not None:
        query = query.where(alerts.c.id > after)
    return [Alert(**row) for row in await rows(tx, query.order_by(alerts.c.id).limit(limit))]


async def most_urgent_alerts(
    tx: AsyncConnection, visible: ColumnElement[bool], limit: int
) -> list[Alert]:
    """List the alerts that wait the longest, after what people told: that is for at once."""
    query = (
        select(alerts)
        .join(pairs, pairs.c.id == alerts.c.pair_id)
        .where(visible, alerts.c.handled_at.is_(None))
        .order_by(alerts.c.kind.not_in(TOLD), alerts.c.due_at)
        .limit(limit)
    )
    return [Alert(**row) for row in await rows(tx, query)]
