"""HTTP in: programmes with their policies, and the offers that everybody may see."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from common.contracts.vocabulary import Role
from common.http import Caller, Model, Now, Tx, may, public, routes
from common.identity import new_id
from intake.api.associations import EVERYBODY, Title
from intake.blueprints import blueprints, policy_from
from intake.domain.programmes import Programme
from intake.domain.routing import Shelf
from intake.forms import FARTHEST_KM, USUAL_REACH_KM, Commune, place_of
from intake.handlers import associations as handlers
from intake.store import catalogue as store

router = routes()

Capacity = Annotated[int, Field(ge=0, le=100_000)]


class ProgrammeForm(Model):
    name: Title
    template: Annotated[str, Field(max_length=60)]
    # Rules of the association's own, in the shape of the template's policy.
    overrides: dict[str, Any] = Field(default_factory=dict)


class PolicyForm(Model):
    overrides: dict[str, Any] = Field(default_factory=dict)


class OfferForm(Model):
    title: Title
    capacity: Capacity
    # Where it is served from; its association's place unless said otherwise.
    commune: Commune | None = None
    reach_km: Annotated[int, Field(ge=0, le=FARTHEST_KM)] = USUAL_REACH_KM


class CapacityForm(Model):
    capacity: Capacity
    open: bool = True


@router.get("/templates", dependencies=[may("template.list", *EVERYBODY)])
async def templates() -> list[dict[str, Any]]:
    return [
        {"code": each.code, "name": each.name, "origin": each.origin, "policy": each.policy}
        for each in blueprints().values()
    ]


@router.post(
    "/associations/{association_id}/programmes",
    status_code=201,
    dependencies=[may("programme.publish", Role.COORDINATOR, Role.COLLECTIVE, Role.ADMIN)],
)
async def publish_programme(
    association_id: UUID, form: ProgrammeForm, caller: Caller, now: Now, tx: Tx
) -> dict[str, Any]:
    caller.require(association_id)
    programme = Programme(
        id=new_id(),
        association_id=association_id,
        name=form.name.strip(),
        template=form.template,
        policy=policy_from(form.template, form.overrides),
    )
    await handlers.publish_programme(tx, programme, now=now)
    return {"id": programme.id, "policy_version": programme.version}


@router.post(
    "/programmes/{programme_id}/policies",
    status_code=201,
    dependencies=[may("programme.revise", Role.COORDINATOR, Role.COLLECTIVE, Role.ADMIN)],
)
async def revise_programme(
    programme_id: UUID, form: PolicyForm, caller: Caller, now: Now, tx: Tx
) -> dict[str, Any]:
    programme = await store.lock_programme(tx, programme_id)
    caller.require(programme.association_id)
    revised = await handlers.revise_programme(tx, programme, form.overrides, now=now)
    return {"id": revised.id, "policy_version": revised.version}


@router.get("/programmes", dependencies=[may("programme.list", *EVERYBODY)])
async def programmes(tx: Tx) -> list[dict[str, Any]]:
    return [
        {
            "id": each.id,
            "association_id": each.association_id,
            "name": each.name,
            "template": each.template,
            "policy_version": each.version,
            "policy": each.policy.model_dump(mode="json"),
        }
        for each in await store.all_programmes(tx)
    ]


@router.post(
    "/programmes/{programme_id}/offers",
    status_code=201,
    dependencies=[may("offer.publish", Role.COORDINATOR, Role.COLLECTIVE, Role.ADMIN)],
)
async def publish_offer(
    programme_id: UUID, form: OfferForm, caller: Caller, now: Now, tx: Tx
) -> dict[str, UUID]:
    programme = await store.lock_programme(tx, programme_id)
    caller.require(programme.association_id)
    place = place_of(form.commune) if form.commune else None
    shown = (form.title.strip(), form.capacity, form.reach_km)
    offer = await handlers.publish_offer(tx, programme, place, shown, now=now)
    return {"id": offer.id}


@router.post(
    "/offers/{offer_id}/capacity",
    status_code=204,
    dependencies=[may("offer.resize", Role.COORDINATOR, Role.COLLECTIVE, Role.ADMIN)],
)
async def resize_offer(
    offer_id: UUID, form: CapacityForm, caller: Caller, now: Now, tx: Tx
) -> None:
    offer = await store.lock_offer(tx, offer_id)
    caller.require(offer.association_id)
    await handlers.resize_offer(tx, offer, capacity=form.capacity, is_open=form.open, now=now)


@router.get("/catalogue", dependencies=[public("catalogue.read")])
async def catalogue(tx: Tx) -> list[dict[str, Any]]:
    """Show what every association offers, and how many places are left now."""
    return [shown(shelf) for shelf in await store.shelves(tx) if shelf.open]


def shown(shelf: Shelf) -> dict[str, Any]:
    policy = shelf.policy
    return {
        "offer_id": shelf.offer_id,
        "title": shelf.title,
        "association_id": shelf.association_id,
        "association": shelf.association_name,
        "programme_id": shelf.programme_id,
        "programme": shelf.programme_name,
        "ages": policy.ages,
        "axes": policy.axes,
        "levels": policy.levels,
        "settings": policy.settings,
        "modalities": policy.modalities,
        "meetings": policy.meetings.model_dump(mode="json"),
        "min_duration_months": policy.min_duration_months,
        "commune": shelf.place.commune,
        "department": shelf.place.department,
        "reach_km": shelf.reach_km,
        "capacity": shelf.capacity,
        "free": max(shelf.free, 0),
    }
