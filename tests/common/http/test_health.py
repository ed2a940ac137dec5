"""Machines learn whether the service lives, may be sent work, and how it is doing."""

import asyncio
from dataclasses import replace
from uuid import uuid4

import pytest
from prometheus_client.parser import text_string_to_metric_families

from common.contracts.intake.referrals import ReferralQualified
from common.database import connect, transaction
from common.health import CHECK_SECONDS, Heart, database_answers
from common.metrics import handling
from common.outbox import emit
from common.quarantine import Kind, keep
from tests.common.http.edge import real_now
from tests.deliveries import delivery_of

SAID = ReferralQualified(
    occurred_at=real_now(), association_id=None, version=1, referral_id=uuid4(), mentee_id=uuid4()
)


async def figures(client):
    text = (await client.get("/metrics")).text
    return [each for family in text_string_to_metric_families(text) for each in family.samples]


async def test_a_service_that_turns_is_alive(client):
    assert (await client.get("/livez")).json() == {"alive": True}


async def test_a_service_whose_heart_is_silent_is_not_alive(app, client):
    app.state.vitals.heart.beaten_at -= 60

    answer = await client.get("/livez")

    assert (answer.status_code, answer.json()) == (503, {"alive": False})


async def test_the_heart_beats():
    heart = Heart()
    heart.beaten_at -= 60
    beating = asyncio.create_task(heart.beat())
    await asyncio.sleep(0.7)
    beating.cancel()

    assert heart.silence < 1


async def test_a_service_whose_needs_are_met_is_ready(client):
    answer = await client.get("/readyz")

    assert (answer.status_code, answer.json()) == (
        200,
        {"ready": True, "checks": {"database": True}},
    )


async def no():
    return False


async def yes():
    return True


async def broken():
    raise ConnectionError


async def never():
    await asyncio.Event().wait()


async def test_one_need_that_is_not_met_is_named(app, client, monkeypatch):
    monkeypatch.setattr("common.health.CHECK_SECONDS", 0.2)
    away = connect("postgresql+asyncpg://nobody@127.0.0.1:9/nothing")
    checks = {
        **app.state.vitals.checks,
        "away": database_answers(away),
        "no": no,
        "never": never,
    }
    app.state.vitals = replace(app.state.vitals, checks=checks)

    answer = await client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["checks"] == {
        "database": True,
        "away": False,
        "no": False,
        "never": False,
    }
    assert CHECK_SECONDS < 10
    await away.dispose()


async def test_a_service_without_a_broker_can_answer_all_the_same(app, client):
    checks = {**app.state.vitals.checks, "nats": no}
    app.state.vitals = replace(app.state.vitals, checks=checks)

    assert (await client.get("/readyz")).status_code == 503
    assert (await client.get("/readyz/database")).json()["ready"]

    checks = {**checks, "database": no}
    app.state.vitals = replace(app.state.vitals, checks=checks)

    assert (await client.get("/readyz/database")).status_code == 503


async def test_what_waits_is_counted_when_somebody_asks(client, engine):
    async with transaction(engine) as tx:
        await emit(tx, SAID, SAID)
        await keep(tx, delivery_of(SAID), Kind.FAULT, "KeyError")

    values = {each.name: each.value for each in await figures(client)}

    assert values["binome_outbox_depth"] == 2
    assert 0 <= values["binome_outbox_age_seconds"] < 60
    assert values["binome_quarantine_depth"] == 1
    assert values["binome_database_connections_most"] == 10
    assert values["process_resident_memory_bytes"] > 1e6


async def test_what_cannot_be_counted_hides_nothing_else_and_is_told(app, client, monkeypatch):
    monkeypatch.setattr("common.health.CHECK_SECONDS", 0.2)
    looks = {"never": never, **app.state.vitals.looks, "broken": broken}
    checks = {"database": no, "nats": yes}
    app.state.vitals = replace(app.state.vitals, looks=looks, checks=checks)

    told = {(each.name, each.labels.get("check")): each.value for each in await figures(client)}

    assert told["binome_outbox_depth", None] == 0
    assert told["binome_check_passes", "database"] == 0
    assert told["binome_check_passes", "nats"] == 1


async def test_requests_are_counted_by_template_and_never_by_address(client, signed):
    secret = uuid4()
    await client.get(f"/notes/{secret}", headers=signed())
    await client.get(f"/nowhere/{secret}")
    await client.request("BREW", f"/notes/{secret}")

    counted = [each for each in await figures(client) if each.name == "binome_http_seconds_count"]
    labels = [tuple(each.labels.values()) for each in counted]
    assert ("GET", "/notes/{note_id}", "4xx") in labels
    assert ("GET", "none", "4xx") in labels
    assert any(method == "OTHER" for method, _, _ in labels)
    assert str(secret) not in str(labels)


async def test_the_handling_of_an_event_is_timed(client):
    with pytest.raises(ValueError, match="no"), handling("events.x.y.v1", real_now()):
        raise ValueError("no")

    values = {each.name: each for each in await figures(client) if each.labels.get("event")}
    assert values["binome_event_handle_seconds_count"].value == 1
    assert values["binome_event_lag_seconds_sum"].value < 5


async def test_a_request_keeps_the_id_that_it_came_with(client):
    given = str(uuid4())

    known = await client.get("/livez", headers={"x-request-id": given})
    other = await client.get("/livez", headers={"x-request-id": "<script>"})

    assert known.headers["x-request-id"] == given
    assert other.headers["x-request-id"] != "<script>"
