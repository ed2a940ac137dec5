"""One visit to a page: who reads it, what they ask of the services, and what is shown."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4, uuid5

from fastapi import Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.ext.asyncio import AsyncEngine

from common.access import may
from common.calendar import WHERE_PEOPLE_LIVE
from common.caller import Caller
from common.clock import Clock
from common.contracts.vocabulary import Role
from common.http import client_of
from common.settings import Mode
from common.tokens import NotSignedIn, issue
from portal.domain import links
from portal.domain.sessions import Session, csrf_of
from portal.neighbours import File, Json, NeighbourAway, Neighbours, NeighbourSaidNo, Voice
from portal.rendering import style, templates
from portal.settings import Settings
from portal.words import Language, Words, language_named

EVERYONE = tuple(Role)
# Nothing but what the page itself carries and our one style sheet; forms lead to us alone.
CONTENT_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
SEE_OTHER = 303
# So many ids fit in an address.
AT_ONCE = 100
# Not for this reader, not there, or not (any more) in a state that has such a thing.
UNSEEN = frozenset({403, 404, 409})


def wall_clock() -> datetime:
    """Tell the real time: sessions and codes are locks of the real world, as tokens are."""
    return datetime.now(UTC)


def page(action: str) -> Any:
    """Name a page that anyone who is signed in may open; the services say what they see there."""
    return may(action, *EVERYONE)


@dataclass(kw_only=True)
class Visit:
    """One request of one reader."""

    request: Request
    secret: str
    is_new: bool
    session: Session | None
    caller: Caller | None
    words: Words
    ids: Counter[str] = field(default_factory=Counter)
    # The services that a part of this page should have come from, and that do not answer.
    absent: set[str] = field(default_factory=set)

    def id_for(self, name: str) -> str:
        """Give a field of this page an id that no other has, though several forms ask the same."""
        self.ids[name] += 1
        return name if self.ids[name] == 1 else f"{name}-{self.ids[name]}"

    @property
    def settings(self) -> Settings:
        settings: Settings = self.request.app.state.settings
        return settings

    @property
    def language(self) -> Language:
        return self.words.language

    @property
    def engine(self) -> AsyncEngine:
        """Where a page asks the portal itself, after the services have answered."""
        engine: AsyncEngine = self.request.app.state.engine
        return engine

    @property
    def path(self) -> str:
        return self.request.url.path

    @property
    def csrf(self) -> str:
        return csrf_of(self.secret)

    @property
    def client(self) -> str:
        """Where the reader is, as far as we see."""
        return client_of(self.request, proxies=self.settings.proxies)

    @property
    def now(self) -> datetime:
        """Tell the platform's time, which pages speak of."""
        clock: Clock = self.request.app.state.clock
        return clock.now()

    @property
    def today(self) -> dict[str, str]:
        """Give the day and time of now as the fields of a form take them."""
        there = self.now.astimezone(WHERE_PEOPLE_LIVE)
        return {"day": f"{there:%Y-%m-%d}", "time": f"{there:%H:%M}"}

    @property
    def slot_choices(self) -> list[tuple[str, str]]:
        """Name the parts of the week, as a form offers them."""
        return [
            (f"{day}-{part}", self.words(f"request.parts.{part}", day=self.words.weekday(day)))
            for day in range(7)
            for part in ("morning", "afternoon", "evening")
        ]

    @property
    def time_choices(self) -> list[tuple[str, str]]:
        """Say in hours how much time a month is asked for, in the minutes that forms carry."""
        return [
            (str(hours * 60), self.words.count("request.hours", hours)) for hours in (1, 2, 4, 8)
        ]

    @property
    def is_local(self) -> bool:
        return self.settings.mode is Mode.LOCAL

    def has(self, *roles: str) -> bool:
        grants = self.caller.grants if self.caller else frozenset()
        return any(grant.role in roles for grant in grants)

    def associations(self, *roles: str) -> list[UUID]:
        """List the associations in which this reader has one of the roles."""
        grants = self.caller.grants if self.caller else frozenset()
        held = {each.association_id for each in grants if each.role in roles}
        return sorted(each for each in held if each is not None)

    @property
    def person_id(self) -> UUID:
        if self.caller is None:
            raise NotSignedIn
        return self.caller.person_id

    def read_by(self, caller: Caller) -> "Visit":
        """Let this request be somebody's whom its address tells, in the language that they read."""
        language = language_named(caller.language) or self.language
        return replace(self, caller=caller, words=replace(self.words, language=language))

    def voice(self) -> Voice:
        """Speak to a service as this person, with a token that lasts for minutes."""
        token = None
        if self.caller is not None:
            key = self.settings.token_signing_key.get_secret_value()
            token = issue(key, self.caller, now=wall_clock())
        return Voice(language=self.language, token=token, client=self.client)

    @property
    def _neighbours(self) -> Neighbours:
        neighbours: Neighbours = self.request.app.state.neighbours
        return neighbours

    async def get(self, service: str, path: str, **query: object) -> Json:
        return await self._neighbours.get(service, path, self.voice(), written(query))

    async def maybe(self, service: str, path: str, **query: object) -> Json:
        """Get something, or None if this reader may not see it or it is not there."""
        try:
            return await self.get(service, path, **query)
        except NeighbourSaidNo as no:
            if no.status in UNSEEN:
                return None
            raise

    async def get_all(self, *asked: tuple[str, str]) -> list[Json]:
        """Ask several things at once; what this reader may not see is None."""
        return list(await asyncio.gather(*(self.maybe(service, path) for service, path in asked)))

    async def part(self, service: str, path: str, **query: object) -> Json:
        """Get a part that the rest of a page can do without; the page says that it is missing."""
        try:
            return await self.maybe(service, path, **query)
        except NeighbourAway:
            self.absent.add(service)
            return None

    async def parts(self, *asked: tuple[str, str] | None) -> list[Json]:
        """Get the parts of a page, but for those that this reader is not asked for."""
        wanted = [each for each in asked if each]
        found = iter(await asyncio.gather(*(self.part(*each) for each in wanted)))
        if self.absent and self.absent >= {service for service, _ in wanted}:
            raise NeighbourAway(wanted[0][0])
        return [next(found) if each else None for each in asked]

    async def known(
        self, service: str, path: str, ids: Iterable[str | None]
    ) -> dict[str, dict[str, Any]]:
        """Know those of a list who have these ids, as far as this reader may see them."""
        asked = sorted({each for each in ids if each})
        parts = [asked[start : start + AT_ONCE] for start in range(0, len(asked), AT_ONCE)]
        found = await asyncio.gather(
            *(self.part(service, path, id=part, limit=AT_ONCE) for part in parts)
        )
        return {each["id"]: each for part in found for each in part or ()}

    async def text(self, service: str, path: str, accept: str, **query: object) -> Response:
        """Pass on an answer that is not JSON."""
        got = await self._neighbours.text(service, path, self.voice(), accept, written(query))
        named = got.headers.get("content-disposition")
        headers = {"content-disposition": named} if named else {}
        return Response(got.content, media_type=got.headers.get("content-type"), headers=headers)

    async def post(self, service: str, path: str, body: Mapping[str, Any], *, key: str) -> Json:
        return await self._neighbours.post(service, path, self.voice(), body, key)

    async def upload(self, service: str, path: str, file: File, *, key: str) -> Json:
        return await self._neighbours.upload(service, path, self.voice(), file, key)

    def render(self, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
        """Write a page in the reader's language."""
        text = (
            templates()
            .get_template(template)
            .render(visit=self, t=self.words, style=style()[0], key=new_key, **values)
        )
        headers = {"content-security-policy": CONTENT_POLICY, "content-language": self.language}
        return HTMLResponse(text, status, headers)

    def go(self, address: str, *, done: str | None = None) -> RedirectResponse:
        """Lead on after something was done, so that reloading does not do it again."""
        target = links.inside(address)
        if done:
            target += f"{'&' if '?' in target else '?'}done={done}"
        return RedirectResponse(target, SEE_OTHER)

    @property
    def done(self) -> str | None:
        """Name what was just done, if it is something that we have words for."""
        key = f"done.{self.request.query_params.get('done', '')}"
        return self.words(key) if self.words.has(key) else None


def written(query: Mapping[str, object]) -> dict[str, str | list[str]]:
    """Write what is asked as an address takes it; what is empty is not asked."""
    return {
        name: [str(each) for each in value] if isinstance(value, list) else str(value)
        for name, value in query.items()
        if value not in (None, "")
    }


def new_key() -> str:
    """Give the key that one rendered form is sent under, however often it is clicked."""
    return str(uuid4())


def next_key(key: str, step: str) -> str:
    """Give the key of another step that the same form takes."""
    return str(uuid5(UUID(int=0), f"{key}:{step}"))
