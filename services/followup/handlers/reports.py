"""Reports of a difficulty or a danger: written by anyone of the pair, read by a second person."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from common.contracts.followup.pairs import Side
from followup.domain.errors import FourEyes
from followup.domain.reports import Report
from followup.domain.sight import Viewer, is_second_person
from followup.handlers.sight import side_in
from followup.sealing import opened, sealed
from followup.store.pairs import find_pair
from followup.store.reports import add_report, mark_read, reports_for

REPORT = "report"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenReport:
    """A report as its one reader sees it."""

    report: Report
    text: str | None


async def write_report(tx: AsyncConnection, report: Report, *, text: str, viewer: Viewer) -> None:
    """Keep a report where only a second person finds it; nothing of it is announced."""
    pair = await find_pair(tx, report.pair_id)
    await side_in(tx, pair, viewer)
    await add_report(tx, replace(report, text=await sealed(tx, pair.mentee_id, REPORT, text)))


async def read_reports(
    tx: AsyncConnection, *, pair_id: UUID, viewer: Viewer, now: datetime
) -> list[OpenReport]:
    """Show a second coordinator what others report about a pair, and note who read it."""
    pair = await find_pair(tx, pair_id)
    side = await side_in(tx, pair, viewer, Side.ASSOCIATION)
    # Whether or not there is a report: a no must not tell.
    if not is_second_person(pair, side, viewer):
        raise FourEyes(pair_id)
    reports = await reports_for(tx, pair_id, viewer)
    for report in reports:
        await mark_read(tx, report, by=viewer.person_id, at=now)
    texts = await opened(tx, pair.mentee_id, REPORT, [report.text for report in reports])
    return [
        OpenReport(report=report, text=text) for report, text in zip(reports, texts, strict=True)
    ]
