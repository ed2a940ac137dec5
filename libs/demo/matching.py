"""How mentors are found: weekly runs over the whole pool, and answers to the invitations."""

from typing import Any

from demo.mentors import actor_of, id_of
from demo.world import Association, Case, Mentor, Pair, Proposal, World, in_turn, together, until

ANSWERS = {"yes": 0.76, "no": 0.14, "silence": 0.1}
DECLINES = {
    "no_time": 0.35,
    "schedule": 0.25,
    "profile": 0.15,
    "too_far": 0.15,
    "conflict_of_interest": 0.02,
    "other": 0.08,
}
# Fewer than this are looked at one by one.
WORTH_A_RUN = 6
# An invitation of Monday is over on the next one: that is the second look.
SILENT_FOR = 2
# Who found nobody looks again after so many weeks.
NOBODY_FOR_WEEKS = 3


async def live(world: World) -> None:
    """Let mentors answer; once a week, look for mentors for those who wait."""
    await answer_all(world)
    if world.moment.opens_week:
        await together(look_for_mentors(world, each) for each in world.associations.values())


async def look_for_mentors(world: World, association: Association) -> None:
    """Look in the pool of one association: each has its own mentors."""
    waiting = waiting_at(world, association)
    if len(waiting) >= WORTH_A_RUN:
        await run(world, association, waiting)
        return
    for case in waiting:
        if world.moment.week >= case.look_again:
            await propose_best(world, association, case)


async def answer_all(world: World) -> None:
    due = [each for each in world.proposals if each.made < world.step]
    due.sort(key=lambda each: (each.case.young.number, each.mentor.person.number))
    await in_turn(answer(world, each) for each in due)
    world.pairs.sort(key=lambda each: (each.formed, each.key))


async def answer(world: World, proposal: Proposal) -> None:
    subject = (proposal.case.young.number, proposal.mentor.person.number)
    reply = world.chance.one_of(ANSWERS, "proposal", *subject)
    path = f"/proposals/{proposal.id}"
    if reply == "yes":
        accepted = await world.do(actor_of(proposal.mentor).post("matching", f"{path}/acceptance"))
        settle(world, proposal, formed=accepted is not None)
    elif reply == "no":
        reason = {"reason": world.chance.one_of(DECLINES, "declines", *subject)}
        await world.do(actor_of(proposal.mentor).post("matching", f"{path}/decline", reason))
        world.deeds["proposals declined"] += 1
        settle(world, proposal, formed=False)
    elif world.step >= proposal.made + SILENT_FOR:
        world.deeds["proposals expired"] += 1
        settle(world, proposal, formed=False)


def settle(world: World, proposal: Proposal, *, formed: bool) -> None:
    world.proposals.remove(proposal)
    if formed:
        case, mentor = proposal.case, proposal.mentor
        case.stage = "paired"
        world.deeds["pairs formed"] += 1
        world.pairs.append(
            Pair(
                id=proposal.id,
                case=case,
                mentor=mentor,
                association=world.of(mentor.person.house),
                formed=world.step,
                since=world.step,
            )
        )


def waiting_at(world: World, association: Association) -> list[Case]:
    """List who waits for a mentor here and nobody is invited for."""
    invited = {each.case.young.number for each in world.proposals}
    return [
        case
        for case in world.cases
        if case.association is association
        and case.stage in {"accepted", "again"}
        and case.since < world.step
        and case.young.number not in invited
    ]


async def run(world: World, association: Association, waiting: list[Case]) -> None:
    """Have the whole pool computed, look at it, and apply it."""
    coordinator = association.coordinator
    body = {"association_id": association.id, "seed": world.cast.chance.seed}
    run_id = (await coordinator.post("matching", "/runs", body))["id"]
    came_to = await until(world, coordinator, "matching", f"/runs/{run_id}", "ready", "refused")
    world.deeds["runs"] += 1
    if came_to == "refused":  # nobody waits any more, or there is no mentor yet
        return
    await world.do(coordinator.post("matching", f"/runs/{run_id}/application", {}))
    applied = await coordinator.get("matching", f"/runs/{run_id}")
    cases, mentors = {case.id: case for case in waiting}, mentors_by_id(world)
    for line in applied["lines"]:
        if line["state"] == "proposed" and line["referral_id"] in cases:
            case, mentor = cases[line["referral_id"]], mentors[line["mentor_id"]]
            note(world, case, mentor, line["proposal_id"])


async def propose_best(world: World, association: Association, case: Case) -> None:
    """Look at the suggestions for one young person, and invite the best who was not yet asked."""
    coordinator = association.coordinator
    path = f"/referrals/{case.id}"
    found = await world.do(coordinator.get("matching", f"{path}/suggestions", limit=10))
    best = best_of(found)
    if best is None:
        case.look_again = world.moment.week + NOBODY_FOR_WEEKS
        return
    body = {"mentor_id": best}
    made = await world.do(coordinator.post("matching", f"{path}/proposals", body))
    if made is not None:
        note(world, case, mentors_by_id(world)[best], made["id"])


def best_of(found: Any) -> str | None:
    fresh = [each for each in found["suggestions"] if not each["asked_before"]] if found else []
    return fresh[0]["mentor_id"] if fresh else None


def mentors_by_id(world: World) -> dict[str, Mentor]:
    return {id_of(each): each for each in world.mentors if each.actor}


def note(world: World, case: Case, mentor: Mentor, proposal_id: str) -> None:
    world.proposals.append(Proposal(id=proposal_id, case=case, mentor=mentor, made=world.step))
    world.deeds["proposals made"] += 1
