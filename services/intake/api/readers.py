"""Who asks, in the words of the domain; and the public door, which nobody may lean on."""

import time
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request

from common.caller import Caller as SignedIn
from common.contracts.vocabulary import Role
from common.errors import TooOften
from common.http import Caller, client_of
from intake.domain.sight import Reader
from intake.settings import IntakeSettings

STAFF = frozenset({Role.COORDINATOR, Role.VOLUNTEER})
MINUTE = 60.0
# Enough addresses to remember; the one that was silent longest is forgotten first.
REMEMBERED = 10_000


def as_reader(caller: SignedIn) -> Reader:
    staff_of = {
        each.association_id for each in caller.grants if each.role in STAFF and each.association_id
    }
    return Reader(
        person_id=caller.person_id,
        staff_of=frozenset(staff_of),
        collective=any(each.role is Role.COLLECTIVE and each.everywhere for each in caller.grants),
        prescriber=caller.has(Role.PRESCRIBER),
    )


async def reader(caller: Caller) -> Reader:
    return as_reader(caller)


By = Annotated[Reader, Depends(reader)]


@dataclass(slots=True)
class Doorstep:
    """How many forms each address has sent lately: a bucket that fills up again with time."""

    buckets: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)

    def knock(self, client: str, limit: int, at: float) -> None:
        """Raise if this address has sent too many forms in the last minute."""
        left, since = self.buckets.pop(client, (float(limit), at))
        left = min(float(limit), left + (at - since) * limit / MINUTE)
        self.buckets[client] = (max(left - 1, 0.0), at)
        if len(self.buckets) > REMEMBERED:
            self.buckets.popitem(last=False)
        if left < 1:
            raise TooOften


async def knock(request: Request) -> None:
    """Count a knock at the public door of this process."""
    state = request.app.state
    doorstep: Doorstep | None = getattr(state, "doorstep", None)
    if doorstep is None:
        state.doorstep = doorstep = Doorstep()
    settings: IntakeSettings = state.settings
    client = client_of(request, proxies=settings.proxies)
    doorstep.knock(client, settings.public_forms_a_minute, time.monotonic())
