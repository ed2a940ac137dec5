"""The code that is mailed to whoever signs in: six digits, ten minutes, five tries."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from hmac import compare_digest, digest
from uuid import UUID

from common.errors import TooOften

LIFETIME = timedelta(minutes=10)
MOST_TRIES = 5
# Asked within an hour: for one address, and from one client.
WINDOW = timedelta(hours=1)
MOST_FOR_ADDRESS = 5
MOST_FROM_CLIENT = 40
DIGITS = 6


class TooManyCodes(TooOften):
    """Too many codes were asked for: try again in an hour."""

    fr = "Trop de codes ont été demandés : réessayez dans une heure."
    retry_after_seconds = 3600


class Outcome(StrEnum):
    RIGHT = "right"
    WRONG = "wrong"
    OVER = "over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """Somebody in one browser says that an address is theirs, and is asked for the code."""

    id: UUID
    email_index: str
    # The browser that asked: the code is good in no other.
    browser: str
    client: str
    asked_at: datetime
    tries: int = 0
    used: bool = False


def code_of(key: bytes, attempt_id: UUID) -> str:
    """Derive the code of an attempt, so that it is kept nowhere, not even hashed.

    A hash of six digits is as good as the digits to whoever reads the table; this needs the key.
    """
    mac = digest(key, b"sign-in code:" + attempt_id.bytes, "sha256")
    return str(int.from_bytes(mac) % 10**DIGITS).zfill(DIGITS)


def admit(*, for_address: int, from_client: int) -> None:
    """Refuse another code to whoever had many, known here or not."""
    if for_address >= MOST_FOR_ADDRESS or from_client >= MOST_FROM_CLIENT:
        raise TooManyCodes


def attempt_code(
    attempt: Attempt, given: str, *, expected: str, at: datetime
) -> tuple[Attempt, Outcome]:
    """Count a try. A wrong one is told as a value: an error would undo the count."""
    if attempt.used or attempt.tries >= MOST_TRIES or at >= attempt.asked_at + LIFETIME:
        return attempt, Outcome.OVER
    tried = replace(attempt, tries=attempt.tries + 1)
    if not compare_digest(digits_of(given).encode(), expected.encode()):
        over = tried.tries >= MOST_TRIES
        return tried, Outcome.OVER if over else Outcome.WRONG
    return replace(tried, used=True), Outcome.RIGHT


def digits_of(given: str) -> str:
    """Take a code as people type or paste it, with spaces between."""
    return "".join(given.split())[:20]
