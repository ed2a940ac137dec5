"""How young people come to an association: brought, offered, taken or not, and authorised."""

from collections import defaultdict
from datetime import timedelta
from typing import Any

from demo.actors import Actor
from demo.spreadsheet import bring_lists
from demo.world import Association, Case, World, together

# The answer of an association that has a place; no answer at all means forgotten.
ANSWERS = {"yes": 0.86, "later": 0.08, "no": 0.04, "forgotten": 0.02}
DECLINES = {"not_mentoring": 0.4, "unreachable": 0.25, "modality": 0.2, "refuses": 0.15}
# How many moments a guardian takes.
AUTHORISES_AFTER = {1: 0.55, 2: 0.2, 4: 0.12, 9: 0.08, 1000: 0.05}
GIVES_UP_AFTER = 20
CHANGES_THEIR_MIND = 0.004


async def live(world: World) -> None:
    """Answer what was offered, decide at home, and bring whoever comes now."""
    await together(authorise(world, each) for each in world.cases if each.stage == "accepted")
    asking = await asked_now(world)
    offered = await together(asked(world, each) for each in asking)
    await answer(world, [case for cases in offered for case in cases])
    await bring_lists(world)
    for case in sorted(world.cases, key=lambda each: (each.young.comes_on, each.young.number)):
        if case.stage == "to_come" and comes_now(world, case):
            await submit(world, case)
        elif case.stage == "accepted":
            await change_mind(world, case)


def comes_now(world: World, case: Case) -> bool:
    return case.young.door != "spreadsheet" and case.young.comes_on <= world.day


async def submit(world: World, case: Case) -> None:
    """Bring a young person by the door that their people know."""
    young = case.young
    association = world.of(young.house)
    form = form_of(case)
    if young.door in {"family", "self"}:
        sent = association.volunteer.post(
            "intake", "/referrals/public", form | {"door": young.door}
        )
    elif young.door == "prescriber":
        sent = association.partners[young.number % 2].post("intake", "/referrals", form)
    else:
        sent = association.coordinator.post("intake", "/referrals", form)
    told = await world.do(sent)
    case.stage, case.since = ("submitted", world.step) if told else ("refused", world.step)
    case.id = told["id"] if told else ""


def form_of(case: Case) -> dict[str, Any]:
    young = case.young
    return dict(young.form) | {
        "given_name": young.given_name,
        "family_name": young.family_name,
        "email": young.address,
    }


async def asked_now(world: World) -> list[Association]:
    """Let the collective say which associations have something to answer."""
    everywhere = {"status": "offered", "limit": 200}
    if world.collective is None:
        return []
    listed = await world.collective.get("intake", "/referrals", **everywhere)
    asked_there = {told["association_id"] for told in listed}
    return [each for each in world.associations.values() if each.id in asked_there]


async def asked(world: World, association: Association) -> list[Case]:
    """List what this association is asked, in the order of people's numbers."""
    listed = await association.coordinator.read_all("intake", "/referrals", status="offered")
    known = {case.id: case for case in world.cases if case.id}
    found = []
    for told in listed:
        case = known.get(told["id"])
        # What it brought itself is listed too, wherever it was offered since.
        if case is None or told["association_id"] != association.id:
            continue
        if case.association is not association or case.stage != "offered":
            case.association, case.stage, case.since = association, "offered", world.step
            case.asked += 1
            meet(world, case, told)
        found.append(case)
    return sorted(found, key=lambda each: each.young.number)


def meet(world: World, case: Case, told: dict[str, Any]) -> None:
    """Know who a case is about, now that the association may read it."""
    case.mentee = world.doors.actor("mentee", None, told["mentee_id"])
    if told["guardian_id"]:
        case.guardian = world.doors.actor("guardian", None, told["guardian_id"])


async def answer(world: World, cases: list[Case]) -> None:
    """Say every yes first; a no moves a case on to others."""
    yeses, noes = await decided(world, cases)
    await together(accept_all(world, theirs) for theirs in yeses.values())
    for case, reason in noes:
        await decline(world, case, reason)


