"""Send mails: taken in one transaction, sent outside of any, noted in another.

A mail whose sending is interrupted comes again after its lease: twice rather than never.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TypeAlias

import structlog
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine

from common.database import transaction
from portal import letters
from portal.domain.letters import BEGUN_WITHIN, CODES, LEASE, OTHERS, Kind, Mail, next_try
from portal.letters import Desk, Letter, Opened
from portal.settings import Settings
from portal.smtp import Line
from portal.store import mails

log = structlog.get_logger()
TICK_SECONDS = 2.0
# A mail in words, why it could not be written, or nothing because it is moot by now.
Written: TypeAlias = Letter | BaseException | None


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
    turns = (_deliver(app.state.engine, desk, kinds) for kinds in (CODES, OTHERS))
    running = [asyncio.create_task(turn) for turn in turns]
    yield
    for each in running:
        each.cancel()
    await asyncio.wait(running)


async def _deliver(engine: AsyncEngine, desk: Desk, kinds: frozenset[Kind]) -> None:
    while True:
        try:
            while await deliver_some(engine, desk, kinds, at=datetime.now(UTC)):
                pass
        except Exception:
            log.exception("mails_not_delivered")
        await asyncio.sleep(TICK_SECONDS)


async def deliver_some(
    engine: AsyncEngine, desk: Desk, kinds: frozenset[Kind], *, at: datetime
) -> int:
    """Send what is due of these kinds, some at a time; return how many were taken."""
    async with transaction(engine) as tx:
        due = await mails.take_due(tx, kinds, at=at, lease=LEASE)
        opened = [(mail, await letters.open_mail(tx, desk.settings, mail, at=at)) for mail in due]
    for mail, readable in opened:
        if readable is None:
            # Nobody has this address or the code is over; or a key is not to be had just now.
            await _put_off(engine, mail, for_good=mail.kind is Kind.SIGN_IN)
    if not due:
        return 0
    written = await _write_all([readable for _, readable in opened if readable], desk)
    line = Line(desk.settings)
    try:
        await _send_all(engine, line, written, until=at + BEGUN_WITHIN)
    finally:
        await asyncio.to_thread(line.hang_up)
    return len(due)


async def _write_all(opened: Sequence[Opened], desk: Desk) -> list[tuple[Mail, Written]]:
    """Write all at once: a service that hangs then holds up a batch once, not each of its mails."""
    # The first to ask for the words reads them, and who asks meanwhile would write without.
    await desk.vocabularies.read(desk.neighbours)
    writing = (letters.write(each, desk) for each in opened)
    written = await asyncio.gather(*writing, return_exceptions=True)
    return [(each.mail, letter) for each, letter in zip(opened, written, strict=True)]


async def _send_all(
    engine: AsyncEngine, line: Line, written: Sequence[tuple[Mail, Written]], *, until: datetime
) -> None:
    """Send one after another, and give back what the lease might not last for."""
    for place, (mail, letter) in enumerate(written):
        now = datetime.now(UTC)
        if now >= until:
            async with transaction(engine) as tx:
                await mails.give_back(tx, [late.id for late, _ in written[place:]], at=now)
            return
        await _send_one(engine, line, mail, letter)


async def _send_one(engine: AsyncEngine, line: Line, mail: Mail, letter: Written) -> None:
    """Send one mail; what goes wrong with it is its own, and the others go on."""
    fault = letter
    if isinstance(letter, Letter):
        sending = asyncio.to_thread(line.send, letter)
        [fault] = await asyncio.gather(sending, return_exceptions=True)
    if isinstance(fault, BaseException):
        # Logs tell the class alone: what a mail server answers repeats the address.
        log.warning("mail_not_sent", mail_id=str(mail.id), exc_info=fault)
        await _put_off(engine, mail, for_good=False)
        return
    log.info("mail_sent" if letter else "mail_moot", mail_id=str(mail.id), kind=mail.kind)
    async with transaction(engine) as tx:
        await mails.note_sent(tx, mail.id, at=datetime.now(UTC))


async def _put_off(engine: AsyncEngine, mail: Mail, *, for_good: bool) -> None:
    again = None if for_good else next_try(mail.tries, at=datetime.now(UTC))
    async with transaction(engine) as tx:
        await mails.note_failed(tx, mail.id, next_try_at=again)
