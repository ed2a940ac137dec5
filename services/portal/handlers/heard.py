"""Keep of what others announced what is needed to let people in and to write to them."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncConnection

from common.contracts import Event
from common.contracts.erasure import PortalForgot
from common.contracts.intake.people import PersonErased, PersonRegistered, RoleGranted, RoleRevoked
from common.contracts.matching import PairFormed
from common.contracts.vocabulary import Role, Setting
from common.outbox import emit
from portal.store import heard
from portal.store.tables import accounts, grants, pairs


async def keep_account(tx: AsyncConnection, person: PersonRegistered) -> None:
    """Keep a person sealed; the address is indexed by the clock, or when somebody signs in."""
    if await heard.is_forgotten(tx, person.person_id):
        return
    row = {
        "id": person.person_id,
        "language": person.language,
        "sealed": person.sealed,
        "email_index": None,
        "version": person.version,
    }
    await heard.keep_newest(tx, accounts, row)


async def keep_grant(tx: AsyncConnection, said: RoleGranted | RoleRevoked) -> None:
    if await heard.is_forgotten(tx, said.person_id):
        return
    row = {
        "id": said.grant_id,
        "person_id": said.person_id,
        "role": Role(said.role),
        "association_id": said.association_id,
        "held": isinstance(said, RoleGranted),
        "version": said.version,
    }
    await heard.keep_newest(tx, grants, row)


async def keep(
    tx: AsyncConnection, table: Table, fact: Event, columns: Mapping[str, object]
) -> None:
    """Keep the columns of a projection under the id and version of a fact."""
    row = {"id": fact.about(), "version": fact.version, **columns}
    await heard.keep_newest(tx, table, row)


async def keep_pair(tx: AsyncConnection, formed: PairFormed) -> None:
    people = {
        "association_id": formed.association_id,
        "referral_id": formed.referral_id,
        "mentor_id": formed.mentor_id,
        "mentee_id": formed.mentee_id,
        "guardian_id": None if formed.setting is Setting.ADULT else formed.guardian_id,
    }
    await keep(tx, pairs, formed, people)


async def forget_person(tx: AsyncConnection, erased: PersonErased) -> None:
    """Forget account, roles, sessions and mails of a person, and say so."""
    person_id: UUID = erased.person_id
    if await heard.forget(tx, person_id):
        forgot = PortalForgot(
            occurred_at=erased.occurred_at, association_id=None, version=1, person_id=person_id
        )
        await emit(tx, forgot)
