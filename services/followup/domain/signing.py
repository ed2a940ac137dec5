"""To sign by code: read, ask for a code, type it back; each step is written down in order."""

import hmac
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from uuid import UUID

from common.contracts.policy import Signatory
from followup.domain.errors import NoCode, NotRead, TooManyCodes

CODE_DIGITS = 6
CODE_LIVES = timedelta(minutes=15)
TRIES = 5
# With five tries each, a stranger guesses one of a million codes 25 times a day.
CODES_A_DAY = 5
DAY = timedelta(days=1)


class Step(StrEnum):
    OPENED = "opened"
    CODE_SENT = "code_sent"
    CODE_REFUSED = "code_refused"
    CODE_CHECKED = "code_checked"
    ATTESTED = "attested"
    SIGNED = "signed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """One step on the way to a signature, and when it was taken (UTC)."""

    step: Step
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Signing:
    """One person on the way to sign one agreement in one capacity."""

    agreement_id: UUID
    capacity: Signatory
    person_id: UUID
    log: tuple[Logged, ...] = ()
    # Masked: enough of the address for its owner to know it.
    channel: str | None = None
    # Never the code itself.
    code_hash: str | None = None
    code_sent_at: datetime | None = None
    tries: int = 0


def written(signing: Signing, step: Step, at: datetime) -> Signing:
    return replace(signing, log=(*signing.log, Logged(step=step, at=at)))


def open_text(signing: Signing, *, at: datetime) -> Signing:
    """Note that the text was shown to this person; the first time is enough."""
    if any(each.step is Step.OPENED for each in signing.log):
        return signing
    return written(signing, Step.OPENED, at)


def keyed_hash(key: bytes, signing: Signing, code: str) -> str:
    """Hash a code so that neither the table nor a guess from another agreement gives it away."""
    bound = f"{signing.agreement_id}:{signing.capacity}:{signing.person_id}:{code}"
    return hmac.new(key, bound.encode(), sha256).hexdigest()


def send_code(signing: Signing, *, code_hash: str, channel: str, at: datetime) -> Signing:
    if not any(each.step is Step.OPENED for each in signing.log):
        raise NotRead(signing.agreement_id)
    sent = [each for each in signing.log if each.step is Step.CODE_SENT and each.at > at - DAY]
    if len(sent) >= CODES_A_DAY:
        raise TooManyCodes(signing.agreement_id)
    return replace(
        written(signing, Step.CODE_SENT, at),
        channel=channel,
        code_hash=code_hash,
        code_sent_at=at,
        tries=0,
    )


def try_code(signing: Signing, code_hash: str, *, at: datetime) -> tuple[Signing, bool]:
    """Compare what was typed with what was sent; every try is counted and written down."""
    if not _has_code(signing, at) or signing.code_hash is None:
        raise NoCode(signing.agreement_id)
    tried = replace(signing, tries=signing.tries + 1)
    if not hmac.compare_digest(signing.code_hash, code_hash):
        return written(tried, Step.CODE_REFUSED, at), False
    used = replace(tried, code_hash=None)
    return written(written(used, Step.CODE_CHECKED, at), Step.SIGNED, at), True


def attest(signing: Signing, *, at: datetime) -> Signing:
    """Note that a coordinator saw the signature on paper."""
    return written(written(signing, Step.ATTESTED, at), Step.SIGNED, at)


def _has_code(signing: Signing, at: datetime) -> bool:
    return (
        signing.code_sent_at is not None
        and at < signing.code_sent_at + CODE_LIVES
        and signing.tries < TRIES
    )
