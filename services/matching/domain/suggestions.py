"""Who suits one mentee best, with the reasons, and what stood in the way of the others."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from common.contracts.policy import Constraint, Proposer
from matching.domain.candidates.ranking import Ranking, rank
from matching.domain.judgement import Verdict, judge
from matching.domain.people import Mentee, Mentor, Terms
from matching.domain.pool import Pool


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestions:
    """The best mentors for one mentee, and counts of what hindered the others."""

    ranked: tuple[Verdict, ...]
    suitable: int
    considered: int
    # A mentor counts once under each constraint that they break.
    blocked: dict[Constraint, int]
    # Those of `ranked`, in the same order.
    mentors: tuple[Mentor, ...] = ()


def suggest(mentee: Mentee, pool: Pool, terms: Terms, *, limit: int) -> Suggestions:
    """Rank the mentors who may be theirs: by fit, then the nearest, then in order of ids."""
    ranking = rank(mentee, pool.roster, terms, pool.roster.among(), limit=limit)
    best = [pool.mentors[pool.roster.seat_of[each]] for each in ranking.best]
    return explained(mentee, ranking, best, terms, limit=limit)


def explained(
    mentee: Mentee, ranking: Ranking, best: Collection[Mentor], terms: Terms, *, limit: int
) -> Suggestions:
    """Give the reasons for the best of a ranking, who are judged as they are now."""
    judged = [(judge(mentee, each, terms), each) for each in best]
    suitable = [(verdict, mentor) for verdict, mentor in judged if verdict.feasible]
    shown = sorted(suitable, key=by_rank)[:limit]
    return Suggestions(
        ranked=tuple(verdict for verdict, _ in shown),
        mentors=tuple(mentor for _, mentor in shown),
        suitable=ranking.suitable,
        considered=ranking.considered,
        blocked=ranking.blocked,
    )


def with_others(
    mentee: Mentee, ranking: Ranking, others: Collection[Mentor], terms: Terms
) -> Ranking:
    """Count those in who were left out of a ranking, and are judged one by one."""
    known = [each for each in others if each.association_id in terms.associations]
    verdicts = [judge(mentee, each, terms) for each in known]
    hindered = Counter(name for each in verdicts for name in each.blocking)
    suitable = [each.mentor_id for each in verdicts if each.feasible]
    return Ranking(
        best=(*ranking.best, *suitable),
        suitable=ranking.suitable + len(suitable),
        considered=ranking.considered + len(verdicts),
        blocked=dict(Counter(ranking.blocked) + hindered),
    )


def by_rank(judged: tuple[Verdict, Mentor]) -> tuple[float, float, UUID]:
    verdict, _ = judged
    return -verdict.fit, verdict.distance_km, verdict.mentor_id


def next_best(found: Suggestions, asked: Collection[UUID]) -> Verdict | None:
    """Choose for the policy, which never invites the same mentor twice for a referral."""
    return next((each for each in found.ranked if each.mentor_id not in asked), None)


def policy_proposes(proposer: Proposer, *, after_no: bool) -> bool:
    """Tell whether the policy invites by itself, or leaves it to a coordinator."""
    return proposer is Proposer.POLICY or (proposer is Proposer.POLICY_AFTER_NO and after_no)
