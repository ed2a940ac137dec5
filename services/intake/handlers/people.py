"""New people: a key of their own, everything that names them sealed, older entries looked for."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from common.contracts.vocabulary import Role
from common.identity import new_id
from common.keys import create_keys
from common.outbox import emit
from common.seal import DataKey, blind_index, same_email, same_name
from common.vault import vault_of
from intake.domain.associations import RoleGrant, announce_person, grant
from intake.domain.duplicates import Suspicion, Trace
from intake.domain.people import Identity, Part, Person
from intake.store import associations
from intake.store import people as store

# Those of whom a coordinator is shown who may be the same person.
COMPARED = frozenset({Part.MENTEE, Part.MENTOR})


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """Somebody whom the platform hears of for the first time, and in which role."""

    id: UUID
    part: Part
    identity: Identity
    language: str
    role: Role | None = None
    association_id: UUID | None = None
    # Free texts about them.
    texts: Mapping[str, str]


async def register_people(
    tx: AsyncConnection, newcomers: Sequence[Newcomer], *, now: datetime
) -> dict[UUID, dict[str, str]]:
    """Register people, as many as come at once; return their free texts, sealed."""
    await create_keys(tx, *(each.id for each in newcomers))
    keys = await vault_of(tx).load(each.id for each in newcomers)
    known = [as_person(each, fresh(keys, each.id)) for each in newcomers]
    await store.add_people(tx, known)
    await look_for_duplicates(tx, newcomers, now=now)
    given = [role for each in newcomers if (role := role_of(each))]
    await associations.add_grants(tx, given)
    await emit(tx, *(announce_person(person, at=now) for person in known))
    await emit(tx, *(grant(role, at=now) for role in given))
    return {each.id: seal_all(each.id, fresh(keys, each.id), each.texts) for each in newcomers}


def fresh(keys: Mapping[UUID, DataKey | None], person_id: UUID) -> DataKey:
    """Give the key that this transaction has just made."""
    key = keys[person_id]
    if key is None:
        raise KeyError(person_id)
    return key


def as_person(newcomer: Newcomer, key: DataKey) -> Person:
    return Person(
        id=newcomer.id,
        part=newcomer.part,
        language=newcomer.language,
        sealed=seal_all(newcomer.id, key, newcomer.identity.texts()),
    )


def seal_all(person_id: UUID, key: DataKey, texts: Mapping[str, str]) -> dict[str, str]:
    return {field: key.seal(person_id, field, text) for field, text in texts.items()}


def role_of(newcomer: Newcomer) -> RoleGrant | None:
    if newcomer.role is None:
        return None
    return RoleGrant(
        id=new_id(),
        person_id=newcomer.id,
        role=newcomer.role,
        association_id=newcomer.association_id,
    )


async def look_for_duplicates(
    tx: AsyncConnection, newcomers: Sequence[Newcomer], *, now: datetime
) -> None:
    """Notice older entries that look like the same person; a coordinator has the say."""
    key = await store.index_key(tx)
    made = [
        (each.id, each.part, trace, hashed)
        for each in newcomers
        if each.part in COMPARED
        for trace, hashed in fingerprints_of(key, each)
    ]
    bearers: defaultdict[str, list[UUID]] = defaultdict(list)
    for hashed, person_id in await store.bearers(tx, {row[3] for row in made}):
        bearers[hashed].append(person_id)
    traces: defaultdict[tuple[UUID, UUID], list[Trace]] = defaultdict(list)
    for person_id, _, trace, hashed in made:
        # What many share, such as the address of a school, tells nobody apart.
        for known_id in bearers[hashed][: store.ENOUGH]:
            traces[person_id, known_id].append(trace)
        bearers[hashed].append(person_id)
    await store.add_fingerprints(tx, made)
    await store.add_suspicions(
        tx,
        [
            Suspicion(person_id=person_id, known_id=known_id, traces=tuple(found), noticed_at=now)
            for (person_id, known_id), found in traces.items()
        ],
    )


def fingerprints_of(key: bytes, newcomer: Newcomer) -> list[tuple[Trace, str]]:
    """Make the hashes by which the same person is found again, whoever writes them how."""
    identity, part = newcomer.identity, newcomer.part.value
    made = []
    if identity.birth_date is not None:
        names = (same_name(identity.given_name), same_name(identity.family_name))
        born = identity.birth_date.isoformat()
        hashed = blind_index(key, part, Trace.NAME_AND_BIRTH, *names, born)
        made.append((Trace.NAME_AND_BIRTH, hashed))
    if identity.email is not None:
        hashed = blind_index(key, part, Trace.EMAIL, same_email(identity.email))
        made.append((Trace.EMAIL, hashed))
    return made
