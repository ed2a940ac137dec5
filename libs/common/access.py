"""Who may do what: roles per association, an action named on every route, no by default."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from fastapi import Depends, FastAPI, Request
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts

from common.caller import Caller
from common.contracts.vocabulary import Role


@dataclass(frozen=True, slots=True)
class Action:
    """What a route does, by name, and the roles that may; no roles means that anyone may."""

    name: str
    roles: frozenset[Role]

    @property
    def public(self) -> bool:
        return not self.roles

    async def __call__(self, request: Request) -> None:
        """Let the request pass, or raise; asked twice in one request, it answers once."""
        if self.public or getattr(request.state, "allowed", None) == self.name:
            return
        caller: Caller = await request.app.state.tokens.caller(request)
        request.state.caller = caller.narrowed(self.roles)
        request.state.allowed = self.name


class ActionRow(NamedTuple):
    """One line of the table of who may do what."""

    method: str
    path: str
    action: str
    roles: tuple[Role, ...]


class RouteWithoutAction(RuntimeError):
    """A route names no action, so nobody can say who may use it."""


def may(action: str, *roles: Role) -> Any:
    """Name the action of a route and who may do it: `dependencies=[may("x.y", Role.MENTOR)]`."""
    if not roles:
        raise ValueError(f"{action}: name at least one role, or say public({action!r})")
    return Depends(Action(action, frozenset(roles)))


def public(action: str) -> Any:
    """Name the action of a route that is open to anyone, signed in or not."""
    return Depends(Action(action, frozenset()))


def action_of(dependencies: Iterable[Any]) -> Action | None:
    """Find the action among the dependencies of a route; the innermost has the word."""
    named = [each.dependency for each in dependencies if isinstance(each.dependency, Action)]
    return named[-1] if named else None


def action_table(app: FastAPI) -> list[ActionRow]:
    """List every route with its action and roles; raise if one has none."""
    return [row for route in iter_route_contexts(app.routes) for row in rows_of(route)]


def rows_of(route: RouteContext) -> Iterator[ActionRow]:
    is_ours = isinstance(route.original_route, APIRoute)
    action = action_of(route.dependencies) if is_ours else None
    methods = sorted(route.methods or {"*"})
    if action is None:
        raise RouteWithoutAction(f"{','.join(methods)} {route.path}: say may(...) or public(...)")
    for method in methods:
        yield ActionRow(method, str(route.path), action.name, tuple(sorted(action.roles)))


def check_actions(app: FastAPI) -> None:
    """Refuse to start an application in which any route names no action."""
    action_table(app)
