"""How much one request may weigh, and what its address and headers may hold."""

import re
from urllib.parse import unquote_to_bytes

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from common.problems import (
    BODY_TOO_LARGE,
    HEADERS_TOO_LARGE,
    MALFORMED_ADDRESS,
    MALFORMED_HEADER,
    Refusal,
    answer,
)

MIB = 1024 * 1024
# Of any body; a route that takes files says more: `@router.post(…, max_body_size=20 * MIB)`.
LARGEST_BODY = MIB
MOST_HEADERS = 64
LARGEST_HEADERS = 16 * 1024
LONGEST_ADDRESS = 8 * 1024
CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")

SECURITY_HEADERS: tuple[tuple[bytes, bytes], ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"cache-control", b"no-store"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"x-frame-options", b"DENY"),
)


def refusal(scope: Scope) -> Refusal | None:
    """Say what is wrong with a request of which only the head has been seen."""
    headers = scope["headers"]
    weight = sum(len(name) + len(value) for name, value in headers)
    address = scope.get("raw_path") or scope["path"].encode("utf-8", "surrogateescape")
    query = scope["query_string"]
    if len(headers) > MOST_HEADERS or weight > LARGEST_HEADERS:
        return HEADERS_TOO_LARGE
    if len(address) + len(query) > LONGEST_ADDRESS:
        return HEADERS_TOO_LARGE
    if (
        not readable(address)
        or not readable(query)
        or not readable(scope["path"].encode(errors="surrogateescape"))
    ):
        return MALFORMED_ADDRESS
    return MALFORMED_HEADER if any(CONTROL.search(value) for _, value in headers) else None


def readable(address: bytes) -> bool:
    """Say whether an address, once decoded, is text without control characters."""
    decoded = unquote_to_bytes(address.replace(b"+", b" "))
    try:
        decoded.decode()
    except UnicodeDecodeError:
        return False
    return b"\0" not in decoded


class Limits:
    """Refuse what is too much before it is read, and put safe headers on every answer.

    Bodies are counted by FastAPI while they stream in, because only the route knows how much
    it takes; its plain answer is put here into our words.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        outgoing = SafeAnswer(scope, send)
        refused = refusal(scope)
        if refused is not None:
            await answer(scope, refused)(scope, receive, outgoing)
        else:
            await self.app(scope, receive, outgoing)


class SafeAnswer:
    """The way out of one request."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self.scope = scope
        self.send = send
        self.replaced = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            await self.start(message)
        elif not self.replaced:
            await self.send(message)

    async def start(self, message: Message) -> None:
        if is_plain_413(message):
            self.replaced = True
            await answer(self.scope, BODY_TOO_LARGE)(self.scope, no_body, self.begin)
        else:
            await self.begin(message)

    async def begin(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            given = {name.lower() for name, _ in message["headers"]}
            added = [pair for pair in SECURITY_HEADERS if pair[0] not in given]
            message = {**message, "headers": [*message["headers"], *added]}
        await self.send(message)


def is_plain_413(message: Message) -> bool:
    types = [value for name, value in message["headers"] if name.lower() == b"content-type"]
    return message["status"] == BODY_TOO_LARGE.status and types[:1] != [b"application/problem+json"]


async def no_body() -> Message:
    return {"type": "http.disconnect"}
