"""What must be true before a mentor meets a mentee; whatever is missing has a name."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from common.contracts.policy import Check
from common.contracts.vocabulary import Setting


class Gate(StrEnum):
    """A condition of the first meeting, and of everything after it."""

    MENTOR_APPROVED = "mentor_approved"
    MENTOR_NOT_SUSPENDED = "mentor_not_suspended"
    MENTOR_TRAINED = "mentor_trained"
    MENTOR_SCREENED = "mentor_screened"
    GUARDIAN_AUTHORISED = "guardian_authorised"
    MENTEE_AGREES = "mentee_agrees"
    PROTECTION_AGREED = "protection_agreed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What has been heard, so far, of the mentor and the mentee of one pair."""

    approved: bool = False
    suspended: bool = False
    trained: bool = False
    # The settings for which the association found the screening sufficient, and until when.
    settings: frozenset[Setting] = frozenset()
    screened_until: date | None = None
    # Each check that was seen, with its last day; and those that the programme asks for.
    checks: Mapping[Check, date] = field(default_factory=dict)
    required: tuple[Check, ...] = ()
    authorised: bool = False
    agrees: bool = False
    protected_until: date | None = None


def screened_until(standing: Standing) -> date | None:
    """Return the last day of the screening: a check that was renewed counts at once."""
    ends = [standing.screened_until] if standing.screened_until else []
    if standing.required and all(check in standing.checks for check in standing.required):
        ends.append(min(standing.checks[check] for check in standing.required))
    return max(ends, default=None)


def is_screened(setting: Setting, standing: Standing, on: date) -> bool:
    until = screened_until(standing)
    # An adult's mentor may have been approved without a check that ends.
    lasts = setting is Setting.ADULT if until is None else on <= until
    return setting in standing.settings and lasts


def missing(setting: Setting, standing: Standing, on: date) -> tuple[Gate, ...]:
    """Name, in a fixed order, the gates that are shut on that day."""
    return tuple(gate for gate, is_open in _gates(setting, standing, on) if not is_open)


def _gates(setting: Setting, standing: Standing, on: date) -> Iterable[tuple[Gate, bool]]:
    yield Gate.MENTOR_APPROVED, standing.approved
    yield Gate.MENTOR_NOT_SUSPENDED, not standing.suspended
    yield Gate.MENTOR_TRAINED, standing.trained
    yield Gate.MENTOR_SCREENED, is_screened(setting, standing, on)
    if setting is not Setting.ADULT:
        yield Gate.GUARDIAN_AUTHORISED, standing.authorised
        yield Gate.MENTEE_AGREES, standing.agrees
    if setting is Setting.CHILD_PROTECTION:
        until = standing.protected_until
        yield Gate.PROTECTION_AGREED, until is not None and on <= until


def open_until(setting: Setting, standing: Standing) -> date | None:
    """Return the last day on which time alone leaves the gates open; None: they do not end."""
    ends = [screened_until(standing)]
    if setting is Setting.CHILD_PROTECTION:
        ends.append(standing.protected_until)
    return min((end for end in ends if end), default=None)
