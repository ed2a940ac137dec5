"""One connection to NATS: it never gives up, and never waits for what is forbidden."""

import asyncio
import json
import os
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import NoRespondersError
from nats.js.api import Header

from common.streams import EVENTS_STREAM

log = structlog.get_logger()

LARGEST_BATCH = 1000
# An atomic batch costs the server some 5 to 20 ms whatever its size, as it is staged in files
# of its own; one message costs 0.15 to 0.4 ms. They break even about here.
FEW = 32
# A publish that timed out may well be stored: a short time-out only makes duplicates.
PATIENCE = 5.0
NOT_LET_IN = "authorization violation"
LOST = "the connection was lost"
UNAVAILABLE = 503
ACCOUNT_FULL = 10002
REFUSED_PUBLISH = re.compile(r'permissions violation for publish to "([^"]+)"', re.IGNORECASE)
ALLOW_UNSAFE_SYNC = "ALLOW_UNSAFE_SYNC"
ACCEPTED = "yes-i-accept-to-lose-events"


class PublishNotPermitted(Exception):
    """This NATS user has no right to publish on this subject."""

    def __init__(self, subject: str) -> None:
        super().__init__(subject)
        self.subject = subject


class PublishRefused(Exception):
    """The stream did not take this message, and says why."""

    def __init__(self, subject: str, error: Mapping[str, Any]) -> None:
        super().__init__(f"{subject}: {error.get('description')} ({error.get('err_code')})")
        self.code: int = error.get("code", 0)
        self.reason: int = error.get("err_code", 0)


class BrokerUnavailable(Exception):
    """No stream takes the message for now: none is there, its store is full, or the way is cut."""


class NotLetIn(Exception):
    """NATS does not know this user, or not by this password: look at NATS_URL."""


class UnsafeBroker(Exception):
    """This broker may lose what it has acknowledged when the power fails."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message for a stream, known by its id whenever it comes again."""

    subject: str
    id: str
    payload: bytes
    headers: Mapping[str, str]


# A subject that was published to, and what ends if that cannot be answered.
Waiting: TypeAlias = tuple[str, asyncio.Future[Exception]]


class Connection(Client):
    """A NATS client that says at once, and by name, that a publish is not permitted.

    The server says so beside the request, on the connection: nats-py alone would let the
    request run into its time-out, and the caller could not tell it from a slow server.
    Likewise a request whose connection is lost ends there and then.
    """

    def __init__(self) -> None:
        super().__init__()
        self._waiting: set[Waiting] = set()
        self._lost_at = 0.0

    async def request(
        self,
        subject: str,
        payload: bytes = b"",
        timeout: float = PATIENCE,  # noqa: ASYNC109 (the signature is nats-py's)
        old_style: bool = False,  # noqa: FBT001, FBT002 (likewise)
        headers: dict[str, Any] | None = None,
    ) -> Msg:
        if self.is_reconnecting and time.monotonic() - self._lost_at > PATIENCE:
            # A moment's break is waited out; in a longer one nobody holds on to a transaction.
            raise BrokerUnavailable(LOST)
        with self.unless_refused(subject) as refusal:
            answer: asyncio.Future[Msg] = asyncio.ensure_future(
                super().request(subject, payload, timeout, old_style, headers)
            )
            try:
                either: set[asyncio.Future[Any]] = {answer, refusal}
                await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
                if refusal.done():
                    raise refusal.result()
                return await answer
            finally:
                answer.cancel()

    @contextmanager
    def unless_refused(self, *subjects: str) -> Iterator[asyncio.Future[Exception]]:
        """Give a future that ends when a publish on one of these subjects cannot be answered."""
        refusal: asyncio.Future[Exception] = asyncio.get_running_loop().create_future()
        waiting = {(subject, refusal) for subject in subjects}
        self._waiting |= waiting
        try:
            yield refusal
        finally:
            self._waiting -= waiting

    async def hear_error(self, error: Exception) -> None:
        """Hear what the server says beside the answers; a refusal ends who waits for it."""
        log.error("nats_error", error=str(error))
        if found := REFUSED_PUBLISH.search(str(error)):
            # nats-py hands over the server's words in small letters.
            refused = [each for each in self._waiting if each[0].lower() == found.group(1).lower()]
            for subject, refusal in refused:
                _end(refusal, PublishNotPermitted(subject))

    async def hear_disconnection(self) -> None:
        self._lost_at = time.monotonic()
        if self.is_reconnecting:
            log.warning("nats_disconnected")
        for _, refusal in list(self._waiting):
            _end(refusal, BrokerUnavailable(LOST))


def _end(refusal: asyncio.Future[Exception], reason: Exception) -> None:
    if not refusal.done():
        refusal.set_result(reason)


