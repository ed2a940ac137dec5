"""HTTP in: the card of a person, who has read it, and its erasure."""

from hashlib import sha256
from json import dumps
from typing import Any
from uuid import UUID

from common.contracts.intake.people import Ground
from common.contracts.vocabulary import Role
from common.http import Caller, Now, Tx, may, routes
from intake.api.readers import By, as_reader
from intake.api.views import CONTACT, card_of
from intake.domain.erasures import Erasure, Service
from intake.domain.people import NotTheirs, Part, Person, PersonForgotten
from intake.domain.sight import Look, Reader, Ties, check_may_erase, check_may_open
from intake.handlers import erasures as handlers
from intake.store import associations, erasures, mentors, pairs, people, referrals

router = routes()

PEOPLE = (
    Role.COORDINATOR,
    Role.VOLUNTEER,
    Role.MENTOR,
    Role.MENTEE,
    Role.GUARDIAN,
    Role.PRESCRIBER,
    Role.COLLECTIVE,
)
WHOLE = (*CONTACT, "birth_date")


async def ties_of(tx: Tx, person: Person) -> Ties:
    """Load what ties a person to others, which decides who may read their card."""
    about = await referrals.referrals_concerning(tx, person.id)
    wards = {each.mentee_id for each in about}
    met = await pairs.pairs_with(tx, person.id, *wards)
    mentor = await mentors.find_mentor(tx, person.id)
    held = await associations.grants_of(tx, person.id) if person.part is Part.STAFF else []
    named_by = [each.association_id for each in held]
    return Ties(
        person_id=person.id,
        referrals=tuple(about),
        home_id=mentor.association_id if mentor else next(iter(named_by), None),
        works_at=frozenset(each for each in named_by if each),
        pairs=tuple(met),
        guardians=await people.guardians_by_mentee(tx, {each.mentee_id for each in met}),
    )


@router.get("/people/{person_id}", dependencies=[may("person.read", *PEOPLE)])
async def person(person_id: UUID, by: By, now: Now, tx: Tx) -> dict[str, Any]:
    """Open a card; who opened it, and when, is kept."""
    found = await people.person(tx, person_id)
    look = check_may_open(await ties_of(tx, found), by)
    if found.erased:
        raise PersonForgotten(person_id)
    if by.person_id != person_id:
        await people.note_access(tx, person_id, reader_id=by.person_id, at=now)
    return await card_of(tx, found, WHOLE if look is Look.WHOLE else CONTACT)


@router.get("/people/{person_id}/accesses", dependencies=[may("person.read_accesses", *PEOPLE)])
async def accesses(person_id: UUID, by: By, tx: Tx) -> list[dict[str, Any]]:
    """Tell a person, or who answers for them, who has opened their card."""
    ties = await ties_of(tx, await people.person(tx, person_id))
    guardians = {each.guardian_id for each in ties.referrals if each.mentee_id == person_id}
    if by.person_id not in {person_id, *guardians}:
        raise NotTheirs(person_id)
    return [
        {"reader_id": reader_id, "at": at}
        for reader_id, at in await people.accesses_to(tx, person_id)
    ]


@router.post(
    "/people/{person_id}/erasure",
    status_code=201,
    dependencies=[may("person.erase", Role.COORDINATOR, Role.MENTOR, Role.MENTEE, Role.GUARDIAN)],
)
async def erase_person(person_id: UUID, caller: Caller, now: Now, tx: Tx) -> dict[str, Any]:
    found = await people.person(tx, person_id)
    check_may_erase(await ties_of(tx, found), as_reader(caller))
    erasure = await handlers.erase_person(
        tx, person_id, ground=Ground.ASKED, asked_by=caller.person_id, now=now
    )
    return {"id": erasure.id, "complete": erasure.complete}


@router.get("/erasures/{erasure_id}", dependencies=[may("erasure.read", *PEOPLE)])
async def erasure(erasure_id: UUID, by: By, tx: Tx) -> dict[str, Any]:
    """Show who has forgotten; once all have, it is the certificate."""
    found = await erasures.erasure(tx, erasure_id)
    if not may_read(found, by):
        raise NotTheirs(erasure_id)
    return certificate(found)


def may_read(erasure: Erasure, by: Reader) -> bool:
    its_people = {erasure.person_id, erasure.guardian_id, erasure.asked_by}
    return by.person_id in its_people or by.collective


def certificate(erasure: Erasure) -> dict[str, Any]:
    said = {
        "id": str(erasure.id),
        "person_id": str(erasure.person_id),
        "ground": erasure.ground,
        "key_destroyed_at": erasure.key_destroyed_at.isoformat(),
        "forgotten_at": {
            each: at.isoformat() if (at := erasure.forgotten_at.get(each)) else None
            for each in Service
        },
        "complete": erasure.complete,
    }
    digest = sha256(dumps(said, sort_keys=True).encode()).hexdigest()
    return said | {"sha256": digest if erasure.complete else None}
