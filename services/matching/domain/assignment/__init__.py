"""The best pairs over a whole pool, exactly: as many as can be, the protected first, then fit.

Read in this order: `instance` (what is asked), `objective` (how the aims become one number and
stay apart), `auction` (a fast, nearly optimal start), `paths_of_mentees` and `paths_of_mentors`
(from there to the optimum), `turn` (the protected, in their order), `certificate` (the proof,
checked by other means). All arithmetic is on whole numbers of 64 bits: the same instance and the
same seed give the same pairs on every machine.
"""

from matching.domain.assignment.certificate import Unproven, certify
from matching.domain.assignment.instance import POINTS, Assignment, Instance, TooLarge, points
from matching.domain.assignment.objective import assign

__all__ = [
    "POINTS",
    "Assignment",
    "Instance",
    "TooLarge",
    "Unproven",
    "assign",
    "certify",
    "points",
]
