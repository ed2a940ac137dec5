"""Heard together or alone: what takes back what others say waits for them, and they for it.

Replicas of a service hear side by side. An erasure would miss what another replica is just writing
down of the same person; so whoever writes because of an event, or of the time, first waits until
they may.
"""

from collections.abc import Iterable
from enum import StrEnum

from sqlalchemy import ColumnElement, func

from common.contracts import Event

LOCK = 4_109


class Hearing(StrEnum):
    """With whom a transaction may write, by the name of the lock that it holds to its end."""

    TOGETHER = "pg_advisory_xact_lock_shared"
    ALONE = "pg_advisory_xact_lock"

    @property
    def begun(self) -> ColumnElement[None]:
        """Wait until it may begin: the first thing in a transaction, or two wait for ever."""
        wait: ColumnElement[None] = getattr(func, self.value)(LOCK)
        return wait


def hearing_of(kinds: Iterable[type[Event]]) -> Hearing:
    """Tell how a batch of events of these kinds is to be heard."""
    return Hearing.ALONE if any(kind.alone for kind in kinds) else Hearing.TOGETHER
