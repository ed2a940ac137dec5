"""The secret address of somebody's calendar: phones and mail programs cannot sign in.

Whoever knows it reads dates of sessions, and neither a name of a person nor anything else.
"""

from hashlib import sha256

from common.errors import NotFound


class CalendarNotFound(NotFound):
    """This calendar has another address now, or none any more."""

    fr = "Ce calendrier a maintenant une autre adresse, ou n'en a plus."


def hash_of(secret: str) -> str:
    """Name a secret in a table without keeping it; it is long and random."""
    return sha256(b"calendar:" + secret.encode()).hexdigest()
