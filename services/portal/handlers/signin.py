"""Sign in by a mailed code, and stay signed in."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4, uuid5

from sqlalchemy.ext.asyncio import AsyncConnection

from common.caller import Caller, Grant
from common.contracts.vocabulary import Role
from common.errors import Forbidden
from common.identity import new_id
from portal.domain import codes, sessions
from portal.domain.codes import Attempt, Outcome
from portal.domain.letters import Kind
from portal.domain.sessions import Session
from portal.settings import Settings
from portal.store import accounts, doors, mails
from portal.store.accounts import Account

# The first admin is known by an address of the settings, before intake knows anybody.
FIRST_ADMIN = uuid5(UUID(int=0), "binome first admin")


class NotAtThisAddress(Forbidden):
    """This person is not reached at the address that you proved."""

    fr = "Cette personne n'est pas joignable à l'adresse que vous avez prouvée."


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Who asks for a code, as far as one can know it."""

    email: str
    browser: str
    client: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """What became of a code, and the session that it opened."""

    outcome: Outcome
    secret: str = ""


async def ask_code(
    tx: AsyncConnection, settings: Settings, asking: Asking, *, at: datetime
) -> None:
    """Owe a code to an address, known or not: who has it is looked up when the mail leaves."""
    email_index = accounts.index_of(settings.index_key, asking.email)
    client = accounts.client_index(settings.index_key, asking.client)
    since = at - codes.WINDOW
    for_address, from_client = await doors.count_attempts(
        tx, email_index=email_index, client=client, since=since
    )
    codes.admit(for_address=for_address, from_client=from_client)
    attempt = Attempt(
        id=new_id(),
        email_index=email_index,
        browser=sessions.hash_of(asking.browser),
        client=client,
        asked_at=at,
    )
    await doors.add_attempt(tx, attempt)
    await mails.owe(tx, Kind.SIGN_IN, [None], facts={"attempt_id": str(attempt.id)})


async def enter_code(
    tx: AsyncConnection, settings: Settings, *, browser: str, code: str, at: datetime
) -> Entered:
    """Count a try, and open a session if the code is right and somebody has the address."""
    attempt = await doors.lock_latest_attempt(tx, sessions.hash_of(browser))
    if attempt is None:
        return Entered(outcome=Outcome.OVER)
    expected = codes.code_of(settings.index_key, attempt.id)
    tried, outcome = codes.attempt_code(attempt, code, expected=expected, at=at)
    await doors.save_attempt(tx, tried)
    people = await people_at(tx, settings, attempt.email_index)
    if outcome is not Outcome.RIGHT or not people:
        return Entered(outcome=Outcome.OVER if outcome is Outcome.RIGHT else outcome)
    # A new secret, so that nobody who knew the old one is signed in with us.
    secret = f"{uuid4().hex}{uuid4().hex}"
    session = Session(
        id_hash=sessions.hash_of(secret),
        email_index=attempt.email_index,
        person_id=people[0].id if len(people) == 1 else None,
        opened_at=at,
        seen_at=at,
    )
    await doors.add_session(tx, session)
    return Entered(outcome=outcome, secret=secret)


async def people_at(tx: AsyncConnection, settings: Settings, email_index: str) -> list[Account]:
    """Find who has an address; the first admin, for as long as one comes in, has it as well."""
    found = await accounts.accounts_at(tx, settings.index_key, email_index)
    if await admits_first_admin(tx, settings, email_index):
        found.append(Account(id=FIRST_ADMIN, language="fr", sealed={}))
    return found


async def admits_first_admin(tx: AsyncConnection, settings: Settings, email_index: str) -> bool:
    """Say whether the settings let this address administer: only while nobody else may."""
    first = settings.first_admin_email
    if not first or accounts.index_of(settings.index_key, first) != email_index:
        return False
    return not await accounts.anybody_is(tx, Role.ADMIN)


async def choose_person(
    tx: AsyncConnection, settings: Settings, session: Session, person_id: UUID
) -> None:
    """Say which of the people who share an address it is."""
    if person_id not in {each.id for each in await people_at(tx, settings, session.email_index)}:
        raise NotAtThisAddress(person_id)
    await doors.choose_person(tx, session.id_hash, person_id)


async def recognise(
    tx: AsyncConnection, settings: Settings, secret: str, *, at: datetime
) -> tuple[Session | None, Caller | None]:
    """Find whose session this is, if it still counts."""
    session = await doors.session_of(tx, sessions.hash_of(secret))
    if session is None:
        return None, None
    caller = await caller_of(tx, session.person_id) if session.person_id else None
    counts = sessions.is_open(session, caller.grants if caller else frozenset(), at=at)
    if counts and session.person_id == FIRST_ADMIN:
        counts = await admits_first_admin(tx, settings, session.email_index)
    if not counts:
        await doors.end_session(tx, session.id_hash)
        return None, None
    if sessions.was_seen_long_ago(session, at=at):
        await doors.note_seen(tx, session.id_hash, at=at)
    return session, caller


async def caller_of(tx: AsyncConnection, person_id: UUID) -> Caller:
    if person_id == FIRST_ADMIN:
        return Caller(person_id=person_id, grants=frozenset({Grant(Role.ADMIN)}), language="fr")
    found = await accounts.accounts_of(tx, [person_id])
    language = found[person_id].language if person_id in found else None
    grants = await accounts.grants_of(tx, person_id)
    return Caller(person_id=person_id, grants=grants, language=language)


async def sign_out(tx: AsyncConnection, session: Session) -> None:
    await doors.end_session(tx, session.id_hash)
