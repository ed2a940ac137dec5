"""When a run cannot be computed, and why: inputs beyond bounds are refused, never guessed at."""

from enum import StrEnum

from matching.domain.computation import Inputs


class Refusal(StrEnum):
    """Why a run has no result; portals say each in a sentence."""

    NOBODY_WAITS = "nobody_waits"
    NO_MENTOR = "no_mentor"
    # Somebody is in it twice, waits for a programme without rules, or is engaged less than never.
    BEYOND_BOUNDS = "beyond_bounds"
    TOO_LARGE = "too_large"
    # Every process that began it died of it.
    FAILED = "failed"


def refusal_of(inputs: Inputs) -> Refusal | None:
    """Look at the inputs of a run; None: it can be computed."""
    if not inputs.mentees:
        return Refusal.NOBODY_WAITS
    if not inputs.mentors:
        return Refusal.NO_MENTOR
    return None if is_sound(inputs) else Refusal.BEYOND_BOUNDS


def is_sound(inputs: Inputs) -> bool:
    ruled = {each.programme_id for each in inputs.terms}
    referrals = [each.referral_id for each in inputs.mentees]
    mentors = [each.mentor_id for each in inputs.mentors]
    once = len(set(referrals)) == len(referrals) and len(set(mentors)) == len(mentors)
    known = all(each.programme_id in ruled for each in inputs.mentees)
    return once and known and all(each.engaged >= 0 for each in inputs.mentors)
