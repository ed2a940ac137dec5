"""In local mode alone: the mails that would have left, so that a newcomer reads their code."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response

from common.database import transaction
from common.errors import NotFound
from common.http import public
from portal import letters
from portal.api.doorkeeper import Reader
from portal.api.route import form_pages
from portal.api.visits import Visit, wall_clock
from portal.domain.letters import Mail
from portal.letters import Desk, Opened, Recipient
from portal.neighbours import NeighbourAway
from portal.store import mails
from portal.words import Words, language_named

router = form_pages()

PAGE = 30


class NoOutbox(NotFound):
    """Mails are not shown here: they are sent."""

    fr = "Les mails ne sont pas montrés ici : ils sont envoyés."


def check_local(visit: Visit) -> None:
    if not visit.is_local:
        raise NoOutbox


@router.get("/outbox", dependencies=[public("outbox.read")])
async def outbox(visit: Reader, before: UUID | None = None) -> Response:
    check_local(visit)
    async with transaction(visit.engine) as tx:
        found = await mails.latest(tx, before=before, limit=PAGE)
        addressed = await letters.addressed(tx, visit.settings, found, at=wall_clock())
    shown = [heading(*each) for each in addressed]
    more = found[-1].id if len(found) == PAGE else None
    return visit.render("outbox.html", mails=shown, more=more)


@router.get("/outbox/{mail_id}", dependencies=[public("outbox.open")])
async def open_mail(
    visit: Reader, mail_id: UUID, form: Annotated[str, Query()] = "text"
) -> Response:
    check_local(visit)
    async with transaction(visit.engine) as tx:
        mail = await mails.mail_of(tx, mail_id)
        if mail is None:
            raise NoOutbox
        opened = await letters.open_mail(tx, visit.settings, mail, at=wall_clock())
    shown = await written(visit, mail, opened)
    if form == "html" and shown["letter"]:
        policy = "default-src 'none'; style-src 'unsafe-inline'; sandbox allow-popups"
        html = shown["letter"].html
        return Response(html, headers={"content-security-policy": policy}, media_type="text/html")
    return visit.render("outbox_mail.html", mail=shown)


def heading(mail: Mail, recipient: Recipient | None) -> dict[str, Any]:
    """Tell of one mail what a list shows; without a recipient, nobody would get it."""
    shown = {"id": mail.id, "at": mail.created_at, "to": recipient and recipient.email}
    words = Words(language_named(recipient.language if recipient else None) or "fr")
    return shown | {"subject": letters.subject_of(mail, words)}


async def written(visit: Visit, mail: Mail, opened: Opened | None) -> dict[str, Any]:
    """Write one mail out as it would leave; one that nobody would get has no letter."""
    state = visit.request.app.state
    desk = Desk(
        settings=visit.settings,
        neighbours=state.neighbours,
        vocabularies=state.tokens.vocabularies,
    )
    try:
        letter = await letters.write(opened, desk) if opened else None
    except NeighbourAway:
        letter = None
    return {"id": mail.id, "kind": mail.kind, "at": mail.created_at, "letter": letter}
