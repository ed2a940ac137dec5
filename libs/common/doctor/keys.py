"""Whether each key of a person opens, and lies where the others read it."""

from collections.abc import AsyncIterator, Mapping
from uuid import UUID

from sqlalchemy import ColumnElement, select

from common.direct import Direct
from common.doctor import Finding, Patient
from common.key_bucket import KeyBucket
from common.keys import BATCH, person_keys
from common.seal import KeyRing, NotWrappedByUs
from common.server import USERS
from common.vault import ERASED

Keys = Mapping[UUID, bytes]

TAKE_AWAY = "take KEY_ENCRYPTION_KEY away from it"
OTHER_SIZE = "give 32 bytes in base64url; with another key than before old data stays shut"
SHUT = "put the KEY_ENCRYPTION_KEY that wrapped them after the newest one"
ASTRAY = "`python -m common.keys refill`, with the operator's NATS_URL"
OLD = "`python -m common.keys rewrap`, then take the older key away"


async def sizes(patient: Patient) -> AsyncIterator[Finding]:
    name = patient.service
    if USERS[name].keys == "none":
        given = patient.keys is not None
        told = "is given a key" if given else "is given no key"
        yield Finding(f"{name} {told}, and should open no name", TAKE_AWAY if given else None)
        return
    try:
        KeyRing.parse(patient.keys or "")
    except ValueError as error:
        yield Finding(f"{name}: KEY_ENCRYPTION_KEY {error}", OTHER_SIZE)
    else:
        yield Finding(f"{name}: KEY_ENCRYPTION_KEY has its 32 bytes")


async def opened(patient: Patient) -> AsyncIterator[Finding]:
    """See that every key of the home is opened by a key encryption key, and by the newest."""
    if USERS[patient.service].keys != "write":
        return
    ring = KeyRing.parse(patient.keys or "")
    total = shut = old = 0
    async for kept in _pages(patient):
        live = {person: key for person, key in kept.items() if key != ERASED}
        total += len(live)
        unknown = {person for person, key in live.items() if not _opens(ring, person, key)}
        shut += len(unknown)
        old += sum(not live[person].startswith(ring.mark) for person in live.keys() - unknown)
    yield Finding(f"{shut} of the {total} keys of people do not open", SHUT if shut else None)
    yield Finding(f"{old} of them are wrapped by an older key", OLD if old else None)


async def in_the_bucket(patient: Patient) -> AsyncIterator[Finding]:
    """Hold every key of the home, and every erasure, against what the others read."""
    if USERS[patient.service].keys != "write":
        return
    bucket = KeyBucket(patient.connection)
    astray = 0
    async for kept in _pages(patient):
        if different := await _different(bucket, kept):
            # Once more: a key may have been made, wrapped anew or erased meanwhile.
            again = await _kept(patient, person_keys.c.person_id.in_(different))
            astray += len(await _different(bucket, again))
    told = f"{astray} keys are not in the bucket as they are at home"
    yield Finding(told, ASTRAY if astray else None)


async def _pages(patient: Patient) -> AsyncIterator[Keys]:
    last = UUID(int=0)
    while kept := await _kept(patient, person_keys.c.person_id > last):
        yield kept
        last = max(kept)


async def _kept(patient: Patient, which: ColumnElement[bool]) -> Keys:
    """Read some keys, without those that are on their way to the bucket."""
    query = (
        select(person_keys.c.person_id, person_keys.c.wrapped)
        .where(which, person_keys.c.published_at.is_not(None))
        .order_by(person_keys.c.person_id)
        .limit(BATCH)
    )
    async with Direct(patient.engine) as connection:
        return {row.person_id: row.wrapped for row in await connection.execute(query)}


async def _different(bucket: KeyBucket, kept: Keys) -> set[UUID]:
    held = await bucket.read(kept.keys())
    return {person for person, key in kept.items() if held.get(person) != key}


def _opens(ring: KeyRing, person: UUID, wrapped: bytes) -> bool:
    try:
        ring.unwrap(person, wrapped)
    except NotWrappedByUs:
        return False
    return True