async def decided(
    world: World, cases: list[Case]
) -> tuple[dict[str, list[Case]], list[tuple[Case, str]]]:
    """Say yes as far as there are places, by association; and no, with the reason."""
    free = await free_places(world) if cases else {}
    yeses: dict[str, list[Case]] = defaultdict(list)
    noes = []
    for case in cases:
        association = association_of(case)
        reply = reply_to(world, case)
        if reply == "yes" and free.get(association.id, 0) < 1:
            reply = "no_capacity"
        if reply == "yes":
            free[association.id] -= 1
            yeses[association.id].append(case)
        elif reply not in {"later", "forgotten"}:
            noes.append((case, reply))
    return yeses, noes


async def accept_all(world: World, cases: list[Case]) -> None:
    """Say the yeses of one association, one after the other."""
    for case in cases:
        await accept(world, case)


async def free_places(world: World) -> dict[str, int]:
    catalogue = await world.doors.admin().get("intake", "/catalogue")
    return {offer["association_id"]: offer["free"] for offer in catalogue}


async def decline(world: World, case: Case, reason: str) -> None:
    path = f"/referrals/{case.id}/decline"
    coordinator = association_of(case).coordinator
    await world.do(coordinator.post("intake", path, {"reason": reason}))
    case.stage = "declined"
    world.deeds["referrals declined"] += 1


def reply_to(world: World, case: Case) -> str:
    """Say yes, later, nothing at all, or why not."""
    subject = (case.young.number, case.asked)
    reply = world.chance.one_of(ANSWERS, "reply", *subject)
    if reply == "no":
        return world.chance.one_of(DECLINES, "reason", *subject)
    return "yes" if reply == "later" and world.step > case.since + 1 else reply


async def accept(world: World, case: Case) -> None:
    association = association_of(case)
    path = f"/referrals/{case.id}/acceptance"
    if await world.do(association.coordinator.post("intake", path)) is None:
        return
    case.stage, case.since = "accepted", world.step
    world.deeds["referrals accepted"] += 1
    if case.young.protected:
        today = world.now.date()
        agreed = {
            "evaluated_on": (today - timedelta(days=20)).isoformat(),
            "valid_until": (today + timedelta(days=340)).isoformat(),
        }
        path = f"/people/{mentee_of(case).person_id}/protection-agreement"
        await world.do(association.coordinator.post("intake", path, agreed))


async def authorise(world: World, case: Case) -> None:
    """Let a guardian decide, and the minor agree in person; some take long, some never do."""
    if case.agreed or not case.young.minor or case.guardian is None:
        case.agreed = True
        return
    wait = world.chance.one_of(AUTHORISES_AFTER, "authorises", case.young.number)
    if world.step < case.since + wait:
        return
    for each in await world.do(case.guardian.get("intake", "/authorisations")):
        if each["answer"] == "asked":
            path = f"/authorisations/{each['id']}/decision"
            await world.do(case.guardian.post("intake", path, {"given": True}))
    mentee = mentee_of(case)
    path = f"/people/{mentee.person_id}/adherence"
    await world.do(mentee.post("intake", path, {"given": True}))
    case.agreed = True
    world.deeds["authorisations given"] += 1


async def change_mind(world: World, case: Case) -> None:
    """Let somebody who waits for a mentor give up, by chance or because nobody authorised."""
    unauthorised = not case.agreed and world.step > case.since + GIVES_UP_AFTER
    fickle = world.chance.happens(CHANGES_THEIR_MIND, "fickle", case.young.number, world.step)
    proposed = any(each.case is case for each in world.proposals)
    paired = any(each.case is case and each.stage != "closed" for each in world.pairs)
    if (unauthorised or fickle) and not proposed and not paired:
        path = f"/referrals/{case.id}/withdrawal"
        body = {"reason": "withdrawn"}
        await world.do(association_of(case).coordinator.post("intake", path, body))
        case.stage = "withdrawn"


def association_of(case: Case) -> Association:
    if case.association is None:
        raise LookupError(case.young.number)
    return case.association


def mentee_of(case: Case) -> Actor:
    if case.mentee is None:
        raise LookupError(case.young.number)
    return case.mentee
