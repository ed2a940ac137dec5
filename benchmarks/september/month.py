"""Who comes in which week, and what everybody does at each moment of the season.

The people, their words and their answers are those of the demo. What is not: mentors come in
August, three for ten referrals unless told otherwise; half of the referrals come on a list, one of
each association, and half by a form, a quarter in each week of September; the journeys go on for
three weeks more. Guardians are asked once there is a mentor, all sign on paper, and no mentoring
ends.
"""

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain

from benchmarks.september.pace import Pace, PacedWorld
from demo import following, founding, matching, mentors, pairs, referrals, signing, spreadsheet
from demo.actors import Platform as Doors
from demo.cast import Cast
from demo.chance import Chance
from demo.houses import HOUSES
from demo.moments import Moment, first_day, moments
from demo.play import LEAST
from demo.world import Association, Case, Mentor, together
from tests.faults.ledger import Effect, Ledger

SEED = 2026
MENTORS_FOR_A_REFERRAL = 0.3
ON_A_LIST = "spreadsheet"
DOORS = {ON_A_LIST: 0.5, "prescriber": 0.35, "association": 0.08, "family": 0.04, "self": 0.03}
AUGUST, SEPTEMBER, AFTERWARDS = 3, 4, 3
WEEKS = AUGUST + SEPTEMBER + AFTERWARDS
HANDS = 64
PATIENCE_SECONDS = 1800
AT_HOME, ON_PAPER = "paired", "signing"
TAKEN = frozenset({"accepted", AT_HOME})
APPROVED = frozenset({"approved", "ready"})
MET = frozenset({ON_PAPER, "active"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """Which season: how many come, and how many deeds are due a second."""

    referrals: int = 300
    mentors: float = MENTORS_FOR_A_REFERRAL
    a_second: float = 40

    def cast(self, starts_on: date) -> Cast:
        return Cast(
            chance=Chance(SEED),
            starts_on=starts_on,
            mentor_count=max(LEAST, round(self.referrals * self.mentors)),
            young_count=self.referrals,
            doors=DOORS,
        )


async def prepare(doors: Doors, script: Script) -> PacedWorld:
    """Make everybody up, and found the associations."""
    starts_on = first_day(await doors.now()) - timedelta(weeks=AUGUST)
    cast, first = script.cast(starts_on), next(moments(starts_on))
    world = PacedWorld(
        doors=doors,
        cast=cast,
        moment=first,
        pace=Pace(script.a_second),
        hands=HANDS,
        patience=PATIENCE_SECONDS,
    )
    world.mentors = [Mentor(person=each) for each in cast.mentors]
    world.cases = [Case(young=each) for each in cast.young]
    await world.move_to(first)
    await founding.found_collective(world)
    return world


async def live(world: PacedWorld) -> AsyncIterator[Moment]:
    """Go through the season; when a moment is yielded, nothing is under way."""
    for moment in moments(world.cast.starts_on, WEEKS):
        await world.move_to(moment)
        world.rests.append(time.perf_counter())
        yield moment
        if moment.week < AUGUST:
            await mentors_come(world)
        else:
            await everybody_acts(world, coming=moment.week - AUGUST)
    await world.doors.settle(patience=PATIENCE_SECONDS)
    world.rests.append(time.perf_counter())


async def mentors_come(world: PacedWorld) -> None:
    """Let all apply at once, and take them through their papers and their training."""
    await together(mentors.apply(world, each) for each in world.mentors if each.stage == "to_come")
    await mentors.live(world)


async def everybody_acts(world: PacedWorld, coming: int) -> None:
    """Take every journey as far as it goes now, while the next referrals come in."""
    await together(
        [
            matching.live(world),
            sign_on_paper(world),
            pairs.live(world),
            following.live(world),
            answer(world),
            arrive(world, coming),
            mentors.live(world),
        ]
    )
    await together(referrals.authorise(world, each) for each in world.cases if at_home(each))


def at_home(case: Case) -> bool:
    return case.stage == AT_HOME and not case.agreed


async def arrive(world: PacedWorld, week: int) -> None:
    """Let those of the week come: with a list on Monday, one by one on both days."""
    come = [each for each in world.cases if each.stage == "to_come" and week_of(each) == week]
    on_foot = [each for each in come if each.young.door != ON_A_LIST]
    lists: list[tuple[Association, list[Case]]] = []
    if world.moment.opens_week:
        lists = [(each, listed(come, each)) for each in world.associations.values()]
        on_foot = on_foot[::2]
    brought = (spreadsheet.bring(world, *each) for each in lists if each[1])
    await together(chain(brought, (referrals.submit(world, each) for each in on_foot)))


def week_of(case: Case) -> int:
    """Spread people over the weeks; those on a list come with it."""
    young = case.young
    place = HOUSES.index(young.house) if young.door == ON_A_LIST else young.number
    return place % SEPTEMBER


def listed(come: list[Case], association: Association) -> list[Case]:
    return [
        each
        for each in come
        if each.young.house is association.house and each.young.door == ON_A_LIST
    ]


async def answer(world: PacedWorld) -> None:
    """Let every association answer what it was asked before this moment."""
    lists = await together(referrals.asked(world, each) for each in world.associations.values())
    yeses, noes = await referrals.decided(world, list(chain.from_iterable(lists)))
    await together(
        chain(
            (referrals.accept(world, each) for each in chain.from_iterable(yeses.values())),
            (referrals.decline(world, *each) for each in noes),
        )
    )


async def sign_on_paper(world: PacedWorld) -> None:
    held = [each for each in world.pairs if each.stage == ON_PAPER and each.since < world.step]
    due = [(pair, each) for pair in held for each in signing.due_now(world, pair)]
    await together(signing.attest(world, *each) for each in due)
    for pair in held:
        signing.conclude(world, pair)


def ledger_of(world: PacedWorld) -> Ledger:
    """Write down what the answers of the season mean: each of these was said once, and no other."""
    ledger = Ledger()
    ledger.note(*chain(of_people(world), of_pairs(world)))
    return ledger


def of_people(world: PacedWorld) -> list[Effect]:
    came = [each for each in world.cases if each.id]
    approved = [each for each in world.mentors if each.stage in APPROVED]
    return [
        *(("intake.referral_submitted", each.id) for each in came),
        *(("intake.referral_accepted", each.id) for each in came if each.stage in TAKEN),
        *(("intake.mentor_approved", mentors.id_of(each)) for each in approved),
        *(
            ("training.mentor_ready", mentors.id_of(each))
            for each in approved
            if each.stage == "ready"
        ),
    ]


def of_pairs(world: PacedWorld) -> list[Effect]:
    met = [each for each in world.pairs if each.stage in MET]
    active = [each for each in met if each.stage == "active"]
    return [
        *(("matching.proposal_accepted", each.id) for each in world.pairs),
        *(("matching.pair_formed", each.id) for each in world.pairs),
        *(("followup.first_meeting_held", each.id) for each in met),
        *(("followup.agreement_signed", each.id) for each in active),
    ]
