"""How pairs end: early or well, with a reason, interviews, reviews, and what became of people."""

from datetime import timedelta

from demo.mentors import actor_of
from demo.referrals import mentee_of
from demo.world import Pair, World, together

# After how many days a pair ends, and why; the others go on beyond the school year.
LASTS = {(8, 28): 0.04, (32, 85): 0.07, (95, 170): 0.12, (184, 260): 0.42, (1000, 1001): 0.35}
EARLY = {
    "no_more_time": 0.28,
    "schedule": 0.16,
    "not_helpful": 0.14,
    "personal": 0.14,
    "moved": 0.1,
    "subject": 0.06,
    "language": 0.04,
    "technical": 0.04,
    "family_asked": 0.04,
}
GOOD = {"objective_reached": 0.55, "term_reached": 0.3, "no_more_need": 0.15}
SIDES = {"mentor": 0.45, "mentee": 0.45, "association": 0.1}
FULL_TERM = 183
HEARD = 0.85
IMPOSSIBLE = {"unreachable": 0.6, "refused": 0.25, "left": 0.15}
REVIEWED = {"mentor": 0.6, "mentee": 0.45}
SATISFIED = {"good": {5: 0.45, 4: 0.4, 3: 0.15}, "early": {4: 0.2, 3: 0.4, 2: 0.3, 1: 0.1}}
REACHED = {
    "good": {"yes": 0.4, "mostly": 0.4, "partly": 0.2},
    "early": {"mostly": 0.1, "partly": 0.4, "no": 0.5},
}
TRIES_AGAIN = 0.6


async def live(world: World) -> None:
    """Begin the endings of this moment, and finish those that were begun before."""
    await together(finish(world, each) for each in world.pairs if each.stage == "closing")
    for pair in world.pairs:
        decide(world, pair)
    ending = [each for each in world.pairs if each.ending and each.stage not in OVER]
    await together(begin(world, each) for each in ending)


OVER = frozenset({"closing", "closed"})


def decide(world: World, pair: Pair) -> None:
    """Let a pair end when its time has come."""
    if pair.stage != "active" or pair.ending or pair.active_since is None:
        return
    first, last = world.chance.one_of(LASTS, "lasts", *pair.key)
    days = world.chance.between(first, last, "days", *pair.key)
    if world.now - pair.active_since < timedelta(days=days):
        return
    if days >= FULL_TERM:
        reason, side = world.chance.one_of(GOOD, "good", *pair.key), "mentee"
    else:
        reason = world.chance.one_of(EARLY, "early", *pair.key)
        side = world.chance.one_of(SIDES, "by", *pair.key)
    pair.ending = (reason, side)


async def begin(world: World, pair: Pair) -> None:
    reason, side = pair.ending or ("unknown", "association")
    path = f"/pairs/{pair.id}/closing"
    body = {"reason": reason, "by": side}
    if await world.do(pair.association.coordinator.post("followup", path, body)) is not None:
        pair.stage, pair.since = "closing", world.step


def is_good(pair: Pair) -> bool:
    return pair.ending is not None and pair.ending[0] in GOOD


async def finish(world: World, pair: Pair) -> None:
    """Hear every side, write the reviews, close, and note what became of the mentee."""
    coordinator = pair.association.coordinator
    for side in ("mentor", "mentee", *(["guardian"] if pair.case.young.minor else [])):
        body: dict[str, object] = {"side": side}
        if not world.chance.happens(HEARD, "heard", *pair.key, side):
            body["impossible"] = world.chance.one_of(IMPOSSIBLE, "impossible", *pair.key, side)
        await world.do(coordinator.post("followup", f"/pairs/{pair.id}/interviews", body))
    await review(world, pair)
    again = not is_good(pair) and world.chance.happens(TRIES_AGAIN, "again", *pair.key)
    farewell = {
        "rematch_mentee": again,
        "rematch_mentor": is_good(pair) or again,
        "contact": "free" if is_good(pair) else "through_association",
    }
    await world.do(coordinator.post("followup", f"/pairs/{pair.id}/closure", farewell))
    if pair.met and not again:
        kind = world.chance.one_of(pair.association.house.outcomes, "outcome", *pair.key)
        body = {"stage": "exit", "kind": kind}
        await world.do(coordinator.post("followup", f"/pairs/{pair.id}/outcomes", body))
        world.deeds[f"exit: {kind}"] += 1
    pair.stage = "closed"
    pair.case.stage, pair.case.since = ("again" if again else "over"), world.step
    world.deeds["pairs closed"] += 1


async def review(world: World, pair: Pair) -> None:
    how = "good" if is_good(pair) else "early"
    sides = {"mentor": actor_of(pair.mentor), "mentee": mentee_of(pair.case)}
    for side, actor in sides.items():
        if pair.met and world.chance.happens(REVIEWED[side], "review", *pair.key, side):
            body = {
                "satisfaction": world.chance.one_of(SATISFIED[how], "glad", *pair.key, side),
                "goals_reached": world.chance.one_of(REACHED[how], "reached", *pair.key, side),
                "shared": "Merci pour ces mois partagés.",
            }
            await world.do(actor.post("followup", f"/pairs/{pair.id}/review", body))