async def connect(url: str, name: str) -> Connection:
    """Connect as the NATS user `name`; from then on reconnect for as long as the process lives."""
    connection = Connection()
    connecting = connection.connect(
        url,
        name=name,
        inbox_prefix=f"_INBOX.{name}",
        error_cb=connection.hear_error,
        disconnected_cb=connection.hear_disconnection,
        # nats-py gives up after two minutes otherwise, and its subscribers freeze the loop.
        max_reconnect_attempts=-1,
        reconnect_time_wait=1,
    )
    try:
        # The first time is not for ever: a wrong address should end the start, and be told.
        await asyncio.wait_for(connecting, PATIENCE)
    except TimeoutError:
        reason = connection.last_error
        await connection.close()
        if NOT_LET_IN in str(reason).lower():
            raise NotLetIn(name) from None
        raise BrokerUnavailable(
            f"NATS does not answer at {urlsplit(url).netloc.rpartition('@')[2]}"
        ) from None
    return connection


async def assert_durable(monitoring_url: str, environment: Mapping[str, str] = os.environ) -> None:
    """Refuse to start against a server that acknowledges before the disk has it."""
    if environment.get(ALLOW_UNSAFE_SYNC) == ACCEPTED:
        log.warning("nats_may_lose_events", allowed_by=ALLOW_UNSAFE_SYNC)
        return
    server = await monitored(monitoring_url)
    if not server.get("jetstream", {}).get("config", {}).get("sync_always", False):
        message = (
            "NATS_MONITORING_URL tells of a NATS that acknowledges events before they are on disk "
            "and may lose them: write into its jetstream block, for example: sync_interval: always"
            f"; or {ALLOW_UNSAFE_SYNC}={ACCEPTED} to start nevertheless"
        )
        raise UnsafeBroker(message)


async def monitored(monitoring_url: str) -> dict[str, Any]:
    # Reading the certificates of the world takes longer than the question itself.
    secure = monitoring_url.startswith("https:")
    try:
        async with httpx.AsyncClient(verify=secure, timeout=PATIENCE) as client:
            answer = await client.get(f"{monitoring_url.rstrip('/')}/varz")
            server: dict[str, Any] = answer.raise_for_status().json()
    except httpx.HTTPError:
        message = f"NATS does not answer at {monitoring_url}: is NATS_MONITORING_URL right?"
        raise BrokerUnavailable(message) from None
    return server


async def publish_batch(
    connection: Connection, messages: Sequence[Message], stream: str = EVENTS_STREAM
) -> list[int]:
    """Store messages in order and tell their stream sequences; all of them, or an exception.

    Few go one by one, which is sooner done; many by atomic batches of a thousand, each one
    fsync. A batch that the server refuses, as it knows one of the ids, goes one by one as well.
    """
    sequences: list[int] = []
    for first in range(0, len(messages), LARGEST_BATCH):
        batch = messages[first : first + LARGEST_BATCH]
        sequences += await _publish_at_once(connection, batch, stream)
    return sequences


async def _publish_at_once(
    connection: Connection, batch: Sequence[Message], stream: str
) -> list[int]:
    if len(batch) > FEW:
        try:
            return await _publish_atomically(connection, batch, stream)
        except PublishRefused as refusal:
            log.info("batch_refused", reason=refusal.reason, size=len(batch))
    return [await _publish_one(connection, message, stream) for message in batch]


async def _publish_atomically(
    connection: Connection, batch: Sequence[Message], stream: str
) -> list[int]:
    batch_id = uuid4().hex
    *others, last = [
        (message, _headers(message, stream) | _place(batch_id, place))
        for place, message in enumerate(batch, start=1)
    ]
    with connection.unless_refused(*{message.subject for message in batch}) as refusal:
        for message, headers in others:
            await connection.publish(message.subject, message.payload, headers=headers)
        commit = last[1] | {Header.BATCH_COMMIT.value: "1"}
        try:
            acknowledged = await _acknowledged(connection, last[0], commit)
        except PublishRefused:
            if refusal.done():
                raise refusal.result() from None
            raise
    highest: int = acknowledged["seq"]
    return list(range(highest - len(batch) + 1, highest + 1))


async def _publish_one(connection: Connection, message: Message, stream: str) -> int:
    acknowledged = await _acknowledged(connection, message, _headers(message, stream))
    sequence: int = acknowledged["seq"]
    return sequence


async def _acknowledged(
    connection: Connection, message: Message, headers: dict[str, str]
) -> dict[str, Any]:
    """Publish and wait for the stream's word that the message is on disk."""
    try:
        answer = await connection.request(
            message.subject, message.payload, timeout=PATIENCE, headers=headers
        )
    except NoRespondersError:
        raise BrokerUnavailable(message.subject) from None
    acknowledgement: dict[str, Any] = json.loads(answer.data)
    error = acknowledgement.get("error")
    if error and (error["code"] == UNAVAILABLE or error["err_code"] == ACCOUNT_FULL):
        raise BrokerUnavailable(error["description"])
    if error:
        raise PublishRefused(message.subject, error)
    return acknowledgement


def _headers(message: Message, stream: str) -> dict[str, str]:
    return dict(message.headers) | {
        Header.MSG_ID.value: message.id,
        Header.EXPECTED_STREAM.value: stream,
    }


def _place(batch_id: str, place: int) -> dict[str, str]:
    return {Header.BATCH_ID.value: batch_id, Header.BATCH_SEQUENCE.value: str(place)}
