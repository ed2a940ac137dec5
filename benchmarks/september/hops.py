"""How long every event took from each service to each that hears it, from what they all keep.

A hop begins when the transaction begins that the event belongs to, and ends when the transaction
begins in which it is handled: so the hops of a journey add up, with nothing between them. All
times are PostgreSQL's own, on one machine.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import numpy as np
import numpy.typing as npt

from local.platform import Platform
from tests.faults.audit import rows

Times = npt.NDArray[np.float64]
SAID = "select message_id, subject, written_at, published_at from events order by position"
HEARD = "select message_id, heard_at from inbox"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """Events of one service on their way to another: when each was said, and when it was heard."""

    announcer: str
    listener: str
    subjects: Sequence[str]
    said: Times
    heard: Times

    @property
    def seconds(self) -> Times:
        return self.heard - self.said


@dataclass(frozen=True, slots=True, kw_only=True)
class Passages:
    """All that was said, and all that was heard of it."""

    said: Mapping[str, Times]
    published: Mapping[str, Times]
    hops: Sequence[Hop]

    @property
    def events(self) -> Times:
        return np.sort(np.concatenate(list(self.said.values())))

    def to(self, listener: str) -> list[Hop]:
        return [each for each in self.hops if each.listener == listener]


async def passages(platform: Platform, since: datetime) -> Passages:
    """Read the event tables and the inboxes, from a moment on."""
    said = {name: await rows(platform, name, SAID) for name in platform.services}
    said = {name: [row for row in told if row[2] >= since] for name, told in said.items()}
    hops: list[Hop] = []
    for listener in platform.services:
        heard: dict[UUID, datetime] = dict(await rows(platform, listener, HEARD))
        for announcer, told in said.items():
            if both := [row for row in told if row[0] in heard]:
                hops.append(
                    Hop(
                        announcer=announcer,
                        listener=listener,
                        subjects=[row[1] for row in both],
                        said=seconds([row[2] for row in both]),
                        heard=seconds([heard[row[0]] for row in both]),
                    )
                )
    return Passages(
        said={name: seconds([row[2] for row in told]) for name, told in said.items()},
        published={name: seconds([row[3] for row in told]) for name, told in said.items()},
        hops=hops,
    )


def seconds(times: Sequence[datetime]) -> Times:
    return np.array([each.timestamp() for each in times], dtype=np.float64)


def oldest(hops: Sequence[Hop], grid: Times) -> Times:
    """Tell at each moment how old the oldest event is that was said and not yet heard."""
    said = np.concatenate([each.said for each in hops])
    heard = np.concatenate([each.heard for each in hops])
    ages = np.zeros(len(grid))
    for place, at in enumerate(grid):
        under_way = said[(said <= at) & (heard > at)]
        if len(under_way):
            ages[place] = at - under_way.min()
    return ages
