"""In local mode alone: the mails that would have left, so that a newcomer reads their code."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from common.errors import NotFound
from common.http import Tx, public
from portal import letters
from portal.api.route import form_pages
from portal.api.visits import Reader, Visit, wall_clock
from portal.domain.letters import Mail
from portal.store import mails

router = form_pages()

PAGE = 30


class NoOutbox(NotFound):
    """Mails are not shown here: they are sent."""

    fr = "Les mails ne sont pas montrés ici : ils sont envoyés."


def check_local(visit: Visit) -> None:
    if not visit.is_local:
        raise NoOutbox


@router.get("/outbox", dependencies=[public("outbox.read")])
async def outbox(visit: Reader, tx: Tx, before: UUID | None = None) -> Response:
    check_local(visit)
    found = await mails.latest(tx, before=before, limit=PAGE)
    shown = [await written(tx, visit, each) for each in found]
    more = found[-1].id if len(found) == PAGE else None
    return visit.render("outbox.html", mails=shown, more=more)


@router.get("/outbox/{mail_id}", dependencies=[public("outbox.open")])
async def open_mail(
    visit: Reader, mail_id: UUID, tx: Tx, form: Annotated[str, Query()] = "text"
) -> Response:
    check_local(visit)
    mail = await mails.mail_of(tx, mail_id)
    if mail is None:
        raise NoOutbox
    shown = await written(tx, visit, mail)
    if form == "html" and shown["letter"]:
        policy = "default-src 'none'; style-src 'unsafe-inline'; sandbox allow-popups"
        html = shown["letter"].html
        return Response(html, headers={"content-security-policy": policy}, media_type="text/html")
    return visit.render("outbox_mail.html", mail=shown)


async def written(tx: AsyncConnection, visit: Visit, mail: Mail) -> dict[str, Any]:
    """Write one mail out as it would leave; one that nobody would get has no letter."""
    at: datetime = wall_clock()
    opened = await letters.open_mail(tx, visit.settings, mail, at=at)
    letter = letters.write(opened, visit.settings) if opened else None
    return {"id": mail.id, "kind": mail.kind, "at": mail.created_at, "letter": letter}
