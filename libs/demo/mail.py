"""Reading the mails that people got, where the portal shows them on this machine."""

import asyncio
import re

from demo.world import World, together

SUBJECT = "Votre code de signature"
ROW = re.compile(
    r'<a href="/outbox/(?P<id>[0-9a-f-]{36})">(?P<subject>[^<]*)</a>\s*'
    r'<span class="quiet small">(?P<to>[^<]*)</span>'
)
MORE = re.compile(r'href="/outbox\?before=([0-9a-f-]{36})"')
CODE = re.compile(r"^\s+(\d{6})\s*$", re.MULTILINE)
AGREEMENT = re.compile(r"/agreements/([0-9a-f-]{36})")
LOOK_AGAIN_SECONDS = 0.1
PATIENCE_SECONDS = 30


async def codes_in_outbox(world: World, wanted: set[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Find the code of each (address, agreement), the newest mails first."""
    addresses = {email for email, _ in wanted}
    found: dict[tuple[str, str], str] = {}
    read: set[str] = set()
    # A burst of other mails pushes a code down: one page further at every look in vain.
    in_vain = 0
    async with asyncio.timeout(PATIENCE_SECONDS):
        while wanted - found.keys():
            new = await unread(world, addresses, read, in_vain + len(wanted - found.keys()) // 10)
            read |= {mail_id for mail_id, _ in new}
            opened = await together(open_mail(world, *each) for each in new)
            # The first that is found is the newest, and the one that counts.
            found = {key: code for key, code in reversed(opened) if key in wanted} | found
            if not new:
                in_vain += 1
                await asyncio.sleep(LOOK_AGAIN_SECONDS)
    return found


async def unread(
    world: World, addresses: set[str], read: set[str], further: int
) -> list[tuple[str, str]]:
    """List mails with a code to these addresses that were not read yet, on so many pages."""
    new: list[tuple[str, str]] = []
    before: str | None = None
    for _ in range(1 + further):
        page = await outbox_page(world, before)
        rows = [each.groupdict() for each in ROW.finditer(page)]
        new += [
            (row["id"], row["to"])
            for row in rows
            if row["subject"] == SUBJECT and row["to"] in addresses and row["id"] not in read
        ]
        more = MORE.search(page)
        if more is None:
            break
        before = more[1]
    return new


async def outbox_page(world: World, before: str | None) -> str:
    params = {"before": before} if before else {}
    answer = await world.doors.http.get(f"{world.doors.urls['portal']}/outbox", params=params)
    return answer.raise_for_status().text


async def open_mail(world: World, mail_id: str, to: str) -> tuple[tuple[str, str], str]:
    url = f"{world.doors.urls['portal']}/outbox/{mail_id}"
    text = (await world.doors.http.get(url)).raise_for_status().text
    code, agreement = CODE.search(text), AGREEMENT.search(text)
    if code is None or agreement is None:
        raise LookupError(mail_id)
    return (to, agreement[1]), code[1]
