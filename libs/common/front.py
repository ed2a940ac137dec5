"""The first to see a request and the last to see its answer: id, trace, measure, log, fault."""

import time
from http import HTTPStatus
from uuid import UUID

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars, get_contextvars

from common.identity import new_id
from common.limits import Limits
from common.metrics import HTTP_FAULTS, HTTP_SECONDS
from common.problems import answer_fault
from common.tracing import continued, traceparent

log = structlog.get_logger()
NO_ROUTE = "none"
# Machines ask these every few seconds; a line each would bury the others.
QUIET = frozenset({"/livez", "/readyz", "/readyz/database", "/metrics"})
METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})


class FrontDoor:
    """Nothing that goes wrong behind it gets past it as anything but an answer and a log line."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = Limits(app)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        visit = Visit(scope, send)
        with (
            bound_contextvars(request_id=str(visit.id)),
            continued(header(scope, b"traceparent"), "http.request"),
        ):
            await self.answer(visit, receive)
            visit.close()

    async def answer(self, visit: "Visit", receive: Receive) -> None:
        try:
            await self.app(visit.scope, receive, visit.send)
        except Exception as error:
            visit.fault = type(error).__name__
            log.exception("request_failed", route=visit.route, method=visit.method)
            HTTP_FAULTS.labels(visit.route, visit.fault).inc()
            if visit.status is not None:
                # Half an answer is gone already: only a broken connection says that it is no good.
                raise
            fault = answer_fault(visit.scope, error)
            await Limits(fault)(visit.scope, receive, visit.send)


class Visit:
    """One request on its way through the house."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self.scope = scope
        self.outgoing = send
        self.id = request_id(scope)
        self.since = time.perf_counter()
        self.status: int | None = None
        self.fault: str | None = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            told = (b"x-request-id", str(self.id).encode())
            message = {**message, "headers": [*message["headers"], told]}
        await self.outgoing(message)

    @property
    def method(self) -> str:
        # Anybody may invent a method; a metric has room for those that exist.
        method: str = self.scope["method"]
        return method if method in METHODS else "OTHER"

    @property
    def route(self) -> str:
        """Name the template of the route, never the address itself."""
        context = self.scope.get("fastapi", {}).get("effective_route_context")
        route = context or self.scope.get("route")
        return getattr(route, "path_format", None) or NO_ROUTE

    def close(self) -> None:
        """Measure and log, once the answer is on its way."""
        seconds = time.perf_counter() - self.since
        status = self.status or HTTPStatus.INTERNAL_SERVER_ERROR
        HTTP_SECONDS.labels(self.method, self.route, f"{status // 100}xx").observe(seconds)
        if self.route not in QUIET:
            log.info(
                "request_answered",
                method=self.method,
                route=self.route,
                status=int(status),
                milliseconds=round(seconds * 1000, 1),
            )


def header(scope: Scope, name: bytes) -> str | None:
    value = dict(scope["headers"]).get(name)
    return None if value is None else value.decode("latin-1")


def carried_on() -> dict[str, str]:
    """Say what a request that we make of another service takes along of the one in hand."""
    found = {"x-request-id": get_contextvars().get("request_id"), "traceparent": traceparent()}
    return {name: value for name, value in found.items() if value}


def request_id(scope: Scope) -> UUID:
    """Take the id that the portal gave, if it is one, so that one search finds the whole way."""
    try:
        return UUID(header(scope, b"x-request-id") or "")
    except ValueError:
        return new_id()
