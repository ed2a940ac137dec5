"""Messages come three times and in no order, and some that nobody can read."""

import asyncio
import json
import random
from collections.abc import Iterator
from uuid import uuid4

from nats.aio.msg import Msg
from nats.js.api import DeliverPolicy

from common.broker import Connection, connect
from common.contracts.intake.referrals import ReferralAccepted
from common.server import OPERATOR
from common.streams import EVENTS_STREAM, consumer
from common.topology import heard_by
from local.platform import Platform
from local.ports import SERVICES
from tests.faults.audit import BY_HAND, everything_in, fingerprints
from tests.faults.drills.drill import MOMENT_SECONDS, Harm
from tests.faults.trial import Trial

TIMES = 3
LISTENERS = ("followup", "training", "reporting", "portal")
SUBJECT = ReferralAccepted.subject
OF_TOMORROW = json.dumps({"specversion": "2.0", "id": str(uuid4()), "type": SUBJECT}).encode()
UNREADABLE = (b"{not json", OF_TOMORROW, b"\xff\x00")


async def thrice_and_in_no_order(trial: Trial) -> Harm:
    """What is new comes three times and shuffled, from the first time on; then all comes again."""
    village = trial.village
    mentors = [await village.mentor() for _ in range(4)]
    await trial.rest()
    for name in LISTENERS:
        trial.platform.service(name).stop()
    connection = await operator(trial.platform)
    heard = (await connection.jetstream().stream_info(EVENTS_STREAM)).state.last_seq

    pairs = [await village.brought_together(mentor) for mentor in mentors]
    await village.erasure()
    # What is said after the copies were made would be heard by nobody.
    await trial.doors.settle(services=[name for name in SERVICES if name not in LISTENERS])
    places = await say_in_no_order(connection, after=heard)
    for name in LISTENERS:
        await hear_from(connection, name, places[0])
        trial.restart(name)
    back = await trial.well_again()

    for pair_id in pairs:
        await village.plan_first_meeting(pair_id)
    others = (await trial.verdict()).all
    in_no_order = await fingerprints(trial.platform)
    await hear_all_again(connection, trial.platform)
    others += (await trial.verdict()).all
    others += list(differing(in_no_order, await fingerprints(trial.platform)))
    return Harm(faults=len(places), back_after=[back], others=others)


async def malformed(trial: Trial) -> Harm:
    """What nobody can read is put aside by the one who should act upon it; the others go on."""
    connection = await operator(trial.platform)
    said = [await say(connection, body) for body in UNREADABLE]
    await connection.close()
    async with trial.village.living(1):
        await asyncio.sleep(MOMENT_SECONDS)
        back = await trial.well_again()
    return Harm(faults=len(said), back_after=[back], told=said)


def differing(before: dict[str, str], after: dict[str, str]) -> Iterator[str]:
    return (f"{table} differs" for table in before if before[table] != after[table])


async def operator(platform: Platform) -> Connection:
    return await connect(platform.surroundings.nats_url(OPERATOR), OPERATOR)


async def say(connection: Connection, body: bytes) -> str:
    """Say something on the stream as nobody should, and return its id there."""
    known_as = f"{BY_HAND}{uuid4()}"
    headers = {"Nats-Msg-Id": known_as}
    await connection.jetstream().publish(SUBJECT, body, headers=headers)
    return known_as


async def say_in_no_order(connection: Connection, after: int) -> list[int]:
    """Publish copies of what came last, shuffled; return the places of the copies."""
    copies: list[Msg] = [
        message
        for message in await everything_in(connection)
        if message.metadata.sequence.stream > after
    ] * TIMES
    random.Random(7).shuffle(copies)
    stream = connection.jetstream()
    places = []
    for copy in copies:
        headers = dict(copy.headers or {}) | {"Nats-Msg-Id": f"{BY_HAND}{uuid4()}"}
        places.append((await stream.publish(copy.subject, copy.data, headers=headers)).seq)
    return places


async def hear_from(connection: Connection, service: str, sequence: int) -> None:
    """Let a service hear from here on, and nothing of what came before."""
    stream = connection.jetstream()
    await stream.delete_consumer(EVENTS_STREAM, service)
    declared = consumer(service, heard_by([service])[service])
    late = declared.evolve(deliver_policy=DeliverPolicy.BY_START_SEQUENCE, opt_start_seq=sequence)
    await stream.add_consumer(EVENTS_STREAM, late)


async def hear_all_again(connection: Connection, platform: Platform) -> None:
    """Let the consumers begin anew, as they are declared."""
    for name in LISTENERS:
        await connection.jetstream().delete_consumer(EVENTS_STREAM, name)
    await connection.close()
    await asyncio.to_thread(platform.declare)
