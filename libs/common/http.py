"""The HTTP edge: from a request to a handler call inside one transaction."""

import inspect
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import datetime
from functools import wraps
from typing import Annotated, Any, ParamSpec, TypeVar, get_type_hints

from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.routing import APIRoute
from sqlalchemy.ext.asyncio import AsyncConnection

from common import health
from common.access import action_of, may, public
from common.body import StrictRequest
from common.caller import Caller as KnownCaller
from common.crash import crash_point
from common.database import transaction
from common.described import described
from common.direct import Direct
from common.front import FrontDoor
from common.idempotency import Claim, claim_of, keep, kept_answer
from common.limits import LARGEST_BODY
from common.metrics import HTTP_REPLAYED
from common.models import Model
from common.problems import render_problems

__all__ = [
    "Caller",
    "Model",
    "Now",
    "Tx",
    "client_of",
    "create_http",
    "may",
    "pages",
    "public",
    "routes",
]

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")
Answer = Callable[[Request], Coroutine[Any, Any, Response]]


class Corridor:
    """The one transaction of a request: opened when the handler is called, and not before.

    A request that is refused on the way (its signature, its rights, its fields) costs none.
    """

    def __init__(self, request: Request, stack: AsyncExitStack, claim: Claim | None) -> None:
        self._engine = request.app.state.engine
        self._stack = stack
        self._claim = claim
        self.tx: AsyncConnection | None = None

    async def enter(self) -> AsyncConnection:
        self.tx = await self._stack.enter_async_context(transaction(self._engine))
        return self.tx

    async def leave(self, response: Response) -> None:
        """Keep the answer to a command, just before the commit of what it did."""
        if self.tx is not None and self._claim is not None:
            await keep(self.tx, self._claim, response)
        crash_point("http.handled")

    async def answer_before(self) -> Response | None:
        """Find what was answered if this command was done before, after it came to nothing now."""
        if self.tx is None or self._claim is None:
            return None
        async with Direct(self._engine) as database:
            return await kept_answer(database, self._claim)


async def corridor(request: Request) -> Corridor:
    entered: Corridor = request.state.corridor
    return entered


async def told_time(request: Request) -> datetime:
    now: datetime = request.app.state.clock.now()
    return now


def client_of(request: Request, *, proxies: int) -> str:
    """Tell clients apart: by the address that our outermost proxy saw, or the nearest one."""
    said = ",".join(request.headers.getlist("x-forwarded-for"))
    passed = [each.strip() for each in said.split(",")]
    if proxies and len(passed) >= proxies:
        return passed[-proxies]
    return request.client.host if request.client else ""


async def known_caller(request: Request) -> KnownCaller:
    """Give the caller as the action of the route allows; a public route knows no grants."""
    caller: KnownCaller | None = getattr(request.state, "caller", None)
    if caller is None:
        signed_in: KnownCaller = await request.app.state.tokens.caller(request)
        caller = replace(signed_in, grants=frozenset())
    return caller


# The handler gets a connection: `in_transaction` opens it where FastAPI would pass the corridor.
Tx = Annotated[AsyncConnection, Depends(corridor)]
Now = Annotated[datetime, Depends(told_time)]
Caller = Annotated[KnownCaller, Depends(known_caller)]


def in_transaction(
    endpoint: Callable[Arguments, Awaitable[Result]],
) -> Callable[Arguments, Coroutine[Any, Any, Result]]:
    """Open the transaction at the last moment: when all that is asked has been understood."""

    @wraps(endpoint)
    async def opened(*args: Arguments.args, **values: Arguments.kwargs) -> Result:
        for name, value in values.items():
            if isinstance(value, Corridor):
                values[name] = await value.enter()
        return await endpoint(*args, **values)

    return opened


def takes_tx(endpoint: Callable[..., Any]) -> bool:
    return Tx in get_type_hints(endpoint, include_extras=True).values()


class PageRoute(APIRoute):
    """A route whose request is one transaction, committed before the answer leaves.

    FastAPI's own `yield` dependencies would commit too late: after the client has its answer,
    or before the answer that has to be kept is written.
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        if not inspect.iscoroutinefunction(endpoint):
            raise TypeError(f"{path}: write the route as `async def`")
        super().__init__(path, in_transaction(endpoint), **options)

    def get_route_handler(self) -> Answer:
        answer = super().get_route_handler()
        action = action_of(self.dependencies)

        async def handler(request: Request) -> Response:
            strict = StrictRequest(request.scope, request.receive)
            if action is not None:
                await action(strict)
            claim = await self.claim(strict)
            await strict.read_for(self)
            return await self.answered(strict, claim, answer)

        return handler

    async def claim(self, _: Request) -> Claim | None:
        return None

    async def answered(self, request: Request, claim: Claim | None, answer: Answer) -> Response:
        stack = AsyncExitStack()
        request.state.corridor = entered = Corridor(request, stack, claim)
        try:
            async with stack:
                response = await answer(request)
                await entered.leave(response)
        except Exception:
            before = await entered.answer_before()
            if before is None:
                raise
            HTTP_REPLAYED.labels(self.path_format).inc()
            return before
        crash_point("http.committed")
        return response


class CommandRoute(PageRoute):
    """A route of an API: as above, and every POST carries a key under which it is done once."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        super().__init__(path, endpoint, **options)
        if "POST" in (self.methods or ()) and not takes_tx(endpoint):
            raise TypeError(f"POST {path}: take `tx: Tx`, for the key of a command needs it")

    async def claim(self, request: Request) -> Claim | None:
        return await claim_of(request) if request.method == "POST" else None

    async def answered(self, request: Request, claim: Claim | None, answer: Answer) -> Response:
        response = await super().answered(request, claim, answer)
        if claim is not None:
            # What was asked for may be due for something: a run to compute, a file to enter.
            request.app.state.clock.stir()
        return response


def routes(prefix: str = "") -> APIRouter:
    """Make a router whose every request is one transaction, committed before the answer leaves."""
    return APIRouter(prefix=prefix, route_class=CommandRoute, max_body_size=LARGEST_BODY)


def pages(prefix: str = "") -> APIRouter:
    """Make a router for pages of HTML: one transaction a request, and no Idempotency-Key."""
    return APIRouter(prefix=prefix, route_class=PageRoute, max_body_size=LARGEST_BODY)


def create_http(title: str, *, lifespan: Any = None) -> FastAPI:
    """Make an application with a front door, problems in words, and the pages of health.

    Whoever assembles it sets on its state: engine, clock, tokens and vitals; includes its
    routers; and calls `check_actions`.
    """
    # The interactive pages load scripts from elsewhere; the schema is served by us, as an action.
    app = FastAPI(title=title, lifespan=lifespan, openapi_url=None, docs_url=None, redoc_url=None)
    app.add_middleware(FrontDoor)
    render_problems(app)
    app.include_router(health.router)
    app.add_api_route(
        "/openapi.json",
        openapi,
        include_in_schema=False,
        dependencies=[public("openapi.read")],
    )
    return app


async def openapi(request: Request) -> dict[str, Any]:
    return described(request.app)
