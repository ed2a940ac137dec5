"""HTTP in: what somebody must look at, and that somebody did."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query

from common.contracts.followup.alerts import AlertKind, AlertLevel
from common.contracts.followup.pairs import Side
from common.http import Model, Now, Tx, may, routes
from followup.api.asking import COORDINATOR, Asker, Limit
from followup.domain.deadlines import LADDER_STEPS
from followup.handlers import care
from followup.store.alerts import open_alerts

router = routes()


class ShownAlert(Model):
    id: UUID
    pair_id: UUID
    kind: AlertKind
    level: AlertLevel
    # Whose check-in it is about; other alerts are about the pair.
    side: Side | None
    # What the ladder proposes: warn, pause or close; a person decides.
    proposed: str | None
    due_at: datetime
    raised_at: datetime


@router.get("/alerts", dependencies=[may("alert.list", COORDINATOR)])
async def list_alerts(
    asker: Asker,
    tx: Tx,
    limit: Limit = 50,
    after: Annotated[UUID | None, Query()] = None,
    pair_id: Annotated[UUID | None, Query()] = None,
) -> list[ShownAlert]:
    alerts = await open_alerts(tx, asker.coordinates, pair_id=pair_id, after=after, limit=limit)
    return [
        ShownAlert(
            id=alert.id,
            pair_id=alert.pair_id,
            kind=alert.kind,
            level=alert.level,
            side=alert.side,
            proposed=LADDER_STEPS[alert.step - 1] if alert.step else None,
            due_at=alert.due_at,
            raised_at=alert.raised_at,
        )
        for alert in alerts
    ]


@router.post(
    "/alerts/{alert_id}/handling",
    status_code=204,
    dependencies=[may("alert.handle", COORDINATOR)],
)
async def handle_alert(alert_id: UUID, asker: Asker, now: Now, tx: Tx) -> None:
    await care.handle_alert(tx, alert_id=alert_id, viewer=asker, now=now)
