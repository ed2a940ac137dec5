"""Who suits one mentee best, with the reasons, and what stood in the way of the others."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

import numpy as np

from common.contracts.policy import Constraint, Proposer
from matching.domain.judgement import Verdict, judge
from matching.domain.people import Mentee, Terms
from matching.domain.pool import Pool, Verdicts, judge_all


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestions:
    """The best mentors for one mentee, and counts of what hindered the others."""

    ranked: tuple[Verdict, ...]
    suitable: int
    considered: int
    # A mentor counts once under each constraint that they break.
    blocked: dict[Constraint, int]


def suggest(mentee: Mentee, pool: Pool, terms: Terms, *, limit: int) -> Suggestions:
    """Rank the mentors who may be theirs: by fit, then the nearest, then in order of ids."""
    verdicts = judge_all(mentee, pool, terms)
    best = ranking(verdicts)[:limit]
    return Suggestions(
        ranked=tuple(judge(mentee, pool.mentors[place], terms) for place in best),
        suitable=int(verdicts.feasible.sum()),
        considered=len(pool),
        blocked={name: int(hit.sum()) for name, hit in verdicts.blocked.items() if hit.any()},
    )


def ranking(verdicts: Verdicts) -> list[int]:
    """Order the places in the pool of those who may be theirs; ids order the pool itself."""
    order = np.lexsort((verdicts.distance_km, -verdicts.fit))
    ranked: list[int] = order[verdicts.feasible[order]].tolist()
    return ranked


def next_best(found: Suggestions, asked: Collection[UUID]) -> Verdict | None:
    """Choose for the policy, which never invites the same mentor twice for a referral."""
    return next((each for each in found.ranked if each.mentor_id not in asked), None)


def policy_proposes(proposer: Proposer, *, after_no: bool) -> bool:
    """Tell whether the policy invites by itself, or leaves it to a coordinator."""
    return proposer is Proposer.POLICY or (proposer is Proposer.POLICY_AFTER_NO and after_no)
