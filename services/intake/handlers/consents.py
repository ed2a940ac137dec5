"""Guardians authorise, minors agree, the child-protection service evaluates every year."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from common.contracts.intake.consents import AuthorisationKind
from common.identity import new_id
from common.outbox import emit
from intake.domain import consents as domain
from intake.domain.consents import Adherence, Authorisation, Protection, Voice
from intake.domain.people import GuardianMissing
from intake.domain.referrals import Referral
from intake.store import consents as store


async def ask_authorisation(
    tx: AsyncConnection, referral: Referral, kind: AuthorisationKind, *, now: datetime
) -> Authorisation:
    """Ask a guardian once more, or for images, which nothing depends on."""
    if referral.guardian_id is None:
        raise GuardianMissing("guardian")
    asked = Authorisation(
        id=new_id(),
        mentee_id=referral.mentee_id,
        guardian_id=referral.guardian_id,
        referral_id=referral.id,
        kind=kind,
        asked_at=now,
    )
    await store.add_authorisations(tx, [asked])
    await emit(tx, domain.announce_asked(asked, referral.custodian_id))
    return asked


async def decide_authorisation(
    tx: AsyncConnection, asked: Authorisation, *, given: bool, by: Voice, now: datetime
) -> None:
    decided, event = domain.decide(asked, given=given, by=by, at=now)
    if event is not None:
        await store.save_authorisation(tx, decided)
        await emit(tx, event)


async def say_adherence(
    tx: AsyncConnection, mentee_id: UUID, *, given: bool, by: Voice, now: datetime
) -> UUID:
    before = await store.lock_adherence(tx, mentee_id) or Adherence(
        id=new_id(), mentee_id=mentee_id, given=False, said_at=now, on_paper=False, version=0
    )
    said, event = domain.adhere(before, given=given, by=by, at=now)
    if event is not None:
        await store.save_adherence(tx, said)
        await emit(tx, event)
    return said.id


async def agree_protection(
    tx: AsyncConnection, mentee_id: UUID, *, evaluated_on: date, valid_until: date, now: datetime
) -> UUID:
    before = await store.lock_protection(tx, mentee_id)
    protection = Protection(
        id=before.id if before else new_id(),
        mentee_id=mentee_id,
        evaluated_on=evaluated_on,
        valid_until=valid_until,
        version=before.version + 1 if before else 1,
    )
    agreed, event = domain.agree_protection(protection, at=now)
    await store.save_protection(tx, agreed)
    await emit(tx, event)
    return agreed.id
