"""People with a browser each, who fill in the portal's forms as they find them."""

import asyncio
import re
from collections.abc import Iterator
from html import unescape
from typing import Any, Self
from urllib.parse import urljoin, urlsplit

import html5lib
import httpx
from starlette.datastructures import FormData, QueryParams

from portal.forms import Filled

CODE = re.compile(r"^\s*(\d{6})\s*$", re.MULTILINE)
MAIL = re.compile(r'href="(/outbox/[0-9a-f-]{36})">')
TEXT = re.compile(r"<pre[^>]*>(.*?)</pre>", re.DOTALL)


def tree_of(page: str) -> Any:
    """Parse a page strictly: what is not HTML is an error."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    return parser.parse(page)


def filled(form: str) -> Filled:
    """Give a form that came back, from what a browser writes of it."""
    return Filled(FormData([*QueryParams(form).multi_items()]))


class Form:
    """A form of a page, with what the page filled in or chose beforehand."""

    def __init__(self, node: Any) -> None:
        self.action = node.get("action", "")
        self.method = node.get("method", "get")
        self.fields: dict[str, list[str]] = {}
        fields = (each for each in node.iter() if each.tag in ("input", "textarea", "select"))
        for field in fields:
            for value in values_of(field):
                self.fields.setdefault(field.get("name", ""), []).append(value)

    @property
    def subject(self) -> str:
        return "".join(self.fields.get("subject", ()))


def values_of(field: Any) -> Iterator[str]:
    kind = field.get("type", "text")
    if field.tag == "select":
        options = list(field.iter("option"))
        chosen = [each for each in options if each.get("selected") is not None] or options[:1]
        yield from (each.get("value", "") for each in chosen)
    elif kind in ("checkbox", "radio"):
        if field.get("checked") is not None:
            yield field.get("value", "on")
    elif kind != "file":
        yield field.get("value") or field.text or ""


class Reader:
    """One person's phone: a cookie jar, and the page that it shows."""

    def __init__(self, portal: str, language: str = "fr") -> None:
        self.http = httpx.AsyncClient(
            base_url=portal,
            follow_redirects=True,
            timeout=60,
            headers={"accept-language": language},
        )
        self.page = ""
        self.address = ""
        self.status = 0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http.aclose()

    async def open(self, path: str, *, patience: float = 0, until: str = "") -> str:
        """Open a page; wait until it says what is expected, as events take their time."""
        deadline = asyncio.get_running_loop().time() + patience
        while True:
            self._show(await self.http.get(path))
            if until in self.page or asyncio.get_running_loop().time() > deadline:
                break
            await asyncio.sleep(0.2)
        assert until in self.page, f"{path} never said {until!r}:\n{self.page[:4000]}"
        return self.page

    def forms(self) -> list[Form]:
        return [Form(node) for node in tree_of(self.page).iter("form")]

    async def send(self, action: str, subject: str | None = None, **filled: Any) -> str:
        """Fill in the first form that leads there (about a subject), and send it."""
        found = [each for each in self.forms() if each.action == action]
        about = [each for each in found if subject is None or each.subject == subject]
        assert about, f"no form to {action} on {self.address}: {[e.action for e in self.forms()]}"
        fields = about[0].fields | {
            name: value if isinstance(value, list) else [str(value)]
            for name, value in filled.items()
        }
        self._show(await self.http.post(about[0].action, data=fields))
        return self.page

    async def bring(self, action: str, file: tuple[str, str, bytes], **filled: Any) -> str:
        """Choose a file (its field, its name, its content) in the first form that leads there."""
        [form, *_] = [each for each in self.forms() if each.action == action]
        fields = form.fields | {key: [str(value)] for key, value in filled.items()}
        field, name, content = file
        answer = await self.http.post(action, data=fields, files={field: (name, content)})
        self._show(answer)
        return self.page

    async def sign_in(self, email: str) -> None:
        await self.open("/sign-in")
        await self.send("/sign-in", email=email)
        await self.send("/sign-in/code", code=await self.code_for(email))
        assert "/sign-out" in self.page, self.page[:3000]

    async def code_for(self, email: str) -> str:
        """Read the newest code that was mailed to an address."""
        for _ in range(60):
            for mail in MAIL.findall((await self.http.get("/outbox")).text):
                shown = (await self.http.get(mail)).text
                text = TEXT.search(shown) if email in shown else None
                if text and (found := CODE.findall(unescape(text[1]))):
                    return str(found[-1])
            await asyncio.sleep(0.2)
        raise AssertionError(f"no code was mailed to {email}")

    def links(self) -> set[str]:
        """List the pages of the portal to which this one leads."""
        found = {node.get("href", "") for node in tree_of(self.page).iter("a")}
        inside = {urlsplit(urljoin(self.address, each)) for each in found if ":" not in each}
        return {each.path for each in inside}

    def id_in_address(self) -> str:
        return self.address.partition("?")[0].rpartition("/")[2]

    def _show(self, response: httpx.Response) -> None:
        self.page, self.address = response.text, str(response.url)
        self.status = response.status_code
        assert response.status_code < 400, (
            f"{response.request.method} {response.url}: {response.status_code}\n{told(self.page)}"
        )


def told(page: str) -> str:
    """Give what a page says, without its marks."""
    _, _, main = page.partition("<main")
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))[:1500]
