"""Reports of a difficulty or a danger: a table apart, which only these functions touch."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from common.statements import row_of
from followup.domain.reports import Report
from followup.domain.sight import Viewer
from followup.store.rows import rows
from followup.store.tables import pairs, safeguarding_reports


async def add_report(tx: AsyncConnection, report: Report) -> None:
    await tx.execute(insert(safeguarding_reports), row_of(report))


async def mark_read(tx: AsyncConnection, report: Report, *, by: UUID, at: datetime) -> None:
    reports = safeguarding_reports
    unread = (reports.c.id == report.id, reports.c.read_at.is_(None))
    await tx.execute(update(reports).where(*unread).values(read_by=by, read_at=at))


async def reports_of(tx: AsyncConnection, pair_id: UUID) -> list[Report]:
    reports = safeguarding_reports
    query = select(reports).where(reports.c.pair_id == pair_id).order_by(reports.c.written_at)
    return [Report(**row) for row in await rows(tx, query)]


async def unread_reports(tx: AsyncConnection, viewer: Viewer, limit: int) -> list[Report]:
    """List what a coordinator should read as the second person: nothing of their own pairs."""
    reports = safeguarding_reports
    query = (
        select(reports)
        .join(pairs, pairs.c.id == reports.c.pair_id)
        .where(
            reports.c.association_id.in_(viewer.coordinates),
            reports.c.read_at.is_(None),
            reports.c.author_id != viewer.person_id,
            pairs.c.made_by.is_distinct_from(viewer.person_id),
        )
        .order_by(reports.c.written_at)
        .limit(limit)
    )
    return [Report(**row) for row in await rows(tx, query)]


async def forget_reports(tx: AsyncConnection, pair_ids: Collection[UUID]) -> None:
    reports = safeguarding_reports
    await tx.execute(update(reports).where(reports.c.pair_id.in_(pair_ids)).values(text=None))
