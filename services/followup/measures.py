"""What an operator sees of followup: whether every report finds its reader, and nothing of it."""

from sqlalchemy.ext.asyncio import AsyncConnection

from common.metrics import gauge
from followup.store.reports import longest_unread

UNREAD = gauge(
    "reports_unread_age_seconds", "For how long the oldest report of a danger has had no reader"
)


async def count_reports(tx: AsyncConnection) -> None:
    UNREAD.set(await longest_unread(tx))
