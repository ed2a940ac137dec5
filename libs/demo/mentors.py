"""How mentors come: they apply, are screened, refused or approved, and trained."""

from datetime import datetime, time, timedelta
from typing import Any

from demo.world import Association, Mentor, World, in_turn, together

REFUSED, VANISHED = 0.04, 0.03
REFUSALS = {"posture": 0.4, "availability": 0.4, "screening": 0.2}
# How many moments it takes until the papers are there.
PAPERS = {1: 0.6, 2: 0.25, 4: 0.15}
PRESENT = 0.93
BEFORE_ALL = time(5, 0)
TO_MONDAY = timedelta(days=4)


async def live(world: World) -> None:
    """Take the mentors one step further, each as far as it goes now."""
    await together(screen(world, each) for each in world.mentors if each.stage == "applied")
    await together(train(world, each) for each in world.associations.values())
    # One after the other: between equals the one who came first is asked first.
    for each in world.mentors:
        if each.stage == "to_come" and each.person.comes_on <= world.day:
            await apply(world, each)


async def apply(world: World, mentor: Mentor) -> None:
    association = world.of(mentor.person.house)
    form = dict(mentor.person.form) | {
        "given_name": mentor.person.given_name,
        "family_name": mentor.person.family_name,
        "email": mentor.person.email,
        "association_id": association.id,
        "programme_ids": [association.programme_id],
    }
    applied = await world.do(association.volunteer.post("intake", "/mentors", form))
    if applied is not None:
        mentor.actor = world.doors.actor("mentor", association.id, applied["id"])
        mentor.stage, mentor.since = "applied", world.step
        world.deeds["mentors applied"] += 1


async def screen(world: World, mentor: Mentor) -> None:
    """See the papers once they are there; some never come, and some mentors are not wanted."""
    number = mentor.person.number
    if world.step < mentor.since + world.chance.one_of(PAPERS, "papers", number):
        return
    path = f"/mentors/{id_of(mentor)}"
    coordinator = world.of(mentor.person.house).coordinator
    if world.chance.happens(VANISHED, "vanished", number):
        mentor.stage = "vanished"
    elif world.chance.happens(REFUSED, "refused", number):
        reason = {"reason": world.chance.one_of(REFUSALS, "refusal", number)}
        await world.do(coordinator.post("intake", f"{path}/refusal", reason))
        mentor.stage = "refused"
    else:
        for check in checks_for(world.of(mentor.person.house), mentor):
            seen = {"check": check, "seen_on": world.now.date().isoformat()}
            await world.do(coordinator.post("intake", f"{path}/checks", seen))
        await world.do(coordinator.post("intake", f"{path}/approval"))
        mentor.stage, mentor.since = "approved", world.step
        world.deeds["mentors approved"] += 1


def checks_for(association: Association, mentor: Mentor) -> list[str]:
    screening = association.policy["screening"]
    served = set(mentor.person.form["settings"]) & set(association.policy["settings"])
    return sorted({check for setting in served for check in screening.get(setting, ())})


async def train(world: World, association: Association) -> None:
    """Plan a session on Thursday for the mentors who need it, and hold it on Monday."""
    theirs = [each for each in world.mentors if each.person.house is association.house]
    if world.moment.opens_week:
        await in_turn(attend(world, association, each) for each in theirs if each.sign_up_id)
        return
    learners = [each for each in theirs if each.stage == "approved" and each.since < world.step]
    if not learners:
        return
    session = await world.do(
        association.coordinator.post(
            "training", "/sessions", session_for(world, association, len(learners))
        )
    )
    await in_turn(sign_up(world, each, session["id"]) for each in learners)


def session_for(world: World, association: Association, places: int) -> dict[str, Any]:
    path = association.policy["training"]
    monday = datetime.combine((world.now + TO_MONDAY).date(), BEFORE_ALL, world.now.tzinfo)
    return {
        "association_id": association.id,
        "programme_id": association.programme_id,
        "kind": "training",
        "modules": [module["code"] for module in path],
        "starts_at": monday.isoformat(),
        "minutes": sum(module["minutes"] for module in path),
        "places": places,
        "remote": association.house.key == "remote",
    }


async def sign_up(world: World, mentor: Mentor, session_id: str) -> None:
    path = f"/sessions/{session_id}/sign-ups"
    taken = await world.do(actor_of(mentor).post("training", path, {}))
    mentor.sign_up_id = taken["id"] if taken else None


async def attend(world: World, association: Association, mentor: Mentor) -> None:
    """Note who came; who did not is invited again."""
    path = f"/sign-ups/{mentor.sign_up_id}/attendance"
    here = world.chance.happens(PRESENT, "present", mentor.person.number, world.moment.week)
    await world.do(association.volunteer.post("training", path, {"present": here}))
    mentor.sign_up_id = None
    if here:
        mentor.stage, mentor.since = "ready", world.step
        world.deeds["mentors trained"] += 1


def actor_of(mentor: Mentor) -> Any:
    if mentor.actor is None:
        raise LookupError(mentor.person.number)
    return mentor.actor


def id_of(mentor: Mentor) -> str:
    return str(actor_of(mentor).person_id)
