"""Ids that sort by the time of their making, so that indexes grow at one end only."""

import os
import time
from uuid import UUID

VERSION_7 = 0x7 << 76
VARIANT = 0x2 << 62


def new_id() -> UUID:
    """Make a UUIDv7 (RFC 9562): 48 bits of milliseconds, 74 bits of chance."""
    # Real time, not the simulated clock: an id is a place in an index, never a date.
    milliseconds = time.time_ns() // 1_000_000
    chance = int.from_bytes(os.urandom(10))
    high = chance >> 68  # 12 bits beside the version
    low = chance & ((1 << 62) - 1)  # 62 bits beside the variant
    return UUID(int=milliseconds << 80 | VERSION_7 | high << 64 | VARIANT | low)
