"""A whole-pool run: asked for, computed dry, and applied as far as it still holds."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias
from uuid import UUID

from common.contracts.matching import ProposalMade, RunApplied
from common.contracts.policy import Constraint
from common.errors import Conflict, NotFound
from matching.domain.judgement import judge
from matching.domain.people import Mentee, Mentor, Terms
from matching.domain.proposals import Invitation, Proposal, ProposedBy, propose
from matching.domain.variants import AS_IT_IS, Variant


class RunNotFound(NotFound):
    """No run has this id."""

    fr = "Aucun calcul ne porte cet identifiant."


class RunNotReady(Conflict):
    """The run is not computed yet, or could not be."""

    fr = "Le calcul n'est pas terminé, ou n'a pas abouti."


class RunHypothetical(Conflict):
    """The run is one side of a comparison: it shows what would be, and is never applied."""

    fr = "Ce calcul est un côté d'une comparaison : il montre ce qui serait, et ne s'applique pas."


class InputsForgotten(Conflict):
    """What the run was computed from is no longer kept: it is old, or somebody was erased."""

    fr = "Ce dont le calcul est parti n'est plus conservé : trop ancien, ou quelqu'un a été effacé."


class ComparisonNotFound(NotFound):
    """No comparison has this id."""

    fr = "Aucune comparaison ne porte cet identifiant."


class RunState(StrEnum):
    ASKED = "asked"
    # The picture is taken; its parts are being computed.
    COMPUTING = "computing"
    READY = "ready"
    REFUSED = "refused"
    APPLIED = "applied"


class PairState(StrEnum):
    """What became of one line of a run."""

    UNMATCHED = "unmatched"
    PLANNED = "planned"
    PROPOSED = "proposed"
    STALE = "stale"


class Side(StrEnum):
    """Which of the two runs of a comparison."""

    ONE = "one"
    OTHER = "other"


class Gone(StrEnum):
    """Why one of a planned pair cannot even be judged any more."""

    MENTEE = "mentee_not_waiting"
    MENTOR = "mentor_gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Whom a run is about: an association's waiting mentees, or one programme's."""

    association_id: UUID
    programme_id: UUID | None
    # Mentors of the associations that it pools with take part.
    pooled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One computation over a pool, which changes nothing until somebody applies it."""

    id: UUID
    scope: Scope
    # Orders what is otherwise equal.
    seed: int
    asked_at: datetime
    state: RunState = RunState.ASKED
    version: int = 1
    comparison_id: UUID | None = None
    side: Side | None = None
    # What is otherwise than the rules say; nothing: they hold as they are.
    variant: Variant = AS_IT_IS


def require_applicable(run: Run) -> None:
    """Refuse what shows only what would be, and what is not there yet."""
    if run.comparison_id:
        raise RunHypothetical(run.id)
    require_ready(run)


def require_ready(run: Run) -> None:
    if run.state not in {RunState.READY, RunState.APPLIED}:
        raise RunNotReady(run.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One pair of a run, and what became of it."""

    referral_id: UUID
    mentor_id: UUID
    state: PairState
    proposal_id: UUID | None = None
    # Why it is stale: a reason to be gone, or the hard criteria that it breaks by now.
    because: tuple[Gone | Constraint, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """Somebody's wish to make proposals of a run's pairs, or of those of chosen referrals."""

    by: UUID
    at: datetime
    chosen: Collection[UUID] | None


@dataclass(slots=True)
class Held:
    """The pool of a run as it is when the run is applied; each proposal takes something from it."""

    mentees: dict[UUID, Mentee]
    mentors: dict[UUID, Mentor]
    terms: dict[UUID, Terms]


Made: TypeAlias = tuple[Proposal, ProposalMade]


def propose_if_it_holds(
    line: Planned, held: Held, proposal_id: UUID, wish: Application
) -> tuple[Planned, Made | None]:
    """Make a proposal of a planned pair, or say why it does not hold any more."""
    mentee = held.mentees.get(line.referral_id)
    mentor = held.mentors.get(line.mentor_id)
    if mentee is None or mentor is None:
        return stale(line, Gone.MENTEE if mentee is None else Gone.MENTOR), None
    terms = held.terms[mentee.programme_id]
    verdict = judge(mentee, mentor, terms)
    if not verdict.feasible:
        return stale(line, *verdict.blocking), None
    del held.mentees[line.referral_id]
    held.mentors[line.mentor_id] = replace(mentor, engaged=mentor.engaged + 1)
    invitation = Invitation(id=proposal_id, by=ProposedBy.RUN, at=wish.at, proposer_id=wish.by)
    made = propose(mentee, verdict, terms, invitation)
    return replace(line, state=PairState.PROPOSED, proposal_id=made[0].id, because=()), made


def stale(line: Planned, *because: Gone | Constraint) -> Planned:
    return replace(line, state=PairState.STALE, because=because)


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What applying a run came to."""

    inputs_sha256: str
    waiting: int
    proposed: int
    stale: int


def apply(run: Run, applied: Applied, *, at: datetime) -> tuple[Run, RunApplied]:
    """Say that a run, or a part of it, was made into proposals."""
    require_applicable(run)
    changed = replace(run, state=RunState.APPLIED, version=run.version + 1)
    return changed, RunApplied(
        occurred_at=at,
        association_id=run.scope.association_id,
        version=changed.version,
        run_id=run.id,
        inputs_sha256=applied.inputs_sha256,
        waiting=applied.waiting,
        proposed=applied.proposed,
        stale=applied.stale,
    )
