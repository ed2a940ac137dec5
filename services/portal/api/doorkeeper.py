"""Who comes: known by the cookie of their session or by their token, and in which language."""

from dataclasses import dataclass, field
from typing import Annotated
from uuid import uuid4

from fastapi import Depends, Request, Response
from sqlalchemy.ext.asyncio import AsyncEngine

from common.caller import Caller
from common.database import transaction
from common.problems import language_of
from common.settings import Mode
from common.tokens import NotSignedIn, Tokens
from portal.api.visits import Visit, wall_clock
from portal.domain.sessions import Session
from portal.handlers import signin
from portal.settings import Settings
from portal.vocabularies import Vocabularies
from portal.words import Language, Words, language_named

SESSION_COOKIE = "binome"
LANGUAGE_COOKIE = "lang"
SECRET_LENGTH = 64


@dataclass(kw_only=True)
class Doorkeeper:
    """Knows people by the cookie of their session, and programs by their token."""

    settings: Settings
    tokens: Tokens
    vocabularies: Vocabularies = field(default_factory=Vocabularies)

    async def caller(self, request: Request) -> Caller:
        if "authorization" in request.headers:
            return await self.tokens.caller(request)
        visit = await self.visit(request)
        if visit.caller is None:
            raise NotSignedIn
        return visit.caller

    async def visit(self, request: Request) -> Visit:
        """Recognise a visitor, once in a request."""
        known: Visit | None = getattr(request.state, "visit", None)
        if known is None:
            known = request.state.visit = await self._recognise(request)
        return known

    async def stranger(self, request: Request) -> Visit:
        """Take a visitor for nobody in particular, where nobody can be recognised just now."""
        return await self._visit(request, None, None)

    async def _recognise(self, request: Request) -> Visit:
        secret = self._secret_of(request)
        if secret is None:
            return await self._visit(request, None, None)
        engine: AsyncEngine = request.app.state.engine
        async with transaction(engine) as tx:
            known = await signin.recognise(tx, self.settings, secret, at=wall_clock())
        return await self._visit(request, *known)

    async def _visit(
        self, request: Request, session: Session | None, caller: Caller | None
    ) -> Visit:
        secret = self._secret_of(request)
        labels = await self.vocabularies.read(request.app.state.neighbours)
        return Visit(
            request=request,
            secret=secret or f"{uuid4().hex}{uuid4().hex}",
            is_new=secret is None,
            session=session,
            caller=caller,
            words=Words(self._language(request, caller), labels),
        )

    def _secret_of(self, request: Request) -> str | None:
        given = request.cookies.get(self.cookie, "")
        return given if len(given) == SECRET_LENGTH and given.isalnum() else None

    def _language(self, request: Request, caller: Caller | None) -> Language:
        chosen = language_named(request.cookies.get(LANGUAGE_COOKIE))
        known = language_named(caller.language) if caller else None
        return chosen or known or language_of(request.scope)

    @property
    def is_production(self) -> bool:
        return self.settings.mode is Mode.PRODUCTION

    @property
    def cookie(self) -> str:
        """Name the cookie; the prefix makes browsers refuse one that another host set."""
        return f"__Host-{SESSION_COOKIE}" if self.is_production else SESSION_COOKIE

    def remember(self, response: Response, secret: str) -> None:
        response.set_cookie(
            self.cookie,
            secret,
            path="/",
            max_age=90 * 24 * 3600,
            httponly=True,
            secure=self.is_production,
            samesite="lax",
        )

    def choose_language(self, response: Response, language: Language) -> None:
        response.set_cookie(
            LANGUAGE_COOKIE,
            language,
            path="/",
            max_age=365 * 24 * 3600,
            httponly=True,
            secure=self.is_production,
            samesite="lax",
        )


async def visit_of(request: Request) -> Visit:
    doorkeeper: Doorkeeper = request.app.state.tokens
    return await doorkeeper.visit(request)


Reader = Annotated[Visit, Depends(visit_of)]
