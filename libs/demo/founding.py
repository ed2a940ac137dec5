"""How the collective begins: associations with their staff, partners, programmes and offers."""

from demo.actors import Actor
from demo.cast import Cast
from demo.chance import Chance
from demo.houses import HOUSES, House
from demo.names import FAMILY, FEMALE, MALE, plain
from demo.world import Association, World

LEAST_ROOM = 2
COLLECTIVE_EMAIL = "claude.riviere@collectif.example"


async def found_collective(world: World) -> None:
    """Register the six, one after the other, as the collective's staff would."""
    for house in HOUSES:
        world.associations[house.key] = await found(world, house)
    world.collective = await appoint_collective(world)


async def appoint_collective(world: World) -> Actor:
    body = {
        "role": "collective",
        "given_name": "Claude",
        "family_name": "Rivière",
        "email": COLLECTIVE_EMAIL,
    }
    person = (await world.doors.admin().post("intake", "/staff", body))["person_id"]
    return world.doors.actor("collective", None, person)


async def found(world: World, house: House) -> Association:
    admin = world.doors.admin()
    registered = {"name": house.name, "commune": house.commune}
    association_id: str = (await admin.post("intake", "/associations", registered))["id"]
    team = [("coordinator", 0), ("coordinator", 1), ("volunteer", 2)]
    partners = [("prescriber", 3), ("prescriber", 4)]
    first, second, volunteer, *partners_there = [
        await appoint(world, house, association_id, *each) for each in team + partners
    ]
    body = {"name": house.programme, "template": house.template, "overrides": rules(house)}
    path = f"/associations/{association_id}/programmes"
    programme_id: str = (await first.post("intake", path, body))["id"]
    offer = {
        "title": f"{house.programme} : {house.name}",
        "capacity": capacity(world.cast, house),
        "reach_km": house.reach_km,
    }
    path = f"/programmes/{programme_id}/offers"
    offer_id: str = (await first.post("intake", path, offer))["id"]
    known = await first.get("intake", "/programmes")
    policy = next(each["policy"] for each in known if each["id"] == programme_id)
    return Association(
        house=house,
        id=association_id,
        programme_id=programme_id,
        offer_id=offer_id,
        policy=policy,
        coordinators=[first, second],
        volunteer=volunteer,
        partners=partners_there,
    )


def rules(house: House) -> dict[str, object]:
    """Keep every proposal in a coordinator's hands: who is asked next follows from no race."""
    return {**house.overrides, "matching": {"proposer": "coordinator"}}


def capacity(cast: Cast, house: House) -> int:
    brought = cast.young_count * house.share
    return max(LEAST_ROOM, round(brought * house.room))


async def appoint(world: World, house: House, association_id: str, role: str, place: int) -> Actor:
    given, family = staff_name(world.chance, house, place)
    body = {
        "role": role,
        "given_name": given,
        "family_name": family,
        "email": staff_email(world.chance, house, place),
    }
    path = f"/associations/{association_id}/staff"
    person = (await world.doors.admin().post("intake", path, body))["person_id"]
    return world.doors.actor(role, association_id, person)


def staff_name(chance: Chance, house: House, place: int) -> tuple[str, str]:
    source = chance.about("staff", house.key, place)
    return source.choice(FEMALE + MALE), source.choice(FAMILY)


def staff_email(chance: Chance, house: House, place: int) -> str:
    given, family = staff_name(chance, house, place)
    return f"{plain(given)}.{plain(family)}@{house.key.replace('_', '-')}.example"
