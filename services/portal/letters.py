"""Write a mail out, at the moment it leaves: until then there are only ids and sealed texts."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from common.caller import Caller
from common.tokens import issue
from common.vault import vault_of
from portal.domain.codes import LIFETIME, code_of
from portal.domain.letters import Kind, Mail
from portal.handlers.signin import FIRST_ADMIN, caller_of, people_at
from portal.neighbours import Neighbours, NeighbourSaidNo, Voice
from portal.rendering import templates
from portal.settings import Settings
from portal.store import accounts, doors
from portal.store.accounts import Account
from portal.vocabularies import Vocabularies
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


# Where the second button leads: to the same page, at the place where one says no.
OTHER_BUTTONS: Mapping[Kind, str] = {
    Kind.PROPOSAL: "/mine/proposals/{proposal_id}#no",
    Kind.PROPOSAL_REMINDER: "/mine/proposals/{proposal_id}#no",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What is at hand where mails are written."""

    settings: Settings
    neighbours: Neighbours
    vocabularies: Vocabularies


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
    # Who reads it, to ask in their name for what only they may see.
    caller: Caller | None = None


async def open_mail(
    tx: AsyncConnection, settings: Settings, mail: Mail, *, at: datetime
) -> Opened | None:
    """Find and open whom a mail is for; None if nobody can or should get it any more."""
    if mail.kind is Kind.SIGN_IN:
        return await open_sign_in(tx, settings, mail, at=at)
    if mail.person_id is None:
        return None
    recipient = (await recipients_of(tx, [mail.person_id])).get(mail.person_id)
    if recipient is None:
        return None
    vault = vault_of(tx)
    sealed = [(mail.person_id, SEALED_AS[name], text) for name, text in mail.sealed.items()]
    opened = dict(zip(mail.sealed, await vault.open_many(sealed), strict=True)) if sealed else {}
    secrets = {name: text for name, text in opened.items() if text is not None}
    caller = await caller_of(tx, mail.person_id)
    return Opened(mail=mail, recipient=recipient, secrets=secrets, caller=caller)


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
    return (await recipients_of(tx, [account.id])).get(account.id)


async def recipients_of(tx: AsyncConnection, person_ids: Collection[UUID]) -> dict[UUID, Recipient]:
    """Open the addresses of people, in two readings; who has none, or is forgotten, is left out."""
    found = await accounts.accounts_of(tx, person_ids)
    opened = await accounts.opened(tx, found.values(), "email", "given_name")
    return {
        person_id: Recipient(
            email=opened[person_id, "email"],
            given_name=opened.get((person_id, "given_name"), ""),
            language=account.language,
        )
        for person_id, account in found.items()
        if (person_id, "email") in opened
    }


async def addressed(
    tx: AsyncConnection, settings: Settings, mails: Sequence[Mail], *, at: datetime
) -> list[tuple[Mail, Recipient | None]]:
    """Say whom each of these mails is for, without writing any."""
    known = await recipients_of(tx, {each.person_id for each in mails if each.person_id})
    told: list[tuple[Mail, Recipient | None]] = []
    for mail in mails:
        if mail.kind is Kind.SIGN_IN:
            opened = await open_sign_in(tx, settings, mail, at=at)
            told.append((mail, opened.recipient if opened else None))
        else:
            told.append((mail, known.get(mail.person_id) if mail.person_id else None))
    return told


async def write(opened: Opened, desk: Desk) -> Letter | None:
    """Put a mail into words, with no name in it but the reader's own; None if it is moot by now."""
    language = language_named(opened.recipient.language) or "fr"
    words = Words(language, await desk.vocabularies.read(desk.neighbours))
    values = told(opened.mail, words) | dict(opened.secrets)
    if opened.mail.kind in OTHER_BUTTONS and opened.caller is not None:
        profile = await profile_of(desk, opened.caller, opened.mail, words)
        if profile is None:
            return None
        values["profile"] = profile
    return in_words(opened, values, words, desk.settings.home)


def in_words(opened: Opened, values: Mapping[str, str], words: Words, home: str) -> Letter:
    kind = opened.mail.kind
    subject = subject_of(opened.mail, words)
    shown = {
        "t": words,
        "name": opened.recipient.given_name,
        "subject": subject,
        "paragraphs": words(f"mail.{kind}.text", **values).strip().split("\n\n"),
        "code": opened.secrets.get("code"),
        "buttons": buttons_of(opened.mail, words, home),
    }
    return Letter(
        to=opened.recipient.email,
        language=words.language,
        subject=subject,
        text=templates().get_template("mail/letter.txt").render(shown),
        html=templates().get_template("mail/letter.html").render(shown),
    )


def subject_of(mail: Mail, words: Words) -> str:
    """Say what a mail is about, and nothing of anybody: a subject is read over shoulders."""
    return words(f"mail.{mail.kind}.subject")


def buttons_of(mail: Mail, words: Words, home: str) -> list[tuple[str, str]]:
    """List the words and addresses of the buttons of a mail."""
    named = (("button", BUTTONS), ("other", OTHER_BUTTONS))
    return [
        (words(f"mail.{mail.kind}.{name}"), home + addresses[mail.kind].format(**mail.facts))
        for name, addresses in named
        if mail.kind in addresses
    ]


async def profile_of(desk: Desk, caller: Caller, mail: Mail, words: Words) -> str | None:
    """Tell the profile of who is proposed, as the mentor may read it; None if it is answered."""
    key = desk.settings.token_signing_key.get_secret_value()
    voice = Voice(language=words.language, token=issue(key, caller, now=datetime.now(UTC)))
    path = f"/proposals/{mail.facts['proposal_id']}"
    try:
        proposal = await desk.neighbours.get("matching", path, voice)
    except NeighbourSaidNo:
        return None
    if proposal["status"] != "open" or not proposal["profile"]:
        return None
    return "\n".join(lines_of(proposal["profile"], words))


# What a mail tells of a profile, and the list in which each code has its word.
TOLD = {
    "age_band": "age_band",
    "axis": "axis",
    "level": "levels",
    "needs": "needs",
    "languages": "languages",
    "modalities": "modality",
}


def lines_of(profile: Mapping[str, Any], words: Words) -> Iterator[str]:
    for name, group in TOLD.items():
        codes = profile.get(name) or ()
        listed = [codes] if isinstance(codes, str) else codes
        if listed:
            said = ", ".join(words.label(group, code) for code in listed)
            yield words("mail.line", name=words.label("facet", name), value=said)


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
