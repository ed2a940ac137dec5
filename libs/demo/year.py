"""The school year itself: at each moment everybody does what is theirs to do."""

from collections.abc import AsyncIterator, Iterable

from demo import endings, following, matching, mentors, pairs, referrals, signing
from demo.founding import rules
from demo.moments import Moment
from demo.world import PATIENCE_SECONDS, World, together

# From which day of the year on somebody asks to be forgotten, and a programme changes its rules.
ERASURE_FROM, REVISION_FROM = 190, 135
REVISED = "un_jeune_un_mentor"
TWICE_A_MONTH = {"meetings": {"count": 2, "per": "month", "minutes": 60}}


async def live(world: World, moments: Iterable[Moment]) -> AsyncIterator[Moment]:
    """Go through the year, moment by moment.

    Who gets whom comes first, then what changes the pool, then what frees places: what one
    service decides never depends on how soon it hears what was done elsewhere in this moment.
    Pairs live their own life meanwhile, which is no news to those who wait.
    """
    for moment in moments:
        await world.move_to(moment)
        await together([live_in_the_pool(world), live_in_pairs(world)])
        await endings.live(world)
        await change_rules(world)
        await forget_somebody(world)
        yield moment
    await world.doors.settle(patience=PATIENCE_SECONDS)


async def live_in_the_pool(world: World) -> None:
    await matching.live(world)
    await together([referrals.live(world), mentors.live(world)])


async def live_in_pairs(world: World) -> None:
    await together([signing.live(world), pairs.live(world)])
    await following.live(world)


async def change_rules(world: World) -> None:
    """Let one programme ask for more meetings from the middle of the year on."""
    if world.day < REVISION_FROM or world.deeds["policies revised"]:
        return
    association = world.associations[REVISED]
    path = f"/programmes/{association.programme_id}/policies"
    overrides = rules(association.house) | TWICE_A_MONTH
    await association.coordinator.post("intake", path, {"overrides": overrides})
    world.deeds["policies revised"] += 1


async def forget_somebody(world: World) -> None:
    """Let the first young person whose mentoring is over ask to be erased."""
    if world.day < ERASURE_FROM or world.deeds["people erased"]:
        return
    for case in world.cases:
        if case.stage == "over" and case.mentee is not None:
            path = f"/people/{case.mentee.person_id}/erasure"
            if await world.do(case.mentee.post("intake", path)) is not None:
                case.stage = "erased"
                world.deeds["people erased"] += 1
            return
