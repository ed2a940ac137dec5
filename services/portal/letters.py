"""Write a mail out, at the moment it leaves: until then there are only ids and sealed texts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from common.vault import vault_of
from portal.domain.codes import LIFETIME, code_of
from portal.domain.letters import Kind, Mail
from portal.handlers.signin import FIRST_ADMIN, people_at
from portal.rendering import templates
from portal.settings import Settings
from portal.store import accounts, doors
from portal.store.accounts import Account
from portal.words import Words, language_named

# Where the button of a mail leads: to a page, which asks before anything is done. Whoever opens
# it must sign in; a scanner that follows every link has changed nothing.
BUTTONS: Mapping[Kind, str] = {
    Kind.PROPOSAL: "/mine/proposals/{proposal_id}",
    Kind.PROPOSAL_REMINDER: "/mine/proposals/{proposal_id}",
    Kind.PAIR_FORMED: "/pairs/{pair_id}",
    Kind.AUTHORISATION: "/mine/authorisations",
    Kind.FIRST_MEETING: "/pairs/{pair_id}",
    Kind.AGREEMENT: "/agreements/{agreement_id}",
    Kind.SIGNATURE_CODE: "/agreements/{agreement_id}",
    Kind.NUDGE: "/pairs/{pair_id}",
    Kind.TASK: "/pairs/{pair_id}",
    Kind.REFERRAL_OFFERED: "/referrals/{referral_id}",
    Kind.REFERRAL_REMINDER: "/referrals/{referral_id}",
    Kind.PRESCRIBER_NEWS: "/mine/referrals",
    Kind.FAMILY_NEWS: "/mine",
    Kind.NEED_ASKED: "/mine/referrals/{referral_id}",
}
# Facts that are moments, and facts that are codes with a word for each.
MOMENTS = ("at", "by")
CODED = {"modality": "modality", "news": "news", "alert": "alert", "what": "authorisation"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A mail in words, for one address."""

    to: str
    language: str
    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Who gets a mail, opened."""

    email: str
    given_name: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A mail with what was sealed in it opened, and nothing looked up any more."""

    mail: Mail
    recipient: Recipient
    secrets: Mapping[str, str] = field(default_factory=dict)


async def open_mail(
    tx: AsyncConnection, settings: Settings, mail: Mail, *, at: datetime
) -> Opened | None:
    """Find and open whom a mail is for; None if nobody can or should get it any more."""
    if mail.kind is Kind.SIGN_IN:
        return await open_sign_in(tx, settings, mail, at=at)
    if mail.person_id is None:
        return None
    found = await accounts.accounts_of(tx, [mail.person_id])
    account = found.get(mail.person_id)
    recipient = await recipient_of(tx, settings, account) if account else None
    if recipient is None or not account:
        return None
    vault = vault_of(tx)
    sealed = [(account.id, SEALED_AS[name], text) for name, text in mail.sealed.items()]
    opened = dict(zip(mail.sealed, await vault.open_many(sealed), strict=True)) if sealed else {}
    secrets = {name: text for name, text in opened.items() if text is not None}
    return Opened(mail=mail, recipient=recipient, secrets=secrets)


# The name under which the service that sealed it did so.
SEALED_AS = {"code": "signature_code"}


async def open_sign_in(
    tx: AsyncConnection, settings: Settings, mail: Mail, *, at: datetime
) -> Opened | None:
    """Find out only now whether anybody has the address that asked for a code."""
    attempt = await doors.attempt_of(tx, UUID(mail.facts["attempt_id"]))
    if attempt is None or at >= attempt.asked_at + LIFETIME:
        return None
    people = await people_at(tx, settings, attempt.email_index)
    recipient = await recipient_of(tx, settings, people[0]) if people else None
    if recipient is None:
        return None
    code = code_of(settings.index_key, attempt.id)
    return Opened(mail=mail, recipient=recipient, secrets={"code": code})


async def recipient_of(
    tx: AsyncConnection, settings: Settings, account: Account
) -> Recipient | None:
    if account.id == FIRST_ADMIN:
        return Recipient(email=settings.first_admin_email or "", given_name="", language="fr")
    email = await accounts.opened(tx, account, "email")
    if email is None:
        return None
    given_name = await accounts.opened(tx, account, "given_name") or ""
    return Recipient(email=email, given_name=given_name, language=account.language)


def write(opened: Opened, settings: Settings) -> Letter:
    """Put a mail into words: no name in it but the reader's own."""
    words = Words(language_named(opened.recipient.language) or "fr")
    mail = opened.mail
    values = told(mail, words) | dict(opened.secrets)
    button = BUTTONS.get(mail.kind)
    address = settings.home + button.format(**mail.facts) if button else None
    prefix = f"mail.{mail.kind}"
    shown = {
        "t": words,
        "name": opened.recipient.given_name,
        "subject": words(f"{prefix}.subject", **values),
        "paragraphs": words(f"{prefix}.text", **values).strip().split("\n\n"),
        "code": opened.secrets.get("code"),
        "address": address,
        "button": words(f"{prefix}.button") if address else None,
    }
    return Letter(
        to=opened.recipient.email,
        language=words.language,
        subject=str(shown["subject"]),
        text=templates().get_template("mail/letter.txt").render(shown),
        html=templates().get_template("mail/letter.html").render(shown),
    )


def told(mail: Mail, words: Words) -> dict[str, str]:
    """Say the facts of a mail as people say them."""
    values = dict(mail.facts)
    for name in MOMENTS:
        if name in values:
            values[name] = words.moment(values[name])
    for name, group in CODED.items():
        if name in values:
            values[name] = words.label(group, values[name])
    return values
