"""The bucket from which services read the keys of people that live in a table elsewhere."""

import asyncio
from collections.abc import Collection, Iterable, Mapping
from uuid import UUID, uuid4

from nats.js.api import Header

from common.broker import PATIENCE, Connection, Message, PublishRefused, publish_batch
from common.streams import KEYS_STREAM, KEYS_SUBJECT
from common.vault import ERASED

READS_AT_ONCE = 64
# Understood by every client of key/value buckets.
TOMBSTONE = {"KV-Operation": "DEL"}


class KeyBucket:
    """The wrapped keys on NATS: one message a person, overwritten on disk when it goes."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._stream = connection.jetstream(timeout=PATIENCE)
        self._turn = asyncio.Semaphore(READS_AT_ONCE)

    async def read(self, person_ids: Collection[UUID]) -> Mapping[UUID, bytes]:
        held = await self._held(person_ids)
        return {person_id: wrapped for person_id, (_, wrapped) in held.items()}

    async def put(self, keys: Mapping[UUID, bytes]) -> set[UUID]:
        """Make the bucket say this, whatever it said before.

        What the bucket knows to be erased stays so: those are returned who would have come back.
        """
        try:
            # Keys are new, but for one in thousands: to ask for each before takes longer than all.
            await self._add(keys)
        except PublishRefused:
            return await self._replace(keys)
        return set()

    async def _add(self, keys: Mapping[UUID, bytes]) -> None:
        """Put keys of which the bucket holds none; it refuses the first that it holds."""
        messages = [_message(person_id, wrapped) for person_id, wrapped in keys.items()]
        await publish_batch(self._connection, messages, KEYS_STREAM)

    async def _replace(self, keys: Mapping[UUID, bytes]) -> set[UUID]:
        """Put what is not there yet; an older value is destroyed on the disk before it goes.

        Putting one value over another would only hide the older one, which stays on the disk.
        """
        held = await self._held(keys)
        there = {each: key for each, (_, key) in held.items()}
        erased = {each for each, key in keys.items() if key and there.get(each) == ERASED}
        changed = {
            each: key for each, key in keys.items() if there.get(each) != key and each not in erased
        }
        await self._add({each: key for each, key in changed.items() if each not in held})
        # One by one: a moment without a key is a moment without a name.
        for person_id in changed.keys() & held.keys():
            await self._stream.delete_msg(KEYS_STREAM, held[person_id][0])
            await self._add({person_id: changed[person_id]})
        return erased

    async def _held(self, person_ids: Iterable[UUID]) -> dict[UUID, tuple[int, bytes]]:
        asked = list(person_ids)
        found = await asyncio.gather(*(self._one(person_id) for person_id in asked))
        return {person_id: each for person_id, each in zip(asked, found, strict=True) if each}

    async def _one(self, person_id: UUID) -> tuple[int, bytes] | None:
        async with self._turn:
            answer = await self._connection.request(
                f"$JS.API.DIRECT.GET.{KEYS_STREAM}.{_subject(person_id)}"
            )
        headers = answer.headers or {}
        if "Nats-Sequence" not in headers:
            return None
        return int(headers["Nats-Sequence"]), answer.data


def _subject(person_id: UUID) -> str:
    return f"{KEYS_SUBJECT}.{person_id}"


def _message(person_id: UUID, wrapped: bytes) -> Message:
    # Nothing may lie under it: expecting no earlier message makes a hidden one a loud failure.
    headers = {Header.EXPECTED_LAST_SUBJECT_SEQUENCE.value: "0"}
    if wrapped == ERASED:
        headers |= TOMBSTONE
    return Message(subject=_subject(person_id), id=uuid4().hex, payload=wrapped, headers=headers)
