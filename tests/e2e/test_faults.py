"""Story 10: whatever breaks half-way, the school's story ends the same."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import httpx
import pytest
from nats.errors import TimeoutError as NothingLeft
from nats.js.api import ConsumerConfig

from common.broker import connect
from common.server import OPERATOR
from common.streams import EVENTS_STREAM
from demo.actors import Actor, Refused
from tests.e2e.pairs import Pair, agree, propose
from tests.e2e.proofs import holds
from tests.waiting import PATIENCE_SECONDS, eventually

STORY = Counter(
    {
        "authorisation_asked": 1,
        "referral_submitted": 1,
        "referral_qualified": 1,
        "referral_offered": 1,
        "referral_accepted": 1,
        "authorisation_given": 1,
        "proposal_made": 1,
        "proposal_accepted": 1,
        "pair_formed": 1,
        "pair_cleared": 1,
        "first_meeting_planned": 1,
        "first_meeting_held": 1,
        "agreement_prepared": 1,
        "signature_code_issued": 4,
        "agreement_signed_by": 4,
        "agreement_signed": 1,
    }
)
BUSY = 425


@pytest.fixture(autouse=True)
async def impatient(platform):
    """Let the stream wait three seconds instead of six for who took messages and died."""
    connection = await connect(platform.operator_environment()["NATS_URL"], OPERATOR)
    stream = connection.jetstream()
    for service in platform.services:
        consumer = (await stream.consumer_info(EVENTS_STREAM, service)).config
        await stream.add_consumer(EVENTS_STREAM, consumer.evolve(ack_wait=3))
    await connection.close()


@pytest.fixture(autouse=True)
def mended(platform):
    """Leave a platform that runs, whatever a test broke."""
    yield
    if not platform.nats.is_running:
        platform.nats.start()
    for service in platform.services.values():
        service.environment.pop("CRASH_AT", None)
        if not service.is_running:
            service.start()


async def test_the_story_ends_the_same_when_the_broker_dies_between_its_steps(
    town, platform, tmp_path
):
    mentor = await town.mentor(await town.programme("un_jeune_un_mentor"))
    case = await town.refer()

    async with away(platform.nats):
        await town.coordinator.post("intake", f"/referrals/{case.id}/acceptance")
        await agreed_in_intake(case)
    await town.doors.settle()
    proposal_id = await propose(town, case, mentor)
    async with away(platform.nats):
        await mentor.post("matching", f"/proposals/{proposal_id}/acceptance")
    await town.doors.settle()
    pair = Pair(town, case, mentor, proposal_id)
    await pair.meet_first()
    await pair.sign()

    await ends_as_told(pair, tmp_path)


async def test_the_story_ends_the_same_when_a_service_is_killed_while_it_hears(
    town, platform, tmp_path
):
    mentor = await town.mentor(await town.programme("un_jeune_un_mentor"))
    case = await town.refer()

    for name, point in (("matching", "events.handled"), ("followup", "events.committed")):
        await told_to_crash(platform, name, point)
    await town.coordinator.post("intake", f"/referrals/{case.id}/acceptance")
    await agreed_in_intake(case)
    for name in ("matching", "followup"):
        await died(platform, name)
    await town.doors.settle()
    pair = await Pair.proposed(town, case, mentor)
    await pair.meet_first()
    await pair.sign()

    await ends_as_told(pair, tmp_path)


async def test_the_story_ends_the_same_when_a_service_is_killed_before_its_answer_leaves(
    town, platform, tmp_path
):
    mentor = await town.mentor(await town.programme("un_jeune_un_mentor"))
    case = await town.refer()
    await town.accept(case)
    await agree(town, case)
    proposal_id = await propose(town, case, mentor)

    await told_to_crash(platform, "matching", "http.committed")
    key = str(uuid4())
    path = f"/proposals/{proposal_id}/acceptance"
    with pytest.raises(httpx.TransportError):
        await mentor.post("matching", path, key=key)
    await died(platform, "matching")
    await insist(mentor, "matching", path, key)
    await town.doors.settle()
    pair = Pair(town, case, mentor, proposal_id)
    await pair.meet_first()
    await pair.sign()

    await ends_as_told(pair, tmp_path)


async def test_the_story_ends_the_same_when_every_message_comes_again(town, platform, tmp_path):
    mentor = await town.mentor(await town.programme("un_jeune_un_mentor"))
    pair = await Pair.active(town, await town.refer(), mentor)
    before = await state(pair)

    again = await published_again(platform)
    await town.doors.settle()

    assert again > 30
    assert await state(pair) == before
    await ends_as_told(pair, tmp_path)


async def ends_as_told(pair: Pair, tmp_path: Any) -> None:
    """Check the end of the story in every service."""
    town = pair.town
    await town.doors.settle()
    assert Counter(await town.journey(pair.case)) == STORY
    assert await town.status(pair.case) == "in_progress"
    assert await pair.status() == "active"
    assert holds(await pair.proof(), tmp_path)
    assert len(await town.coordinator.get("followup", "/pairs")) == 1
    assert await town.figure("pairs_started", "started") == "few"


async def state(pair: Pair) -> dict[str, Any]:
    coordinator = pair.town.coordinator
    return {
        "referral": await coordinator.get("intake", f"/referrals/{pair.case.id}"),
        "proposals": await coordinator.get("matching", "/proposals"),
        "pool": await coordinator.get("matching", "/pool"),
        "pair": await pair.read(),
        "proof": await pair.proof(),
        "path": await coordinator.get("training", f"/mentors/{pair.mentor.person_id}/path"),
        "journey": await pair.town.journey(pair.case),
    }


async def agreed_in_intake(case: Any) -> None:
    for asked in await case.guardian.get("intake", "/authorisations"):
        path = f"/authorisations/{asked['id']}/decision"
        await case.guardian.post("intake", path, {"given": True})
    path = f"/people/{case.mentee.person_id}/adherence"
    await case.mentee.post("intake", path, {"given": True})


@asynccontextmanager
async def away(nats: Any) -> AsyncIterator[None]:
    """Kill the broker, and start it again afterwards."""
    await asyncio.to_thread(nats.kill)
    yield
    await asyncio.to_thread(nats.start)


async def told_to_crash(platform: Any, name: str, point: str) -> None:
    service = platform.service(name)
    await asyncio.to_thread(service.stop)
    service.environment["CRASH_AT"] = point
    await asyncio.to_thread(service.start)


async def died(platform: Any, name: str) -> None:
    """Wait until a service has killed itself, and start it as it should be."""
    service = platform.service(name)
    await eventually(lambda: not service.is_running)
    del service.environment["CRASH_AT"]
    await asyncio.to_thread(service.start)


async def insist(actor: Actor, service: str, path: str, key: str) -> None:
    """Send the same again until there is an answer, as a person would who got none."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            try:
                await actor.post(service, path, key=key)
            except Refused as refused:
                if refused.status != BUSY:
                    raise
                await asyncio.sleep(0.1)
            else:
                return


async def published_again(platform: Any) -> int:
    """Publish every event of the stream a second time, unknown to the stream as a duplicate."""
    connection = await connect(platform.operator_environment()["NATS_URL"], OPERATOR)
    stream = connection.jetstream()
    info = await stream.add_consumer(EVENTS_STREAM, ConsumerConfig(inactive_threshold=60))
    subscription = await stream.pull_subscribe_bind(consumer=info.name, stream=EVENTS_STREAM)
    count = info.num_pending or 0
    messages: list[Any] = []
    while len(messages) < count:
        try:
            messages += await subscription.fetch(count - len(messages), timeout=2)
        except NothingLeft:
            break
    for message in messages:
        headers = {**(message.headers or {}), "Nats-Msg-Id": str(uuid4())}
        await stream.publish(message.subject, message.data, headers=headers)
    await connection.close()
    return len(messages)
