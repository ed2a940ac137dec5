"""The edge of a page: forms must come from our pages, and every no is a page in words."""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any
from urllib.parse import quote

import structlog
from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException

from common.body import StrictRequest
from common.errors import DomainError, Invalid, title
from common.http import PageRoute
from common.idempotency import Claim
from common.limits import LARGEST_BODY
from common.problems import (
    OTHER_STATUS,
    PLAIN,
    Refused,
    answer_http_exception,
    refusal_of,
    temporary,
)
from common.tokens import NotSignedIn
from portal.api.doorkeeper import Doorkeeper, visit_of
from portal.api.visits import Visit
from portal.domain.links import HOME, inside
from portal.domain.sessions import check_form
from portal.neighbours import NeighbourAway, NeighbourSaidNo

log = structlog.get_logger()
Answer = Callable[[Request], Coroutine[Any, Any, Response]]
UNAUTHORISED = 401
UNAVAILABLE = 503
FAULT = 500


class FormRoute(PageRoute):
    """A page of ours, or a form that was sent from one."""

    def get_route_handler(self) -> Answer:
        answer = super().get_route_handler()

        async def handler(request: Request) -> Response:
            response = await answered(request, answer)
            return await with_cookie(request, response)

        return handler

    async def claim(self, request: Request) -> Claim | None:
        """Check that a form carries the mark of the browser that it was rendered for."""
        if request.method == "POST" and isinstance(request, StrictRequest):
            visit = await visit_of(request)
            await request.read_form()
            # Whoever asks later has another object for the same request, and the body is read.
            form = request.state.form = await request.form()
            given = form.get("csrf")
            check_form(visit.secret, given if isinstance(given, str) else "")
        return None


def form_pages() -> APIRouter:
    """Make a router for pages and the forms on them."""
    return APIRouter(route_class=FormRoute, max_body_size=LARGEST_BODY)


async def answered(request: Request, answer: Callable[[Request], Awaitable[Response]]) -> Response:
    """Answer with a page, whatever happens, also while a no is written: people read no JSON."""
    try:
        return await answer_or_no(request, answer)
    # Whatever its class, it is logged here, and told as a fault or as something that is away.
    except Exception as fault:
        if not (isinstance(fault, NeighbourAway) or temporary(fault)):
            log.exception("page_failed", route=getattr(request.scope.get("route"), "path", None))
            return await problem(request, FAULT, "problem.fault")
        log.warning("page_unavailable", reason=type(fault).__name__, exc_info=True)
        return await problem(request, UNAVAILABLE, "problem.away")


async def answer_or_no(
    request: Request, answer: Callable[[Request], Awaitable[Response]]
) -> Response:
    try:
        return await answer(request)
    except NeighbourSaidNo as no:
        return await said_no(request, no)
    except NotSignedIn:
        return await sign_in_first(request)
    except (DomainError, HTTPException, RequestValidationError) as no:
        return await refused(request, no)


async def said_no(request: Request, no: NeighbourSaidNo) -> Response:
    """Show a service's no; one about the token means that the session is over."""
    if no.status == UNAUTHORISED:
        return await sign_in_first(request)
    visit = await visit_of(request)
    told = no.title or visit.words("problem.no")
    return await told_so(request, no.status, told, no.errors)


async def no_such_page(request: Request, error: Exception) -> Response:
    """Answer what no route of ours took: a page for people, a problem for programs."""
    if "text/html" not in request.headers.get("accept", ""):
        return await answer_http_exception(request, error)
    return await with_cookie(request, await refused(request, error))


async def sign_in_first(request: Request) -> Response:
    """Lead to the sign-in and, for a page, back here afterwards."""
    visit = await visit_of(request)
    if visit.session is not None:
        return visit.go("/sign-in/person")
    here = request.url.path
    if request.url.query:
        here += f"?{request.url.query}"
    return visit.go(f"/sign-in?next={quote(here)}" if request.method == "GET" else "/sign-in")


async def refused(request: Request, no: Exception) -> Response:
    """Show a no of our own."""
    visit = await visit_of(request)
    status, told, errors = explained(no, visit)
    return await told_so(request, status, told, errors)


async def told_so(request: Request, status: int, told: str, errors: dict[str, str]) -> Response:
    """Say it on a page that leads back to where the form was."""
    visit = await visit_of(request)
    form: FormData | None = getattr(request.state, "form", None)
    written = form.get("back") if form else None
    back = inside(written if isinstance(written, str) else None)
    return visit.render("problem.html", status=status, told=told, errors=errors, back=back)


def explained(no: Exception, visit: Visit) -> tuple[int, str, dict[str, str]]:
    if isinstance(no, DomainError):
        errors = {no.field: no.sentences[visit.language]} if isinstance(no, Invalid) else {}
        return refusal_of(no).status, title(type(no), visit.language), errors
    if isinstance(no, Refused):
        told = no.refusal.fr if visit.language == "fr" else no.refusal.en
        return no.refusal.status, told, {}
    if isinstance(no, HTTPException):
        french, english = PLAIN.get(no.status_code, OTHER_STATUS)
        return no.status_code, french if visit.language == "fr" else english, {}
    return 404, PLAIN[404][0 if visit.language == "fr" else 1], {}


async def problem(request: Request, status: int, key: str) -> Response:
    """Say that something failed; who reads it is not asked again, for that may be what failed."""
    doorkeeper: Doorkeeper = request.app.state.tokens
    known: Visit | None = getattr(request.state, "visit", None)
    visit = known or await doorkeeper.stranger(request)
    return visit.render("problem.html", status=status, told=visit.words(key), errors={}, back=HOME)


async def with_cookie(request: Request, response: Response) -> Response:
    """Give a new visitor the secret that their forms are marked with."""
    visit: Visit | None = getattr(request.state, "visit", None)
    if visit is not None and visit.is_new and "set-cookie" not in response.headers:
        doorkeeper: Doorkeeper = request.app.state.tokens
        doorkeeper.remember(response, visit.secret)
    return response
