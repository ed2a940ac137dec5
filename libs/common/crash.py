"""Named places where a test may kill the process, to prove that nothing is lost there."""

import os
import signal
from itertools import count

from common.settings import Mode, Settings

# Every place has its name here, so that a test that aims at nothing fails at the start.
POINTS = frozenset(
    {
        "http.handled",  # the handler is done, the transaction is still open
        "http.committed",  # committed, and the client does not know yet
        "events.handled",  # a batch is handled, its transaction is still open
        "events.committed",  # committed, and the broker does not know yet
        "relay.selected",  # the oldest events are chosen, none is published
        "relay.published",  # published, and not yet marked as such
        "relay.marked",  # marked as published
        "schedule.handled",  # a batch of due work is done, its transaction is still open
        "schedule.committed",  # committed, before the next batch
    }
)


class Bomb:
    """Where this process dies, and at the how-manieth time it comes by."""

    def __init__(self) -> None:
        self.point: str | None = None
        self.hits = count(1)
        self.nth = 1

    def arm(self, crash_at: str) -> None:
        point, _, nth = crash_at.partition(":")
        if point not in POINTS:
            raise ValueError(f"CRASH_AT names no known point; known: {', '.join(sorted(POINTS))}")
        if nth and not (nth.isdecimal() and int(nth) >= 1):
            raise ValueError("CRASH_AT wants a number after the colon: relay.published:3")
        self.point, self.nth, self.hits = point, int(nth or 1), count(1)


BOMB = Bomb()


def arm(settings: Settings) -> None:
    """Aim at the point that CRASH_AT names; refused outside local mode."""
    if settings.crash_at is None:
        return
    if settings.mode is not Mode.LOCAL:
        raise ValueError("CRASH_AT is for MODE=local alone")
    BOMB.arm(settings.crash_at)


def crash_point(name: str) -> None:
    """Die here, at once and without a word, if this is the chosen place and time."""
    if BOMB.point == name and next(BOMB.hits) == BOMB.nth:
        os.kill(os.getpid(), signal.SIGKILL)
