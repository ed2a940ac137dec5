"""HTTP in: associations and the people who work for them."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from common.contracts.vocabulary import Role
from common.errors import NotYours
from common.http import Caller, Model, Now, Tx, may, routes
from common.identity import new_id
from intake.domain.associations import Association
from intake.domain.people import ContactMissing, Identity, NameMissing
from intake.forms import Commune, Email, Name, Phone, place_of
from intake.handlers import associations as handlers
from intake.handlers.associations import Appointment
from intake.store import associations as store

router = routes()

EVERYBODY = tuple(Role)
Title = Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S")]


class AssociationForm(Model):
    name: Title
    commune: Commune
    pooled_with: Annotated[tuple[UUID, ...], Field(max_length=200)] = ()


class PoolForm(Model):
    pooled_with: Annotated[tuple[UUID, ...], Field(max_length=200)]


class StaffForm(Model):
    """A person who is known here, or a new one."""

    role: Role
    person_id: UUID | None = None
    given_name: Name | None = None
    family_name: Name | None = None
    email: Email | None = None
    phone: Phone | None = None
    language: Literal["fr", "en"] = "fr"

    def appointment(self, association_id: UUID | None) -> Appointment:
        identity = None if self.person_id else self.identity()
        return Appointment(
            role=self.role,
            association_id=association_id,
            person_id=self.person_id,
            identity=identity,
            language=self.language,
        )

    def identity(self) -> Identity:
        if self.given_name is None or self.family_name is None:
            raise NameMissing("family_name" if self.given_name else "given_name")
        if self.email is None:
            raise ContactMissing("email")
        return Identity(
            given_name=self.given_name,
            family_name=self.family_name,
            email=self.email,
            phone=self.phone,
        )


@router.post(
    "/associations",
    status_code=201,
    dependencies=[may("association.register", Role.COLLECTIVE, Role.ADMIN)],
)
async def register_association(form: AssociationForm, now: Now, tx: Tx) -> dict[str, UUID]:
    association = Association(
        id=new_id(),
        name=form.name.strip(),
        place=place_of(form.commune),
        pooled_with=form.pooled_with,
    )
    await handlers.register_association(tx, association, now=now)
    return {"id": association.id}


@router.post(
    "/associations/{association_id}/pool",
    status_code=204,
    dependencies=[may("association.pool", Role.COORDINATOR, Role.COLLECTIVE, Role.ADMIN)],
)
async def pool_association(
    association_id: UUID, form: PoolForm, caller: Caller, now: Now, tx: Tx
) -> None:
    caller.require(association_id)
    await handlers.pool_association(tx, association_id, form.pooled_with, now=now)


@router.get("/associations", dependencies=[may("association.list", *EVERYBODY)])
async def associations(tx: Tx) -> list[dict[str, Any]]:
    return [
        {
            "id": each.id,
            "name": each.name,
            "commune": each.place.commune,
            "department": each.place.department,
            "pooled_with": each.pooled_with,
        }
        for each in await store.all_associations(tx)
    ]


@router.post(
    "/associations/{association_id}/staff",
    status_code=201,
    dependencies=[may("staff.appoint", Role.COORDINATOR, Role.COLLECTIVE, Role.ADMIN)],
)
async def appoint_staff(
    association_id: UUID, form: StaffForm, caller: Caller, now: Now, tx: Tx
) -> dict[str, UUID]:
    caller.require(association_id)
    given = await handlers.appoint(tx, form.appointment(association_id), now=now)
    return {"id": given.id, "person_id": given.person_id}


@router.get(
    "/associations/{association_id}/staff",
    dependencies=[may("staff.list", Role.COORDINATOR, Role.COLLECTIVE, Role.ADMIN)],
)
async def staff(association_id: UUID, caller: Caller, tx: Tx) -> list[dict[str, Any]]:
    caller.require(association_id)
    return [
        {"id": each.id, "person_id": each.person_id, "role": each.role}
        for each in await store.grants_in(tx, association_id)
    ]


@router.post("/staff", status_code=201, dependencies=[may("collective.appoint", Role.ADMIN)])
async def appoint_for_the_collective(form: StaffForm, now: Now, tx: Tx) -> dict[str, UUID]:
    given = await handlers.appoint(tx, form.appointment(None), now=now)
    return {"id": given.id, "person_id": given.person_id}


@router.post(
    "/grants/{grant_id}/revocation",
    status_code=204,
    dependencies=[may("staff.revoke", Role.COORDINATOR, Role.COLLECTIVE, Role.ADMIN)],
)
async def revoke_grant(grant_id: UUID, caller: Caller, now: Now, tx: Tx) -> None:
    held = await store.lock_grant(tx, grant_id)
    if held.association_id is not None:
        caller.require(held.association_id)
    elif not caller.has(Role.ADMIN):
        raise NotYours(grant_id)
    await handlers.revoke_grant(tx, held, now=now)
