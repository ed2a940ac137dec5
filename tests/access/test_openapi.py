"""Whatever an OpenAPI document allows is answered as it says, to everyone, and never by a fault."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle
from typing import Any
from uuid import uuid4

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import content_type_conformance, status_code_conformance

from common.access import ActionRow, action_table
from common.caller import Grant
from common.contracts.vocabulary import Role
from common.described import described
from demo.actors import Platform as Doors
from local.platform import Platform
from tests.access.knocking import assembled
from tests.access.test_roles import BEHIND_TOKENS
from tests.access.world import Persona, World, headers_of

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance]
EXAMPLES = 8
# Time is one for all services, and what they hold would be over at once.
LEFT_ALONE = {("POST", "/clock")}
FUZZED = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """One operation, and those who may ask for it."""

    operation: Any
    people: tuple[Persona, ...]


def everyone(world: World) -> dict[Role, Persona]:
    """Find somebody for each role: of those who were there, and of the collective."""
    collective = [
        Persona(name=role, person_id=world.here, grants=frozenset({Grant(role)}))
        for role in (Role.ADMIN, Role.COLLECTIVE)
    ]
    return {role: each for each in [*world.insiders.values(), *collective] for role in each.roles}


def asked(service: str, platform: Platform, world: World) -> Iterator[Asked]:
    app = assembled(service, platform.secrets)
    rows = {(row.method, row.path): row for row in action_table(app)}
    schema = schemathesis.openapi.from_dict(described(app))
    people = everyone(world)
    for result in schema.get_all_operations():
        assert isinstance(result, Ok)
        operation = result.ok()
        key = (operation.method.upper(), operation.path)
        if key not in LEFT_ALONE:
            row: ActionRow = rows[key]
            yield Asked(operation, tuple(people[role] for role in row.roles))


@pytest.mark.parametrize("service", BEHIND_TOKENS)
def test_what_a_document_allows_is_answered_as_it_says(service, platform, world):
    doors = Doors(httpx.AsyncClient(), {}, platform.secrets.token_signing_key)
    faults = []
    for each in asked(service, platform, world):
        try:
            fuzz(each, platform.url(service), world, doors)
        except* Failure as found:
            faults.append(f"{each.operation.label}: {found.exceptions[0]!r}"[:1000])

    assert faults == []


def fuzz(what: Asked, url: str, world: World, doors: Doors) -> None:
    """Ask for the same thing again and again, each time as somebody else."""
    turn = cycle(what.people or (None,))
    exist = cycle((True, False, True))

    @FUZZED
    @given(case=what.operation.as_strategy())
    def ask(case: Any) -> None:
        who = next(turn)
        if next(exist):
            known = {name: world.ids[name][0] for name in case.path_parameters if name in world.ids}
            case.path_parameters.update(known)
        headers = headers_of(who, doors) if who else {"Idempotency-Key": str(uuid4())}
        case.call_and_validate(base_url=url, headers=headers, checks=CHECKS)

    ask()
