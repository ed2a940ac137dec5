"""What a form of the portal asks of a service: one line each, and no rule."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from portal.forms import Filled

Body: TypeAlias = Callable[[Filled], Mapping[str, Any]]


def nothing(_: Filled) -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command of a service: where it goes, and what of the form goes with it."""

    service: str
    path: str
    body: Body = nothing
    # Where it leads; the page on which the form was, unless it made something to look at.
    then: str | None = None


def intake(path: str, body: Body = nothing, then: str | None = None) -> Command:
    return Command(service="intake", path=path, body=body, then=then)


def matching(path: str, body: Body = nothing, then: str | None = None) -> Command:
    return Command(service="matching", path=path, body=body, then=then)


def followup(path: str, body: Body = nothing, then: str | None = None) -> Command:
    return Command(service="followup", path=path, body=body, then=then)


def training(path: str, body: Body = nothing, then: str | None = None) -> Command:
    return Command(service="training", path=path, body=body, then=then)
