"""Send mails: taken in one transaction, sent outside of any, noted in another.

A mail whose sending is interrupted comes again after its lease: twice rather than never.
"""

import asyncio
import smtplib
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import localtime, make_msgid, parseaddr
from urllib.parse import unquote

import structlog
from fastapi import FastAPI
from pydantic import AnyUrl
from sqlalchemy.ext.asyncio import AsyncEngine

from common.database import transaction
from portal import letters
from portal.domain.letters import LEASE, Kind, Mail, next_try
from portal.letters import Desk, Letter, Opened
from portal.settings import Settings
from portal.store import mails

log = structlog.get_logger()
TICK_SECONDS = 2.0
# What an address says that leads to a mail catcher beside us, which knows no certificates.
IN_CLEAR = "starttls=no"
PATIENCE_SECONDS = 20.0
SUBMISSION, SUBMISSIONS = 587, 465


class NotOneAddress(ValueError):
    """A mail server would understand this address as another one, or as several."""


@asynccontextmanager
async def delivering(app: FastAPI) -> AsyncIterator[None]:
    """Send mails for as long as the portal lives; without a mail server they stay in the table."""
    settings: Settings = app.state.settings
    if settings.smtp_url is None:
        yield
        return
    desk = Desk(
        settings=settings,
        neighbours=app.state.neighbours,
        vocabularies=app.state.tokens.vocabularies,
    )
    running = asyncio.create_task(_deliver(app, desk))
    yield
    running.cancel()
    await asyncio.wait([running])


async def _deliver(app: FastAPI, desk: Desk) -> None:
    while True:
        try:
            while await deliver_some(app.state.engine, desk):
                pass
        except Exception:
            log.exception("mails_not_delivered")
        await asyncio.sleep(TICK_SECONDS)


async def deliver_some(engine: AsyncEngine, desk: Desk) -> int:
    """Send what is due, some at a time; return how many were taken."""
    now = datetime.now(UTC)
    async with transaction(engine) as tx:
        due = await mails.take_due(tx, at=now, lease=LEASE)
        opened = [(mail, await letters.open_mail(tx, desk.settings, mail, at=now)) for mail in due]
    for mail, readable in opened:
        await _deliver_one(engine, desk, mail, readable)
    return len(due)


async def _deliver_one(engine: AsyncEngine, desk: Desk, mail: Mail, opened: Opened | None) -> None:
    """Send one mail; what goes wrong with it is its own, and the others go on."""
    if opened is None:
        # Nobody has this address or the code is over; or a key is not to be had just now.
        await _put_off(engine, mail, for_good=mail.kind is Kind.SIGN_IN)
        return
    try:
        letter = await letters.write(opened, desk)
        if letter is not None:
            await asyncio.to_thread(send, desk.settings, letter)
    except Exception:
        # Logs tell the class alone: what a mail server answers repeats the address.
        log.warning("mail_not_sent", mail_id=str(mail.id), exc_info=True)
        await _put_off(engine, mail, for_good=False)
    else:
        log.info("mail_sent" if letter else "mail_moot", mail_id=str(mail.id), kind=mail.kind)
        async with transaction(engine) as tx:
            await mails.note_sent(tx, mail.id, at=datetime.now(UTC))


async def _put_off(engine: AsyncEngine, mail: Mail, *, for_good: bool) -> None:
    again = None if for_good else next_try(mail.tries, at=datetime.now(UTC))
    async with transaction(engine) as tx:
        await mails.note_failed(tx, mail.id, next_try_at=again)


def send(settings: Settings, letter: Letter) -> None:
    """Hand one letter to the mail server, over TLS unless it stays here or is to go in clear."""
    if settings.smtp_url is None:
        raise smtplib.SMTPServerDisconnected
    with connected(settings.smtp_url) as server:
        server.send_message(message_of(settings, letter))


def connected(url: AnyUrl) -> smtplib.SMTP:
    host = url.host or "localhost"
    server: smtplib.SMTP
    if url.scheme == "smtps":
        context = ssl.create_default_context()
        server = smtplib.SMTP_SSL(
            host, url.port or SUBMISSIONS, timeout=PATIENCE_SECONDS, context=context
        )
    else:
        server = smtplib.SMTP(host, url.port or SUBMISSION, timeout=PATIENCE_SECONDS)
    try:
        introduce(server, url)
    except BaseException:
        server.close()
        raise
    return server


def introduce(server: smtplib.SMTP, url: AnyUrl) -> None:
    stays_here = url.host in (None, "localhost", "127.0.0.1") or url.query == IN_CLEAR
    if url.scheme != "smtps" and not stays_here:
        server.starttls(context=ssl.create_default_context())
    if url.username:
        server.login(unquote(url.username), unquote(url.password or ""))


def message_of(settings: Settings, letter: Letter) -> EmailMessage:
    """Write the message: plain text first, HTML for those who read it so."""
    message = EmailMessage()
    message["From"] = settings.mail_from
    message["To"] = letter.to
    if [each.addr_spec for each in message["To"].addresses] != [letter.to]:
        raise NotOneAddress
    message["Subject"] = letter.subject
    message["Date"] = localtime()
    message["Message-ID"] = make_msgid(domain=parseaddr(settings.mail_from)[1].rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = letter.language
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    return message
