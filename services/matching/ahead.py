"""Compile ahead of the first question: `python -m matching.ahead`, while an image is built.

What is compiled still takes a third of a second to load: a service does so beside its start.

Machine code is made for the types that a function is given, and half a minute is gone until all of
it is. So everything is asked of an invented pool that suggestions and runs ask of a real one; what
is compiled is kept where `NUMBA_CACHE_DIR` says.
"""

from dataclasses import replace
from typing import Any

from common.contracts.policy import (
    Constraint,
    Criterion,
    MatchingPolicy,
    Objective,
    Policy,
    Proposer,
)
from common.contracts.vocabulary import Axis, Modality
from matching.domain.candidates.couples import Crowd
from matching.domain.candidates.generation import Aim, best_of_all
from matching.domain.candidates.ranking import rank
from matching.domain.candidates.roster import Roster
from matching.domain.computation import Inputs, compute
from matching.lab.history import History
from matching.lab.invention import Size, invented

POOL = Size(mentees=60, mentors=30, days=60)
SHOWN = 5


def policy(objective: Objective) -> Policy:
    """Write the part of a policy that decides who suits whom; nothing else is asked here."""
    rules = MatchingPolicy(
        objective=objective,
        proposer=Proposer.COORDINATOR,
        hard=tuple(Constraint),
        weights=dict.fromkeys(Criterion, 1 / len(Criterion)),
        protect_after_days=30,
        age_bands_older=1,
    )
    asked: dict[str, Any] = {
        "ages": (10, 18),
        "axes": tuple(Axis),
        "levels": (),
        "modalities": tuple(Modality),
        "mentor_capacity_max": 2,
        "matching": rules,
    }
    return Policy.model_construct(**asked)


def inputs_of(history: History) -> Inputs:
    """Take everybody who ever comes as if they were there at the end."""
    return Inputs(
        at=history.until,
        seed=1,
        mentees=history.mentees,
        mentors=tuple(each.mentor for each in history.mentors),
        terms=history.terms,
    )


def run(inputs: Inputs) -> None:
    """Compute a run as for a pool whose couples can all be held, and as for a larger one."""
    compute(inputs)
    [terms] = inputs.terms
    roster = Roster(inputs.mentors)
    places = roster.places(terms.policy.mentor_capacity_max)[: len(inputs.mentors)]
    crowd = Crowd(inputs.mentees, roster, {terms.programme_id: terms}, places)
    aim = Aim(places=places, protected=(), objective=terms.policy.matching.objective, seed=1)
    best_of_all(crowd, aim, crowd.best(1))


def suggest(inputs: Inputs) -> None:
    """Rank mentors who come, change and go."""
    [terms] = inputs.terms
    roster = Roster(inputs.mentors)
    first, second, *_ = inputs.mentors
    roster.put([replace(first, facets=second.facets)])
    roster.remove([second.mentor_id])
    rank(inputs.mentees[0], roster, terms, roster.among(terms.associations), limit=SHOWN)


def load() -> None:
    """Load what every suggestion needs; runs are computed in a process of their own."""
    suggest(inputs_of(invented(policy(Objective.FIT_FIRST), POOL, seed=1)))


def main() -> None:
    for objective in Objective:
        inputs = inputs_of(invented(policy(objective), POOL, seed=1))
        run(inputs)
        suggest(inputs)


if __name__ == "__main__":
    main()
