"""A reader of the portal: a browser with cookies that fills in forms, and a mailbox."""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from html import unescape
from html.parser import HTMLParser
from typing import Self
from urllib.parse import urljoin, urlsplit

import httpx

from tests.waiting import eventually

MAIL_IN_LIST = re.compile(r'href="/outbox/([0-9a-f-]{36})">[^<]*</a>\s*<span[^>]*>([^<]*)</span>')
MAIL_TEXT = re.compile(r"<pre[^>]*>(.*?)</pre>", re.DOTALL)
CODE = re.compile(r"^\s*(\d{6})\s*$", re.MULTILINE)
LINK = re.compile(r"https?://[^\s<>\"]+")
TAG = re.compile(r"<[^>]+>")


@dataclass(frozen=True, slots=True)
class Form:
    """A form on a page, with what the page itself filled in."""

    action: str
    fields: dict[str, str]

    def suits(self, action: str, filled: Mapping[str, str]) -> bool:
        """Tell whether this form leads there, and says nothing else than what is filled in."""
        agrees = all(self.fields.get(name, value) == value for name, value in filled.items())
        return self.action == action and agrees


class Forms(HTMLParser):
    """Finds the forms of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[Form] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append(Form(named.get("action", ""), {}))
        elif tag == "input" and self.found and named.get("type") == "hidden":
            self.found[-1].fields[named["name"]] = named.get("value", "")


class Mailbox:
    """The mails that would have left, as the outbox page of a local platform shows them."""

    def __init__(self, http: httpx.AsyncClient, portal: str) -> None:
        self._http = http
        self._portal = portal

    async def link(self, email: str, page: str) -> str:
        """Wait for a mail that leads this person to such a page, and return its path."""
        first, *_ = await eventually(lambda: self._links(email, page))
        return str(first)

    async def _links(self, email: str, page: str) -> list[str]:
        texts = [await self._read(mail) for mail in await self._to(email)]
        paths = [urlsplit(link).path for text in texts for link in LINK.findall(text)]
        return [path for path in paths if path.startswith(page)]

    async def code(self, email: str) -> str:
        """Return the newest code that was mailed to this address."""
        for mail in await self._to(email):
            if found := CODE.findall(await self._read(mail)):
                return str(found[-1])
        raise AssertionError(f"no code was mailed to {email}")

    async def _to(self, email: str) -> list[str]:
        page = (await self._http.get(f"{self._portal}/outbox")).raise_for_status().text
        return [mail for mail, to in MAIL_IN_LIST.findall(page) if unescape(to) == email]

    async def _read(self, mail: str) -> str:
        page = (await self._http.get(f"{self._portal}/outbox/{mail}")).raise_for_status().text
        [text] = MAIL_TEXT.findall(page)
        return unescape(TAG.sub("", text))


class Browser:
    """One person's phone: a cookie jar, and the page that it shows."""

    def __init__(self, http: httpx.AsyncClient, portal: str) -> None:
        self._http = http
        self._mails = Mailbox(http, portal)
        self.page = ""
        self.address = portal

    @classmethod
    @asynccontextmanager
    async def on_a_phone(cls, portal: str) -> AsyncIterator[Self]:
        """Open a browser that has never been here."""
        async with httpx.AsyncClient(follow_redirects=True, timeout=30) as http:
            yield cls(http, portal)

    async def follow_mail(self, email: str, page: str) -> None:
        """Open the page to which the newest mail of its kind leads."""
        await self.open(await self._mails.link(email, page))

    async def sign_in(self, email: str) -> None:
        """Sign in by the code that is mailed to this address, and be where one wanted to go."""
        await self.submit("/sign-in", email=email)
        await self.submit("/sign-in/code", code=await self._mails.code(email))

    async def open(self, path: str) -> None:
        self._show(await self._http.get(urljoin(self.address, path)))

    async def submit(self, action: str, **filled: str) -> None:
        """Fill in the form of this page that leads there, and send it as the page marked it."""
        form = next(each for each in Forms(self.page).found if each.suits(action, filled))
        sent = form.fields | filled
        self._show(await self._http.post(urljoin(self.address, form.action), data=sent))

    def _show(self, response: httpx.Response) -> None:
        assert response.is_success, f"{response.url}: {response.status_code} {response.text[:2000]}"
        self.page, self.address = response.text, str(response.url)
