"""Whether NATS keeps what it acknowledged, has room for more, and what its users may do."""

from collections.abc import AsyncIterator

import nats.js.errors
from nats.js.api import StreamInfo

from common.doctor import Finding, Patient
from common.rights import TooManyRights, assert_own_rights
from common.server import USERS
from common.settings import Mode
from common.streams import CLOCK_STREAM, EVENTS_STREAM, KEYS_STREAM

OLDEST = (2, 15)
# From here on there is too little room for what a bad day brings.
FULL = 0.8
CONFIGURE = "configure it as `python -m common.topology config` prints it, and start it anew"
DECLARE = "declare it: `python -m common.topology declare`, as the operator"


async def durability(patient: Patient) -> AsyncIterator[Finding]:
    version = str(patient.nats["version"])
    well = tuple(int(part) for part in version.split(".")[:2]) >= OLDEST
    yield Finding(f"NATS {version}", None if well else "take 2.15 or later")
    always = patient.nats.get("jetstream", {}).get("config", {}).get("sync_always", False)
    mend = None if always else f"write sync_interval: always into its jetstream block; {CONFIGURE}"
    yield Finding(f"NATS: sync_always is {str(always).lower()}", mend)


async def store(patient: Patient) -> AsyncIterator[Finding]:
    """Look at the room that NATS was given, and at the share of it that events may take."""
    jetstream = patient.nats.get("jetstream", {})
    most = jetstream.get("config", {}).get("max_storage", 0)
    yield _room("its store", jetstream.get("stats", {}).get("storage", 0), most)
    stream = await patient.connection.jetstream().stream_info(EVENTS_STREAM)
    yield _room("the share of the events", stream.state.bytes, stream.config.max_bytes or 0)


def _room(what: str, held: int, most: int) -> Finding:
    if most <= 0:
        mend = f"give it a limit below the size of the disk; {CONFIGURE}"
        return Finding(f"NATS: nothing limits {what}", mend)
    mend = "give it more room, below the size of its disk, and declare the streams again"
    share = held / most
    return Finding(
        f"NATS: {share:.0%} of {what} is taken ({held / 1e6:.0f} of {most / 1e6:.0f} MB)",
        mend if share >= FULL else None,
    )


async def copies(patient: Patient) -> AsyncIterator[Finding]:
    """See that keys and clock are kept as often as the events, and that no copy lags behind."""
    jetstream = patient.connection.jetstream()
    names = (EVENTS_STREAM, CLOCK_STREAM) + (
        (KEYS_STREAM,) if USERS[patient.service].keys != "none" else ()
    )
    found = {}
    for name in names:
        try:
            found[name] = await jetstream.stream_info(name)
        except nats.js.errors.NotFoundError:
            yield Finding(f"NATS: there is no stream {name}", DECLARE)
    wanted = found[EVENTS_STREAM].config.num_replicas if EVENTS_STREAM in found else 1
    for name, stream in found.items():
        yield _copies(name, stream, wanted or 1)


def _copies(name: str, stream: StreamInfo, wanted: int) -> Finding:
    kept = stream.config.num_replicas or 1
    told = f"NATS: {name} is kept in {kept} of {wanted} copies"
    if kept != wanted:
        return Finding(told, f"with STREAM_REPLICAS={wanted}, {DECLARE}")
    others = (stream.cluster and stream.cluster.replicas) or []
    late = [str(each.name) for each in others if each.offline or not each.current]
    if late:
        return Finding(f"{told}, and late on {', '.join(late)}", "look at these servers")
    return Finding(told)


async def consumer(patient: Patient) -> AsyncIterator[Finding]:
    try:
        jetstream = patient.connection.jetstream()
        await jetstream.consumer_info(EVENTS_STREAM, patient.service)
    except nats.js.errors.NotFoundError:
        yield Finding(f"NATS: {patient.service} has no consumer, and hears nothing", DECLARE)
    else:
        yield Finding(f"NATS: {patient.service} has its consumer")


async def user(patient: Patient) -> AsyncIterator[Finding]:
    local = patient.settings.mode is Mode.LOCAL
    try:
        await assert_own_rights(patient.connection, patient.service, local=local)
    except TooManyRights as error:
        yield Finding(f"NATS: the user of {patient.service} may too much", str(error))
    else:
        yield Finding(f"NATS: the user of {patient.service} may what it must, and no more")
