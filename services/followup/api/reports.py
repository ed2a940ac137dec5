"""HTTP in: reports of a difficulty or a danger, read by a second person alone."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from common.http import Model, Now, Tx, may, routes
from common.identity import new_id
from followup.api.asking import COORDINATOR, OF_PAIR, Asker, Created
from followup.domain.reports import Report
from followup.handlers import reports
from followup.store.pairs import find_pair

router = routes()


class NewReport(Model):
    text: Annotated[str, Field(min_length=1, max_length=10_000)]


class ShownReport(Model):
    id: UUID
    written_at: datetime
    text: str | None
    closes: bool
    read_at: datetime | None


@router.post(
    "/pairs/{pair_id}/safeguarding-reports",
    status_code=201,
    dependencies=[may("report.write", *OF_PAIR)],
)
async def write_report(pair_id: UUID, body: NewReport, asker: Asker, now: Now, tx: Tx) -> Created:
    pair = await find_pair(tx, pair_id)
    report = Report(
        id=new_id(),
        pair_id=pair_id,
        association_id=pair.association_id,
        author_id=asker.person_id,
        written_at=now,
        text=None,
    )
    await reports.write_report(tx, report, text=body.text, viewer=asker)
    return Created(id=report.id)


@router.get("/pairs/{pair_id}/safeguarding-reports", dependencies=[may("report.read", COORDINATOR)])
async def read_reports(pair_id: UUID, asker: Asker, now: Now, tx: Tx) -> list[ShownReport]:
    found = await reports.read_reports(tx, pair_id=pair_id, viewer=asker, now=now)
    return [
        ShownReport(
            id=each.report.id,
            written_at=each.report.written_at,
            text=each.text,
            closes=each.report.closes,
            read_at=each.report.read_at,
        )
        for each in found
    ]
