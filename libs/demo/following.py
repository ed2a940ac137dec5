"""How pairs live: they meet at their own rhythm, are asked how it goes, and are looked after."""

from datetime import timedelta
from typing import Any

from demo.mentors import actor_of
from demo.pairs import modality_of
from demo.world import Association, Pair, World, together

# How a pair keeps what it agreed: the share of meetings that it holds, and logs.
TEMPERS = {"steady": 0.68, "loose": 0.2, "fading": 0.12}
KEEPS = {"steady": 0.94, "loose": 0.7, "fading": 0.9}
FADES_AFTER = 4
DAYS_A = {"week": 7, "month": 30}
WORDS = (
    "On a bien avancé, il prend de l'assurance.",
    "Séance courte, mais utile.",
    "Nous avons préparé l'entretien de vendredi.",
    "Elle a eu une bonne note, on a fêté ça.",
    "Difficile de se motiver aujourd'hui.",
)
CHECKED_IN = 0.4
MOODS = {5: 0.36, 4: 0.38, 3: 0.18, 2: 0.06, 1: 0.02}
REACTS_TO_A_NUDGE = 0.5


async def live(world: World) -> None:
    """Let pairs meet; once a week, let coordinators look at their alerts."""
    await together(meet(world, each) for each in world.pairs if each.stage == "active")
    if world.moment.opens_week:
        await together(look_after(world, each) for each in world.associations.values())


def temper_of(world: World, pair: Pair) -> str:
    return world.chance.one_of(TEMPERS, "temper", *pair.key)


def rhythm_of(pair: Pair) -> timedelta:
    meetings = pair.association.policy["meetings"]
    return timedelta(days=DAYS_A[meetings["per"]] / meetings["count"])


async def meet(world: World, pair: Pair) -> None:
    """Hold and log the meetings that were to be since the last look."""
    while pair.next_meeting and pair.next_meeting <= world.now:
        held_at = pair.next_meeting
        pair.next_meeting += rhythm_of(pair)
        pair.met += 1
        temper = temper_of(world, pair)
        keeps = 0.0 if temper == "fading" and pair.met > FADES_AFTER else KEEPS[temper]
        if pair.met > 1 and world.chance.happens(keeps, "meets", *pair.key, pair.met):
            await log(world, pair, held_at.isoformat())


async def log(world: World, pair: Pair, held_at: str) -> None:
    source = world.chance.about("meeting", *pair.key, pair.met)
    minutes = pair.association.policy["meetings"]["minutes"]
    body = {
        "held_at": held_at,
        "minutes": max(15, minutes + 15 * source.randint(-2, 2)),
        "modality": modality_of(pair),
        "goals": [pair.goal_id] if pair.goal_id and source.random() < 1 / 2 else [],
        "word": source.choice(WORDS) if source.random() < 1 / 10 else None,
        "important": source.random() < 1 / 100,
    }
    path = f"/pairs/{pair.id}/meetings"
    if await world.do(actor_of(pair.mentor).post("followup", path, body)) is not None:
        world.deeds["meetings"] += 1


async def look_after(world: World, association: Association) -> None:
    """Go through the open alerts of an association, pair by pair."""
    pairs = {pair.id: pair for pair in world.pairs if pair.association is association}
    by_pair: dict[str, list[dict[str, Any]]] = {}
    for alert in await association.coordinator.read_all("followup", "/alerts"):
        by_pair.setdefault(alert["pair_id"], []).append(alert)
    await together(attend_to(world, pairs[pair_id], alerts) for pair_id, alerts in by_pair.items())


async def attend_to(world: World, pair: Pair, alerts: list[dict[str, Any]]) -> None:
    kinds = {alert["kind"] for alert in alerts}
    if "check_in_due" in kinds:
        await check_in(world, pair)
    for alert in sorted(alerts, key=lambda each: (each["kind"], each["due_at"])):
        world.deeds[f"alerts {alert['level']}"] += 1
        if alert["kind"] in {"missed_period", "silence"}:
            await call(world, pair, alert)
        elif alert["kind"] in {"important", "check_in_worry"}:
            await handle(world, pair, alert)


async def check_in(world: World, pair: Pair) -> None:
    """Ask both sides how it goes; some weeks nobody finds the time."""
    if pair.stage != "active" or not world.chance.happens(
        CHECKED_IN, "checks", *pair.key, world.step
    ):
        return
    coordinator = pair.association.coordinators[pair.case.young.number % 2]
    path = f"/pairs/{pair.id}/check-ins"
    for side in ("mentor", "mentee"):
        mood = world.chance.one_of(MOODS, "mood", *pair.key, side, world.step)
        body = {"side": side, "mood": mood}
        await world.do(coordinator.post("followup", path, body))
        world.deeds["check-ins"] += 1


async def call(world: World, pair: Pair, alert: dict[str, Any]) -> None:
    """Call a pair that went quiet; some find their rhythm again, the others come to an end."""
    if alert["proposed"] in {"pause", "close"}:
        pair.ending = pair.ending or ("unreachable", "association")
        return
    if alert["level"] == "nudge":
        if world.chance.happens(REACTS_TO_A_NUDGE, "nudged", *pair.key, world.step):
            body = {"at": world.ago(hours=3), "kind": "message"}
            path = f"/pairs/{pair.id}/contacts"
            await world.do(actor_of(pair.mentor).post("followup", path, body))
        return
    body = {"at": world.ago(hours=1), "kind": "call"}
    path = f"/pairs/{pair.id}/contacts"
    await world.do(pair.association.coordinator.post("followup", path, body))
    if alert["kind"] == "missed_period":
        await handle(world, pair, alert)


async def handle(world: World, pair: Pair, alert: dict[str, Any]) -> None:
    path = f"/alerts/{alert['id']}/handling"
    await world.do(pair.association.coordinator.post("followup", path))
    world.deeds["alerts handled"] += 1
