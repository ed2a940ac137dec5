"""What people see of matching: facets and reasons, never a name, and no more than is theirs."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import RowMapping

from common.contracts.matching import Contribution
from common.contracts.policy import Constraint
from common.contracts.vocabulary import MentorFacets
from matching.domain.changes import Case, Change, changed
from matching.domain.counterfactuals import Lift, lifts, would_match_if
from matching.domain.emptied import Emptied
from matching.domain.judgement import Verdict, judge
from matching.domain.people import Mentee, Mentor
from matching.domain.proposals import Proposal, ProposedBy, Status
from matching.domain.second_choice import Behind, behind
from matching.domain.suggestions import Suggestions

# Priority publics are said in confidence and counted in aggregate; no one is shown them here.
CONFIDENTIAL = frozenset({"publics"})


class PoolFigures(BaseModel):
    """How one association's pool stands."""

    association_id: UUID
    waiting: int = 0
    proposed: int = 0
    nobody_found: int = 0
    mentors: int = 0


class Waiting(BaseModel):
    """One mentee who waits."""

    referral_id: UUID
    mentee_id: UUID
    association_id: UUID
    programme_id: UUID
    waiting_since: datetime
    broken_pairs: int
    open_proposal_id: UUID | None
    # Mentors by what hinders them, if nobody was found.
    blocked: dict[Constraint, int] | None
    facets: dict[str, Any]


class PoolPage(BaseModel):
    """The figures that a caller may see, and who waits where they coordinate."""

    figures: list[PoolFigures]
    referrals: list[Waiting]


class Suggestion(BaseModel):
    """One mentor for one mentee, with the reasons."""

    mentor_id: UUID
    association_id: UUID
    fit: float
    # What it costs to take this mentor rather than the first.
    less_than_first: float
    contributions: tuple[Contribution, ...]
    distance_km: float
    remote: bool
    # Invited before for this referral, without a yes.
    asked_before: bool
    facets: MentorFacets


class SuggestionPage(BaseModel):
    """The best mentors for one mentee, and what stood in the way of the others."""

    referral_id: UUID
    considered: int
    suitable: int
    blocked: dict[Constraint, int]
    # What left nobody, and the least that would open the pool; none, if somebody suits.
    emptied: Emptied | None
    suggestions: list[Suggestion]


class Reasons(BaseModel):
    """Why, or why not, one mentor for one mentee."""

    mentor_id: UUID
    feasible: bool
    blocking: tuple[Constraint, ...]
    # Of another association's mentor nothing more is said.
    lifts: tuple[Lift, ...] = ()
    # The easiest decisions which would together make the pair possible; empty: none would.
    would_match_if: tuple[Change, ...] = ()
    would_fit: float | None = None
    fit: float | None = None
    # How it compares with the best mentor there is, who may be this one.
    behind: Behind | None = None
    contributions: tuple[Contribution, ...] = ()
    distance_km: float | None = None
    remote: bool | None = None


class ProposalView(BaseModel):
    """A proposal as its reader may see it: the mentor sees a profile, and no id before the yes."""

    id: UUID
    referral_id: UUID
    association_id: UUID
    programme_id: UUID
    mentor_id: UUID | None
    mentee_id: UUID | None
    proposed_by: ProposedBy
    status: Status
    reason: str | None
    fit: float
    contributions: tuple[Contribution, ...]
    remote: bool
    made_at: datetime
    expires_at: datetime
    answered_at: datetime | None
    profile: dict[str, Any] | None


def open_to_staff(facets: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facets.items() if name not in CONFIDENTIAL}


def waiting(row: RowMapping) -> Waiting:
    named = {name: row[name] for name in Waiting.model_fields if name in row}
    seen = {"facets": open_to_staff(row["facets"]), "waiting_since": row["since"]}
    return Waiting(**(named | seen))


def suggestion_page(
    mentee: Mentee, found: Suggestions, why_nobody: Emptied | None
) -> SuggestionPage:
    return SuggestionPage(
        referral_id=mentee.referral_id,
        considered=found.considered,
        suitable=found.suitable,
        blocked=found.blocked,
        emptied=why_nobody,
        suggestions=[
            suggestion(mentee, verdict, mentor, found.ranked[0].fit)
            for verdict, mentor in zip(found.ranked, found.mentors, strict=True)
        ],
    )


def suggestion(mentee: Mentee, verdict: Verdict, mentor: Mentor, best: float) -> Suggestion:
    return Suggestion(
        mentor_id=verdict.mentor_id,
        association_id=mentor.association_id,
        fit=verdict.fit,
        less_than_first=best - verdict.fit,
        contributions=verdict.contributions,
        distance_km=verdict.distance_km,
        remote=verdict.remote,
        asked_before=verdict.mentor_id in mentee.asked,
        facets=mentor.facets,
    )


def reasons(case: Case, verdict: Verdict, best: Verdict | None) -> Reasons:
    found = lifts(case, verdict)
    together = would_match_if(found)
    told = Reasons(
        mentor_id=verdict.mentor_id,
        feasible=verdict.feasible,
        blocking=verdict.blocking,
        lifts=found,
        would_match_if=together,
        would_fit=judge(*changed(case, together)).fit if together else None,
        fit=verdict.fit,
        behind=behind(best, verdict) if best and verdict.feasible else None,
        contributions=verdict.contributions,
        distance_km=verdict.distance_km,
        remote=verdict.remote,
    )
    return discreet(told) if Constraint.ASSOCIATION in verdict.blocking else told


def discreet(told: Reasons) -> Reasons:
    """Say of another association's mentor no more than that associations may pool."""
    kept = tuple(each for each in told.lifts if each.constraint is Constraint.ASSOCIATION)
    return Reasons(
        mentor_id=told.mentor_id,
        feasible=False,
        blocking=(Constraint.ASSOCIATION,),
        lifts=kept,
    )


def proposal(seen: Proposal, profile: Mapping[str, Any] | None, *, by_staff: bool) -> ProposalView:
    named = {name: getattr(seen, name) for name in ProposalView.model_fields if name != "profile"}
    if not by_staff and seen.status is not Status.ACCEPTED:
        named["mentee_id"] = None
    return ProposalView(**named, profile=open_to_staff(profile) if profile else None)
