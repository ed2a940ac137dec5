"""No by default: whoever holds no role that a route names learns nothing at its door.

Nothing stands behind the services here, no database and no broker: a no that comes all the same
was said before anything was looked at, so it cannot depend on what exists.
"""

import itertools
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

import pytest
from fastapi import FastAPI

from common.access import ActionRow, action_table
from common.caller import Caller, Grant
from common.contracts.vocabulary import Role
from common.tokens import issue
from local.ports import SERVICES
from local.secrets import Secrets
from tests.access.knocking import assembled, knock

HERE, ELSEWHERE = UUID(int=1), UUID(int=2)
PLACES = (HERE, ELSEWHERE, None)
PERSON = UUID(int=3)
# The portal's pages are open to everyone who is signed in: what they show, the services say.
BEHIND_TOKENS = tuple(name for name in SERVICES if name != "portal")


def filled(path: str, number: int) -> str:
    """Put an id where the path wants one."""
    return re.sub(r"\{[^}]+\}", str(UUID(int=number)), path)


def grant_sets() -> Iterator[frozenset[Grant]]:
    """Every role in every place, alone and together with every other role in every place."""
    single = [Grant(role, place) for role in Role for place in PLACES]
    yield frozenset()
    for grant in single:
        yield frozenset({grant})
    for one, other in itertools.combinations(single, 2):
        if one.role is not other.role:
            yield frozenset({one, other})


@pytest.fixture(scope="module")
def tokens(secrets: Secrets) -> dict[frozenset[Grant], dict[str, str]]:
    now = datetime.now(UTC)
    return {
        grants: {
            "Authorization": "Bearer "
            + issue(secrets.token_signing_key, Caller(person_id=PERSON, grants=grants), now=now)
        }
        for grants in grant_sets()
    }


def guarded(app: FastAPI) -> list[ActionRow]:
    return [row for row in action_table(app) if row.roles]


@pytest.mark.parametrize("service", BEHIND_TOKENS)
async def test_without_a_token_nothing_is_said_but_sign_in_first(service, secrets):
    app = assembled(service, secrets)
    refused = set()
    for row in guarded(app):
        answer = await knock(app, row.method, filled(row.path, 1), {})
        refused.add((answer.status, answer.problem))

    assert refused == {(401, "NotSignedIn")}


@pytest.mark.parametrize("service", BEHIND_TOKENS)
async def test_a_role_that_a_route_does_not_name_opens_nothing_in_any_association(
    service, secrets, tokens, record_property
):
    app = assembled(service, secrets)
    checks, wrong, said = 0, [], set()
    for row in guarded(app):
        for number, (grants, headers) in enumerate(tokens.items()):
            if {grant.role for grant in grants} & set(row.roles):
                continue
            answer = await knock(app, row.method, filled(row.path, number), headers)
            checks += 1
            said.add(answer.body)
            if (answer.status, answer.problem) != (403, "RoleNotAllowed"):
                wrong.append((row, grants, answer))

    record_property("checks", checks)
    assert wrong == []
    assert len(said) == 1
