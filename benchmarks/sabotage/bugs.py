"""Twenty bugs that somebody could write: what is changed, and the tests that should notice."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bug:
    """One line of the source said otherwise."""

    name: str
    path: str
    before: str
    after: str
    # As few as could notice: the tests of that rule, or of that corridor.
    tests: tuple[str, ...]


INTAKE = ("tests/intake/test_asking.py", "tests/intake/test_sight.py")
CONSENTS = ("tests/intake/test_consents.py",)
RULES = ("tests/matching/test_rules.py",)
PROPOSALS = ("tests/matching/test_proposals.py",)
FOLLOWUP = ("tests/followup/test_gates.py", "tests/followup/test_clauses.py")
SIGNING = (
    "tests/followup/test_signing.py",
    "tests/followup/test_signatures.py",
    "tests/followup/test_proofs.py",
)

BUGS = (
    Bug(
        "an association answers for another one",
        "services/intake/domain/asking.py",
        "    if asked.association_id not in by:",
        "    if not by:",
        INTAKE,
    ),
    Bug(
        "a place too many is given",
        "services/intake/domain/asking.py",
        "    if free_places < 1:",
        "    if free_places < 0:",
        INTAKE,
    ),
    Bug(
        "the collective reads the story of every case",
        "services/intake/domain/sight.py",
        "        return Sight.STATUS",
        "        return Sight.WHOLE",
        INTAKE,
    ),
    Bug(
        "anybody authorises for a guardian",
        "services/intake/domain/consents.py",
        "    if not by.speaks_for(asked.guardian_id):",
        "    if asked.guardian_id is None:",
        CONSENTS,
    ),
    Bug(
        "a mentor who is full is suggested",
        "services/matching/domain/constraints.py",
        "    return places(mentor, terms.policy) > 0",
        "    return places(mentor, terms.policy) >= 0",
        RULES,
    ),
    Bug(
        "a screening that is over still counts",
        "services/matching/domain/constraints.py",
        "    return valid and mentee.facets.setting in mentor.facets.settings",
        "    return mentee.facets.setting in mentor.facets.settings",
        RULES,
    ),
    Bug(
        "a guardian may be the mentor",
        "services/matching/domain/constraints.py",
        "{mentee.mentee_id, mentee.guardian_id, mentee.prescriber_id}",
        "{mentee.mentee_id, mentee.prescriber_id}",
        RULES,
    ),
    Bug(
        "a proposal is answered after its time",
        "services/matching/domain/proposals.py",
        "    if at >= proposal.expires_at:\n        raise ProposalClosed",
        "    if at > proposal.expires_at:\n        raise ProposalClosed",
        PROPOSALS,
    ),
    Bug(
        "a yes leaves the mentee's other proposals open",
        "services/matching/domain/proposals.py",
        "    return mine + theirs[max(free_places, 0) :]",
        "    return theirs[max(free_places, 0) :]",
        PROPOSALS,
    ),
    Bug(
        "minors meet without their guardian's authorisation",
        "services/followup/domain/gates.py",
        "    if setting is not Setting.ADULT:",
        "    if setting is Setting.CHILD_PROTECTION:",
        FOLLOWUP,
    ),
    Bug(
        "a meeting too few is as agreed",
        "services/followup/domain/clauses.py",
        "    return met >= terms.meetings.count",
        "    return met >= terms.meetings.count - 1",
        FOLLOWUP,
    ),
    Bug(
        "a code is good for two signatures",
        "services/followup/domain/signing.py",
        "    used = replace(tried, code_hash=None)",
        "    used = tried",
        SIGNING,
    ),
    Bug(
        "a code may be guessed once more",
        "services/followup/domain/signing.py",
        "        and signing.tries < TRIES",
        "        and signing.tries <= TRIES",
        SIGNING,
    ),
    Bug(
        "who made the pair reads what is reported about it",
        "services/followup/domain/sight.py",
        "    if viewer.person_id in {pair.made_by, author_id,",
        "    if viewer.person_id in {author_id,",
        ("tests/followup/test_access.py",),
    ),
    Bug(
        "four people are enough for a figure",
        "libs/common/contracts/suppression.py",
        "FEWEST = 5",
        "FEWEST = 4",
        ("tests/reporting/test_domain.py",),
    ),
    Bug(
        "half a path makes a mentor ready",
        "services/training/domain/paths.py",
        "    return all(step.completed_at",
        "    return any(step.completed_at",
        ("tests/training/test_paths.py",),
    ),
    Bug(
        "a role for one thing opens the others",
        "libs/common/caller.py",
        "        if not kept:\n            raise RoleNotAllowed",
        "        if not self.grants:\n            raise RoleNotAllowed",
        ("tests/common/http/test_access.py",),
    ),
    Bug(
        "a token never ends",
        "libs/common/tokens.py",
        "            and now < self.exp",
        "            and self.iat < self.exp",
        ("tests/common/http/test_tokens.py",),
    ),
    Bug(
        "the same key does another command",
        "libs/common/idempotency.py",
        "    if row.fingerprint != claim.fingerprint:",
        "    if row.fingerprint is None:",
        ("tests/common/http/test_idempotency.py",),
    ),
    Bug(
        "what comes twice is done twice",
        "libs/common/inbox.py",
        "    return set(noted.scalars())",
        "    return set(message_ids) | set(noted.scalars())",
        ("tests/common/corridor/test_edge.py",),
    ),
)
