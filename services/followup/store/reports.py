"""Reports of a difficulty or a danger: a table apart, which only these functions touch."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, insert, select, true, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection

from common.statements import row_of
from followup.domain.reports import Report
from followup.domain.sight import Viewer
from followup.store.pairs import belongs_to
from followup.store.rows import rows
from followup.store.tables import pairs, safeguarding_reports

_AGE = func.extract("epoch", func.now() - func.min(safeguarding_reports.c.written_at))
LONGEST_UNREAD = (
    select(func.greatest(_AGE, 0))
    .join(pairs, pairs.c.id == safeguarding_reports.c.pair_id)
    .where(safeguarding_reports.c.read_at.is_(None), ~pairs.c.erased)
)


async def add_report(tx: AsyncConnection, report: Report) -> None:
    await tx.execute(insert(safeguarding_reports), row_of(report))


async def mark_read(tx: AsyncConnection, report: Report, *, by: UUID, at: datetime) -> None:
    reports = safeguarding_reports
    unread = (reports.c.id == report.id, reports.c.read_at.is_(None))
    await tx.execute(update(reports).where(*unread).values(read_by=by, read_at=at))


async def reports_for(tx: AsyncConnection, pair_id: UUID, viewer: Viewer) -> list[Report]:
    """List what others report about a pair: one's own reports wait for another reader."""
    reports = safeguarding_reports
    of_others = (reports.c.pair_id == pair_id, reports.c.author_id != viewer.person_id)
    query = select(reports).where(*of_others).order_by(reports.c.written_at)
    return [Report(**row) for row in await rows(tx, query)]


async def unread_reports(
    tx: AsyncConnection, viewer: Viewer, wards: Collection[UUID]
) -> list[Report]:
    """List what a coordinator should read as the second person: nothing of their own pairs.

    Whoever reads one report reads all of its pair, so the first of each pair stands for them.
    """
    reports = safeguarding_reports
    query = (
        select(reports)
        .ext(distinct_on(reports.c.pair_id))
        .join(pairs, pairs.c.id == reports.c.pair_id)
        .where(
            reports.c.association_id.in_(viewer.coordinates),
            reports.c.read_at.is_(None),
            reports.c.author_id != viewer.person_id,
            pairs.c.made_by.is_distinct_from(viewer.person_id),
            belongs_to(viewer.person_id, wards).is_not(true()),
        )
        .order_by(reports.c.pair_id, reports.c.written_at)
    )
    found = [Report(**row) for row in await rows(tx, query)]
    return sorted(found, key=lambda report: report.written_at)


async def longest_unread(tx: AsyncConnection) -> float:
    """Tell for how many seconds the oldest report has waited for a reader; what is unread is few.

    By real time: in local mode, where a day passes in a second, it says 0.
    """
    return float(await tx.scalar(LONGEST_UNREAD) or 0)


async def forget_reports(tx: AsyncConnection, pair_ids: Collection[UUID]) -> None:
    reports = safeguarding_reports
    await tx.execute(update(reports).where(reports.c.pair_id.in_(pair_ids)).values(text=None))
