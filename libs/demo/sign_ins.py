"""People of the demo who can sign in at the portal, and find something real there."""

from collections.abc import Iterator
from dataclasses import dataclass

from demo.founding import COLLECTIVE_EMAIL, staff_email
from demo.world import Association, Pair, World

PRESCRIBER = 3


@dataclass(frozen=True, slots=True)
class SignIn:
    """Who somebody is, where, and the address to sign in with."""

    association: str
    role: str
    email: str


def sign_ins(world: World) -> Iterator[SignIn]:
    """Name a coordinator, a mentor, a guardian and a prescriber of each association."""
    yield SignIn("Le collectif", "collectif", COLLECTIVE_EMAIL)
    for each in world.associations.values():
        name = each.house.name
        yield SignIn(name, "coordination", staff_email(world.chance, each.house, 0))
        yield SignIn(name, "prescripteur", staff_email(world.chance, each.house, PRESCRIBER))
        yield from (SignIn(name, *who) for who in of_pairs(world, each))


def of_pairs(world: World, association: Association) -> Iterator[tuple[str, str]]:
    """Prefer people of pairs that go on to those of pairs that are over."""
    pairs = [each for each in world.pairs if each.association is association]
    pairs.sort(key=lambda each: (each.stage != "active", each.key))
    if pairs:
        yield "mentor", pairs[0].mentor.person.email
    guardian = next(filter(None, map(guardian_of, pairs)), None)
    if guardian:
        yield "responsable légal", guardian


def guardian_of(pair: Pair) -> str | None:
    return pair.case.young.guardian_email
