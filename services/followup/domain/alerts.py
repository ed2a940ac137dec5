"""Alerts: raised once for each occasion, raised higher if it lasts, gone when their cause goes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias
from uuid import UUID, uuid5

from common.contracts.followup.alerts import AlertHandled, AlertKind, AlertLevel, AlertRaised
from common.contracts.followup.pairs import Side
from followup.domain.deadlines import Deadline
from followup.domain.errors import AlreadyHandled
from followup.domain.pairs import Pair

# These are told by people and handled by people: no cause of theirs goes away by itself.
TOLD = frozenset({AlertKind.IMPORTANT, AlertKind.CHECK_IN_WORRY})
# Each is about one side, with which its occasion begins.
OF_CHECK_INS = frozenset({AlertKind.CHECK_IN_DUE, AlertKind.CHECK_IN_WORRY})
# A reminder that went out for an occasion is the only one, whatever is late in it again.
ONCE = frozenset({AlertKind.LOG_DUE})
HEIGHT = {AlertLevel.NUDGE: 0, AlertLevel.TASK: 1, AlertLevel.LADDER: 2}

Occasion: TypeAlias = tuple[AlertKind, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """Something about a pair that somebody must look at."""

    id: UUID
    pair_id: UUID
    association_id: UUID
    kind: AlertKind
    occasion: str
    level: AlertLevel
    step: int
    due_at: datetime
    raised_at: datetime
    version: int = 1
    handled_at: datetime | None = None
    # None if the cause went away by itself.
    handled_by: UUID | None = None

    @property
    def side(self) -> Side | None:
        """Tell whose check-in it is about; other alerts are about the pair."""
        first, *_ = self.occasion.split()
        return Side(first) if self.kind in OF_CHECK_INS and first in set(Side) else None

    @property
    def open(self) -> bool:
        return self.handled_at is None


Change: TypeAlias = tuple[Alert, AlertRaised | AlertHandled]


def alert_id(pair_id: UUID, kind: AlertKind, occasion: str) -> UUID:
    """Make one id for one occasion, whoever computes it, and however often."""
    return uuid5(pair_id, f"{kind}:{occasion}")


def raise_alert(pair: Pair, deadline: Deadline, *, at: datetime) -> Change:
    alert = Alert(
        id=alert_id(pair.id, deadline.kind, deadline.occasion),
        pair_id=pair.id,
        association_id=pair.association_id,
        kind=deadline.kind,
        occasion=deadline.occasion,
        level=deadline.level,
        step=deadline.step,
        due_at=deadline.due_at,
        raised_at=at,
    )
    return alert, _raised(alert, at)


def handle(alert: Alert, *, by: UUID | None, at: datetime) -> Change:
    """Put an alert away: a coordinator dealt with it, or (by nobody) its cause went away."""
    if not alert.open:
        raise AlreadyHandled(alert.id)
    handled = replace(alert, handled_at=at, handled_by=by, version=alert.version + 1)
    return handled, AlertHandled(
        occurred_at=at,
        association_id=handled.association_id,
        version=handled.version,
        pair_id=handled.pair_id,
        alert_id=handled.id,
        kind=handled.kind,
    )


def reconcile(
    pair: Pair, known: Mapping[Occasion, Alert], due: Iterable[Deadline], *, at: datetime
) -> list[Change]:
    """Bring the alerts of a pair in line with what is due now, and say what changed."""
    wanted = _highest(due)
    changes = [_renewed(pair, known.get(each), deadline, at) for each, deadline in wanted.items()]
    gone = [
        handle(alert, by=None, at=at)
        for occasion, alert in known.items()
        if _is_gone(alert, at) and occasion not in wanted
    ]
    return [change for change in changes if change is not None] + gone


def _is_gone(alert: Alert, at: datetime) -> bool:
    """Tell whether an alert could go: what fell due after this moment is not judged by it."""
    return alert.open and alert.kind not in TOLD and alert.due_at <= at


def _highest(due: Iterable[Deadline]) -> dict[Occasion, Deadline]:
    highest: dict[Occasion, Deadline] = {}
    for deadline in sorted(due, key=_height):
        highest[(deadline.kind, deadline.occasion)] = deadline
    return highest


def _height(deadline: Deadline) -> tuple[int, int]:
    return HEIGHT[deadline.level], deadline.step


def _renewed(pair: Pair, known: Alert | None, deadline: Deadline, at: datetime) -> Change | None:
    if known is None:
        return raise_alert(pair, deadline, at=at)
    came_back = not known.open and known.handled_by is None and known.kind not in ONCE
    if _height(deadline) <= (HEIGHT[known.level], known.step) and not came_back:
        return None
    higher = replace(
        known,
        level=deadline.level,
        step=deadline.step,
        due_at=deadline.due_at,
        raised_at=at,
        version=known.version + 1,
        handled_at=None,
        handled_by=None,
    )
    return higher, _raised(higher, at)


def _raised(alert: Alert, at: datetime) -> AlertRaised:
    return AlertRaised(
        occurred_at=at,
        association_id=alert.association_id,
        version=alert.version,
        pair_id=alert.pair_id,
        alert_id=alert.id,
        kind=alert.kind,
        level=alert.level,
        due_at=alert.due_at,
    )
