"""Asked twice, done once: the answer to a command is kept under the key that came with it.

The key is written with the answer, at the end of the transaction that did the work, and by the
same statement as the events that it promised: a command that comes again does its work again, and
takes it back when it finds its key there. So what nearly every command pays is no round trip of
its own, and what the rare repetition pays is its work.

The header is the one of the IETF draft `draft-ietf-httpapi-idempotency-key-header`, with two
choices of ours: a twin that comes while the first is at work gets its answer (the draft would
refuse it with 409), and a refused command leaves no trace, so it may be mended and sent again
under the same key.
"""

import hashlib
import re
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from fastapi import Request, Response
from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    Executable,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    bindparam,
    delete,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from common.database import metadata
from common.outbox import WAKE, WRITTEN, take_promised
from common.problems import Refusal, Refused

KEPT_FOR = timedelta(days=7)
LONGEST_ANSWER = 64 * 1024
PURGED_AT_ONCE = 1_000
KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:+/=-]{7,127}")
ANYBODY = "public"

KEY_MISSING = Refusal(
    status=400,
    kind="idempotency-key-missing",
    fr="Il manque l'en-tête Idempotency-Key.",
    en="The header Idempotency-Key is missing.",
)
KEY_MALFORMED = Refusal(
    status=400,
    kind="idempotency-key-malformed",
    fr="L'en-tête Idempotency-Key doit porter 8 à 128 lettres, chiffres ou signes ._:+/=-",
    en="The header Idempotency-Key must be 8 to 128 letters, digits or signs ._:+/=-",
)
KEY_REUSED = Refusal(
    status=422,
    kind="idempotency-key-reused",
    fr="Cette clé a déjà servi pour une autre demande.",
    en="This key was already used for another request.",
)

# POST alone: PUT, PATCH and DELETE of ours say what shall be, and may be repeated as they are.
# Nobody's scope is one for all: a key is a secret of 128 bits, an address changes under a phone.
idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("caller", Text, primary_key=True),
    Column("path", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("status", SmallInteger, nullable=False),
    Column("media_type", Text),
    Column("location", Text),
    Column("body", LargeBinary),
    # Real time: the key guards against a network that repeats, which no simulated clock moves.
    Column(
        "created_at", DateTime(timezone=True), server_default=func.now(), nullable=False, index=True
    ),
    CheckConstraint("length(fingerprint) = 32", name="fingerprint_is_sha256"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A command under its key: who asks, where, and a fingerprint of what."""

    caller: str
    path: str
    key: str
    fingerprint: bytes


class DoneBefore(Exception):
    """The command was done before: what it did now is to be taken back."""


def key_of(request: Request) -> str:
    """Read the key, bare or quoted as a structured header writes it."""
    given = request.headers.getlist("idempotency-key")
    if not given:
        raise Refused(KEY_MISSING)
    key = given[0].removeprefix('"').removesuffix('"')
    if len(given) > 1 or not KEY.fullmatch(key):
        raise Refused(KEY_MALFORMED)
    return key


async def claim_of(request: Request) -> Claim:
    """Put together what the command is known by."""
    caller = getattr(request.state, "caller", None)
    return Claim(
        key=key_of(request),
        caller=ANYBODY if caller is None else str(caller.person_id),
        path=request.url.path,
        fingerprint=fingerprint(request, await request.body()),
    )


def fingerprint(request: Request, body: bytes) -> bytes:
    """Hash the query and the raw body; a form's boundary differs at each try and does not count."""
    boundary = re.search(r'boundary="?([^";,]+)', request.headers.get("content-type", ""))
    if boundary:
        body = body.replace(boundary[1].encode("latin-1"), b"")
    digest = hashlib.sha256(request.scope["query_string"])
    digest.update(b"\0" + body)
    return digest.digest()


_COLUMNS = idempotency_keys.c
_THIS = (
    _COLUMNS.caller == bindparam("of_caller"),
    _COLUMNS.path == bindparam("at_path"),
    _COLUMNS.key == bindparam("under_key"),
)
# Made once: every command needs one of the first two.
_GIVEN = [
    bindparam(column.name, type_=column.type)
    for column in _COLUMNS
    if column is not _COLUMNS.created_at
]
KEEP = (
    insert(idempotency_keys)
    .from_select([column.key for column in _GIVEN], select(*_GIVEN))
    .on_conflict_do_nothing()
    .returning(_COLUMNS.key)
)
_KEPT = KEEP.cte("kept")
# Who finds the key there wakes nobody, and takes back what is written here of events.
KEEP_AND_WAKE = select(_KEPT.c.key, WAKE).add_cte(WRITTEN)
FIND = select(idempotency_keys).where(*_THIS)


async def keep(tx: AsyncConnection, claim: Claim, response: Response) -> None:
    """Keep the answer beside its effect, with the events that were promised until now.

    A no that was answered, not raised, keeps no key.

    Raise DoneBefore if the key is there. A twin under way holds the unique index: this waits
    until it commits, or gives up.
    """
    if response.status_code >= HTTPStatus.BAD_REQUEST:
        if (await tx.execute(FIND, this(claim))).first() is not None:
            raise DoneBefore
        return
    if len(response.body) > LONGEST_ANSWER:
        raise RuntimeError("the answer to a command holds ids and states only: this one is long")
    answered = {
        "status": response.status_code,
        "media_type": response.headers.get("content-type"),
        "location": response.headers.get("location"),
        "body": bytes(response.body),
    }
    promises = take_promised(tx)
    statement: Executable = KEEP_AND_WAKE if promises else KEEP
    if (await tx.execute(statement, asdict(claim) | answered | promises)).first() is None:
        raise DoneBefore


async def kept_answer(database: AsyncConnection, claim: Claim) -> Response | None:
    """Give what was answered to this command before; a key that served for another is refused."""
    row = (await database.execute(FIND, this(claim))).one_or_none()
    if row is None:
        return None
    if row.fingerprint != claim.fingerprint:
        raise Refused(KEY_REUSED)
    response = Response(row.body, row.status, media_type=row.media_type)
    response.headers["idempotent-replay"] = "true"
    if row.location:
        response.headers["location"] = row.location
    return response


def this(claim: Claim) -> dict[str, Any]:
    """Give what `_THIS` asks for."""
    return {"of_caller": claim.caller, "at_path": claim.path, "under_key": claim.key}


async def forget_old_keys(tx: AsyncConnection, _: datetime) -> int:
    """Forget a batch of keys older than a week; a job of every service's clock."""
    old = (
        select(idempotency_keys.c.caller, idempotency_keys.c.path, idempotency_keys.c.key)
        .where(idempotency_keys.c.created_at < func.now() - KEPT_FOR)
        .limit(PURGED_AT_ONCE)
    )
    columns = idempotency_keys.c
    gone = delete(idempotency_keys).where(
        func.row(columns.caller, columns.path, columns.key).in_(old)
    )
    return (await tx.execute(gone)).rowcount
