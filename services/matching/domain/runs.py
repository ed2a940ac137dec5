"""A whole-pool run: asked for, computed dry, and applied as far as it still holds."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from common.contracts.matching import ProposalMade, RunApplied
from common.errors import Conflict, NotFound
from matching.domain.judgement import judge
from matching.domain.people import Mentee, Mentor, Terms
from matching.domain.proposals import Invitation, Proposal, ProposedBy, propose


class RunNotFound(NotFound):
    """No run has this id."""

    fr = "Aucun calcul ne porte cet identifiant."


class RunNotReady(Conflict):
    """The run is not computed yet, or could not be."""

    fr = "Le calcul n'est pas terminé, ou n'a pas abouti."


class RunState(StrEnum):
    ASKED = "asked"
    READY = "ready"
    REFUSED = "refused"
    APPLIED = "applied"


class PairState(StrEnum):
    """What became of one line of a run."""

    UNMATCHED = "unmatched"
    PLANNED = "planned"
    PROPOSED = "proposed"
    STALE = "stale"


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


def propose_if_it_holds(
    line: Planned, held: Held, proposal_id: UUID, wish: Application
) -> tuple[Proposal, ProposalMade] | None:
    """Make a proposal of a planned pair, unless one of the two is not free for it any more."""
    mentee = held.mentees.get(line.referral_id)
    mentor = held.mentors.get(line.mentor_id)
    if mentee is None or mentor is None:
        return None
    terms = held.terms[mentee.programme_id]
    verdict = judge(mentee, mentor, terms)
    if not verdict.feasible:
        return None
    del held.mentees[line.referral_id]
    held.mentors[line.mentor_id] = replace(mentor, engaged=mentor.engaged + 1)
    invitation = Invitation(id=proposal_id, by=ProposedBy.RUN, at=wish.at, proposer_id=wish.by)
    return propose(mentee, verdict, terms, invitation)


def outcome(line: Planned, proposal: Proposal | None) -> Planned:
    state = PairState.PROPOSED if proposal else PairState.STALE
    return replace(line, state=state, proposal_id=proposal.id if proposal else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What applying a run came to."""

    inputs_sha256: str
    waiting: int
    proposed: int
    stale: int


def apply(run: Run, applied: Applied, *, at: datetime) -> tuple[Run, RunApplied]:
    """Say that a run, or a part of it, was made into proposals."""
    require_ready(run)
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
