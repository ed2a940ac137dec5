"""What followup heard from others: the newest of each fact, and what it says of a pair."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Table, Uuid, bindparam, delete, exists, select
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from common.contracts.intake.associations import AssociationRegistered, ProgrammePublished
from common.contracts.intake.people import PersonRegistered
from common.contracts.policy import Policy
from common.contracts.vocabulary import Sealed, Setting
from common.database import later
from common.statements import among, any_of, newest, replacing_older, row_of
from followup.domain.errors import NamesNotYetKnown, ProgrammeNotYetKnown
from followup.domain.heard import Heard, Topic
from followup.store.heard_tables import associations, erased_people, heard, people, programmes
from followup.store.rows import one, rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """A programme in one version of its policy."""

    programme_id: UUID
    policy_version: int
    name: str
    policy: Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody, sealed: nothing of them can be read without their key."""

    person_id: UUID
    language: str
    sealed: Mapping[str, Sealed]


async def keep_heard(tx: AsyncConnection, fact: Heard) -> bool:
    """Keep a fact if it is newer than what is held, and tell whether it was."""
    row = row_of(fact) | {"settings": [setting.value for setting in fact.settings]}
    return await _keep_newest(tx, heard, row)


async def keep_association(tx: AsyncConnection, event: AssociationRegistered) -> None:
    await _keep_newest(
        tx,
        associations,
        {
            "association_id": event.association_id,
            "version": event.version,
            "name": event.name,
        },
    )


HEARD_ABOUT = select(heard).where(any_of(heard.c.person_id, "person_ids"))
GUARDIANS_OF = select(heard.c.other_id).where(
    heard.c.topic == Topic.GUARDIANSHIP, heard.c.person_id == bindparam("of_mentee")
)
PEOPLE = select(people.c.person_id, people.c.language, people.c.sealed).where(
    any_of(people.c.person_id, "person_ids")
)
NEWEST_PROGRAMME = (
    select(programmes)
    .where(
        programmes.c.programme_id == bindparam("of_id"),
        programmes.c.policy_version >= bindparam("at_least"),
    )
    .order_by(programmes.c.policy_version.desc())
    .limit(1)
)
NEWEST_PROGRAMMES = (
    select(programmes)
    .ext(distinct_on(programmes.c.programme_id))
    .where(any_of(programmes.c.programme_id, "of_ids"))
    .order_by(programmes.c.programme_id, programmes.c.policy_version.desc())
)

_erased = exists().where(erased_people.c.person_id == bindparam("person_id", type_=Uuid))
KEEP_PERSON = newest(people, unless=_erased)


def keep_person(tx: AsyncConnection, event: PersonRegistered) -> None:
    """Keep who somebody is, sealed; an erased person never comes back, not in one batch either."""
    row = {
        "person_id": event.person_id,
        "version": event.version,
        "language": event.language,
        "sealed": dict(event.sealed),
    }
    later(tx, KEEP_PERSON, row)


async def erase_person(tx: AsyncConnection, person_id: UUID, at: datetime) -> bool:
    """Forget who somebody is; tell whether that was still to be done."""
    note = insert(erased_people).values(person_id=person_id, erased_at=at)
    noted = await tx.execute(note.on_conflict_do_nothing())
    await tx.execute(delete(people).where(people.c.person_id == person_id))
    return noted.rowcount > 0


async def erased_among(tx: AsyncConnection, person_ids: Collection[UUID]) -> frozenset[UUID]:
    query = select(erased_people.c.person_id).where(among(erased_people.c.person_id, person_ids))
    return frozenset((await tx.scalars(query)).all())


async def keep_programme(tx: AsyncConnection, event: ProgrammePublished) -> None:
    row = {
        "programme_id": event.programme_id,
        "policy_version": event.version,
        "association_id": event.association_id,
        "name": event.name,
        "policy": event.policy.model_dump(mode="json"),
    }
    await tx.execute(insert(programmes).on_conflict_do_nothing(), row)


async def newest_programme(tx: AsyncConnection, programme_id: UUID, at_least: int) -> Programme:
    """Find the newest version of a programme that was heard of, if it is new enough."""
    row = await one(tx, NEWEST_PROGRAMME, of_id=programme_id, at_least=at_least)
    if row is None:
        raise ProgrammeNotYetKnown(programme_id)
    return _programme(row)


async def policies_of(
    tx: AsyncConnection, programme_ids: Collection[UUID]
) -> dict[tuple[UUID, int], Policy]:
    """Find the policies of programmes, by programme and version."""
    query = select(programmes).where(among(programmes.c.programme_id, programme_ids))
    found = map(_programme, await rows(tx, query))
    return {(each.programme_id, each.policy_version): each.policy for each in found}


async def newest_programmes(
    tx: AsyncConnection, programme_ids: Collection[UUID]
) -> dict[UUID, Programme]:
    found = map(_programme, await rows(tx, NEWEST_PROGRAMMES, of_ids=list(programme_ids)))
    return {programme.programme_id: programme for programme in found}


async def heard_about(tx: AsyncConnection, *person_ids: UUID) -> list[Heard]:
    return [_heard(row) for row in await rows(tx, HEARD_ABOUT, person_ids=list(person_ids))]


async def guardians_of(tx: AsyncConnection, mentee_id: UUID) -> frozenset[UUID]:
    return frozenset((await tx.scalars(GUARDIANS_OF, {"of_mentee": mentee_id})).all())


async def wards_of(tx: AsyncConnection, guardian_id: UUID) -> frozenset[UUID]:
    query = select(heard.c.person_id).where(
        heard.c.topic == Topic.GUARDIANSHIP, heard.c.other_id == guardian_id
    )
    return frozenset((await tx.scalars(query)).all())


async def people_by_id(tx: AsyncConnection, person_ids: Collection[UUID]) -> dict[UUID, Person]:
    found = await rows(tx, PEOPLE, person_ids=list(person_ids))
    return {row["person_id"]: Person(**row) for row in found}


async def association_name(tx: AsyncConnection, association_id: UUID) -> str:
    query = select(associations.c.name).where(associations.c.association_id == association_id)
    name: str | None = await tx.scalar(query)
    if name is None:
        raise NamesNotYetKnown(association_id)
    return name


async def _keep_newest(tx: AsyncConnection, table: Table, row: Mapping[str, Any]) -> bool:
    kept = await tx.execute(replacing_older(table, *row), row)
    return kept.rowcount > 0


def _programme(row: dict[str, Any]) -> Programme:
    return Programme(
        programme_id=row["programme_id"],
        policy_version=row["policy_version"],
        name=row["name"],
        policy=Policy.model_validate(row["policy"]),
    )


def _heard(row: dict[str, Any]) -> Heard:
    settings = tuple(Setting(each) for each in row["settings"])
    return Heard(**row | {"settings": settings})
