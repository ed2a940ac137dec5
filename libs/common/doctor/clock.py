"""Whether this machine, PostgreSQL and NATS agree what time it is, and nobody moved it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from common.direct import Direct
from common.doctor import Finding, Patient
from common.settings import Mode
from common.simulation import ClockBucket

# Tokens, codes and expiries bear this much, and what it took to ask.
APART = timedelta(seconds=2)
MEND = "let every machine follow a time server (chrony, systemd-timesyncd)"


async def clocks(patient: Patient) -> AsyncIterator[Finding]:
    async with Direct(patient.engine) as connection:
        before = datetime.now(UTC)
        told = await connection.scalar(text("select clock_timestamp()"))
        half = (datetime.now(UTC) - before) / 2
    if isinstance(told, datetime):
        yield _apart("PostgreSQL", told - (before + half))
    asked_at = datetime.fromisoformat(str(patient.nats["asked_at"]))
    yield _apart("NATS", datetime.fromisoformat(str(patient.nats["now"])) - asked_at)


def _apart(whose: str, ahead: timedelta) -> Finding:
    side = "ahead of" if ahead > timedelta() else "behind"
    told = f"the clock of {whose} is {abs(ahead).total_seconds():.1f} s {side} ours"
    return Finding(told, MEND if abs(ahead) > APART else None)


async def simulated(patient: Patient) -> AsyncIterator[Finding]:
    ahead = await ClockBucket(patient.connection).read()
    local = patient.settings.mode is Mode.LOCAL
    if not ahead:
        yield Finding("nobody moved the clock")
    elif local:
        yield Finding(f"the clock was moved {ahead.days} days ahead, as MODE=local allows")
    else:
        yield Finding(
            f"MODE=production, and the clock was moved {ahead.days} days ahead",
            "this was a demonstration: what it wrote is dated ahead; begin with empty volumes",
        )
