"""How long somebody stays signed in, and how a form proves that it came from our page."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest
from uuid import UUID

from common.caller import Grant
from common.contracts.vocabulary import Role
from common.errors import Forbidden

STAFF = frozenset(
    {Role.COORDINATOR, Role.VOLUNTEER, Role.COLLECTIVE, Role.ADMIN, Role.FUNDER, Role.PRESCRIBER}
)
# Who reads other people's cases is asked again each day; who reads their own may stay.
STAFF_IDLE = timedelta(hours=12)
OTHERS_IDLE = timedelta(days=30)
LONGEST = timedelta(days=90)
# A session is noted as seen so often at most.
SEEN_EVERY = timedelta(minutes=1)


class StaleForm(Forbidden):
    """This form is too old or came from elsewhere: open the page again and send it from there."""

    fr = "Ce formulaire est trop ancien ou vient d'ailleurs : rouvrez la page et renvoyez-le."


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A browser in which an address was proved; `person_id` is None until one was chosen."""

    id_hash: str
    email_index: str
    person_id: UUID | None
    opened_at: datetime
    seen_at: datetime


def hash_of(secret: str) -> str:
    """Name a browser's secret in a table without keeping it; it is long and random."""
    return sha256(b"session:" + secret.encode()).hexdigest()


def csrf_of(secret: str) -> str:
    """Give the mark that our forms carry, which tells nothing about the secret."""
    return sha256(b"form:" + secret.encode()).hexdigest()[:32]


def check_form(secret: str, given: str) -> None:
    if not compare_digest(csrf_of(secret).encode(), given.encode()):
        raise StaleForm


def is_open(session: Session, grants: frozenset[Grant], *, at: datetime) -> bool:
    """Say whether a session still counts: not left alone too long, and not too old."""
    staff = any(grant.role in STAFF for grant in grants)
    idle = STAFF_IDLE if staff else OTHERS_IDLE
    return at < session.seen_at + idle and at < session.opened_at + LONGEST


def was_seen_long_ago(session: Session, *, at: datetime) -> bool:
    return at >= session.seen_at + SEEN_EVERY
