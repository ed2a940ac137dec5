"""How a pair begins: the first meeting, held or missed, and a goal to start with."""

from datetime import timedelta

from demo.mentors import actor_of
from demo.world import Pair, World, together

ABSENT = {"nobody": 0.9, "mentee": 0.06, "mentor": 0.04}
MISSES_UNTIL_THE_END = 2
NEVER_AUTHORISED_AFTER = 18
GOALS = (
    "Retrouver confiance à l'oral",
    "Préparer le dossier d'orientation",
    "Tenir un planning de travail chaque semaine",
    "Refaire le CV et s'entraîner à l'entretien",
    "Trouver un stage qui plaît",
    "Découvrir trois métiers du secteur",
    "Lire un livre par mois et en parler",
)


async def live(world: World) -> None:
    """Plan first meetings for those who may meet, and note how they went."""
    await together(begin(world, each) for each in world.pairs if each.since < world.step)


async def begin(world: World, pair: Pair) -> None:
    if pair.stage in {"formed", "missed"}:
        await plan(world, pair)
    elif pair.stage == "planned" and pair.meeting_at and pair.meeting_at <= world.now:
        await record(world, pair)


async def plan(world: World, pair: Pair) -> None:
    """Plan a first meeting; whoever is never authorised, or never comes, goes no further."""
    if not pair.case.agreed:
        if world.step > pair.formed + NEVER_AUTHORISED_AFTER:
            pair.ending = ("family_asked", "guardian")
        return
    if pair.misses >= MISSES_UNTIL_THE_END:
        pair.ending = ("repeated_no_shows", "association")
        return
    days = world.chance.between(1, 6, "first meeting", *pair.key, pair.misses)
    pair.meeting_at = world.now + timedelta(days=days)
    body = {
        "at": pair.meeting_at.isoformat(),
        "modality": modality_of(pair),
        "place": None if modality_of(pair) == "remote" else "Salle de l'association",
    }
    path = f"/pairs/{pair.id}/first-meeting"
    if await world.do(pair.association.coordinator.post("followup", path, body)) is not None:
        pair.stage, pair.since = "planned", world.step


def modality_of(pair: Pair) -> str:
    """Take what both like and the programme does; else what the programme does first."""
    likes = [*pair.case.young.form["modalities"], *pair.association.policy["modalities"]]
    both = [each for each in likes if each in pair.mentor.person.form["modalities"]]
    allowed = pair.association.policy["modalities"]
    return next((each for each in both if each in allowed), str(allowed[0]))


async def record(world: World, pair: Pair) -> None:
    absent = world.chance.one_of(ABSENT, "absent", *pair.key, pair.misses)
    body = {"held": True} if absent == "nobody" else {"held": False, "absent": absent}
    path = f"/pairs/{pair.id}/first-meeting/attendance"
    told = await world.do(pair.association.coordinator.post("followup", path, body))
    pair.since = world.step
    if absent != "nobody":
        pair.stage, pair.misses = "missed", pair.misses + 1
        world.deeds["first meetings missed"] += 1
    elif told:
        pair.stage, pair.agreement_id = "signing", told["agreement_id"]
        world.deeds["first meetings held"] += 1
        await set_goal(world, pair)


async def set_goal(world: World, pair: Pair) -> None:
    text = world.chance.about("goal", *pair.key).choice(GOALS)
    path = f"/pairs/{pair.id}/goals"
    made = await world.do(actor_of(pair.mentor).post("followup", path, {"text": text}))
    pair.goal_id = made["id"] if made else None
