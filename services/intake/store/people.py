"""People as they are kept: sealed, found again by keyed hashes, and every reading noted."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from secrets import token_hex
from uuid import UUID

from sqlalchemy import ColumnElement, RowMapping, delete, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from common.contracts.vocabulary import Sealed
from common.keys import create_keys, without_key
from common.statements import among, any_of, changing, finding, locking, row_of
from common.vault import vault_of
from intake.domain.associations import Guardianship
from intake.domain.duplicates import DuplicateNotFound, Suspicion, Trace
from intake.domain.people import Part, Person, PersonNotFound
from intake.store.people_tables import (
    accesses,
    fingerprints,
    guardianships,
    index_keys,
    people,
    suspicions,
)

# The hashes are made with a key that is sealed like a person's field, under a key of its own.
INDEX_OWNER = UUID(int=0)
INDEX_FIELD = "index"
INDEX_LOCK = 7_361_201
# So many people who look like a new one are shown, and no more.
ENOUGH = 5

INDEX_KEY = select(index_keys.c.sealed)
PEOPLE = select(people).where(any_of(people.c.id, "ids"))
STANDING = (
    select(people.c.id)
    .where(any_of(people.c.id, "ids"), ~people.c.erased)
    .order_by(people.c.id)
    .with_for_update(read=True)
)
ADD_PEOPLE = insert(people)
ADD_FINGERPRINTS = upsert(fingerprints).on_conflict_do_nothing()
_place = func.row_number().over(partition_by=fingerprints.c.hash, order_by=fingerprints.c.person_id)
_known = (
    select(fingerprints.c.hash, fingerprints.c.person_id, _place.label("place"))
    .where(any_of(fingerprints.c.hash, "hashes"))
    .subquery()
)
BEARERS = (
    select(_known.c.hash, _known.c.person_id)
    .where(_known.c.place <= ENOUGH)
    .order_by(_known.c.place)
)


async def index_key(tx: AsyncConnection) -> bytes:
    """Give the key of the hashes; the first who asks makes it."""
    sealed = await sealed_index_key(tx)
    if sealed is None:
        await tx.execute(select(func.pg_advisory_xact_lock(INDEX_LOCK)))
        sealed = await sealed_index_key(tx) or await make_index_key(tx)
    return bytes.fromhex(await vault_of(tx).open(INDEX_OWNER, INDEX_FIELD, sealed))


async def sealed_index_key(tx: AsyncConnection) -> Sealed | None:
    sealed = await tx.scalar(INDEX_KEY)
    return Sealed(sealed) if sealed else None


async def make_index_key(tx: AsyncConnection) -> Sealed:
    await create_keys(tx, INDEX_OWNER)
    sealed = await vault_of(tx).seal(INDEX_OWNER, INDEX_FIELD, token_hex(32))
    await tx.execute(insert(index_keys).values(owner_id=INDEX_OWNER, sealed=sealed))
    return sealed


async def add_people(tx: AsyncConnection, newcomers: Iterable[Person]) -> None:
    if rows := [row_of(person) for person in newcomers]:
        await tx.execute(ADD_PEOPLE, rows)


async def lock_person(tx: AsyncConnection, person_id: UUID) -> Person:
    row = (await tx.execute(locking(people), {"of_id": person_id})).mappings().one_or_none()
    if row is None:
        raise PersonNotFound(person_id)
    return Person(**row)


async def person(tx: AsyncConnection, person_id: UUID) -> Person:
    row = (await tx.execute(finding(people), {"of_id": person_id})).mappings().one_or_none()
    if row is None:
        raise PersonNotFound(person_id)
    return Person(**row)


async def people_of(tx: AsyncConnection, person_ids: Collection[UUID]) -> dict[UUID, Person]:
    rows = (await tx.execute(PEOPLE, {"ids": list(person_ids)})).mappings()
    return {row["id"]: Person(**row) for row in rows}


async def save_person(tx: AsyncConnection, changed: Person) -> None:
    await tx.execute(changing(people), {"of_id": changed.id, **row_of(changed)})


async def add_fingerprints(
    tx: AsyncConnection, made: Sequence[tuple[UUID, Part, Trace, str]]
) -> None:
    rows = [
        {"person_id": person_id, "part": part, "trace": trace, "hash": hashed}
        for person_id, part, trace, hashed in made
    ]
    if rows:
        await tx.execute(ADD_FINGERPRINTS, rows)


async def bearers(tx: AsyncConnection, hashes: Collection[str]) -> list[tuple[str, UUID]]:
    """Find the first who are known under these hashes, in one reading."""
    known = await tx.execute(BEARERS, {"hashes": list(hashes)})
    return [(row.hash, row.person_id) for row in known]


async def people_without_key(tx: AsyncConnection, limit: int) -> Sequence[UUID]:
    """Name those whose key is erased and of whom something is kept all the same."""
    query = select(people.c.id).where(~people.c.erased, people.c.id.in_(without_key))
    return (await tx.scalars(query.order_by(people.c.id).limit(limit))).all()


async def forget_fingerprints(tx: AsyncConnection, person_id: UUID) -> None:
    await tx.execute(delete(fingerprints).where(fingerprints.c.person_id == person_id))


async def add_suspicions(tx: AsyncConnection, noticed: Sequence[Suspicion]) -> None:
    """Keep what was noticed, but of nobody who was erased meanwhile: an erasure is waited for."""
    if not noticed:
        return
    standing = set(await tx.scalars(STANDING, {"ids": [each.known_id for each in noticed]}))
    kept = [each for each in noticed if each.known_id in standing]
    if kept:
        await tx.execute(
            insert(suspicions), [row_of(each) | {"traces": list(each.traces)} for each in kept]
        )


async def suspicions_about(tx: AsyncConnection, person_id: UUID) -> list[Suspicion]:
    about = or_(suspicions.c.person_id == person_id, suspicions.c.known_id == person_id)
    query = select(suspicions).where(about).order_by(suspicions.c.noticed_at)
    return [_suspicion(row) for row in (await tx.execute(query)).mappings()]


async def lock_suspicion(tx: AsyncConnection, one_id: UUID, other_id: UUID) -> Suspicion:
    """Lock what is suspected of two people, whichever of them came first."""
    either = or_(_between(one_id, other_id), _between(other_id, one_id))
    query = select(suspicions).where(either).with_for_update()
    row = (await tx.execute(query)).mappings().one_or_none()
    if row is None:
        raise DuplicateNotFound(one_id)
    return _suspicion(row)


async def save_suspicion(tx: AsyncConnection, judged: Suspicion) -> None:
    values = row_of(judged) | {"traces": list(judged.traces)}
    where = _between(judged.person_id, judged.known_id)
    await tx.execute(update(suspicions).where(where).values(values))


async def forget_suspicions(tx: AsyncConnection, person_id: UUID) -> None:
    about = or_(suspicions.c.person_id == person_id, suspicions.c.known_id == person_id)
    await tx.execute(delete(suspicions).where(about))


def _between(person_id: UUID, known_id: UUID) -> ColumnElement[bool]:
    return (suspicions.c.person_id == person_id) & (suspicions.c.known_id == known_id)


def _suspicion(row: RowMapping) -> Suspicion:
    return Suspicion(**{**row, "traces": tuple(map(Trace, row["traces"]))})


async def add_guardianships(tx: AsyncConnection, named: Iterable[Guardianship]) -> None:
    if rows := [row_of(each) for each in named]:
        await tx.execute(insert(guardianships), rows)


async def guardians_of(tx: AsyncConnection, mentee_id: UUID) -> list[UUID]:
    query = select(guardianships.c.guardian_id).where(guardianships.c.mentee_id == mentee_id)
    return list((await tx.execute(query)).scalars())


async def guardians_by_mentee(
    tx: AsyncConnection, mentee_ids: Collection[UUID]
) -> dict[UUID, UUID]:
    query = select(guardianships).where(among(guardianships.c.mentee_id, mentee_ids))
    return {row.mentee_id: row.guardian_id for row in await tx.execute(query)}


async def note_access(
    tx: AsyncConnection, person_id: UUID, *, reader_id: UUID, at: datetime
) -> None:
    noted = insert(accesses).values(person_id=person_id, reader_id=reader_id, at=at)
    await tx.execute(noted)


async def accesses_to(tx: AsyncConnection, person_id: UUID) -> list[tuple[UUID, datetime]]:
    query = select(accesses.c.reader_id, accesses.c.at).where(accesses.c.person_id == person_id)
    return [(row.reader_id, row.at) for row in await tx.execute(query.order_by(accesses.c.id))]
