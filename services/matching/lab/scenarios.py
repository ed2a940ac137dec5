"""What is compared: how often a run is made, with which mentors, under which rules."""

from dataclasses import dataclass

from pydantic import BaseModel

from common.contracts.policy import Criterion, MatchingPolicy, Policy
from matching.lab.history import History, under, with_share_of_mentors


@dataclass(frozen=True, slots=True, kw_only=True)
class Conduct:
    """How people are taken to behave, which no policy decides; the same in every scenario."""

    seed: int
    # The chance that a mentor says no, or nothing, to a profile.
    refusal: float
    answer_days: int
    # How long a mentee waits on average before they give up; none, as long as it takes.
    patience_days: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One way to go about it."""

    name: str
    # Days between two runs.
    every_days: int
    share_of_mentors: float = 1.0
    # Another policy than that of the history.
    policy: Policy | None = None


class Document(BaseModel):
    """A policy as the templates of programmes carry it."""

    policy: Policy


def policy_of(text: str) -> Policy:
    """Read a policy by itself, or a programme template with its policy."""
    if '"policy"' in text:
        return Document.model_validate_json(text).policy
    return Policy.model_validate_json(text)


def with_weights(policy: Policy, weights: dict[Criterion, float]) -> Policy:
    """Weigh the criteria otherwise; what is not named is off, and the sum must be 1."""
    rules = {**policy.matching.model_dump(), "weights": weights}
    return policy.model_copy(update={"matching": MatchingPolicy.model_validate(rules)})


def staged(history: History, scenario: Scenario, seed: int) -> History:
    kept = with_share_of_mentors(history, scenario.share_of_mentors, seed)
    return under(kept, scenario.policy) if scenario.policy else kept
