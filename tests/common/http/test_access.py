"""Nobody may do anything that is not named and allowed."""

from uuid import UUID, uuid4

import pytest
from fastapi import APIRouter, FastAPI
from hypothesis import given
from hypothesis import strategies as st
from starlette.routing import BaseRoute, Mount, Route

from common.access import RouteWithoutAction, action_table, check_actions
from common.caller import EVERYWHERE, Caller, Grant, RoleNotAllowed
from common.contracts.vocabulary import Role
from common.errors import NotYours
from common.http import may, public, routes
from tests.common.http.edge import count_notes

HERE, THERE = UUID(int=10), UUID(int=20)


async def test_without_a_token_the_answer_is_no(client):
    answer = await client.get("/me")

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.json()["type"] == "NotSignedIn"


async def test_with_another_role_the_answer_is_no(client, engine, signed):
    answer = await client.post("/notes", json={"text": "hello"}, headers=signed(Role.FUNDER))

    assert answer.status_code == 403
    assert answer.json()["type"] == "RoleNotAllowed"
    assert await count_notes(engine) == 0


async def test_who_may_not_learns_nothing_about_the_fields(client, signed):
    answer = await client.post("/notes", content=b"{", headers=signed(Role.FUNDER))

    assert answer.status_code == 403


async def test_a_handler_sees_only_the_grants_that_count(client, signed):
    answer = await client.get("/me", headers=signed(Role.MENTOR))

    assert answer.json()["roles"] == ["mentor"]


async def test_on_an_open_route_a_caller_has_no_grants(client, signed):
    answer = await client.get("/greeting", headers=signed(Role.ADMIN))

    assert answer.json() == {"grants": 0}
    assert (await client.get("/greeting")).status_code == 401


def app_with(*wild: BaseRoute) -> FastAPI:
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.router.routes.extend(wild)
    return app


async def wild() -> None: ...


def test_a_route_without_an_action_stops_the_start():
    app = app_with()
    app.add_api_route("/wild/{id}", wild, methods=["DELETE"])

    with pytest.raises(RouteWithoutAction, match=r"DELETE /wild/\{id\}"):
        check_actions(app)


def test_a_route_of_an_included_router_without_an_action_stops_the_start():
    inner, outer, app = routes("/deep"), APIRouter(prefix="/er"), app_with()
    inner.add_api_route("/wild", wild)
    outer.include_router(inner)
    app.include_router(outer)

    with pytest.raises(RouteWithoutAction, match="/er/deep/wild"):
        check_actions(app)


@pytest.mark.parametrize("route", [Route("/raw", wild), Mount("/mounted", FastAPI())])
def test_a_route_that_can_have_no_action_stops_the_start(route):
    with pytest.raises(RouteWithoutAction):
        check_actions(app_with(route))


def test_a_websocket_without_an_action_stops_the_start():
    app = app_with()
    app.add_api_websocket_route("/ws", wild)

    with pytest.raises(RouteWithoutAction):
        check_actions(app)


def test_the_interactive_pages_of_the_framework_stop_the_start():
    with pytest.raises(RouteWithoutAction):
        check_actions(FastAPI())


def test_the_action_of_a_router_counts_for_its_routes():
    app = app_with()
    router = routes()
    router.add_api_route("/tame", wild)
    app.include_router(router, dependencies=[may("tame.read", Role.ADMIN)])

    assert action_table(app) == [("GET", "/tame", "tame.read", (Role.ADMIN,))]


async def test_the_table_of_actions_names_every_route(app):
    table = {(row.method, row.path): row for row in action_table(app)}

    assert table["POST", "/notes"].roles == (Role.MENTOR,)
    assert table["GET", "/livez"].roles == ()
    assert table["GET", "/notes/{note_id}"].action == "note.read"


async def test_every_route_of_the_table_that_is_not_public_refuses_a_stranger(app, client):
    for row in action_table(app):
        path = row.path.replace("{note_id}", str(uuid4())).replace("{kind}", "closed")
        answer = await client.request(row.method, path)
        assert (answer.status_code == 401) == bool(row.roles) or row.path == "/greeting", row


def test_an_action_for_nobody_is_a_mistake():
    with pytest.raises(ValueError, match="name at least one role"):
        may("note.write")
    assert public("note.write").dependency.public


def test_a_command_without_a_transaction_is_a_mistake():
    with pytest.raises(TypeError, match="take `tx: Tx`"):
        routes().post("/x", dependencies=[public("x")])(wild)


def test_a_route_that_blocks_the_loop_is_a_mistake():
    with pytest.raises(TypeError, match="async def"):
        routes().get("/x", dependencies=[public("x")])(lambda: None)


places = st.none() | st.sampled_from([HERE, THERE])
grants = st.builds(Grant, st.sampled_from(Role), places)
callers = st.builds(Caller, person_id=st.uuids(), grants=st.frozensets(grants, max_size=5))


@given(callers, st.frozensets(st.sampled_from(Role)))
def test_narrowing_never_adds_a_right(caller, roles):
    try:
        narrowed = caller.narrowed(roles)
    except RoleNotAllowed:
        assert not any(caller.has(role) for role in roles)
        return

    assert narrowed.grants <= caller.grants
    assert {grant.role for grant in narrowed.grants} <= roles
    if narrowed.associations is None:
        assert caller.associations is None


@given(callers, st.sampled_from([HERE, THERE]))
def test_a_caller_reaches_an_association_only_by_a_grant_for_it_or_for_all(caller, place):
    by_grant = any(grant.association_id == place for grant in caller.grants)
    by_office = any(g.association_id is None and g.role in EVERYWHERE for g in caller.grants)

    try:
        caller.require(place)
        allowed = True
    except NotYours:
        allowed = False

    assert allowed == (by_grant or by_office)


def test_a_role_of_an_association_without_an_association_reaches_none():
    caller = Caller(person_id=uuid4(), grants=frozenset({Grant(Role.COORDINATOR)}))

    assert caller.associations == frozenset()
    with pytest.raises(NotYours):
        caller.require(HERE)


def test_an_admin_of_one_association_is_no_admin_of_another():
    caller = Caller(person_id=uuid4(), grants=frozenset({Grant(Role.ADMIN, HERE)}))

    assert caller.associations == frozenset({HERE})
    with pytest.raises(NotYours):
        caller.require(THERE)
